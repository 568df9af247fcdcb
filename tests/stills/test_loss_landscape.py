"""The still shows the trace."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import loss_landscape
from vizdl.stills import loss_landscape as stills


@pytest.mark.parametrize("name", ["two weights", "trained network"])
def test_the_way_and_the_surfaces_are_the_traces(name):
    trace = loss_landscape.run(loss_landscape.Settings(surface=name, x=0.2, y=0.8))
    map_, model, *spaces = stills.draw(trace).axes
    way = next(line for line in map_.lines if line.get_color() == style.GRADIENT.light)
    np.testing.assert_array_equal(way.get_xydata(), trace.path.positions)
    np.testing.assert_array_equal(model.images[0].get_array(), trace.fields[-1])
    for ax, surface in zip(spaces, trace.surfaces, strict=True):
        (mesh,) = ax.collections
        assert len(mesh.get_paths()) == (len(surface.x) - 1) ** 2
