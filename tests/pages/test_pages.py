"""Every page in Chromium, opened from disk: wide and narrow, light and dark, with and without
JavaScript, by keyboard, and as axe sees it."""

import os
import threading
from pathlib import Path

import pytest
from playwright.sync_api import expect

from vizdl import catalog, style
from vizdl.gallery.serve import server

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("pages")]

NAMES = [item.name for item in catalog.concepts()]
LECTURES = [f"lecture_{number}" for number in sorted({c.lecture for c in catalog.concepts()})]
WAYS = [(1280, "light"), (1280, "dark"), (360, "light"), (360, "dark")]
VENDOR = Path(os.environ.get("VIZDL_VENDOR", Path(__file__).parents[2] / "build" / "vendor"))

# What is drawn: the position of every mark and line, the text and the colours of cells.
DRAWING = """plot => [...plot.querySelectorAll("path, text, rect, image, circle")]
    .map(e => [e.getAttribute("d"), e.getAttribute("transform"), e.getAttribute("style"),
               e.getAttribute("y"), e.getAttribute("href"), e.textContent].join("|")).join("\\n")"""

# The words of the live figure that reach over its edge.
CUT_OFF = """() => {
  const figure = document.querySelector(".vizdl-figure .main-svg");
  const edge = figure.getBoundingClientRect();
  return [...figure.querySelectorAll("text")].filter(text => {
    const box = text.getBoundingClientRect();
    return box.width && (box.left < edge.left || box.right > edge.right || box.top < edge.top ||
      box.bottom > edge.bottom);
  }).map(text => text.textContent); }"""


def ways(function):
    return pytest.mark.parametrize(("width", "theme"), WAYS)(function)


def until(page, expression):
    """Wait until the expression is true (as a function: a page's policy forbids eval)."""
    page.wait_for_function(f"() => {expression}")


def axe(page):
    page.evaluate((VENDOR / "axe.min.js").read_text("utf-8"))
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")["violations"]
    return [(item["id"], [node["html"][:200] for node in item["nodes"]]) for item in found]


def test_every_concept_has_its_page(site):
    built = {path.stem for path in site.glob("*.html")} - {"index", *LECTURES}
    assert built == set(NAMES)


@ways
@pytest.mark.parametrize("name", ["index", *LECTURES, *NAMES])
def test_opens_from_disk_and_axe_finds_nothing(open_page, name, width, theme):
    reader = open_page(name, width, theme)
    page = reader.page
    if name in NAMES:
        height = page.evaluate("document.documentElement.scrollHeight")
        reader.ready()
        page.wait_for_timeout(300)
        # Nothing jumps while the page loads.
        assert page.evaluate("document.documentElement.scrollHeight") == height
        assert page.evaluate(CUT_OFF) == []
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_timeout(300)
    assert reader.complaints == []
    assert reader.outside == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    ground = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert ground == "rgb({}, {}, {})".format(
        *(255 * style.rgb(style.BACKGROUND.on(theme))).astype(int)
    )
    for summary in page.locator("summary:visible").all():
        summary.click()
    page.wait_for_timeout(300)
    assert axe(page) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_figure_in_a_hand(open_page, name):
    reader = open_page(name).ready()
    page = reader.page
    plot, label = page.locator(".vizdl-plot"), page.locator(".vizdl-label")
    slider = page.get_by_role("slider", name="Step", exact=True)
    last = int(slider.get_attribute("max"))
    assert last >= 5

    slider.focus()
    for key in ("End", "Home"):
        page.keyboard.press(key)
        page.wait_for_timeout(300)
    expect(slider).to_have_value("0")
    drawn = {0: plot.evaluate(DRAWING)}
    said = {0: label.text_content()}
    page.keyboard.press("ArrowRight")
    page.keyboard.press("End")
    expect(slider).to_have_value(str(last))
    page.wait_for_timeout(300)
    assert slider.get_attribute("aria-valuetext") == label.text_content()
    drawn[last], said[last] = plot.evaluate(DRAWING), label.text_content()
    assert drawn[last] != drawn[0]
    assert said[last] != said[0]

    page.get_by_role("button", name="Step back").press("Enter")
    expect(slider).to_have_value(str(last - 1))
    page.get_by_role("button", name="Step forward").press("Enter")
    page.wait_for_timeout(600)
    assert plot.evaluate(DRAWING) == drawn[last]

    page.get_by_role("combobox", name="Speed").select_option("4")
    play = page.get_by_role("button", name="Play", exact=True)
    play.press("Enter")  # at the end it starts anew
    page.get_by_role("button", name="Pause", exact=True).wait_for()
    until(page, "+document.querySelector('.vizdl-controls input').value > 1")
    page.get_by_role("button", name="Pause", exact=True).press("Enter")
    play.wait_for()
    paused = slider.input_value()
    page.wait_for_timeout(600)
    assert slider.input_value() == paused

    slider.focus()
    page.keyboard.press("Home")
    page.wait_for_timeout(600)
    assert plot.evaluate(DRAWING) == drawn[0]
    assert label.text_content() == said[0]
    assert reader.complaints == []


