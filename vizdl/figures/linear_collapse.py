"""Linear collapse, interactive: the plane and its boundary, the matrices and their product."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import linear_collapse as experiment
from vizdl.experiments.linear_collapse import LAYERS, SPAN, SPOKEN, LinearCollapseTrace
from vizdl.experiments.linear_collapse_flow import WIDEST, flow, line_of
from vizdl.experiments.live import Table
from vizdl.figures.base import colorscale, layout, playable
from vizdl.figures.field import add_field, add_points, frame_of, live_field
from vizdl.figures.live import Entry, Live, now, upto, whole
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

FIELD, PRODUCT, MATRICES, NAMES, LOSS, SO_FAR, DOT = 0, 4, 5, 6, 7, 8, 9
LIMIT = 2.0  # of the output: where the colour is full
STRONG = 1.0  # a weight of full colour
INTERVAL = 50
SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")

COUNT = len(experiment.points()[1])
SENTENCE = words(
    (
        "bent",
        f"After {{step:d}} steps with ReLU: {{train.right[step]:d}} of {COUNT} points on their "
        "side. What the matrices alone multiply to is the dashed line.",
    ),
    f"After {{step:d}} steps without an activation: {{train.right[step]:d}} of {COUNT} points on "
    "their side. The product of all the matrices is the dashed line, and so is the boundary.",
)
TABLE = (
    ("activation", words("{spoken:s}")),
    ("parameters", words("{mask.parameters:d}")),
    ("loss", words("{train.loss[step]}")),
    ("points on their side", words(f"{{train.right[step]:d}} of {COUNT}")),
    ("product of the matrices", words("({product.a[0]}, {product.a[1]})")),
    ("what the biases add up to", words("{product.c}")),
)


def figure(trace: LinearCollapseTrace, theme: Theme = "light") -> go.Figure:
    """Draw the training: the plane at the left, the matrices in the order of their product."""
    fig = go.Figure(layout=_layout(theme))
    add_field(fig, trace.fields[-1], SPAN, SPAN, theme, limit=LIMIT, hover="output %{z:.2f}")
    add_points(fig, trace.x, trace.y, theme)
    fig.add_scatter(
        mode="lines",
        line={"width": 3, "color": style.GRADIENT.on(theme), "dash": "dash"},
        hoverinfo="skip",
        name="product",
    )
    _draw_matrices(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    numbers = {
        "bent": float(trace.settings.activation == "relu"),
        "train.right": trace.right,
        "spoken": SPOKEN[trace.settings.activation],
    }
    frames = [_frame(trace, k) for k in range(len(trace.moments))]
    labels = [SENTENCE.fill(numbers, step=int(step)) for step in trace.moments]
    interval = INTERVAL * int(trace.moments[1])
    return playable(fig, frames, labels, interval=interval, redraw=True, start=len(frames) - 1)


def live(trace: LinearCollapseTrace) -> Live:
    """On a page the network is trained anew at every change of its size."""
    made = flow(trace)
    names = {depth: _names(depth) for depth in range(1, LAYERS + 1)}
    feeds = live_field(FIELD, "plane.z", "line.zero")
    feeds |= {
        PRODUCT: {"x": whole("product.line", 0), "y": whole("product.line", 1)},
        MATRICES: {"z": whole("product.matrices")},
        NAMES: {"text": Entry("names")},
        LOSS: {"x": whole("train.number"), "y": whole("train.loss")},
        SO_FAR: {"x": upto("train.number"), "y": upto("train.loss")},
        DOT: {"x": now("train.number"), "y": now("train.loss")},
    }
    return Live(
        flow=replace(made, sources=(*made.sources, Table("names", ("depth",), names))),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        clicks={LOSS: ""},
        start=experiment.STEPS,
    )


def _names(depth: int) -> list[str]:
    """The names of the layers, the last at the left, as the product is written."""
    return [f"W{depth - k}".translate(SUBSCRIPTS) if k < depth else "" for k in range(LAYERS)]


def _layout(theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False}
    hidden: dict[str, Any] = {**plain, "showticklabels": False}
    steps = experiment.STEPS
    made = layout(
        theme,
        aspect=1.9,
        narrow_aspect=0.62,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.48, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.24, 0.36],
            "xaxis3.domain": [0, 1],
            "yaxis3.domain": [0, 0.14],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis={**plain, "title": {"text": "x₁"}, "range": list(SPAN), "domain": [0, 0.47],
               "constrain": "domain"},
        yaxis={**plain, "title": {"text": "x₂"}, "range": list(SPAN), "scaleanchor": "x",
               "constrain": "domain", "constraintoward": "top"},
        xaxis2={**hidden, "range": [-0.5, LAYERS * (WIDEST + 1) - 1.5], "domain": [0.54, 1],
                "anchor": "y2", "title": {"text": "the matrices, the last one first"}},
        yaxis2={**hidden, "range": [-0.5, WIDEST + 1.2], "domain": [0.66, 1], "anchor": "x2"},
        xaxis3={"title": {"text": "step"}, "range": [-0.02 * steps, 1.02 * steps],
                "domain": [0.6, 1], "anchor": "y3", "zeroline": False},
        yaxis3={"title": {"text": "loss"}, "range": [-0.04, 1], "domain": [0, 0.4], "anchor": "x3",
                "zeroline": False},
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


def _draw_matrices(fig: go.Figure, trace: LinearCollapseTrace, theme: Theme) -> None:
    """What of the matrices a page has room for, signed, the last one at the left."""
    axes: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    z = np.full((WIDEST, LAYERS * (WIDEST + 1) - 1), np.nan)
    for k, w in enumerate(reversed(trace.weights)):
        part = w[:WIDEST, :WIDEST]
        left = k * (WIDEST + 1)
        z[: len(part), left : left + part.shape[1]] = part
    fig.add_heatmap(
        z=z[::-1],
        zmin=-STRONG,
        zmax=STRONG,
        colorscale=colorscale(style.signed_scale(theme)),
        showscale=False,
        hoverongaps=False,
        hovertemplate="weight %{z:.2f}<extra></extra>",
        name="matrices",
        **axes,
    )
    fig.add_scatter(
        x=(WIDEST + 1) * np.arange(LAYERS),
        y=np.full(LAYERS, WIDEST + 0.3),
        mode="text",
        text=_names(trace.settings.depth),
        textposition="middle right",
        textfont={"size": 13, "color": style.INK.on(theme)},
        hoverinfo="skip",
        name="names",
        **axes,
    )


def _draw_losses(fig: go.Figure, trace: LinearCollapseTrace, theme: Theme) -> None:
    axes: dict[str, Any] = {"xaxis": "x3", "yaxis": "y3"}
    colour, ground = style.LOSS.on(theme), style.BACKGROUND.on(theme)
    fig.add_scatter(
        x=np.arange(len(trace.losses)), y=trace.losses, mode="lines", opacity=0.5,
        line={"width": 1.5, "color": colour}, name="loss",
        hovertemplate="step %{x}: loss %{y:.3f}<extra></extra>", **axes,
    )  # fmt: skip
    fig.add_scatter(
        mode="lines", line={"width": 3, "color": colour}, hoverinfo="skip", name="so far", **axes
    )
    fig.add_scatter(
        mode="markers",
        marker={"size": 12, "color": colour, "line": {"width": 1.5, "color": ground}},
        hoverinfo="skip",
        name="now",
        **axes,
    )


def _frame(trace: LinearCollapseTrace, k: int) -> dict[int, dict[str, Any]]:
    """What changes at moment k, by trace."""
    step = int(trace.moments[k])
    steps, losses = np.arange(step + 1.0), trace.losses[: step + 1]
    line = line_of(trace.lines[k, :2], trace.lines[k, 2])
    return frame_of(trace.fields[k].astype(np.float32), SPAN, SPAN, FIELD) | {
        PRODUCT: {"x": line[:, 0], "y": line[:, 1]},
        SO_FAR: {"x": steps, "y": losses},
        DOT: {"x": steps[-1:], "y": losses[-1:]},
    }
