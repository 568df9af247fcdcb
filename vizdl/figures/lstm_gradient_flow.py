"""Three gradients on their way back, the gates that one of them passes, and what that is good for.

Heights of the gradients are powers of ten, on a linear axis. The gates stand over the step that
they belong to, so the walk through them goes from right to left. `live` says what a page computes
anew.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.lstm_gradient_flow import LONGEST, LstmGradientFlowTrace
from vizdl.experiments.lstm_gradient_flow_flow import along, flow
from vizdl.figures.axes import axis, panel
from vizdl.figures.base import Change, playable
from vizdl.figures.live import Feed, Live, Take
from vizdl.figures.marks import add_line
from vizdl.figures.pairs import pair
from vizdl.figures.ways_back import RIGHT, THIRD, UPPER, add_guess, panels
from vizdl.figures.words import named, words
from vizdl.style import Role, Theme

Array = NDArray[np.float64]

LOWEST, HIGHEST = -12.0, 2.0  # powers of ten that are shown
FURTHEST = 33  # how far the axis of delays goes
# Each gradient's name in the flow, what it is called, its colour, its dash.
WAYS: tuple[tuple[str, str, Role, str], ...] = (
    ("rnn", "plain network", style.HIDDEN, "solid"),
    ("cell", "LSTM, at its cell", style.CELL, "solid"),
    ("conveyor", "LSTM, along the cell alone", style.FORGET_GATE, "dash"),
    ("gru", "GRU", style.CANDIDATE, "dot"),
)
KINDS = (WAYS[0], WAYS[1], WAYS[3])  # of the trained networks
SYMBOLS = ("circle-open", "square-open", "diamond-open")
FIRST_BALL = len(WAYS)
LEAST, MOST, MEAN, GATE = range(2 * len(WAYS), 2 * len(WAYS) + 4)
FIRST_RECALL = GATE + 1

SENTENCE = words(
    ("not step", "At the last state every gradient is whole."),
    "Step {step:d} back: {walk.rnn_percent[left]:n2}% of the gradient is left in the plain "
    "network, {walk.conveyor_percent[left]:n2}% along the LSTM's cell, "
    "{walk.gru_percent[left]:n2}% in the GRU. The forget gates of this step let through "
    "{lstm_ahead.mean[left]:n3} on average.",
)
TABLE = (
    *(
        (f"Left at the first state: {name}", words(f"{{walk.{key}_percent[0]:n3}}%"))
        for key, name, _, _ in WAYS
    ),
    (
        "Forget gates at the step: least, mean, largest",
        words(
            "{lstm_ahead.least[left]:n3}, {lstm_ahead.mean[left]:n3}, {lstm_ahead.most[left]:n3}"
        ),
    ),
)


def figure(trace: LstmGradientFlowTrace, theme: Theme = "light") -> go.Figure:
    """Draw the ways back; frame k is the state k steps before the last."""
    numbers = _numbers(trace)
    fig = go.Figure(layout=_layout(theme))
    _draw_ways(fig, theme)
    _draw_gates(fig, numbers, theme)
    _draw_recall(fig, trace, theme)
    steps = len(trace.rnn)
    return playable(
        fig,
        [_frame(numbers, k) for k in range(steps)],
        [SENTENCE.fill(numbers, step=k, left=steps - 1 - k) for k in range(steps)],
        interval=150,
        start=steps - 1,
    )


def live(trace: LstmGradientFlowTrace) -> Live:
    """On a page the forget bias and the length are changed."""
    feeds: dict[int, dict[str, Feed]] = {}
    for index, (key, _, _, _) in enumerate(WAYS):
        name = f"walk.{key}_power"
        feeds[index] = {"x": Take("walk.steps", "left"), "y": Take(name, "left")}
        feeds[FIRST_BALL + index] = {
            "x": Take("walk.steps", "left", "left"),
            "y": Take(name, "left", "left"),
        }
    for index, name in ((LEAST, "least"), (MOST, "most"), (MEAN, "mean")):
        feeds[index] = pair("lstm_ahead.number", f"lstm_ahead.{name}")
    feeds[GATE] = {
        "x": Take("lstm_ahead.number", "left", "left"),
        "y": Take("lstm_ahead.mean", "left", "left"),
    }
    return Live(
        flow=flow(trace),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        start=len(trace.rnn) - 1,
    )


def _numbers(trace: LstmGradientFlowTrace) -> dict[str, Any]:
    """The numbers of the trace by the names that a page has for them, the last state last."""
    T = len(trace.rnn)
    walked = along(
        rnn=trace.rnn[::-1],
        cell=trace.lstm[::-1],
        conveyor=trace.conveyor[::-1],
        gru=trace.gru[::-1],
        lag=np.arange(T)[::-1],
        rnn_first=1.0,
        cell_first=1.0,
        conveyor_first=1.0,
        gru_first=1.0,
    )
    least, mean, most = trace.open_gates.T
    return {
        **named(walk=walked),
        "lstm_ahead.number": np.arange(1.0, T + 1),
        "lstm_ahead.least": least,
        "lstm_ahead.mean": mean,
        "lstm_ahead.most": most,
    }


def _layout(theme: Theme) -> go.Layout:
    return panels(
        theme,
        back=LONGEST,
        powers=(LOWEST, HIGHEST),
        ticks=np.arange(LOWEST, HIGHEST + 1, 2),
        beside={
            "title": "step: forget gates",
            "xaxis2": axis("step", [0, LONGEST + 1], RIGHT, "y2"),
            "yaxis2": axis("forget gates", [0, 1.04], UPPER, "x2", tickvals=[0, 0.5, 1]),
        },
        delays=(FURTHEST, 108),
        top=72,
    )


def _draw_ways(fig: go.Figure, theme: Theme) -> None:
    for _, name, role, dash in WAYS:
        add_line(fig, role.on(theme), width=3.5, dash=dash, name=name)
    for _, _, role, _ in WAYS:
        fig.add_scatter(
            mode="markers", showlegend=False, hoverinfo="skip", cliponaxis=False,
            marker={"color": role.on(theme), "size": 11},
        )  # fmt: skip


def _draw_gates(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    axes: dict[str, Any] = {**panel(2), "showlegend": False}
    forget, steps = style.FORGET_GATE.on(theme), numbers["lstm_ahead.number"]
    for name, width in (("least", 1), ("most", 1), ("mean", 3)):
        add_line(fig, forget, width=width, x=steps, y=numbers[f"lstm_ahead.{name}"], **axes)
    fig.add_scatter(
        mode="markers", cliponaxis=False, marker={"color": style.INK.on(theme), "size": 11},
        hoverinfo="skip", **axes,
    )  # fmt: skip


def _draw_recall(fig: go.Figure, trace: LstmGradientFlowTrace, theme: Theme) -> None:
    seeds = trace.recall.shape[-1]
    for (_, name, role, dash), symbol, found in zip(KINDS, SYMBOLS, trace.recall, strict=True):
        share = 100 * found.mean(axis=-1)
        add_line(fig, role.on(theme), dash=dash, x=trace.delays, y=share, **THIRD)
        fig.add_scatter(
            x=np.repeat(trace.delays, seeds), y=100 * found.ravel(), mode="markers",
            marker={"color": role.on(theme), "size": 8, "symbol": symbol, "line": {"width": 2}},
            cliponaxis=False,
            hovertemplate=f"{name}, trained over %{{x}} steps: %{{y:.0f}}%<extra></extra>", **THIRD,
        )  # fmt: skip
    add_guess(fig, FURTHEST, theme)


def _frame(numbers: dict[str, Any], k: int) -> dict[int, Change]:
    """The walk up to k steps back."""
    steps = numbers["walk.steps"]
    row = len(steps) - 1 - k
    frame: dict[int, Change] = {}
    for index, (key, _, _, _) in enumerate(WAYS):
        powers = numbers[f"walk.{key}_power"]
        frame[index] = {"x": steps[row:], "y": powers[row:]}
        frame[FIRST_BALL + index] = {"x": steps[row : row + 1], "y": powers[row : row + 1]}
    gates, mean = numbers["lstm_ahead.number"], numbers["lstm_ahead.mean"]
    frame[GATE] = {"x": gates[row : row + 1], "y": mean[row : row + 1]}
    return frame
