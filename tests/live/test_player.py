"""The player in Chromium: values, colours, frames, narrow layouts, several figures on a page."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from vizdl import live, style
from vizdl.figures.base import layout, playable, to_payload
from vizdl.gallery import embed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("player")]

Z = np.arange(12.0).reshape(3, 4)


def walking(theme):
    fig = go.Figure(
        layout=layout(
            theme, x="step", y="loss", narrow={"yaxis.title.text": "L", "showlegend": False}
        )
    )
    fig.add_scatter(y=np.arange(4.0), mode="lines", line_color=style.LOSS.on(theme))
    fig.add_scatter(mode="markers", marker={"color": style.GRADIENT.on(theme), "size": 9})
    frames = [{1: {"x": np.array([float(k)]), "y": np.array([float(k)])}} for k in range(4)]
    return playable(fig, frames, [f"Step {k}." for k in range(4)], interval=30)


def cells(theme):
    fig = go.Figure(layout=layout(theme))
    fig.add_heatmap(z=Z, colorscale=style.signed_scale(theme), showscale=False)
    return playable(
        fig, [{0: {"z": Z * k}} for k in range(3)], ["a", "b", "c"], redraw=True, start=1
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A host page with two figures, each with scripts beside it."""
    folder = tmp_path_factory.mktemp("player")
    for name, draw in (("walking", walking), ("cells", cells)):
        payload = to_payload(draw("light"), draw("dark"))
        (folder / f"{name}.js").write_text(live.script(name, payload), "utf-8")
    (folder / "player.js").write_text(live.player_js(), "utf-8")
    (folder / "player.css").write_text(live.player_css(), "utf-8")
    (folder / "plotly.js").write_text(embed.plotlyjs(), "utf-8")
    figures = "".join(
        f'<div class="vizdl-figure" data-figure="{name}" data-src="{name}.js" '
        f'data-plotly="plotly.js"></div>'
        for name in ("walking", "cells", "missing")
    )
    (folder / "page.html").write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Host</title>'
        '<link rel="stylesheet" href="player.css"><script src="player.js" defer></script></head>'
        f"<body>{figures}</body></html>",
        "utf-8",
    )
    return folder


@pytest.fixture
def page(browser, folder):
    context = browser.new_context(viewport={"width": 1000, "height": 2400}, color_scheme="light")
    context.set_default_timeout(60_000)
    page = context.new_page()
    page.complaints = []
    page.on("pageerror", lambda error: page.complaints.append(str(error)))
    page.goto((folder / "page.html").as_uri())
    page.wait_for_function("() => document.querySelectorAll('[data-ready]').length === 2")
    yield page
    context.close()


def full(page, name):
    """What Plotly has drawn, as JSON: data with plain arrays, and layout."""
    return json.loads(
        page.evaluate(
            """name => {
              const plot = document.querySelector(`[data-figure=${name}] .vizdl-plot`);
              const plain = (key, value) => ArrayBuffer.isView(value) ? [...value] : value;
              return JSON.stringify({data: plot._fullData.map(t => ({x: t.x, y: t.y, z: t.z,
                marker: t.marker && t.marker.color, line: t.line && t.line.color,
                scale: t.colorscale})), layout: {ground: plot._fullLayout.paper_bgcolor,
                title: plot._fullLayout.yaxis.title.text,
                menus: plot._fullLayout.updatemenus.length, bottom: plot._fullLayout.margin.b,
                legend: plot._fullLayout.showlegend}}, plain);
            }""",
            name,
        )
    )


def press(page, name, button):
    page.locator(f"[data-figure={name}]").get_by_role("button", name=button, exact=True).click()
    page.wait_for_timeout(150)


def test_typed_arrays_arrive_whole(page):
    assert full(page, "walking")["data"][0]["y"] == [0, 1, 2, 3]
    assert full(page, "cells")["data"][0]["z"] == Z.tolist()
    assert page.complaints == []


def test_frames_move_markers_and_cells(page):
    press(page, "walking", "Step forward")
    press(page, "cells", "Step forward")
    assert full(page, "walking")["data"][1]["x"] == [1]
    assert full(page, "walking")["data"][0]["y"] == [0, 1, 2, 3]  # what no frame names stays
    assert full(page, "cells")["data"][0]["z"] == (2 * Z).tolist()


