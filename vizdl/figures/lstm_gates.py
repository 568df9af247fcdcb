"""The gates of a trained LSTM over one sequence: scrub time and read each step's arithmetic.

From top to bottom the figure follows the data: what comes in, the gates that decide what the cell
keeps and stores, the cell itself, the gate that decides what is shown, what comes out. A gate's
block fills its track as far as it lets through. What lies ahead of the cursor is veiled.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.lstm_gates import LstmGatesTrace
from vizdl.figures.base import layout, playable
from vizdl.style import Role, Theme

Array = NDArray[np.float64]

# Each panel's name, what its picture means, its letter where there is little room, its colour, its
# share of the height, the range of its axis.
PANELS: tuple[tuple[str, str, str, Role, float, tuple[float, float]], ...] = (
    ("flags", "", "", style.MUTED, 1.0, (-0.55, 1.55)),
    ("value", "gold: to be stored", "value", style.MUTED, 1.3, (-1.1, 1.1)),
    ("1 · forget gate f", "how much is kept", "f", style.FORGET_GATE, 1.0, (0, 1)),
    ("2 · input gate i", "how much is stored", "i", style.INPUT_GATE, 1.0, (0, 1)),
    ("candidate g", "what could be stored", "g", style.CANDIDATE, 1.2, (-1, 1)),
    ("3 · cell state c", "dotted: to be remembered", "c", style.CELL, 2.0, (-1.1, 1.1)),
    ("4 · output gate o", "how much is shown", "o", style.OUTPUT_GATE, 1.0, (0, 1)),
    ("output ŷ", "dash: the right answer", "ŷ", style.HIDDEN, 1.6, (-1.1, 1.1)),
)
FLAGS, VALUE, FORGET, INPUT, CANDIDATE, CELL, OUTPUT, PREDICTION = range(len(PANELS))
GAP = 0.024  # between panels, as a share of the figure's height
GATE_ROWS = {INPUT: 0, FORGET: 1, CANDIDATE: 2, OUTPUT: 3}  # rows of weights, products and z


def figure(trace: LstmGatesTrace, theme: Theme = "light") -> go.Figure:
    """Draw the shown sequence and the shown cell; frame t is the moment after step t."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_input(fig, trace, theme)
    for panel, gate in ((FORGET, trace.f), (INPUT, trace.i), (CANDIDATE, trace.g)):
        _draw_gate(fig, trace, theme, panel, gate)
    _draw_cell(fig, trace, theme)
    _draw_gate(fig, trace, theme, OUTPUT, trace.o)
    _draw_prediction(fig, trace, theme)
    _add_cursor(fig, theme)
    times = range(len(trace.inputs) + 1)
    return playable(
        fig,
        [_frame(fig, trace, t) for t in times],
        [_sentence(trace, t) for t in times],
        interval=900,
        start=trace.ask_step + 1,
    )


def _layout(trace: LstmGatesTrace, theme: Theme) -> go.Layout:
    T = len(trace.inputs)
    unit = (1 - GAP * (len(PANELS) - 1)) / sum(panel[4] for panel in PANELS)
    axes: dict[str, Any] = {"yaxis": {"range": [0, 1], "visible": False}}
    narrow: dict[str, Any] = {"margin.l": 42, "margin.r": 42, "margin.t": 4, "margin.b": 40}
    top = 1.0
    for index, (name, meaning, letter, role, share, _) in enumerate(PANELS):
        limits = _limits(trace, index)
        axis = "yaxis" + _axis(index)[1:]
        axes[axis] = {
            "domain": [max(0.0, top - share * unit), top],
            "range": limits,
            "tickvals": [sum(limits) / 2],
            "ticktext": [f"<b>{name}</b><br><span style='font-size:11px'>{meaning}</span>"],
            "tickfont": {"color": role.on(theme), "size": 14},
            "showgrid": False,
            "zeroline": index in (VALUE, CELL, PREDICTION),
        }
        narrow[f"{axis}.ticktext"] = [f"<b>{letter}</b>"]
        top -= share * unit + GAP
    axes["yaxis2"].update(tickvals=[0, 1], ticktext=["<b>ask</b>", "<b>store</b>"])
    narrow.update({"yaxis2.ticktext": ["ask", "store"], "xaxis.tickvals": [1, *range(5, T + 1, 5)]})
    narrow.update({"yaxis2.tickfont.size": 11, "yaxis3.tickfont.size": 11})
    made = layout(
        theme,
        narrow={**narrow, "xaxis.title.standoff": 2},
        narrow_aspect=0.68,
        showlegend=False,
        hoverdistance=40,
        plot_bgcolor="#00000000",  # the panels lie over the cursor
        xaxis={
            "title": {"text": "step"},
            "range": [0.4, T + 0.6],
            "tickvals": list(range(1, T + 1)),
            "anchor": _axis(PREDICTION),
            "showgrid": False,
            "zeroline": False,
        },
        **axes,
    )
    made.margin.update(l=176, t=8, r=60)
    return made


