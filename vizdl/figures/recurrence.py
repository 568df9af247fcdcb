"""A recurrent network reads words: its state after each of them, and what it says of the lamp.

On top the words, below them what the network says, a bar towards on or off, and a ring where the
lamp really is; at the foot the state, a row for each unit, coloured by sign. A step is a word; what
lies ahead of it is veiled.

On a page the reader puts words in a row, looks into every cell's arithmetic, goes back to any stage
of the training and cuts the loop: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go

from vizdl import style
from vizdl.experiments import recurrence as experiment
from vizdl.experiments.live import Run
from vizdl.experiments.recurrence import LONGEST, WORDS, RecurrenceTrace
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.figures.live import Live, Take, Texts, whole
from vizdl.figures.words import named, words
from vizdl.style import Theme

NAMES, TRUTH, BARS, SAID, CELLS, VEIL, VEIL_BELOW, CURSOR = range(8)
HALF = 0.32  # of a bar, in steps
LEVELS = np.where(np.arange(LONGEST) % 2, -0.4, 0.4)  # of the words: side by side they are too wide
REACH = 1.35  # of the axis of what is said

SENTENCE = words(
    (
        "net.on[step]",
        "Word {places.step[step]:d}, {typed.words[step]:s}: the network says on, "
        "{net.says[step]:f2}.",
    ),
    "Word {places.step[step]:d}, {typed.words[step]:s}: the network says off, {net.says[step]:f2}.",
)
CELL = words(
    "<b>unit {places.unit[i]:d} after word {places.at[i]:d}: {net.cells[i]:f2}</b><br>"
    "= tanh({net.word[i]:f2} + {net.state[i]:f2()} + {net.bias[i]:f2()})<br>"
    "from the word, from the state before, bias"
)
ANSWER = words(
    ("lamp.is[i]", "says {net.says[i]:f2}; the lamp is on"),
    "says {net.says[i]:f2}; the lamp is off",
)
TABLE = (
    ("word", words("{typed.words[step]:s}")),
    ("the network says", words("{net.says[step]:n4}")),
    ("the lamp", words(("lamp.is[step]", "on"), "off")),
)


def figure(trace: RecurrenceTrace, theme: Theme = "light") -> go.Figure:
    """Draw the sequence; frame k is the moment after its word k, the last one is shown first."""
    numbers = _numbers(trace)
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_words(fig, trace, theme)
    _draw_answers(fig, numbers, theme)
    _draw_states(fig, numbers, theme)
    count = len(trace.words)
    return playable(
        fig,
        [_frame(count, step) for step in range(count)],
        [SENTENCE.fill(numbers, step=step) for step in range(count)],
        interval=900,
        start=count - 1,
    )


def live(trace: RecurrenceTrace) -> Live:
    """On a page the words are the reader's, the network of any stage, with its loop or without."""
    flow = experiment.flow(trace)
    hidden = trace.model.hidden_size
    drawing = (
        Run("places", lambda count: places(count, hidden), {"count": "typed.count"}),
        Run("answers", answers, {"says": "net.says"}),
        Run("veil", veil, {"step": "step", "count": "typed.count"}),
    )
    steps, cells = ("typed.count-1", "places.last")
    at_step = {"x": Take("places.step", 0, steps)}
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds={
            NAMES: {**at_step, "text": Texts(words("{typed.words[i]:s}"), over="typed.count")},
            TRUTH: {**at_step, "y": Take("lamp.on", 0, steps)},
            BARS: {"x": Take("places.bars", 0, steps), "y": Take("answers.bars", 0, steps)},
            SAID: {
                **at_step,
                "y": Take("net.says", 0, steps),
                "hovertext": Texts(ANSWER, over="typed.count"),
            },
            CELLS: {
                "x": Take("places.at", 0, cells),
                "y": Take("places.tall", 0, cells),
                "base": Take("places.base", 0, cells),
                "marker.color": Take("net.cells", 0, cells),
                "hovertext": Texts(CELL, over="places.cells"),
            },
            VEIL: {"x": whole("veil.x")},
            VEIL_BELOW: {"x": whole("veil.x")},
            CURSOR: {"x": whole("veil.cursor")},
        },
        layout={"xaxis.range": whole("places.across")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={SAID: ""},
        start=len(trace.words) - 1,
    )


# Numbers and coordinates, in Python as on a page


