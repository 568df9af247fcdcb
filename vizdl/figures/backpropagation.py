"""The chain forward and back on top; below it the nudge, and what its ratio tends to.

The moments walk forward from x to the loss J, then back: the derivative with respect to the output,
the second weight, the value between, the first weight. The last one shifts both weights.

On a page the reader moves weights, target and nudge, and points at the nodes: `live`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import backpropagation_flow as chained
from vizdl.experiments.backpropagation import (
    AROUND,
    NUDGES,
    BackpropagationTrace,
)
from vizdl.experiments.backpropagation_flow import MOMENTS
from vizdl.experiments.live import Run
from vizdl.figures.backpropagation_places import (
    DROP,
    NODES_AT,
    STATIONS,
    TITLES,
    TRIED_NEEDS,
    WEIGHTS_AT,
    drawn,
    seen,
)
from vizdl.figures.backpropagation_words import (
    AT_WEIGHT,
    GRADIENT,
    NUDGED,
    SENTENCE,
    STORY,
    TABLE,
    TARGET,
    VALUE,
    WEIGHT,
    WEIGHT_STORY,
)
from vizdl.figures.base import Change, layout, playable
from vizdl.figures.live import Feed, Live, Pick, Texts, whole
from vizdl.figures.pairs import pair, rows
from vizdl.figures.words import Words, named
from vizdl.style import Theme

Array = NDArray[np.float64]

NAMES = ("x", "z", "ŷ", "J")
ALL = MOMENTS - 2  # the moment at which every derivative is known
# The traces, in the order in which they are drawn.
(
    EDGES, FORWARD, BACK, NODES, RING, VALUES, WEIGHTS, GRADIENTS, AT_WEIGHTS, GOAL,
    CURVE, TANGENT, SECANT, TRIED, RATIOS, LIMIT, NOW, RATIO, KNOBS,
) = range(19)  # fmt: skip


def figure(trace: BackpropagationTrace, theme: Theme = "light") -> go.Figure:
    """Draw chain and nudges; the moments go forward, then back, and the last shifts the weights."""
    numbers = _numbers(trace)
    fig = go.Figure(layout=_layout(numbers, theme))
    _draw_chain(fig, numbers, theme)
    _draw_nudges(fig, numbers, theme)
    moments = [_moment(numbers, k) for k in range(MOMENTS)]
    return playable(
        fig,
        [_frame(moment) for moment in moments],
        [SENTENCE.fill(moment) for moment in moments],
        interval=900,
        start=ALL,
    )


def live(trace: BackpropagationTrace) -> Live:
    """On a page every weight moves all the numbers, and a node tells what it knows."""
    flow = chained.flow()
    given = {
        "values": "chain.values", "after": "shift.after",
        "old": "shift.weights", "new": "shift.new",
    }  # fmt: skip
    runs = (
        Run("seen", seen, {"step": "step", **given}),
        Run("drawn", drawn, {n: f"try.{n}" for n in TRIED_NEEDS} | {"nudge": "nudge"}),
    )
    feeds: dict[int, Mapping[str, Feed]] = {
        FORWARD: rows("seen.forward"),
        BACK: rows("seen.way"),
        NODES: {"hovertext": Texts(STORY, over="chain.values")},
        RING: rows("seen.ring"),
        VALUES: {"text": Texts(VALUE, over="chain.values")},
        WEIGHTS: {"text": Texts(WEIGHT, over="shift.new")},
        KNOBS: {"hovertext": Texts(WEIGHT_STORY, over="shift.new")},
        GRADIENTS: {"text": Texts(GRADIENT, over="seen.back")},
        AT_WEIGHTS: {"text": Texts(AT_WEIGHT, over="seen.at_weight")},
        GOAL: {"text": Texts(TARGET)},
        CURVE: {"y": whole("try.curve")},
        TANGENT: rows("drawn.tangent"),
        SECANT: rows("drawn.secant"),
        TRIED: rows("drawn.points"),
        RATIOS: {"y": whole("try.ratios")},
        LIMIT: {"y": whole("drawn.limit")},
        NOW: pair("drawn.across", "drawn.up"),
        RATIO: {**pair("drawn.across", "drawn.up"), "text": Texts(NUDGED)},
    }
    return Live(
        flow=replace(flow, runs=(*flow.runs, *runs)),
        feeds=feeds,
        layout={
            "xaxis2.title.text": Pick(TITLES, whole("drawn.which"), single=True),
            "yaxis2.range": whole("drawn.heights"),
            "yaxis3.range": whole("drawn.span"),
        },
        sentence=SENTENCE,
        table=TABLE,
        clicks={NODES: "seen.to_node", KNOBS: "seen.to_weight"},
        start=ALL,
    )


def _numbers(trace: BackpropagationTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    settings = trace.settings
    w1, w2, y = settings.w1, settings.w2, settings.target
    made = {
        "chain": {"values": trace.values, "local": trace.local, "products": trace.products},
        "shift": chained.shift(w1, w2, y, trace.products, settings.learning_rate),
        "try": (chained.nudge_first if settings.nudged == "w1" else chained.nudge_second)(
            w1, w2, y, settings.nudge, trace.products
        ),
    }
    made["drawn"] = drawn(**{n: made["try"][n] for n in TRIED_NEEDS}, nudge=settings.nudge)
    return {
        **{name: getattr(settings, name) for name in ("w1", "w2", "target", "nudge")},
        **named(**made),
    }


def _moment(numbers: dict[str, Any], k: int) -> dict[str, Any]:
    told = seen(
        k, numbers["chain.values"], numbers["shift.after"],
        numbers["shift.weights"], numbers["shift.new"],
    )  # fmt: skip
    return numbers | named(seen=told)


def _frame(moment: dict[str, Any]) -> dict[int, Change]:
    """What changes at a moment, by trace."""

    def texts(said: Words, count: int) -> dict[str, Any]:
        return {"text": [said.fill(moment, i=i) for i in range(count)]}

    return {
        **{
            trace: dict(zip("xy", moment[f"seen.{name}"], strict=True))
            for trace, name in ((FORWARD, "forward"), (BACK, "way"), (RING, "ring"))
        },
        VALUES: texts(VALUE, 4),
        WEIGHTS: texts(WEIGHT, 2),
        GRADIENTS: texts(GRADIENT, 2),
        AT_WEIGHTS: texts(AT_WEIGHT, 2),
    }


def _layout(numbers: dict[str, Any], theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False, "visible": False}
    made = layout(
        theme,
        aspect=1.6,
        narrow_aspect=0.62,
        narrow={
            "yaxis.domain": [0.66, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.37, 0.62],
            "xaxis3.domain": [0, 1],
            "yaxis3.domain": [0, 0.24],
        },
        showlegend=False,
        hoverdistance=30,
        xaxis={**plain, "range": [0, 10], "domain": [0, 1]},
        yaxis={**plain, "range": [-2.2, 1.6], "domain": [0.47, 1]},
        xaxis2={
            "title": {"text": TITLES[int(numbers["try.second"])]},
            "range": [AROUND[0], AROUND[-1]],
            "domain": [0, 0.42],
            "anchor": "y2",
            "zeroline": False,
        },
        yaxis2={
            "title": {"text": "loss J"},
            "range": list(numbers["drawn.heights"]),
            "domain": [0, 0.42],
            "anchor": "x2",
            "zeroline": False,
        },
        xaxis3={
            "title": {"text": "nudge"},
            "type": "log",
            "range": [0.15, -5.15],
            "dtick": 1,
            "exponentformat": "power",
            "domain": [0.57, 1],
            "anchor": "y3",
            "zeroline": False,
        },
        yaxis3={
            "title": {"text": "change of J ÷ nudge"},
            "range": list(numbers["drawn.span"]),
            "domain": [0, 0.42],
            "anchor": "x3",
            "zeroline": False,
        },
    )
    made.margin.t = 12  # there is no legend
    return made


def _draw_chain(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    moment = _moment(numbers, ALL)
    ink, muted, gradient = (role.on(theme) for role in (style.INK, style.MUTED, style.GRADIENT))
    colours = [role.on(theme) for role in (style.DATA, style.HIDDEN, style.POSITIVE, style.LOSS)]
    quiet: dict[str, Any] = {"hoverinfo": "skip"}
    for colour, width in ((style.GRID.on(theme), 3), (style.HIDDEN.on(theme), 5)):
        fig.add_scatter(
            x=NODES_AT, y=np.zeros(4), mode="lines", line={"width": width, "color": colour}, **quiet
        )
    fig.add_scatter(
        x=STATIONS[0], y=STATIONS[1], mode="lines", line={"width": 5, "color": gradient}, **quiet
    )
    fig.add_scatter(
        x=NODES_AT,
        y=np.zeros(4),
        mode="markers+text",
        marker={"size": 40, "color": style.SURFACE.on(theme), "opacity": 1,
                "line": {"width": 3, "color": colours}},
        text=NAMES,
        textfont={"size": 17, "color": ink},
        hovertext=[STORY.fill(moment, i=k) for k in range(4)],
        hovertemplate="%{hovertext}<extra></extra>",
    )  # fmt: skip
    fig.add_scatter(
        mode="markers",
        marker={"symbol": "circle-open", "size": 46, "color": ink, "line": {"width": 3}},
        **quiet,
    )
    for x, height, colour in (
        (NODES_AT, [0.8] * 4, ink),
        (WEIGHTS_AT, [1.35] * 2, style.WEIGHT.on(theme)),
        ([NODES_AT[1], 0.5 * (WEIGHTS_AT[1] + NODES_AT[3])], [-0.85] * 2, gradient),
        (WEIGHTS_AT, [DROP[0] - 0.25, DROP[1] - 0.25], gradient),
        (NODES_AT[3:], [1.35], muted),
    ):
        fig.add_scatter(
            x=x, y=height, mode="text", textfont={"size": 12, "color": colour}, cliponaxis=False,
            **quiet,
        )  # fmt: skip
    fig.data[GOAL].text = [TARGET.fill(numbers)]


def _draw_nudges(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    ink, muted, gradient, loss = (
        role.on(theme) for role in (style.INK, style.MUTED, style.GRADIENT, style.LOSS)
    )
    second: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}
    third: dict[str, Any] = {"xaxis": "x3", "yaxis": "y3"}
    fig.add_scatter(
        x=AROUND, y=numbers["try.curve"], mode="lines", line={"width": 3, "color": loss}, **second
    )
    for name, colour, dash in (("tangent", gradient, "dash"), ("secant", ink, "solid")):
        x, y = numbers[f"drawn.{name}"]
        fig.add_scatter(
            x=x, y=y, mode="lines", line={"width": 2, "color": colour, "dash": dash}, **second
        )
    x, y = numbers["drawn.points"]
    edge = {"width": 1.5, "color": style.BACKGROUND.on(theme)}
    fig.add_scatter(
        x=x, y=y, mode="markers", marker={"size": 11, "color": ink, "line": edge}, **second
    )
    fig.add_scatter(
        x=NUDGES, y=numbers["try.ratios"], mode="lines+markers",
        line={"width": 2, "color": muted}, marker={"size": 5, "color": muted},
        hovertemplate="nudge %{x:.2g}: ratio %{y:.6f}<extra></extra>", **third,
    )  # fmt: skip
    fig.add_scatter(
        x=[10**0.15, 10**-5.15], y=numbers["drawn.limit"], mode="lines",
        line={"width": 2, "color": gradient, "dash": "dash"},
        hovertemplate="the derivative, by the chain rule: %{y:.6f}<extra></extra>", **third,
    )  # fmt: skip
    at = {"x": numbers["drawn.across"], "y": numbers["drawn.up"]}
    fig.add_scatter(
        **at, mode="markers", marker={"size": 12, "color": ink, "line": edge}, hoverinfo="skip",
        **third,
    )  # fmt: skip
    fig.add_scatter(
        **at, mode="text", text=[NUDGED.fill(numbers)], textposition="top right",
        textfont={"size": 13, "color": ink}, hoverinfo="skip", cliponaxis=False, **third,
    )  # fmt: skip
    moment = _moment(numbers, ALL)
    fig.add_scatter(
        x=WEIGHTS_AT,
        y=np.zeros(2),
        mode="markers",
        marker={"symbol": "diamond", "size": 17, "color": style.WEIGHT.on(theme), "line": edge},
        hovertext=[WEIGHT_STORY.fill(moment, i=k) for k in range(2)],
        hovertemplate="%{hovertext}<extra></extra>",
    )
