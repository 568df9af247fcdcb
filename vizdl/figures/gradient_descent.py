"""A descent step by step: where it stands on the map, and how far the loss has fallen.

The map shows the contours, the whole run as a trail, and twelve runs from other starts in the
colour of the minimum that each finds. Frame k is the k-th step: the ball, the step that comes next
as an arrow (exactly minus learning rate times gradient), and the loss so far.

On a page the reader drags the start, and changes landscape, learning rate and steps: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.engines import landscapes
from vizdl.experiments import gradient_descent as experiment
from vizdl.experiments.common import sample
from vizdl.experiments.gradient_descent import GradientDescentTrace
from vizdl.experiments.walks import arrow, loss_axis, within
from vizdl.figures.axes import axis, stacked
from vizdl.figures.base import layout, playable
from vizdl.figures.contour import add_map, live_map
from vizdl.figures.live import Along, Drag, Feed, Live, Pick, Row, Take, Texts, whole
from vizdl.figures.marks import add_ball, add_line
from vizdl.figures.pairs import columns, rows, xy
from vizdl.figures.walks import SECOND, add_start, map_axes
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

STARTS = experiment.STARTS[0] * experiment.STARTS[1]
BANDS = 14  # of the map
# The traces, in the order in which they are drawn; the bands of the map come first.
MINIMA = BANDS
OTHERS = MINIMA + 1  # one for each of the other starts
ORIGINS = OTHERS + STARTS
RUN, LOSSES, SO_FAR, LOSS_SO_FAR, START, AHEAD, BALL, DOT = range(ORIGINS + 1, ORIGINS + 9)
TICKS = (12, 10)  # size of numbers, and of powers, which Plotly writes a quarter larger
GOALS = (*style.SERIES, style.MUTED)  # the colour of each minimum, the last one for none

SENTENCE = words(
    (
        "here.gone",
        "Step {step:d}: w = ({path.w[step,0]}, {path.w[step,1]}), loss {path.loss[step]}. "
        "The run has diverged: the learning rate is too large here.",
    ),
    (
        "left",
        "Step {step:d}: w = ({path.w[step,0]}, {path.w[step,1]}), loss {path.loss[step]}. "
        "The next step is −{learning_rate:g3} times the gradient, "
        "whose length is {path.length[step]}.",
    ),
    "Step {step:d}: w = ({path.w[step,0]}, {path.w[step,1]}), loss {path.loss[step]}, "
    "and the gradient has the length {path.length[step]}.",
)
STORY = words(
    (
        "i",
        "<b>step {i:d}</b>: w = ({path.w[i,0]}, {path.w[i,1]})<br>"
        "= ({path.w[i-1,0]}, {path.w[i-1,1]}) − {learning_rate:g3} · "
        "({path.gradient[i-1,0]}, {path.gradient[i-1,1]})<br>"
        "that is, the last w minus the rate times its gradient<br>"
        "loss here {path.loss[i]}<br>"
        "gradient here ({path.gradient[i,0]}, {path.gradient[i,1]})",
    ),
    "<b>step {i:d}</b>: w = ({path.w[i,0]}, {path.w[i,1]})<br>loss here {path.loss[i]}<br>"
    "gradient here ({path.gradient[i,0]}, {path.gradient[i,1]})",
)
ARRIVALS = words(f"{{arrived.counts[i]:d}} of the {STARTS} other starts end here")
DESTINATION = words(
    (
        "arrived.found[i]",
        "it ends in the minimum at ({arrived.goal[i,0]}, {arrived.goal[i,1]})",
    ),
    "it has reached no minimum after {counts.longer:d} steps",
)
TABLE = (
    ("step", words("{step:d}")),
    ("weight w₁", words("{path.w[step,0]:n6}")),
    ("weight w₂", words("{path.w[step,1]:n6}")),
    ("loss", words("{path.loss[step]:n6}")),
    ("gradient", words("({path.gradient[step,0]:n6}, {path.gradient[step,1]:n6})")),
    ("length of the gradient", words("{path.length[step]:n6}")),
)


def figure(trace: GradientDescentTrace, theme: Theme = "light") -> go.Figure:
    """Draw the run; frame k is its k-th step, the last one that of a divergence if there is one."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    add_map(fig, trace.surface, theme)
    _draw_minima(fig, trace, numbers, theme)
    _draw_others(fig, trace, numbers, theme)
    _draw_trails(fig, trace, numbers, theme)
    _draw_moving(fig, theme)
    last = shown_steps(trace)
    return playable(
        fig,
        [_frame(trace, numbers, k) for k in range(last + 1)],
        [SENTENCE.fill(_moment(trace, numbers, k), step=k) for k in range(last + 1)],
        interval=300,
    )


