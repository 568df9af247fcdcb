"""A small network beside its matrices: what is pointed at in the one lights up in the other.

At the left a picture, its four inputs, and the network with edges as wide as their weights; at the
right the same numbers as matrices and vectors, a line a layer. Frames are the inputs, then the five
outputs, each with its row and the whole arithmetic of it.

On a page the reader points at outputs, inputs, edges and cells: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import dense_layer as experiment
from vizdl.experiments.dense_layer import SIZES, DenseLayerTrace
from vizdl.experiments.live import Run, Table
from vizdl.figures import dense_layer_places as places
from vizdl.figures.axes import QUIET, axis, panel, stacked
from vizdl.figures.base import colorscale, layout, playable
from vizdl.figures.dense_layer_words import CELL, NODE, SENTENCE, TABLE
from vizdl.figures.live import Feed, Live, Texts, whole
from vizdl.figures.marks import add_area, add_line, add_words
from vizdl.figures.pairs import pair
from vizdl.figures.words import named
from vizdl.style import Theme

Array = NDArray[np.float64]

FADED = 0.25  # opacity of the edges that are not looked at
FIRST = 1  # the step that is shown first
WIDE, NARROW = 12, 9.5  # size of the numbers in the cells, in pixels
HALF = 0.5  # share of the full colour in the cell of the largest number: its digits stay legible
PIXELS, CELLS = 0, 1
EDGES = {"below": 2, "above": 3, "lit_below": 4, "lit_above": 5}
NODES, DIGITS, HANDLES, FRAMES, NUMBERS = 6, 7, 8, 9, 10
VALUES = ("z1", "a1", "z2", "a2")
WEIGHTS = ("w1", "b1", "w2", "b2")


def figure(trace: DenseLayerTrace, theme: Theme = "light") -> go.Figure:
    """Draw network and matrices on the picture; frame k looks at the k-th of five outputs."""
    fig = go.Figure(layout=_layout(theme))
    steps = [_numbers(trace, step) for step in range(len(places.STEP_FOCUS))]
    _draw_cells(fig, trace, steps[FIRST], theme)
    _draw_network(fig, steps[FIRST], theme)
    _draw_marks(fig, steps[FIRST], theme)
    return playable(
        fig,
        [_frame(numbers) for numbers in steps],
        [SENTENCE.fill(numbers) for numbers in steps],
        interval=1500,
        start=FIRST,
    )


def live(trace: DenseLayerTrace) -> Live:
    """On a page what the reader points at lights up, and picture and network can be changed."""
    flow = experiment.flow()
    looked = {name: f"focus.{name}" for name in ("layer", "row", "column")}
    parameters = {name: name for name in WEIGHTS}
    values = {name: f"net.{name}" for name in VALUES}
    runs = (
        Run("focus", places.focus, {"step": "step", "hover": "hover"}),
        Run("edges", places.bands, {"w1": "w1", "w2": "w2", **looked}),
        Run("frame", places.frames, looked),
        Run("cells", places.cell_numbers, {**parameters, "x": "x", **values}),
        Run("nodes", _nodes, {"x": "x", "a1": "net.a1", "a2": "net.a2"}),
    )
    steps = ("cell_steps", places.step_of(places.CELLS)), ("steps", _handle_steps())
    constant = {"classes": np.array(experiment.CLASSES, dtype=float), **dict(steps)}
    tables = tuple(
        Table(name, ("activation",), dict.fromkeys(experiment.NAMES, value), exact=True)
        for name, value in constant.items()
    )
    feeds: dict[int, dict[str, Feed]] = {
        PIXELS: {"marker.color": whole("grey")},
        CELLS: {"marker.color": whole("cells.tint")},
        **{trace: {"y": whole(f"edges.{name}")} for name, trace in EDGES.items()},
        DIGITS: {"text": Texts(NODE, over="nodes.number")},
        FRAMES: pair("frame.x", "frame.y"),
        NUMBERS: {"text": Texts(CELL, over="cells.number")},
    }
    return Live(
        flow=replace(flow, sources=(*flow.sources, *tables), runs=(*flow.runs, *runs)),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        hovers=(CELLS, HANDLES),
        clicks={CELLS: "cell_steps", HANDLES: "steps"},
        start=FIRST,
    )


def _nodes(x: Any, a1: Any, a2: Any) -> dict[str, Any]:
    return {"number": places.node_numbers(x, a1, a2)}


def _handle_steps() -> Array:
    """The step of each point of HANDLES; the first ones, for the cells, are not there."""
    return np.concatenate([np.zeros(len(places.CELLS)), places.step_of(places.HANDLES)])


def _numbers(trace: DenseLayerTrace, step: int, hover: int = -1) -> dict[str, Any]:
    """The numbers of the trace at a step, by the names that a page has for them."""
    first, second = trace.first, trace.second
    net = {
        "products1": first.products,
        "z1": first.sums,
        "a1": first.outputs,
        "products2": second.products,
        "z2": second.sums,
        "a2": second.outputs,
    }
    parameters = {"w1": first.weights, "b1": first.bias, "w2": second.weights, "b2": second.bias}
    values = {name: net[name] for name in VALUES}
    looked = places.focus(step, hover)
    at = {name: looked[name] for name in ("layer", "row", "column")}
    return {
        "activation": trace.settings.activation,
        "classes": np.array(experiment.CLASSES),
        "x": first.inputs,
        "grey": trace.picture.ravel(),
        **parameters,
        **named(
            net=net,
            focus=looked,
            edges=places.bands(first.weights, second.weights, **at),
            frame=places.frames(**at),
            cells=places.cell_numbers(**parameters, x=first.inputs, **values),
            nodes=_nodes(first.inputs, net["a1"], net["a2"]),
        ),
    }


def _layout(theme: Theme) -> go.Layout:
    bare: dict[str, Any] = {"visible": False, **QUIET}
    equal: dict[str, Any] = {**bare, "constrain": "domain"}
    made = layout(
        theme,
        aspect=2.05,
        narrow_aspect=0.58,
        narrow={**stacked([0.57, 1], [0, 0.55]), "font.size": NARROW},
        font={"size": WIDE},
        showlegend=False,
        barmode="overlay",
        hoverdistance=15,
        xaxis=axis(ends=[-0.3, 6.9], domain=[0, 0.47], **equal),
        yaxis=axis(ends=[-2.6, 2.9], scaleanchor="x", **equal),
        xaxis2=axis(ends=[-0.15, places.RIGHT + 0.15], domain=[0.5, 1], anchor="y2", **bare),
        yaxis2=axis(ends=[places.BOTTOM, 1.1], domain=[0, 1], anchor="x2", **bare),
    )
    made.margin.update(t=8, b=8, l=8, r=8)
    return made


# What stands still


def _draw_cells(
    fig: go.Figure, trace: DenseLayerTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    """The picture and the matrices as bars: they take other colours at once, and hear a pointer."""
    background, ink = style.BACKGROUND.on(theme), style.INK.on(theme)
    side = 2 / 8
    row, column = np.divmod(np.arange(64), 8)
    fig.add_bar(
        x=places.PICTURE + side * (column + 0.5),
        y=np.full(64, side),
        base=-1 + side * (7 - row),
        width=side,
        marker={
            "color": trace.picture.ravel(),
            "cmin": 0,
            "cmax": 1,
            "colorscale": colorscale([(0, style.SURFACE.on(theme)), (1, ink)]),
            "line": {"width": 0},
        },
        hoverinfo="skip",
        name="picture",
    )
    scale = [
        (0.0, style.mix(background, style.NEGATIVE.on(theme), HALF)),
        (0.5, background),
        (1.0, style.mix(background, style.POSITIVE.on(theme), HALF)),
    ]
    corners = places.CELL_PLACES
    fig.add_bar(
        x=corners[:, 0] + 0.5,
        y=np.ones(len(corners)),
        base=corners[:, 1],
        width=1,
        xaxis="x2",
        yaxis="y2",
        marker={
            "color": numbers["cells.tint"],
            "cmin": -1,
            "cmax": 1,
            "colorscale": colorscale(scale),
            "line": {"width": 1, "color": style.GRID.on(theme)},
        },
        hoverinfo="none",
        name="cells",
    )


def _draw_network(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    for name in EDGES:
        role = style.NEGATIVE if name.endswith("below") else style.POSITIVE
        add_area(
            fig, role.on(theme), x=numbers["edges.x"], y=numbers[f"edges.{name}"],
            opacity=1.0 if name.startswith("lit") else FADED, name=name,
        )  # fmt: skip
    x = np.repeat(places.COLUMNS, SIZES)
    y = np.concatenate(places.HEIGHTS)
    ink, background = style.INK.on(theme), style.BACKGROUND.on(theme)
    fig.add_scatter(
        x=x,
        y=y,
        mode="markers",
        marker={
            "size": 40,
            "symbol": "circle",
            "color": background,
            "line": {"width": 2, "color": style.MUTED.on(theme)},
        },
        hoverinfo="skip",
        name="nodes",
    )
    digits = [NODE.fill(numbers, i=i) for i in range(len(x))]
    add_words(fig, ink, size=12, x=x, y=y, text=digits, name="digits")
    away = np.full((len(places.CELLS), 2), np.nan)  # a point has a number that no cell has
    spots = np.concatenate([away, places.HANDLE_PLACES])
    sizes = np.full(len(spots), 12)
    sizes[len(away) : len(away) + len(x)] = 40  # the nodes
    fig.add_scatter(
        x=spots[:, 0],
        y=spots[:, 1],
        mode="markers",
        marker={"size": sizes, "color": background, "opacity": 0},
        hoverinfo="none",
        name="handles",
    )


def _draw_marks(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    second, corners = panel(2), places.CELL_PLACES
    ink, muted = style.INK.on(theme), style.MUTED.on(theme)
    add_line(
        fig, ink, x=numbers["frame.x"], y=numbers["frame.y"], cliponaxis=False, name="frames",
        **second,
    )  # fmt: skip
    fig.add_scatter(
        x=corners[:, 0] + 0.5,
        y=corners[:, 1] + 0.5,
        mode="text",
        text=[CELL.fill(numbers, i=i) for i in range(len(corners))],
        textfont={"color": ink},  # of the figure's size: there is less room where it is narrow
        hoverinfo="skip",
        name="numbers",
        **second,
    )
    said, x, y = _names()
    add_words(fig, muted, size=14, x=x, y=y, text=said, name="names", **second)
    columns = ["inputs", "hidden", "outputs"]
    add_words(fig, muted, x=places.COLUMNS, y=[2.62] * 3, text=columns, name="layers")


def _names() -> tuple[list[str], list[float], list[float]]:
    """What stands over the vectors, and the signs between them."""
    text, x, y = [], [], []
    signs = ("·", "+", "=", "→")
    for layer, top in enumerate(places.TOPS):
        rows, columns = places.COUNTS[layer]
        middle = places.LEFTS[0] + places.IN - columns / 2
        names = (f"W<sub>{layer + 1}</sub>", "xa"[layer], "b", "z", "aŷ"[layer])
        for name, at in zip(
            names, (middle, *(left + 0.5 for left in places.LEFTS[1:])), strict=True
        ):
            text.append(f"<i>{name}</i>")
            x.append(at)
            y.append(top + 0.45)
        for sign, left in zip(signs, places.LEFTS[1:], strict=True):
            text.append(sign)
            x.append(left - 0.175)
            y.append(top - rows / 2)
    return text, x, y


def _frame(numbers: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What lights up for an output."""
    return {
        PIXELS: {"opacity": 1.0},  # as it was: what no frame names, Plotly takes off the page
        CELLS: {"opacity": 1.0},
        **{trace: {"y": numbers[f"edges.{name}"]} for name, trace in EDGES.items()},
        FRAMES: {"x": numbers["frame.x"], "y": numbers["frame.y"]},
    }
