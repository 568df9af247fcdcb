"""The perceptron on a page: its arithmetic, plane and words are Python's for any setting."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl.experiments import perceptron as experiment
from vizdl.figures import perceptron as figures
from vizdl.live.flow import record_flow

FIRST = experiment.Settings()


def tenths(low, high):
    return st.integers(10 * low, 10 * high).map(lambda k: k / 10)


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(FIRST)).flow, FIRST)


@settings(max_examples=30)
@given(
    chosen=st.builds(
        experiment.Settings,
        x1=tenths(-3, 3),
        x2=tenths(-3, 3),
        w1=tenths(-2, 2),
        w2=tenths(-2, 2),
        bias=tenths(-3, 3),
        activation=st.sampled_from(experiment.NAMES),
    ),
    step=st.integers(0, experiment.STEPS),
)
@example(experiment.Settings(w1=0, w2=0), 4)
@example(experiment.Settings(x1=0, bias=0, activation="relu"), 2)
def test_numbers_places_and_words_are_pythons(recorded, chosen, step):
    trace = experiment.run(chosen)
    found = recorded.values(chosen, step=step)
    expected = figures._numbers(trace, step)
    for name, value in expected.items():
        if isinstance(value, str):
            assert found[name] == value
        else:
            np.testing.assert_allclose(
                np.asarray(found[name], dtype=float),
                np.asarray(value, dtype=float),
                rtol=1e-12, atol=1e-12, err_msg=name,
            )  # fmt: skip
    np.testing.assert_allclose(found["plane.tint"], trace.tint, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(found["curve"], trace.curve)
    assert found["frames"] == experiment.STEPS + 1
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(expected)
    for _, text in figures.TABLE:
        assert text.fill(found) == text.fill(expected)


def test_links_of_the_page_can_be_set():
    prose = (Path(__file__).parents[2] / "gallery/pages/perceptron.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 5
    for changes in asked:
        assert 0 <= int(changes.pop("step", 0)) <= experiment.STEPS
        experiment.Settings.parse(changes)