def live(trace: GradientDescentTrace) -> Live:
    """On a page the start is dragged, and every setting changes the whole picture at once."""
    flow = experiment.flow(trace)
    surfaces = {name: sample(landscapes.get(name)) for name in experiment.NAMES}
    tables, feeds = live_map(surfaces, "landscape")
    for s in range(STARTS):
        feeds[OTHERS + s] = {
            "x": whole("others.place", s, 0),
            "y": whole("others.place", s, 1),
            "line.color": Pick(GOALS, Take("arrived.reached", s, s), single=True),
        }
    story = Texts(STORY, over="path.w")
    feeds |= {
        MINIMA: {**columns("minima"), "text": Texts(ARRIVALS, over="minima")},
        ORIGINS: {
            **columns("starts"),
            "marker.color": Pick(GOALS, whole("arrived.reached")),
            "text": Texts(DESTINATION, over="starts"),
        },
        RUN: {**columns("path.place", last="end.last"), "text": story},
        LOSSES: {**_curve(last="end.last"), "text": story},
        SO_FAR: columns("path.place", last="step"),
        LOSS_SO_FAR: _curve(last="step"),
        AHEAD: rows("ahead.outline"),
        START: columns("path.place", last=0),
        BALL: columns("path.place", first="step", last="step"),
        DOT: _curve(first="step", last="step"),
    }
    horizontal, vertical = (
        Along(f"start_{axis}", f"domain[{k},0]", f"domain[{k},1]", snap=0.002)
        for k, axis in enumerate("xy")
    )
    return Live(
        flow=replace(flow, sources=(*flow.sources, *tables)),
        feeds=feeds,
        layout={
            "xaxis.range": Take("domain", 0, 0),
            "yaxis.range": Take("domain", 1, 1),
            "xaxis2.range": whole("axis.step"),
            "yaxis2.range": whole("axis.loss"),
            "yaxis2.type": Pick(("linear", "log"), whole("log"), single=True),
            "yaxis2.tickfont.size": Pick(TICKS, whole("log"), single=True),
        },
        sentence=SENTENCE,
        table=TABLE,
        clicks={RUN: "", LOSSES: ""},
        drags=(Drag("the start", START, x=horizontal, y=vertical),),
    )


def _curve(first: Row = 0, last: Row | None = None) -> dict[str, Feed]:
    return {"x": Take("path.number", first, last), "y": Take("path.loss", first, last)}


def shown_steps(trace: GradientDescentTrace) -> int:
    """The last step of which the trace holds position and loss."""
    seen = np.isfinite(trace.path.losses) & np.isfinite(trace.path.positions).all(axis=-1)
    return int(np.flatnonzero(seen)[-1])


def _domain(trace: GradientDescentTrace) -> Array:
    return np.stack([trace.surface.x[[0, -1]], trace.surface.y[[0, -1]]])  # (2, 2): low, high


def _numbers(trace: GradientDescentTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    path, settings = trace.path, trace.settings
    domain = _domain(trace)
    with np.errstate(over="ignore"):  # a run that diverges
        lengths = np.linalg.norm(path.gradients, axis=-1)
    return {
        "learning_rate": settings.learning_rate,
        "counts.longer": len(trace.others.losses) - 1,
        "domain": domain,
        "path.w": path.positions,
        "path.loss": path.losses,
        "path.gradient": path.gradients,
        "path.length": lengths,
        "path.place": within(path.positions, domain),
        "others.place": within(trace.others.positions, domain),
        "arrived.found": trace.reached >= 0,
        "arrived.counts": [(trace.reached == k).sum() for k in range(len(trace.minima))],
        "arrived.goal": trace.minima[trace.reached],
    }


def _layout(trace: GradientDescentTrace, theme: Theme) -> go.Layout:
    losses = trace.path.losses[: shown_steps(trace) + 1]
    log = min(trace.surface.height.min(), losses.min()) >= 0
    domain, steps = _domain(trace), trace.settings.steps
    made = layout(
        theme,
        aspect=1.85,
        narrow_aspect=0.62,
        narrow={**stacked([0.38, 1], [0, 0.23]), "margin.b": 50},
        showlegend=False,
        **map_axes(domain, [0, 0.54]),
        xaxis2=axis("step", [-0.02 * steps, 1.02 * steps], [0.66, 1], "y2", zeroline=False),
        yaxis2=axis(
            "loss",
            loss_axis(losses.min(), losses.max(), losses[0], log),
            anchor="x2",
            type="log" if log else "linear",
            zeroline=False,
            exponentformat="power",
            tickfont={"size": TICKS[int(log)]},
        ),
    )
    made.margin.t = 12  # there is no legend
    return made


# What stands still


def _draw_minima(fig: go.Figure, trace: GradientDescentTrace, numbers: Any, theme: Theme) -> None:
    told = [ARRIVALS.fill(numbers, i=k) for k in range(len(trace.minima))]
    fig.add_scatter(
        **xy(*trace.minima.T),
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 16,
            "line": {"width": 2.5},
            "color": [role.on(theme) for role in style.SERIES],
        },
        text=told,
        name="minima",
        hovertemplate="a minimum: w = (%{x:.3f}, %{y:.3f})<br>%{text}<extra></extra>",
    )


