"""The embedding on a page: any word at any moment has Python's own row and neighbours."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import embedding as experiment
from vizdl.experiments.embedding import WORDS
from vizdl.figures import embedding as figures
from vizdl.live.flow import record_flow

FIRST = experiment.Settings()


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(FIRST)).flow, FIRST)


@settings(max_examples=15, deadline=None)
@given(
    st.sampled_from(WORDS),
    st.integers(0, experiment.SNAPSHOTS - 1),
    st.integers(-1, len(WORDS) - 1),
)
def test_numbers_places_and_words_are_pythons(recorded, word, step, hover):
    chosen = experiment.Settings(word=word)
    trace = experiment.run(chosen if hover < 0 else experiment.Settings(word=WORDS[hover]))
    expected = figures._numbers(trace, step)
    found = recorded.values(chosen, step=step, hover=hover)
    for name, value in expected.items():
        if name == "called":
            assert tuple(found[name]) == value
        else:
            np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-12, err_msg=name)
    near = [int(found[f"near.{place}"]) for place in ("first", "second", "third")]
    assert near == trace.nearest[step, trace.chosen].tolist()
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(expected, step=step)
    for _, text in figures.TABLE:
        assert text.fill(found) == text.fill(expected)


def test_links_of_the_page_can_be_set():
    prose = (Path(__file__).parents[2] / "gallery/pages/embedding.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 5
    for changes in asked:
        assert 0 <= int(changes.pop("step", 0)) < experiment.SNAPSHOTS
        experiment.Settings.parse(changes)
