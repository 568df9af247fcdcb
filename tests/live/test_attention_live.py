"""Attention on a page: any question of any sequence gives Python's own numbers."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import attention as experiment
from vizdl.figures import attention as figures
from vizdl.live.flow import record_flow

FIRST = experiment.Settings()


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(FIRST)).flow, FIRST)


@settings(max_examples=12, deadline=None)
@given(
    chosen=st.builds(
        experiment.Settings,
        sequence=st.integers(0, 999),
        query=st.integers(1, 8),
        temperature=st.floats(0.1, 10),
    ),
    step=st.integers(0, experiment.SNAPSHOTS - 1),
    hover=st.integers(-1, 7),
)
def test_numbers_places_and_words_are_pythons(recorded, chosen, step, hover):
    asked = chosen if hover < 0 else chosen.model_copy(update={"query": hover + 1})
    expected = figures._numbers(experiment.run(asked), step)
    found = recorded.values(chosen, step=step, hover=hover)
    for name, value in expected.items():
        if name in ("called", "kinds"):
            assert tuple(found[name]) == value
        else:
            np.testing.assert_allclose(found[name], value, rtol=1e-9, atol=1e-12, err_msg=name)
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(expected, step=step)
    for _, text in figures.TABLE:
        assert text.fill(found) == text.fill(expected)
    assert found["frames"] == experiment.SNAPSHOTS


def test_a_click_on_an_item_asks_for_it(recorded):
    assert figures.live(experiment.run(FIRST)).sets == {figures.PEOPLE: ("query", "drawn.number")}
    np.testing.assert_array_equal(recorded.values(FIRST)["drawn.number"], range(1, 9))


def test_links_of_the_page_can_be_set():
    prose = (Path(__file__).parents[2] / "gallery/pages/attention.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 5
    for changes in asked:
        assert 0 <= int(changes.pop("step", 0)) < experiment.SNAPSHOTS
        experiment.Settings.parse(changes)
