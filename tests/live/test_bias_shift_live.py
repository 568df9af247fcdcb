"""Both neurons on a page: their learning, curves, crossings and words are Python's."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl.experiments import bias_shift as experiment
from vizdl.figures import bias_shift as figures
from vizdl.live.flow import record_flow

FIRST = experiment.Settings()


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(FIRST)).flow, FIRST)


@settings(max_examples=20, deadline=None)
@given(
    chosen=st.builds(
        experiment.Settings,
        activation=st.sampled_from(experiment.NAMES),
        weight=st.integers(-40, 40).map(lambda k: k / 10),
        bias=st.integers(-60, 60).map(lambda k: k / 10),
    ),
    step=st.integers(0, experiment.STEPS),
)
@example(experiment.Settings(weight=0), 0)
@example(experiment.Settings(activation="relu", weight=-4, bias=6), 120)
def test_numbers_places_and_words_are_pythons(recorded, chosen, step):
    trace = experiment.run(chosen)
    found = recorded.values(chosen, step=step)
    expected = figures._numbers(trace, step)
    np.testing.assert_allclose(found["family.x"][-1], expected.pop("family.found"), atol=1e-9)
    for name, value in expected.items():
        np.testing.assert_allclose(
            np.asarray(found[name], dtype=float),
            np.asarray(value, dtype=float),
            rtol=1e-9, atol=1e-9, err_msg=name,
        )  # fmt: skip
    np.testing.assert_allclose(found["here.y"], trace.curves[step], rtol=1e-9, atol=1e-12)
    assert found["frames"] == experiment.STEPS + 1
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(expected, step=step)


def test_links_of_the_page_can_be_set():
    prose = (Path(__file__).parents[2] / "gallery/pages/bias_shift.md").read_text("utf-8")
    asked = [
        dict(pair.split("=") for pair in link.split("&"))
        for link in re.findall(r"\(#(.*?)\)", prose)
    ]
    assert len(asked) >= 5
    for changes in asked:
        assert 0 <= int(changes.pop("step", 0)) <= experiment.STEPS
        experiment.Settings.parse(changes)
