"""The empirical loss: each claim would fail if it were false, and holds where it should."""

import dataclasses
import math

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments.base import SettingsError
from vizdl.experiments.empirical_loss import (
    KINDS,
    RATE,
    STUDENTS,
    Settings,
    facts,
    judge,
    run,
)

WEIGHTS = st.tuples(st.floats(-1, 1.5), st.floats(-0.5, 0.5), st.floats(-10, 5))
SEED = st.integers(0, 99)


@settings(max_examples=20, deadline=None)
@given(WEIGHTS, SEED, st.sampled_from(KINDS))
def test_the_empirical_loss_is_the_mean_whatever_the_weights(weights, seed, kind):
    lecture, hour, bias = weights
    trace = run(Settings(per_lecture=lecture, per_hour=hour, bias=bias, seed=seed, loss=kind))
    assert facts(trace)["mean_error"].value < 1e-12 * max(1.0, trace.cross_entropy[0].max())
    np.testing.assert_allclose(trace.mean, trace.each.sum(axis=1) / STUDENTS, rtol=1e-12)
    chosen = trace.cross_entropy if kind == KINDS[0] else trace.squared_error
    np.testing.assert_array_equal(trace.each, chosen)


def test_both_losses_follow_from_what_was_given_to_the_truth(trace):
    np.testing.assert_allclose(trace.cross_entropy, -np.log(trace.given), rtol=1e-9)
    np.testing.assert_allclose(trace.squared_error, (1 - trace.given) ** 2, atol=1e-12)
    passed = trace.y == 1
    np.testing.assert_array_equal(trace.given[:, passed], trace.predictions[:, passed])
    np.testing.assert_allclose(trace.given[:, ~passed], 1 - trace.predictions[:, ~passed])


def test_one_number_by_hand(trace):
    score = 0.9 * trace.x[0, 0] + 0 * trace.x[0, 1] - 4.5
    assert trace.y[0] == 0
    assert trace.each[0, 0] == pytest.approx(-math.log(1 - 1 / (1 + math.exp(-score))), rel=1e-9)


def test_a_confident_mistake_costs_without_limit_but_not_by_squared_error(trace):
    x, y = trace.x, trace.y
    costs = {
        kind: [judge(np.array([k, 0.0, 0.0]), x, y, kind)["each"][0] for k in (1, 10, 100)]
        for kind in KINDS
    }
    assert costs["cross-entropy"][2] > 1000
    assert max(costs["squared error"]) <= 1


def test_no_mistake_that_is_confident_fails_the_fact():
    unsure = facts(run(Settings(per_lecture=0, per_hour=0, bias=0)))["share"]
    assert unsure.value == pytest.approx(100 / STUDENTS)
    assert not unsure.holds


def test_a_mean_of_other_numbers_fails_the_fact(trace):
    other = dataclasses.replace(trace, one_by_one=np.add(trace.one_by_one, [1e-9, 0]))
    assert not facts(other)["mean_error"].holds


@pytest.mark.parametrize("kind", KINDS)
def test_training_follows_the_gradient_of_the_mean(kind):
    trace = run(Settings(loss=kind))
    gradient = autograd.grad(lambda w: anp.mean(judge(w, trace.x, trace.y, kind)["each"]))
    for before, after in zip(trace.weights[:-1:20], trace.weights[1::20], strict=True):
        np.testing.assert_allclose(after, before - RATE * gradient(before), atol=1e-12)
    assert (np.diff(trace.mean) <= 0).all()


def test_a_training_that_raises_the_mean_fails_the_fact(trace):
    assert not facts(dataclasses.replace(trace, mean=trace.mean[::-1]))["fallen"].holds
    flat = dataclasses.replace(trace, each=np.repeat(trace.each[:1], 101, axis=0))
    assert not facts(flat)["rose"].holds


def test_who_pays_for_the_mean_was_predicted_well_before(trace):
    rose = trace.each[-1] > trace.each[0]
    assert (trace.given[0, rose] > 0.9).all()  # as the page says


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"loss": "hinge"}, "loss must be one of cross-entropy, squared error, got 'hinge'"),
        ({"steps": 101}, "steps must be a whole number from 0 to 100, got 101"),
        ({"per_hour": 2}, "per_hour must be a number from -0.5 to 0.5, got 2"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
