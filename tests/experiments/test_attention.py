"""Attention: each claim is measured on held-out sequences, and would fail if it were false."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import associative
from vizdl.experiments import attention, recall
from vizdl.experiments.attention import ANIMALS, NAMES, Settings, facts, run
from vizdl.experiments.base import SettingsError


def test_without_training_the_claims_fail(trace):
    """The facts are about what was learned: the first moment's numbers don't meet them."""
    unlearned = dataclasses.replace(
        trace, accuracy=trace.accuracy[:1], mass=trace.mass[:1], crowded=0.2, crowded_mass=0.1
    )
    found = facts(unlearned)
    for name in ("mass", "mass_worst", "accuracy", "crowded", "crowded_mass", "lstm"):
        assert not found[name].holds, name
    sharp = dataclasses.replace(trace, mass=trace.mass[::-1])
    assert not facts(sharp)["untrained"].holds
    slanted = dataclasses.replace(trace, mass=trace.mass - np.linspace(0, 0.1, 8))
    assert not facts(slanted)["mass_spread"].holds
    off = dataclasses.replace(trace, sum_error=1e-9, output_error=1e-9)
    assert not facts(off)["sum_error"].holds
    assert not facts(off)["output_error"].holds
    level = dataclasses.replace(trace, rnn=trace.accuracy[-1], lstm=trace.accuracy[-1])
    assert not facts(level)["rnn"].holds


def test_the_weights_drawn_are_the_weights_used(trace):
    for moment in (0, 10, 50):
        scores = trace.k[moment] @ trace.q[moment] / np.sqrt(4)
        np.testing.assert_allclose(trace.scores[moment], scores, rtol=1e-12)
        np.testing.assert_allclose(trace.products[moment].sum(axis=1) / 2, scores, rtol=1e-12)
        weights = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose(trace.weights[moment], weights, rtol=1e-12)
        np.testing.assert_allclose(trace.grid[moment][trace.asked], weights, rtol=1e-12)
        output = weights @ trace.v[moment]
        np.testing.assert_allclose(trace.output[moment], output, rtol=1e-12)
        np.testing.assert_allclose(trace.mixed[moment].sum(axis=0), output, atol=1e-12)
        logits = trace.w_o[moment] @ output
        np.testing.assert_allclose(
            trace.chances[moment], np.exp(logits) / np.exp(logits).sum(), rtol=1e-12
        )


def test_training_is_recorded_from_diffuse_to_sharp(trace):
    assert trace.steps.tolist() == list(range(0, 501, 10))
    assert np.ptp(trace.grid[0]) < 0.12  # all items alike, whoever is asked for
    assert np.diagonal(trace.grid[-1]).min() > 0.75
    mass = trace.mass.mean(axis=1)
    assert (np.diff(mass[5:25]) > 0).all()  # the sharpening has no jump in it
    assert np.diff(mass).max() < 0.15


def test_what_the_shown_sequence_holds_is_right(trace):
    assert NAMES[trace.names[trace.asked]] == "Ben"
    assert ANIMALS[trace.animals[trace.asked]] == ANIMALS[trace.chances[-1].argmax()] == "hen"
    assert len(set(trace.names)) == 8


def test_accuracies_are_those_of_answers_counted_one_by_one(trace):
    memory = associative.Memory(*(getattr(trace, name)[30] for name in attention.WEIGHTS))
    tried = associative.draw(np.random.default_rng([0, 1]), attention.HELD_OUT, 8)
    items, questions, answers = tried.items, tried.question, tried.answers
    distances, right = tried.distance, {distance: [] for distance in range(1, 9)}
    for b in range(attention.HELD_OUT):
        query = memory.w_q @ questions[b]
        scores = items[b] @ memory.w_k.T @ query / 2
        weights = np.exp(scores) / np.exp(scores).sum()
        logits = memory.w_o @ (weights @ (items[b] @ memory.w_v.T))
        right[int(distances[b])].append(logits.argmax() == answers[b])
    counted = [np.mean(right[distance]) for distance in range(1, 9)]
    np.testing.assert_allclose(trace.accuracy[30], counted, atol=1e-12)


def test_the_networks_beside_it_have_the_sizes_that_are_said(trace):
    start = recall.init("lstm", associative.WIDTH, associative.VALUES, attention.CELLS, 0, 1.0)
    assert sum(part.size for part in start.parameters().values()) == attention.LSTM_SIZE
    start = recall.init("rnn", associative.WIDTH, associative.VALUES, attention.CELLS, 0, 1.0)
    assert sum(part.size for part in start.parameters().values()) == attention.RNN_SIZE
    own = facts(trace)["weights"].value
    assert own == 272
    assert 2.5 * own < attention.RNN_SIZE < 3 * own
    assert 9 * own < attention.LSTM_SIZE < 10 * own
    assert trace.rnn.mean() > 1.5 / 8  # it learned something
    assert np.ptp(trace.lstm) < 0.15  # its trouble isn't the distance


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 999), st.integers(1, 8), st.floats(0.1, 10))
def test_any_question_of_any_sequence_can_be_looked_up(seed, query, temperature):
    found = run(Settings(sequence=seed, query=query, temperature=temperature))
    np.testing.assert_allclose(found.weights.sum(axis=1), 1, rtol=1e-12)
    assert found.weights[-1].argmax() == query - 1
    cooler = run(Settings(sequence=seed, query=query, temperature=max(0.1, temperature / 2)))
    assert cooler.weights[-1].max() >= found.weights[-1].max() - 1e-12
    at = attention.presented(found.names, found.animals, query - 1)
    assert (at["name"], at["animal"]) == (found.names[query - 1], found.animals[query - 1])


def test_what_the_page_says_of_temperature_is_so(trace):
    hot, cold = (run(Settings(temperature=t)).weights[-1] for t in (10, 0.1))
    assert hot.max() < 0.25
    assert cold.max() > 0.999


@pytest.mark.slow
def test_what_is_said_of_longer_training_and_shorter_vectors_is_so(trace):
    assert run(Settings(training_steps=1000)).lstm.mean() > trace.lstm.mean() + 0.03
    short = run(Settings(key_size=2))
    assert short.mass[-1].mean() < trace.mass[-1].mean() - 0.2
    assert 0.55 < short.accuracy[-1].mean() < 0.8


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"query": 9}, "query must be one of the items 1 to 8, got 9"),
        ({"temperature": 0}, "temperature must be a number from 0.1 to 10, got 0"),
        ({"items": 3}, "items must be a whole number from 4 to 10"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
