"""The three steps of a neuron, one above the other on one axis, beside the plane that they split.

At the left the plane of the two inputs, tinted by the output, with the line on which the sum is
zero and the weights, which stand square to it. At the right the products and the bias as bars that
begin where the last one ended; below, on the same axis, the activation with the sum on it. Frames
are the steps: the inputs, either product, their sum, the bias, the activation.

On a page the point is dragged, and weights, bias and activation change everything: `live`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import perceptron as experiment
from vizdl.experiments.live import Run
from vizdl.experiments.perceptron import CURVE, SPAN, STEPS, PerceptronTrace
from vizdl.figures.base import layout, playable
from vizdl.figures.field import add_field
from vizdl.figures.live import Along, Drag, Feed, Live, Pick, Take, Texts, whole
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

ROWS = ("w₁x₁", "w₂x₂", "b", "sum")
HEIGHTS = np.array([3.0, 2.0, 1.0, 0.0])  # of the rows
SIGNS = (style.NEGATIVE, style.POSITIVE)
FIELD, LINE, WEIGHTS, POINT = range(4)
LINKS, BARS, NUMBERS = 4, (5, 6, 7, 8), 9
CURVED, WAY, DOT, OUTPUT = range(10, 14)
BEYOND = 10.0  # how far the line of the split is drawn either way: out of the plane
GROUND = {
    "sigmoid": (-0.12, 1.12),
    "tanh": (-1.25, 1.25),
    "relu": (-0.12, 1.0),
    "identity": (-1, 1),
}
BOUNDED = ("sigmoid", "tanh")  # the ground of the others is as large as the sums are

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
        LINE: _pair("split.line"),
        WEIGHTS: _pair("split.weights"),
        POINT: {"x": whole("x1"), "y": whole("x2")},
        LINKS: {"x": whole("drawn.links")},
        NUMBERS: {"x": whole("drawn.beside"), "text": Texts(TERM, over="drawn.terms")},
        CURVED: {"y": whole("curve")},
        WAY: _pair("drawn.way"),
        DOT: _pair("drawn.dot"),
        OUTPUT: {**_pair("drawn.said"), "text": Texts(SAID)},
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


def _pair(name: str) -> dict[str, Feed]:
    return {"x": Take(name, 0, 0), "y": Take(name, 1, 1)}


# Where everything stands, in Python as on a page


def axes(name: str) -> Callable[[Any], dict[str, Any]]:
    """The ends of the axis of the sums, and of that of the activation's output."""

    def ends(sums: Any) -> dict[str, Any]:
        reach = 1.25 * anp.maximum(3.6, anp.max(anp.abs(sums)))
        low, high = GROUND[name]
        size = 1.0 if name in BOUNDED else reach
        return {"x": anp.stack([-reach, reach]), "y": anp.stack([low * size, high * size])}

    return ends


def drawn(
    *, products: Any, sums: Any, output: Any, bias: Any, across: Any, up: Any, step: Any
) -> dict[str, Any]:
    """Bars, numbers and dots after that step: what is not known yet is NaN or out of sight.

    `bars` (4, 2) are where the bars of the rows begin and end, `links` (9,) what joins them,
    `way` (2, 3) the way from the sum to the output; `at` (6,) marks the step.
    """
    so_far = anp.where(step < STEPS - 1, sums[2], sums[3])
    begins = anp.stack([sums[0], sums[1], sums[2], 0.0 * bias])
    ends = anp.stack([sums[1], sums[2], sums[3], so_far])
    known = step >= np.array([1, 2, 4, 3])
    ends = anp.where(known, ends, anp.nan)
    begins = anp.where(known, begins, anp.nan)
    gap = 0.03 * (across[1] - across[0])
    done = step == STEPS
    last = anp.where(done, sums[3], anp.nan)
    said = anp.where(sums[3] > 0, -0.17, 0.17) * (across[1] - across[0])
    return {
        "bars": anp.stack([begins, ends], axis=1),
        "positive": ends - begins >= 0,
        "terms": anp.stack([products[0], products[1], bias, so_far]),
        "known": known,
        "beside": anp.where(known, anp.maximum(begins, ends) + gap, across[0]),
        "links": anp.stack([x for end in ends[:3] for x in (end, end, anp.nan * bias)]),
        "way": anp.stack([anp.stack([last, last, across[0]]), anp.stack([up[1], output, output])]),
        "dot": anp.stack([anp.where(done, sums[3], 2 * across[0] - across[1]), output])[:, None],
        "said": anp.stack([anp.where(done, sums[3] + said, across[0]), output])[:, None],
        "at": np.arange(STEPS + 1) == step,
    }


