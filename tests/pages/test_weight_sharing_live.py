"""The live figure of weight sharing in Chromium, used as a hand would use it."""

import re
from pathlib import Path

import numpy as np
import pytest

from vizdl.experiments import weight_sharing as experiment
from vizdl.figures import weight_sharing as figures

NAME = "weight_sharing"
PAGE = Path(__file__).parents[2] / f"gallery/pages/{NAME}.md"


def told(step, **settings):
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._moment(trace, figures._numbers(trace), step))


def test_what_the_page_says_of_its_links_is_so():
    text = PAGE.read_text("utf-8")
    assert re.findall(r"\(#(length=[^)]*|hidden_size=[^)]*)\)", text) == [
        "length=16&step=15", "length=24&step=23", "hidden_size=8",
    ]  # fmt: skip
    assert experiment.Settings().length * 2 == 16
    assert experiment.dense_size(4, 24) > 100 * experiment.shared_size(4)
    trace = experiment.run(experiment.Settings())
    norms = np.linalg.norm(trace.gathered, axis=(1, 2))
    assert (np.diff(norms[::-1]) < 0).any()  # a share that joins may make the sum smaller


@pytest.mark.slow
@pytest.mark.xdist_group("live")
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_length_and_size_are_changed_and_the_steps_walked(open_one, width, theme):
    one = open_one(NAME, "#step=2", width, theme)
    one.says(told(2))
    one.page.get_by_role("button", name="Step forward").click()
    one.says(told(3))
    one.slide("length", "ArrowRight", 4)
    one.says(told(3, length=12))
    one.slide("hidden units", "End")
    one.says(told(3, length=12, hidden_size=8))
    trace = experiment.run(experiment.Settings(length=12, hidden_size=8))
    found = np.reshape(one.values("sum.total"), (8, 8))
    np.testing.assert_allclose(found, trace.gathered[8], atol=1e-12)
