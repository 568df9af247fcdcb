"""The live figure of the embedding in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import embedding as experiment
from vizdl.figures import embedding as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "embedding"
LAST = experiment.SNAPSHOTS - 1


def told(step=LAST, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace, step), step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_any_word_is_looked_up_at_any_moment(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told())
    one.control("Word").select_option("soup")
    one.says(told(word="soup"))
    one.slide("Step", "Home")
    one.says(told(0, word="soup"))
    trace = experiment.run(experiment.Settings(word="soup"))
    np.testing.assert_allclose(one.values("near.row"), trace.vectors[0, trace.chosen], rtol=1e-9)
    np.testing.assert_allclose(one.values("near.places"), trace.places[0].ravel(), atol=1e-9)
    one.page.wait_for_function("() => location.hash === '#word=soup&step=0'")
    one.page.get_by_role("button", name="Reset").click()
    one.says(told())
