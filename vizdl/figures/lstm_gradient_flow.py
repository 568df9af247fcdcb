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
from vizdl.experiments import recall
from vizdl.experiments.base import SUPERSCRIPTS
from vizdl.experiments.lstm_gradient_flow import LONGEST, LstmGradientFlowTrace
from vizdl.experiments.lstm_gradient_flow_flow import along, flow
from vizdl.figures.base import Change, layout, playable
from vizdl.figures.live import Feed, Live, Take, whole
from vizdl.figures.words import words
from vizdl.style import Role, Theme

Array = NDArray[np.float64]

LOWEST, HIGHEST = -12.0, 2.0  # powers of ten that are shown
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
        feeds[index] = {"x": whole("lstm_ahead.number"), "y": whole(f"lstm_ahead.{name}")}
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
        **{f"walk.{name}": values for name, values in walked.items()},
        "lstm_ahead.number": np.arange(1.0, T + 1),
        "lstm_ahead.least": least,
        "lstm_ahead.mean": mean,
        "lstm_ahead.most": most,
    }


def _layout(theme: Theme) -> go.Layout:
    powers = np.arange(LOWEST, HIGHEST + 1, 2)
    right = {"domain": [0.66, 1]}
    made = layout(
        theme,
        aspect=16 / 10,
        narrow_aspect=0.46,
        narrow={
            "xaxis.domain": [0, 1], "xaxis2.domain": [0, 1], "xaxis3.domain": [0, 1],
            "yaxis.domain": [0.56, 1], "yaxis2.domain": [0.29, 0.45], "yaxis3.domain": [0, 0.18],
            "yaxis.title.text": "", "yaxis2.title.text": "", "yaxis3.title.text": "",
            "xaxis2.title.text": "step: forget gates",
            "xaxis3.title.text": "steps to recall over: letters named",
        },
        xaxis={"title": {"text": "steps back"}, "range": [0, LONGEST], "domain": [0, 0.55],
               "anchor": "y", "zeroline": False},
        yaxis={
            "title": {"text": "gradient, of that at the last state"},
            "range": [LOWEST, HIGHEST], "tickvals": powers.tolist(),
            "ticktext": [_power(power) for power in powers],
        },
        xaxis2={"title": {"text": "step"}, "range": [0, LONGEST + 1], "anchor": "y2", **right},
        yaxis2={"title": {"text": "forget gates"}, "range": [0, 1.04], "tickvals": [0, 0.5, 1],
                "domain": [0.6, 1], "anchor": "x2"},
        xaxis3={"title": {"text": "steps to recall over"}, "range": [0, 33], "anchor": "y3",
                **right},
        yaxis3={"title": {"text": "letters named"}, "range": [0, 108], "tickvals": [0, 50, 100],
                "ticktext": ["0%", "50%", "100%"], "domain": [0, 0.38], "anchor": "x3"},
    )  # fmt: skip
    made.margin.update(l=64, t=72)
    return made


def _power(power: float) -> str:
    return "1" if not power else "10" + str(int(power)).translate(SUPERSCRIPTS)


def _draw_ways(fig: go.Figure, theme: Theme) -> None:
    for _, name, role, dash in WAYS:
        fig.add_scatter(
            mode="lines", name=name, hoverinfo="skip",
            line={"color": role.on(theme), "width": 3.5, "dash": dash},
        )  # fmt: skip
    for _, _, role, _ in WAYS:
        fig.add_scatter(
            mode="markers", showlegend=False, hoverinfo="skip", cliponaxis=False,
            marker={"color": role.on(theme), "size": 11},
        )  # fmt: skip


def _draw_gates(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    axes = {"xaxis": "x2", "yaxis": "y2", "showlegend": False, "hoverinfo": "skip"}
    forget, steps = style.FORGET_GATE.on(theme), numbers["lstm_ahead.number"]
    for name, width in (("least", 1), ("most", 1), ("mean", 3)):
        fig.add_scatter(
            x=steps, y=numbers[f"lstm_ahead.{name}"], mode="lines",
            line={"color": forget, "width": width}, **axes,
        )  # fmt: skip
    fig.add_scatter(
        mode="markers", cliponaxis=False, marker={"color": style.INK.on(theme), "size": 11}, **axes
    )


def _draw_recall(fig: go.Figure, trace: LstmGradientFlowTrace, theme: Theme) -> None:
    axes = {"xaxis": "x3", "yaxis": "y3", "showlegend": False}
    seeds = trace.recall.shape[-1]
    for (_, name, role, dash), symbol, found in zip(KINDS, SYMBOLS, trace.recall, strict=True):
        fig.add_scatter(
            x=trace.delays, y=100 * found.mean(axis=-1), mode="lines", hoverinfo="skip",
            line={"color": role.on(theme), "width": 3, "dash": dash}, **axes,
        )  # fmt: skip
        fig.add_scatter(
            x=np.repeat(trace.delays, seeds), y=100 * found.ravel(), mode="markers",
            marker={"color": role.on(theme), "size": 8, "symbol": symbol, "line": {"width": 2}},
            cliponaxis=False,
            hovertemplate=f"{name}, trained over %{{x}} steps: %{{y:.0f}}%<extra></extra>", **axes,
        )  # fmt: skip
    muted = style.MUTED.on(theme)
    fig.add_scatter(
        x=[0, 33], y=[100 / recall.LETTERS] * 2, mode="lines+text", text=["a guess", ""],
        textposition="top right", textfont={"color": muted, "size": 12}, hoverinfo="skip",
        line={"color": muted, "width": 1, "dash": "dash"}, **axes,
    )  # fmt: skip


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
