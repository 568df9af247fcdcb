"""Every loss on its way back: the unrolled row on top, the triangle dL_t/dh_k below it.

Moments take one loss after the other, the last one first, and let it flow back step by step. The
band in the row is as thick as what is left of the gradient; its cell in the triangle is framed,
and a veil lies over the cells that are still to be filled.

On a page the reader points at cells, and changes the length and the scale of W_hh: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go

from vizdl import style
from vizdl.experiments import bptt as experiment
from vizdl.experiments.base import number
from vizdl.experiments.bptt import LONGEST, BpttTrace
from vizdl.experiments.live import Run
from vizdl.figures.axes import QUIET, axis
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.figures.bptt_places import FLOOR, band, inks, places, veil, veil_unless_pointing
from vizdl.figures.bptt_words import CELL, LOSS, NORM, SENTENCE, TABLE, state_words
from vizdl.figures.live import Feed, Live, Take, Texts, whole
from vizdl.figures.marks import add_area, add_line, add_ring, add_words
from vizdl.figures.pairs import pair
from vizdl.figures.words import named, words
from vizdl.style import Theme

VEIL = 0.7  # opacity over the cells that are still to be filled
CELLS, AHEAD, LINE, STATES, LOSSES, BAND, DROP, HEAD, AMOUNT, CHOSEN, PATH, FRAMED = range(12)
INKED = ("flow", "left", "losses")


def figure(trace: BpttTrace, theme: Theme = "light") -> go.Figure:
    """Draw the row and the triangle; each frame is one loss, so and so many steps back."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    _draw_triangle(fig, numbers, theme)
    _draw_row(fig, numbers, theme)
    _draw_flow(fig, theme)
    steps = len(trace.losses)
    moments = [(t, k) for t in range(steps - 1, -1, -1) for k in range(t, -1, -1)]
    return playable(
        fig,
        [_frame(trace, t, k) for t, k in moments],
        [SENTENCE.fill(numbers | named(here=experiment.cell(t, k))) for t, k in moments],
        interval=350,
        start=steps - 1,  # the last loss has just reached the first state
    )


def live(trace: BpttTrace) -> Live:
    """On a page the cell that is pointed at shows its path; length and scale change everything."""
    flow = experiment.flow(trace)
    drawing = (
        Run("places", places, {"length": "length"}),
        Run("inks", inks, {**{n: f"back.{n}" for n in INKED}, "small": "places.small"}),
        Run(
            "veil",
            veil_unless_pointing,
            {"row": "walk.t", "column": "walk.k", "hover": "hover", "length": "length"},
        ),
        Run("band", band, {"left": "back.left[here.t]", "row": "here.t", "column": "here.k"}),
    )
    at_step: dict[str, Feed] = {"x": _steps("places.steps"), "y": _steps("places.zeros")}
    texts = {
        name: Texts(words(f"{{{what}:n2}}"))
        for name, what in (("norm", NORM), ("loss", "back.losses[here.t]"))
    }
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds={
            CELLS: {
                "x": _cells("triangle.state"),
                "y": _cells("places.tall"),
                "base": _cells("places.base"),
                "marker.color": _cells("inks.colour"),
                "hovertext": Texts(CELL, over="triangle.count"),
            },
            AHEAD: pair("veil.x", "veil.y"),
            LINE: at_step,
            STATES: {
                **at_step,
                "marker.size": _steps("places.dot"),
                "hovertext": Texts(state_words(trace.states.shape[1]), over="length"),
            },
            LOSSES: {
                "x": _steps("places.steps"),
                "y": _steps("places.ones"),
                "marker.size": _steps("inks.disc"),
                "hovertext": Texts(LOSS, over="length"),
            },
            BAND: pair("band.x", "band.y"),
            DROP: pair("band.own", "band.drop"),
            HEAD: {"x": whole("here.state")},
            AMOUNT: {"x": whole("here.state"), "text": texts["norm"]},
            CHOSEN: {"x": whole("here.loss"), "text": texts["loss"]},
            PATH: pair("band.path", "band.own"),
            FRAMED: pair("here.state", "here.loss"),
        },
        layout={"xaxis.range": whole("places.across"), "yaxis.range": whole("places.down")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={CELLS: "triangle.moment"},
        hovers=(CELLS,),
        start=len(trace.losses) - 1,
    )


def _cells(name: str) -> Take:
    return Take(name, 0, "triangle.last")


def _steps(name: str) -> Take:
    return Take(name, 0, "length-1")


