"""A digit on its way through a network: what each unit looks for, and what each layer tells apart.

On the left the digit and what one unit looks for, in the middle the units, brighter the stronger
they answer, and the held-out digits that the unit likes best; on the right three classes of digits
as the present layer holds them apart, and what a probe reads off each layer. Two steps are a layer,
one for each of the two units there that the digit excites most.

On a page the reader draws: a click or a stroke turns pixels over, and the digit runs through the
real network at once. Pointing at a unit shows what it looks for: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import feature_hierarchy_flow as flows
from vizdl.experiments import feature_hierarchy_network as experiment
from vizdl.experiments.feature_hierarchy import FeatureHierarchyTrace
from vizdl.experiments.feature_hierarchy_network import CLASSES, LAYERS, LIKED, SIDE, SIZES, UNITS
from vizdl.experiments.live import Run
from vizdl.figures import feature_hierarchy_places as places
from vizdl.figures.base import Change, colorscale, layout, playable
from vizdl.figures.feature_hierarchy_words import READS, SENTENCE, STORY, TABLE
from vizdl.figures.live import Drag, Feed, Live, Take, Texts, whole
from vizdl.style import Theme

Array = NDArray[np.float64]

SHEET, LINES, PIXELS, CELLS, CHANCES, DIGITS, RING, FAVOURITE, PICTURES = range(9)
CLOUDS = range(9, 9 + experiment.CLOUDS)
MIDDLES, PLACE, TRACKS, BARS, NOW, READ = range(9 + experiment.CLOUDS, 15 + experiment.CLOUDS)
ROLES = style.SERIES[: experiment.CLOUDS]
SYMBOLS = ("circle", "square", "diamond")
START = flows.MOMENTS - 2  # the second layer, and the unit that is excited most
REACH = 2.0  # of the axes of the clouds, in root mean squares

# Where the panels lie on a narrow page: the pictures on top, then units, clouds, the rest.
NARROW = {
    "xaxis.domain": [0, 0.48],
    "yaxis.domain": [0.8, 1],
    "xaxis3.domain": [0.52, 1],
    "yaxis3.domain": [0.8, 1],
    "xaxis2.domain": [0, 1],
    "yaxis2.domain": [0.53, 0.74],
    "xaxis5.domain": [0, 1],
    "yaxis5.domain": [0.2, 0.48],
    "xaxis4.domain": [0, 0.52],
    "yaxis4.domain": [0.0, 0.13],
    "xaxis6.domain": [0.74, 0.97],
    "yaxis6.domain": [0.02, 0.13],
    "xaxis.title.text": "draw here",
    "xaxis3.title.text": "looked for",
    "xaxis4.title.text": "liked best",
    "xaxis6.title.text": "a probe",
}


def figure(trace: FeatureHierarchyTrace, theme: Theme = "light") -> go.Figure:
    """Draw the digit in the network; two frames are a layer, the last one is shown first."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = places.numbers(trace)
    frames = [_frame(trace, numbers, step) for step in range(flows.MOMENTS)]
    _draw_picture(fig, numbers, theme)
    _draw_units(fig, numbers, theme)
    _draw_unit(fig, trace, theme)
    _draw_clouds(fig, trace, theme)
    _draw_probes(fig, numbers, theme)
    return playable(
        fig,
        frames,
        [SENTENCE.fill(numbers | places.moment(step)) for step in range(flows.MOMENTS)],
        interval=1000,
        redraw=True,  # heat maps
        start=START,
    )


