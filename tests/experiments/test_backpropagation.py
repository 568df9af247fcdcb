"""Back-propagation: each claim would fail if it were false, and holds where it should."""

import dataclasses

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import backpropagation as experiment
from vizdl.experiments.backpropagation import INPUT, Settings, chain, facts, run
from vizdl.experiments.base import SettingsError

WEIGHT = st.floats(-2, 2)
TARGET = st.floats(-1, 1)


@settings(max_examples=50)
@given(WEIGHT, WEIGHT, TARGET)
def test_the_chain_rule_gives_what_autograd_and_nudges_give(w1, w2, y):
    def loss(w):
        return (w[1] * anp.tanh(w[0] * INPUT) - y) ** 2

    w = np.array([w1, w2])
    found = chain(w1, w2, y)["products"][[3, 1]]
    np.testing.assert_allclose(found, autograd.grad(loss)(w), rtol=1e-10, atol=1e-14)
    nudged = experiment._limits(loss, w)
    np.testing.assert_allclose(found, nudged, rtol=1e-9, atol=1e-10)


def test_products_are_products_of_local_derivatives(trace):
    by_output, by_second, by_z, by_first = trace.local
    np.testing.assert_allclose(
        trace.products, [by_output, by_output * by_second, by_output * by_z,
                         by_output * by_z * by_first], rtol=1e-14,
    )  # fmt: skip


@settings(max_examples=10, deadline=None)
@given(st.floats(0.2, 2), st.floats(0.2, 2))
def test_the_ratio_tends_to_the_derivative(w1, w2):
    trace = run(Settings(w1=w1, w2=w2, target=-1.0))
    apart = np.abs(trace.ratios - trace.products[[3, 1]][:, None])
    assert (apart[:, -1] < 1e-4 * apart[:, 0] + 1e-9).all()


def test_a_derivative_that_is_wrong_fails_the_facts(trace):
    wrong = np.add(trace.products, [0, 1e-4, 0, 0])
    found = facts(dataclasses.replace(trace, products=wrong))
    assert not found["chain_error"].holds
    assert not found["nudge_slope"].holds
    bent = trace.graph_gradients.copy()
    bent[5] *= 1 + 1e-8
    assert not facts(dataclasses.replace(trace, graph_gradients=bent))["graph_error"].holds


def test_the_network_is_nudged_parameter_by_parameter(trace):
    assert len(trace.graph_gradients) == 2 * 3 + 3 + 3 * 1 + 1
    assert trace.graph_runs == len(trace.graph_gradients) + 1


@settings(max_examples=10, deadline=None)
@given(WEIGHT, WEIGHT, TARGET)
def test_a_small_shift_never_raises_the_loss(w1, w2, y):
    trace = run(Settings(w1=w1, w2=w2, target=y, learning_rate=0.01))
    assert trace.shifted[3] <= trace.values[3]
    np.testing.assert_allclose(
        trace.new_weights, [w1, w2] - 0.01 * trace.products[[3, 1]], atol=1e-15
    )
    assert (np.diff(trace.graph_losses) <= 0).all()


def test_a_shift_can_go_too_far_and_the_fact_says_so():
    far = run(Settings(learning_rate=1.0, w2=2.0))  # as the page says
    assert far.shifted[3] > far.values[3]
    assert not facts(far)["left"].holds


def test_what_the_page_says_of_weights_without_a_say():
    assert run(Settings(w2=0)).products[3] == 0
    assert abs(run(Settings(w1=2)).local[3]) < 0.2


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"nudged": "w3"}, "nudged must be one of w1, w2, got 'w3'"),
        ({"nudge": 0}, "nudge must be a number from 1e-05 to 1, got 0"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
