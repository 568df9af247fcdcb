"""Words as rows of a matrix, and as points of a plane that drift together as training runs.

At the left are all words on the plane of largest spread, each role with a shape and a colour of
its own; lines lead from one word to its three nearest. At the right is the embedding itself, a row
for each word; the one-hot vector beside it picks the word's row. Frames are the moments of the
training.

On a page the reader points at words, or chooses one: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import embedding as experiment
from vizdl.experiments.embedding import ROLE, ROLES, WORDS, EmbeddingTrace
from vizdl.experiments.live import Run
from vizdl.figures.base import colorscale, layout, playable
from vizdl.figures.live import Feed, Live, Texts, whole
from vizdl.figures.pairs import pair
from vizdl.figures.words import named, words
from vizdl.style import Theme

Array = NDArray[np.float64]

V = len(WORDS)
PLACED = {
    "right": "middle right", "left": "middle left", "above": "top center", "below": "bottom center"
}  # fmt: skip
COLOURS = (*style.SERIES, style.MUTED)  # of the roles
SYMBOLS = ("circle", "square", "diamond", "triangle-up", "x-thin")
LINKS, GROUPS, POINTS, RING = 0, range(1, 6), 6, 7
ONE_HOT, MATRIX, FRAME, NUMBERS = range(8, 12)
_BY_ROLE = [np.flatnonzero(role == ROLE) for role in range(len(ROLES))]

SENTENCE = words(
    "After {steps[step]:d} training steps, nearest to {called[asked.word]:s} are "
    "{called[near.first]:s} (cosine {near.cosines[0]:f3}), {called[near.second]:s} "
    "({near.cosines[1]:f3}) and {called[near.third]:s} ({near.cosines[2]:f3}): "
    "{near.alike:d} of them in its role."
)
WORD = words("<b>{called[i]:s}</b>, cosine with {called[asked.word]:s}: {near.cosine[i]:f3}")
NUMBER = words("{near.row[i]:f2}")
TABLE = (
    ("word", words("{called[asked.word]:s}")),
    ("its index", words("{asked.word:d}")),
    ("nearest", words("{called[near.first]:s}, cosine {near.cosines[0]:n6}")),
    ("second", words("{called[near.second]:s}, cosine {near.cosines[1]:n6}")),
    ("third", words("{called[near.third]:s}, cosine {near.cosines[2]:n6}")),
)


def figure(trace: EmbeddingTrace, theme: Theme = "light") -> go.Figure:
    """Draw plane and matrix; frame t is moment t of the training, the last one is shown first."""
    fig = go.Figure(layout=_layout(trace, theme))
    moments = [_numbers(trace, t) for t in range(len(trace.steps))]
    _draw_plane(fig, moments[-1], theme)
    _draw_matrix(fig, trace, moments[-1], theme)
    return playable(
        fig,
        [_frame(numbers) for numbers in moments],
        [SENTENCE.fill(numbers, step=t) for t, numbers in enumerate(moments)],
        interval=120,
        redraw=True,  # the cells of a heat map
        start=len(moments) - 1,
    )


def live(trace: EmbeddingTrace) -> Live:
    """On a page any word's neighbours are shown, at any moment of the training."""
    flow = experiment.flow(trace)
    drawing = Run(
        "drawn",
        drawn,
        {"places": "near.places", "picked": "near.picked", "at": "asked.at"},
    )
    feeds: dict[int, dict[str, Feed]] = {
        LINKS: _both("drawn.links"),
        POINTS: {**_both("drawn.points"), "hovertext": Texts(WORD, over="near.cosine")},
        RING: _both("drawn.ring"),
        ONE_HOT: {"z": whole("drawn.one")},
        MATRIX: {"z": whole("near.matrix")},
        FRAME: {"y": whole("drawn.frame")},
        NUMBERS: {"text": Texts(NUMBER, over="near.row")},
    }
    for role, index in enumerate(GROUPS):
        feeds[index] = _both(f"drawn.group{role}")
    return Live(
        flow=replace(flow, runs=(*flow.runs, drawing)),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        hovers=(POINTS,),
        start=len(trace.steps) - 1,
    )