def _numbers(trace: RecurrenceTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    read = {
        "states": trace.states[1:],
        "from_words": trace.from_words,
        "from_states": trace.from_states,
        "says": trace.says,
    }
    shown = experiment.shown(read, trace.model.b_h)
    placed = places(float(len(trace.words)), trace.model.hidden_size)
    return {
        "typed.words": list(WORDS.spell(trace.words)),
        **named(net=shown, places=placed),
        "lamp.on": trace.lamps,
        "lamp.is": trace.lamps > 0,
        "answers.bars": answers(trace.says)["bars"],
    }


def places(count: Any, hidden: int) -> dict[str, Any]:
    """Where everything stands that may be there, and the ends of the axis of words."""
    step, unit = np.divmod(np.arange(LONGEST * hidden), hidden)
    at = np.arange(LONGEST) + 1.0
    gap = np.full(LONGEST, np.nan)
    return {
        "step": at,
        "bars": np.stack([at - HALF, at + HALF, at + HALF, at - HALF, gap], axis=1),
        "at": step + 1.0,
        "unit": unit + 1.0,
        "tall": np.full(LONGEST * hidden, 0.9),
        "base": unit + 0.55,
        "cells": count * hidden,
        "last": count * hidden - 1,
        "across": anp.stack([0.4 + 0 * count, count + 0.6]),
    }


def answers(says: Any) -> dict[str, Any]:
    """The bars (T, 5) from the middle to what is said."""
    zero = 0 * says
    return {"bars": anp.stack([zero, zero, says, says, anp.nan * says], axis=-1)}


def veil(step: Any, count: Any) -> dict[str, Any]:
    """The x of the veil over what lies ahead (4,), and of the cursor (5,)."""
    left, end = step + 1.5, count + 0.6
    return {
        "x": anp.stack([left, end, end, left]),
        "cursor": anp.stack([step + 0.52, step + 1.48, step + 1.48, step + 0.52, step + 0.52]),
    }


def _layout(trace: RecurrenceTrace, theme: Theme) -> go.Layout:
    hidden, ink = trace.model.hidden_size, style.INK.on(theme)
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False}
    named: dict[str, Any] = {"tickfont": {"color": ink, "size": 13}, **plain}
    every = list(range(1, LONGEST + 1))
    made = layout(
        theme,
        aspect=1.7,
        narrow_aspect=0.8,
        narrow={"margin.l": 44, "xaxis.tickvals": every[::3], "yaxis3.visible": False},
        showlegend=False,
        barmode="overlay",
        hoverdistance=30,
        xaxis={
            **plain, "title": {"text": "word"}, "range": [0.4, len(trace.words) + 0.6],
            "tickvals": every, "anchor": "y",
        },
        yaxis={
            **named, "range": [hidden + 0.6, 0.4], "domain": [0, 0.42],
            "tickvals": list(range(1, hidden + 1)),
            "ticktext": [f"h<sub>{k + 1}</sub>" for k in range(hidden)],
        },
        yaxis2={
            **named, "range": [-REACH, REACH], "domain": [0.47, 0.86], "tickvals": [-1, 1],
            "ticktext": ["off", "on"], "zeroline": True, "anchor": "x",
        },
        yaxis3={**plain, "range": [-1, 1], "domain": [0.88, 1], "visible": False, "anchor": "x"},
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


# What stands still


def _draw_words(fig: go.Figure, trace: RecurrenceTrace, theme: Theme) -> None:
    at = np.arange(len(trace.words)) + 1.0
    fig.add_scatter(
        x=at, y=LEVELS, text=list(WORDS.spell(trace.words)), mode="text",
        textfont={"size": 13, "color": style.INK.on(theme)}, hoverinfo="skip", cliponaxis=False,
        yaxis="y3",
    )  # fmt: skip


def _draw_answers(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    says, on = numbers["net.says"], numbers["lamp.on"]
    at = np.arange(len(says)) + 1.0
    fig.add_scatter(
        x=at, y=on, mode="markers", yaxis="y2", hoverinfo="skip", cliponaxis=False,
        marker={
            "symbol": "circle-open", "size": 20, "color": style.INK.on(theme), "line": {"width": 2},
        },
    )  # fmt: skip
    fig.add_scatter(
        x=numbers["places.bars"][: len(says)].ravel(), y=numbers["answers.bars"].ravel(),
        mode="lines", line_width=0, fill="toself", fillcolor=style.LOSS.on(theme), opacity=0.55,
        yaxis="y2", hoverinfo="skip",
    )  # fmt: skip
    fig.add_scatter(
        x=at, y=says, mode="markers", marker={"size": 9, "color": style.LOSS.on(theme)}, yaxis="y2",
        hovertext=[ANSWER.fill(numbers, i=step) for step in range(len(says))], hoverinfo="text",
        cliponaxis=False,
    )  # fmt: skip


def _draw_states(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    count = int(numbers["places.cells"])
    fig.add_bar(
        x=numbers["places.at"][:count],
        y=numbers["places.tall"][:count],
        base=numbers["places.base"][:count],
        width=0.9,
        textposition="none",
        marker={
            "color": numbers["net.cells"],
            "cmin": -1,
            "cmax": 1,
            "colorscale": colorscale(style.signed_scale(theme)),
            "line": {"width": 1, "color": style.GRID.on(theme)},
        },
        hovertext=[CELL.fill(numbers, i=cell) for cell in range(count)],
        hoverinfo="text",
    )
    hidden = int(numbers["places.unit"].max())
    tops = {"y": (0.4, hidden + 0.6), "y2": (-REACH, REACH)}
    for axis, (low, high) in tops.items():
        fig.add_scatter(
            y=[low, low, high, high], mode="lines", line_width=0, fill="toself",
            fillcolor=style.BACKGROUND.on(theme), opacity=0.75, hoverinfo="skip", yaxis=axis,
        )  # fmt: skip
    fig.add_scatter(
        y=[0.42, 0.42, hidden + 0.58, hidden + 0.58, 0.42], mode="lines", hoverinfo="skip",
        line={"color": style.HIDDEN.on(theme), "width": 2.5}, cliponaxis=False,
    )  # fmt: skip


# What moves


def _frame(count: int, step: int) -> dict[int, Change]:
    moment = veil(float(step), float(count))
    return {
        CELLS: {"opacity": 1.0},  # as it was: what no frame names, Plotly takes off the page
        VEIL: {"x": moment["x"]},
        VEIL_BELOW: {"x": moment["x"]},
        CURSOR: {"x": moment["cursor"]},
    }