def live(trace: FeatureHierarchyTrace) -> Live:
    """On a page the picture is drawn, a unit is pointed at, and all of it is computed anew."""
    flow = flows.flow(trace)
    classes = trace.classes
    drawing = (
        Run("units", places.units),
        Run("ring", places.ring, {"number": "at.number"}),
        Run("chances", places.chance_bars, {"chance": "net.chance"}),
        Run("bars", places.bars, {"accuracy": "accuracy", "here": "shown.here"}),
        Run(
            "middle", lambda cloud: {"of": places.middles(cloud, classes)}, {"cloud": "shown.cloud"}
        ),
    )
    clouds: dict[int, dict[str, Feed]] = {
        index: {axis: Take("shown.cloud", *rows, (k,)) for k, axis in enumerate("xy")}
        for index, rows in zip(CLOUDS, places.rows(classes), strict=True)
    }
    return Live(
        flow=replace(flow, runs=(*flow.runs, *drawing)),
        feeds={
            SHEET: {"z": whole("input.rows")},
            CELLS: {
                "marker.color": whole("net.strength"),
                "hovertext": Texts(STORY, over="net.strength"),
            },
            CHANCES: {"x": whole("chances.x")},
            RING: {"x": whole("ring.x"), "y": whole("ring.y")},
            FAVOURITE: {"z": whole("looked.favourite")},
            PICTURES: {"z": whole("looked.pictures")},
            **clouds,
            MIDDLES: {axis: whole("middle.of", k) for k, axis in enumerate("xy")},
            PLACE: {axis: whole("shown.place", k) for k, axis in enumerate("xy")},
            BARS: {"x": whole("bars.all")},
            NOW: {"x": whole("bars.now")},
            READ: {"x": whole("bars.ends"), "text": Texts(READS, over="accuracy")},
        },
        sentence=SENTENCE,
        table=TABLE,
        drags=(Drag("pixel", PIXELS, toggles="turned", box=(1, 1), strokes=True),),
        sets={CELLS: ("unit", "units.choice")},
        hovers=(CELLS,),
        start=START,
    )


def _layout(trace: FeatureHierarchyTrace, theme: Theme) -> go.Layout:
    ink = style.INK.on(theme)
    plain: dict[str, Any] = {"showgrid": False, "zeroline": False, "showticklabels": False}

    def square(number: str, across: list[float], down: list[float], title: str, reach: Any) -> Any:
        low, high = reach
        return {
            f"xaxis{number}": {
                **plain, "range": [low, high], "domain": across, "anchor": f"y{number}",
                "title": {"text": title, "standoff": 4}, "constrain": "domain",
            },
            f"yaxis{number}": {
                **plain, "range": [high, low], "domain": down, "anchor": f"x{number}",
                "scaleanchor": f"x{number}", "constrain": "domain", "constraintoward": "bottom",
            },
        }  # fmt: skip

    edge = (-0.5, SIDE - 0.5)
    names = " ".join(str(label) for label in np.unique(trace.classes))
    made = layout(
        theme,
        aspect=1.5,
        narrow_aspect=0.46,
        narrow=NARROW,
        showlegend=False,
        barmode="overlay",
        hoverdistance=20,
        **square("", [0, 0.26], [0.5, 1], "the picture: draw on it", edge),
        **square("3", [0, 0.26], [0, 0.4], "what the unit looks for", edge),
        **square("5", [0.7, 1], [0.42, 1], f"held-out digits {names}", (-REACH, REACH)),
        xaxis2={
            **plain, "showticklabels": True, "range": [-0.7, 12.7], "domain": [0.31, 0.67],
            "anchor": "y2", "tickvals": [1.5, 6, 10], "side": "bottom",
            "ticktext": ["layer 1", "layer 2", "output"], "tickfont": {"color": ink, "size": 14},
        },
        yaxis2={**plain, "range": [7.6, -0.6], "domain": [0.5, 1], "anchor": "x2"},
        xaxis4={
            **plain, "range": [-0.5, LIKED * (SIDE + 1) - 1.5], "domain": [0.31, 0.67],
            "anchor": "y4", "title": {"text": "digits that it likes best", "standoff": 4},
            "constrain": "domain",
        },
        yaxis4={
            **plain, "range": [SIDE - 0.5, -0.5], "domain": [0, 0.4], "anchor": "x4",
            "scaleanchor": "x4", "constrain": "domain", "constraintoward": "bottom",
        },
        xaxis6={
            **plain, "range": [0, 150], "domain": [0.78, 1], "anchor": "y6",
            "title": {"text": "a probe reads rightly", "standoff": 4},
        },
        yaxis6={
            **plain, "showticklabels": True, "range": [2.6, -0.6], "domain": [0.04, 0.3],
            "anchor": "x6", "tickvals": [0, 1, 2], "ticktext": list(LAYERS),
            "tickfont": {"color": ink, "size": 13},
        },
    )  # fmt: skip
    made.margin.update(t=12, l=12, r=12, b=34)
    return made