def split(w1: Any, w2: Any, bias: Any) -> dict[str, Any]:
    """The line on which the sum is zero, and the weights from it on: (2, 2) each, x then y.

    Not a number where both weights are zero: there is no such line.
    """
    square = w1 * w1 + w2 * w2
    weights = anp.stack([w1, w2])
    foot = -bias * weights / anp.where(square > 0, square, anp.nan)
    along = BEYOND * anp.stack([-w2, w1]) / anp.sqrt(anp.where(square > 0, square, anp.nan))
    return {
        "line": anp.stack([foot - along, foot + along], axis=1),
        "weights": anp.stack([foot, foot + weights], axis=1),
    }


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
        **{f"neuron.{name}": value for name, value in neuron.items()},
        **{f"axes.{name}": value for name, value in ends.items()},
        **{f"drawn.{name}": value for name, value in places.items()},
        **{f"split.{name}": value for name, value in lines.items()},
    }


def _layout(trace: PerceptronTrace, theme: Theme) -> go.Layout:
    ends = axes(trace.settings.activation)(trace.sums)
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False, "range": list(SPAN)}
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
        xaxis={
            **plain,
            "title": {"text": "input x<sub>1</sub>"},
            "domain": [0, 0.46],
            "constrain": "domain",
        },
        yaxis={
            **plain,
            "title": {"text": "input x<sub>2</sub>"},
            "scaleanchor": "x",  # equal units: the weights stand square to the line
            "constrain": "domain",
            "constraintoward": "top",
        },
        xaxis2={
            "title": {"text": "weighted sum z"},
            "range": list(ends["x"]),
            "domain": [0.58, 1],
            "anchor": "y3",
            "zeroline": True,
        },
        yaxis2={
            "range": [-0.6, 3.6],
            "domain": [0.55, 1],
            "anchor": "x2",
            "tickvals": HEIGHTS.tolist()[::-1],
            "ticktext": list(ROWS)[::-1],
            "tickfont": {"size": 14, "color": style.INK.on(theme)},
            "showgrid": False,
            "zeroline": False,
        },
        yaxis3={
            "title": {"text": "output"},
            "range": list(ends["y"]),
            "domain": [0, 0.48],
            "anchor": "x2",
            "nticks": 4,
            "zeroline": False,
        },
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
    fig.add_scatter(
        x=trace.inputs[:1],
        y=trace.inputs[1:],
        mode="markers",
        marker={
            "size": 16,
            "symbol": "circle",
            "color": ink,
            "line": {"width": 2, "color": style.BACKGROUND.on(theme)},
        },
        hoverinfo="skip",
        name="input",
    )


def _draw_sum(fig: go.Figure, theme: Theme) -> None:
    """The bars of the terms, each beginning where the last one ended."""
    second = {"xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}
    between = [y for high in HEIGHTS[:3] for y in (high, high - 1, np.nan)]
    fig.add_scatter(
        y=between,
        mode="lines",
        line={"width": 1.5, "color": style.MUTED.on(theme)},
        name="links",
        **second,
    )
    for name, height in zip(ROWS, HEIGHTS, strict=True):
        fig.add_scatter(y=[height, height], mode="lines", line={"width": 14}, name=name, **second)
    fig.add_scatter(
        y=HEIGHTS,
        mode="text",
        textposition="middle right",
        textfont={"size": 14, "color": style.INK.on(theme)},
        cliponaxis=False,
        name="numbers",
        **second,
    )


def _draw_curve(fig: go.Figure, trace: PerceptronTrace, theme: Theme) -> None:
    ink, muted = style.INK.on(theme), style.MUTED.on(theme)
    third = {"xaxis": "x2", "yaxis": "y3", "hoverinfo": "skip"}
    fig.add_scatter(
        x=CURVE, y=trace.curve, mode="lines", line={"width": 3, "color": style.HIDDEN.on(theme)},
        name="activation", **third,
    )  # fmt: skip
    fig.add_scatter(
        mode="lines", line={"width": 1.5, "color": muted, "dash": "dot"}, name="way", **third
    )
    fig.add_scatter(
        mode="markers",
        marker={
            "size": 13,
            "symbol": "circle",
            "color": ink,
            "line": {"width": 2, "color": style.BACKGROUND.on(theme)},
        },
        name="output",
        **third,
    )
    fig.add_scatter(
        mode="text",
        textposition="top center",
        textfont={"size": 15, "color": ink},
        cliponaxis=False,
        name="said",
        **third,
    )


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
