"""Gradient descent: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import landscapes
from vizdl.experiments.base import SettingsError
from vizdl.experiments.gradient_descent import (
    DIRECTIONS,
    Settings,
    facts,
    run,
)

LANDSCAPES = ["himmelblau", "bowl", "ravine", "rosenbrock", "beale", "saddle"]


@given(
    st.sampled_from(LANDSCAPES),
    st.floats(0, 1).map(lambda x: round(x, 3)),
    st.floats(0, 1).map(lambda x: round(x, 3)),
)
def test_the_steepest_direction_is_the_gradients_anywhere(name, x, y):
    trace = run(Settings(landscape=name, start_x=x, start_y=y, steps=1, learning_rate=1e-4))
    fact = facts(trace)["steepest_angle"]
    if np.linalg.norm(trace.gradient) > 1e-3:
        assert fact.holds, fact.value
        assert fact.value <= 0.5 + 1e-6


def test_slopes_are_measured_on_the_loss_alone(trace):
    exact = np.stack([np.cos(trace.angles), np.sin(trace.angles)], -1) @ trace.gradient
    assert len(trace.slopes) == DIRECTIONS
    np.testing.assert_allclose(trace.slopes, exact, atol=1e-5 * np.abs(exact).max())
    assert not np.array_equal(trace.slopes, exact)  # finite differences never agree to the bit


def test_a_gradient_that_points_elsewhere_fails_the_fact(trace):
    turned = np.array([-trace.gradient[1], trace.gradient[0]])
    fact = facts(dataclasses.replace(trace, gradient=turned))["steepest_angle"]
    assert fact.value == pytest.approx(90, abs=0.5)
    assert not fact.holds


def test_flat_ground_has_no_direction():
    found = facts(run(Settings(landscape="saddle", start_x=0.5, start_y=0.5)))
    assert np.isnan(found["steepest_angle"].value)
    assert not found["steepest_angle"].holds
    assert not found["distance"].holds  # no step leads away from there


def test_each_step_is_minus_the_rate_times_the_gradient(trace):
    path = trace.path
    np.testing.assert_allclose(
        np.diff(path.positions, axis=0),
        -trace.settings.learning_rate * path.gradients[:-1],
        atol=1e-14,
    )


def test_a_rate_that_is_too_large_raises_the_loss_and_says_so():
    found = facts(run(Settings(landscape="bowl", learning_rate=0.7)))
    assert found["steps_uphill"].value > 0
    assert not found["steps_uphill"].holds


@given(st.floats(0.01, 0.66))
def test_below_the_bound_the_loss_on_the_bowl_never_rises(rate):
    trace = run(Settings(landscape="bowl", learning_rate=rate, start_x=0.9, start_y=0.2))
    assert (np.diff(trace.path.losses) <= 0).all()


def test_the_bowls_bound_is_two_over_its_largest_curvature(trace, measured):
    curvature = landscapes.get("bowl").lipschitz
    assert curvature == 3.0
    assert measured["bowl_limit"].value == trace.bowl_rates[trace.bowl_rates > 1].min()
    worse = trace.bowl.losses.copy()
    worse[5, 3] = worse[4, 3] * 1.01
    bowl = dataclasses.replace(trace.bowl, losses=worse)
    assert not facts(dataclasses.replace(trace, bowl=bowl))["bowl_uphill"].holds


def test_the_run_ends_at_a_minimum(trace):
    end = trace.path.positions[-1]
    assert trace.distance == np.linalg.norm(end - trace.minima[trace.nearest])
    assert trace.distance == np.linalg.norm(end - trace.minima, axis=1).min()
    assert np.linalg.norm(landscapes.get("himmelblau").gradient(end)) < 0.1


def test_other_starts_find_all_four_minima(trace):
    ends = trace.others.positions[-1]
    assert set(trace.reached) == {0, 1, 2, 3}
    for end, k in zip(ends, trace.reached, strict=True):
        assert np.linalg.norm(end - trace.minima[k]) < 0.1


def test_a_bowl_has_one_minimum_and_all_find_it():
    trace = run(Settings(landscape="bowl", learning_rate=0.3))
    assert set(trace.reached) == {0}
    fact = facts(trace)["minima_found"]
    assert (fact.value, fact.holds, fact.unit) == (1, True, "minimum")


def test_a_run_that_diverges_keeps_its_finite_part():
    trace = run(Settings(landscape="rosenbrock", learning_rate=1.0))
    assert trace.path.diverged_at > 0
    assert np.isnan(trace.path.losses[-1])
    assert np.isfinite(trace.distance)
    assert not facts(trace)["distance"].holds


def test_the_same_settings_give_the_same_trace(trace):
    again = run(Settings()).arrays()
    for name, values in trace.arrays().items():
        np.testing.assert_array_equal(values, again[name], err_msg=name)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"landscape": "alps"}, "landscape must be one of himmelblau, bowl"),
        ({"learning_rate": 2}, "learning_rate must be a number from 0.0001 to 1, got 2"),
        ({"start_x": "west"}, "start_x must be a number from 0 to 1, got 'west'"),
        ({"steps": 0}, "steps must be a whole number from 1 to 200, got 0"),
        ({"momentum": 0.9}, "unknown setting 'momentum'"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