@pytest.mark.parametrize("name", NAMES)
def test_the_controls_are_reached_by_tabbing_and_stand_still(open_page, name):
    reader = open_page(name, 360).ready()
    page = reader.page
    slider = page.get_by_role("slider", name="Step", exact=True)
    page.get_by_role("button", name="Step back").focus()
    reached = []
    for _ in range(4):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                "(e => e.getAttribute('aria-label') || e.textContent)(document.activeElement)"
            )
        )
    assert reached == ["Play", "Step forward", "Step", "Speed"]
    tops = set()
    for step in range(int(slider.get_attribute("max")) + 1):
        slider.evaluate("(e, k) => { e.value = k; e.dispatchEvent(new Event('input')) }", step)
        tops.add(
            round(
                page.evaluate(
                    "scrollY + document.querySelector('.vizdl-controls').getBoundingClientRect().y"
                )
            )
        )
    assert len(tops) == 1
    assert slider.bounding_box()["height"] >= 24
    for button in page.locator(".vizdl-controls button").all():
        box = button.bounding_box()
        assert min(box["width"], box["height"]) >= 44


@pytest.mark.parametrize("name", NAMES)
def test_the_theme_is_changed_and_remembered_and_paper_is_light(open_page, name):
    reader = open_page(name).ready()
    page = reader.page
    ground = "document.querySelector('.vizdl-plot .main-svg').style.background"
    light, dark = (
        "rgb({}, {}, {})".format(*(255 * style.rgb(style.BACKGROUND.on(t))).astype(int))
        for t in ("light", "dark")
    )
    assert page.evaluate(ground) == light
    slider = page.get_by_role("slider", name="Step", exact=True)
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    said = page.locator(".vizdl-label").text_content()
    page.get_by_role("button", name="Dark theme").click()
    until(page, f"{ground} === '{dark}'")
    assert page.locator(".vizdl-label").text_content() == said  # where it was
    assert page.locator("html").get_attribute("data-theme") == "dark"

    page.emulate_media(media="print", color_scheme="dark")
    for theme in ("chosen", "the system's"):
        paper = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        assert paper == "rgb(255, 255, 255)", theme
        assert page.locator(".vizdl-still.on-light").is_visible()  # the figure's place
        for gone in (".vizdl-still.on-dark", ".vizdl-plot", ".vizdl-controls", "video", ".top"):
            assert not page.locator(gone).is_visible()
        page.evaluate("document.documentElement.removeAttribute('data-theme')")

    page.emulate_media(media="screen", color_scheme="light")
    page.reload()
    assert page.locator("html").get_attribute("data-theme") == "dark"
    assert page.get_by_role("button", name="Dark theme").get_attribute("aria-pressed") == "true"
    assert reader.complaints == []


