"""The still draws the trace's own arrays."""

import numpy as np
import pytest

from vizdl.experiments import activations as experiment
from vizdl.stills import activations


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def axes(trace):
    return activations.draw(trace).axes


def test_the_plane_and_its_fold(trace, axes):
    plane, hidden, *_ = axes
    np.testing.assert_array_equal(plane.images[0].get_array(), trace.fields[-1])
    mesh = hidden.lines[0].get_xydata()
    np.testing.assert_array_equal(mesh, trace.mesh_places[-1])
    assert f"{trace.learnt.right[-1]} of {len(trace.y)}" in plane.get_title(loc="left")


def test_the_functions_and_their_slopes(trace, axes):
    for ax, curves in zip(axes[2:], (trace.values, trace.slopes), strict=True):
        assert len(ax.lines) == len(activations.SHOWN)
        for line, name in zip(ax.lines, activations.SHOWN, strict=True):
            np.testing.assert_array_equal(line.get_ydata(), curves[experiment.BENT.index(name)])