def test_the_first_frame_is_the_one_asked_for(page):
    labels = page.locator(".vizdl-label").all_text_contents()
    assert labels[:2] == ["Step 0.", "b"]


def test_figures_on_one_page_do_not_meddle(page):
    press(page, "walking", "Step forward")
    assert full(page, "cells")["data"][0]["z"] == Z.tolist()
    press(page, "walking", "Play")
    page.wait_for_timeout(400)
    assert page.locator("[data-figure=walking] input").input_value() == "3"
    assert page.locator("[data-figure=cells] input").input_value() == "1"
    press(page, "walking", "Play")  # at the end: from the start again
    page.wait_for_timeout(400)
    assert page.locator("[data-figure=walking] input").input_value() == "3"


def test_a_figure_that_is_not_there_says_so(page):
    label = page.locator("[data-figure=missing] .vizdl-label")
    label.get_by_text("could not be loaded").wait_for()
    for button in page.locator("[data-figure=missing] button").all():
        assert button.is_disabled()


def test_controls_of_plotly_are_dropped(page):
    drawn = full(page, "walking")["layout"]
    assert drawn["menus"] == 0
    assert drawn["bottom"] == 48
    assert page.locator(".modebar-btn").count() == 0


def test_colours_follow_the_theme(page):
    press(page, "walking", "Step forward")
    before = full(page, "walking")
    assert before["data"][0]["line"] == style.LOSS.light
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(300)
    after = full(page, "walking")
    assert after["data"][0]["line"] == style.LOSS.dark
    assert after["data"][1]["marker"] == style.GRADIENT.dark
    assert after["layout"]["ground"] == style.BACKGROUND.dark
    assert after["data"][1]["x"] == [1]  # where it was
    stops = [colour for _, colour in full(page, "cells")["data"][0]["scale"]]
    assert stops == [colour for _, colour in style.signed_scale("dark")]
    press(page, "walking", "Step forward")  # frames are in the new colours too
    assert full(page, "walking")["data"][1]["marker"] == style.GRADIENT.dark
    page.evaluate("document.documentElement.dataset.theme = 'light'")
    page.wait_for_timeout(300)
    assert full(page, "walking")["data"][0]["line"] == style.LOSS.light


def test_a_figure_may_keep_its_own_theme(page):
    page.evaluate("document.querySelector('[data-figure=cells]').dataset.theme = 'light'")
    page.evaluate("document.documentElement.dataset.theme = 'dark'")
    page.wait_for_timeout(300)
    assert full(page, "cells")["layout"]["ground"] == style.BACKGROUND.light
    assert full(page, "walking")["layout"]["ground"] == style.BACKGROUND.dark
    grounds = [
        page.evaluate(
            f"getComputedStyle(document.querySelector('[data-figure={name}]')).background"
        )
        for name in ("cells", "walking")
    ]
    assert grounds[0] != grounds[1]


def test_narrow_figures_are_laid_out_anew(page):
    assert full(page, "walking")["layout"]["title"] == "loss"
    page.set_viewport_size({"width": 360, "height": 2400})
    page.wait_for_function(
        "() => document.querySelector('[data-figure=walking] .vizdl-plot')._fullLayout.width < 360"
    )
    drawn = full(page, "walking")["layout"]
    assert (drawn["title"], drawn["legend"]) == ("L", False)
    page.set_viewport_size({"width": 1000, "height": 2400})
    page.wait_for_function(
        "() => document.querySelector('[data-figure=walking] .vizdl-plot')._fullLayout.width > 900"
    )
    assert full(page, "walking")["layout"]["title"] == "loss"


def test_space_on_the_slider_plays(page):
    slider = page.locator("[data-figure=walking] input")
    slider.focus()
    page.keyboard.press(" ")
    page.wait_for_timeout(400)
    assert slider.input_value() == "3"
    spoken = page.locator("[data-figure=walking] .vizdl-spoken")
    assert spoken.get_attribute("role") == "status"
    assert spoken.text_content() == "Step 3."
