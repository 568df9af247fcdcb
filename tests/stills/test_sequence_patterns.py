"""The still draws every step of the four examples, with the measured shares."""

import pytest

from vizdl.experiments import sequence_patterns as experiment
from vizdl.experiments.base import number
from vizdl.stills import sequence_patterns as stills


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_shows_all_four(theme):
    trace = experiment.run(experiment.Settings())
    axes = stills.draw(trace, theme).axes
    for ax, example, share in zip(axes, trace.examples, trace.accuracy, strict=True):
        title = f"{example.pattern}: {number(100 * float(share))}% right"
        assert ax.get_title(loc="left") == title
        texts = [text.get_text() for text in ax.texts]
        assert len(texts) == len(example.into) + int(example.asked.sum())
        for word, sure in zip(example.out, example.likeliest, strict=True):
            assert not word or f"{word}\n{100 * sure:.0f}%" in texts
