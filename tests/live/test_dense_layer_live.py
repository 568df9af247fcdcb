"""The small network on a page: its numbers, lights and words are Python's for any setting."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl.experiments import dense_layer as experiment
from vizdl.figures import dense_layer as figures
from vizdl.figures import dense_layer_places as places
from vizdl.live.flow import record_flow

FIRST = experiment.Settings()
POINTS = len(places.POINTED)


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(FIRST)).flow, FIRST)


@settings(max_examples=30, deadline=None)
@given(
    chosen=st.builds(
        experiment.Settings,
        example=st.integers(1, experiment.BATCH),
        activation=st.sampled_from(experiment.NAMES),
        seed=st.integers(0, experiment.SEEDS - 1),
    ),
    step=st.integers(0, experiment.STEPS),
    hover=st.integers(-1, POINTS - 1),
)
@example(FIRST, 5, -1)
@example(FIRST, 0, POINTS - 1)
def test_numbers_places_and_words_are_pythons(recorded, chosen, step, hover):
    trace = experiment.run(chosen)
    found = recorded.values(chosen, step=step, hover=hover)
    expected = figures._numbers(trace, step, hover)
    for name, value in expected.items():
        if isinstance(value, str):
            assert found[name] == value
        else:
            np.testing.assert_allclose(
                np.asarray(found[name], dtype=float),
                np.asarray(value, dtype=float),
                atol=1e-4 if name == "grey" else 1e-12,  # the picture travels as 16 bits
                err_msg=name,
            )
    assert found["frames"] == 6
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(expected)
    for _, text in figures.TABLE:
        assert text.fill(found) == text.fill(expected)


def test_a_click_leads_to_the_row_of_what_was_clicked():
    steps = np.concatenate([places.step_of(places.CELLS), places.step_of(places.HANDLES)])
    for (layer, row, _), step in zip(places.POINTED, steps, strict=True):
        if row >= 0:
            assert tuple(places.STEP_FOCUS[int(step)]) == (layer, row, places.ALL)


def test_links_of_the_page_can_be_set():
    prose = (Path(__file__).parents[2] / "gallery/pages/dense_layer.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 4
    for changes in asked:
        assert 0 <= int(changes.pop("step", 0)) <= experiment.STEPS
        experiment.Settings.parse(changes)
