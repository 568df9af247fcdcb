"""A question looks up a memory: arcs as wide as the weights, the answer, and what distance costs.

At the left stand the items in the order in which they came, a person over an animal, and then the
question. An arc leads from the question to each item, as wide as that item's weight, which the
bars below give in numbers. At the right is the answer that comes out, and below it how often such
answers are right, by how long ago the item came. Frames are the moments of the training.

On a page the reader asks for another item, points at one, and changes temperature and sequence.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vizdl import style
from vizdl.experiments import attention as experiment
from vizdl.experiments import attention_flow
from vizdl.experiments.attention import ANIMALS, NAMES, AttentionTrace
from vizdl.experiments.live import Run
from vizdl.figures.attention_places import BLOCK, drawn
from vizdl.figures.axes import QUIET, axis, panel
from vizdl.figures.base import layout, playable
from vizdl.figures.live import Feed, Live, Pick, Texts, now, whole
from vizdl.figures.marks import add_area, add_line, add_words, sides
from vizdl.figures.pairs import pair
from vizdl.figures.words import named, words
from vizdl.style import Theme

(ARCS, BARS, NUMBERS, PEOPLE, KINDS, MARK, QUESTION, CHANCES, SAID, RIGHT, ATTENTION, LSTM,
 RNN, NAMED) = range(14)  # fmt: skip
NAME_AT, ANIMAL_AT, FLOOR = -0.14, -0.3, -0.42  # heights below the arcs

_LOOK = (
    "After {steps[step]:d} training steps, asked for {called[shown.name]:s}: "
    "{told.percent:n2}% of the weight lies on the right item. "
)
SENTENCE = words(
    (
        "told.right",
        _LOOK + "The answer is {kinds[told.answer]:s} ({told.sure:n2}% sure), which is right.",
    ),
    _LOOK + "The answer is {kinds[told.answer]:s} ({told.sure:n2}% sure); "
    "{kinds[shown.animal]:s} would be right.",
)
SHARE = words("{told.shares[i]:f0}%")
LIKELY = words("{told.likely[i]:f0}%")
ASKED = words("{called[shown.name]:s}?")
TILE = words("score <b>{net.scores[i]:f2}</b><br>weight <b>{told.shares[i]:n2}%</b>")
TABLE = (
    ("asked for", words("{called[shown.name]:s}")),
    ("right answer", words("{kinds[shown.animal]:s}")),
    ("answer", words("{kinds[told.answer]:s}")),
    ("how sure", words("{told.sure:n4}%")),
    ("weight on the right item", words("{told.percent:n4}%")),
    ("largest score", words("{drawn.highest:n6}")),
)


def figure(trace: AttentionTrace, theme: Theme = "light") -> go.Figure:
    """Draw the look-up; frame t is moment t of the training, the last one is shown first."""
    fig = go.Figure(layout=_layout(trace, theme))
    moments = [_numbers(trace, t) for t in range(len(trace.steps))]
    _draw_memory(fig, trace, moments[-1], theme)
    _draw_answer(fig, moments[-1], theme)
    _draw_distance(fig, trace, theme)
    return playable(
        fig,
        [_frame(trace, numbers, t) for t, numbers in enumerate(moments)],
        [SENTENCE.fill(numbers, step=t) for t, numbers in enumerate(moments)],
        interval=120,
        start=len(moments) - 1,
    )


def live(trace: AttentionTrace) -> Live:
    """On a page the reader asks for any item, of any sequence, at any moment of the training."""
    flow = attention_flow.flow(trace)
    drawing = Run(
        "drawn",
        drawn,
        {
            "weights": "net.weights", "scores": "net.scores", "chances": "net.chances",
            "asked": "shown.asked", "animal": "shown.animal",
        },
    )  # fmt: skip
    feeds: dict[int, dict[str, Feed]] = {
        ARCS: pair("drawn.arc_x", "drawn.arc_y"),
        BARS: {"y": whole("drawn.bars")},
        NUMBERS: {"y": whole("net.weights"), "text": Texts(SHARE, over="told.shares")},
        PEOPLE: {
            "text": Pick(NAMES, whole("shown.names")),
            "hovertext": Texts(TILE, over="told.shares"),
        },
        KINDS: {"text": Pick(ANIMALS, whole("animals"))},
        MARK: {"x": whole("drawn.mark")},
        QUESTION: {"text": Texts(ASKED)},
        CHANCES: {"x": whole("drawn.answers")},
        SAID: {"x": whole("drawn.beside"), "text": Texts(LIKELY, over="told.likely")},
        RIGHT: {"y": whole("drawn.right")},
        ATTENTION: {"y": now("right.percent")},
        NAMED: {"y": now("right.percent", len(trace.names) // 2)},
    }
    percent = Run("right", lambda share: {"percent": 100 * share}, {"share": "accuracy"})
    return Live(
        flow=replace(flow, runs=(*flow.runs, drawing, percent)),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        sets={PEOPLE: ("query", "drawn.number")},
        hovers=(PEOPLE,),
        start=len(trace.steps) - 1,
    )


def _numbers(trace: AttentionTrace, step: int) -> dict[str, Any]:
    """The numbers of the trace at a moment, by the names that a page has for them."""
    shown = experiment.presented(trace.names, trace.animals, trace.asked)
    weights, scores, chances = trace.weights[step], trace.scores[step], trace.chances[step]
    told = attention_flow.told(weights, chances, shown["at"], shown["animal"])
    places = drawn(
        weights=weights, scores=scores, chances=chances,
        asked=float(trace.asked), animal=shown["animal"],
    )  # fmt: skip
    return {
        "called": NAMES,
        "kinds": ANIMALS,
        "steps": trace.steps,
        "net.weights": weights,
        "net.scores": scores,
        "net.chances": chances,
        **named(shown={name: shown[name] for name in ("name", "animal")}, told=told, drawn=places),
    }


def _layout(trace: AttentionTrace, theme: Theme) -> go.Layout:
    T, V = len(trace.names), len(ANIMALS)
    bare: dict[str, Any] = {**QUIET, "showticklabels": False}
    percent = ["0", "50%", "100%"]
    made = layout(
        theme,
        aspect=1.75,
        narrow_aspect=0.56,
        narrow={
            "margin.l": 26,
            "margin.r": 6,
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.69, 1],
            "yaxis2.domain": [0.55, 0.66],
            "xaxis2.domain": [0.14, 1],
            "yaxis3.domain": [0.27, 0.5],
            "xaxis3.domain": [0.14, 1],
            "yaxis4.domain": [0, 0.17],
        },
        showlegend=False,
        xaxis=axis(ends=[0.4, T + 1.7], domain=[0, 0.6], anchor="y2", **bare),
        yaxis=axis(ends=[FLOOR, 1.08], domain=[0.36, 1], **bare),
        yaxis2=axis("weight", [0, 1.18], [0, 0.32], **{**bare, "zeroline": True}),
        xaxis2=axis(
            "chance of each answer", [0, 1.16], [0.7, 1], "y3",
            tickvals=[0, 0.5, 1], ticktext=percent,
        ),
        yaxis3=axis(
            ends=[-0.6, V - 0.4], domain=[0.56, 1], anchor="x2",
            tickvals=list(range(V)), ticktext=list(ANIMALS[::-1]), **QUIET,
        ),
        xaxis3=axis(
            "steps back to the item", [0.7, T + 0.3], [0.7, 1], "y4",
            tickvals=list(range(1, T + 1)), showgrid=False,
        ),
        yaxis4=axis(
            "right", [0, 119], [0, 0.34], "x3",
            tickvals=[0, 50, 100], ticktext=percent, zeroline=False,
        ),
    )  # fmt: skip
    made.margin.update(t=10, l=34)
    return made


def _draw_memory(
    fig: go.Figure, trace: AttentionTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    T = len(trace.names)
    place = np.arange(1.0, T + 1)
    query, key, value = (role.on(theme) for role in (style.QUERY, style.KEY, style.VALUE))
    add_area(
        fig, query, x=numbers["drawn.arc_x"].ravel(), y=numbers["drawn.arc_y"].ravel(),
        opacity=0.85, name="arcs",
    )  # fmt: skip
    add_area(
        fig, query, x=sides(place, BLOCK), y=numbers["drawn.bars"].ravel(), yaxis="y2", name="bars"
    )
    add_words(
        fig, style.INK.on(theme), at="top center", x=place, y=numbers["net.weights"], yaxis="y2",
        text=[SHARE.fill(numbers, i=t) for t in range(T)], cliponaxis=False, name="shares",
    )  # fmt: skip
    fig.add_scatter(
        x=place, y=np.full(T, NAME_AT), mode="markers+text",
        text=[NAMES[k] for k in trace.names], textfont={"size": 13, "color": key},
        marker={"size": 34, "symbol": "square", "opacity": 0}, hoverinfo="text",
        hovertext=[TILE.fill(numbers, i=t) for t in range(T)], name="people",
    )  # fmt: skip
    animals = [ANIMALS[k] for k in trace.animals]
    add_words(fig, value, x=place, y=np.full(T, ANIMAL_AT), text=animals, name="animals")
    low, high = ANIMAL_AT - 0.09, NAME_AT + 0.09
    add_line(
        fig, query, width=2, x=numbers["drawn.mark"], y=[low, low, high, high, low],
        name="right item",
    )  # fmt: skip
    add_words(
        fig, query, size=14, x=[T + 1.0], y=[NAME_AT], text=[ASKED.fill(numbers)],
        cliponaxis=False, name="question",
    )  # fmt: skip


def _draw_answer(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    rows = np.arange(len(ANIMALS))[::-1]
    axes = panel(2, 3)
    add_area(
        fig, style.VALUE.on(theme), x=numbers["drawn.answers"].ravel(), y=sides(rows, BLOCK),
        name="chances", **axes,
    )  # fmt: skip
    add_words(
        fig, style.INK.on(theme), size=12, at="middle right", x=numbers["drawn.beside"], y=rows,
        text=[LIKELY.fill(numbers, i=k) for k in range(len(rows))], cliponaxis=False,
        name="likely", **axes,
    )  # fmt: skip
    add_line(
        fig, style.QUERY.on(theme), width=5, x=[0, 0], y=numbers["drawn.right"],
        name="right answer", **axes,
    )  # fmt: skip


def _draw_distance(fig: go.Figure, trace: AttentionTrace, theme: Theme) -> None:
    T = len(trace.names)
    back = np.arange(1, T + 1)
    axes = panel(3, 4)
    curves = (
        ("attention", trace.accuracy[-1], style.QUERY, T // 2, "diamond"),
        ("LSTM", trace.lstm, style.CELL, T - 2, "square"),
        ("RNN", trace.rnn, style.HIDDEN, 2, "circle"),
    )
    for name, shares, role, _, symbol in curves:
        fig.add_scatter(
            x=back, y=100 * shares, mode="lines+markers", name=name,
            line={"width": 3, "color": role.on(theme)}, marker={"size": 6, "symbol": symbol},
            hovertemplate=name + ", %{x} steps back: %{y:.0f}% right<extra></extra>", **axes,
        )  # fmt: skip
    for name, shares, role, at, _ in curves:  # that of attention moves with its curve
        add_words(
            fig, role.on(theme), at="bottom center" if name == "RNN" else "top center",
            x=back[at : at + 1], y=100 * shares[at : at + 1], text=[name], cliponaxis=False,
            name=f"{name}, its name", **axes,
        )  # fmt: skip


def _frame(trace: AttentionTrace, numbers: dict[str, Any], step: int) -> dict[int, dict[str, Any]]:
    """What a moment of the training changes."""
    T, V = len(trace.names), len(ANIMALS)
    return {
        ARCS: {"x": numbers["drawn.arc_x"].ravel(), "y": numbers["drawn.arc_y"].ravel()},
        BARS: {"y": numbers["drawn.bars"].ravel()},
        NUMBERS: {
            "y": numbers["net.weights"],
            "text": [SHARE.fill(numbers, i=t) for t in range(T)],
        },
        PEOPLE: {"hovertext": [TILE.fill(numbers, i=t) for t in range(T)]},
        CHANCES: {"x": numbers["drawn.answers"].ravel()},
        SAID: {
            "x": numbers["drawn.beside"],
            "text": [LIKELY.fill(numbers, i=k) for k in range(V)],
        },
        ATTENTION: {"y": 100 * trace.accuracy[step]},
        NAMED: {"y": 100 * trace.accuracy[step, T // 2 : T // 2 + 1]},
    }
