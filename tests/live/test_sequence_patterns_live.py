"""The page computes each pattern, on any input, as Python does."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import pattern_tasks, sentiment
from vizdl.experiments import sequence_patterns as experiment
from vizdl.experiments import sequence_patterns_flow as page
from vizdl.experiments.pattern_tasks import COLOURS, END, GERMAN, PATTERNS, SHAPES, SIZES
from vizdl.figures import sequence_patterns as figures
from vizdl.live.flow import record_flow

MADE = st.tuples(st.sampled_from(SIZES), st.sampled_from(COLOURS), st.sampled_from(SHAPES))


def rows(words):
    return st.lists(st.sampled_from(words), min_size=1, max_size=page.MOST_WORDS)


@functools.cache
def recorded():
    trace = experiment.run(experiment.Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


def agrees(pattern, read, values):
    """Whether the page did what the engine does, up to the steps that a page has."""
    model, task = pattern_tasks.trained(pattern, 0)
    spoken = pattern_tasks.speak(model, task, read, most=99)
    count = min(page.MOST, len(spoken.probabilities))
    assert values["net.rows"] == count
    best = spoken.probabilities.max(axis=1)[:count]
    np.testing.assert_allclose(values["net.likely"], best, rtol=1e-9)
    np.testing.assert_allclose(
        values["net.shown"], spoken.states[1 : count + 1, : page.SHOWN], rtol=1e-9, atol=1e-12
    )
    out = [page.WORDS[int(k)] for k in values["net.out"]]
    assert out[: spoken.first] == [""] * spoken.first
    said = [*spoken.said, END] if task.hears >= 0 else [*spoken.said]
    assert out[spoken.first :] == said[: count - spoken.first]


@settings(max_examples=10, deadline=None)
@given(
    lectures=st.integers(0, 12), hours=st.integers(0, 30), made=MADE,
    sentence=rows(sentiment.VOCABULARY.words), number=rows(GERMAN.words),
)  # fmt: skip
def test_any_input_is_computed_as_in_python(lectures, hours, made, sentence, number):
    chosen = dict(zip(("size", "colour", "shape"), made, strict=True))
    reads = {
        "one to one": pattern_tasks.student(lectures, hours),
        "many to one": sentiment.VOCABULARY.one_hot(sentiment.VOCABULARY.indices(sentence)),
        "one to many": pattern_tasks.shown(pattern_tasks.picture(made)),
        "many to many": pattern_tasks.heard(tuple(number)),
    }
    for pattern, read in reads.items():
        asked = experiment.Settings(pattern=pattern, lectures=lectures, hours=hours, **chosen)
        agrees(pattern, read, recorded().values(asked, sentence=sentence, number=number))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_page_begins_as_the_figure_does(pattern):
    chosen = experiment.Settings(pattern=pattern)
    trace = experiment.run(chosen)
    for step, label in enumerate(figures.figure(trace).layout.meta["labels"]):
        assert figures.SENTENCE.fill(recorded().values(chosen, step)) == label
