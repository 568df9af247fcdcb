"""A descent step by step: where it stands on the map, and how far the loss has fallen.

The map shows the contours, the whole run as a trail, and twelve runs from other starts in the
colour of the minimum that each finds. Frame k is the k-th step: the ball, the step that comes next
as an arrow (exactly minus learning rate times gradient), and the loss so far.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import SUPERSCRIPTS, number
from vizdl.experiments.common import loss_range
from vizdl.experiments.gradient_descent import GradientDescentTrace
from vizdl.figures.base import layout, playable
from vizdl.figures.contour import add_map
from vizdl.style import Theme

Array = NDArray[np.float64]

BEYOND = 20.0  # widths of the map: a run that diverges is drawn no further out


def figure(trace: GradientDescentTrace, theme: Theme = "light") -> go.Figure:
    """Draw the run; frame k is its k-th step, the last one that of a divergence if there is one."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_map(fig, trace, theme)
    _draw_others(fig, trace, theme)
    _draw_trails(fig, trace, theme)
    first = len(fig.data)
    _draw_moving(fig, theme)
    steps = range(shown_steps(trace) + 1)
    return playable(
        fig,
        [dict(enumerate(_frame(trace, k), start=first)) for k in steps],
        [_sentence(trace, k) for k in steps],
        interval=300,
    )


def shown_steps(trace: GradientDescentTrace) -> int:
    """The last step of which the trace holds position and loss."""
    seen = np.isfinite(trace.path.losses) & np.isfinite(trace.path.positions).all(axis=-1)
    return int(np.flatnonzero(seen)[-1])


def _layout(trace: GradientDescentTrace, theme: Theme) -> go.Layout:
    surface, losses = trace.surface, loss_range(trace.path.losses)
    ends = np.array([losses.low, losses.high])
    scale: dict[str, Any] = {"range": list(np.log10(ends) if losses.log else ends)}
    if losses.log:
        powers = np.arange(np.ceil(scale["range"][0]), np.floor(scale["range"][1]) + 1)
        powers = powers[:: max(1, round(len(powers) / 5))]
        words = [_power(int(power)) for power in powers]
        scale |= {"type": "log", "tickvals": 10.0**powers, "ticktext": words}
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False}
    return layout(
        theme,
        aspect=1.75,
        narrow_aspect=0.62,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.42, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0, 0.27],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis={
            **plain,
            "title": {"text": "weight w<sub>1</sub>"},
            "range": [surface.x[0], surface.x[-1]],
            "domain": [0, 0.54],
            "constrain": "domain",
            "anchor": "y",
        },
        yaxis={
            **plain,
            "title": {"text": "weight w<sub>2</sub>"},
            "range": [surface.y[0], surface.y[-1]],
            "scaleanchor": "x",  # equal units: the gradient stands square to the contours
            "constrain": "domain",
            "constraintoward": "top",
        },
        xaxis2={
            "title": {"text": "step"},
            "range": [-0.02 * trace.settings.steps, 1.02 * trace.settings.steps],
            "domain": [0.66, 1],
            "anchor": "y2",
            "zeroline": False,
        },
        yaxis2={"title": {"text": "loss"}, "anchor": "x2", "zeroline": False, **scale},
    )


def _power(exponent: int) -> str:
    if -3 <= exponent <= 3:
        return f"{10.0**exponent:g}"
    return "10" + str(exponent).translate(SUPERSCRIPTS)


# What stands still


def _draw_map(fig: go.Figure, trace: GradientDescentTrace, theme: Theme) -> None:
    add_map(fig, trace.surface, theme)
    fig.add_scatter(
        x=trace.minima[:, 0],
        y=trace.minima[:, 1],
        mode="markers",
        marker={
            "symbol": "circle-open",
            "size": 16,
            "line": {"width": 2.5},
            "color": [_colour(k, theme) for k in range(len(trace.minima))],
        },
        text=[_arrivals(trace, k) for k in range(len(trace.minima))],
        name="minima",
        hovertemplate="a minimum: w = (%{x:.3f}, %{y:.3f})<br>%{text}<extra></extra>",
    )


def _draw_others(fig: go.Figure, trace: GradientDescentTrace, theme: Theme) -> None:
    """One line for each minimum, through all runs that end there, cut between the runs."""
    walks = _within(trace, trace.others.positions)
    for k in [-1, *range(len(trace.minima))]:
        members = np.flatnonzero(trace.reached == k)
        if not len(members):
            continue
        gap = np.full((1, len(members), 2), np.nan)
        way = np.concatenate([walks[:, members], gap]).swapaxes(0, 1).reshape(-1, 2)
        fig.add_scatter(
            x=way[:, 0],
            y=way[:, 1],
            mode="lines",
            line={"width": 1.6, "color": _colour(k, theme)},
            opacity=0.75,
            name="no minimum" if k < 0 else f"to minimum {k + 1}",
            hoverinfo="skip",
        )
    fig.add_scatter(
        x=trace.starts[:, 0],
        y=trace.starts[:, 1],
        mode="markers",
        marker={
            "size": 8,
            "color": [_colour(int(k), theme) for k in trace.reached],
            "line": {"width": 1, "color": style.BACKGROUND.on(theme)},
        },
        text=[_destination(trace, int(k)) for k in trace.reached],
        name="other starts",
        hovertemplate="another start: w = (%{x:.2f}, %{y:.2f})<br>%{text}<extra></extra>",
    )


