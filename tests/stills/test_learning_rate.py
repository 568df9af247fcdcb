"""The still shows the trace's own runs and rates."""

import numpy as np
import pytest

from vizdl.experiments import learning_rate as experiment
from vizdl.stills import learning_rate as stills


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def axes(trace):
    return stills.draw(trace).axes


def test_the_runs_are_the_traces(trace, axes):
    for n, outcome in enumerate(trace.verdict.outcome):
        colour = stills.COLOURS[outcome].light
        (run,) = [line for line in axes[0].lines[1:] if line.get_color() == colour]
        drawn = np.asarray(run.get_xdata())
        seen = np.abs(trace.runs.losses[:, n]) < 1e4
        np.testing.assert_array_equal(drawn[seen], trace.runs.positions[seen, n, 0])
    dashes = {str(line._dash_pattern) for line in axes[1].lines}
    assert len(dashes) == 4  # told apart in black and white too


def test_every_rate_is_there_in_the_colour_of_its_end(trace, axes):
    points = [line for line in axes[2].lines if line.get_marker() == "."]
    rates = np.concatenate([line.get_xdata() for line in points])
    np.testing.assert_array_equal(np.sort(rates), trace.sweep_rates)
    for line in points:
        outcome = [role.light for role in stills.COLOURS].index(line.get_color())
        of = trace.sweep_verdict.outcome == outcome
        np.testing.assert_array_equal(line.get_xdata(), trace.sweep_rates[of])


@pytest.mark.parametrize(
    "changed", [{"learning_rate": 4.0, "steps": 20}, {"start": 0.0}, {"start": -3.4, "steps": 200}]
)
def test_other_settings_are_drawn(changed):
    trace = experiment.run(experiment.Settings(**changed))
    drawn = stills.draw(trace, "dark")
    drawn.draw_without_rendering()
    words = {text.get_text() for text in drawn.axes[1].texts}
    assert words == {f"{rate:.3g}" for rate in trace.rates}
