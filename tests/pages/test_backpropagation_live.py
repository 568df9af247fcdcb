"""Back-propagation's live figure in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import backpropagation as experiment
from vizdl.figures import backpropagation as figures
from vizdl.figures.backpropagation_places import NODES_AT

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


def told(step=figures.ALL, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._moment(figures._numbers(trace), step))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_node_tells_its_local_derivative_and_a_click_leads_to_it(open_one, width, theme):
    one = open_one("backpropagation", width=width, theme=theme)
    one.says(told())
    one.page.mouse.click(*one.place(figures.NODES, NODES_AT[1], 0.0))
    one.says(told(6))
    one.page.locator(".hoverlayer").get_by_text("local derivative ∂ŷ/∂z").wait_for()


def test_weights_nudge_and_steps(open_one):
    one = open_one("backpropagation", "#step=3")
    one.says(told(3))
    one.slide("weight w₁", "Home")
    one.control("nudged weight").select_option("w1")
    one.slide("nudge", "End")
    one.page.get_by_role("button", name="Step forward").click()
    chosen = {"w1": -2.0, "nudged": "w1", "nudge": 1.0}
    one.says(told(4, **chosen))
    trace = experiment.run(experiment.Settings(**chosen))
    np.testing.assert_allclose(one.values("try.ratios"), trace.ratios[0], rtol=1e-9, atol=1e-9)
    texts = "document.querySelector('.vizdl-figure').vizdlPlayer.film.shown"
    shown = one.page.evaluate(f"{texts}[{figures.VALUES}].text")
    expected = figures._frame(figures._moment(figures._numbers(trace), 4))[figures.VALUES]["text"]
    assert list(shown) == expected
