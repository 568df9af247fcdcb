"""What the page says of the gradient along an LSTM's cell is true, and would be noticed if not."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import lstm, rnn
from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.experiments import recall
from vizdl.experiments.lstm_gradient_flow import LONGEST, Settings


@pytest.fixture(scope="module")
def facts(trace):
    return experiment.facts(trace)


def test_every_claim_holds(facts):
    assert [fact.name for fact in facts.values() if not fact.holds] == []


@settings(max_examples=10)
@given(bias=st.floats(-1, 6), length=st.integers(10, 60), seed=st.integers(0, 30))
def test_along_the_cell_the_gradient_is_the_product_of_forget_gates(bias, length, seed):
    chosen = Settings(forget_bias=bias, length=length, hidden_size=5, seed=seed)
    walk = experiment._walk(chosen, bias, length)
    np.testing.assert_allclose(walk.path[:, 0] / walk.path[0, 0], walk.products, rtol=1e-12)


def test_a_nudge_of_a_cell_arrives_as_the_product_says():
    """The cell pushed by hand while the gates are held: what comes out at the end."""
    settings = Settings(hidden_size=4)
    states = experiment._walk(settings, 2.0, 12).states
    held = lstm.LSTM(np.eye(16), np.zeros((16, 4)), np.zeros(16))
    start = states.h[3], states.c[3]
    plain = lstm.forward(held, states.z[3:], start).c[-1]
    for unit in range(4):
        pushed = start[1].copy()
        pushed[:, unit] += 1
        moved = lstm.forward(held, states.z[3:], (start[0], pushed)).c[-1] - plain
        expected = np.zeros_like(moved)
        expected[:, unit] = np.prod(states.f[3:, :, unit], axis=0)
        np.testing.assert_allclose(moved, expected, atol=1e-12)


def test_the_held_gates_are_the_networks_own():
    settings = Settings(hidden_size=4)
    states = experiment._walk(settings, 1.0, 10).states
    held = lstm.LSTM(np.eye(16), np.zeros((16, 4)), np.zeros(16))
    again = lstm.forward(held, states.z)
    np.testing.assert_array_equal(again.c, states.c)
    np.testing.assert_array_equal(again.f, states.f)


def test_what_is_left_in_the_plain_network_is_bptts(trace):
    x, target = recall.draw(np.random.default_rng((0, 0)), LONGEST - 1, experiment.BATCH)
    x = x[: trace.settings.length]
    model = experiment.network("rnn", trace.settings, 0.0).cell
    states = rnn.forward(model, x)
    dy = np.zeros_like(states.y)
    dy[-1] = recall.CROSS_ENTROPY.gradient(states.y[-1], target)
    norms = np.linalg.norm(rnn.bptt(model, states, dy).flow_vectors[-1], axis=(1, 2))[::-1]
    np.testing.assert_allclose(trace.rnn, norms / norms[0], rtol=1e-10)


def test_the_bias_opens_the_way(trace):
    assert (np.diff(trace.fan[:, experiment.FAR]) > 0).all()
    gates = 1 / (1 + np.exp(-trace.biases))
    factors = trace.fan[:, experiment.FAR] ** (1 / experiment.FAR)
    np.testing.assert_allclose(factors, gates, rtol=0.05)


def test_networks_start_as_they_are_measured():
    """The walk is taken through the very network that training starts from."""
    network = experiment.network("lstm", Settings(seed=2), experiment.OPEN)
    start = recall.train("lstm", 5, 2, steps=0, bias=experiment.OPEN)
    for name, value in start.parameters().items():
        np.testing.assert_array_equal(value, network.parameters()[name])


def test_recall_is_that_of_the_trained_networks(trace, facts):
    assert trace.recall.shape == (3, len(experiment.DELAYS), experiment.SEEDS)
    assert trace.recall[0, 1, 2] == recall.accuracy("rnn", experiment.DELAYS[1], 2)
    assert facts["recall_lstm"].value == pytest.approx(100 * trace.recall[1, -1].mean())
    assert facts["recall_narrow"].value == pytest.approx(100 * trace.narrow.mean())


def test_a_product_that_is_off_by_one_gate_is_noticed(trace):
    shifted = replace(trace, products=np.roll(trace.products, 1, axis=0))
    assert not experiment.facts(shifted)["product_error"].holds
