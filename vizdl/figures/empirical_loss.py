"""The students on the plane of what they did, what the model says there, and a loss for each.

Frame k counts the loss of one student after another; the last one has the mean. The bars that are
counted are bright, and the line across them stands at the sum so far, divided by their number.

On a page the reader moves the weights, trains them, and clicks a student: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import data, style
from vizdl.experiments import empirical_loss as experiment
from vizdl.experiments.empirical_loss import (
    FULL,
    HOURS,
    KINDS,
    LECTURES,
    SEEDS,
    STUDENTS,
    EmpiricalLossTrace,
    Kind,
    field,
)
from vizdl.experiments.live import Run, Table
from vizdl.figures.base import Change, layout, playable
from vizdl.figures.field import add_field, add_points, live_field, live_points
from vizdl.figures.live import Live, Take, Texts, now, whole
from vizdl.figures.pairs import pair, rows
from vizdl.figures.words import named, words
from vizdl.style import Theme

Array = NDArray[np.float64]

ROOM = {"cross-entropy": 6.0, "squared error": 1.12}  # of the axis of losses, if it is enough
HALF = 0.36  # of a bar's width
# The traces: the field and its line, the points of two classes, then
STANDING, RING, AHEAD, COUNTED, CHOSEN, TOPS, MEAN, LEVEL = range(4, 12)

_GAVE = "and the model gave that a probability of {now.truth[step]}: "
_SO_FAR = " = {now.loss[step]}. The sum so far is {now.sums[step]}."
_COSTS = {
    "log": "the loss is −log {now.truth[step]}",
    "square": "the loss is (1 − {now.truth[step]})²",
}
SENTENCE = words(
    (
        "not left",
        f"The {STUDENTS} losses add up to {{now.total}}. Divided by {STUDENTS}, that is the "
        "empirical loss: {now.mean}.",
    ),
    *(
        (
            f"drawn.{happened}_{kind}[step]",
            f"Student {{drawn.number[step]:d}} {happened}, {_GAVE}{cost}{_SO_FAR}",
        )
        for happened in ("passed", "failed")
        for kind, cost in _COSTS.items()
    ),
)
_DID = "{x[i,0]:d} lectures, {x[i,1]:d} hours<br>"
_SCORE = (
    "score {now.model[0]:g3()} · {x[i,0]:d} + {now.model[1]:g3()} · {x[i,1]:d} + "
    "{now.model[2]:g3()} = {now.logit[i]}<br>"
)
_COST = {
    "log": "loss −log {now.truth[i]} = {now.loss[i]}<br>",
    "square": "loss (1 − {now.truth[i]})² = {now.loss[i]}<br>",
}
STORY = words(
    *(
        (
            f"drawn.{happened}_{kind}[i]",
            f"<b>student {{drawn.number[i]:d}} {happened}</b><br>{_DID}{_SCORE}"
            f"so the model gives {doing} {{now.truth[i]}}<br>{cost}"
            "{now.share[i]:n2}% of all the loss",
        )
        for happened, doing in (("passed", "passing"), ("failed", "failing"))
        for kind, cost in _COST.items()
    )
)
AMOUNT = words("{now.loss[i]:f2}")
SUM = words(("left", f"dashed: the sum so far ÷ {STUDENTS}"), "dashed: the mean, {now.mean}")
TABLE = (
    ("weight of a lecture", words("{now.model[0]:n4}")),
    ("weight of an hour", words("{now.model[1]:n4}")),
    ("bias", words("{now.model[2]:n4}")),
    ("sum of the losses", words("{now.total:n6}")),
    ("empirical loss", words("{now.mean:n6}")),
)


def figure(trace: EmpiricalLossTrace, theme: Theme = "light") -> go.Figure:
    """Draw the students and their losses; frame k counts in student k, the last one is the mean."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    add_field(fig, field(numbers["now.model"])["z"], LECTURES, HOURS, theme, limit=FULL, hover="")
    add_points(fig, trace.x, trace.y, theme, size=11, names=("failed", "passed"))
    _draw_students(fig, trace, numbers, theme)
    _draw_losses(fig, numbers, theme)
    moments = range(STUDENTS + 1)
    return playable(
        fig,
        [_frame(trace, numbers, k) for k in moments],
        [SENTENCE.fill({**numbers, "left": STUDENTS - k}, step=k) for k in moments],
        interval=700,
        start=STUDENTS,
    )