def _both(name: str) -> dict[str, Feed]:
    return pair(f"{name}_x", f"{name}_y")


# Where everything stands, in Python as on a page


def drawn(places: Any, picked: Any, at: Any) -> dict[str, Any]:
    """Words at `places` (V, 2), links from the one that `at` (V,) marks to those `picked` (3, V).

    x and y have names of their own; the words of a role stand together in `group` and its number.
    """
    own = at @ places  # (2,)
    ends = picked @ places  # (NEAR, 2)
    number = anp.sum(at * np.arange(float(V)))
    made = {
        "one": at[:, None],
        "frame": anp.stack([number + side for side in (-0.5, -0.5, 0.5, 0.5, -0.5)]),
    }
    for axis, name in enumerate("xy"):
        start = own[axis] + 0 * ends[:, axis]
        gap = np.nan * start
        made[f"links_{name}"] = anp.stack([start, ends[:, axis], gap], axis=1)
        made[f"points_{name}"] = places[:, axis]
        made[f"ring_{name}"] = own[axis : axis + 1]
        for role, members in enumerate(_BY_ROLE):
            first, last = int(members[0]), int(members[-1])
            made[f"group{role}_{name}"] = places[first : last + 1, axis]
    return made


def _numbers(trace: EmbeddingTrace, step: int) -> dict[str, Any]:
    """The numbers of the trace at a moment, by the names that a page has for them."""
    asked = experiment.asked(float(trace.chosen), -1)
    found = experiment.near(trace.vectors[step], asked["at"], trace.centre, trace.axes)
    places = drawn(found["places"], found["picked"], asked["at"])
    return {
        "called": WORDS,
        "steps": trace.steps,
        **named(asked=asked, near=found, drawn=places),
    }


def _layout(trace: EmbeddingTrace, theme: Theme) -> go.Layout:
    D = trace.vectors.shape[2]
    low, high = trace.places.min(axis=(0, 1)), trace.places.max(axis=(0, 1))
    room = 0.16 * (high - low)
    bare: dict[str, Any] = {"showticklabels": False, "zeroline": True}
    reach = np.stack([low - room, high + room])
    return layout(
        theme,
        aspect=1.6,
        narrow_aspect=0.47,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.56, 1],
            "xaxis2.domain": [0.2, 0.3],
            "xaxis3.domain": [0.38, 1],
            "yaxis2.domain": [0.06, 0.48],
            "margin.l": 10,
            "margin.b": 24,
        },
        xaxis={**bare, "range": reach[:, 0].tolist(), "domain": [0, 0.58]},
        yaxis={**bare, "range": reach[:, 1].tolist()},
        xaxis2={
            "domain": [0.7, 0.735], "anchor": "y2", "range": [-0.5, 0.5], "showgrid": False,
            "tickvals": [0], "ticktext": ["one-hot"], "side": "top", "zeroline": False,
        },
        xaxis3={
            "domain": [0.77, 1], "anchor": "y2", "range": [-0.5, D - 0.5], "showgrid": False,
            "tickvals": [(D - 1) / 2], "ticktext": ["the matrix: a row a word"], "side": "top",
            "zeroline": False,
        },
        yaxis2={
            "anchor": "x2", "range": [V + 1.1, -0.5], "showgrid": False, "zeroline": False,
            "tickvals": list(range(V)), "ticktext": list(WORDS), "tickfont": {"size": 10},
        },
    )  # fmt: skip


