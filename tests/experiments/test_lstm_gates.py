"""Each claim about the gates of an LSTM, asserted on what was trained."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import lstm
from vizdl.experiments import lstm_gates
from vizdl.experiments.base import SettingsError


@pytest.fixture(scope="module")
def facts(trace):
    return lstm_gates.facts(trace)


def _sigmoid(z):
    return 1 / (1 + np.exp(-z))


def test_every_fact_holds_for_the_defaults(facts):
    for fact in facts.values():
        assert fact.holds, f"{fact.name}: {fact.text}, but the claim demands {fact.target}"


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_every_fact_holds_for_other_seeds(seed):
    found = lstm_gates.facts(lstm_gates.run(lstm_gates.Settings(seed=seed)))
    assert [fact.name for fact in found.values() if not fact.holds] == []


def test_every_gate_is_within_0_and_1(trace, facts):
    for gate in (trace.i, trace.f, trace.o):
        assert gate.min() > 0
        assert gate.max() < 1
    tried = trace.held_out.lstm
    assert facts["gate_min"].value == min(tried.i.min(), tried.f.min(), tried.o.min())
    assert facts["gate_max"].value == max(tried.i.max(), tried.f.max(), tried.o.max())


def test_the_gates_follow_the_flags_on_the_shown_sequence(trace):
    k, store, ask = trace.latch, trace.inputs[:, 1] > 0, trace.inputs[:, 2] > 0
    assert trace.f[store, k].max() < 0.2 < 0.9 < trace.f[~store, k].min()
    assert trace.i[~store, k].max() < 0.1 < 0.8 < trace.i[store, k].min()
    assert trace.o[~ask, k].max() < 0.1 < 0.8 < trace.o[ask, k].min()


def test_facts_about_gates_are_means_over_held_out_steps(trace, facts):
    drawn, k = trace.held_out.sequences, trace.latch
    at, between, correct, steps = [], [], 0, 0
    for b in range(drawn.inputs.shape[1]):
        for t in range(drawn.inputs.shape[0]):
            gate, flag = trace.held_out.lstm.f[t, b, k], drawn.inputs[t, b, 1] == 1
            if flag and t == 0:
                continue
            (at if flag else between).append(gate)
            correct, steps = correct + ((gate < 0.5) == flag), steps + 1
    assert facts["forget_at_flags"].value == pytest.approx(np.mean(at))
    assert facts["forget_between"].value == pytest.approx(np.mean(between))
    assert facts["forget_right"].value == pytest.approx(100 * correct / steps)


def test_cell_and_output_follow_their_equations(trace):
    c, h = trace.c, trace.h
    np.testing.assert_allclose(c[1:], trace.f * c[:-1] + trace.i * trace.g, atol=1e-12, rtol=0)
    np.testing.assert_allclose(h[1:], trace.o * np.tanh(c[1:]), atol=1e-12, rtol=0)
    np.testing.assert_allclose(trace.kept + trace.added, c[1:], atol=1e-12, rtol=0)
    np.testing.assert_allclose(trace.o * trace.squashed, h[1:], atol=1e-12, rtol=0)
    np.testing.assert_array_equal(c[0], 0)
    predictions = h[1:] @ trace.readout_weights + trace.readout_bias
    np.testing.assert_allclose(predictions, trace.predictions, atol=1e-12)


def test_the_sums_behind_the_gates_are_complete(trace):
    np.testing.assert_allclose(trace.products.sum(axis=-1), trace.z, atol=1e-12)
    np.testing.assert_array_equal(trace.operands[:, :3], trace.inputs)
    np.testing.assert_array_equal(trace.operands[:, 3:-1], trace.h[:-1])
    np.testing.assert_array_equal(trace.operands[:, -1], 1)
    for row, gate in enumerate((trace.i, trace.f, None, trace.o)):
        if gate is not None:
            np.testing.assert_allclose(_sigmoid(trace.z[:, row]), gate, atol=1e-12)
    np.testing.assert_allclose(np.tanh(trace.z[:, 2]), trace.g, atol=1e-12)


def test_a_wrong_cell_would_be_noticed(trace):
    tried = trace.held_out.lstm
    wrong = replace(tried, c=tried.c + 1e-9, h=tried.h * (1 + 1e-9))
    found = lstm_gates.facts(replace(trace, held_out=replace(trace.held_out, lstm=wrong)))
    assert not found["update_error"].holds
    assert not found["output_error"].holds


def test_an_untrained_network_shows_nothing_of_it():
    found = lstm_gates.facts(lstm_gates.run(lstm_gates.Settings(training_steps=50)))
    failing = {name for name, fact in found.items() if not fact.holds}
    assert {"recall_error", "recall_far", "forget_at_flags", "input_at_flags"} <= failing
    assert not {"gate_min", "gate_max", "update_error", "output_error"} & failing


def test_without_the_price_the_cells_share_the_memory(facts):
    free = lstm_gates.facts(lstm_gates.run(lstm_gates.Settings(sparsity=0.0)))
    assert free["recall_error"].holds
    assert free["readout_share"].value < 75 < 90 < facts["readout_share"].value


def test_recall_is_much_better_than_guessing(trace, facts):
    drawn, answers = trace.held_out.sequences, trace.held_out.predictions
    right, given_answers = drawn.targets[drawn.ask], answers[drawn.ask]
    error = np.sqrt(np.mean((given_answers - right) ** 2))
    guess = np.sqrt(np.mean((right - right.mean()) ** 2))
    assert facts["recall_error"].value == pytest.approx(error)
    assert facts["guess_error"].value == pytest.approx(guess)
    assert error < 0.12 * guess
    assert np.corrcoef(given_answers, right)[0, 1] > 0.99


def test_the_cell_holds_on_while_it_shows_nothing(trace, facts):
    k, ask = trace.latch, trace.held_out.sequences.ask
    cell = np.abs(trace.held_out.lstm.c[1:, :, k][~ask]).mean()
    shown = np.abs(trace.held_out.lstm.h[1:, :, k][~ask]).mean()
    assert facts["apart"].value == pytest.approx(100 * shown / cell)
    assert cell > 0.3


def test_the_latching_cell_is_the_one_that_follows_the_memory(trace):
    cells = trace.held_out.lstm.c[1:].reshape(-1, trace.settings.hidden_size)
    memory = trace.held_out.sequences.memory.ravel()
    table = np.abs(np.corrcoef(cells.T, memory)[-1, :-1])
    np.testing.assert_allclose(trace.correlation, table, atol=1e-12)
    assert trace.latch == np.argmax(table) == trace.unit
    other = lstm_gates.run(lstm_gates.Settings(unit=3))
    assert (other.unit, other.latch) == (2, trace.latch)


@settings(max_examples=25)
@given(
    seed=st.integers(0, 9999),
    length=st.integers(12, 32),
    store=st.floats(0.1, 0.5),
    ask=st.floats(0.1, 0.6),
)
def test_every_shown_sequence_has_something_to_show(seed, length, store, ask):
    changed = lstm_gates.Settings(
        seed=seed, length=length, store_rate=store, ask_rate=ask, hidden_size=1, training_steps=50
    )
    drawn, (s, d, q) = lstm_gates._demonstration(changed)
    (value, flag, asked), memory = drawn.inputs[:, 0].T, drawn.memory[:, 0]
    assert len(value) == length
    assert 0 < s < d < q
    assert flag[s] == 1
    assert not flag[s + 1 : q + 1].any()
    assert (asked[s], asked[d], asked[q]) == (0, 0, 1)
    assert memory[s - 1] * memory[s] < 0
    assert min(abs(memory[s - 1]), abs(memory[s])) > lstm_gates.CLEAR
    assert min(abs(value[d] - memory[d]), abs(value[q] - memory[q])) > lstm_gates.CLEAR


@settings(max_examples=8)
@given(seed=st.integers(0, 9999), cells=st.integers(1, 8), price=st.floats(0, 0.02))
def test_the_equations_hold_for_any_settings(seed, cells, price):
    changed = lstm_gates.Settings(seed=seed, hidden_size=cells, sparsity=price, training_steps=50)
    run = lstm_gates.run(changed)
    found = lstm_gates.facts(run)
    for name in ("gate_min", "gate_max", "update_error", "output_error"):
        assert found[name].holds
    assert run.f.shape == (changed.length, cells)
    assert run.losses.shape == (50,)


def test_the_same_settings_give_the_same_run(trace):
    lstm_gates._trained.cache_clear()
    again = lstm_gates.run(lstm_gates.Settings())
    assert trace.arrays().keys() == again.arrays().keys()
    for name, array in trace.arrays().items():
        np.testing.assert_array_equal(array, again.arrays()[name], err_msg=name)


@settings(max_examples=20)
@given(data=st.data())
def test_another_sequence_runs_through_the_same_network(trace, data):
    T = len(trace.inputs)
    row = st.lists(st.floats(-1, 1), min_size=T, max_size=T)
    flags = st.lists(st.integers(0, 1), min_size=T, max_size=T)
    inputs = np.stack([data.draw(row), data.draw(flags), data.draw(flags)], axis=-1)
    other = lstm_gates.show(trace, inputs)
    network = lstm_gates._trained(5, 4, 500, 0.002)
    expected = lstm.forward(network.lstm, inputs[:, None])
    np.testing.assert_allclose(other.c, expected.c[:, 0], atol=1e-12)
    np.testing.assert_allclose(other.products.sum(axis=-1), other.z, atol=1e-12)
    kept = 0.0
    for t, (value, store, ask) in enumerate(inputs):
        kept = value if store else kept
        assert (other.memory[t], other.targets[t]) == (kept, kept * ask)


def test_the_shown_sequence_shown_again_is_the_same(trace):
    again = lstm_gates.show(trace, trace.inputs)
    for name, array in trace.arrays().items():
        np.testing.assert_allclose(again.arrays()[name], array, atol=1e-14, err_msg=name)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda x: x[:-1], r"inputs must have shape \(20, 3\), got \(19, 3\)"),
        (lambda x: x + 0.5, "the flags of inputs must be 0 or 1"),
        (lambda x: x * np.nan, "inputs must be finite, got nan at index"),
    ],
)
def test_a_sequence_that_does_not_fit_is_refused(trace, change, message):
    with pytest.raises(ValueError, match=message):
        lstm_gates.show(trace, change(trace.inputs))


def test_a_run_cannot_spoil_the_next(trace):
    with pytest.raises(ValueError, match="read-only"):
        trace.losses[0] = 0


@pytest.mark.parametrize(
    ("given_settings", "message"),
    [
        ({"hidden_size": 9}, "hidden_size must be a whole number from 1 to 8, got 9"),
        ({"unit": 5}, "unit must be 0 or one of the cells 1 to 4, got 5"),
        ({"sparsity": "lots"}, "sparsity must be a number from 0 to 0.02, got 'lots'"),
        ({"cells": 3}, "unknown setting 'cells'; there are: seed, hidden_size, .*"),
    ],
)
def test_settings_out_of_range_are_refused(given_settings, message):
    with pytest.raises(SettingsError, match=f"^{message}$"):
        lstm_gates.Settings.parse(given_settings)
