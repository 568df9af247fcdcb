"""The live figure of attention in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import attention as experiment
from vizdl.figures import attention as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "attention"
LAST = experiment.SNAPSHOTS - 1


def told(step=LAST, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace, step), step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_any_question_is_looked_up_at_any_moment(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told())
    one.slide("Item asked for", "End")
    one.says(told(query=8))
    one.slide("Sequence shown", "ArrowRight", times=2)
    one.says(told(query=8, sequence=5))
    one.slide("Step", "ArrowLeft", times=3)
    one.says(told(LAST - 3, query=8, sequence=5))
    trace = experiment.run(experiment.Settings(query=8, sequence=5))
    np.testing.assert_allclose(one.values("net.weights"), trace.weights[LAST - 3], rtol=1e-9)
    np.testing.assert_allclose(one.values("net.chances"), trace.chances[LAST - 3], rtol=1e-9)
    one.page.wait_for_function("() => location.hash === '#query=8&sequence=5&step=47'")
    one.page.get_by_role("button", name="Reset").click()
    one.says(told())
