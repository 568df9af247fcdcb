"""The live figure of vanishing gradients, used as a hand would use it: it says what Python says."""

import pytest
from playwright.sync_api import expect

import vizdl

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]

NAME = "vanishing_gradients"


def told(step, **settings):
    return vizdl.figure(NAME, **settings).layout.meta["labels"][step]


def test_a_reader_makes_the_gradient_explode_and_walks_along_it(figure_alone):
    with figure_alone(NAME) as page:
        label = page.locator(".vizdl-label").first
        expect(label).to_have_text(told(39), timeout=30_000)

        page.get_by_label("activation", exact=True).first.select_option("linear")
        expect(label).to_have_text(told(39, activation="linear"), timeout=30_000)
        page.get_by_label("spectral radius", exact=True).first.focus()
        page.keyboard.press("End")
        exploded = {"activation": "linear", "radius": 1.5}
        expect(label).to_have_text(told(39, **exploded), timeout=30_000)
        page.get_by_role("slider", name="Step", exact=True).first.focus()
        page.keyboard.press("Home")
        expect(label).to_have_text(told(0, **exploded), timeout=30_000)
        page.keyboard.press("ArrowRight")
        expect(label).to_have_text(told(1, **exploded), timeout=30_000)
