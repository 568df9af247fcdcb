"""The three steps of a neuron, one above the other on one axis, beside the plane that they split.

At the left the plane of the two inputs, tinted by the output, with the line on which the sum is
zero and the weights, which stand square to it. At the right the products and the bias as bars that
begin where the last one ended; below, on the same axis, the activation with the sum on it. Frames
are the steps: the inputs, either product, their sum, the bias, the activation.

On a page the point is dragged, and weights, bias and activation change everything: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import perceptron as experiment
from vizdl.experiments.live import Run
from vizdl.experiments.perceptron import CURVE, SPAN, STEPS, PerceptronTrace
from vizdl.figures.axes import QUIET, axis, panel, square
from vizdl.figures.base import layout, playable
from vizdl.figures.field import add_field
from vizdl.figures.live import Along, Drag, Feed, Live, Pick, Take, Texts, whole
from vizdl.figures.marks import add_ball, add_line, add_words
from vizdl.figures.pairs import pair, rows
from vizdl.figures.perceptron_places import axes, drawn, split
from vizdl.figures.words import named, words
from vizdl.style import Theme

Array = NDArray[np.float64]

ROWS = ("w₁x₁", "w₂x₂", "b", "sum")
HEIGHTS = np.array([3.0, 2.0, 1.0, 0.0])  # of the rows
SIGNS = (style.NEGATIVE, style.POSITIVE)
FIELD, LINE, WEIGHTS, POINT = range(4)
LINKS, BARS, NUMBERS = 4, (5, 6, 7, 8), 9
CURVED, WAY, DOT, OUTPUT = range(10, 14)

SENTENCE = words(
    (
        "drawn.at[0]",
        "Two inputs, x₁ = {x1:f2} and x₂ = {x2:f2}; weights {w1:f2} and {w2:f2}; bias {bias:f2}.",
    ),
    (
        "drawn.at[1]",
        "Step 1, weigh: w₁x₁ = {w1:f2} · {x1:f2()} = {neuron.products[0]:f2}.",
    ),
    (
        "drawn.at[2]",
        "Step 1, weigh: w₂x₂ = {w2:f2} · {x2:f2()} = {neuron.products[1]:f2}.",
    ),
    (
        "drawn.at[3]",
        "Step 1, weigh and add: w₁x₁ + w₂x₂ = {neuron.products[0]:f2} + "
        "{neuron.products[1]:f2()} = {neuron.sums[2]:f2}.",
    ),
    (
        "drawn.at[4]",
        "Step 2, add the bias: {neuron.sums[2]:f2} + {bias:f2()} = {neuron.sums[3]:f2}.",
    ),
    "Step 3, apply the activation: {activation:s}({neuron.sums[3]:f2}) = {neuron.output:f3}.",
)
TERM = words(("drawn.known[i]", "{drawn.terms[i]:f2}"), "")
SAID = words((f"drawn.at[{STEPS}]", "{neuron.output:f3}"), "")
TABLE = (
    ("first product w₁x₁", words("{neuron.products[0]:n6}")),
    ("second product w₂x₂", words("{neuron.products[1]:n6}")),
    ("their sum", words("{neuron.sums[2]:n6}")),
    ("with the bias, z", words("{neuron.sums[3]:n6}")),
    ("output g(z)", words("{neuron.output:n6}")),
)


def figure(trace: PerceptronTrace, theme: Theme = "light") -> go.Figure:
    """Draw the neuron on its input; the frames are its steps, the last one first to be seen."""
    fig = go.Figure(layout=_layout(trace, theme))
    steps = [_numbers(trace, step) for step in range(STEPS + 1)]
    _draw_plane(fig, trace, steps[-1], theme)
    _draw_sum(fig, theme)
    _draw_curve(fig, trace, theme)
    return playable(
        fig,
        [_frame(numbers, theme) for numbers in steps],
        [SENTENCE.fill(numbers) for numbers in steps],
        interval=1200,
        redraw=True,  # what moves over a heat map
        start=STEPS,
    )


def live(trace: PerceptronTrace) -> Live:
    """On a page the point is dragged, and every setting changes the whole picture at once."""
    flow = experiment.flow(trace)
    given = {name: f"neuron.{name}" for name in ("products", "sums", "output")}
    parameters = {"w1": "w1", "w2": "w2", "bias": "bias"}
    drawing = (
        Run("axes", {name: axes(name) for name in experiment.NAMES}, _SUMS, by="activation"),
        Run("drawn", drawn, {**given, **_AXES, "bias": "bias", "step": "step"}),
        Run("split", split, parameters),
    )
    feeds: dict[int, dict[str, Feed]] = {
        FIELD: {"z": whole("plane.tint")},
        LINE: rows("split.line"),
        WEIGHTS: rows("split.weights"),
        POINT: pair("x1", "x2"),
        LINKS: {"x": whole("drawn.links")},
        NUMBERS: {"x": whole("drawn.beside"), "text": Texts(TERM, over="drawn.terms")},
        CURVED: {"y": whole("curve")},
        WAY: rows("drawn.way"),
        DOT: rows("drawn.dot"),
        OUTPUT: {**rows("drawn.said"), "text": Texts(SAID)},
    }
    for row, bar in enumerate(BARS):
        feeds[bar] = {
            "x": Take("drawn.bars", row, row),
            "line.color": Pick(SIGNS, Take("drawn.positive", row, row), single=True),
        }
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds=feeds,
        layout={"xaxis2.range": whole("axes.x"), "yaxis3.range": whole("axes.y")},
        sentence=SENTENCE,
        table=TABLE,
        drags=(Drag("the input", POINT, x=Along("x1"), y=Along("x2")),),
        start=STEPS,
    )


_SUMS = {"sums": "neuron.sums"}
_AXES = {"across": "axes.x", "up": "axes.y"}


def _numbers(trace: PerceptronTrace, step: int) -> dict[str, Any]:
    """The numbers of the trace at a step, by the names that a page has for them."""
    settings = trace.settings
    ends = axes(settings.activation)(trace.sums)
    neuron = {"products": trace.products, "sums": trace.sums, "output": trace.output}
    places = drawn(**neuron, bias=settings.bias, across=ends["x"], up=ends["y"], step=step)
    lines = split(settings.w1, settings.w2, settings.bias)
    return {
        **settings.model_dump(),
        "step": step,
        **named(neuron=neuron, axes=ends, drawn=places, split=lines),
    }


def _layout(trace: PerceptronTrace, theme: Theme) -> go.Layout:
    ends = axes(trace.settings.activation)(trace.sums)
    made = layout(
        theme,
        aspect=1.85,
        narrow_aspect=0.5,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.54, 1],
            "xaxis2.domain": [0.1, 1],
            "yaxis2.domain": [0.27, 0.45],
            "yaxis3.domain": [0, 0.24],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis=axis("input x<sub>1</sub>", SPAN, [0, 0.46], constrain="domain", **QUIET),
        # equal units: the weights stand square to the line
        yaxis=axis("input x<sub>2</sub>", SPAN, **square(), **QUIET),
        xaxis2=axis("weighted sum z", ends["x"], [0.58, 1], "y3", zeroline=True),
        yaxis2=axis(
            ends=[-0.6, 3.6],
            domain=[0.55, 1],
            anchor="x2",
            tickvals=HEIGHTS.tolist()[::-1],
            ticktext=list(ROWS)[::-1],
            tickfont={"size": 14, "color": style.INK.on(theme)},
            **QUIET,
        ),
        yaxis3=axis("output", ends["y"], [0, 0.48], "x2", nticks=4, zeroline=False),
    )
    made.margin.t = 12  # there is no legend
    return made


def _draw_plane(
    fig: go.Figure, trace: PerceptronTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    ink = style.INK.on(theme)
    add_field(fig, trace.tint, SPAN, SPAN, theme, hover="")
    fig.data[LINE].update(dict(zip("xy", numbers["split.line"], strict=True)))
    x, y = numbers["split.weights"]
    fig.add_scatter(
        x=x,
        y=y,
        mode="lines+text",
        line={"width": 3, "color": style.WEIGHT.on(theme)},
        text=["", "<b>w</b>"],
        textposition="middle right",
        textfont={"size": 15, "color": style.WEIGHT.on(theme)},
        hoverinfo="skip",
        name="weights",
    )
    x, y = trace.inputs[:1], trace.inputs[1:]
    add_ball(fig, ink, theme, size=16, rim=2, x=x, y=y, symbol="circle", name="input")


def _draw_sum(fig: go.Figure, theme: Theme) -> None:
    """The bars of the terms, each beginning where the last one ended."""
    second = panel(2)
    between = [y for high in HEIGHTS[:3] for y in (high, high - 1, np.nan)]
    add_line(fig, style.MUTED.on(theme), width=1.5, y=between, name="links", **second)
    for name, height in zip(ROWS, HEIGHTS, strict=True):
        line = {"width": 14}  # its colour is that of the sign
        fig.add_scatter(
            y=[height, height], mode="lines", line=line, hoverinfo="skip", name=name, **second
        )
    add_words(
        fig, style.INK.on(theme), size=14, at="middle right", y=HEIGHTS, cliponaxis=False,
        name="numbers", **second,
    )  # fmt: skip


def _draw_curve(fig: go.Figure, trace: PerceptronTrace, theme: Theme) -> None:
    ink, third = style.INK.on(theme), panel(2, 3)
    add_line(fig, style.HIDDEN.on(theme), x=CURVE, y=trace.curve, name="activation", **third)
    add_line(fig, style.MUTED.on(theme), width=1.5, dash="dot", name="way", **third)
    add_ball(fig, ink, theme, size=13, rim=2, symbol="circle", name="output", **third)
    add_words(fig, ink, size=15, at="top center", cliponaxis=False, name="said", **third)


def _frame(numbers: dict[str, Any], theme: Theme) -> dict[int, dict[str, Any]]:
    """What a step shows."""
    bars = {
        bar: {
            "x": numbers["drawn.bars"][row],
            "line": {
                "width": 14,
                "color": SIGNS[int(numbers["drawn.positive"][row])].on(theme),
            },
        }
        for row, bar in enumerate(BARS)
    }
    terms = [TERM.fill(numbers, i=row) for row in range(len(ROWS))]
    pairs = {WAY: "way", DOT: "dot", OUTPUT: "said"}
    moved: dict[int, dict[str, Any]] = {
        trace: dict(zip("xy", numbers[f"drawn.{name}"], strict=True))
        for trace, name in pairs.items()
    }
    moved[OUTPUT]["text"] = [SAID.fill(numbers)]
    return {
        LINKS: {"x": numbers["drawn.links"]},
        **bars,
        NUMBERS: {"x": numbers["drawn.beside"], "text": terms},
        **moved,
    }
