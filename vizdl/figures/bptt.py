"""Every loss on its way back: the unrolled row on top, the triangle dL_t/dh_k below it.

Moments take one loss after the other, the last one first, and let it flow back step by step. The
band in the row is as thick as what is left of the gradient; its cell in the triangle is framed,
and a veil lies over the cells that are still to be filled.

On a page the reader points at cells, and changes the length and the scale of W_hh: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import bptt as experiment
from vizdl.experiments.base import number
from vizdl.experiments.bptt import LONGEST, BpttTrace
from vizdl.experiments.live import Run
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.figures.live import Feed, Live, Take, Texts, whole
from vizdl.figures.words import Words, words
from vizdl.style import Theme

Array = NDArray[np.float64]

FLOOR = 4e-3  # of the largest gradient: what is weaker has the colour of the ground
THICKEST, THINNEST = 0.3, 0.008  # half of the band, where the states' line lies at 0, losses at 1
VEIL = 0.7  # opacity over the cells that are still to be filled
CELLS, AHEAD, LINE, STATES, LOSSES, BAND, DROP, HEAD, AMOUNT, CHOSEN, PATH, FRAMED = range(12)
INKED = ("flow", "left", "losses")

NORM = "back.flow[here.t,here.k]"
SENTENCE = words(
    (
        "here.few[0]",
        f"Loss {{here.loss:d}} at its own state: the gradient's norm is {{{NORM}:n2}}.",
    ),
    (
        "here.few[1]",
        f"Loss {{here.loss:d}}, one step back at state {{here.state:d}}: {{{NORM}:n2}}, "
        "{back.percent[here.t,here.k]:n2}% of its start.",
    ),
    f"Loss {{here.loss:d}}, {{here.hops:d}} steps back at state {{here.state:d}}: {{{NORM}:n2}}, "
    "{back.percent[here.t,here.k]:n2}% of its start.",
)
LOSS = words(
    "<b>loss {places.steps[i]:d} = {back.losses[i]}</b><br>"
    "said {back.outputs[i]}, the next value is {wave[i+1]}: the difference, squared"
)


def _paths(name: str, index: str, state: str) -> dict[str, str]:
    """The states that a loss passes, by the condition under which its way is that long."""
    first, second, third, last = (
        state.format(f"{{{name}.{number}{index}:d}}")
        for number in ("loss", "before", "second", "state")
    )
    few = [f"{name}.few{index[:-1] + ',' if index else '['}{hops}]" for hops in range(4)]
    ways = ([first], [first, last], [first, second, last], [first, second, third, last])
    return {
        **{condition: " → ".join(way) for condition, way in zip(few, ways, strict=True)},
        "": " → ".join([first, second, "…", last]),
    }


def _cell_words() -> Words:
    norm = (
        "<b>‖∂L<sub>{triangle.loss[i]:d}</sub>/∂h<sub>{triangle.state[i]:d}</sub>‖ "
        "= {inks.norm[i]}</b><br>"
    )
    own, *further = _paths("triangle", "[i]", "h<sub>{}</sub>").items()
    cases: list[str | tuple[str, str]] = [
        (own[0], norm + "loss {triangle.loss[i]:d} and its own state: no step back yet")
    ]
    for condition, way in further:
        hops = "one step" if condition.endswith("1]") else "{triangle.hops[i]:d} steps"
        text = (
            f"{norm}its path: L<sub>{{triangle.loss[i]:d}}</sub> → {way}<br>"
            f"{hops}, each through W<sub>hh</sub> and tanh′:<br>"
            "{inks.percent[i]:n2}% is left of {inks.own[i]} at h<sub>{triangle.loss[i]:d}</sub>"
        )
        cases.append((condition, text) if condition else text)
    return words(*cases)


def _path_words() -> Words:
    cases = _paths("here", "", "h{}").items()
    texts = [(condition, "L{here.loss:d} → " + way) for condition, way in cases]
    return words(*(text if text[0] else text[1] for text in texts))


def _state_words(units: int) -> Words:
    numbers = ", ".join(f"{{back.states[i+1,{unit}]:n2}}" for unit in range(units))
    return words(
        f"<b>state {{places.steps[i]:d}}</b> = ({numbers})<br>"
        "all the losses from {places.steps[i]:d} on together:<br>"
        "‖∂L/∂h<sub>{places.steps[i]:d}</sub>‖ = {back.together[i]}"
    )


CELL = _cell_words()
TABLE = (
    ("loss t", words("{here.loss:d}")),
    ("its value Lₜ", words("{back.losses[here.t]:n6}")),
    ("state k", words("{here.state:d}")),
    ("path back", _path_words()),
    ("‖∂Lₜ/∂hₖ‖", words(f"{{{NORM}:n6}}")),
    ("share of ‖∂Lₜ/∂hₜ‖", words("{back.percent[here.t,here.k]:n6}%")),
    ("all losses together, ‖∂L/∂hₖ‖", words("{back.together[here.k]:n6}")),
    ("the whole sum, ‖∂L/∂Wₕₕ‖", words("{back.total:n6}")),
)


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
        [SENTENCE.fill(numbers | _run("here", experiment.cell(t, k))) for t, k in moments],
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
            _veil_unless_pointing,
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
            AHEAD: {"x": whole("veil.x"), "y": whole("veil.y")},
            LINE: at_step,
            STATES: {
                **at_step,
                "marker.size": _steps("places.dot"),
                "hovertext": Texts(_state_words(trace.states.shape[1]), over="length"),
            },
            LOSSES: {
                "x": _steps("places.steps"),
                "y": _steps("places.ones"),
                "marker.size": _steps("inks.disc"),
                "hovertext": Texts(LOSS, over="length"),
            },
            BAND: {"x": whole("band.x"), "y": whole("band.y")},
            DROP: {"x": whole("band.own"), "y": whole("band.drop")},
            HEAD: {"x": whole("here.state")},
            AMOUNT: {"x": whole("here.state"), "text": texts["norm"]},
            CHOSEN: {"x": whole("here.loss"), "text": texts["loss"]},
            PATH: {"x": whole("band.path"), "y": whole("band.own")},
            FRAMED: {"x": whole("here.state"), "y": whole("here.loss")},
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


def _run(name: str, outputs: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}.{output}": value for output, value in outputs.items()}


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
        **_run("back", back),
        **_run("triangle", experiment.cell(rows, columns)),
        **_run("places", placed),
        **_run("inks", inks(trace.flow, trace.left, trace.losses, placed["small"])),
    }


# Where everything stands, in Python as on a page


def inks(flow: Any, left: Any, losses: Any, small: Any) -> dict[str, Any]:
    """What is drawn of the numbers. The area of a disc is its loss."""
    rows, columns = np.tril_indices(len(flow))
    norm = flow[rows, columns]
    return {
        "norm": norm,
        "percent": 100 * left[rows, columns],
        "own": flow[rows, rows],
        "colour": anp.log10(anp.maximum(norm / anp.max(flow), FLOOR)),
        "disc": small * (5 + 17 * anp.sqrt(losses / anp.max(losses))),
    }


def places(length: Any, longest: int = LONGEST) -> dict[str, Any]:
    """Where cells and steps stand, the ends of the axes, how large the marks are in a long row."""
    rows, _ = np.tril_indices(longest)
    small = anp.sqrt(12 / anp.maximum(length, 12.0))
    return {
        "base": rows + 0.5,
        "tall": np.ones(len(rows)),
        "steps": np.arange(longest) + 1.0,
        "zeros": np.zeros(longest),
        "ones": np.ones(longest),
        "across": anp.stack([0.4, length + 0.6]),
        "down": anp.stack([length + 0.6, 0.4]),
        "small": small,
        "dot": small * 11 * np.ones(longest),
    }


def veil(row: Any, column: Any, length: Any) -> dict[str, Any]:
    """The outline (6,) of the cells that loss `row` has not reached, arrived at state `column`."""
    end, edge = length + 0.5, column + 0.5
    above, below = row + 0.5, row + 1.5
    return {
        "x": anp.stack([0.5, end, end, edge, edge, 0.5]),
        "y": anp.stack([0.5, 0.5, above, above, below, below]),
    }


def _veil_unless_pointing(row: Any, column: Any, hover: Any, length: Any) -> dict[str, Any]:
    return veil(anp.where(hover < 0, row, 0.0), anp.where(hover < 0, column, 0.0), length)


def band(left: Any, row: Any, column: Any) -> dict[str, Any]:
    """The way of loss `row` back to state `column`: its band, as thick as what is `left` (T,).

    The outline's points before and after the way lie at its ends.
    """
    steps = np.arange(len(left))
    first, last = (anp.sum(anp.where(steps == end, left, 0.0)) for end in (column, row))
    share = anp.where(steps < column, first, anp.where(steps > row, last, left))
    half = anp.maximum(THICKEST * share / anp.max(left), THINNEST)
    at = anp.minimum(anp.maximum(steps, column), row) + 1.0
    return {
        "x": anp.concatenate([at, at[::-1]]),
        "y": anp.concatenate([half, -half[::-1]]),
        "drop": anp.stack([1.0, half[-1]]),
        "path": anp.stack([row, column]) + 1.0,
        "own": anp.stack([row, row]) + 1.0,
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
        xaxis={
            "title": {"text": "state k"},
            "range": ends["across"].tolist(),
            "tickvals": every,
            "showgrid": False,
            "zeroline": False,
        },
        yaxis={
            "title": {"text": "loss t"},
            "range": ends["down"].tolist(),
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
    fig.add_scatter(
        mode="lines", line={"width": 0}, fill="toself", fillcolor=style.BACKGROUND.on(theme),
        opacity=VEIL, hoverinfo="skip",
    )  # fmt: skip


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
    said = _state_words(numbers["back.states"].shape[1])
    fig.add_scatter(
        x=steps, y=np.zeros(len(steps)), yaxis="y2", mode="lines", hoverinfo="skip",
        line={"color": style.MUTED.on(theme), "width": 1},
    )  # fmt: skip
    fig.add_scatter(
        x=steps,
        y=np.zeros(len(steps)),
        yaxis="y2",
        mode="markers",
        marker={
            "color": style.HIDDEN.on(theme),
            "size": numbers["places.dot"],
            "opacity": 1,
            "line": {"width": 0},
        },
        hovertext=[said.fill(numbers, i=step) for step in range(len(steps))],
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
            "size": numbers["inks.disc"],
            "line": {"width": 0},
        },
        hovertext=[LOSS.fill(numbers, i=step) for step in range(len(steps))],
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
        cliponaxis=False,
        hoverinfo="skip",
    )


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
