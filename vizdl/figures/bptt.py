"""Every loss on its way back: the unrolled row on top, the triangle dL_t/dh_k below it.

Frames take one loss after the other, the last one first, and let it flow back step by step. The
band in the row is as thick as what is left of the gradient; its cell in the triangle is framed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.bptt import BpttTrace
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.style import Theme

FLOOR = 4e-3  # of the largest gradient: what is weaker has the colour of the ground
THICKEST, THINNEST = 0.3, 0.008  # half of the band, where the states' line lies at 0, losses at 1
AHEAD = 0.3  # opacity of the cells that are still to be filled
TALL = 0.9  # of a cell; a row is 1 high
CELLS, FILLED, LINE, STATES, LOSSES, BAND, DROP, HEAD, AMOUNT, CHOSEN, PATH, FRAMED = range(12)


def figure(trace: BpttTrace, theme: Theme = "light") -> go.Figure:
    """Draw the row and the triangle; each frame is one loss, so and so many steps back."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_triangle(fig, trace, theme)
    _draw_row(fig, trace, theme)
    _draw_flow(fig, theme)
    steps = len(trace.losses)
    moments = [(t, k) for t in range(steps - 1, -1, -1) for k in range(t, -1, -1)]
    return playable(
        fig,
        [_frame(trace, t, k) for t, k in moments],
        [_sentence(trace, t, k) for t, k in moments],
        interval=350,
        start=steps - 1,  # the last loss has just reached the first state
    )


