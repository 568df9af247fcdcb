"""The live figure of the activations in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import activations as experiment
from vizdl.figures import activations as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "activations"


def told(step, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace), step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_the_ring_is_dragged_over_the_plane_and_followed_in_the_hidden_space(
    open_one, width, theme
):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told(150))
    mouse = one.page.mouse
    mouse.move(*one.place(figures.MARK, *experiment.MARKED))
    mouse.down()
    mouse.move(*one.place(figures.MARK, -1.0, 0.5), steps=5)
    mouse.up()
    at = np.reshape(one.values("probe.at"), (1, 2))
    np.testing.assert_allclose(at, [[-1.0, 0.5]], atol=0.051)
    trace = experiment.run(experiment.Settings())
    last = trace.learnt.parameters[-1]
    hidden, known = (experiment.hidden_of("tanh", last, points) for points in (at, trace.x))
    place = experiment.places(last, hidden, known, trace.x)
    np.testing.assert_allclose(one.values("probe.place"), place[0], atol=1e-9)


def test_another_activation_is_trained_and_drawn(open_one):
    one = open_one(NAME, "#step=60")
    one.says(told(60))
    one.control("activation of the hidden units").select_option("identity")
    one.says(told(60, activation="identity"))
    trace = experiment.run(experiment.Settings(activation="identity"))
    cells = experiment.grid(experiment.X, experiment.Y, experiment.CELLS).reshape(-1, 2)
    expected = experiment.output_of("identity", trace.learnt.parameters[60], cells)
    np.testing.assert_allclose(one.values("plane.z"), expected, atol=1e-9)
    one.slide("seed of the weights", "End")
    one.says(told(60, activation="identity", seed=9))
    one.slide("Step", "Home")
    one.says(told(0, activation="identity", seed=9))