@ways
@pytest.mark.parametrize("name", NAMES)
def test_without_javascript(open_page, name, width, theme):
    reader = open_page(name, width, theme, java_script_enabled=False)
    page = reader.page
    item = catalog.get(name)
    assert page.get_by_role("heading", level=1).text_content() == item.title
    assert page.locator("video[controls]").is_visible()
    assert page.locator("video track[default]").count() == 1
    stills = [still for still in page.locator(".vizdl-still").all() if still.is_visible()]
    assert len(stills) == 1
    assert stills[0].get_attribute("src") == f"stills/{name}-{theme}.svg"
    assert stills[0].bounding_box()["width"] > 300 * (width > 600)
    assert page.locator(".facts tbody tr").count() >= 2
    assert page.locator(".equation svg").first.is_visible()
    page.locator(".transcript summary").click()
    assert page.locator(".transcript li").first.is_visible()
    for control in page.locator("[data-theme-toggle], [data-lecture], [data-caption]").all():
        assert not control.is_visible()  # nothing that would not work
    assert reader.outside == []


@pytest.mark.parametrize("name", NAMES[-1:])
def test_the_film(open_page, name):
    reader = open_page(name)
    page = reader.page
    page.locator("[data-film]").scroll_into_view_if_needed()
    now = "document.querySelector('video').currentTime"
    assert page.evaluate("document.querySelector('video').textTracks[0].mode") == "hidden"
    page.locator(".transcript summary").click()
    page.locator(".transcript a").nth(1).click()
    until(page, f"{now} >= 2")
    until(
        page,
        "document.querySelector('[data-caption]').textContent"
        " === 'And then <nothing> & nothing else.'",
    )
    until(
        page,
        "document.querySelectorAll('.transcript a')[1].getAttribute('aria-current') === 'true'",
    )
    page.locator(".chapters a").first.click()
    until(page, f"{now} < 2")
    assert reader.complaints == []


@pytest.mark.parametrize("name", NAMES[-1:])
def test_lecture_mode(open_page, name):
    reader = open_page(name)
    page = reader.page
    at = "(film => film.paused ? film.currentTime : -1)(document.querySelector('video'))"
    page.get_by_role("button", name="Lecture mode").press("Enter")
    count = page.locator("[data-slide-count]")
    until(page, f"Math.abs({at} - 0.95) < 0.02")
    assert count.text_content() == "1 / 3"
    page.keyboard.press("ArrowRight")
    until(page, f"Math.abs({at} - 2.95) < 0.02")
    assert count.text_content() == "2 / 3"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")  # on its way: be there at once
    until(page, f"Math.abs({at} - 5.95) < 0.02")
    page.keyboard.press("ArrowRight")  # there is no more
    assert count.text_content() == "3 / 3"
    page.keyboard.press("ArrowLeft")
    until(page, f"Math.abs({at} - 2.95) < 0.02")
    page.keyboard.press("Home")
    until(page, f"Math.abs({at} - 0.95) < 0.02")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.closest('[data-slides]') !== null")
    page.keyboard.press("Escape")
    page.locator(".lecturing").wait_for(state="detached")
    assert page.evaluate("document.activeElement.hasAttribute('data-lecture')")
    assert page.evaluate("document.querySelector('video').controls")
    assert reader.complaints == []


