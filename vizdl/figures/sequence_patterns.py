"""The same cell in four patterns: what comes in, its state, and what it says, row by row.

Every row is a step. On the left stands what comes in, in the middle the state after it, on the
right what the network says, if it is asked, with the probability that it gives to it. Below is the
share of right answers of each pattern, on what was held out.

On a page the pattern is chosen, and the input is the reader's own: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import pattern_tasks, sentiment
from vizdl.experiments import sequence_patterns_flow as page
from vizdl.experiments.base import number
from vizdl.experiments.live import Run, Table
from vizdl.experiments.pattern_tasks import COLOURS, PATTERNS, PIXELS, SHAPES, SIZES
from vizdl.experiments.sequence_patterns import SequencePatternsTrace
from vizdl.experiments.sequence_patterns_flow import NOTHING, SHOWN, WORDS
from vizdl.figures.base import colorscale, layout, playable
from vizdl.figures.live import Entry, Live, Pick, Take, whole
from vizdl.figures.words import Words, words
from vizdl.style import Theme

Array = NDArray[np.float64]

INTO, STATES, BARS, OUT, NOW, IMAGE, CHOSEN = range(7)
SAYABLE = dict.fromkeys(
    (*pattern_tasks.VERDICTS.words, *sentiment.MOODS, *pattern_tasks.CAPTION.words,
     *pattern_tasks.ENGLISH.words)
)  # fmt: skip


def _sentence() -> Words:
    start = "Step {at.row:d} of {net.rows:d}: the network "
    said = start + "gives {net.percent[step]}% to “%s”, its likeliest word."
    spoken = [(f"at.says[{WORDS.index(word)}]", said.replace("%s", word)) for word in SAYABLE]
    return words(*spoken, start + "reads, and is not asked for anything yet.")


SENTENCE = _sentence()


def figure(trace: SequencePatternsTrace, theme: Theme = "light") -> go.Figure:
    """Draw the example of the chosen pattern; frame t is the moment after step t."""
    numbers = _numbers(trace)
    fig = _still(trace, numbers, theme)
    steps = range(len(numbers["net.row"]))
    labels = [SENTENCE.fill({**numbers, **_at(numbers, t)}, step=t) for t in steps]
    last = len(labels) - 1
    frames = [{NOW: {"y": [t + 1.0]}} for t in steps]
    return playable(fig, frames, labels, interval=800, start=last)


def live(trace: SequencePatternsTrace) -> Live:
    """On a page pattern and input are the reader's."""
    flow = page.flow(trace)
    pictures = {
        made: _pixels(pattern_tasks.picture(made)) for made in product(SIZES, COLOURS, SHAPES)
    }
    tables = (
        Table("paint", ("size", "colour", "shape"), pictures),
        Table("place", ("pattern",), {name: k + 1.0 for k, name in enumerate(PATTERNS)}),
        Table("visible", ("pattern",), {name: float(name == "one to many") for name in PATTERNS}),
    )
    runs = (
        Run("at", at_step, {"chosen": "net.out[step]", "when": "net.row[step]"}),
        Run("lines", lines, {"steps": "net.rows"}),
    )
    row = {"y": whole("net.row")}
    return Live(
        flow=replace(flow, runs=(*flow.runs, *runs), sources=(*flow.sources, *tables)),
        feeds={
            INTO: {**row, "x": whole("net.left"), "text": Pick(WORDS, whole("net.heard"))},
            STATES: {"z": whole("net.shown")},
            BARS: {"x": whole("net.bar_x"), "y": whole("net.bar_y")},
            OUT: {**row, "x": whole("net.right"), "text": Pick(WORDS, whole("net.out"))},
            NOW: {"y": Take("net.row", "step", "step")},
            IMAGE: {
                "marker.color": Entry("paint"),
                "opacity": Pick((0.0, 1.0), whole("visible"), single=True),
            },
            CHOSEN: {"y": whole("place")},
        },
        layout={"yaxis.range": whole("lines.down")},
        sentence=SENTENCE,
        table=(
            ("step", words("{at.row:d}")),
            ("steps in all", words("{net.rows:d}")),
            ("probability of the likeliest word", words("{net.percent[step]:n6}%")),
        ),
        start=page.MOST,
    )


# Numbers and places, in Python as on a page


def at_step(chosen: Any, when: Any) -> dict[str, Any]:
    """The word that is said at the present step as a 1 among zeros (W,), and the step itself."""
    words_ = np.arange(len(WORDS))
    said = anp.where(words_ == chosen, 1.0, 0.0) * anp.where(chosen == NOTHING, 0.0, 1.0)
    return {"says": said, "row": when + 0.0}


def lines(steps: Any) -> dict[str, Any]:
    """The ends of the axis of steps, the first one on top."""
    return {"down": anp.stack([steps + 0.6, 0.4])}


def _at(numbers: dict[str, Any], step: int) -> dict[str, Any]:
    found = at_step(numbers["net.out"][step], float(step + 1))
    return {f"at.{name}": value for name, value in found.items()}


def _numbers(trace: SequencePatternsTrace) -> dict[str, Any]:
    """The numbers of the chosen pattern's example, by the names that a page has for them."""
    example = trace.examples[PATTERNS.index(trace.settings.pattern)]
    steps = len(example.into)
    named = {"one to one": page.STUDENT, "one to many": page.PICTURE}
    into = list(example.into)
    into[0] = named.get(example.pattern, into[0])
    bars = [
        page._bar(t + 1.0, p if asked else np.nan)
        for t, (p, asked) in enumerate(zip(example.likeliest, example.asked, strict=True))
    ]
    return {
        "net.row": np.arange(steps) + 1.0,
        "net.rows": steps,
        "net.heard": np.array([WORDS.index(word) for word in into]),
        "net.out": np.array([WORDS.index(word) for word in example.out]),
        "net.shown": example.states[1:, :SHOWN],
        "net.percent": 100 * example.likeliest,
        "net.bar_x": np.array([bar["bar_x"] for bar in bars]),
        "net.bar_y": np.array([bar["bar_y"] for bar in bars]),
        "lines.down": lines(float(steps))["down"],
    }


