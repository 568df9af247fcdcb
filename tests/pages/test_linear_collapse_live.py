"""The live figure of the linear collapse in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import linear_collapse as experiment
from vizdl.experiments.linear_collapse_flow import WIDEST
from vizdl.figures import linear_collapse as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "linear_collapse"


def told(step=experiment.STEPS, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    bent = float(trace.settings.activation == "relu")
    return figures.SENTENCE.fill({"bent": bent, "train.right": trace.right}, step=step)


def test_every_size_draws_the_line_of_its_product(open_one):
    one = open_one(NAME)
    one.says(told())
    first = one.values("product.line")
    one.slide("units of a hidden layer", "End")  # as many as a page can train
    one.says(told(width=WIDEST))
    np.testing.assert_allclose(one.values("product.line"), first, atol=0.05)
    one.slide("layers", "Home")
    one.says(told(width=WIDEST, depth=1))
    trace = experiment.run(experiment.Settings(depth=1))
    np.testing.assert_allclose(one.values("plane.z"), trace.fields[-1].ravel(), atol=1e-9)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_relu_bends_it(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.control("activation (identity: none)").select_option("relu")
    one.says(told(activation="relu"))
    one.slide("Step", "Home")
    one.says(told(0, activation="relu"))
