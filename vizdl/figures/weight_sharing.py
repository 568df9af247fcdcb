"""One set of weights at every step: each step's share of the gradient, and what sharing saves.

On top a bar for each step, as long as its share of the gradient of W_hh; below it the share of the
present step as a matrix, and the sum so far, which begins at the last step, as the gradient does.
On the right the parameters of the recurrent network and of a dense one over the whole window, at
every length.

On a page the reader changes length and size: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go

from vizdl import style
from vizdl.experiments import weight_sharing as experiment
from vizdl.experiments.live import Run
from vizdl.experiments.weight_sharing import LARGEST, LONGEST, SHORTEST, WeightSharingTrace
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.figures.live import Live, Texts, whole
from vizdl.figures.words import named, words
from vizdl.style import Theme

BARS, DONE, SHARE, TOTAL, DENSE, SHARED, MARKS, COUNTS = range(8)
HALF = 0.36  # of a bar, in steps

SENTENCE = words(
    (
        "left",
        "The share of step {places.step[left]:d} joins: its norm is {sum.norm:n2}, that of the sum "
        "so far {sum.size:n2}. Parameters: {size.now[0]:d} shared, {size.now[1]:d} if each step "
        "had its own.",
    ),
    "The share of step 1 is 0, as is the state before it. The sum is the gradient, its norm "
    "{sum.size:n2}. Parameters: {size.now[0]:d} shared, {size.now[1]:d} if each step had its own.",
)
BAR = words("step {places.step[i]:d}: ‖∂L/∂W<sub>hh</sub><sup>(t)</sup>‖ = {back.norms[i]}")
COUNT = words("{size.now[i]:d}")
TABLE = (
    ("step that joins", words("{places.step[left]:d}")),
    ("norm of its share", words("{sum.norm:n4}")),
    ("norm of the sum so far", words("{sum.size:n4}")),
    ("parameters, shared", words("{size.now[0]:d}")),
    ("parameters of the dense network", words("{size.now[1]:d}")),
    ("times as many", words("{size.ratio:n3}")),
)


def figure(trace: WeightSharingTrace, theme: Theme = "light") -> go.Figure:
    """Draw shares and counts; frame k is one more share in the sum, from the last step on."""
    numbers = _numbers(trace)
    fig = go.Figure(layout=_layout(trace, numbers, theme))
    count = trace.settings.length
    frames = [_frame(trace, numbers, step) for step in range(count)]
    _draw_bars(fig, numbers, theme)
    _draw_matrices(fig, numbers, theme)
    _draw_counts(fig, numbers, theme)
    return playable(
        fig,
        frames,
        [SENTENCE.fill(_moment(trace, numbers, step)) for step in range(count)],
        interval=600,
        redraw=True,  # heat maps
        start=count - 2,  # the last share that is not zero
    )


def live(trace: WeightSharingTrace) -> Live:
    """On a page length and size are changed, and the gradient is computed anew, step by step."""
    flow = experiment.flow(trace)
    drawing = (
        Run("places", places, {"length": "length"}),
        Run("bars", bars, {"norms": "back.norms", "left": "left"}),
        Run("shown", shown, {
            "share": "sum.share", "total": "sum.total", "hidden": "hidden_size",
            "norms": "back.norms",
        }),
    )  # fmt: skip
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds={
            BARS: {
                "x": whole("places.bars"),
                "y": whole("bars.all"),
            },
            DONE: {"x": whole("places.bars"), "y": whole("bars.done")},
            SHARE: {"z": whole("shown.share_drawn")},
            TOTAL: {"z": whole("shown.total_drawn")},
            DENSE: {"y": whole("size.dense")},
            SHARED: {"y": whole("size.shared")},
            MARKS: {"x": whole("places.twice"), "y": whole("size.now")},
            COUNTS: {
                "x": whole("places.twice"),
                "y": whole("size.now"),
                "text": Texts(COUNT, over="size.now"),
            },
        },
        layout={
            "xaxis.range": whole("places.across"),
            "yaxis.range": whole("bars.range"),
            "xaxis2.range": whole("shown.across"),
            "yaxis2.range": whole("shown.down"),
            "xaxis3.range": whole("shown.across"),
            "yaxis3.range": whole("shown.down"),
        },
        sentence=SENTENCE,
        table=TABLE,
        start=trace.settings.length - 2,
    )


# Numbers and coordinates, in Python as on a page


def _numbers(trace: WeightSharingTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    length, hidden = trace.settings.length, trace.settings.hidden_size
    norms = np.zeros(LONGEST)
    norms[:length] = np.linalg.norm(trace.shares, axis=(1, 2))
    size = experiment.sizes_of(float(hidden), float(length))
    return {
        "back.norms": norms,
        **named(size=size, places=places(float(length))),
    }


def _moment(trace: WeightSharingTrace, numbers: dict[str, Any], step: int) -> dict[str, Any]:
    """Those of the moment at which the share of the (T - step)-th step has joined."""
    left = trace.settings.length - 1 - step
    norm, size = (float(np.linalg.norm(m[left])) for m in (trace.shares, trace.gathered))
    return numbers | {"left": left, "sum.norm": norm, "sum.size": size}


def places(length: Any) -> dict[str, Any]:
    """Where the bars stand, the end of their axis, and the present length, twice."""
    at = np.arange(LONGEST) + 1.0
    gap = np.full(LONGEST, np.nan)
    return {
        "step": at,
        "bars": np.stack([at - HALF, at - HALF, at + HALF, at + HALF, gap], axis=1),
        "across": anp.stack([0.4 + 0 * length, length + 0.6]),
        "twice": anp.stack([length, length]) + 0.0,
    }


def bars(norms: Any, left: Any) -> dict[str, Any]:
    """A bar for each share (24, 5), those that have joined once more, and the range of the axis."""
    zero, done = 0 * norms, anp.where(np.arange(LONGEST) >= left, norms, 0.0)

    def blocks(tops: Any) -> Any:
        return anp.stack([zero, tops, tops, zero, anp.nan * norms], axis=-1)

    top = anp.max(norms)
    return {"all": blocks(norms), "done": blocks(done), "range": anp.stack([0 * top, 1.08 * top])}


def shown(share: Any, total: Any, hidden: Any, norms: Any) -> dict[str, Any]:
    """The matrices (8, 8) in shares of the largest norm, nothing where there are no units."""
    units = np.arange(LARGEST)
    there = anp.where(units < hidden, 1.0, anp.nan)
    mask = there[:, None] * there[None, :]
    limit = anp.max(norms)
    return {
        "share_drawn": share / limit * mask,
        "total_drawn": total / limit * mask,
        "across": anp.stack([-0.5 + 0 * hidden, hidden - 0.5]),
        "down": anp.stack([hidden - 0.5, -0.5 + 0 * hidden]),
    }


def _layout(trace: WeightSharingTrace, numbers: dict[str, Any], theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False}
    bare: dict[str, Any] = {**plain, "showticklabels": False, "constrain": "domain"}
    edge = [-0.5, trace.settings.hidden_size - 0.5]
    most = float(experiment.dense_size(LARGEST, LONGEST))
    made = layout(
        theme,
        aspect=1.75,
        narrow_aspect=0.58,
        narrow={
            "xaxis.domain": [0, 1], "yaxis.domain": [0.74, 1],
            "xaxis2.domain": [0, 0.47], "yaxis2.domain": [0.4, 0.64],
            "xaxis3.domain": [0.53, 1], "yaxis3.domain": [0.4, 0.64],
            "xaxis4.domain": [0, 1], "yaxis4.domain": [0, 0.3],
        },
        showlegend=False,
        xaxis={
            **plain, "title": {"text": "step"}, "range": numbers["places.across"].tolist(),
            "domain": [0, 0.56], "anchor": "y", "dtick": 1 if trace.settings.length < 13 else 3,
        },
        yaxis={
            "title": {"text": "size of its share"}, "domain": [0.55, 1], "zeroline": False,
            "range": bars(numbers["back.norms"], 0.0)["range"].tolist(),
        },
        xaxis2={
            **bare, "range": edge, "domain": [0, 0.26], "anchor": "y2",
            "title": {"text": "the share that joins"},
        },
        yaxis2={
            **bare, "range": edge[::-1], "domain": [0, 0.38], "anchor": "x2", "scaleanchor": "x2",
        },
        xaxis3={
            **bare, "range": edge, "domain": [0.3, 0.56], "anchor": "y3",
            "title": {"text": "the sum so far"},
        },
        yaxis3={
            **bare, "range": edge[::-1], "domain": [0, 0.38], "anchor": "x3", "scaleanchor": "x3",
        },
        xaxis4={
            **plain, "title": {"text": "length"}, "range": [SHORTEST - 0.8, LONGEST + 4],
            "domain": [0.68, 1], "anchor": "y4",
        },
        yaxis4={
            "title": {"text": "parameters"}, "type": "log", "range": [0.8, np.log10(2 * most)],
            "anchor": "x4", "zeroline": False, "dtick": 1, "exponentformat": "power",
        },
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


# What stands still


def _draw_bars(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    drawn = bars(numbers["back.norms"], 0.0)
    x = numbers["places.bars"].ravel()
    for role, y in ((style.GRID, drawn["all"].ravel()), (style.GRADIENT, None)):
        fig.add_scatter(
            x=x, y=y, mode="lines", line_width=0, fill="toself", fillcolor=role.on(theme),
            hoverinfo="skip",
        )  # fmt: skip


def _draw_matrices(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    for axis in ("2", "3"):
        fig.add_heatmap(
            z=np.zeros((LARGEST, LARGEST)), zmin=-1, zmax=1, showscale=False, hoverinfo="skip",
            colorscale=colorscale(style.signed_scale(theme)), xaxis=f"x{axis}", yaxis=f"y{axis}",
        )  # fmt: skip


def _draw_counts(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    lengths = np.arange(SHORTEST, LONGEST + 1.0)
    fourth = {"xaxis": "x4", "yaxis": "y4"}
    for name, role, dash in (("dense", style.MUTED, "dash"), ("shared", style.WEIGHT, "solid")):
        fig.add_scatter(
            x=lengths, y=numbers[f"size.{name}"], mode="lines", hoverinfo="skip", **fourth,
            line={"color": role.on(theme), "width": 3, "dash": dash},
        )  # fmt: skip
    twice = numbers["places.twice"]
    fig.add_scatter(
        x=twice, y=numbers["size.now"], mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"size": 11, "color": style.INK.on(theme)}, **fourth,
    )  # fmt: skip
    fig.add_scatter(
        x=twice, y=numbers["size.now"], mode="text", textposition=["top right", "bottom right"],
        hoverinfo="skip",
        text=[COUNT.fill(numbers, i=k) for k in (0, 1)], cliponaxis=False,
        textfont={"size": 14, "color": style.INK.on(theme)}, **fourth,
    )  # fmt: skip


# What moves


def _frame(trace: WeightSharingTrace, numbers: dict[str, Any], step: int) -> dict[int, Change]:
    """One more share has joined the sum."""
    left, hidden = trace.settings.length - 1 - step, trace.settings.hidden_size
    whole_size = np.zeros((2, LARGEST, LARGEST))
    whole_size[0, :hidden, :hidden] = trace.shares[left]
    whole_size[1, :hidden, :hidden] = trace.gathered[left]
    drawn = shown(whole_size[0], whole_size[1], float(hidden), numbers["back.norms"])
    return {
        DONE: {"y": bars(numbers["back.norms"], float(left))["done"].ravel()},
        SHARE: {"z": drawn["share_drawn"]},
        TOTAL: {"z": drawn["total_drawn"]},
    }
