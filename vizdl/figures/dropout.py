"""Dropout, interactive: thinned networks on the plane, each unit's worth, the two losses."""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.dropout import SHARES, UNITS, DropoutTrace, X, Y
from vizdl.experiments.dropout_flow import COLUMNS, ROWS, flow, places, stems
from vizdl.figures.base import layout, playable
from vizdl.figures.field import add_field, add_points, frame_of, live_field
from vizdl.figures.live import Drag, Live, Pick, Texts, whole
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

FIELD, STEMS, NODES, LOSSES, HERE = 0, 4, 5, 6, 8
LIMIT = 6.0  # of the output: where the colour is full
INTERVAL = 600
STATES = (style.LOSS, style.GRID, style.HIDDEN)  # of a unit: taken away, left out, there

SENTENCE = words(
    (
        "step",
        "Thinned network {step:d}: {here.there:d} units are there, and {new.right:f1} % of new "
        "points are right.",
    ),
    (
        "here.gone",
        "The whole network without {here.gone:d} of its units: {new.right:f1} % of new points are "
        "right, of {right:f1} % with all.",
    ),
    "The whole network: all {here.there:d} units are there, and {new.right:f1} % of new points are "
    "right.",
)
WORTH = words("without it {lost[i]:f2} % of the new points are right no longer")
TABLE = (
    ("units that are there", words("{here.there:d}")),
    ("new points that are right", words("{new.right:f1} %")),
    ("loss on the points trained on", words("{losses[0]}")),
    ("loss on new points", words("{losses[1]}")),
    ("lost without the most needed unit", words("{stems.most:f1} percentage points")),
)


def figure(trace: DropoutTrace, theme: Theme = "light") -> go.Figure:
    """Draw the whole network, then thinned ones, one a frame."""
    fig = go.Figure(layout=_layout(theme))
    add_field(fig, trace.fields[0], X, Y, theme, limit=LIMIT, hover="output %{z:.2f}")
    add_points(fig, trace.x, trace.y, theme)
    _draw_units(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    right = float(trace.rights[trace.chosen])
    frames, labels = [], []
    for k, mask in enumerate(trace.masks):
        change = frame_of(trace.fields[k].astype(np.float32), X, Y, FIELD)
        frames.append(change | {NODES: {"marker": _marker(mask, theme)}})
        numbers = {
            "here.there": mask.sum(), "here.gone": 0, "right": right,
            "new.right": float(trace.thin_rights[k]), "step": k,
        }  # fmt: skip
        labels.append(SENTENCE.fill(numbers, step=k))
    return playable(fig, frames, labels, interval=INTERVAL, redraw=True)


def live(trace: DropoutTrace) -> Live:
    """On a page units are taken away by a click, and masks drawn one after the other."""
    feeds = live_field(FIELD, "plane.z", "line.zero")
    feeds |= {
        STEMS: {"y": whole("stems.y")},
        NODES: {
            "marker.color": Pick(STATES, whole("here.state")),
            "text": Texts(WORTH, over="lost"),
        },
        LOSSES: {"y": whole("curves.train")},
        LOSSES + 1: {"y": whole("curves.new")},
        HERE: {"x": whole("chosen.x"), "y": whole("losses")},
    }
    return Live(
        flow=flow(trace),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        drags=(Drag("unit", NODES, toggles="keep"),),
    )


def _marker(mask: Array, theme: Theme) -> dict[str, Any]:
    """The units as a mask (UNITS,) leaves them."""
    return {
        "size": 17,
        "color": [STATES[1 + int(kept)].on(theme) for kept in mask],
        "line": {"width": 1.5, "color": style.MUTED.on(theme)},
    }


def _layout(theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False}
    hidden: dict[str, Any] = {**plain, "showticklabels": False}
    made = layout(
        theme,
        aspect=1.9,
        narrow_aspect=0.45,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.56, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.22, 0.49],
            "xaxis3.domain": [0, 1],
            "yaxis3.domain": [0, 0.12],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis={**plain, "title": {"text": "x₁"}, "range": list(X), "domain": [0, 0.46],
               "constrain": "domain"},
        yaxis={**plain, "title": {"text": "x₂"}, "range": list(Y), "scaleanchor": "x",
               "constrain": "domain", "constraintoward": "top"},
        xaxis2={**hidden, "title": {"text": "hidden units: click to remove one"},
                "range": [-0.6, COLUMNS - 0.4], "domain": [0.52, 1], "anchor": "y2"},
        yaxis2={**hidden, "range": [-0.4, ROWS - 0.1], "domain": [0.46, 1], "anchor": "x2"},
        xaxis3={"title": {"text": "units dropped in training, %"}, "range": [-5, 65],
                "domain": [0.55, 1], "anchor": "y3", "zeroline": False,
                "tickvals": list(SHARES)},
        yaxis3={"title": {"text": "loss"}, "range": [-0.07, 0.7], "domain": [0, 0.3],
                "anchor": "x3", "zeroline": False},
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


def _draw_units(fig: go.Figure, trace: DropoutTrace, theme: Theme) -> None:
    """A stem for each unit, as high as the accuracy that is lost without it, and the unit."""
    axes: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    lost = trace.lost[trace.chosen]
    at = places()
    fig.add_scatter(
        x=np.stack([at[:, 0], at[:, 0], np.full(UNITS, np.nan)], axis=1).ravel(),
        y=stems(lost),
        mode="lines",
        line={"width": 9, "color": style.LOSS.on(theme)},
        hoverinfo="skip",
        name="lost",
        **axes,
    )
    fig.add_scatter(
        x=at[:, 0],
        y=at[:, 1],
        mode="markers",
        marker=_marker(trace.masks[0], theme),
        text=[WORTH.fill({"lost": lost}, i=k) for k in range(UNITS)],
        hovertemplate="%{text}<extra></extra>",
        name="units",
        **axes,
    )


def _draw_losses(fig: go.Figure, trace: DropoutTrace, theme: Theme) -> None:
    """The loss on the points trained on and on new ones, for every share; the one at hand."""
    axes: dict[str, Any] = {"xaxis": "x3", "yaxis": "y3"}
    for name, values, role, dash in (
        ("points trained on", trace.train_losses, style.MUTED, "dash"),
        ("new points", trace.test_losses, style.LOSS, "solid"),
    ):
        fig.add_scatter(
            x=trace.shares,
            y=values,
            mode="lines+markers",
            line={"width": 2, "color": role.on(theme), "dash": dash},
            marker={"size": 7, "color": role.on(theme)},
            hovertemplate=f"{name}: loss %{{y:.3f}} with %{{x}} % dropped<extra></extra>",
            name=name,
            **axes,
        )
    fig.add_scatter(
        x=[trace.settings.drop] * 2,
        y=[trace.train_losses[trace.chosen], trace.test_losses[trace.chosen]],
        mode="markers",
        marker={"symbol": "circle-open", "size": 17, "color": style.INK.on(theme),
                "line": {"width": 2.5}},
        hoverinfo="skip",
        name="this network",
        **axes,
    )  # fmt: skip
    for name, y, role in (
        ("new points", 0.6, style.LOSS),
        ("points trained on", 0.04, style.MUTED),
    ):
        fig.add_scatter(
            x=[64], y=[y], mode="text", text=[name], textposition="middle left",
            textfont={"size": 13, "color": role.on(theme)}, hoverinfo="skip", name=name, **axes,
        )  # fmt: skip
