import numpy as np
import pytest

from vizdl.experiments import vanishing_gradients as experiment
from vizdl.stills import vanishing_gradients as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_and_rings_are_the_numbers_of_the_trace(trace, theme, tmp_path):
    figure = drawn.draw(trace, theme)
    fan, cost = figure.axes
    curves = np.array([line.get_ydata() for line in fan.lines])
    np.testing.assert_array_equal(curves, trace.fan.reshape(curves.shape))
    np.testing.assert_array_equal(cost.lines[0].get_ydata(), 100 * trace.recall.mean(axis=1))
    for line, seed in zip(cost.lines[1:], trace.recall.T, strict=False):
        np.testing.assert_array_equal(line.get_ydata(), 100 * seed)
    assert save(figure, tmp_path / "still.svg").stat().st_size > 0
