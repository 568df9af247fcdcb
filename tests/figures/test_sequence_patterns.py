"""The figure shows what comes in, the states and what is said of the chosen pattern."""

import functools

import numpy as np
import pytest

from vizdl.experiments import sequence_patterns as experiment
from vizdl.experiments.pattern_tasks import PATTERNS
from vizdl.figures import sequence_patterns as figures


@functools.cache
def run(pattern):
    return experiment.run(experiment.Settings(pattern=pattern))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_each_step_is_drawn_as_it_was(pattern):
    trace = run(pattern)
    example = trace.examples[PATTERNS.index(pattern)]
    fig = figures.figure(trace)
    assert tuple(fig.data[figures.OUT].text) == example.out
    assert tuple(fig.data[figures.INTO].text)[1:] == example.into[1:]
    np.testing.assert_array_equal(fig.data[figures.STATES].z, example.states[1:, :16])
    ends = np.reshape(fig.data[figures.BARS].x, (-1, 5))[:, 1]
    np.testing.assert_array_equal(ends[example.asked > 0], example.likeliest[example.asked > 0])
    assert np.isnan(ends[example.asked == 0]).all()
    labels = fig.layout.meta["labels"]
    for t, (label, word) in enumerate(zip(labels, example.out, strict=True)):
        assert label.startswith(f"Step {t + 1} of {len(labels)}")
        assert (f"“{word}”" in label) if word else ("reads" in label)
    assert fig.data[figures.IMAGE].opacity == (pattern == "one to many")
