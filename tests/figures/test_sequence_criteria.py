"""The figure shows the sentence, its states and the verdicts of the trace."""

import functools

import numpy as np
import pytest

from vizdl.experiments import sequence_criteria as experiment
from vizdl.experiments.sequence_criteria import Settings
from vizdl.figures import sequence_criteria as figures


@functools.cache
def run(**changed):
    return experiment.run(Settings(**changed))


@pytest.mark.parametrize("example", list(experiment.EXAMPLES))
def test_words_states_and_verdicts_are_those_of_the_trace(example):
    trace = run(example=example)
    fig = figures.figure(trace)
    count = len(trace.words)
    assert fig.data[figures.WORDS].text == trace.words
    np.testing.assert_array_equal(fig.data[figures.STATES].z[:count], trace.states[1:])
    assert np.isnan(fig.data[figures.STATES].z[count:]).all()
    np.testing.assert_array_equal(fig.data[figures.MOOD].x, trace.good)
    said = fig.data[figures.SAID].text
    for text, value in zip(said, trace.said, strict=True):
        assert text.startswith(f"{experiment.number(100 * float(value))}% good")
    assert len(fig.frames) == count == len(fig.layout.meta["labels"])


def test_bars_reach_from_one_half_to_what_is_said():
    shapes = figures.shapes(np.full(15, 0.9), np.array([0.2, 0.5, 0.7]), 4.0)
    np.testing.assert_array_equal(shapes["yes"][:, 1], [0.5, 0.5, 0.7])
    np.testing.assert_array_equal(shapes["no"][:, 1], [0.2, 0.5, 0.5])
    assert np.isnan(shapes["good"][4:, 1]).all()


def test_the_tests_are_drawn_as_measured():
    trace = run()
    fig = figures.figure(trace)
    for k in range(3):
        np.testing.assert_allclose(fig.data[figures.CURVES + k].y, 100 * trace.by_length[k])
        np.testing.assert_allclose(fig.data[figures.CURVES + 3 + k].y, 100 * trace.by_distance[k])


def test_the_sentence_tells_the_truth_and_each_verdict():
    labels = figures.figure(run(example="bad_not_good")).layout.meta["labels"]
    assert labels[-1].startswith("The mood is bad.")
    assert labels[2].startswith("After “was”, word 3 of 6")
    wrong = figures.figure(run(example="long_ago")).data[figures.SAID].text
    assert [text[-1] for text in wrong] == ["✓", "✗", "✓"]
