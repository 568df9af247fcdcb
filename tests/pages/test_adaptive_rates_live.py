"""The live optimizers in Chromium, used as a hand would use them."""

import pytest
from playwright.sync_api import expect

import vizdl
from vizdl.experiments.adaptive_rates import Settings
from vizdl.figures.adaptive_rates import MOMENTS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


@pytest.fixture(scope="module")
def page(figure_alone):
    with figure_alone("adaptive_rates", 1100) as page:
        yield page


def says(page, step, **settings):
    labels = vizdl.figure("adaptive_rates", **settings).layout.meta["labels"]
    told = labels[MOMENTS.index(step)]
    expect(page.locator(".vizdl-label").first).to_have_text(told, timeout=30_000)


def test_the_start_is_dragged_and_all_seven_follow(page):
    says(page, 0)
    box = page.locator(".vizdl-handle").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 120, y + 15, steps=6)
    page.mouse.up()
    fields = page.locator(".vizdl-entry input[type=number]").all()
    start_x, start_y = (float(field.input_value()) for field in fields[:2])
    assert start_x > Settings().start_x + 0.1
    says(page, 0, start_x=start_x, start_y=start_y)


def test_one_is_watched_on_another_landscape(page):
    page.evaluate("location.hash = 'step=5'")
    page.get_by_label("landscape").select_option("beale")
    says(page, 5, landscape="beale")
    page.get_by_label("optimizer that is watched").select_option("adam")
    says(page, 5, landscape="beale", watched="adam")
    faint = page.evaluate(
        "document.querySelector('.vizdl-figure').vizdlPlayer.plot._fullData"
        ".filter(trace => trace.opacity < 0.1).length"
    )
    assert faint == 12  # the ways and the losses of the six others