def _draw_others(fig: go.Figure, trace: GradientDescentTrace, numbers: Any, theme: Theme) -> None:
    """The runs from elsewhere, each in the colour of the minimum that it reaches."""
    colours = [GOALS[k].on(theme) for k in trace.reached]
    for s, colour in enumerate(colours):
        x, y = numbers["others.place"][:, s].T
        add_line(fig, colour, width=1.6, x=x, y=y, opacity=0.75, name="another run")
    fig.add_scatter(
        **xy(*trace.starts.T),
        mode="markers",
        marker={
            "size": 8,
            "color": colours,
            "line": {"width": 1, "color": style.BACKGROUND.on(theme)},
        },
        text=[DESTINATION.fill(numbers, i=s) for s in range(len(colours))],
        name="other starts",
        hovertemplate="another start: w = (%{x:.2f}, %{y:.2f})<br>%{text}<extra></extra>",
    )


def _draw_trails(fig: go.Figure, trace: GradientDescentTrace, numbers: Any, theme: Theme) -> None:
    """The whole run, faintly: what is hovered over."""
    seen = shown_steps(trace) + 1
    words = [STORY.fill(numbers, i=k) for k in range(seen)]
    for name, x, y, role, axes in (
        ("run", *numbers["path.place"][:seen].T, style.GRADIENT, {}),
        ("loss", np.arange(seen, dtype=float), trace.path.losses[:seen], style.LOSS, SECOND),
    ):
        fig.add_scatter(
            x=x,
            y=y,
            mode="lines+markers",
            line={"width": 1.5, "color": role.on(theme)},
            marker={"size": 5, "color": role.on(theme)},
            opacity=0.5,
            text=words,
            name=name,
            hovertemplate="%{text}<extra></extra>",
            **axes,
        )


# What moves


def _draw_moving(fig: go.Figure, theme: Theme) -> None:
    gradient, loss, ink = (role.on(theme) for role in (style.GRADIENT, style.LOSS, style.INK))
    add_line(fig, gradient, name="so far")
    add_line(fig, loss, name="so far", **SECOND)
    add_start(fig, theme)
    add_line(fig, ink, width=2.5, fill="toself", fillcolor=ink, name="next step")
    add_ball(fig, gradient, theme, name="now")
    add_ball(fig, loss, theme, name="now", **SECOND)


def _frame(trace: GradientDescentTrace, numbers: Any, k: int) -> dict[int, dict[str, Array]]:
    """What changes at step k, by trace."""
    way, losses = numbers["path.place"], trace.path.losses
    steps = np.arange(k + 1.0)
    then = way[min(k + 1, shown_steps(trace))]
    return {
        SO_FAR: xy(*way[: k + 1].T),
        LOSS_SO_FAR: xy(steps, losses[: k + 1]),
        AHEAD: xy(*arrow(way[k], then, numbers["domain"])),
        START: xy(*way[:1].T),
        BALL: xy(*way[k : k + 1].T),
        DOT: xy(steps[-1:], losses[k : k + 1]),
    }


def _moment(trace: GradientDescentTrace, numbers: dict[str, Any], k: int) -> dict[str, Any]:
    left = shown_steps(trace) - k
    gone = not left and trace.path.diverged_at >= 0
    return {**numbers, "left": left, "here.gone": float(gone)}