def _limits(trace: LstmGatesTrace, panel: int) -> tuple[float, float]:
    """The range of a panel's axis, widened where a cell or an answer goes beyond ±1."""
    drawn = {CELL: trace.c[:, trace.unit], PREDICTION: trace.predictions}
    reach = float(max(1.0, np.abs(drawn.get(panel, np.zeros(1))).max()))
    low, high = PANELS[panel][-1]
    return low * reach, high * reach


def _axis(panel: int) -> str:
    return f"y{panel + 2}"  # "y" is the axis of the whole height, on which the cursor stands


def _steps(trace: LstmGatesTrace) -> Array:
    return np.arange(1.0, len(trace.inputs) + 1)


# What stands still


def _draw_input(fig: go.Figure, trace: LstmGatesTrace, theme: Theme) -> None:
    steps = _steps(trace)
    for row, column, word, told in (
        (1, 1, "store", "keep this value"),
        (0, 2, "ask", "output what you keep"),
    ):
        low, set_here = np.full(len(steps), row - 0.4), trace.inputs[:, column] > 0
        _add_blocks(fig, FLAGS, steps, low, low + 0.8, style.SURFACE.on(theme))
        flagged = steps[set_here], low[set_here], low[set_here] + 0.8
        _add_blocks(fig, FLAGS, *flagged, style.INK.on(theme))
        texts = [
            f"Step {t}: <b>{word}</b> flag, {told}" if flag else f"Step {t}: no {word} flag"
            for t, flag in enumerate(set_here, start=1)
        ]
        _add_hover(fig, FLAGS, steps, low + 0.4, texts)
    value, store = trace.inputs[:, 0], trace.inputs[:, 1] > 0
    for chosen, role, opacity in ((~store, style.DATA, 0.55), (store, style.CELL, 1.0)):
        top, zero = value[chosen], np.zeros(chosen.sum())
        _add_blocks(fig, VALUE, steps[chosen], zero, top, role.on(theme), opacity, width=0.5)
    texts = [
        f"Step {t}: the input brings <b>{_fixed(v)}</b>,<br>"
        + ("flagged to be stored" if flag else "a distraction: no store flag")
        for t, (v, flag) in enumerate(zip(value, store, strict=True), start=1)
    ]
    _add_hover(fig, VALUE, steps, value / 2, texts)


def _draw_gate(
    fig: go.Figure, trace: LstmGatesTrace, theme: Theme, panel: int, gate: Array
) -> None:
    name, _, letter, role, _, (low, high) = PANELS[panel]
    steps, values = _steps(trace), gate[:, trace.unit]
    track = np.full(len(steps), float(low)), np.full(len(steps), float(high))
    _add_blocks(fig, panel, steps, *track, style.SURFACE.on(theme))
    _add_blocks(fig, panel, steps, np.zeros(len(steps)), values, role.on(theme))
    squash = "tanh" if panel == CANDIDATE else "σ"
    parts = trace.products[:, GATE_ROWS[panel], trace.unit]  # (T, 3+H+1)
    sums = np.stack([parts[:, :3].sum(1), parts[:, 3:-1].sum(1), parts[:, -1]])  # (3, T)
    z = trace.z[:, GATE_ROWS[panel], trace.unit]
    texts = [
        f"Step {t + 1}: <b>{name.split(' · ')[-1][:-2]}</b><br>"
        f"weighted sums: inputs {_fixed(sums[0, t])},<br>"
        f"last output {_fixed(sums[1, t])}, bias {_fixed(sums[2, t])}<br>"
        f"together z = {_fixed(z[t])}<br>"
        f"{letter} = {squash}(z) = <b>{_fixed(values[t])}</b>"
        for t in range(len(steps))
    ]
    _add_hover(fig, panel, steps, np.full(len(steps), (low + high) / 2), texts)


