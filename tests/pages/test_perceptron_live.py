"""The perceptron's live figure in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import perceptron as experiment
from vizdl.figures import perceptron as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "perceptron"


def told(step=experiment.STEPS, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace, step))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_the_input_is_dragged_and_the_arithmetic_follows(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told())
    mouse = one.page.mouse
    mouse.move(*one.place(figures.POINT, 2.0, 1.0))
    mouse.down()
    mouse.move(*one.place(figures.POINT, -1.0, 0.5), steps=5)
    mouse.up()
    chosen = {"x1": -1.0, "x2": 0.5}
    one.says(told(**chosen))
    np.testing.assert_allclose(
        one.values("neuron.sums"), experiment.run(experiment.Settings(**chosen)).sums
    )
    one.page.wait_for_function("() => location.hash === '#x1=-1&x2=0.5'")


def test_weights_bias_activation_and_steps(open_one):
    one = open_one(NAME, "#step=1")
    one.says(told(1))
    one.page.get_by_role("button", name="Step forward").click()
    one.says(told(2))
    one.slide("bias b", "End")
    for _ in range(2):
        one.page.get_by_role("button", name="Step forward").click()
    one.says(told(4, bias=3.0))
    one.control("activation").select_option("relu")
    one.slide("weight w₁", "Home")
    one.slide("Step", "End")
    chosen = {"bias": 3.0, "activation": "relu", "w1": -2.0}
    one.says(told(**chosen))
    np.testing.assert_allclose(
        one.values("plane.tint"),
        experiment.run(experiment.Settings(**chosen)).tint.ravel(),
        atol=1e-12,
    )
    one.page.get_by_role("button", name="Reset").click()
    one.says(told())