def _draw_plane(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    def places(name: str) -> dict[str, Any]:
        return {axis: np.ravel(numbers[f"drawn.{name}_{axis}"]) for axis in "xy"}

    ink = style.INK.on(theme)
    sides = experiment.sides(numbers["near.places"])
    quiet: dict[str, Any] = {"hoverinfo": "skip", "showlegend": False}
    fig.add_scatter(
        **places("links"), mode="lines", line={"width": 2, "color": ink}, name="nearest", **quiet
    )
    for role, (name, colour, symbol) in enumerate(zip(ROLES, COLOURS, SYMBOLS, strict=True)):
        shade = colour.on(theme)
        thin = {"width": 2, "color": shade} if symbol.endswith("thin") else {"width": 0}
        fig.add_scatter(
            **places(f"group{role}"), mode="markers+text", text=list(ROLES[name]),
            textposition=[PLACED[sides[k]] for k in _BY_ROLE[role]],
            textfont={"size": 12, "color": shade}, hoverinfo="skip", name=name, cliponaxis=False,
            marker={"size": 9, "symbol": symbol, "color": shade, "line": thin},
        )  # fmt: skip
    fig.add_scatter(
        **places("points"), mode="markers", marker={"size": 22, "opacity": 0}, hoverinfo="text",
        hovertext=[WORD.fill(numbers, i=k) for k in range(V)], showlegend=False, name="words",
    )  # fmt: skip
    fig.add_scatter(
        **places("ring"), mode="markers", name="the word", **quiet,
        marker={"size": 19, "symbol": "circle-open", "color": ink, "line": {"width": 2.5}},
    )  # fmt: skip


def _draw_matrix(
    fig: go.Figure, trace: EmbeddingTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    D = trace.vectors.shape[2]
    limit = float(np.abs(trace.vectors).max())
    cells: dict[str, Any] = {"showscale": False, "xgap": 1, "ygap": 1, "yaxis": "y2"}
    shades = [(0.0, style.SURFACE.on(theme)), (1.0, style.DATA.on(theme))]
    fig.add_heatmap(
        z=numbers["drawn.one"], xaxis="x2", zmin=0, zmax=1, colorscale=colorscale(shades),
        hovertemplate="%{z}<extra></extra>", name="one-hot", **cells,
    )  # fmt: skip
    fig.add_heatmap(
        z=numbers["near.matrix"], xaxis="x3", zmin=-limit, zmax=limit, name="matrix",
        colorscale=colorscale(style.signed_scale(theme)),
        hovertemplate="%{z:.2f}<extra></extra>", **cells,
    )  # fmt: skip
    side = [-0.5, D - 0.5, D - 0.5, -0.5, -0.5]
    quiet: dict[str, Any] = {
        "hoverinfo": "skip", "showlegend": False, "xaxis": "x3", "yaxis": "y2", "cliponaxis": False
    }  # fmt: skip
    fig.add_scatter(
        x=side, y=numbers["drawn.frame"], mode="lines", name="its row",
        line={"width": 2.5, "color": style.INK.on(theme)}, **quiet,
    )  # fmt: skip
    fig.add_scatter(
        x=np.arange(D), y=np.full(D, V + 0.4), mode="text", name="its numbers",
        text=[NUMBER.fill(numbers, i=k) for k in range(D)],
        textfont={"size": 12, "color": style.INK.on(theme)}, **quiet,
    )  # fmt: skip


def _frame(numbers: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """What a moment of the training changes."""
    moving = {LINKS: "links", POINTS: "points", RING: "ring"}
    moving |= {index: f"group{role}" for role, index in enumerate(GROUPS)}
    frame: dict[int, dict[str, Any]] = {
        index: {axis: np.ravel(numbers[f"drawn.{name}_{axis}"]) for axis in "xy"}
        for index, name in moving.items()
    }
    frame[POINTS]["hovertext"] = [WORD.fill(numbers, i=k) for k in range(V)]
    frame[MATRIX] = {"z": numbers["near.matrix"]}
    frame[NUMBERS] = {"text": [NUMBER.fill(numbers, i=k) for k in range(len(numbers["near.row"]))]}
    return frame
