"""A row of words in Chromium: typed, chosen, dragged, taken away, by mouse, finger and keys."""

import json

import plotly.graph_objects as go
import pytest
from playwright.sync_api import expect

from vizdl import live
from vizdl.engines.vocabulary import Vocabulary
from vizdl.experiments import bptt
from vizdl.experiments.live import Flow, Run, Tiles
from vizdl.figures.base import layout, playable, to_payload
from vizdl.figures.live import Live, whole
from vizdl.figures.words import words
from vizdl.gallery import embed, playing
from vizdl.live.flow import record_flow

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("player")]
expect.set_options(timeout=30_000)

KNOWN = Vocabulary(("not", "bad", "good", "film"))
SETTINGS = bptt.Settings()


def read(total, item):
    """A number that the order matters to."""
    return {"total": 3 * total + item}, {"so_far": 3 * total + item}


FLOW = Flow(
    controls=("length",),
    runs=(Run("sum", read, start={"total": 0.0}, sequences={"item": "said"}, most=4),),
    sources=(Tiles("said", KNOWN, "good not bad", "Words to add", 4),),
    frames="said.count",
)
SAID = words(
    "{said.count:d} words, the last is {said.words[said.count-1]:s}: {sum.so_far[sum.rows-1]:d}"
)


def drawn(theme):
    fig = go.Figure(layout=layout(theme))
    fig.add_scatter(x=[0.0, 1.0, 2.0], y=[0.0, 0.0, 0.0])
    return playable(fig, [{0: {"y": [0.0]}}], ["."])


@pytest.fixture(scope="module")
def page_file(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiles")
    declared = Live(flow=FLOW, feeds={0: {"y": whole("sum.so_far")}}, sentence=SAID)
    recorded = record_flow(FLOW, SETTINGS)
    opening = {
        "controls": playing._controls(SETTINGS, FLOW), "sentence": SAID.fill(recorded.values()),
        "tiles": [playing._row(source) for source in FLOW.sources], "only": {},
    }  # fmt: skip
    payload = to_payload(
        drawn("light"), drawn("dark"), declared, opening=opening,
        live=playing._live(declared, recorded, SETTINGS),
    )  # fmt: skip
    (folder / "one.js").write_text(live.script("one", payload, recorded.programs), "utf-8")
    (folder / "player.js").write_text(live.player_js(), "utf-8")
    (folder / "player.css").write_text(live.player_css(), "utf-8")
    (folder / "plotly.js").write_text(embed.plotlyjs(), "utf-8")
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>'
        '<link rel="stylesheet" href="player.css"></head><body><div class="vizdl-figure" '
        f'data-figure="one" data-src="one.js" data-plotly="plotly.js" data-opening=\''
        f'{json.dumps(opening)}\'></div><script src="player.js"></script></body></html>',
        "utf-8",
    )
    return (folder / "page.html").as_uri()


@pytest.fixture
def page(browser, page_file):
    context = browser.new_context(viewport={"width": 360, "height": 1200}, has_touch=True)
    page = context.new_page()
    complaints = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(page_file)
    page.locator("[data-ready]").wait_for()
    yield page
    assert complaints == []
    context.close()


def says(page, row):
    values = record_flow(FLOW, SETTINGS).values(said=row)
    expect(page.locator(".vizdl-label")).to_have_text(SAID.fill(values))
    expect(page.locator(".vizdl-grip")).to_have_text(row.split())


def middle(page, word):
    box = page.get_by_role("button", name=word).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_words_are_typed_and_unknown_ones_refused_kindly(page):
    says(page, "good not bad")
    field = page.get_by_label("Words to add", exact=True).last
    field.fill("  FILM, ")
    field.press("Enter")
    says(page, "good not bad film")
    expect(field).to_have_value("")
    refusal = page.locator(".vizdl-refusal[id$=said-refusal]")
    field.fill("not")
    field.press("Enter")
    expect(refusal).to_have_text("There is room for 4 words.")
    page.get_by_role("button", name="Take away good").click()
    field.fill("magnificent")
    page.get_by_role("button", name="Add").click()
    expect(refusal).to_have_text(
        "The network has never read “magnificent”. It knows these 4 words."
    )
    assert field.get_attribute("aria-invalid") == "true"
    says(page, "not bad film")
    page.locator(".vizdl-tiles details").get_by_role("button", name="good").click()
    says(page, "not bad film good")
    expect(refusal).to_have_text("")


def test_a_tile_is_dragged_by_the_mouse(page):
    page.mouse.move(*middle(page, "bad, word 3 of 3"))
    page.mouse.down()
    page.mouse.move(*middle(page, "good, word 1 of 3"), steps=6)
    expect(page.locator(".vizdl-label")).to_contain_text("the last is not")  # before it is let go
    page.mouse.up()
    says(page, "bad good not")
    page.wait_for_function("() => location.hash === '#said=bad%20good%20not'")


def test_a_finger_drags_a_tile(page):
    touch = page.context.new_cdp_session(page)
    (x, y), (u, v) = middle(page, "good, word 1 of 3"), middle(page, "not, word 2 of 3")

    def send(kind, *points):
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": list(points)})

    send("touchStart", {"x": x, "y": y})
    for k in range(1, 7):
        send("touchMove", {"x": x + (u - x) * k / 6, "y": y + (v - y) * k / 6})
        page.wait_for_timeout(20)
    send("touchEnd")
    says(page, "not good bad")


def test_keys_move_a_tile_and_take_it_away(page):
    page.get_by_role("button", name="bad, word 3 of 3").focus()
    page.keyboard.press("ArrowLeft")
    says(page, "good bad not")
    assert page.evaluate("document.activeElement.textContent") == "bad"
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("ArrowLeft")  # it is the first one
    says(page, "bad good not")
    page.keyboard.press("Delete")
    says(page, "good not")
    page.keyboard.press("Backspace")
    page.keyboard.press("Backspace")
    expect(page.locator(".vizdl-refusal[id$=said-refusal]")).to_have_text("One word has to stay.")
    says(page, "not")


def test_the_address_sets_the_row_and_reset_brings_it_back(page):
    page.evaluate("location.hash = 'said=film+not+good'")
    says(page, "film not good")
    page.get_by_role("button", name="Reset").click()
    says(page, "good not bad")
    page.evaluate("location.hash = 'said=film+nonsense'")
    says(page, "good not bad")


def test_what_does_not_matter_is_hidden(page):
    assert page.locator(".vizdl-setting").first.is_visible()
    page.evaluate(
        """() => { const panel = document.querySelector('.vizdl-figure').vizdlPlayer.panel;
        panel.opening.only = {said: ["length", 4]}; panel.tell(panel.root.vizdlPlayer.film); }"""
    )
    assert not page.locator(".vizdl-tiles").is_visible()
    page.get_by_role("spinbutton").fill("4")
    page.get_by_role("spinbutton").press("Enter")
    page.locator(".vizdl-tiles").wait_for()
