"""The gates of a trained LSTM over one sequence: scrub time and read each step's arithmetic.

From top to bottom the figure follows the data: what comes in, the gates that decide what the cell
keeps and stores, the cell itself, the gate that decides what is shown, what comes out. A gate's
block fills its track as far as it lets through. What lies ahead of the cursor is veiled.

On a page the reader drags the values, switches the flags and chooses the cell: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import lstm_gates as experiment
from vizdl.experiments.live import Run
from vizdl.experiments.lstm_gates import LstmGatesTrace
from vizdl.figures.axes import QUIET, axis
from vizdl.figures.base import layout, playable
from vizdl.figures.live import Along, Drag, Feed, Live, Texts, whole
from vizdl.figures.lstm_gates_places import (
    BLOCKS,
    CANDIDATE,
    CELL,
    DRAWN_FROM,
    FLAG_ROWS,
    FLAG_SIZE,
    FLAGS,
    FORGET,
    INPUT,
    LETTERS,
    OUTPUT,
    PANELS,
    PREDICTION,
    VALUE,
    block,
    drawn,
    moment,
)
from vizdl.figures.lstm_gates_words import BESIDE, SENTENCE, STORIES, TABLE
from vizdl.figures.marks import add_area, add_words, sides
from vizdl.figures.words import named
from vizdl.style import Theme

Array = NDArray[np.float64]

GAP = 0.024  # between panels, as a share of the figure's height
WIDTH = 0.86  # of a block, in steps


def figure(trace: LstmGatesTrace, theme: Theme = "light") -> go.Figure:
    """Draw the shown sequence and the shown cell; frame t is the moment after step t."""
    numbers = _numbers(trace)
    fig = _still(trace, numbers, theme)
    times = range(len(trace.inputs) + 1)
    return playable(
        fig,
        [_frame(fig, numbers, t) for t in times],
        [SENTENCE.fill(numbers, step=t) for t in times],
        interval=900,
        start=trace.ask_step + 1,
    )


def live(trace: LstmGatesTrace) -> Live:
    """On a page the values are dragged, the flags switched, the cell is chosen."""
    T = len(trace.inputs)
    numbers = _numbers(trace)
    places = _places(_still(trace, numbers, "light"))
    flow = experiment.flow(trace)
    runs = (
        Run("drawn", drawn, DRAWN_FROM),
        Run("now", lambda step: moment(step, T), {"step": "step"}),
    )
    feeds: dict[str, dict[str, Feed]] = {
        name: {"hovertext": Texts(story, over="net.c")} for name, story in STORIES.items()
    }
    for name in BLOCKS:
        feeds.setdefault(name, {})["y"] = whole(f"drawn.{name}")
    feeds["values"]["y"] = whole("value")
    feeds["memory"] = {"y": whole("net.memory")}
    feeds["cell"]["y"] = whole("drawn.cell")
    feeds["cursor"] = {"x": whole("now.cursor")}
    feeds["numbers"] = {"text": Texts(BESIDE, over="drawn.numbers")}
    for panel in range(len(PANELS)):
        feeds[f"veil {panel}"] = {"x": whole("now.veil")}
    feeds[f"veil {CELL}"]["y"] = whole("drawn.cell_veil")
    feeds[f"veil {PREDICTION}"]["y"] = whole("drawn.answer_veil")
    return Live(
        flow=replace(flow, runs=(*flow.runs, *runs)),
        feeds={places[name]: fed for name, fed in feeds.items()},
        layout={
            f"yaxis{CELL + 2}.range": whole("drawn.cell_range"),
            f"yaxis{PREDICTION + 2}.range": whole("drawn.answer_range"),
        },
        sentence=SENTENCE,
        table=TABLE,
        drags=(
            Drag("value of step", places["values"], y=Along("value"), box=(1, 1)),
            *(
                Drag(f"{word} flag of step", places[f"{word} flags"], toggles=word, box=(1, 1))
                for word in FLAG_ROWS
            ),
        ),
        clicks={
            places[name]: "net.number"
            for name in (*(f"gate {letter}" for letter in LETTERS.values()), "cell", "answers")
        },
        start=trace.ask_step + 1,
    )


def _numbers(trace: LstmGatesTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    value, store, ask = trace.inputs.T
    parts = trace.products  # (T, 4, H, 3+H+1)
    D = len(experiment.INPUTS)
    sums = [parts[..., :D].sum(-1), parts[..., D:-1].sum(-1), parts[..., -1]]
    numbers = {
        "value": value,
        "store": store,
        "ask": ask,
        "shown.unit": trace.unit,
        "shown.at": np.eye(trace.f.shape[1])[trace.unit],
        "shown.readout": trace.readout_weights,
        "net.number": np.arange(1.0, len(value) + 1),
        "net.memory": trace.memory,
        "net.target": trace.targets,
        "net.predicted": trace.predictions,
        "net.both": store * ask,
        "net.i": trace.i,
        "net.f": trace.f,
        "net.g": trace.g,
        "net.o": trace.o,
        "net.before": trace.c[:-1],
        "net.c": trace.c[1:],
        "net.h": trace.h[1:],
        "net.kept": trace.kept,
        "net.added": trace.added,
        "net.squashed": trace.squashed,
        "net.says": trace.readout_weights * trace.h[1:],
        "net.z": trace.z,
        "net.sums": np.stack(sums, axis=-1),  # (T, 4, H, 3)
    }
    shapes = drawn(**{key: numbers[name] for key, name in DRAWN_FROM.items()})
    return numbers | named(drawn=shapes)


def _layout(numbers: dict[str, Any], theme: Theme) -> go.Layout:
    T = len(numbers["value"])
    unit = (1 - GAP * (len(PANELS) - 1)) / sum(panel[4] for panel in PANELS)
    axes: dict[str, Any] = {"yaxis": {"range": [0, 1], "visible": False}}
    narrow: dict[str, Any] = {"margin.l": 42, "margin.r": 46, "margin.t": 4, "margin.b": 40}
    top = 1.0
    for index, (name, meaning, letter, role, share, _) in enumerate(PANELS):
        limits = _limits(numbers, index)
        place = "yaxis" + _axis(index)[1:]
        axes[place] = axis(
            ends=limits,
            domain=[max(0.0, top - share * unit), top],
            tickvals=[sum(limits) / 2],
            ticktext=[f"<b>{name}</b><br><span style='font-size:11px'>{meaning}</span>"],
            tickfont={"color": role.on(theme), "size": 14},
            showgrid=False,
            zeroline=index in (VALUE, CELL, PREDICTION),
        )
        narrow[f"{place}.ticktext"] = [f"<b>{letter}</b>"]
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
        xaxis=axis(
            "step",
            [0.4, T + 0.6],
            anchor=_axis(PREDICTION),
            tickvals=list(range(1, T + 1)),
            **QUIET,
        ),
        **axes,
    )
    made.margin.update(l=176, t=8, r=60)
    return made


def _limits(numbers: dict[str, Any], panel: int) -> tuple[float, float]:
    """The range of a panel's axis, widened where a cell or an answer goes beyond ±1."""
    if panel not in (CELL, PREDICTION):
        return PANELS[panel][-1]
    low, high = numbers["drawn.cell_range" if panel == CELL else "drawn.answer_range"]
    return float(low), float(high)


