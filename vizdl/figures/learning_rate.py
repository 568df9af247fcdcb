"""Four learning rates from one start, step by step, and 400 of them at a glance.

Above, the ground with four balls on it, and their losses. Below, each of 400 rates stands as high
as the steps that it needs until it settles; its colour says how it ends, there and everywhere else.
Of the four rates one is the reader's own.

On a page the reader drags the start along the ground and the rate along the 400: `live`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import learning_rate as experiment
from vizdl.experiments.learning_rate import CHOSEN, COLOURS, FALSE, LIMITS, TRUE, LearningRateTrace
from vizdl.experiments.learning_rate_flow import flow
from vizdl.figures.axes import axis, panel
from vizdl.figures.base import layout, playable
from vizdl.figures.learning_rate_words import FATES, OUTCOMES, SENTENCE, STORIES, TABLE
from vizdl.figures.live import Along, Drag, Feed, Live, Pick, Take, Texts, now, upto, whole
from vizdl.figures.marks import add_ball, add_line
from vizdl.figures.pairs import pair, xy
from vizdl.figures.walks import SECOND, add_start
from vizdl.style import Theme

Array = NDArray[np.float64]

THIRD = panel(3)
RUNS = range(4)
WIDTHS = tuple(4.0 if k == CHOSEN else 2.5 for k in RUNS)
SIZES = tuple(16 if k == CHOSEN else 12 for k in RUNS)
# The traces, in the order in which they are drawn.
GROUND, MINIMA, BOUND, SWEEP, MARK = range(5)
TRAILS, LOSSES, SO_FAR, BALLS, DOTS = (range(5 + 4 * n, 9 + 4 * n) for n in range(5))
START = DOTS[-1] + 1


def figure(trace: LearningRateTrace, theme: Theme = "light") -> go.Figure:
    """Draw ground, losses and the 400 rates; frame k is the k-th step of the four runs."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    _draw_ground(fig, trace, theme)
    _draw_sweep(fig, trace, numbers, theme)
    _draw_runs(fig, trace, numbers, theme)
    _draw_names(fig, theme)
    steps = range(trace.settings.steps + 1)
    return playable(
        fig,
        [_frame(numbers, k) for k in steps],
        [SENTENCE.fill(_moment(numbers, k), step=k) for k in steps],
        interval=200,
    )


def live(trace: LearningRateTrace) -> Live:
    """On a page start and rate are dragged, and a click on one of the 400 rates takes it."""
    feeds: dict[int, dict[str, Feed]] = {
        SWEEP: {
            "y": whole("sweep.height"),
            "marker.color": Pick(COLOURS, whole("sweep.outcome")),
            "text": Texts(FATES, over="every.rate"),
        },
        BOUND: {"y": whole("axis.bounds")},
        MARK: {
            "x": whole("mine.rate"),
            "y": whole("mine.height"),
            "marker.color": Pick(COLOURS, whole("mine.outcome")),
        },
        START: pair("begin.w", "begin.loss"),
    }
    for k in RUNS:
        outcome = Take("verdict.outcome", k, k)
        line: dict[str, Feed] = {"line.color": Pick(COLOURS, outcome, single=True)}
        ball: dict[str, Feed] = {"marker.color": Pick(COLOURS, outcome)}
        story = Texts(STORIES[k], over="path.number")
        feeds |= {
            TRAILS[k]: {"x": upto("path.x", k), "y": upto("path.y", k), "text": story, **line},
            LOSSES[k]: {
                "x": whole("path.number"), "y": whole("path.y", k), "text": story, **line
            },
            SO_FAR[k]: {"x": upto("path.number"), "y": upto("path.y", k), **line},
            BALLS[k]: {"x": now("path.x", k), "y": now("path.y", k), **ball},
            DOTS[k]: {"x": now("path.number"), "y": now("path.y", k), **ball},
        }  # fmt: skip
    return Live(
        flow=flow(),
        feeds=feeds,
        layout={"xaxis2.range": whole("axis.step"), "yaxis3.range": whole("axis.sweep")},
        sentence=SENTENCE,
        table=TABLE,
        clicks=dict.fromkeys(LOSSES, ""),
        sets={SWEEP: ("learning_rate", "every.rate")},
        drags=(
            Drag("the start", START, x=Along("start")),
            Drag("the learning rate", MARK, x=Along("learning_rate", snap=0.001)),
        ),
    )


