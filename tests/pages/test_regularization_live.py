"""The live fits in Chromium, used as a hand would use them."""

import pytest
from playwright.sync_api import expect

import vizdl
from vizdl.figures.regularization import NOW

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


@pytest.fixture(scope="module")
def page(figure_alone):
    with figure_alone("regularization", 1100) as page:
        yield page


def says(page, step=None, **settings):
    meta = vizdl.figure("regularization", **settings).layout.meta
    told = meta["labels"][meta["start"] if step is None else step]
    expect(page.locator(".vizdl-label").first).to_have_text(told, timeout=30_000)


def test_the_strength_is_dragged_along_its_curve(page):
    says(page)
    box = page.locator(".vizdl-handle").nth(1).bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y, steps=6)
    page.mouse.up()
    page.wait_for_timeout(200)
    field = page.get_by_role("spinbutton", name="strength of the penalty")
    strength = float(field.input_value())
    assert strength > 0.05
    expect(page.locator(".vizdl-label").first).to_contain_text("Degree 15, penalty")
    found = page.evaluate(
        "k => Array.from(document.querySelector('.vizdl-figure').vizdlPlayer.film.shown[k].y)",
        NOW[1],
    )
    trace = vizdl.run("regularization", strength=strength)
    assert found == pytest.approx([trace.test, trace.train], rel=1e-7)


def test_degree_sample_and_step_by_address(page):
    page.evaluate("location.hash = 'degree=3&seed=7&noise=0.5&step=20'")
    says(page, 20, degree=3, seed=7, noise=0.5)
    page.locator(".vizdl-handle").first.focus()
    page.keyboard.press("ArrowRight")
    says(page, 20, degree=4, seed=7, noise=0.5)