def _draw_cell(fig: go.Figure, trace: LstmGatesTrace, theme: Theme) -> None:
    steps, u = _steps(trace), trace.unit
    f, i, g, c = trace.f[:, u], trace.i[:, u], trace.g[:, u], trace.c[:, u]
    fig.add_scatter(
        x=steps,
        y=trace.memory,
        yaxis=_axis(CELL),
        mode="lines",
        line={"color": style.MUTED.on(theme), "dash": "dot", "width": 1.5, "shape": "hvh"},
        hoverinfo="skip",
    )
    fig.add_scatter(
        x=steps,
        y=c[1:],
        yaxis=_axis(CELL),
        mode="lines+markers",
        line={"color": style.CELL.on(theme), "width": 3, "shape": "hvh"},
        marker_size=6,
        hoverinfo="text",
        hovertext=[
            f"Step {t + 1}: <b>cell state</b><br>"
            f"kept: f · c before = {_fixed(f[t])} · {_fixed(c[t])} = {_fixed(trace.kept[t, u])}<br>"
            f"added: i · g = {_fixed(i[t])} · {_fixed(g[t])} = {_fixed(trace.added[t, u])}<br>"
            f"c = <b>{_fixed(c[t + 1])}</b>, where {_fixed(trace.memory[t])} is to be remembered"
            for t in range(len(steps))
        ],
    )


def _draw_prediction(fig: go.Figure, trace: LstmGatesTrace, theme: Theme) -> None:
    steps, u = _steps(trace), trace.unit
    zero = np.zeros(len(steps))
    _add_blocks(fig, PREDICTION, steps, zero, trace.predictions, style.HIDDEN.on(theme), width=0.5)
    answer = trace.targets - 0.045, trace.targets + 0.045
    _add_blocks(fig, PREDICTION, steps, *answer, style.INK.on(theme), width=0.8)
    texts = [
        f"Step {t + 1}: <b>output</b><br>"
        f"h = o · tanh c = {_fixed(trace.o[t, u])} · {_fixed(trace.squashed[t, u])}"
        f" = {_fixed(trace.h[t + 1, u])}<br>"
        f"times its read-out weight {_fixed(trace.readout_weights[u])}:"
        f" {_fixed(trace.readout_weights[u] * trace.h[t + 1, u])}<br>"
        f"with the other cells ŷ = <b>{_fixed(trace.predictions[t])}</b>,<br>"
        f"right is {_fixed(trace.targets[t])}"
        for t in range(len(steps))
    ]
    _add_hover(fig, PREDICTION, steps, trace.predictions / 2, texts)


def _add_blocks(
    fig: go.Figure,
    panel: int,
    steps: Array,
    low: Array,
    high: Array,
    colour: str,
    opacity: float = 1.0,
    width: float = 0.86,
) -> None:
    """Add a block from low to high at each step, as one filled line.

    Plotly's own bars vanish when a frame is shown without redrawing the whole figure.
    """
    left, right, gap = steps - width / 2, steps + width / 2, np.full(len(steps), np.nan)
    fig.add_scatter(
        x=np.stack([left, right, right, left, gap], axis=1).ravel(),
        y=np.stack([low, low, high, high, gap], axis=1).ravel(),
        yaxis=_axis(panel),
        mode="lines",
        line_width=0,
        fill="toself",
        fillcolor=colour,
        opacity=opacity,
        hoverinfo="skip",
    )


