"""How fast a live figure answers, in Chromium, against Plotly's own ways in the same run.

    python benchmarks/live.py [--moves 200]

One figure: gradient descent on Himmelblau's function, the map, a path of 200 steps and twelve
runs of 400. At each move of the learning rate the engine runs again and everything is drawn:

- by the player;
- by ``Plotly.animate`` with the traces that changed, as a stored frame holds them, no redraw;
- by ``Plotly.react`` with the whole figure.

"Work" is from the event to after the paint, within one frame of the screen. "Slider to paint" is
the player under a mouse that drags the real slider, from the event's own time stamp. A field of
100 x 100 cells is painted by the player and by ``Plotly.restyle``; its numbers come from a network
of 2-8-1 that takes a training step on 64 points each time. Sizes are gzipped.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
import shutil
import statistics
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import plotly.graph_objects as go
from playwright.sync_api import Page, sync_playwright

from vizdl import live, style
from vizdl.engines import network
from vizdl.engines.mlp_slice import moons
from vizdl.figures.base import colorscale, layout, to_payload
from vizdl.gallery import embed
from vizdl.gallery.build import build
from vizdl.live.record import record

NAME = "gradient_descent"
CELLS, POINTS = 100, 64
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu")

# From the beginning of a frame: the work is done, the frame painted; how long that took.
TIMED = """async ([way, moves]) => {
  const player = document.querySelector(".vizdl-figure").vizdlPlayer, film = player.film;
  const painted = () => new Promise(done => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done; channel.port2.postMessage(0); });
  const frame = () => new Promise(requestAnimationFrame);
  const paint = film.brush.paint;
  const touched = [...new Set(film.fed.filter(f => f.needs.includes("path.place") ||
    f.needs.includes("others.place") || f.needs.includes("path.loss")).map(f => f.trace))];
  const times = [], computed = [];
  for (let k = 0; k < moves; k++) {
    const rate = 0.006 + 0.002 * (k % 40) / 40;
    await new Promise(r => setTimeout(r, 5)); await frame();
    const began = performance.now();
    if (way === "player") { player.pending = {learning_rate: rate}; player.flush(); }
    else {
      film.brush.paint = () => true;
      film.change({learning_rate: rate});
      if (way === "react") await player.draw();
      else {
        const data = touched.map(i => ({x: film.shown[i].x.slice(), y: film.shown[i].y.slice()}));
        await Plotly.animate(player.plot, {data: data, traces: touched}, {mode: "immediate",
          transition: {duration: 0}, frame: {duration: 0, redraw: false}}).catch(() => {});
      }
      film.brush.paint = paint;
    }
    await painted();
    times.push(performance.now() - began);
    const before = performance.now();
    film.flow.update({learning_rate: rate * 1.0001});
    computed.push(performance.now() - before);
  }
  clearTimeout(player.resting); film.loose = false; await player.draw();
  return [times, computed];
}"""

LISTEN = """() => { window.times = [];
  window.addEventListener("input", event => requestAnimationFrame(() => {
    const channel = new MessageChannel();
    channel.port1.onmessage = () => window.times.push(performance.now() - event.timeStamp);
    channel.port2.postMessage(0); }), true); }"""

FIELD = """async moves => {
  const player = document.querySelector(".vizdl-figure").vizdlPlayer, plot = player.plot;
  const runner = vizdlRuntime.runner(vizdlPrograms.field.step, 1);
  const field = new vizdl.Field(plot), steps = [], ours = [], theirs = [];
  const painted = () => new Promise(done => {
    const channel = new MessageChannel();
    channel.port1.onmessage = done; channel.port2.postMessage(0); });
  const all = runner.outputs.field, size = Math.sqrt(all.length);
  const rows = Array.from({length: size}, (_, k) => all.subarray(k * size, (k + 1) * size));
  runner.run(1);
  for (let k = 0; k < moves; k++) {
    let began = performance.now();
    runner.program.step();
    all.set(runner.program.outputs.field);
    steps.push(performance.now() - began);
    await new Promise(requestAnimationFrame);
    began = performance.now();
    field.paint(0, {z: rows}, ["z"]);
    await painted(); ours.push(performance.now() - began);
    if (k % 4) continue;
    await new Promise(requestAnimationFrame);
    began = performance.now();
    await Plotly.restyle(plot, {z: [rows.map(row => row.slice())]}, [0]);
    await painted(); theirs.push(performance.now() - began);
    field.forget();
  }
  return [steps, ours, theirs];
}"""


def network_step() -> Any:
    """A training step of a 2-8-1 network on 64 points, with its decision field."""
    x, y = moons(POINTS, 0.2, 0)
    model = network.init((2, 8, 1), "tanh", 0)
    axis = np.linspace(-2, 2, CELLS)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)

    def step(weights: Any, biases: Any) -> Any:
        here = network.MLP(weights, biases, model.activations)
        trace = network.forward(here, x)
        slopes = network.backward(here, trace, y, "binary_cross_entropy")
        moved = [
            tuple(w - 0.1 * g for w, g in zip(before, gradient, strict=True))
            for before, gradient in ((weights, slopes.weights), (biases, slopes.biases))
        ]
        field = network.forward(here, grid).output
        return {"weights": moved[0], "biases": moved[1]}, {"field": field.reshape(CELLS, CELLS)}

    return record(step, state={"weights": model.weights, "biases": model.biases})


def field_page(folder: Path) -> Path:
    """A page with a heat map of 100 x 100 cells and the recorded network."""
    drawn = go.Figure(layout=layout("light"))
    scale = colorscale(style.signed_scale("light"))
    drawn.add_heatmap(z=np.eye(CELLS), zmin=-3, zmax=3, colorscale=scale, showscale=False)
    script = live.script("field", to_payload(drawn, drawn), {"step": network_step()})
    path = folder / "field.html"
    body = "".join(
        f"<script>{text}</script>" for text in (embed.plotlyjs(), script, live.player_js())
    )
    head = f"<!doctype html><meta charset=utf-8><style>{live.player_css()}</style>"
    path.write_text(f'{head}<div class="vizdl-figure" data-figure="field"></div>{body}', "utf-8")
    return path


def spread(times: list[float]) -> tuple[float, float]:
    """Median and 95th percentile."""
    return statistics.median(times), float(np.quantile(times, 0.95))


def slider(page: Page, moves: int) -> list[float]:
    """Drag the real slider to and fro; the milliseconds from each event to after the paint."""
    page.evaluate(LISTEN)
    handle = page.get_by_role("slider", name="learning rate")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box is not None
    left, width, y = box["x"], box["width"], box["y"] + box["height"] / 2
    page.mouse.move(left + 0.44 * width, y)
    page.mouse.down()
    for k in range(moves):
        page.mouse.move(left + (0.44 + 0.04 * abs((k % 40) / 20 - 1)) * width, y)
    page.mouse.up()
    page.wait_for_timeout(500)
    found: list[float] = page.evaluate("window.times")
    return found


def weight(folder: Path) -> dict[str, int]:
    """Bytes, gzipped, of what a page takes before its figure loads, and of the figure."""
    page = (folder / f"{NAME}.html").read_text("utf-8")
    named = set(re.findall(r'(?:href|src)="((?:assets|stills)/[^"]+\.(?:css|js|svg))"', page))
    before = {name for name in named if not name.endswith(("-dark.svg", "plotly.js"))}
    sizes = {name: zipped(folder / name) for name in sorted(before | {f"{NAME}.html"})}
    later = {name: zipped(folder / name) for name in (f"figures/{NAME}.js", "assets/plotly.js")}
    return {**sizes, "in all before the figure loads": sum(sizes.values()), **later}


def zipped(path: Path) -> int:
    """Its bytes, gzipped."""
    return len(gzip.compress(path.read_bytes(), 9))


def main() -> None:
    """Measure and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--moves", type=int, default=200)
    moves = parser.parse_args().moves
    with tempfile.TemporaryDirectory() as name, sync_playwright() as playwright:
        folder = Path(name)
        build(folder / "site", names=[NAME])
        embedded = embed.embed(NAME, "file", folder, steps=200, learning_rate=0.008).files[0]
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(FLAGS)
        )
        page = browser.new_page(viewport={"width": 1280, "height": 1000})
        page.goto(embedded.as_uri())
        page.wait_for_selector("[data-ready]")
        results: dict[str, tuple[float, float]] = {}
        for way in ("player", "animate", "react", "player"):
            times, computed = page.evaluate(TIMED, [way, moves if way == "player" else moves // 4])
            results[way] = spread(times)
            results["computing"] = spread(computed)
        results["slider"] = spread(slider(page, moves))
        page.goto(field_page(folder).as_uri())
        page.wait_for_selector("[data-ready]")
        steps, ours, theirs = page.evaluate(FIELD, moves)
        field = {"step": spread(steps), "ours": spread(ours), "theirs": spread(theirs)}
        browser.close()
        sizes = weight(folder / "site")
    print("| a path of 200 steps | median ms | 95th percentile ms | times the player |")
    print("|---|---|---|---|")
    for key, text in (
        ("slider", "the player, real slider to paint"), ("player", "the player, work to paint"),
        ("computing", "of that, the engine"), ("animate", "Plotly.animate, stored frames"),
        ("react", "Plotly.react"),
    ):  # fmt: skip
        median, high = results[key]
        print(f"| {text} | {median:.1f} | {high:.1f} | {median / results['player'][0]:.1f} |")
    print("\n| a field of 100 × 100 | median ms | 95th percentile ms |\n|---|---|---|")
    for key, text in (
        ("step", "a training step and the field, computing"), ("ours", "the player, painting"),
        ("theirs", "Plotly.restyle"),
    ):  # fmt: skip
        print(f"| {text} | {field[key][0]:.1f} | {field[key][1]:.1f} |")
    print("\n| file | kB gzipped |\n|---|---|")
    for file, size in sizes.items():
        print(f"| {file} | {size / 1000:.1f} |")
    print(json.dumps({"moves": moves, **results, **{f"field {k}": v for k, v in field.items()}}))


if __name__ == "__main__":
    main()