def _numbers(trace: LearningRateTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    steps, verdict, many = trace.settings.steps, trace.verdict, trace.sweep_verdict
    w = trace.runs.positions[..., 0]
    x, y = experiment.place(w, trace.runs.losses)
    kinds = np.arange(5)
    return {
        "learning_rate": trace.settings.learning_rate,
        "steps": steps,
        "rates.all": trace.rates,
        "path.w": w,
        "path.loss": trace.runs.losses,
        "path.x": x,
        "path.y": y,
        "path.number": np.arange(steps + 1.0),
        "verdict.is": verdict.outcome[:, None] == kinds,
        "verdict.settled": verdict.settled,
        "verdict.rises": verdict.rises,
        "every.rate": trace.sweep_rates,
        "sweep.is": many.outcome[:, None] == kinds,
        "sweep.settled": many.settled,
        "sweep.rises": many.rises,
        "sweep.height": experiment.height(many.settled, steps),
    }


def _moment(numbers: dict[str, Any], k: int) -> dict[str, Any]:
    return {**numbers, "here.lost": float(not np.isfinite(numbers["path.w"][k, CHOSEN]))}


def _layout(trace: LearningRateTrace, theme: Theme) -> go.Layout:
    steps = trace.settings.steps
    plain: dict[str, Any] = {"zeroline": False}
    bottom = float(trace.ground[1].min())
    losses = [bottom - 0.5, float(trace.ground[1].max()) + 0.4]
    ends = experiment.axes(steps)
    rates = np.log10(trace.sweep_rates[[0, -1]]) + np.array([-0.04, 0.04])
    return layout(
        theme,
        aspect=1.5,
        narrow_aspect=0.5,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.66, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.335, 0.565],
            "yaxis3.domain": [0, 0.2],
            "legend.font.size": 12,
        },
        legend={"itemclick": False, "itemdoubleclick": False},
        xaxis=axis("weight w", trace.ground[0, [0, -1]], [0, 0.5], "y", **plain),
        yaxis=axis("loss", losses, [0.47, 1], **plain),
        xaxis2=axis("step", ends["step"], [0.6, 1], "y2", **plain),
        yaxis2=axis("loss", losses, [0.47, 1], "x2", **plain),
        xaxis3=axis(
            "learning rate",
            rates,
            [0, 1],
            "y3",
            type="log",
            tickvals=[0.001, 0.01, 0.1, 1],
            ticktext=["0.001", "0.01", "0.1", "1"],
            **plain,
        ),
        yaxis3=axis("steps to settle", ends["sweep"], [0, 0.29], "x3", **plain),
    )


# What stands still


def _draw_ground(fig: go.Figure, trace: LearningRateTrace, theme: Theme) -> None:
    muted, ink = style.MUTED.on(theme), style.INK.on(theme)
    x, y = trace.ground
    add_line(fig, muted, width=2.5, x=x, y=y, name="loss", showlegend=False)
    w = trace.minima[:, 0]
    told = {TRUE: "the lowest minimum", FALSE: "the false minimum"}
    fig.add_scatter(
        x=w,
        y=experiment.GROUND.value(trace.minima),
        mode="markers",
        marker={"symbol": "circle-open", "size": 18, "color": ink, "line": {"width": 2}},
        text=[told[k] for k in range(len(w))],
        hovertemplate="%{text}: w = %{x:.3f}, loss %{y:.3f}<extra></extra>",
        name="minima",
        showlegend=False,
    )


