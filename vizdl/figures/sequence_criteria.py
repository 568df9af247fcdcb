"""A sentence read word by word, and what three models make of it.

On the left the recurrent network reads downwards: each word with the state after it, and how good
or bad the mood seems by then. On the right are the verdicts of the three models on the whole
sentence, and how often each is right by the length of a sentence and by how long ago its last
opinion was, with a line at the sentence shown.

On a page the words are the reader's own: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import sequence_criteria_flow as page
from vizdl.experiments.live import Run
from vizdl.experiments.sentiment import LONGEST, VOCABULARY
from vizdl.experiments.sequence_criteria import MODELS, SequenceCriteriaTrace
from vizdl.figures.base import colorscale, layout, playable
from vizdl.figures.live import Feed, Live, Take, Texts, whole
from vizdl.figures.words import named, words
from vizdl.style import Role, Theme

Array = NDArray[np.float64]

COLOURS: tuple[Role, ...] = (style.SERIES[3], style.SERIES[1], style.HIDDEN)
DASHES = ("dot", "dash", "solid")
KEY = -2.2  # where the names of the models begin, on the axis of their verdicts
HALF = 0.34  # of a bar's height, in rows
WORDS, STATES, GOOD, BAD, NOW, MOOD, YES, NO, SAID = range(9)
CURVES = SAID + 1  # three by length, three by distance, then a line in each

SENTENCE = words(
    (
        "left",
        "After “{sentence.words[step]:s}”, word {net.number[step]:d} of {sentence.count:d}, the "
        "recurrent network gives {net.percent[step]}% to good.",
    ),
    (
        "not truth.known",
        "There is no opinion in this sentence: whatever the models say is a guess.",
    ),
    (
        "truth.mood",
        "The mood is good. The recurrent network gives {verdict.percent[2]}% to that, the dense "
        "network {verdict.percent[1]}%, the bag of words {verdict.percent[0]}%.",
    ),
    "The mood is bad. The recurrent network gives {verdict.against[2]}% to that, the dense "
    "network {verdict.against[1]}%, the bag of words {verdict.against[0]}%.",
)
WORD = words("{sentence.words[i]:s}")
ROW = words("<b>{sentence.words[i]:s}</b><br>after it: {net.percent[i]}% good")
VERDICT = words(
    ("verdict.right[i]", "{verdict.percent[i]}% good ✓"),
    ("verdict.wrong[i]", "{verdict.percent[i]}% good ✗"),
    "{verdict.percent[i]}% good",
)
TABLE = (
    ("words", words("{sentence.count:d}")),
    ("words after the last opinion", words(("truth.known", "{truth.distance:d}"), "none")),
    *(
        (f"good, says the {name}", words(f"{{verdict.percent[{k}]:n6}}%"))
        for k, name in enumerate(MODELS)
    ),
)  # fmt: skip


def figure(trace: SequenceCriteriaTrace, theme: Theme = "light") -> go.Figure:
    """Draw the sentence and the verdicts; frame t is the moment after word t."""
    numbers = _numbers(trace)
    fig = _still(trace, numbers, theme)
    steps = range(len(trace.words))
    last = len(trace.words) - 1
    return playable(
        fig,
        [{NOW: {"y": [t + 1.0]}} for t in steps],
        [SENTENCE.fill(numbers, step=t, left=last - t) for t in steps],
        interval=800,
        start=last,
    )


def live(trace: SequenceCriteriaTrace) -> Live:
    """On a page the words are added, dragged and taken away."""
    flow, count = page.flow(trace), "sentence.count"
    drawing = (
        Run("shapes", shapes, {"read": "net.good", "said": "verdict.good", "words": count}),
        Run("lines", lines, {"words": count, "near": "truth.near", "known": "truth.known"}),
    )
    at: dict[str, Feed] = {"y": _rows("shapes.rows")}
    feeds: dict[int, dict[str, Feed]] = {
        WORDS: {**at, "x": _rows("shapes.margin"), "text": Texts(WORD, over=count)},
        STATES: {"z": whole("net.states")},
        GOOD: {"x": whole("shapes.good")},
        BAD: {"x": whole("shapes.bad")},
        NOW: {"y": Take("shapes.rows", "step", "step")},
        MOOD: {**at, "x": _rows("net.good"), "hovertext": Texts(ROW, over=count)},
        YES: {"x": whole("shapes.yes")},
        NO: {"x": whole("shapes.no")},
        SAID: {"text": Texts(VERDICT, over="verdict.good")},
    }
    for k in range(3):
        feeds[CURVES + k] = {"y": Take("by_length", k, k)}
        feeds[CURVES + 3 + k] = {"y": Take("by_distance", k, k)}
    feeds[CURVES + 6] = {"x": whole("lines.length")}
    feeds[CURVES + 7] = {"x": whole("lines.distance")}
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds=feeds,
        layout={"yaxis.range": whole("lines.down")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={MOOD: ""},
        start=LONGEST - 1,  # the whole sentence, however long
    )


def _rows(name: str) -> Take:
    return Take(name, 0, "sentence.count-1")


# Numbers and places, in Python as on a page


def _numbers(trace: SequenceCriteriaTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    count = len(trace.words)
    padded = np.full(LONGEST, -1.0)
    padded[:count] = VOCABULARY.indices(trace.words)
    states, good = np.full((LONGEST, trace.states.shape[1]), np.nan), np.full(LONGEST, np.nan)
    states[:count], good[:count] = trace.states[1:], trace.good
    true = page.truth(padded, float(count))
    right = (trace.said > 0.5) == (true["mood"] > 0.5)
    return {
        "sentence.words": list(trace.words),
        "sentence.count": count,
        "net.number": np.arange(LONGEST) + 1.0,
        "net.states": states,
        "net.good": good,
        "net.percent": 100 * good,
        "verdict.percent": 100 * trace.said,
        "verdict.against": 100 * (1 - trace.said),
        "verdict.right": right * true["known"],
        "verdict.wrong": ~right * true["known"],
        **named(
            truth=true,
            shapes=shapes(good, trace.said, float(count)),
            lines=lines(float(count), true["near"], true["known"]),
        ),
    }  # fmt: skip


def shapes(read: Any, said: Any, words: Any) -> dict[str, Any]:
    """Bars from one half to what is given to good: of each row (T, 5), and of each model (3, 5)."""
    there = anp.where(np.arange(LONGEST) < words, read, anp.nan)
    return {
        "rows": np.arange(LONGEST) + 1.0,
        "margin": np.full(LONGEST, 0.2),
        "good": _bars(anp.maximum(there, 0.5)),
        "bad": _bars(anp.minimum(there, 0.5)),
        "yes": _bars(anp.maximum(said, 0.5)),
        "no": _bars(anp.minimum(said, 0.5)),
    }


def lines(words: Any, near: Any, known: Any) -> dict[str, Any]:
    """Where the shown sentence stands on both axes of tests, and the ends of its own axis."""
    place = anp.where(known > 0, near, anp.nan)
    return {
        "length": anp.stack([words, words]),
        "distance": anp.stack([place, place]),
        "down": anp.stack([words + 0.6, 0.4]),
    }


def _bars(ends: Any) -> Any:
    half = 0.5 + 0 * ends
    return anp.stack([half, ends, ends, half, anp.nan * ends], axis=-1)


def _outline(rows: int) -> Array:
    """The y of a bar in each row: (rows, 5)."""
    at = np.arange(rows)[:, None] + 1.0
    return np.asarray(at + HALF * np.array([-1, -1, 1, 1, np.nan]))


# Drawing


def _layout(numbers: dict[str, Any], trace: SequenceCriteriaTrace, theme: Theme) -> go.Layout:
    bare = {"showgrid": False, "zeroline": False}
    share = {
        "range": [0, 1], "tickvals": [0, 0.5, 1], "ticktext": ["bad", "½", "good"],
        "zeroline": False,
    }  # fmt: skip
    right = {"range": [38, 104], "tickvals": [50, 75, 100], "ticksuffix": "%", "zeroline": False}
    units = trace.states.shape[1]
    narrow = {
        "xaxis.domain": [0.2, 0.6], "xaxis2.domain": [0.66, 1], "yaxis.domain": [0.62, 0.99],
        "xaxis3.domain": [0, 0.72], "yaxis3.domain": [0.34, 0.47], "xaxis.title.text": "state",
        "xaxis4.domain": [0.06, 0.5], "yaxis4.domain": [0.06, 0.23],
        "xaxis5.domain": [0.58, 1], "yaxis5.domain": [0.06, 0.23],
        "annotations[1].x": 0.0, "annotations[1].y": 0.49,
        "annotations[1].text": "<b>What each model says</b>",
        "annotations[2].x": 0.0, "annotations[2].y": 0.25,
        "annotations[2].text": "<b>Right on sentences held out</b>",
        "xaxis5.title.text": "after the opinion",
        "annotations[0].text": "", "margin.l": 10,
    }  # fmt: skip
    made = layout(
        theme,
        aspect=1.55,
        narrow_aspect=0.56,
        narrow=narrow,
        showlegend=False,
        hoverdistance=30,
        xaxis={**bare, "domain": [0.13, 0.36], "range": [0.1, units + 0.6], "tickvals": [],
               "title": {"text": "state, one cell a unit"}},
        yaxis={**bare, "range": numbers["lines.down"].tolist(), "domain": [0, 0.93],
               "visible": False},
        xaxis2={**share, "domain": [0.39, 0.56], "title": {"text": "mood so far"}},
        xaxis3={**share, "domain": [0.62, 0.9], "anchor": "y3", "range": [KEY, 1],
                "showgrid": False},
        yaxis3={**bare, "domain": [0.66, 0.93], "range": [3.6, 0.4], "anchor": "x3",
                "visible": False},
        xaxis4={**bare, "domain": [0.65, 0.81], "range": [2.5, LONGEST + 0.5], "anchor": "y4",
                "tickvals": [3, 6, 9, 12, 15], "title": {"text": "words"}},
        yaxis4={**right, "domain": [0, 0.42], "anchor": "x4"},
        xaxis5={**bare, "domain": [0.84, 1], "range": [-0.5, 10.5], "anchor": "y5",
                "tickvals": [0, 5, 10], "title": {"text": "words after the opinion"}},
        yaxis5={**right, "domain": [0, 0.42], "anchor": "x5", "showticklabels": False},
        annotations=[
            _title("The recurrent network reads", 0.0, 0.96, theme),
            _title("What each model says in the end", 0.62, 0.96, theme),
            _title("Right answers on sentences held out", 0.62, 0.45, theme),
        ],
    )  # fmt: skip
    made.margin.update(l=16, t=14, r=12)
    return made


def _title(text: str, x: float, y: float, theme: Theme) -> dict[str, Any]:
    return {
        "text": f"<b>{text}</b>", "x": x, "y": y, "xref": "paper", "yref": "paper",
        "xanchor": "left", "yanchor": "bottom", "showarrow": False,
        "font": {"color": style.INK.on(theme), "size": 14},
    }  # fmt: skip


def _still(trace: SequenceCriteriaTrace, numbers: dict[str, Any], theme: Theme) -> go.Figure:
    fig = go.Figure(layout=_layout(numbers, trace, theme))
    _draw_reading(fig, trace, numbers, theme)
    for name, role in (("yes", style.POSITIVE), ("no", style.NEGATIVE)):
        _add_bars(fig, numbers[f"shapes.{name}"], 3, role, theme, "x3", "y3")
    fig.add_scatter(
        x=[1.0] * 3, y=[1, 2, 3], xaxis="x3", yaxis="y3", mode="text", hoverinfo="skip",
        text=[VERDICT.fill(numbers, i=k) for k in range(3)], textposition="middle right",
        textfont={"color": style.INK.on(theme), "size": 13}, cliponaxis=False,
    )  # fmt: skip
    _draw_tests(fig, trace, numbers, theme)
    _draw_key(fig, theme)
    return fig


def _draw_reading(
    fig: go.Figure, trace: SequenceCriteriaTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    count, units = len(trace.words), trace.states.shape[1]
    rows = numbers["shapes.rows"]
    fig.add_scatter(
        x=numbers["shapes.margin"][:count], y=rows[:count], mode="text", text=list(trace.words),
        textposition="middle left", textfont={"color": style.INK.on(theme), "size": 14},
        cliponaxis=False, hoverinfo="skip",
    )  # fmt: skip
    fig.add_heatmap(
        z=numbers["net.states"], x=np.arange(units) + 1.0, y=rows, zmin=-1, zmax=1, xgap=1, ygap=3,
        colorscale=colorscale(style.signed_scale(theme)), showscale=False, hoverinfo="skip",
    )  # fmt: skip
    for name, role in (("good", style.POSITIVE), ("bad", style.NEGATIVE)):
        _add_bars(fig, numbers[f"shapes.{name}"], LONGEST, role, theme, "x2", "y")
    fig.add_scatter(
        x=[0.0], y=[1.0], xaxis="x2", mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "triangle-right", "size": 11, "color": style.INK.on(theme), "opacity": 1},
    )  # fmt: skip
    fig.add_scatter(
        x=numbers["net.good"][:count], y=rows[:count], xaxis="x2", mode="markers",
        marker={"size": 16, "opacity": 0}, hoverinfo="text",
        hovertext=[ROW.fill(numbers, i=t) for t in range(count)],
    )  # fmt: skip


def _draw_tests(
    fig: go.Figure, trace: SequenceCriteriaTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    tests = ((trace.lengths, trace.by_length, "4"), (trace.distances, trace.by_distance, "5"))
    for at, shares, axis in tests:
        for k, role in enumerate(COLOURS):
            fig.add_scatter(
                x=at.astype(float), y=100 * shares[k], xaxis=f"x{axis}", yaxis=f"y{axis}",
                mode="lines", line={"color": role.on(theme), "width": 2.5, "dash": DASHES[k]},
                hoverinfo="skip",
            )  # fmt: skip
    for name, axis in (("length", "4"), ("distance", "5")):
        fig.add_scatter(
            x=numbers[f"lines.{name}"], y=[38, 104], xaxis=f"x{axis}", yaxis=f"y{axis}",
            mode="lines", line={"color": style.INK.on(theme), "width": 1}, hoverinfo="skip",
        )  # fmt: skip


def _draw_key(fig: go.Figure, theme: Theme) -> None:
    """Each model's name beside its verdict, with a sample of its line in the tests below."""
    for k, role in enumerate(COLOURS):
        fig.add_scatter(
            x=[KEY, KEY + 0.34], y=[k + 1, k + 1], xaxis="x3", yaxis="y3", mode="lines",
            line={"color": role.on(theme), "width": 2.5, "dash": DASHES[k]}, hoverinfo="skip",
        )  # fmt: skip
    fig.add_scatter(
        x=[KEY + 0.4] * 3, y=[1, 2, 3], xaxis="x3", yaxis="y3", mode="text", text=list(MODELS),
        textposition="middle right", textfont={"color": style.INK.on(theme), "size": 13},
        hoverinfo="skip",
    )  # fmt: skip


def _add_bars(
    fig: go.Figure, x: Array, rows: int, role: Role, theme: Theme, xaxis: str, yaxis: str
) -> None:
    fig.add_scatter(
        x=np.ravel(x), y=_outline(rows).ravel(), xaxis=xaxis, yaxis=yaxis, mode="lines",
        line_width=0, fill="toself", fillcolor=role.on(theme), hoverinfo="skip",
    )  # fmt: skip
