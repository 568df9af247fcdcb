"""The live figure of the bias in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import bias_shift as experiment
from vizdl.figures import bias_shift as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "bias_shift"


def told(step=0, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace, step), step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_the_curve_slides_and_learns(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told())
    one.slide("bias b", "ArrowRight", times=3)
    one.slide("weight w", "Home")
    chosen = {"bias": 0.3, "weight": -4.0}
    one.says(told(**chosen))
    one.slide("Step", "End")
    one.says(told(experiment.STEPS, **chosen))
    trace = experiment.run(experiment.Settings(**chosen))
    np.testing.assert_allclose(one.values("here.y"), trace.curves[-1].ravel(), rtol=1e-9)
    np.testing.assert_allclose(one.values("fit.loss")[-2:], trace.losses[-1], rtol=1e-9)
    one.page.wait_for_function("() => location.hash === '#weight=-4&bias=0.3&step=120'")
    one.control("activation").select_option("relu")
    one.says(told(experiment.STEPS, activation="relu", **chosen))
    one.page.get_by_role("button", name="Reset").click()
    one.says(told())