def test_a_lecture_plays_its_films_in_order(open_page):
    reader = open_page("lecture_1")
    page = reader.page
    titles = [item.title for item in catalog.concepts() if item.lecture == 1]
    programme = page.locator(".programme > li")
    heads = programme.locator("h2 a")
    assert [head.text_content().split(" ", 1)[1] for head in heads.all()] == titles
    assert heads.nth(1).locator(".time").text_content() == "0:06"  # the films last six seconds
    video = "document.querySelector('video')"
    source = f"{video}.currentSrc.split('/').pop()"
    first, second = [item.name for item in catalog.concepts() if item.lecture == 1][:2]

    programme.nth(1).locator(".chapters a").nth(1).click()  # the second beat of the second film
    until(page, f"{source} === '{second}.mp4' && {video}.currentTime >= 3")
    until(
        page,
        "document.querySelector('[data-caption]').textContent"
        " === 'And then <nothing> & nothing else.'",
    )
    marked = page.locator(".programme [aria-current]")
    assert {mark.get_attribute("data-reel") for mark in marked.all()} == {"1"}

    heads.first.click()
    until(page, f"{source} === '{first}.mp4' && !{video}.paused")
    page.evaluate(f"{video}.currentTime = 5.8")
    until(page, f"{source} === '{second}.mp4' && !{video}.paused")  # the next one follows by itself
    expect(heads.nth(1)).to_have_attribute("aria-current", "true")
    assert reader.complaints == []


def test_a_lecture_in_slides(open_page):
    page = open_page("lecture_1").page
    names = [item.name for item in catalog.concepts() if item.lecture == 1]
    page.get_by_role("button", name="Lecture mode").press("Enter")
    count = page.locator("[data-slide-count]")

    def rests_at(name, time):
        video = "document.querySelector('video')"
        until(
            page,
            f"{video}.paused && {video}.currentSrc.endsWith('/{name}.mp4')"
            f" && Math.abs({video}.currentTime - {time}) < 0.02",
        )

    slides = [(name, time) for name in names[:2] for time in (0.95, 2.95, 5.95)]
    for slide, (name, time) in enumerate(slides):
        assert count.text_content() == f"{slide + 1} / {3 * len(names)}"
        page.keyboard.press("ArrowRight")  # on its way: be there at once
        rests_at(name, time)
        if slide < 5:
            page.keyboard.press("ArrowRight")
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    rests_at(*slides[2])
    page.keyboard.press("End")
    rests_at(names[-1], 5.95)
    page.keyboard.press("Escape")
    page.locator(".lecturing").wait_for(state="detached")


def test_search(open_page):
    page = open_page("index").page
    box = page.get_by_role("searchbox", name="Search the concepts")
    cards = page.locator("[data-card]:visible")
    assert cards.count() == len(NAMES)
    box.fill(catalog.get(NAMES[0]).title.upper())
    assert cards.count() >= 1
    assert cards.first.get_by_role("link").get_attribute("href") == f"{NAMES[0]}.html"
    box.fill("nothing like that")
    assert cards.count() == 0
    assert "No concept matches" in page.locator("[data-found]").text_content()
    box.fill("")
    assert cards.count() == len(NAMES)


def test_thumbnails_move_only_for_those_who_want_it(open_page):
    page = open_page("index").page
    until(page, "[...document.querySelectorAll('.thumb video')].some(v => !v.paused)")
    page.get_by_role("button", name="Pause the pictures").click()
    assert page.evaluate("[...document.querySelectorAll('.thumb video')].every(v => v.paused)")
    calm = open_page("index", reduced_motion="reduce").page
    calm.wait_for_timeout(500)
    assert calm.locator(".thumb video").count() == 0
    assert not calm.get_by_role("button", name="Pause the pictures").is_visible()


def test_the_skip_link_comes_first(open_page):
    page = open_page("index").page
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    assert link.text_content() == "Skip to the content"
    assert link.bounding_box()["y"] >= 0
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_served_it_works_as_from_disk(open_page, site):
    running = server(site, 0)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{running.server_address[1]}/"
    reader = open_page("index")
    page = reader.page
    page.goto(address)
    page.get_by_role("link", name=catalog.get(NAMES[-1]).title).click()
    reader.ready()
    page.locator(".transcript summary").click()
    page.locator(".transcript a").nth(1).click()
    until(page, "document.querySelector('video').currentTime >= 2")
    assert reader.complaints == []
    assert all(url.startswith(address) for url in reader.outside)
    running.shutdown()
    running.server_close()