def live(trace: EmpiricalLossTrace) -> Live:
    """On a page every weight moves all the bars, and a click tells a student's arithmetic."""
    flow = experiment.flow(trace)
    classes = {seed: data.students(STUDENTS, seed=seed) for seed in range(SEEDS)}
    tables = tuple(
        Table(name, ("seed",), {s: each.x[each.y == k] for s, each in classes.items()}, exact=True)
        for k, name in enumerate(("failed", "passed"))
    )
    runs = (
        Run("plane", field, {"model": "now.model"}),
        Run(
            "drawn",
            {kind: partial(drawn, kind=kind) for kind in KINDS},
            {"loss": "now.loss", "sums": "now.sums", "y": "y", "step": "step"},
            by="loss",
        ),
    )
    story = Texts(STORY, over="y")
    return Live(
        flow=replace(flow, sources=(*flow.sources, *tables), runs=(*flow.runs, *runs)),
        feeds={
            **live_field(0, "plane.z", "plane.zero"),
            **live_points(2, "failed", "passed"),
            STANDING: {"x": whole("x", 0), "y": whole("x", 1), "text": story},
            RING: {"x": now("x", 0), "y": now("x", 1)},
            AHEAD: pair("drawn.across", "drawn.ahead"),
            COUNTED: pair("drawn.across", "drawn.counted"),
            CHOSEN: rows("drawn.frame"),
            TOPS: {
                "x": whole("drawn.number"),
                "y": whole("now.loss"),
                "text": Texts(AMOUNT, over="y"),
                "hovertext": story,
            },
            MEAN: {"y": whole("drawn.level")},
            LEVEL: {"y": Take("drawn.range", 1, 1), "text": Texts(SUM)},
        },
        layout={"yaxis2.range": whole("drawn.range")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={STANDING: "", TOPS: ""},
        start=STUDENTS,
    )


# In Python as on a page


def drawn(loss: Any, sums: Any, y: Any, step: Any, kind: Kind) -> dict[str, Any]:
    """Where the bars stand, which of them are counted by now, and how high the line lies."""
    number = np.arange(STUDENTS) + 1.0
    counted = number <= step + 1
    here = number == step + 1
    at, tall = (anp.sum(anp.where(here, values, 0.0)) for values in (number, loss))
    level = anp.where(step < STUDENTS, anp.sum(anp.where(here, sums, 0.0)), sums[-1]) / STUDENTS
    log = 1.0 if kind == "cross-entropy" else 0.0
    passed = anp.where(y > 0.5, 1.0, 0.0)
    across = number[:, None] + HALF * np.array([-1, -1, 1, 1, np.nan])
    side = anp.where(step < STUDENTS, HALF, 0.0)
    return {
        "number": number + 0.0 * loss,
        "across": np.ravel(across) + 0.0 * sums[-1],
        "ahead": _bars(anp.where(counted, 0.0, loss)),
        "counted": _bars(anp.where(counted, loss, 0.0)),
        "frame": anp.stack(
            [
                anp.stack([at - side, at - side, at + side, at + side, at - side]),
                anp.stack([0 * tall, tall, tall, 0 * tall, 0 * tall]),
            ]
        ),
        "level": anp.stack([level, level]),
        "range": anp.stack([0 * tall, anp.maximum(1.12 * anp.max(loss), ROOM[kind])]),
        "passed_log": log * passed,
        "passed_square": (1 - log) * passed,
        "failed_log": log * (1 - passed),
        "failed_square": (1 - log) * (1 - passed),
    }


def _bars(heights: Any) -> Any:
    """The heights (N,) as outlines, each of four corners and a gap: (5 N,)."""
    corners = np.array([0.0, 1.0, 1.0, 0.0, np.nan])
    return anp.reshape(heights[:, None] * corners, (-1,))


def _numbers(trace: EmpiricalLossTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    row = trace.settings.steps
    told = experiment.tally(
        trace.weights[row], trace.scores[row], trace.given[row], trace.each[row]
    )
    made = drawn(told["loss"], told["sums"], trace.y, STUDENTS, trace.settings.loss)
    return {
        "x": trace.x,
        "y": trace.y,
        **named(now=told, drawn=made),
    }


def _layout(trace: EmpiricalLossTrace, theme: Theme) -> go.Layout:
    row = trace.settings.steps
    top = max(1.12 * float(trace.each[row].max()), ROOM[trace.settings.loss])
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False}
    return layout(
        theme,
        aspect=1.85,
        narrow_aspect=0.62,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.57, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0, 0.42],
        },
        hoverdistance=30,
        legend={"itemclick": False, "itemdoubleclick": False},
        xaxis={
            **plain,
            "title": {"text": "lectures attended"},
            "range": list(LECTURES),
            "domain": [0, 0.42],
            "dtick": 3,
        },
        yaxis={**plain, "title": {"text": "hours on the project"}, "range": list(HOURS)},
        xaxis2={
            **plain,
            "title": {"text": "student"},
            "range": [0.4, STUDENTS + 0.6],
            "domain": [0.53, 1],
            "anchor": "y2",
            "dtick": 1,
        },
        yaxis2={"title": {"text": "loss"}, "range": [0, top], "anchor": "x2", "zeroline": False},
    )