def _layout(trace: BpttTrace, theme: Theme) -> go.Layout:
    steps = len(trace.losses)
    every = list(range(1, steps + 1))
    sparse = list(range(1, steps + 1, 1 + steps // 9))
    made = layout(
        theme,
        aspect=1.45,
        narrow_aspect=0.8,
        narrow={"xaxis.tickvals": sparse, "yaxis.tickvals": sparse},
        showlegend=False,
        barmode="overlay",
        hoverdistance=30,
        xaxis={
            "title": {"text": "state k"},
            "range": [0.4, steps + 0.6],
            "tickvals": every,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "loss t"},
            "range": [steps + 0.6, 0.4],
            "domain": [0, 0.66],
            "tickvals": every,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis2={
            "range": [-0.62, 1.45],
            "domain": [0.7, 1],
            "tickvals": [0, 1],
            "ticktext": ["states", "losses"],
            "tickfont": {"color": style.INK.on(theme), "size": 13},
            "showgrid": False,
            "zeroline": False,
        },
    )
    made.margin.t = 12  # there is no legend
    return made


# What stands still


def _draw_triangle(fig: go.Figure, trace: BpttTrace, theme: Theme) -> None:
    """All cells, faint, and over them the same once more, of which a frame shows the filled ones.

    Cells are bars, as Plotly can't move other traces over a heat map without redrawing it.
    """
    rows, columns = np.tril_indices(len(trace.losses))
    largest = float(trace.flow.max())
    marker = {
        "color": np.log10(np.maximum(trace.flow[rows, columns], FLOOR * largest)),
        "cmin": np.log10(FLOOR * largest),
        "cmax": np.log10(largest),
        "colorscale": colorscale([(0, style.SURFACE.on(theme)), (1, style.GRADIENT.on(theme))]),
        "line": {"width": 1, "color": style.GRID.on(theme)},
    }
    place = {"x": columns + 1.0, "base": rows + 0.55, "width": 0.95, "textposition": "none"}
    words = [_hover(trace, int(t), int(k)) for t, k in zip(rows, columns, strict=True)]
    faint = {**marker, "opacity": AHEAD}
    fig.add_bar(
        **place, y=np.full(len(rows), TALL), marker=faint, hovertext=words, hoverinfo="text"
    )
    fig.add_bar(**place, marker={**marker, "colorbar": _scale(trace, theme)}, hoverinfo="skip")


def _scale(trace: BpttTrace, theme: Theme) -> dict[str, Any]:
    """The scale of the brightness, in the empty half above the triangle."""
    largest = float(trace.flow.max())
    shown = [largest * share for share in (FLOOR, FLOOR**0.5, 1)]
    return {
        "orientation": "h",
        "x": 1,
        "xanchor": "right",
        "y": 0.6,
        "yanchor": "middle",
        "len": 0.42,
        "thickness": 12,
        "outlinewidth": 0,
        "tickvals": [float(np.log10(value)) for value in shown],
        "ticktext": [number(value, 2) for value in shown],
        "tickfont": {"color": style.MUTED.on(theme), "size": 12},
        "title": {
            "text": "‖∂L<sub>t</sub>/∂h<sub>k</sub>‖",
            "side": "top",
            "font": {"color": style.INK.on(theme), "size": 14},
        },
    }


def _draw_row(fig: go.Figure, trace: BpttTrace, theme: Theme) -> None:
    steps = np.arange(1, len(trace.losses) + 1)
    muted = style.MUTED.on(theme)
    fig.add_scatter(
        x=steps, y=np.zeros(len(steps)), yaxis="y2", mode="lines", hoverinfo="skip",
        line={"color": muted, "width": 1},
    )  # fmt: skip
    fig.add_scatter(
        x=steps,
        y=np.zeros(len(steps)),
        yaxis="y2",
        mode="markers",
        marker={"color": style.HIDDEN.on(theme), "size": 11, "opacity": 1},
        hovertext=[_state(trace, k) for k in range(len(steps))],
        hoverinfo="text",
    )
    fig.add_scatter(
        x=steps,
        y=np.ones(len(steps)),
        yaxis="y2",
        mode="markers",
        marker={
            "color": style.LOSS.on(theme),
            "opacity": 1,
            # The area of a disc is its loss.
            "size": 5 + 17 * np.sqrt(trace.losses / trace.losses.max()),
        },
        hovertext=[_loss(trace, t) for t in range(len(steps))],
        hoverinfo="text",
    )


# What moves


def _draw_flow(fig: go.Figure, theme: Theme) -> None:
    gradient, ink = style.GRADIENT.on(theme), style.INK.on(theme)
    fig.add_scatter(
        yaxis="y2", mode="lines", fill="toself", fillcolor=gradient, hoverinfo="skip",
        line={"color": gradient, "width": 1},
    )  # fmt: skip
    fig.add_scatter(
        yaxis="y2", mode="lines", hoverinfo="skip", line={"color": style.LOSS.on(theme), "width": 2}
    )
    fig.add_scatter(
        yaxis="y2",
        mode="markers",
        marker={"color": gradient, "size": 22, "symbol": "circle-open", "line": {"width": 3}},
        hoverinfo="skip",
    )
    fig.add_scatter(
        yaxis="y2", mode="text", textfont={"color": ink, "size": 14}, cliponaxis=False,
        hoverinfo="skip",
    )  # fmt: skip
    fig.add_scatter(
        yaxis="y2",
        mode="markers+text",
        marker={
            "color": style.LOSS.on(theme),
            "size": 24,
            "symbol": "circle-open",
            "line": {"width": 2},
        },
        textposition="top center",
        textfont={"color": ink, "size": 13},
        cliponaxis=False,
        hoverinfo="skip",
    )
    fig.add_scatter(mode="lines", line={"color": ink, "width": 2}, hoverinfo="skip")
    fig.add_scatter(
        mode="markers",
        marker={"color": ink, "size": 14, "symbol": "square-open", "line": {"width": 3}},
        hoverinfo="skip",
    )


def _frame(trace: BpttTrace, t: int, k: int) -> dict[int, Change]:
    """Loss t on its way, just arrived at state k (both counted from 0)."""
    way = np.arange(t, k - 1, -1)  # (t-k+1,), the states that it has passed
    half = np.maximum(THICKEST * trace.left[t, way] / trace.left[t].max(), THINNEST)
    return {
        CELLS: {"opacity": 1.0},  # as it was: what no frame names, Plotly takes off the page
        FILLED: {"y": np.where(_reached(trace, t, k), TALL, 0).astype(np.float32)},
        BAND: {
            "x": np.concatenate([way, way[::-1]]) + 1.0,
            "y": np.concatenate([half, -half[::-1]]),
        },
        DROP: {"x": np.array([t + 1.0, t + 1.0]), "y": np.array([1.0, half[0]])},
        HEAD: {"x": np.array([k + 1.0]), "y": np.array([0.0])},
        AMOUNT: {
            "x": np.array([k + 1.0]),
            "y": np.array([-0.5]),
            "text": [number(float(trace.flow[t, k]), 2)],
        },
        CHOSEN: {
            "x": np.array([t + 1.0]),
            "y": np.array([1.0]),
            "text": [number(float(trace.losses[t]), 2)],
        },
        PATH: {"x": np.array([t + 1.0, k + 1.0]), "y": np.array([t + 1.0, t + 1.0])},
        FRAMED: {"x": np.array([k + 1.0]), "y": np.array([t + 1.0])},
    }


def _reached(trace: BpttTrace, t: int, k: int) -> NDArray[np.bool_]:
    """Which cells, in the order of the bars, have been filled once loss t is back at state k."""
    rows, columns = np.tril_indices(len(trace.losses))
    filled: NDArray[np.bool_] = (rows > t) | ((rows == t) & (columns >= k))
    return filled


def _sentence(trace: BpttTrace, t: int, k: int) -> str:
    found = number(float(trace.flow[t, k]), 2)
    if t == k:
        return f"Loss {t + 1} at its own state: the gradient's norm is {found}."
    left = number(100 * float(trace.left[t, k]), 2)
    return f"Loss {t + 1}, {_hops(t - k)} back at state {k + 1}: {found}, {left}% of its start."


def _hover(trace: BpttTrace, t: int, k: int) -> str:
    where = f"<b>‖∂L<sub>{t + 1}</sub>/∂h<sub>{k + 1}</sub>‖ = {number(trace.flow[t, k], 3)}</b>"
    if t == k:
        return f"{where}<br>loss {t + 1} and its own state: no step back yet"
    way = [f"h<sub>{step + 1}</sub>" for step in range(t, k - 1, -1)]
    if len(way) > 4:
        way[2:-1] = ["…"]
    left = number(100 * trace.left[t, k], 2)
    return (
        f"{where}<br>its path: L<sub>{t + 1}</sub> → {' → '.join(way)}<br>"
        f"{_hops(t - k)}, each through W<sub>hh</sub> and the slope of tanh:<br>"
        f"{left}% is left of {number(trace.flow[t, t], 3)} at h<sub>{t + 1}</sub>"
    )


def _loss(trace: BpttTrace, t: int) -> str:
    said, truth = trace.outputs[t], trace.wave[t + 1]
    return (
        f"<b>loss {t + 1} = {number(trace.losses[t], 3)}</b><br>"
        f"said {number(said, 3)}, the next value is {number(truth, 3)}: the difference, squared"
    )


def _state(trace: BpttTrace, k: int) -> str:
    units = ", ".join(number(value, 2) for value in trace.states[k + 1])
    total = float(np.linalg.norm(trace.state_gradients[k]))
    return (
        f"<b>state {k + 1}</b> = ({units})<br>all the losses from {k + 1} on together:<br>"
        f"‖∂L/∂h<sub>{k + 1}</sub>‖ = {number(total, 3)}"
    )


def _hops(count: int) -> str:
    return "one step" if count == 1 else f"{count} steps"