def _draw_sweep(
    fig: go.Figure, trace: LearningRateTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    colours = [COLOURS[k].on(theme) for k in trace.sweep_verdict.outcome]
    ends = experiment.axes(trace.settings.steps)
    add_line(
        fig, style.INK.on(theme), x=np.insert(np.repeat(LIMITS[::-1], 2), 2, np.nan),
        y=ends["bounds"], width=1.5, dash="dash", name="2/L", showlegend=False, **THIRD,
    )  # fmt: skip
    fig.add_scatter(
        x=trace.sweep_rates,
        y=numbers["sweep.height"],
        mode="markers",
        marker={"size": 7, "color": colours},
        text=[FATES.fill(numbers, i=k) for k in range(len(colours))],
        hovertemplate="%{text}<extra></extra>",
        name="400 rates",
        showlegend=False,
        **THIRD,
    )
    mine = experiment.height(trace.verdict.settled[[CHOSEN]], trace.settings.steps)
    outcome = COLOURS[trace.verdict.outcome[CHOSEN]].on(theme)
    edge = {"width": 2, "color": style.INK.on(theme)}
    fig.add_scatter(
        x=trace.rates[[CHOSEN]],
        y=mine,
        mode="markers",
        marker={"size": 19, "symbol": "diamond", "color": [outcome], "line": edge},
        hoverinfo="skip",
        name="chosen rate",
        showlegend=False,
        **THIRD,
    )


def _draw_names(fig: go.Figure, theme: Theme) -> None:
    """The legend, and what the dashed line is."""
    for told, role in zip(OUTCOMES, COLOURS, strict=True):
        fig.add_scatter(
            x=[None], y=[None], mode="markers", marker={"size": 11, "color": role.on(theme)},
            name=told, hoverinfo="skip",
        )  # fmt: skip
    for limit, name, side, shift in zip(
        LIMITS, ("lowest", "false"), ("center", "right"), (0, 12), strict=True
    ):
        fig.add_annotation(
            text=f"2/L {name}", x=np.log10(limit), y=1.0, xref="x3", yref="y3 domain",
            showarrow=False, yanchor="bottom", xanchor=side, xshift=shift,
            font={"size": 12, "color": style.MUTED.on(theme)},
        )  # fmt: skip


# What moves


def _draw_runs(
    fig: go.Figure, trace: LearningRateTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    colours = [COLOURS[k].on(theme) for k in trace.verdict.outcome]
    stories = [
        [STORIES[k].fill(numbers, i=step) for step in range(trace.settings.steps + 1)] for k in RUNS
    ]
    hover: dict[str, Any] = {
        "mode": "lines+markers",
        "hoverinfo": None,
        "hovertemplate": "%{text}<extra></extra>",
        "showlegend": False,
    }
    for k in RUNS:
        marker = {"size": 5, "color": colours[k]}
        add_line(fig, colours[k], width=1.5, marker=marker, text=stories[k], name="run", **hover)
    for k in RUNS:
        add_line(
            fig, colours[k], x=numbers["path.number"], y=numbers["path.y"][:, k], width=1.2,
            text=stories[k], opacity=0.5, name="whole run",
            **{**hover, "mode": "lines"}, **SECOND,
        )  # fmt: skip
    for k in RUNS:
        add_line(fig, colours[k], width=WIDTHS[k], name="so far", showlegend=False, **SECOND)
    for axes in ({}, SECOND):
        for k in RUNS:
            add_ball(fig, colours[k], theme, size=SIZES[k], name="now", showlegend=False, **axes)
    at, height = numbers["path.x"][:1, CHOSEN], numbers["path.y"][:1, CHOSEN]
    add_start(fig, theme, x=at, y=height, showlegend=False)


def _frame(numbers: dict[str, Any], k: int) -> dict[int, dict[str, Array]]:
    """What changes at step k, by trace."""
    x, y, steps = numbers["path.x"], numbers["path.y"], numbers["path.number"]
    frame = {}
    for n in RUNS:
        frame[TRAILS[n]] = xy(x[: k + 1, n], y[: k + 1, n])
        frame[SO_FAR[n]] = xy(steps[: k + 1], y[: k + 1, n])
        frame[BALLS[n]] = xy(x[k : k + 1, n], y[k : k + 1, n])
        frame[DOTS[n]] = xy(steps[k : k + 1], y[k : k + 1, n])
    return frame
