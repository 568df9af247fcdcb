"""The live learning rates in Chromium, used as a hand would use them."""

import pytest
from playwright.sync_api import expect

import vizdl

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


@pytest.fixture(scope="module")
def page(figure_alone):
    with figure_alone("learning_rate", 1100) as page:
        yield page


def said(step, **settings):
    return vizdl.figure("learning_rate", **settings).layout.meta["labels"][step]


def says(page, step, **settings):
    expect(page.locator(".vizdl-label").first).to_have_text(said(step, **settings), timeout=30_000)


def rate(page):
    return float(page.get_by_role("spinbutton", name="learning rate").input_value())


def test_the_diamond_is_dragged_along_the_rates(page):
    page.evaluate("location.hash = ''")
    says(page, 0)
    handle = page.locator(".vizdl-handle").nth(1)
    box = handle.bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x - 120, y, steps=6)
    page.mouse.up()
    page.wait_for_timeout(200)
    assert 0.1 < rate(page) < 0.5
    says(page, 0, learning_rate=rate(page))


def test_a_click_on_one_of_the_400_takes_its_rate(page):
    page.evaluate("location.hash = ''")
    says(page, 0)
    points = page.locator(".scatterlayer .trace").filter(has=page.locator("path.point"))
    at = page.evaluate(
        """() => {
          const plot = document.querySelector(".vizdl-figure").vizdlPlayer.plot;
          const [x, y] = [plot._fullLayout.xaxis3, plot._fullLayout.yaxis3];
          const box = plot.getBoundingClientRect();
          const sweep = plot._fullData[3];
          return [box.x + x._offset + x.c2p(sweep.x[150]), box.y + y._offset + y.c2p(sweep.y[150])];
        }"""
    )
    assert points.count() > 0
    page.mouse.move(*at)
    page.mouse.click(*at)
    page.wait_for_timeout(300)
    chosen = vizdl.run("learning_rate").sweep_rates[150]
    assert rate(page) == pytest.approx(chosen, rel=0.03)
    says(page, 0, learning_rate=rate(page))


def test_the_start_moves_by_the_arrow_keys_and_the_steps_by_a_link(page):
    page.evaluate("location.hash = 'step=5'")
    says(page, 5)
    page.locator(".vizdl-handle").first.focus()
    page.keyboard.press("ArrowLeft")
    says(page, 5, start=2.95)