def _add_hover(fig: go.Figure, panel: int, steps: Array, y: Array, texts: list[str]) -> None:
    """Add what a pointer reads at each step."""
    fig.add_scatter(
        x=steps,
        y=y,
        yaxis=_axis(panel),
        mode="markers",
        marker={"size": 16, "opacity": 0},
        hoverinfo="text",
        hovertext=texts,
    )


# What moves


def _add_cursor(fig: go.Figure, theme: Theme) -> None:
    """Add what moves: the cursor, the numbers beside it, and a veil over each panel."""
    area: dict[str, Any] = {
        "mode": "lines", "line_width": 0, "fill": "toself", "hoverinfo": "skip"
    }  # fmt: skip
    fig.add_scatter(**area, fillcolor=style.MUTED.on(theme), opacity=0.25)
    fig.add_scatter(
        mode="text",
        textposition="middle right",
        textfont={"color": [panel[3].on(theme) for panel in PANELS[VALUE:]], "size": 14},
        hoverinfo="skip",
        cliponaxis=False,
    )
    for panel in range(len(PANELS)):
        veil = style.BACKGROUND.on(theme)
        fig.add_scatter(**area, fillcolor=veil, opacity=0.8, yaxis=_axis(panel))


def _frame(fig: go.Figure, trace: LstmGatesTrace, t: int) -> dict[int, dict[str, Any]]:
    """The moment after step t: what changes, by the index of what moves."""
    T, u, k = len(trace.inputs), trace.unit, t - 1  # k is the index of step t
    numbers = [
        trace.inputs[k, 0],
        trace.f[k, u],
        trace.i[k, u],
        trace.g[k, u],
        trace.c[t, u],
        trace.o[k, u],
        trace.predictions[k],
    ]
    texts = [_fixed(value) for value in numbers]
    if t == 0:  # nothing has come in yet
        texts = ["–" if panel != CELL else text for panel, text in enumerate(texts, start=VALUE)]
    middles = [np.mean(fig.layout[f"yaxis{p + 2}"].domain) for p in range(VALUE, len(PANELS))]
    cursor = len(fig.data) - len(PANELS) - 2
    frame: dict[int, dict[str, Any]] = {
        cursor: _box(t - 0.5, t + 0.5 if t else 0, 0, 1),
        cursor + 1: {"x": [T + 0.6] * len(texts), "y": middles, "text": texts},
    }
    for panel in range(len(PANELS)):
        frame[cursor + 2 + panel] = _box(t + 0.5, T + 0.5, *_limits(trace, panel))
    return frame


def _box(left: float, right: float, low: float, high: float) -> dict[str, list[float]]:
    return {"x": [left, right, right, left], "y": [low, low, high, high]}


def _sentence(trace: LstmGatesTrace, t: int) -> str:
    if t == 0:
        return f"Before step 1: the cell is empty, c = {_fixed(trace.c[0, trace.unit])}."
    u, k = trace.unit, t - 1
    value, store, ask = trace.inputs[k]
    news = {
        (0, 0): f"no flag, {_fixed(value)} is a distraction",
        (1, 0): f"store {_fixed(value)}",
        (0, 1): f"asked for the memory, {_fixed(trace.memory[k])}",
        (1, 1): f"store {_fixed(value)}, and asked for it",
    }[int(store), int(ask)]
    f, i, g, o = (_fixed(gate[k, u], 3) for gate in (trace.f, trace.i, trace.g, trace.o))
    before, after = _fixed(trace.c[k, u], 3), _fixed(trace.c[t, u], 3)
    return (
        f"Step {t}: {news}. New c = f · c + i · g = {f} · {_within(before)} + {i} · {_within(g)}"
        f" = {after}; h = o · tanh c = {o} · {_within(_fixed(trace.squashed[k, u], 3))}"
        f" = {_fixed(trace.h[t, u], 3)}, read out as {_fixed(trace.predictions[k])}."
    )


def _fixed(value: float, places: int = 2) -> str:
    """A number with that many decimals, its minus a true one, and no minus before a zero."""
    text = f"{value:.{places}f}"
    return text.lstrip("-") if float(text) == 0 else text.replace("-", "−")


def _within(text: str) -> str:
    """A factor: in brackets if it is negative."""
    return f"({text})" if text.startswith("−") else text
