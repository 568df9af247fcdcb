"""The loss landscape's live figure in Chromium, used as a hand would use it."""

import re

import numpy as np
import pytest
from playwright.sync_api import expect

from vizdl.experiments import loss_landscape as experiment
from vizdl.figures import loss_landscape as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


def told(step=0, **settings):
    """What Python says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    numbers = figures._numbers(trace)
    return figures.SENTENCE.fill({**numbers, "model.right": numbers["right"][step]}, step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_the_point_is_dragged_and_the_model_follows(open_one, width, theme):
    one = open_one("loss_landscape", width=width, theme=theme)
    one.says(told())
    mouse = one.page.mouse
    mouse.move(*one.place(figures.START, -2.4, 2.4))
    mouse.down()
    mouse.move(*one.place(figures.START, 2.0, -1.0), steps=5)
    mouse.up()
    expect(one.page).to_have_url(re.compile(r"#x=0\.7&y=0\.4$"))
    one.says(told(x=0.7, y=0.4))
    trace = experiment.run(experiment.Settings(x=0.7, y=0.4))
    np.testing.assert_allclose(one.values("model.z"), trace.fields[0].ravel(), atol=1e-9)


def test_the_surface_turns_and_a_network_takes_its_place(open_one):
    one = open_one("loss_landscape", "#step=12")
    one.says(told(12))
    before = one.values("mesh.y")
    one.slide("turn of the surface", "ArrowRight", 20)
    after = one.values("mesh.y")
    assert np.nanmax(np.abs(np.nan_to_num(after) - np.nan_to_num(before))) > 0.1
    one.control("landscape").select_option("trained network")
    one.says(told(12, surface="trained network"))
