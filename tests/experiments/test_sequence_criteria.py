"""The recurrent network meets each criterion; another model fails it, for its own reason."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import network, rnn
from vizdl.engines.losses import softmax
from vizdl.experiments import sentiment
from vizdl.experiments import sequence_criteria as experiment
from vizdl.experiments.sentiment import BAD, GOOD, LONGEST, VOCABULARY, Sentences
from vizdl.experiments.sequence_criteria import Settings

SENTENCES = st.lists(st.sampled_from(VOCABULARY.words), min_size=1, max_size=LONGEST)


@functools.cache
def run(**changed):
    return experiment.run(Settings(**changed))


@functools.cache
def facts(**changed):
    return experiment.facts(run(**changed))


@pytest.mark.parametrize("changed", [{}, {"window": 15}, {"seed": 1, "window": 3}])
def test_every_claim_holds(changed):
    assert {name: fact.holds for name, fact in facts(**changed).items() if not fact.holds} == {}


def test_an_untrained_network_meets_none_of_them():
    weak = facts(training_steps=50)
    assert not weak["far"].holds
    assert not weak["order"].holds


@settings(max_examples=30)
@given(words=SENTENCES, seed=st.integers(0, 99))
def test_the_bag_does_not_know_order(words, seed):
    shuffled = np.random.default_rng(seed).permutation(words)
    pair = Sentences.of([tuple(words), tuple(shuffled)])
    bags = experiment.bags(pair)
    np.testing.assert_array_equal(bags[0], bags[1])
    assert bags[0].sum() == len(words)
    said = experiment.probability_by_bag(run().bag, pair)
    assert said[0] == said[1]


@settings(max_examples=30)
@given(words=SENTENCES, before=SENTENCES, width=st.sampled_from(experiment.WINDOWS))
def test_the_dense_network_sees_the_last_words_alone(words, before, width):
    both = Sentences.of([tuple(words), tuple(before + words)])
    seen = experiment.windows(both, width).reshape(2, width, len(VOCABULARY))
    for j in range(width):
        for row, sentence in enumerate((words, before + words)):
            there = sentence[-1 - j] if j < len(sentence) else None
            expected = VOCABULARY.one_hot([VOCABULARY.index(there)] if there else [-1])[0]
            np.testing.assert_array_equal(seen[row, j], expected)
    if len(words) >= width:
        said = experiment.probability_by_window(experiment.dense_network(width, 0), both)
        assert said[0] == said[1]


def test_what_is_said_is_what_the_models_say():
    trace = run()
    for text, reading in zip(experiment.EXAMPLES.values(), trace.readings, strict=True):
        one = Sentences.of([tuple(text.split())])
        read = rnn.forward(trace.model, one.inputs)
        np.testing.assert_allclose(reading.states, read.h[:, 0])
        np.testing.assert_allclose(reading.good, softmax(read.y)[:, 0, 1])
        assert reading.said[2] == pytest.approx(reading.good[-1])
        bag = softmax(network.forward(trace.bag, one.inputs.sum(axis=0)).output)[0, 1]
        assert reading.said[0] == pytest.approx(bag)
    assert trace.said[0] == trace.swapped_said[0]
    assert trace.said[2] > 0.9 > 0.1 > trace.swapped_said[2]


def test_shares_are_counted_on_sentences_that_were_not_trained_on():
    trace, seen = run(), set(sentiment.to_train_on(0).words)
    tests = experiment._tests(0)
    for sentences in (*tests.by_length, *tests.by_distance, *tests.pairs, tests.elsewhere):
        assert not seen & set(sentences.words)
    k = 4
    said = experiment.probability_by_reading(trace.model, tests.by_distance[k])
    right = [(p > 0.5) == (m == 1) for p, m in zip(said, tests.by_distance[k].moods, strict=True)]
    assert trace.by_distance[2, k] == np.mean(right)
    assert all(sentiment.distance(words) == k for words in tests.by_distance[k].words)
    rare = [sentiment.is_rare(words) for words in tests.elsewhere.words]
    assert all(rare)


def test_the_number_of_weights():
    trace = run(window=15)
    dense = sum(
        w.size + b.size for w, b in zip(trace.dense.weights, trace.dense.biases, strict=True)
    )
    assert trace.parameters[1, -1] == dense
    model = trace.model
    names = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
    assert trace.parameters[0, 0] == sum(getattr(model, name).size for name in names)


def test_opinions_are_those_of_the_grammar():
    assert not set(GOOD) & set(BAD)
    assert set(sentiment.RARE) <= set(GOOD + BAD)