def _draw_trails(fig: go.Figure, trace: GradientDescentTrace, theme: Theme) -> None:
    """The whole run, faintly: what is hovered over."""
    last = shown_steps(trace)
    way = _within(trace, trace.path.positions[: last + 1])
    words = [_story(trace, k) for k in range(last + 1)]
    gradient, loss = style.GRADIENT.on(theme), style.LOSS.on(theme)
    for x, y, colour, axes in (
        (*way.T, gradient, {}),
        (np.arange(last + 1), trace.path.losses[: last + 1], loss, {"xaxis": "x2", "yaxis": "y2"}),
    ):
        fig.add_scatter(
            x=x,
            y=y,
            mode="lines+markers",
            line={"width": 1, "color": colour},
            marker={"size": 5, "color": colour},
            opacity=0.35,
            text=words,
            name="run" if not axes else "loss",
            hovertemplate="%{text}<extra></extra>",
            **axes,
        )


# What moves


def _draw_moving(fig: go.Figure, theme: Theme) -> None:
    gradient, loss = style.GRADIENT.on(theme), style.LOSS.on(theme)
    edge = {"width": 1.5, "color": style.BACKGROUND.on(theme)}
    second = {"xaxis": "x2", "yaxis": "y2"}
    for colour, axes in ((gradient, {}), (loss, second)):
        fig.add_scatter(
            mode="lines",
            line={"width": 3, "color": colour},
            hoverinfo="skip",
            name="so far",
            **axes,
        )
    fig.add_scatter(
        mode="lines+markers",
        line={"width": 2.5, "color": style.INK.on(theme)},
        marker={"symbol": "arrow", "size": [0, 13], "angleref": "previous"},
        marker_color=style.INK.on(theme),
        hoverinfo="skip",
        name="next step",
    )
    for colour, axes in ((gradient, {}), (loss, second)):
        fig.add_scatter(
            mode="markers",
            marker={"size": 14, "color": colour, "line": edge},
            hoverinfo="skip",
            name="now",
            **axes,
        )


def _frame(trace: GradientDescentTrace, k: int) -> list[dict[str, Array]]:
    """What changes, in the order of `_draw_moving`, at step k."""
    way = _within(trace, trace.path.positions)
    losses = trace.path.losses
    ahead = way[[k, min(k + 1, shown_steps(trace))]]
    steps = np.arange(k + 1)
    return [
        _xy(*way[: k + 1].T),
        _xy(steps, losses[: k + 1]),
        _xy(*ahead.T),
        _xy(*way[k : k + 1].T),
        _xy(steps[-1:], losses[k : k + 1]),
    ]


def _xy(x: NDArray[Any], y: Array) -> dict[str, Array]:
    return {"x": x.astype(np.float64), "y": y}


def _within(trace: GradientDescentTrace, positions: Array) -> Array:
    """Positions, those far outside the map moved to where the axes can still count."""
    x, y = trace.surface.x, trace.surface.y
    low, high = np.array([x[0], y[0]]), np.array([x[-1], y[-1]])
    far = BEYOND * (high - low)
    result: Array = np.clip(positions, low - far, high + far)
    return result


# Words


def _sentence(trace: GradientDescentTrace, k: int) -> str:
    path, rate = trace.path, trace.settings.learning_rate
    words = f"Step {k}: w = {_pair(path.positions[k])}, loss {number(float(path.losses[k]))}"
    if k == path.diverged_at:
        return words + ". The run has diverged: the learning rate is too large here."
    length = number(float(np.linalg.norm(path.gradients[k])))
    if k == shown_steps(trace):
        return words + f", and the gradient has the length {length}."
    return words + f". The next step is −{rate:.3g} times the gradient, whose length is {length}."


def _story(trace: GradientDescentTrace, k: int) -> str:
    path, rate = trace.path, trace.settings.learning_rate
    lines = [f"<b>step {k}</b>: w = {_pair(path.positions[k])}"]
    if k:
        before, slope = _pair(path.positions[k - 1]), _pair(path.gradients[k - 1])
        lines.append(f"= {before} − {rate:.3g} · {slope}")
        lines.append("that is, the last w minus the rate times its gradient")
    lines.append(f"loss here {number(float(path.losses[k]))}")
    lines.append(f"gradient here {_pair(path.gradients[k])}")
    return "<br>".join(lines)


def _pair(values: Array) -> str:
    return f"({number(float(values[0]))}, {number(float(values[1]))})"


def _arrivals(trace: GradientDescentTrace, k: int) -> str:
    count = int((trace.reached == k).sum())
    return f"{count} of the {len(trace.starts)} other starts end here"


def _destination(trace: GradientDescentTrace, k: int) -> str:
    steps = len(trace.others.losses) - 1
    if k < 0:
        return f"it has reached no minimum after {steps} steps"
    return f"it ends in the minimum at {_pair(trace.minima[k])}"


def _colour(minimum: int, theme: Theme) -> str:
    return (style.SERIES[minimum] if minimum >= 0 else style.MUTED).on(theme)
