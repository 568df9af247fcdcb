"""The recurrent network's live figure in Chromium, used as a hand would use it."""

import functools

import numpy as np
import pytest
from playwright.sync_api import expect

from vizdl.experiments import recurrence as experiment
from vizdl.figures import recurrence as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "recurrence"


@functools.cache
def run(words=None, **chosen):
    trace = experiment.run(experiment.Settings(**chosen))
    return experiment.show(trace, experiment.WORDS.indices(words)) if words else trace


def told(step, words=None, **chosen):
    return figures.SENTENCE.fill(figures._numbers(run(words, **chosen)), step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_words_are_typed_and_read_at_once(open_one, width, theme):
    one = open_one(NAME, "#typed=press+wait&step=1", width, theme)
    one.says(told(1, "press wait"))
    field = one.page.get_by_label("Words to put in the row", exact=True).last
    field.fill("press wait")
    field.press("Enter")
    expect(one.page.locator(".vizdl-grip")).to_have_text(["press", "wait", "press", "wait"])
    one.page.get_by_role("slider", name="Step", exact=True).press("End")
    one.says(told(3, "press wait press wait"))
    read = run("press wait press wait")
    np.testing.assert_allclose(one.values("net.says")[:4], read.says, rtol=1e-9)
    ends = one.place(figures.CELLS, 4.4, 1)
    assert ends[0] < width  # the axis has room for all of them


def test_the_loop_is_cut_and_the_training_taken_back(open_one):
    one = open_one(NAME, "#step=3")
    one.says(told(3))
    one.control("with its loop").uncheck()
    one.says(told(3, loop=False))
    one.control("training steps").select_option("0")
    one.says(told(3, loop=False, training_steps=0))
    one.page.get_by_role("button", name="Step back").click()
    one.says(told(2, loop=False, training_steps=0))
