"""Activations, interactive: the plane, its place in the hidden space, the function, the loss."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import activations as experiment
from vizdl.experiments.activations import POINTS, ActivationsTrace, X, Y
from vizdl.experiments.activations_flow import flow
from vizdl.figures.base import layout, playable
from vizdl.figures.field import add_field, add_points, frame_of, live_field, live_points
from vizdl.figures.live import Along, Drag, Live, now, upto, whole
from vizdl.figures.pairs import columns, pair
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

FIELD, MARK, MESH, LINE, HIDDEN, MARK_HIDDEN, VALUE, SLOPE, LOSS, SO_FAR, DOT = (
    0, 4, 5, 6, 7, 9, 10, 11, 14, 15, 16,
)  # fmt: skip
LIMIT = 12.0  # of the output: where the colour is full
INTERVAL = 60
REACH = 1.25  # of the hidden space: its points reach to 1

SENTENCE = words(
    "After {step:d} steps of training with {spoken:s}: loss {train.loss[step]}, "
    f"{{train.right[step]:d}} of {POINTS} points on their side.",
)
TABLE = (
    ("activation", words("{spoken:s}")),
    ("loss", words("{train.loss[step]}")),
    ("points on their side", words(f"{{train.right[step]:d}} of {POINTS}")),
    ("the ringed point", words("({probe.at[0,0]:f2}, {probe.at[0,1]:f2})")),
    ("output there, above 0 for the upper class", words("{probe.output}")),
)


def figure(trace: ActivationsTrace, theme: Theme = "light") -> go.Figure:
    """Draw the training: the plane at the left, the hidden space, the function, the loss."""
    fig = go.Figure(layout=_layout(trace, theme))
    add_field(fig, trace.fields[-1], X, Y, theme, limit=LIMIT, hover="output z = %{z:.2f}")
    add_points(fig, trace.x, trace.y, theme, names=("lower", "upper"))
    _draw_mark(fig, theme, {})
    _draw_hidden(fig, trace, theme)
    _draw_function(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    numbers = _numbers(trace)
    frames = [_frame(trace, k) for k in range(len(trace.moments))]
    labels = [SENTENCE.fill(numbers, step=int(step)) for step in trace.moments]
    return playable(fig, frames, labels, interval=5 * INTERVAL, redraw=True, start=len(frames) - 1)


def live(trace: ActivationsTrace) -> Live:
    """On a page the network is trained anew at every change, and a point is moved by hand."""
    feeds = live_field(FIELD, "plane.z", "line.zero")
    feeds |= live_points(FIELD + 2, "points.zero", "points.one")
    feeds |= live_points(HIDDEN, "hidden.zero", "hidden.one")
    feeds |= {
        MARK: columns("probe.at"),
        MESH: columns("hidden.mesh"),
        MARK_HIDDEN: columns("probe.place"),
        VALUE: {"y": whole("curve.value")},
        SLOPE: {"y": whole("curve.slope")},
        LOSS: pair("train.number", "train.loss"),
        SO_FAR: {"x": upto("train.number"), "y": upto("train.loss")},
        DOT: {"x": now("train.number"), "y": now("train.loss")},
    }
    return Live(
        flow=flow(trace),
        feeds=feeds,
        layout={"xaxis4.range": whole("count.axis")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={LOSS: ""},
        drags=(Drag("the point", MARK, x=Along("probe_x"), y=Along("probe_y")),),
        start=trace.settings.steps,
    )


def _numbers(trace: ActivationsTrace) -> dict[str, Any]:
    return {
        "spoken": experiment.SPOKEN[trace.settings.activation],
        "train.loss": trace.learnt.losses,
        "train.right": trace.learnt.right,
    }


def _layout(trace: ActivationsTrace, theme: Theme) -> go.Layout:
    steps = trace.settings.steps
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False}
    square = {"constrain": "domain", "constraintoward": "top"}
    made = layout(
        theme,
        aspect=2.15,
        narrow_aspect=0.47,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.68, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.27, 0.61],
            "xaxis3.domain": [0, 0.44],
            "yaxis3.domain": [0, 0.2],
            "xaxis4.domain": [0.6, 1],
            "yaxis4.domain": [0, 0.2],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis={**plain, "title": {"text": "the plane: x₁"}, "range": list(X), "domain": [0, 0.4],
               "constrain": "domain"},
        yaxis={**plain, "title": {"text": "x₂"}, "range": list(Y), "scaleanchor": "x", **square},
        xaxis2={**plain, "title": {"text": "its place in the hidden space"}, "anchor": "y2",
                "range": [-REACH, REACH], "domain": [0.46, 0.75], "showticklabels": False,
                "constrain": "domain"},
        yaxis2={**plain, "title": {"text": "distance to the line"}, "anchor": "x2",
                "range": [-REACH, REACH], "scaleanchor": "x2", "showticklabels": False, **square},
        xaxis3={"title": {"text": "z"}, "range": [-4, 4], "domain": [0.81, 1], "anchor": "y3",
                "zeroline": True},
        yaxis3={"range": [-1.3, 2.5], "domain": [0.6, 1], "anchor": "x3", "zeroline": True,
                "tickvals": [-1, 0, 1, 2]},
        xaxis4={"title": {"text": "step"}, "range": [-0.02 * steps, 1.02 * steps],
                "domain": [0.81, 1], "anchor": "y4", "zeroline": False},
        yaxis4={"title": {"text": "loss"}, "range": [-0.04, 1], "domain": [0, 0.4], "anchor": "x4",
                "zeroline": False},
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


def _draw_mark(fig: go.Figure, theme: Theme, axes: dict[str, str]) -> None:
    fig.add_scatter(
        mode="markers",
        marker={
            "symbol": "circle-open", "size": 20, "color": style.INK.on(theme), "line": {"width": 3}
        },
        hoverinfo="skip",
        name="a point",
        **axes,
    )  # fmt: skip


def _draw_hidden(fig: go.Figure, trace: ActivationsTrace, theme: Theme) -> None:
    axes: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    fig.add_scatter(
        mode="lines",
        line={"width": 1, "color": style.MUTED.on(theme)},
        hoverinfo="skip",
        name="mesh",
        **axes,
    )
    fig.add_scatter(
        x=[-REACH, REACH],
        y=[0, 0],
        mode="lines",
        line={"width": 2.5, "color": style.INK.on(theme)},
        hoverinfo="skip",
        name="line",
        **axes,
    )
    add_points(fig, trace.point_places[-1], trace.y, theme, names=("lower", "upper"), **axes)
    _draw_mark(fig, theme, axes)


def _draw_function(fig: go.Figure, trace: ActivationsTrace, theme: Theme) -> None:
    axes = {"xaxis": "x3", "yaxis": "y3"}
    value, slope = function_of(trace)
    for name, y, role, dash in (
        ("a = g(z)", value, style.HIDDEN, "solid"),
        ("slope g′(z)", slope, style.GRADIENT, "dash"),
    ):
        fig.add_scatter(
            x=trace.z,
            y=y,
            mode="lines",
            line={"width": 2.5, "color": role.on(theme), "dash": dash},
            hovertemplate=f"{name} = %{{y:.3f}} at z = %{{x:.2f}}<extra></extra>",
            name=name,
            **axes,
        )
    for name, role, at in (("a = g(z)", style.HIDDEN, 2.15), ("slope", style.GRADIENT, 1.6)):
        fig.add_scatter(
            x=[-3.8], y=[at], mode="text", text=[name], textposition="middle right",
            textfont={"size": 13, "color": role.on(theme)}, hoverinfo="skip", name=name, **axes,
        )  # fmt: skip


def function_of(trace: ActivationsTrace) -> tuple[Array, Array]:
    """The values and slopes of the activation that was used: (Z,) each."""
    chosen = trace.settings.activation
    if chosen == "identity":
        return trace.z, np.ones_like(trace.z)
    k = experiment.BENT.index(chosen)
    return trace.values[k], trace.slopes[k]


def _draw_losses(fig: go.Figure, trace: ActivationsTrace, theme: Theme) -> None:
    axes = {"xaxis": "x4", "yaxis": "y4"}
    colour = style.LOSS.on(theme)
    losses = trace.learnt.losses
    fig.add_scatter(
        x=np.arange(len(losses)), y=losses, mode="lines", line={"width": 1.5, "color": colour},
        opacity=0.5, hovertemplate="step %{x}: loss %{y:.3f}<extra></extra>", name="loss", **axes,
    )  # fmt: skip
    fig.add_scatter(
        mode="lines", line={"width": 3, "color": colour}, hoverinfo="skip", name="so far", **axes
    )
    fig.add_scatter(
        mode="markers",
        marker={"size": 12, "color": colour, "line": {"width": 1.5, "color": _ground(theme)}},
        hoverinfo="skip",
        name="now",
        **axes,
    )


def _ground(theme: Theme) -> str:
    return style.BACKGROUND.on(theme)


def _frame(trace: ActivationsTrace, k: int) -> dict[int, dict[str, Any]]:
    """What changes at moment k, by trace."""
    step = int(trace.moments[k])
    steps, losses = np.arange(step + 1.0), trace.learnt.losses[: step + 1]
    frame = frame_of(trace.fields[k].astype(np.float32), X, Y, FIELD)
    frame |= {
        MARK: _xy(trace.marked[None]),
        MESH: _xy(trace.mesh_places[k].astype(np.float32)),
        HIDDEN: _xy(trace.point_places[k][trace.y == 0]),
        HIDDEN + 1: _xy(trace.point_places[k][trace.y == 1]),
        MARK_HIDDEN: _xy(trace.marked_places[k][None]),
        SO_FAR: {"x": steps, "y": losses},
        DOT: {"x": steps[-1:], "y": losses[-1:]},
    }
    return frame


def _xy(places: Array) -> dict[str, Array]:
    return {"x": places[:, 0], "y": places[:, 1]}
