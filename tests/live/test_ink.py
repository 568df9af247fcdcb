"""What the player paints by itself is what Plotly would have drawn, in Chromium."""

import io
import json

import numpy as np
import plotly.graph_objects as go
import pytest
from PIL import Image, ImageChops

from vizdl import live, style
from vizdl.figures.base import colorscale, layout, to_payload
from vizdl.gallery import embed

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("ink")]

# Of each trace: where its marks and texts stand, what colours they have, how its lines run.
SEEN = """() => {
  const plot = document.querySelector(".vizdl-plot");
  return plot._fullData.map(trace => {
    const group = plot.querySelector(".scatterlayer .trace" + trace.uid);
    const all = (query) => [...group.querySelectorAll(query)].filter(
      node => getComputedStyle(node).visibility !== "hidden" && node.style.display !== "none");
    const inside = (axis, at) => at >= 0 && at <= plot._fullLayout[axis]._length;
    const axes = [trace.xaxis, trace.yaxis].map(name => name[0] + "axis" + name.slice(1));
    const along = (path) => { const length = path ? path.getTotalLength() : 0, places = [];
      for (let at = 0; length > 2 && at < Math.min(length, 40000); at += 3) {
        const place = path.getPointAtLength(at);
        if (inside(axes[0], place.x) && inside(axes[1], place.y)) places.push([place.x, place.y]); }
      return places; };
    const place = (node) =>
      node.getAttribute("transform").match(/-?[\\d.]+/g).slice(0, 2).map(Number);
    const corner = (node) => { const box = node.getBoundingClientRect(); return [box.x, box.y]; };
    const paint = (node) => getComputedStyle(node).fill + getComputedStyle(node).stroke;
    const points = all("path.point"), texts = all(".textpoint text"), line = all(".js-line")[0];
    return {points: points.map(place), colours: points.map(paint), opacity: group.style.opacity,
      texts: texts.map(node => node.textContent), places: texts.map(corner),
      line: along(line), stroke: line ? line.style.stroke : "",
      fill: along(group.querySelector(".js-fill"))};
  });
}"""


@pytest.fixture(scope="module")
def descent(browser, tmp_path_factory):
    """Gradient descent, live."""
    made = embed.embed("gradient_descent", "file", tmp_path_factory.mktemp("ink")).files[0]
    page = browser.new_page(viewport={"width": 1100, "height": 900})
    page.set_default_timeout(60_000)
    page.goto(made.as_uri())
    page.wait_for_selector("[data-ready]")
    yield page
    page.close()


CHANGES = [
    {"learning_rate": 0.02, "step": 7},
    {"start_x": 0.2, "start_y": 0.9},
    {"steps": 60, "step": 60},
    {"steps": 3, "step": 1},
    {"learning_rate": 0.05, "steps": 100, "step": 4},  # it diverges
    {"learning_rate": 0.004, "start_x": 0.7, "start_y": 0.3, "step": 0, "steps": 200},
]


@pytest.mark.parametrize("changes", CHANGES)
def test_lines_marks_and_texts(descent, changes):
    page = descent
    player = "document.querySelector('.vizdl-figure').vizdlPlayer"
    page.evaluate(
        f"""changes => {{ const player = {player};
        player.film.set({{learning_rate: 0.01, steps: 20, start_x: 0.48, start_y: 0.6, step: 0}});
        return player.draw().then(() => {{ window.whole = player.film.change(changes); }}); }}""",
        changes,
    )
    assert page.evaluate("window.whole") is False  # nothing was left to Plotly
    painted = page.evaluate(SEEN)
    # With the same axes, so that nothing but the brush is compared.
    page.evaluate(
        f"""() => {{ const film = {player}.film, kept = film.layouts;
        const full = document.querySelector(".vizdl-plot")._fullLayout;
        film.layouts = []; const player = {player}, picture = player.picture;
        const before = picture.layout;
        picture.layout = Object.assign({{}}, before);
        for (const name of ["xaxis2", "yaxis2"]) picture.layout[name] =
          Object.assign({{}}, before[name], {{range: full[name].range.slice()}});
        return player.draw().then(() => {{ film.layouts = kept; picture.layout = before; }}); }}"""
    )
    drawn = page.evaluate(SEEN)
    for index, (ours, theirs) in enumerate(zip(painted, drawn, strict=True)):
        for key in ("texts", "colours", "stroke", "opacity"):
            assert ours[key] == theirs[key], (index, key)
        for key, off in (("points", 0.11), ("places", 0.6)):
            assert len(ours[key]) == len(theirs[key]), (index, key)
            np.testing.assert_allclose(ours[key], theirs[key], atol=off, err_msg=f"{index} {key}")
        for key in ("line", "fill"):
            # Plotly leaves out what lies within a fraction of a pixel, so ways differ in length.
            assert apart(ours[key], theirs[key]) < 3.5, (index, key)


def apart(first, second):
    """The largest distance from a place of one line to the other, in pixels."""
    if not first or not second:
        return 0.0 if len(first) == len(second) else np.inf
    away = np.linalg.norm(np.subtract(np.array(first)[:, None], np.array(second)), axis=-1)
    return max(away.min(axis=0).max(), away.min(axis=1).max())


@pytest.mark.parametrize("reversed_", [False, True])
def test_fields(browser, tmp_path, reversed_):
    random = np.random.default_rng(2)
    z = random.normal(size=(12, 17))
    z[3, 4] = np.nan
    axes = {"yaxis": {"autorange": "reversed"}, "xaxis": {"autorange": "reversed"}}
    drawn = go.Figure(layout=layout("light", **(axes if reversed_ else {})))
    drawn.add_heatmap(
        z=np.zeros(z.shape), zmin=-2, zmax=2, showscale=False,
        colorscale=colorscale(style.signed_scale("light")),
    )  # fmt: skip
    page = browser.new_page(viewport={"width": 700, "height": 500})
    scripts = (embed.plotlyjs(), live.script("field", to_payload(drawn, drawn)), live.player_js())
    body = "".join(f"<script>{text}</script>" for text in scripts)
    (tmp_path / "page.html").write_text(
        f"<!doctype html><meta charset=utf-8><style>{live.player_css()}</style>"
        f'<div class="vizdl-figure" data-figure="field"></div>{body}',
        "utf-8",
    )
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_selector("[data-ready]")
    rows = json.dumps(z.tolist()).replace("NaN", "null")
    plot = page.locator(".vizdl-plot")
    assert page.evaluate(
        f"""new vizdl.Field(document.querySelector(".vizdl-plot")).paint(0,
        {{z: {rows}.map(row => Float64Array.from(row, v => v === null ? NaN : v))}}, ["z"])"""
    )
    page.wait_for_timeout(200)
    ours = Image.open(io.BytesIO(plot.screenshot())).convert("RGB")
    page.evaluate(f"Plotly.restyle(document.querySelector('.vizdl-plot'), {{z: [{rows}]}}, [0])")
    page.wait_for_timeout(200)
    theirs = Image.open(io.BytesIO(plot.screenshot())).convert("RGB")
    apart = np.asarray(ImageChops.difference(ours, theirs)).max(axis=2)
    assert np.asarray(ours).std() > 20  # something is there
    assert (apart > 6).mean() < 0.01  # but for the borders between cells
    page.close()
