"""The page computes for any words and any window what Python does."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn
from vizdl.engines.losses import softmax
from vizdl.experiments import sentiment, sequence_criteria_flow
from vizdl.experiments import sequence_criteria as experiment
from vizdl.experiments.sentiment import LONGEST, VOCABULARY, Sentences
from vizdl.experiments.sequence_criteria import Settings
from vizdl.figures import sequence_criteria as figures
from vizdl.live.flow import record_flow

ROWS = st.lists(st.sampled_from(VOCABULARY.words), min_size=1, max_size=LONGEST)


@functools.cache
def recorded():
    trace = experiment.run(Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@settings(max_examples=25, deadline=None)
@given(row=ROWS, window=st.sampled_from(experiment.WINDOWS))
def test_every_verdict_is_pythons(row, window):
    trace = experiment.run(Settings(window=window))
    values = recorded().values(trace.settings, sentence=row)
    one, count = Sentences.of([tuple(row)]), len(row)
    read = rnn.forward(trace.model, one.inputs)
    np.testing.assert_allclose(values["net.states"][:count], read.h[1:, 0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(values["net.good"][:count], softmax(read.y)[:, 0, 1], rtol=1e-9)
    assert np.isnan(values["net.states"][count:]).all()
    said = [
        experiment.probability_by_bag(trace.bag, one)[0],
        experiment.probability_by_window(trace.dense, one)[0],
        experiment.probability_by_reading(trace.model, one)[0],
    ]
    np.testing.assert_allclose(values["verdict.good"], said, rtol=1e-9)
    mood = sentiment.mood(row)
    assert values["truth.known"] == (mood >= 0)
    right = (np.array(said) > 0.5) == (mood == 1)
    np.testing.assert_array_equal(values["verdict.right"], right * (mood >= 0))
    if mood >= 0:
        assert values["truth.mood"] == mood
        assert values["truth.distance"] == sentiment.distance(row)
    np.testing.assert_allclose(values["by_distance"], 100 * trace.by_distance)


@pytest.mark.parametrize("example", list(experiment.EXAMPLES))
def test_the_page_says_what_the_figure_says(example):
    trace = experiment.run(Settings(example=example))
    labels = figures.figure(trace).layout.meta["labels"]
    for step, label in enumerate(labels):
        values = recorded().values(trace.settings, step, sentence=trace.words)
        assert figures.SENTENCE.fill(values) == label


def test_the_rule_is_that_of_the_grammar_for_padded_words():
    padded = np.full(LONGEST, -1.0)
    padded[:4] = VOCABULARY.indices("not very bad again")
    found = sequence_criteria_flow.truth(padded, 4.0)
    assert (found["mood"], found["known"], found["distance"]) == (1, 1, 1)