def _draw_students(
    fig: go.Figure, trace: EmpiricalLossTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    fig.add_scatter(
        x=trace.x[:, 0],
        y=trace.x[:, 1],
        mode="markers",
        marker={"size": 26, "color": style.INK.on(theme)},
        opacity=0,  # what is pointed at and clicked
        text=[STORY.fill(numbers, i=k) for k in range(STUDENTS)],
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
    )
    fig.add_scatter(
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 26,
            "color": style.INK.on(theme),
            "line": {"width": 3},
        },
        hoverinfo="skip",
        showlegend=False,
    )


def _draw_losses(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    loss, ink = style.LOSS.on(theme), style.INK.on(theme)
    second: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2", "showlegend": False}
    for opacity in (0.35, 1.0):
        fig.add_scatter(
            mode="lines", fill="toself", fillcolor=loss, line={"width": 0, "color": loss},
            opacity=opacity, hoverinfo="skip", **second,
        )  # fmt: skip
    fig.add_scatter(mode="lines", line={"width": 3, "color": ink}, hoverinfo="skip", **second)
    fig.add_scatter(
        x=numbers["drawn.number"],
        y=numbers["now.loss"],
        mode="markers+text",
        marker={"size": 8, "color": loss, "opacity": 0},
        text=[AMOUNT.fill(numbers, i=k) for k in range(STUDENTS)],
        textposition="top center",
        textfont={"size": 12, "color": ink},
        hovertext=[STORY.fill(numbers, i=k) for k in range(STUDENTS)],
        hovertemplate="%{hovertext}<extra></extra>",
        cliponaxis=False,
        **second,
    )
    fig.add_scatter(
        x=[0.4, STUDENTS + 0.6], mode="lines", hoverinfo="skip",
        line={"width": 2.5, "color": style.GRADIENT.on(theme), "dash": "dash"}, **second,
    )  # fmt: skip
    fig.add_scatter(
        x=[STUDENTS + 0.6], mode="text", textposition="bottom left", hoverinfo="skip",
        textfont={"size": 14, "color": style.GRADIENT.on(theme)}, **second,
    )  # fmt: skip


def _frame(trace: EmpiricalLossTrace, numbers: dict[str, Any], k: int) -> dict[int, Change]:
    """What changes when student k is counted in, by trace."""
    made = drawn(numbers["now.loss"], numbers["now.sums"], trace.y, k, trace.settings.loss)
    chosen = trace.x[k : k + 1]
    return {
        RING: {"x": chosen[:, 0], "y": chosen[:, 1]},
        AHEAD: {"x": made["across"], "y": made["ahead"]},
        COUNTED: {"x": made["across"], "y": made["counted"]},
        CHOSEN: {"x": made["frame"][0], "y": made["frame"][1]},
        MEAN: {"y": made["level"]},
        LEVEL: {"y": made["range"][1:], "text": [SUM.fill({**numbers, "left": STUDENTS - k})]},
    }