def _axis(panel: int) -> str:
    return f"y{panel + 2}"  # "y" is the axis of the whole height, on which the cursor stands


def _places(fig: go.Figure) -> dict[str, int]:
    """The index of each trace, by its name."""
    return {trace.name: index for index, trace in enumerate(fig.data)}


# What stands still


def _still(trace: LstmGatesTrace, numbers: dict[str, Any], theme: Theme) -> go.Figure:
    fig = go.Figure(layout=_layout(numbers, theme))
    _draw_input(fig, numbers, theme)
    for panel in (FORGET, INPUT, CANDIDATE):
        _draw_gate(fig, numbers, theme, panel)
    _draw_cell(fig, numbers, theme)
    _draw_gate(fig, numbers, theme, OUTPUT)
    _draw_prediction(fig, numbers, theme)
    _add_cursor(fig, numbers, theme)
    return fig


def _draw_input(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    row: Array
    for word, level in FLAG_ROWS.items():
        row = np.full(len(numbers["value"]), level)
        _add_track(fig, FLAGS, numbers, row - FLAG_SIZE / 2, row + FLAG_SIZE / 2, theme)
        _add_blocks(fig, FLAGS, numbers, f"{word}_set", style.INK.on(theme))
        _add_hover(fig, FLAGS, numbers, row, f"{word} flags")
    for name, role, opacity in (("distraction", style.DATA, 0.55), ("stored", style.CELL, 1.0)):
        _add_blocks(fig, VALUE, numbers, name, role.on(theme), opacity, width=0.5)
    _add_hover(fig, VALUE, numbers, numbers["value"], "values")
    knob = {"size": 8, "opacity": 1, "color": style.INK.on(theme)}  # what is taken hold of
    fig.data[-1].update(marker=knob)


def _draw_gate(fig: go.Figure, numbers: dict[str, Any], theme: Theme, panel: int) -> None:
    role, (low, high) = PANELS[panel][3], PANELS[panel][-1]
    ends = np.full((2, len(numbers["value"])), [[float(low)], [float(high)]])
    _add_track(fig, panel, numbers, ends[0], ends[1], theme)
    _add_blocks(fig, panel, numbers, f"block_{LETTERS[panel]}", role.on(theme))
    _add_hover(fig, panel, numbers, ends.mean(axis=0), f"gate {LETTERS[panel]}")


def _draw_cell(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    fig.add_scatter(
        x=numbers["net.number"],
        y=numbers["net.memory"],
        yaxis=_axis(CELL),
        mode="lines",
        line={"color": style.MUTED.on(theme), "dash": "dot", "width": 1.5, "shape": "hvh"},
        hoverinfo="skip",
        name="memory",
    )
    fig.add_scatter(
        x=numbers["net.number"],
        y=numbers["drawn.cell"],
        yaxis=_axis(CELL),
        mode="lines+markers",
        line={"color": style.CELL.on(theme), "width": 3, "shape": "hvh"},
        marker_size=6,
        hoverinfo="text",
        hovertext=_texts("cell", numbers),
        name="cell",
    )


def _draw_prediction(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    _add_blocks(fig, PREDICTION, numbers, "output", style.HIDDEN.on(theme), width=0.5)
    _add_blocks(fig, PREDICTION, numbers, "answer", style.INK.on(theme), width=0.8)
    _add_hover(fig, PREDICTION, numbers, 0 * numbers["value"], "answers")


def _add_track(
    fig: go.Figure, panel: int, numbers: dict[str, Any], low: Array, high: Array, theme: Theme
) -> None:
    """Add the room that blocks may fill."""
    x, y = sides(numbers["net.number"], WIDTH), block(low, high).ravel()
    add_area(fig, style.SURFACE.on(theme), x=x, y=y, yaxis=_axis(panel), opacity=1.0, name="track")


def _add_blocks(
    fig: go.Figure,
    panel: int,
    numbers: dict[str, Any],
    name: str,
    colour: str,
    opacity: float = 1.0,
    width: float = WIDTH,
) -> None:
    """Add the blocks of that name, one at each step."""
    x, y = sides(numbers["net.number"], width), numbers[f"drawn.{name}"].ravel()
    add_area(fig, colour, x=x, y=y, yaxis=_axis(panel), opacity=opacity, name=name)


def _add_hover(fig: go.Figure, panel: int, numbers: dict[str, Any], y: Array, name: str) -> None:
    """Add what a pointer reads at each step."""
    fig.add_scatter(
        x=numbers["net.number"],
        y=y,
        yaxis=_axis(panel),
        mode="markers",
        marker={"size": 16, "opacity": 0},
        hoverinfo="text",
        hovertext=_texts(name, numbers),
        name=name,
    )


def _texts(name: str, numbers: dict[str, Any]) -> list[str]:
    return [STORIES[name].fill(numbers, i=t) for t in range(len(numbers["value"]))]


# What moves


def _add_cursor(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    """Add what moves: the cursor, the numbers beside it, and a veil over each panel."""
    add_area(fig, style.MUTED.on(theme), y=[0, 0, 1, 1], opacity=0.25, name="cursor")
    add_words(
        fig,
        [panel[3].on(theme) for panel in PANELS[VALUE:]],
        size=14,
        at="middle right",
        x=[len(numbers["value"]) + 0.6] * (len(PANELS) - VALUE),
        y=[np.mean(fig.layout[f"yaxis{p + 2}"].domain) for p in range(VALUE, len(PANELS))],
        cliponaxis=False,
        name="numbers",
    )
    for panel in range(len(PANELS)):
        low, high = _limits(numbers, panel)
        add_area(
            fig,
            style.BACKGROUND.on(theme),
            y=[low, low, high, high],
            opacity=0.5 if panel in (FLAGS, VALUE) else 0.8,  # the input is known beforehand
            yaxis=_axis(panel),
            name=f"veil {panel}",
        )


def _frame(fig: go.Figure, numbers: dict[str, Any], t: int) -> dict[int, dict[str, Any]]:
    """The moment after step t: what changes, by the index of what moves."""
    places = _places(fig)
    now = moment(float(t), len(numbers["value"]))
    beside = [BESIDE.fill(numbers, i=i, step=t) for i in range(len(PANELS) - VALUE)]
    return {
        places["cursor"]: {"x": now["cursor"]},
        places["numbers"]: {"text": beside},
        **{places[f"veil {panel}"]: {"x": now["veil"]} for panel in range(len(PANELS))},
    }
