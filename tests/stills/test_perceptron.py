"""The still shows the trace."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import perceptron
from vizdl.stills import perceptron as stills


@pytest.fixture(scope="module")
def trace():
    return perceptron.run(perceptron.Settings())


@pytest.fixture(scope="module")
def axes(trace):
    return stills.draw(trace).axes


def test_the_bars_add_up(trace, axes):
    bars = axes[1].patches
    edges = [(bar.get_x(), bar.get_x() + bar.get_width()) for bar in bars]
    assert [edge[0] for edge in edges] == [*trace.sums[:3], 0.0]
    np.testing.assert_allclose([edge[1] for edge in edges], [*trace.sums[1:], trace.sums[-1]])
    assert axes[1].get_title("left") == "Weigh, add up, add the bias: 1.10"


def test_the_dot_stands_on_the_activation(trace, axes):
    (curve,) = [line for line in axes[2].lines if line.get_color() == style.HIDDEN.light]
    z, out = axes[2].lines[-1].get_xydata()[0]
    assert (z, out) == (trace.sums[-1], trace.output)
    assert np.interp(z, *curve.get_xydata().T) == pytest.approx(out, abs=1e-4)


@pytest.mark.parametrize(
    "changed", [{"activation": "relu", "w1": -2, "bias": 3}, {"w1": 0, "w2": 0}]
)
def test_it_can_be_drawn_for_other_settings(changed):
    trace = perceptron.run(perceptron.Settings(**changed))
    drawn = stills.draw(trace, "dark")
    drawn.draw_without_rendering()
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
