import numpy as np
import pytest

from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.stills import lstm_gradient_flow as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_curves_and_marks_are_the_numbers_of_the_trace(trace, theme, tmp_path):
    figure = drawn.draw(trace, theme)
    ways, cost = figure.axes
    for line, left in zip(
        ways.lines, (trace.rnn, trace.lstm, trace.gru, trace.conveyor), strict=True
    ):
        np.testing.assert_array_equal(line.get_ydata(), left)
    each = 1 + trace.recall.shape[-1]
    for kind, found in enumerate(trace.recall):
        mean, *seeds = cost.lines[kind * each : (kind + 1) * each]
        np.testing.assert_array_equal(mean.get_ydata(), 100 * found.mean(axis=-1))
        np.testing.assert_array_equal([line.get_ydata() for line in seeds], 100 * found.T)
    assert save(figure, tmp_path / "still.svg").stat().st_size > 0