def _numbers(trace: BpttTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    rows, columns = np.tril_indices(len(trace.losses))
    back = {
        "states": trace.states,
        "outputs": trace.outputs,
        "losses": trace.losses,
        "flow": trace.flow,
        "percent": 100 * trace.left,
        "together": np.linalg.norm(trace.state_gradients, axis=-1),
    }
    placed = places(float(len(trace.losses)), len(trace.losses))
    return {
        "wave": trace.wave,
        **named(
            back=back,
            triangle=experiment.cell(rows, columns),
            places=placed,
            inks=inks(trace.flow, trace.left, trace.losses, placed["small"]),
        ),
    }


def _layout(trace: BpttTrace, theme: Theme) -> go.Layout:
    steps = len(trace.losses)
    ends = places(float(steps))
    every, sparse = list(range(1, LONGEST + 1)), list(range(1, LONGEST + 1, 2))
    made = layout(
        theme,
        aspect=1.45,
        narrow_aspect=0.8,
        narrow={"xaxis.tickvals": sparse, "yaxis.tickvals": sparse},
        showlegend=False,
        barmode="overlay",
        hoverdistance=30,
        xaxis=axis("state k", ends["across"], tickvals=every, **QUIET),
        yaxis=axis("loss t", ends["down"], [0, 0.66], tickvals=every, **QUIET),
        yaxis2=axis(
            ends=[-0.62, 1.45],
            domain=[0.7, 1],
            tickvals=[0, 1],
            ticktext=["states", "losses"],
            tickfont={"color": style.INK.on(theme), "size": 13},
            **QUIET,
        ),
    )
    made.margin.t = 12  # there is no legend
    return made


# What stands still


def _draw_triangle(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    """All cells, and the veil over those that are still to be filled.

    Cells are bars, as Plotly can't move other traces over a heat map without redrawing it.
    """
    count = len(numbers["inks.norm"])
    fig.add_bar(
        x=numbers["triangle.state"],
        y=numbers["places.tall"],
        base=numbers["places.base"],
        width=1,
        textposition="none",
        marker={
            "color": numbers["inks.colour"],
            "cmin": np.log10(FLOOR),
            "cmax": 0,
            "colorscale": colorscale([(0, style.SURFACE.on(theme)), (1, style.GRADIENT.on(theme))]),
            "line": {"width": 1, "color": style.GRID.on(theme)},
            "colorbar": _scale(theme),
        },
        hovertext=[CELL.fill(numbers, i=cell) for cell in range(count)],
        hoverinfo="text",
    )
    add_area(fig, style.BACKGROUND.on(theme), opacity=VEIL)


def _scale(theme: Theme) -> dict[str, Any]:
    """The scale of the brightness, in the empty half above the triangle."""
    shares = [FLOOR, FLOOR**0.5, 1]
    return {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 0.57,
        "yanchor": "middle",
        "len": 0.42,
        "thickness": 12,
        "outlinewidth": 0,
        "tickvals": np.log10(shares).tolist(),
        "ticktext": [f"{number(100 * share, 1 if share < 1 else 3)}%" for share in shares],
        "tickfont": {"color": style.MUTED.on(theme), "size": 12},
        "title": {
            "text": "‖∂L<sub>t</sub>/∂h<sub>k</sub>‖,<br>of the largest",
            "side": "top",
            "font": {"color": style.INK.on(theme), "size": 14},
        },
    }


def _draw_row(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    steps = numbers["places.steps"]
    low, high = np.zeros(len(steps)), np.ones(len(steps))
    said = state_words(numbers["back.states"].shape[1])
    add_line(fig, style.MUTED.on(theme), width=1, x=steps, y=low, yaxis="y2")
    for y, role, size, story in (
        (low, style.HIDDEN, numbers["places.dot"], said),
        (high, style.LOSS, numbers["inks.disc"], LOSS),
    ):
        fig.add_scatter(
            x=steps,
            y=y,
            yaxis="y2",
            mode="markers",
            marker={"color": role.on(theme), "size": size, "opacity": 1, "line": {"width": 0}},
            hovertext=[story.fill(numbers, i=step) for step in range(len(steps))],
            hoverinfo="text",
        )


# What moves


def _draw_flow(fig: go.Figure, theme: Theme) -> None:
    gradient, loss, ink = (role.on(theme) for role in (style.GRADIENT, style.LOSS, style.INK))
    row: dict[str, Any] = {"yaxis": "y2"}
    add_area(fig, gradient, line={"color": gradient, "width": 1}, **row)
    add_line(fig, loss, width=2, **row)
    add_ring(fig, gradient, size=22, width=3, **row)
    add_words(fig, ink, size=14, cliponaxis=False, **row)
    add_ring(
        fig, loss, size=24, mode="markers+text", textposition="top center",
        textfont={"color": ink, "size": 13}, cliponaxis=False, **row,
    )  # fmt: skip
    add_line(fig, ink, width=2)
    add_ring(fig, ink, size=14, width=3, symbol="square-open", cliponaxis=False)


def _frame(trace: BpttTrace, t: int, k: int) -> dict[int, Change]:
    """Loss t on its way, just arrived at state k (both counted from 0)."""
    hidden = veil(float(t), float(k), float(len(trace.losses)))
    way = band(trace.left[t], float(t), float(k))
    loss, state = np.array([t + 1.0]), np.array([k + 1.0])
    return {
        CELLS: {"opacity": 1.0},  # as it was: what no frame names, Plotly takes off the page
        AHEAD: {"x": hidden["x"], "y": hidden["y"]},
        BAND: {"x": way["x"], "y": way["y"]},
        DROP: {"x": way["own"], "y": way["drop"]},
        HEAD: {"x": state, "y": np.array([0.0])},
        AMOUNT: {"x": state, "y": np.array([-0.5]), "text": [number(float(trace.flow[t, k]), 2)]},
        CHOSEN: {"x": loss, "y": np.array([1.0]), "text": [number(float(trace.losses[t]), 2)]},
        PATH: {"x": way["path"], "y": way["own"]},
        FRAMED: {"x": state, "y": loss},
    }
