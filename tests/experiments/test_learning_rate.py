"""The learning rate: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl.engines import descent, landscapes
from vizdl.experiments import learning_rate as experiment
from vizdl.experiments.base import SettingsError
from vizdl.experiments.learning_rate import (
    CHOSEN,
    GONE,
    GOOD,
    LIMITS,
    RESTLESS,
    SLOW,
    STUCK,
    Settings,
    facts,
    judge,
    run,
)

GROUND = landscapes.get("double_well")


def test_the_four_rates_end_in_four_ways(trace):
    assert trace.verdict.outcome.tolist() == [SLOW, STUCK, GOOD, GONE]


@given(st.floats(-3.4, 3.4), st.floats(0.001, 2.5))
@hypothesis(max_examples=20)
def test_each_step_is_minus_the_rate_times_the_slope(start, rate):
    trace = run(Settings(start=start, learning_rate=rate, steps=20))
    w = trace.runs.positions[..., 0]
    slopes = GROUND.gradient(trace.runs.positions)[..., 0]
    np.testing.assert_allclose(np.diff(w, axis=0), -trace.rates * slopes[:-1], atol=1e-9, rtol=1e-9)
    assert trace.slope == pytest.approx(slopes[0, 0])


@given(st.floats(-3.4, 3.4), st.integers(20, 80))
@hypothesis(max_examples=20)
def test_a_verdict_is_what_the_positions_say(start, steps):
    trace = run(Settings(start=start, steps=steps))
    w, v = trace.sweep.positions[..., 0], trace.sweep_verdict
    near = np.abs(w[..., None] - GROUND.minima[:, 0]) < 0.01  # (T+1, 400, 2)
    for n, (outcome, settled) in enumerate(zip(v.outcome, v.settled, strict=True)):
        if outcome in (GOOD, STUCK):
            assert near[settled:, n, outcome].all()
            assert settled == 0 or not near[settled - 1, n, outcome]
            assert steps + 1 - settled >= 10
        else:
            assert settled == -1
            assert not near[-10:, n, 0].all()
            assert not near[-10:, n, 1].all()
        outside = ~(np.abs(w[-10:, n]) <= 3.5)
        assert (outcome == GONE) == outside.all()
        if outcome == SLOW:
            assert (np.diff(trace.sweep.losses[:, n]) <= 1e-12).all()
        if outcome == RESTLESS:
            assert v.rises[n] > 0


def test_small_rates_end_in_the_false_minimum_and_larger_ones_do_not(trace):
    v, rates = trace.sweep_verdict, trace.sweep_rates
    assert (v.outcome[(rates > 0.01) & (rates < 0.18)] == STUCK).all()
    assert (v.outcome[(rates > 0.21) & (rates < 1.6)] == GOOD).all()
    end = trace.runs.positions[-1, 1]
    assert abs(GROUND.gradient(end)[0]) < 1e-9  # it stands still, above the lowest minimum
    assert trace.runs.losses[-1, 1] > GROUND.value(GROUND.minima[0]) + 0.6


def test_the_bound_is_two_over_the_curvature(trace, measured):
    assert pytest.approx(2.0, rel=1e-6) == LIMITS[0]
    first = trace.sweep_rates[trace.sweep_verdict.outcome == GONE].min()
    before = trace.sweep_rates[trace.sweep_rates < first].max()
    assert before < LIMITS[0] < first
    assert measured["limit"].value == pytest.approx(first / 2, rel=1e-6)


@pytest.mark.parametrize("start", [3.0, 2.5])
def test_no_rate_above_the_false_minimums_own_bound_gets_stuck(start):
    trace = run(Settings(start=start))
    stuck = trace.sweep_rates[trace.sweep_verdict.outcome == STUCK]
    assert 0.9 * LIMITS[1] < stuck.max() <= LIMITS[1]
    assert facts(run(Settings()))["trap"].value == pytest.approx(0.994, abs=0.001)


def test_a_rate_below_the_bound_that_diverges_fails_the_fact(trace):
    outcome = trace.sweep_verdict.outcome.copy()
    outcome[200] = GONE
    verdict = dataclasses.replace(trace.sweep_verdict, outcome=outcome)
    found = facts(dataclasses.replace(trace, sweep_verdict=verdict))
    assert not found["limit"].holds


def test_the_tiny_rate_does_arrive_in_the_end(trace):
    walk = descent.descend(GROUND, [3.0], learning_rate=experiment.TINY, steps=300)
    apart = np.abs(walk.positions[:, 0] - GROUND.minima[1, 0])
    assert (apart[trace.patience :] < 0.01).all()
    assert apart[trace.patience - 1] >= 0.01


def test_another_rate_takes_the_place_of_the_good_one():
    found = facts(run(Settings(learning_rate=0.1)))
    assert not found["good"].holds  # it gets stuck
    found = facts(run(Settings(learning_rate=1.85)))
    assert not found["good"].holds  # it is restless
    assert run(Settings(learning_rate=1.85)).verdict.outcome[CHOSEN] == RESTLESS


def test_a_run_that_diverges_is_judged_by_its_finite_part():
    runs = descent.descend(GROUND, np.array([[3.0]]), learning_rate=4.0, steps=60)
    assert np.isnan(runs.positions[-1]).all()
    verdict = judge(runs)
    assert verdict.outcome.tolist() == [GONE]
    assert verdict.crossings[0] == np.isfinite(runs.positions[:, 0, 0]).sum() - 1


def test_a_start_without_a_slope_is_no_error():
    trace = run(Settings(start=0.0))
    assert facts(trace)["scale"].value == pytest.approx(1)
    assert (trace.sweep_verdict.settled[trace.sweep_verdict.outcome == GOOD] == 0).any()


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"learning_rate": 5}, "learning_rate must be a number from 0.001 to 4, got 5"),
        ({"start": 4}, "start must be a number from -3.4 to 3.4, got 4"),
        ({"steps": 10}, "steps must be a whole number from 20 to 200, got 10"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
