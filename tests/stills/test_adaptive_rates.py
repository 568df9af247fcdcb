"""The still shows the trace's own walks and scores."""

import numpy as np
import pytest

from vizdl.experiments import adaptive_rates as experiment
from vizdl.stills import adaptive_rates as stills


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


def test_walks_and_losses_are_the_traces(trace):
    axes = stills.draw(trace).axes
    for k in range(7):
        np.testing.assert_array_equal(axes[0].lines[k].get_xydata(), trace.positions[:, k])
        drawn = axes[1].lines[k].get_ydata()
        seen = trace.losses[:, k] > 1e-6
        np.testing.assert_array_equal(np.asarray(drawn)[seen], trace.losses[seen, k])
        assert axes[0].lines[k].get_color() == experiment.COLOURS[k].light


def test_bars_are_as_long_as_the_steps_needed(trace):
    bars = stills.draw(trace).axes[2].patches
    lengths = [bar.get_width() for bar in bars]
    expected = np.stack([trace.straight, trace.turned], axis=1).ravel()
    np.testing.assert_array_equal(lengths, np.where(expected < 0, experiment.STEPS, expected))


def test_a_walk_that_diverges_is_drawn():
    trace = experiment.run(experiment.Settings(scale=10.0, landscape="beale"))
    stills.draw(trace, "dark").draw_without_rendering()
    assert np.isnan(trace.positions).any()
