"""What the bias does: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import activations
from vizdl.experiments import bias_shift as experiment
from vizdl.experiments.base import SettingsError
from vizdl.experiments.bias_shift import BIASES, FAR, NAMES, STEPS, Settings, X, facts

run = experiment.run


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_every_fact_holds_by_default(name):
    found = facts(run(Settings(activation=name)))
    assert [fact.name for fact in found.values() if not fact.holds] == []


def test_relu_needs_no_bias_for_these_students():
    trace = run(Settings(activation="relu"))
    found = facts(trace)
    failing = {fact.name for fact in found.values() if not fact.holds}
    assert failing == {"alike", "right_without", "right_with", "loss_ratio"}
    gentle = run(Settings(activation="relu", weight=1))
    best = min(trace.losses[-1, 0], gentle.losses[-1, 0])
    assert trace.losses[-1, 1] == pytest.approx(best, rel=0.05)


@given(
    st.sampled_from(NAMES),
    st.floats(0.2, 4) | st.floats(-4, -0.2),
    st.floats(-6, 6),
)
def test_the_crossing_that_is_found_is_the_biases_for_any_weight(name, weight, bias):
    assert abs(experiment.find(name, weight, np.array(bias)) + bias / weight) < 1e-9


def test_a_crossing_that_is_not_there_is_not_found():
    assert np.isnan(experiment.find("sigmoid", 0.0, BIASES)).all()
    assert np.isnan(experiment.find("tanh", 0.01, np.array([2 * 0.01 * FAR])))


@settings(max_examples=15)
@given(st.sampled_from(NAMES), st.integers(-40, 40), st.integers(-60, 60))
def test_facts_of_shape_and_place_hold_for_any_settings(name, weight, bias):
    trace = run(Settings(activation=name, weight=weight / 10, bias=bias / 10))
    found = facts(trace)
    if abs(weight) >= 2:
        assert found["crossing_error"].holds, found["crossing_error"].value
        assert found["slope_ratio"].holds, found["slope_ratio"].value
    assert found["shift_error"].value < 1e-9
    assert found["nailed"].holds


def test_other_crossings_or_curves_would_fail_the_facts(trace):
    off = dataclasses.replace(trace, found=trace.found + 1e-6)
    assert not facts(off)["crossing_error"].holds
    bent = dataclasses.replace(trace, curves=trace.curves * 1.001)
    assert not facts(bent)["shift_error"].holds
    loose = dataclasses.replace(trace, heights=trace.heights + 0.1 * np.arange(41))
    assert not facts(loose)["nailed"].holds
    good = dataclasses.replace(trace, answers=trace.answers[::-1])
    assert not facts(good)["right_with"].holds
    assert not facts(good)["alike"].holds


def test_learning_is_descent_on_the_loss(trace):
    activation = activations.get("sigmoid")
    for t in (0, 40, STEPS):
        for k in (0, 1):
            weight, bias = trace.path[t, k]
            miss = activation.value(weight * trace.hours + bias) - trace.targets
            assert trace.losses[t, k] == pytest.approx((miss**2).mean(), rel=1e-12)
    assert (trace.losses[-1] < trace.losses[0]).all()
    assert (trace.path[:, 1, 1] == 0).all()  # the one without a bias stays without
    np.testing.assert_array_equal(trace.path[0], [[2.0, 0.0], [2.0, 0.0]])


def test_the_first_step_goes_against_the_gradient_of_the_loss(trace):
    def loss(weight, bias):
        return ((activations.sigmoid(weight * trace.hours + bias) - trace.targets) ** 2).mean()

    (weight, bias), (after_w, after_b) = trace.path[:2, 0]
    h = 1e-6
    slopes = (
        (loss(weight + h, bias) - loss(weight - h, bias)) / (2 * h),
        (loss(weight, bias + h) - loss(weight, bias - h)) / (2 * h),
    )
    # Adam's first step is the rate against the sign of the gradient
    np.testing.assert_allclose(
        [after_w - weight, after_b - bias], -experiment.RATE * np.sign(slopes), rtol=1e-4
    )


def test_the_crossing_walks_into_the_data(trace):
    first, last = trace.crossings[[0, -1], 0]
    assert first == 0
    failed, passed = (trace.hours[trace.passed == k].mean() for k in (0, 1))
    assert failed < last < passed
    np.testing.assert_array_equal(trace.curves[:, 1, np.flatnonzero(X == 0)[0]], 0.5)


def test_what_the_page_says_of_other_starts_is_so():
    far = run(Settings(weight=1, bias=4))
    assert np.abs(far.path[:, 0, 0]).min() < 0.2  # it lies down in between
    assert far.crossings[0, 0] == -4
    assert 1 < far.crossings[-1, 0] < 2
    assert far.losses[-1, 0] < 0.8 * far.losses[-1, 1]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"activation": "gelu"}, "activation must be one of sigmoid, tanh, relu"),
        ({"weight": 5}, "weight must be a number from -4 to 4, got 5"),
        ({"bias": -7}, "bias must be a number from -6 to 6, got -7"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
