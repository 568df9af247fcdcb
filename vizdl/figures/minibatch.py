"""Three walkers on one landscape: scrub the cost and see who stands where, on which points.

The data with the three fitted lines and the points of the next step, the loss over all computed
gradients, and the map on which the walkers descend. Each frame is one moment of the cost: all
three have computed equally many gradients.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.minibatch import MinibatchTrace
from vizdl.figures.base import layout, playable
from vizdl.figures.contour import add_map
from vizdl.style import Theme

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

WALKERS = style.SERIES[1:4]  # one point, a batch, all points
WIDTHS = (2.0, 3.0, 5.0)  # lines that lie over each other are told apart by width and dash
DASHES = ("solid", "dash", "solid")
MOMENTS = 90  # frames, evenly spaced in the logarithm of the cost
FINER = 400  # points of a loss curve
TRAIL = 120  # steps of a walk that are drawn behind it


def figure(trace: MinibatchTrace, theme: Theme = "light") -> go.Figure:
    """Draw the walks; frame k is the moment at which `moments(trace)[k]` gradients are computed."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_map(fig, trace, theme)
    _draw_data(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    first = len(fig.data)
    _draw_moving(fig, trace, theme)
    times = moments(trace)
    return playable(
        fig,
        [dict(enumerate(_frame(trace, int(spent)), start=first)) for spent in times],
        [_sentence(trace, int(spent)) for spent in times],
        interval=160,
        start=int(np.searchsorted(times, min(8 * trace.settings.batch_size, times[-1]))),
    )


def moments(trace: MinibatchTrace, count: int = MOMENTS) -> Indices:
    """Numbers of computed gradients, one a frame, from none to all. At most `count` + 1."""
    total = int(trace.walks[0].evaluations[-1])
    return np.unique(np.round([0, *np.geomspace(1, total, count)]).astype(np.int64))


def names(trace: MinibatchTrace) -> list[str]:
    """What each walker is called."""
    sizes = [walk.batch_size for walk in trace.walks]
    return ["1 point", *[f"{size} points" for size in sizes[1:]]]


def _layout(trace: MinibatchTrace, theme: Theme) -> go.Layout:
    problem, surface = trace.problem, trace.surface
    start = max(float(gap[0]) for gap in trace.gaps)
    seen = np.concatenate([gap[np.isfinite(gap) & (gap > 0)] for gap in trace.gaps])
    low = float(np.clip(np.quantile(seen, 0.005), 1e-5 * start, 0.1 * start))
    ends = np.array([problem.x.min(), problem.x.max()])
    heights = [*problem.y, *(trace.probe[0] + trace.probe[1] * ends)]
    total = float(trace.walks[0].evaluations[-1])
    plain: dict[str, Any] = {"zeroline": False}
    return layout(
        theme,
        aspect=1.9,
        narrow_aspect=0.45,
        narrow={
            "xaxis3.domain": [0.0, 1.0],
            "yaxis3.domain": [0.57, 1.0],
            "xaxis.domain": [0.0, 1.0],
            "yaxis.domain": [0.30, 0.49],
            "xaxis2.domain": [0.0, 1.0],
            "yaxis2.domain": [0.0, 0.21],
            "legend.font.size": 12,
            "margin.b": 44,
        },
        legend={"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
        xaxis={**plain, "title": {"text": "x"}, "domain": [0, 0.45], "anchor": "y"},
        yaxis={
            **plain,
            "title": {"text": "y"},
            "domain": [0.6, 1],
            "range": [min(heights) - 0.2, max(heights) + 0.2],
        },
        xaxis2={
            **plain,
            "title": {"text": "gradients computed"},
            "type": "log",
            "exponentformat": "none",
            "range": [-0.05, np.log10(1.2 * total)],
            "dtick": 1,
            "domain": [0, 0.45],
            "anchor": "y2",
        },
        yaxis2={
            **plain,
            "title": {"text": "loss above the least"},
            "type": "log",
            "range": [np.log10(low), np.log10(2 * start)],
            "dtick": 1,
            "exponentformat": "none",
            "domain": [0, 0.42],
            "anchor": "x2",
        },
        xaxis3={
            **plain,
            "title": {"text": "w<sub>1</sub>: the intercept"},
            "range": [surface.x[0], surface.x[-1]],
            "domain": [0.54, 1],
            "anchor": "y3",
            "constrain": "domain",
            "showgrid": False,
        },
        yaxis3={
            **plain,
            "title": {"text": "w<sub>2</sub>: the slope"},
            "range": [surface.y[0], surface.y[-1]],
            "domain": [0, 1],
            "anchor": "x3",
            "scaleanchor": "x3",  # equal units: a step downhill stands square to the contours
            "constrain": "domain",
            "constraintoward": "top",
            "showgrid": False,
        },
    )


# What stands still


def _draw_map(fig: go.Figure, trace: MinibatchTrace, theme: Theme) -> None:
    add_map(fig, trace.surface, theme, xaxis="x3", yaxis="y3")
    fig.add_scatter(
        x=trace.problem.minimum[:1],
        y=trace.problem.minimum[1:],
        xaxis="x3",
        yaxis="y3",
        mode="markers",
        marker={"symbol": "x-thin", "size": 11, "line": {"width": 2, "color": _ink(theme)}},
        hovertemplate=f"the minimum: loss {number(trace.floor)}<extra></extra>",
        showlegend=False,
    )


def _draw_data(fig: go.Figure, trace: MinibatchTrace, theme: Theme) -> None:
    problem = trace.problem
    fig.add_scatter(
        x=problem.x,
        y=problem.y,
        mode="markers",
        marker={"size": 4, "color": style.DATA.on(theme), "opacity": 0.45},
        hovertemplate="one of the points: x = %{x:.2f}, y = %{y:.2f}<extra></extra>",
        showlegend=False,
    )


def _draw_losses(fig: go.Figure, trace: MinibatchTrace, theme: Theme) -> None:
    times = moments(trace, FINER)[1:]
    for k in (2, 1, 0):  # the widest lies at the back
        walk, gap = trace.walks[k], trace.gaps[k]
        fig.add_scatter(
            x=times,
            y=gap[times // walk.batch_size],
            xaxis="x2",
            yaxis="y2",
            mode="lines",
            name=names(trace)[k],
            legendrank=k,
            opacity=0.6,
            line={"color": _colour(k, theme), "width": WIDTHS[k], "dash": DASHES[k]},
            hovertemplate="after %{x} gradients<br>%{y:.2e} above the least loss",
        )
    start = trace.near * trace.gaps[0][0]
    fig.add_scatter(
        x=[1, times[-1]],
        y=[start, start],
        xaxis="x2",
        yaxis="y2",
        mode="lines",
        line={"color": style.MUTED.on(theme), "width": 1, "dash": "dot"},
        hovertemplate=f"a share of {trace.near:g} is left: arrived<extra></extra>",
        showlegend=False,
    )


# What moves


def _draw_moving(fig: go.Figure, trace: MinibatchTrace, theme: Theme) -> None:
    for k, size in ((1, 7), (0, 12)):
        what = "the point" if k == 0 else f"one of the {trace.settings.batch_size} points"
        fig.add_scatter(
            mode="markers",
            marker={
                "size": size,
                "color": _colour(k, theme),
                "line": {"width": 1, "color": style.BACKGROUND.on(theme)},
            },
            hovertemplate=f"{what} of the next step: x = %{{x:.2f}}, y = %{{y:.2f}}<extra></extra>",
            showlegend=False,
        )
    for panel in ({}, {"xaxis": "x3", "yaxis": "y3"}):
        for k in (2, 1, 0):
            dash = DASHES[k] if not panel else "solid"
            fig.add_scatter(
                mode="lines",
                line={"color": _colour(k, theme), "width": WIDTHS[k], "dash": dash},
                hoverinfo="skip",
                showlegend=False,
                **panel,
            )
    for x, y in (("x3", "y3"), ("x2", "y2")):
        fig.add_scatter(
            xaxis=x,
            yaxis=y,
            mode="markers",
            marker={
                "size": 13,
                "color": [_colour(k, theme) for k in (2, 1, 0)],
                "line": {"width": 1.5, "color": style.BACKGROUND.on(theme)},
            },
            text=names(trace)[::-1],
            hovertemplate="%{text}<br>now at %{x:.3g}, %{y:.3g}<extra></extra>",
            showlegend=False,
        )


def _frame(trace: MinibatchTrace, spent: int) -> list[dict[str, Array]]:
    """What changes, in the order of `_draw_moving`, once `spent` gradients are computed."""
    problem = trace.problem
    steps = [spent // walk.batch_size for walk in trace.walks]
    changes = []
    for k in (1, 0):
        batches = trace.walks[k].batches
        chosen = batches[min(steps[k], len(batches) - 1)]
        chosen = chosen[chosen >= 0]
        changes.append(_xy(problem.x[chosen], problem.y[chosen]))
    ends = np.array([problem.x.min(), problem.x.max()])
    stand = np.array([walk.positions[n] for walk, n in zip(trace.walks, steps, strict=True)])
    changes += [_xy(ends, stand[k, 0] + stand[k, 1] * ends) for k in (2, 1, 0)]
    for k in (2, 1, 0):
        trail = trace.walks[k].positions[max(0, steps[k] - TRAIL) : steps[k] + 1]
        changes.append(_xy(trail[:, 0], trail[:, 1]))
    changes.append(_xy(stand[::-1, 0], stand[::-1, 1]))
    gaps = np.array([gap[n] for gap, n in zip(trace.gaps, steps, strict=True)])
    return [*changes, _xy(np.full(3, max(spent, 1.0)), gaps[::-1])]


def _xy(x: Array, y: Array) -> dict[str, Array]:
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}


def _sentence(trace: MinibatchTrace, spent: int) -> str:
    if not spent:
        return "No gradient is computed yet: all three walkers stand at the same place."
    parts = []
    for name, walk, gap in zip(names(trace), trace.walks, trace.gaps, strict=True):
        steps = spent // walk.batch_size
        left = number(float(gap[steps]), 2) if np.isfinite(gap[steps]) else "diverged"
        done = "1 step" if steps == 1 else f"{steps} steps"
        parts.append(f"{name} a time: {left} after {done}")
    return f"{spent} gradients computed. Loss above the least: " + ", ".join(parts) + "."


def _colour(walker: int, theme: Theme) -> str:
    return WALKERS[walker].on(theme)


def _ink(theme: Theme) -> str:
    return style.INK.on(theme)
