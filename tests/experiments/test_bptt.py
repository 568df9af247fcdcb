from dataclasses import replace

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import bptt
from vizdl.experiments.base import SettingsError

SETTINGS = st.builds(
    bptt.Settings,
    length=st.integers(4, 24),
    hidden_size=st.integers(2, 8),
    scale=st.floats(0.5, 1.5),
    training_steps=st.sampled_from([0, 20]),
    seed=st.integers(0, 999),
)


def test_every_fact_holds(trace):
    for fact in bptt.facts(trace).values():
        assert fact.holds, fact


@settings(max_examples=20)
@given(SETTINGS)
def test_gradients_are_right_and_add_up_whatever_the_settings(chosen):
    trace = bptt.run(chosen)
    lower = np.tril_indices(chosen.length)
    apart = np.linalg.norm(trace.flow_vectors - trace.nudged, axis=-1)
    assert np.all(apart[lower] <= 1e-9 + 1e-5 * trace.flow[lower])
    scale = np.abs(trace.parts).max()
    np.testing.assert_allclose(trace.parts.sum(axis=0), trace.shares, atol=1e-12 * scale)
    np.testing.assert_allclose(trace.shares.sum(axis=0), trace.total, atol=1e-12 * scale)
    np.testing.assert_allclose(
        trace.flow_vectors.sum(axis=0), trace.state_gradients, atol=1e-12 * trace.flow.max()
    )


def test_the_triangle_is_full_below_and_empty_above(trace):
    assert np.all(trace.flow[np.tril_indices(12)] > 0)
    assert np.all(trace.flow[np.triu_indices(12, 1)] == 0)
    assert bptt.facts(trace)["reached"].value == 12 * 13 / 2


def test_the_total_is_autograds_gradient_of_the_losses_on_show(trace):
    """Only what is on show goes in: states and losses of the trace and its recurrent weights."""
    h = trace.states
    # What enters each step beside W_hh h_{t-1}, and the read-out, follow from what is on show.
    enters = np.arctanh(h[1:]) - h[:-1] @ trace.w_hh.T
    readout, *_ = np.linalg.lstsq(np.column_stack([h[1:], np.ones(12)]), trace.outputs, rcond=None)

    def loss(w_hh):
        state, total = h[0], 0.0
        for t in range(12):
            state = anp.tanh(enters[t] + anp.dot(w_hh, state))
            said = anp.dot(state, readout[:-1]) + readout[-1]
            total = total + (said - trace.wave[t + 1]) ** 2
        return total

    assert loss(trace.w_hh) == pytest.approx(trace.losses.sum())
    np.testing.assert_allclose(autograd.grad(loss)(trace.w_hh), trace.total, rtol=1e-8)


def test_losses_are_the_squared_errors_on_the_next_value(trace):
    np.testing.assert_allclose(trace.losses, (trace.outputs - trace.wave[1:]) ** 2)


def test_flow_and_left_are_norms_of_the_vectors(trace):
    np.testing.assert_allclose(trace.flow, np.linalg.norm(trace.flow_vectors, axis=-1))
    np.testing.assert_allclose(np.diag(trace.left), 1)
    assert trace.left[-1, 0] == trace.flow[-1, 0] / trace.flow[-1, -1]


def test_running_sums_end_at_what_the_recursion_gives(trace):
    np.testing.assert_allclose(trace.arrived[-1], trace.state_gradients, atol=1e-14)
    np.testing.assert_allclose(trace.gathered[0], trace.total, atol=1e-14)
    np.testing.assert_allclose(trace.gathered[-1], trace.shares[-1], atol=1e-14)


def test_one_step_back_is_what_the_equation_says(trace):
    for k in range(11):
        back = trace.w_hh.T @ (trace.slopes[k + 1] * trace.flow_vectors[11, k + 1])
        np.testing.assert_allclose(trace.flow_vectors[11, k], back, rtol=1e-12)


def test_less_is_left_where_the_recurrent_weights_are_smaller():
    left = [bptt.run(bptt.Settings(scale=scale)).left[-1, 0] for scale in (0.25, 0.5, 1.0)]
    assert left[0] < left[1] < left[2] < 1


def test_facts_notice_what_is_false(trace):
    damaged = {
        "reached": replace(trace, flow=np.where(trace.flow == trace.flow[5, 2], 0, trace.flow)),
        "sum_error": replace(trace, parts=1.001 * trace.parts),
        "flow_error": replace(trace, nudged=1.001 * trace.nudged),
        "left": replace(trace, left=2 * np.ones((12, 12))),
        "learned": replace(trace, learned=trace.learned[::-1]),
    }
    for name, wrong in damaged.items():
        assert not bptt.facts(wrong)[name].holds, name


def test_a_future_state_in_the_triangle_is_noticed(trace):
    flow = trace.flow.copy()
    flow[0, 3] = 0.1
    assert not bptt.facts(replace(trace, flow=flow))["reached"].holds


def test_the_same_settings_give_the_same_arrays(trace):
    bptt._trained.cache_clear()
    again = bptt.run(bptt.Settings()).arrays()
    for name, values in trace.arrays().items():
        np.testing.assert_array_equal(again[name], values, err_msg=name)


def test_another_seed_gives_another_wave(trace):
    assert not np.allclose(bptt.run(bptt.Settings(seed=1)).wave, trace.wave)


@pytest.mark.parametrize(
    ("given", "named"),
    [({"length": 2}, "length must be a whole number from 4 to 24, got 2"),
     ({"scale": 5}, "scale must be a number from 0.2 to 2, got 5"),
     ({"radius": 1}, "unknown setting 'radius'")],
)  # fmt: skip
def test_wrong_settings_are_named(given, named):
    with pytest.raises(SettingsError, match=named):
        bptt.Settings.parse(given)