# What stands still


def _heat(fig: go.Figure, z: Array, axis: str, scale: Any, limits: tuple[float, float]) -> None:
    fig.add_heatmap(
        z=z, zmin=limits[0], zmax=limits[1], colorscale=colorscale(scale), showscale=False,
        hoverinfo="skip", xaxis=f"x{axis}", yaxis=f"y{axis}",
    )  # fmt: skip


def _grey(theme: Theme) -> list[tuple[float, str]]:
    return [(0.0, style.SURFACE.on(theme)), (1.0, style.DATA.on(theme))]


def _outlines(fig: go.Figure, axis: str, colour: str, y: Array, **options: Any) -> None:
    fig.add_scatter(
        mode="lines", line_width=0, fill="toself", fillcolor=colour, hoverinfo="skip",
        y=y.ravel(), xaxis=f"x{axis}", yaxis=f"y{axis}", **options,
    )  # fmt: skip


def _draw_picture(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    _heat(fig, numbers["input.rows"], "", _grey(theme), (0, 1))
    edges, ends = np.arange(1, SIDE) - 0.5, np.full(SIDE - 1, SIDE - 0.5)
    across = np.stack([np.full(SIDE - 1, -0.5), ends, np.nan * ends], axis=1).ravel()
    beside = np.stack([edges, edges, np.nan * ends], axis=1).ravel()
    fig.add_scatter(
        x=np.append(across, beside), y=np.append(beside, across), mode="lines",
        line={"color": style.BACKGROUND.on(theme), "width": 1}, hoverinfo="skip", name="lines",
    )  # fmt: skip
    row, column = np.divmod(np.arange(SIZES[0]), SIDE)
    fig.add_scatter(
        x=1.0 * column, y=1.0 * row, mode="markers", marker={"opacity": 0, "size": 4},
        hoverinfo="skip", name="pixels",
    )  # fmt: skip


def _draw_units(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    """The units as bars, as Plotly can't move other traces over a heat map without redrawing it."""
    fig.add_bar(
        x=places.COLUMN,
        y=places.SIDES,
        base=places.ROW - places.SIDES / 2,
        width=places.SIDES,
        textposition="none",
        marker={
            "color": numbers["net.strength"],
            "cmin": 0,
            "cmax": 1,
            "colorscale": colorscale([(0, style.SURFACE.on(theme)), (1, style.HIDDEN.on(theme))]),
            "line": {"width": 1, "color": style.GRID.on(theme)},
        },
        hovertext=[STORY.fill(numbers, i=unit) for unit in range(UNITS)],
        hoverinfo="text",
        xaxis="x2",
        yaxis="y2",
    )
    rows = places.ROW[-CLASSES:]
    _outlines(
        fig, "2", style.HIDDEN.on(theme), places.levels(rows, 0.24), x=numbers["chances.x"].ravel()
    )
    fig.add_scatter(
        x=np.full(CLASSES, 9.9), y=rows, text=[str(digit) for digit in range(CLASSES)],
        mode="text", textfont={"size": 12, "color": style.INK.on(theme)}, hoverinfo="skip",
        xaxis="x2", yaxis="y2",
    )  # fmt: skip
    fig.add_scatter(
        mode="lines", line={"color": style.INK.on(theme), "width": 2}, hoverinfo="skip",
        xaxis="x2", yaxis="y2",
    )  # fmt: skip


def _draw_unit(fig: go.Figure, trace: FeatureHierarchyTrace, theme: Theme) -> None:
    limit = float(np.quantile(np.abs(trace.favourites), 0.98))
    empty = np.zeros((SIDE, SIDE))
    _heat(fig, empty, "3", style.signed_scale(theme), (-limit, limit))
    _heat(fig, empty, "4", _grey(theme), (0, 1))


def _draw_clouds(fig: go.Figure, trace: FeatureHierarchyTrace, theme: Theme) -> None:
    for label, role, symbol in zip(np.unique(trace.classes), ROLES, SYMBOLS, strict=True):
        fig.add_scatter(
            mode="markers",
            marker={"size": 6, "symbol": symbol, "color": role.on(theme), "opacity": 0.75},
            hovertext=f"a held-out {label}", hoverinfo="text", xaxis="x5", yaxis="y5",
        )  # fmt: skip
    fig.add_scatter(
        mode="text", text=[f"<b>{label}</b>" for label in np.unique(trace.classes)],
        textfont={"size": 22, "color": style.INK.on(theme)}, hoverinfo="skip",
        xaxis="x5", yaxis="y5",
    )  # fmt: skip
    fig.add_scatter(
        mode="markers",
        marker={
            "size": 17, "symbol": "circle-open", "color": style.INK.on(theme), "line": {"width": 3},
        },
        hovertext="the picture", hoverinfo="text", xaxis="x5", yaxis="y5", cliponaxis=False,
    )  # fmt: skip


def _draw_probes(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    levels = places.levels(np.arange(len(LAYERS)), places.TALL)
    full = places.blocks(np.zeros(len(LAYERS)), np.full(len(LAYERS), 100.0))
    drawn = places.bars(numbers["accuracy"], np.zeros(len(LAYERS)))
    _outlines(fig, "6", style.SURFACE.on(theme), levels, x=full.ravel())
    _outlines(fig, "6", style.MUTED.on(theme), levels, x=drawn["all"].ravel())
    _outlines(fig, "6", style.HIDDEN.on(theme), levels)
    fig.add_scatter(
        x=drawn["ends"], y=np.arange(len(LAYERS)), mode="text", textposition="middle right",
        text=[READS.fill(numbers, i=layer) for layer in range(len(LAYERS))],
        textfont={"size": 13, "color": style.INK.on(theme)}, hoverinfo="skip", cliponaxis=False,
        xaxis="x6", yaxis="y6",
    )  # fmt: skip


# What moves


def _frame(trace: FeatureHierarchyTrace, numbers: Any, step: int) -> dict[int, Change]:
    """What changes where another layer, or another unit, is looked at."""
    layer, second = flows.moment(float(step)).values()
    here = flows.shown(layer, trace.clouds, trace.place)
    at = flows.looked_at(-1.0, float(trace.settings.unit), layer, second, trace.excitement)[
        "number"
    ]
    unit = flows.unit(at, trace.favourites, trace.liked, trace.excitement)
    line = places.ring(at)
    now = places.bars(numbers["accuracy"], here["here"])["now"]
    cloud, own = here["cloud"], places.middles(here["cloud"], trace.classes)
    return {
        RING: {"x": line["x"], "y": line["y"]},
        FAVOURITE: {"z": unit["favourite"]},
        PICTURES: {"z": unit["pictures"]},
        **{
            index: {"x": cloud[first : last + 1, 0], "y": cloud[first : last + 1, 1]}
            for index, (first, last) in zip(CLOUDS, places.rows(trace.classes), strict=True)
        },
        MIDDLES: {"x": own[:, 0], "y": own[:, 1]},
        PLACE: {"x": here["place"][:, 0], "y": here["place"][:, 1]},
        NOW: {"x": now.ravel()},
    }
