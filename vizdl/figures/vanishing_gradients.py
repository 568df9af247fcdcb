"""What is left of a gradient on its way back, in a fan of other radii; what that costs.

Heights are powers of ten, on a linear axis, so that a page can send them in few bits. Beside the
walk stand the share of the weights' gradient that has been gathered on the way, and how well
networks recall that were trained over a delay. `live` says what a page computes anew.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.live import Table
from vizdl.experiments.vanishing_gradients import (
    ACTIVATIONS,
    LONGEST,
    RADII,
    VanishingGradientsTrace,
)
from vizdl.experiments.vanishing_gradients_flow import along, flow
from vizdl.figures.axes import axis, panel
from vizdl.figures.base import Change, playable
from vizdl.figures.live import Live, Take, whole
from vizdl.figures.marks import add_line, add_words
from vizdl.figures.pairs import pair
from vizdl.figures.ways_back import PERCENT, RIGHT, THIRD, UPPER, add_guess, panels
from vizdl.figures.words import named, words
from vizdl.style import Theme

Array = NDArray[np.float64]

LOWEST, HIGHEST = -12.0, 11.0  # powers of ten that are shown
FURTHEST = 32  # how far the axis of delays goes
APART = 1.3  # of two tags, in powers of ten
NAMED = (0, 3, 5, 7, 10)  # of the radii, those with their number beside the curve
FIRST_FAN = 0
NAMES = len(RADII)
RULE, WAY, CUT, BALL, GATHERED, SHARE, NETWORKS, MEAN, GUESS = range(NAMES + 1, NAMES + 10)

SENTENCE = words(
    ("not step", "At the last state the gradient is whole: its norm is {back.norm[left]:n2}."),
    (
        "walk.more[left]",
        "Step {step:d} back: the gradient is {walk.left[left]:n3} times as large as at the last "
        "state. The radius to that power is {walk.rule[left]:n3}.",
    ),
    "Step {step:d} back: {walk.percent[left]:n2}% of the gradient is left. The radius to that "
    "power is {walk.rule_percent[left]:n2}%. From the states passed so far come "
    "{walk.share[left]:n3}% of the weights' gradient.",
)
TABLE = (
    ("Factor of a step back, fitted, at the radii 0.5, 0.8, 1, 1.2 and 1.5", words(
        ", ".join(f"{{factors[{row}]:f3}}" for row in NAMED))),
    ("Norm of the gradient of all weights", words("{step.norm:n3}")),
    ("After clipping", words(
        ("step.acts", "{step.kept:n3}: it was multiplied by {step.cut:n2}"),
        "{step.kept:n3}: it was short enough")),
    ("Loss before a step along it", words("{loss.value:n3}")),
    ("Loss after the step, not clipped", words("{plain_loss.value:n3}")),
    ("Loss after the step, clipped", words("{clipped_loss.value:n3}")),
)  # fmt: skip


def figure(trace: VanishingGradientsTrace, theme: Theme = "light") -> go.Figure:
    """Draw the walk back; frame k is the state k steps before the last."""
    numbers = _numbers(trace)
    fig = go.Figure(layout=_layout(theme))
    _draw_fan(fig, numbers, theme)
    _draw_walk(fig, numbers, theme)
    _draw_gathered(fig, numbers, theme)
    _draw_recall(fig, trace, theme)
    steps = len(trace.left)
    return playable(
        fig,
        [_frame(numbers, k) for k in range(steps)],
        [SENTENCE.fill(numbers, step=k, left=steps - 1 - k) for k in range(steps)],
        interval=150,
        start=steps - 1,
    )


def live(trace: VanishingGradientsTrace) -> Live:
    """On a page the radius, the activation, the length and the clipping are changed."""
    way = Take("back.away", "left")
    feeds: dict[int, Any] = {
        FIRST_FAN + row: {"y": Take("fan", row, row)} for row in range(len(RADII))
    }
    tags = {kind: tagged(np.log10(trace.fan[row])) for row, kind in enumerate(ACTIVATIONS)}
    feeds[NAMES] = {"x": whole("tags", 0), "y": whole("tags", 1)}
    feeds[RULE] = pair("back.away", "walk.rule_power")
    feeds[WAY] = {"x": way, "y": Take("walk.power", "left")}
    feeds[CUT] = {"x": way, "y": Take("walk.cut_power", "left")}
    feeds[BALL] = {"x": Take("back.away", "left", "left"), "y": Take("walk.power", "left", "left")}
    feeds[GATHERED] = {"x": way, "y": Take("walk.share", "left")}
    feeds[SHARE] = {"x": Take("back.away", "left", "left"), "y": Take("walk.share", "left", "left")}
    declared = flow(trace)
    return Live(
        flow=replace(declared, sources=(*declared.sources, Table("tags", ("activation",), tags))),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        start=len(trace.left) - 1,
    )


def _numbers(trace: VanishingGradientsTrace) -> dict[str, Any]:
    """The numbers of the trace by the names that a page has for them, the last state last."""
    settings = trace.settings
    T = len(trace.left)
    cut = min(1.0, settings.clip / trace.gradient_norm)
    row = 0 if settings.activation == "tanh" else 1
    fan = np.log10(trace.fan[row])
    away = np.arange(T)[::-1].astype(float)
    walked = along(
        trace.norms[::-1], np.cumsum(trace.shares)[::-1], away, trace.norms[0],
        trace.shares.sum(), settings.radius, cut,
    )  # fmt: skip
    return {
        "fan": fan,
        "tags": tagged(fan),
        "factors": trace.factors[row],
        "back.away": away,
        "back.norm": trace.norms[::-1],
        **named(walk=walked),
        "step.norm": trace.gradient_norm,
        "step.cut": cut,
        "step.kept": trace.clipped_norm,
        "step.acts": float(cut < 1),
        "loss.value": trace.stepped[0],
        "plain_loss.value": trace.stepped[1],
        "clipped_loss.value": trace.stepped[2],
    }


def tagged(fan: Array) -> Array:
    """Where the number of each radius in `NAMED` stands, x and y: (N, 2).

    Behind the end of its curve, or where that leaves the picture; two are kept apart.
    """
    places = np.zeros((len(NAMED), 2))
    for row, radius in enumerate(NAMED):
        seen = np.flatnonzero(fan[radius] > LOWEST + 0.5)
        last = int(seen[-1])
        places[row] = last + 0.5, fan[radius, last]
    for row in range(1, len(NAMED)):
        below, here = places[row - 1], places[row]
        if abs(here[0] - below[0]) < 6:
            here[1] = max(here[1], below[1] + APART)
    return places


def _layout(theme: Theme) -> go.Layout:
    return panels(
        theme,
        back=64,
        powers=(LOWEST, HIGHEST),
        ticks=np.arange(LOWEST, HIGHEST, 4),
        beside={
            "title": "states gathered: share of the sum",
            "xaxis2": axis("last states gathered", [0, LONGEST], RIGHT, "y2"),
            "yaxis2": axis("of the weights' gradient", [0, 104], UPPER, "x2", **PERCENT),
        },
        delays=(FURTHEST, 106),
        top=56,
    )


def _draw_fan(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    muted = style.MUTED.on(theme)
    for row, radius in enumerate(RADII):
        fig.add_scatter(
            x=np.arange(LONGEST), y=numbers["fan"][row], mode="lines", opacity=0.55,
            line={"color": muted, "width": 1}, name="other radii", showlegend=row == 0,
            hovertemplate=f"radius {radius:g}<extra></extra>",
        )  # fmt: skip
    x, y = numbers["tags"].T
    add_words(
        fig, muted, at="middle right", x=x, y=y, cliponaxis=False, showlegend=False,
        text=[number(float(RADII[row]), 2) for row in NAMED],
    )  # fmt: skip


def _draw_walk(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    gradient, ink = style.GRADIENT.on(theme), style.INK.on(theme)
    add_line(
        fig, ink, width=1.5, dash="dash", x=numbers["back.away"], y=numbers["walk.rule_power"],
        name="radius to the k",
    )  # fmt: skip
    add_line(fig, gradient, width=4, name="the gradient")
    add_line(fig, style.LOSS.on(theme), width=2, dash="dot", name="clipped")
    fig.add_scatter(
        mode="markers", showlegend=False, marker={"color": ink, "size": 11}, hoverinfo="skip",
        cliponaxis=False,
    )  # fmt: skip


def _draw_gathered(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    axes: dict[str, Any] = {**panel(2), "showlegend": False}
    add_line(fig, style.WEIGHT.on(theme), **axes)
    fig.add_scatter(
        mode="markers", marker={"color": style.INK.on(theme), "size": 11}, cliponaxis=False,
        hoverinfo="skip", **axes,
    )  # fmt: skip


def _draw_recall(fig: go.Figure, trace: VanishingGradientsTrace, theme: Theme) -> None:
    hidden = style.HIDDEN.on(theme)
    seeds = len(trace.recall.T)
    fig.add_scatter(
        x=np.repeat(trace.delays, seeds), y=100 * trace.recall.ravel(), mode="markers",
        marker={"color": hidden, "size": 7, "symbol": "circle-open", "line": {"width": 2}},
        cliponaxis=False,
        hovertemplate="a network trained over %{x} steps: %{y:.0f}%<extra></extra>", **THIRD,
    )  # fmt: skip
    add_line(fig, hidden, x=trace.delays, y=100 * trace.recall.mean(axis=1), **THIRD)
    add_guess(fig, FURTHEST, theme)


def _frame(numbers: dict[str, Any], k: int) -> dict[int, Change]:
    """The walk up to k steps back."""
    last = len(numbers["back.away"]) - 1
    row = last - k
    away = numbers["back.away"]
    return {
        WAY: {"x": away[row:], "y": numbers["walk.power"][row:]},
        CUT: {"x": away[row:], "y": numbers["walk.cut_power"][row:]},
        BALL: {"x": away[row : row + 1], "y": numbers["walk.power"][row : row + 1]},
        GATHERED: {"x": away[row:], "y": numbers["walk.share"][row:]},
        SHARE: {"x": away[row : row + 1], "y": numbers["walk.share"][row : row + 1]},
    }
