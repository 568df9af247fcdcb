"""The still shows the weights at three moments, and the accuracies."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import attention
from vizdl.stills import attention as stills


@pytest.fixture(scope="module")
def trace():
    return attention.run(attention.Settings())


def test_it_shows_the_weights_and_the_accuracies(trace):
    axes = stills.draw(trace).axes
    for ax, moment in zip(axes[:3], (0, 10, 50), strict=True):
        np.testing.assert_array_equal(ax.images[0].get_array(), trace.grid[moment])
        assert ax.get_title() == f"after {trace.steps[moment]} steps"
    for line, shares in zip(
        axes[3].lines, (trace.accuracy[-1], trace.lstm, trace.rnn), strict=True
    ):
        np.testing.assert_array_equal(line.get_ydata(), 100 * shares)


def test_it_can_be_drawn_in_the_dark(trace):
    drawn = stills.draw(trace, "dark")
    drawn.draw_without_rendering()
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