def _pixels(image: Array) -> list[str]:
    """The colour of each pixel, row by row."""
    return [style.hex_colour(pixel) for pixel in image.reshape(-1, 3)]


# Drawing


def _still(trace: SequencePatternsTrace, numbers: dict[str, Any], theme: Theme) -> go.Figure:
    fig = go.Figure(layout=_layout(numbers, theme))
    ink = style.INK.on(theme)
    steps = numbers["net.row"]
    text = {"mode": "text", "hoverinfo": "skip", "cliponaxis": False}
    fig.add_scatter(
        **text, x=np.full(len(steps), 0.2), y=steps, textposition="middle left",
        text=[WORDS[k] for k in numbers["net.heard"]], textfont={"color": ink, "size": 14},
    )  # fmt: skip
    fig.add_heatmap(
        z=numbers["net.shown"], x0=1, dx=1, y0=1, dy=1, zmin=-1, zmax=1, xgap=1, ygap=3,
        colorscale=colorscale(style.signed_scale(theme)), showscale=False, hoverinfo="skip",
    )  # fmt: skip
    fig.add_scatter(
        x=numbers["net.bar_x"].ravel(), y=numbers["net.bar_y"].ravel(), xaxis="x2", mode="lines",
        line_width=0, fill="toself", fillcolor=style.HIDDEN.on(theme), hoverinfo="skip",
    )  # fmt: skip
    fig.add_scatter(
        **text, x=np.full(len(steps), 1.06), y=steps, xaxis="x2", textposition="middle right",
        text=[WORDS[k] for k in numbers["net.out"]], textfont={"color": ink, "size": 14},
    )  # fmt: skip
    fig.add_scatter(
        x=[-0.12], y=[1.0], xaxis="x2", mode="markers", hoverinfo="skip", cliponaxis=False,
        marker={"symbol": "triangle-right", "size": 11, "color": ink, "opacity": 1},
    )  # fmt: skip
    down, across = np.mgrid[:PIXELS, :PIXELS]
    fig.add_scatter(
        x=across.ravel(), y=down.ravel(), xaxis="x3", yaxis="y3", mode="markers", hoverinfo="skip",
        opacity=float(trace.settings.pattern == "one to many"),
        marker={"symbol": "square", "size": 13, "opacity": 1, "color": _pixels(trace.image)},
    )  # fmt: skip
    fig.add_scatter(
        x=[0.0], y=[PATTERNS.index(trace.settings.pattern) + 1.0], xaxis="x4", yaxis="y4",
        mode="markers", hoverinfo="skip",
        marker={"symbol": "triangle-right", "size": 11, "color": ink, "opacity": 1},
    )  # fmt: skip
    said = [
        f"{name}: {number(100 * share)}%"
        for name, share in zip(PATTERNS, trace.accuracy, strict=True)
    ]
    fig.add_scatter(
        **text, x=[0.07] * 4, y=[1, 2, 3, 4], xaxis="x4", yaxis="y4", text=said,
        textposition="middle right", textfont={"color": ink, "size": 14},
    )  # fmt: skip
    return fig


def _layout(numbers: dict[str, Any], theme: Theme) -> go.Layout:
    bare = {"showgrid": False, "zeroline": False}
    hidden = {**bare, "visible": False}
    made = layout(
        theme,
        aspect=1.6,
        narrow_aspect=0.6,
        narrow={
            "xaxis.domain": [0.22, 0.55], "xaxis2.domain": [0.6, 0.78],
            "yaxis.domain": [0.42, 0.96],
            "xaxis3.domain": [0.72, 1], "yaxis3.domain": [0.06, 0.26], "xaxis4.domain": [0, 0.66],
            "yaxis4.domain": [0.02, 0.24], "annotations[0].x": 0, "annotations[0].y": 0.27,
        },
        showlegend=False,
        xaxis={**bare, "domain": [0.14, 0.42], "range": [0.1, SHOWN + 0.6], "tickvals": [],
               "title": {"text": "state"}},
        yaxis={**hidden, "range": numbers["lines.down"].tolist(), "domain": [0, 1]},
        xaxis2={"range": [-0.16, 1.06], "domain": [0.45, 0.6], "tickvals": [0, 1],
                "zeroline": False, "ticktext": ["0", "1"], "title": {"text": "probability"}},
        xaxis3={**hidden, "range": [-0.7, PIXELS - 0.3], "domain": [0.78, 0.93], "anchor": "y3"},
        yaxis3={**hidden, "range": [PIXELS - 0.3, -0.7], "domain": [0.62, 0.98], "anchor": "x3"},
        xaxis4={**hidden, "range": [-0.03, 1], "domain": [0.74, 1], "anchor": "y4"},
        yaxis4={**hidden, "range": [4.6, 0.4], "domain": [0.04, 0.38], "anchor": "x4"},
        annotations=[
            {
                "text": "<b>Right on what was held out</b>", "x": 0.74, "y": 0.4, "xref": "paper",
                "yref": "paper", "xanchor": "left", "yanchor": "bottom", "showarrow": False,
                "font": {"color": style.INK.on(theme), "size": 14},
            }
        ],
    )  # fmt: skip
    made.margin.update(l=16, t=14, r=12)
    return made
