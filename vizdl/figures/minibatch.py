"""Three walkers on one landscape: scrub the cost and see who stands where, on which points.

The data with the three fitted lines and the points of the next step, the loss over all computed
gradients, and the map on which the walkers descend. Each frame is one moment of the cost: all
three have computed equally many gradients.

On a page a moment is one step of the walker with a batch, and every setting changes all: `live`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import minibatch_flow as flows
from vizdl.experiments.minibatch import DOMAIN, POINTS, MinibatchTrace
from vizdl.experiments.minibatch_flow import BANDS
from vizdl.figures.axes import QUIET, axis, panel, square
from vizdl.figures.base import layout, playable
from vizdl.figures.live import Feed, Live, Take, Texts, whole
from vizdl.figures.marks import add_ball, add_line
from vizdl.figures.minibatch_words import BATCH, BETWEEN, LEAST, NAMES, SENTENCE, TABLE
from vizdl.figures.pairs import columns, pair, rows
from vizdl.figures.words import named
from vizdl.style import Theme

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

BACK_TO_FRONT = (2, 1, 0)  # the widest line lies at the back
WALKERS = style.SERIES[1:4]
WIDTHS = (2.0, 3.0, 5.0)  # lines that lie over each other are told apart by width and dash
DASHES = ("solid", "dash", "solid")
MOMENTS = 90  # frames, evenly spaced in the logarithm of the cost
FIRST = 8  # the step of the batch that is shown first
# The traces, in the order in which they are drawn; the bands of the map come first.
MINIMUM, DATA = BANDS, BANDS + 1
LOSSES = tuple(DATA + 3 - k for k in range(3))  # of each walker, the last one first
NEAR, PULLS, PULL, CHOSEN, CHOSEN_ONE = range(DATA + 4, DATA + 9)
LINES, TRAILS, PLACES, NOW = (
    tuple(CHOSEN_ONE + 3 * group + 3 - k for k in range(3)) for group in range(4)
)


def figure(trace: MinibatchTrace, theme: Theme = "light") -> go.Figure:
    """Draw the walks; frame k is the moment at which `moments(trace)[k]` gradients are computed."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_map(fig, trace, theme)
    _draw_data(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    _draw_moving(fig, theme)
    times = moments(trace)
    first = min(FIRST * trace.settings.batch_size, int(times[-1]))
    return playable(
        fig,
        [_frame(trace, int(spent)) for spent in times],
        [SENTENCE.fill(_numbers(trace, int(spent))) for spent in times],
        interval=160,
        start=int(np.searchsorted(times, first)),
    )


def live(trace: MinibatchTrace) -> Live:
    """On a page one step of the batch is a moment, and every setting changes the whole picture."""
    feeds: dict[int, dict[str, Feed]] = {
        0: {"text": Texts(BETWEEN[-1])},
        **{
            k: {
                "x": Take("rings.outline", BANDS - 1 - k, BANDS - 1 - k, (0,)),
                "y": Take("rings.outline", BANDS - 1 - k, BANDS - 1 - k, (1,)),
                "text": Texts(BETWEEN[BANDS - 1 - k]),
            }
            for k in range(1, BANDS)
        },
        MINIMUM: {**rows("data.minimum"), "text": Texts(LEAST)},
        DATA: pair("data.x", "data.y"),
        NEAR: pair("axis.span", "axis.near"),
        PULLS: pair("next.pull_x_batch", "next.pull_y_batch"),
        PULL: pair("next.pull_x_one", "next.pull_y_one"),
        CHOSEN: pair("next.x_batch", "next.y_batch"),
        CHOSEN_ONE: pair("next.x_one", "next.y_one"),
    }
    for k, name in enumerate(NAMES):
        gap, at, tail = f"{name}.gap", f"at.{name}", f"at.tail_{name}"
        feeds[LOSSES[k]] = {"x": whole("curve.cost"), "y": Take(gap, at=f"curve.{name}")}
        feeds[LINES[k]] = {"x": whole("data.ends"), "y": Take("lines.y", k, k)}
        feeds[TRAILS[k]] = columns(f"{name}.w", tail, at)
        feeds[PLACES[k]] = columns(f"{name}.w", at, at)
        feeds[NOW[k]] = {"x": whole("at.shown"), "y": Take(gap, at, at)}
    feeds[LOSSES[1]]["name"] = Texts(BATCH)
    return Live(
        flow=flows.flow(),
        feeds=feeds,
        layout={
            "yaxis.range": whole("data.heights"),
            "xaxis2.range": whole("axis.cost"),
            "yaxis2.range": whole("axis.loss"),
        },
        sentence=SENTENCE,
        table=TABLE,
        clicks=dict.fromkeys(LOSSES, "curve.batch"),
        start=FIRST,
    )


def moments(trace: MinibatchTrace, count: int = MOMENTS) -> Indices:
    """Numbers of computed gradients, one a frame, from none to all. At most `count` + 1."""
    total = int(trace.walks[0].evaluations[-1])
    return np.unique(np.round([0, *np.geomspace(1, total, count)]).astype(np.int64))


def names(trace: MinibatchTrace) -> list[str]:
    """What each walker is called."""
    sizes = [walk.batch_size for walk in trace.walks]
    return ["1 point", *[f"{size} points" for size in sizes[1:]]]


def _total(trace: MinibatchTrace) -> float:
    return float(trace.walks[0].evaluations[-1])


def _axis(trace: MinibatchTrace) -> dict[str, Any]:
    batch, every = (float(gap.min(where=gap > 0, initial=np.inf)) for gap in trace.gaps[1:])
    return flows.axis(trace.gaps[2][0], batch, every, _total(trace))


def _numbers(trace: MinibatchTrace, spent: int) -> dict[str, Any]:
    """The numbers of one moment, by the names that a page has for them."""
    problem, size = trace.problem, trace.settings.batch_size
    at = flows.moment(float(spent), size, _total(trace))
    one, batch, every = (gap[int(at[name])] for gap, name in zip(trace.gaps, NAMES, strict=True))
    gradient = trace.walks[1].gradients[int(at["from_batch"])]
    place = trace.walks[1].positions[int(at["batch"])]
    return {
        "batch_size": size,
        "left": _total(trace) / size - at["batch"],
        **{f"{name}.w": walk.positions for name, walk in zip(NAMES, trace.walks, strict=True)},
        **named(
            at=at,
            here=flows.here(one, batch, every, trace.gaps[2][0]),
            opinion=flows.opinion(gradient, place, problem.hessian, problem.minimum),
        ),
    }


def _layout(trace: MinibatchTrace, theme: Theme) -> go.Layout:
    problem, surface = trace.problem, trace.surface
    ranges = _axis(trace)
    plain: dict[str, Any] = {"zeroline": False}
    powers: dict[str, Any] = {**plain, "type": "log", "dtick": 1, "exponentformat": "none"}
    return layout(
        theme,
        aspect=1.9,
        narrow_aspect=0.45,
        narrow={
            "xaxis3.domain": [0.0, 1.0],
            "yaxis3.domain": [0.62, 1.0],
            "xaxis.domain": [0.0, 1.0],
            "yaxis.domain": [0.285, 0.535],
            "xaxis2.domain": [0.0, 1.0],
            "yaxis2.domain": [0.0, 0.19],
            "legend.font.size": 12,
            "yaxis2.title.font.size": 12,
            "margin.b": 44,
        },
        legend={"traceorder": "normal", "itemclick": False, "itemdoubleclick": False},
        xaxis=axis("x", [-1.1, 2.1], [0, 0.45], "y", **plain),
        yaxis=axis("y", flows.span(problem.x, problem.y)["heights"], [0.53, 1], **plain),
        xaxis2=axis("gradients computed", ranges["cost"], [0, 0.45], "y2", **powers),
        yaxis2=axis("loss above the least", ranges["loss"], [0, 0.35], "x2", **powers),
        xaxis3=axis(
            "w<sub>1</sub>: the intercept", surface.x[[0, -1]], [0.54, 1], "y3",
            constrain="domain", **QUIET,
        ),
        # equal units: a step downhill stands square to the contours
        yaxis3=axis(
            "w<sub>2</sub>: the slope", surface.y[[0, -1]], [0, 1], "x3", **square("x3"), **QUIET
        ),
    )  # fmt: skip


# What stands still


def _draw_map(fig: go.Figure, trace: MinibatchTrace, theme: Theme) -> None:
    """The bands of the loss, each on top of the higher one; the rings between them are exact."""
    problem, (across, up) = trace.problem, DOMAIN
    rings = flows.rings(problem.hessian, problem.minimum, trace.floor)
    box = np.array([(across[i], up[j]) for i, j in ((0, 0), (1, 0), (1, 1), (0, 1), (0, 0))]).T
    values = {"rings.edges": rings["edges"], "data.floor": trace.floor}
    low, high = (stop[1] for stop in style.height_scale(theme))
    third = panel(3)
    for k, (x, y) in enumerate([box, *rings["outline"][::-1]]):  # the highest band lies below
        band = BANDS - 1 - k
        fig.add_scatter(
            x=x,
            y=y,
            mode="lines",
            fill="toself",
            fillcolor=style.mix(low, high, band / (BANDS - 1)),
            line={"width": 0.7 if k else 0, "color": style.BACKGROUND.on(theme)},
            hoveron="fills",
            hoverinfo="text",
            text=BETWEEN[band].fill(values),
            name="landscape",
            showlegend=False,
            **third,
        )
    fig.add_scatter(
        x=problem.minimum[:1],
        y=problem.minimum[1:],
        mode="markers",
        marker={"symbol": "x-thin", "size": 11, "line": {"width": 2, "color": style.INK.on(theme)}},
        text=LEAST.fill(values),
        hovertemplate="%{text}<extra></extra>",
        showlegend=False,
        **third,
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
    curve = flows.sampled(_total(trace), trace.settings.batch_size)
    second = panel(2)
    for k in BACK_TO_FRONT:
        fig.add_scatter(
            x=curve["cost"],
            y=trace.gaps[k][curve[NAMES[k]].astype(np.int64)],
            mode="lines",
            name=names(trace)[k],
            legendrank=k,
            opacity=0.6,
            line={"color": _colour(k, theme), "width": WIDTHS[k], "dash": DASHES[k]},
            hovertemplate="after %{x} gradients<br>%{y:.2e} above the least loss",
            **second,
        )
    ranges = _axis(trace)
    add_line(
        fig, style.MUTED.on(theme), width=1, dash="dot", x=ranges["span"], y=ranges["near"],
        hoverinfo=None, showlegend=False, **second,
        hovertemplate=f"a share of {trace.near:g} is left: arrived<extra></extra>",
    )  # fmt: skip


# What moves


def _draw_moving(fig: go.Figure, theme: Theme) -> None:
    map_, curve = panel(3), panel(2)
    for k, width in ((1, 1.0), (0, 2.0)):
        _line(fig, k, theme, width, "solid", opacity=0.7)
    for k, size, what in ((1, 7, "one of the batch's points"), (0, 12, "the single point")):
        told = f"{what} for the next step: (%{{x:.2f}}, %{{y:.2f}})<extra></extra>"
        _balls(fig, k, theme, told, size=size, rim=1)
    for k in BACK_TO_FRONT:
        _line(fig, k, theme, WIDTHS[k], DASHES[k])
    for k in BACK_TO_FRONT:
        _line(fig, k, theme, WIDTHS[k], "solid", **map_)
    called = ("1 point a step", "a batch a step", f"all {POINTS} points a step")
    for axes in (map_, curve):
        for k in BACK_TO_FRONT:
            told = f"{called[k]}<br>now at %{{x:.3g}}, %{{y:.3g}}<extra></extra>"
            _balls(fig, k, theme, told, size=13, **axes)


def _line(fig: go.Figure, walker: int, theme: Theme, width: float, dash: str, **more: Any) -> None:
    add_line(fig, _colour(walker, theme), width=width, dash=dash, showlegend=False, **more)


def _balls(fig: go.Figure, walker: int, theme: Theme, told: str, **more: Any) -> None:
    colour = _colour(walker, theme)
    add_ball(fig, colour, theme, hoverinfo=None, hovertemplate=told, showlegend=False, **more)


def _frame(trace: MinibatchTrace, spent: int) -> dict[int, dict[str, Array]]:
    """What changes once `spent` gradients are computed, by trace."""
    problem = trace.problem
    at = flows.moment(spent, trace.settings.batch_size, _total(trace))
    ends = flows.span(problem.x, problem.y)["ends"]
    changes: dict[int, dict[str, Array]] = {}
    for k, walk in enumerate(trace.walks):
        step, tail = int(at[NAMES[k]]), int(at[f"tail_{NAMES[k]}"])
        w1, w2 = place = walk.positions[step]
        changes[LINES[k]] = _xy(ends, w1 + w2 * ends)
        changes[TRAILS[k]] = _xy(*walk.positions[tail : step + 1].T)
        changes[PLACES[k]] = _xy(place[:1], place[1:])
        changes[NOW[k]] = _xy(np.array([at["shown"]]), trace.gaps[k][step : step + 1])
    for k, points, sticks in ((1, CHOSEN, PULLS), (0, CHOSEN_ONE, PULL)):
        walk = trace.walks[k]
        chosen = walk.batches[int(at[f"from_{NAMES[k]}"])]
        x, y = problem.x[chosen], problem.y[chosen]
        pulls = flows.pulls(x, y, walk.positions[int(at[NAMES[k]])])
        changes[points] = _xy(x, y)
        changes[sticks] = _xy(pulls["pull_x"].ravel(), pulls["pull_y"].ravel())
    return changes


def _xy(x: Array, y: Array) -> dict[str, Array]:
    return {"x": x.astype(np.float32), "y": y.astype(np.float32)}


def _colour(walker: int, theme: Theme) -> str:
    return WALKERS[walker].on(theme)
