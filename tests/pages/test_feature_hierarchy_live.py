"""The hierarchy's live figure in Chromium: drawn on by mouse, finger and keys."""

import functools
import re
from pathlib import Path
from urllib.parse import parse_qsl

import numpy as np
import pytest
from playwright.sync_api import expect

from vizdl.experiments import feature_hierarchy as experiment
from vizdl.figures import feature_hierarchy as figures
from vizdl.figures import feature_hierarchy_places as places

NAME = "feature_hierarchy"
PAGE = Path(__file__).parents[2] / f"gallery/pages/{NAME}.md"


@functools.cache
def run(**chosen):
    return experiment.run(experiment.Settings(**chosen))


def drawn(turned=(), **chosen):
    trace = run(**chosen)
    picture = trace.pixels.copy()
    for pixel in turned:
        picture[pixel] = 0.0 if picture[pixel] > 0.5 else 1.0
    return experiment.show(trace, picture)


def told(trace, step=4):
    return figures.SENTENCE.fill(places.numbers(trace) | places.moment(step))


def linked(text):
    """The trace that a link of the page leads to."""
    link = re.search(rf"\[{text}\]\(#([^)]+)\)", PAGE.read_text("utf-8"))[1]
    chosen = dict(parse_qsl(link))
    turned = [int(name.split(".")[1]) for name in chosen if name.startswith("turned.")]
    settings = {name: chosen[name] for name in ("digit",) if name in chosen}
    settings |= {name: int(chosen[name]) for name in ("sample", "labels") if name in chosen}
    if "trained" in chosen:
        settings["trained"] = chosen["trained"] == "true"
    return drawn(turned, **settings)


def test_what_the_page_says_of_its_links_is_so():
    ring = linked("a ring")
    assert ring.chances[0] > 0.98
    sure, other = linked("this five"), linked("Turn over a single pixel")
    assert sure.chances.argmax() == 5
    assert sure.chances[5] > 0.85
    assert other.chances.argmax() == 9
    assert other.chances[9] > 0.85
    few, many = run(), linked("ten times the labels")
    gaps = [t.accuracies[1, 2].mean() - t.accuracies[1, 0].mean() for t in (few, many)]
    assert gaps[1] < gaps[0] / 2
    before = linked("Before training").accuracies[0].mean(axis=-1)
    assert (np.diff(before) < 0).all()


@pytest.mark.slow
@pytest.mark.xdist_group("live")
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_stroke_of_the_mouse_turns_pixels_over(open_one, width, theme):
    one = open_one(NAME, "#digit=blank&step=4", width, theme)
    one.says(told(drawn(digit="blank")))
    mouse = one.page.mouse
    mouse.move(*one.place(figures.SHEET, 3, 0))
    mouse.down()
    mouse.move(*one.place(figures.SHEET, 3, 7), steps=3)  # faster than a pixel a move
    mouse.up()
    stroke = [8 * row + 3 for row in range(8)]
    one.says(told(drawn(stroke, digit="blank")))
    np.testing.assert_allclose(
        one.values("net.excitement"), drawn(stroke, digit="blank").excitement, rtol=1e-9
    )
    mouse.click(*one.place(figures.SHEET, 3, 7))  # and a click one more: back to paper
    one.says(told(drawn(stroke[:-1], digit="blank")))


@pytest.mark.slow
@pytest.mark.xdist_group("live")
def test_a_finger_draws_and_the_keys_do(open_one):
    one = open_one(NAME, "#digit=blank&step=4", 360)
    finger = one.page.context.new_cdp_session(one.page)
    before = one.page.evaluate("scrollY")
    for kind, row in (("touchStart", 1), ("touchMove", 3), ("touchMove", 6), ("touchEnd", None)):
        at = [] if row is None else [one.place(figures.SHEET, 4, row)]
        points = [{"x": x, "y": y} for x, y in at]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    stroke = [8 * row + 4 for row in range(1, 7)]
    one.says(told(drawn(stroke, digit="blank")))
    assert one.page.evaluate("scrollY") == before
    one.page.locator(".vizdl-handle").nth(12).focus()
    for key in ("ArrowRight", "ArrowUp", " "):
        one.page.keyboard.press(key)
    one.says(told(drawn([*stroke, 5], digit="blank")))


@pytest.mark.slow
@pytest.mark.xdist_group("live")
def test_a_unit_is_pointed_at_and_chosen_and_the_layers_are_stepped_through(open_one):
    one = open_one(NAME)
    unit = 37
    at = one.place(figures.CELLS, places.COLUMN[unit], places.ROW[unit])
    one.page.mouse.move(*at)
    one.page.wait_for_timeout(500)
    shown = one.values("looked.favourite")
    np.testing.assert_allclose(shown, run().favourites[unit], atol=1e-3)  # as 16 bits
    one.page.mouse.click(*at)
    number = one.page.get_by_role("spinbutton", name="unit (0: the most excited)")
    expect(number).to_have_value("38")
    one.page.get_by_role("button", name="Step back").click()
    one.says(told(run(), 3))
    one.control("trained").uncheck()
    one.says(told(run(trained=False), 3))
