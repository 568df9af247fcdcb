"""A landscape from above and in space, and the model that stands at a point of it.

The map with a point and the way down from it, the model at the present step on the plane of its
inputs, and the same landscape in space. Frame k is the k-th step downhill.

On a page the point is dragged, the surface turns, and another landscape may be chosen: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import loss_landscape_flow as below
from vizdl.experiments import surface as space
from vizdl.experiments.live import Run, Table
from vizdl.experiments.loss_landscape import (
    BANDS,
    DOMAINS,
    FULL,
    NAMES,
    PLANE,
    POINTS,
    STEPS,
    LossLandscapeTrace,
    surface_of,
)
from vizdl.figures import surface as solid
from vizdl.figures.base import Change, layout, playable
from vizdl.figures.contour import add_map, live_map
from vizdl.figures.field import add_field, add_points, frame_of, live_field
from vizdl.figures.live import Along, Drag, Feed, Live, Take, Texts
from vizdl.figures.pairs import columns, xy
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

# The traces: the map's bands, then the surface, the field with its line and points, and
SURFACE = BANDS
MODEL = SURFACE + solid.TRACES
WAY, SO_FAR, START, HERE, SPACE_WAY, SPACE_HERE = range(MODEL + 4, MODEL + 10)
LAST = 1.0  # of the map's half width: what lies beyond it is not drawn in space

SENTENCE = words(
    (
        "step",
        "Step {step:d} downhill: at ({path.w[step,0]}, {path.w[step,1]}) the loss is "
        f"{{path.loss[step]}}, and the model there gets {{model.right:d}} of {POINTS} points "
        "right.",
    ),
    "At ({path.w[0,0]}, {path.w[0,1]}) the loss is {path.loss[0]}, and the model there gets "
    f"{{model.right:d}} of {POINTS} points right.",
)
STORY = words(
    "<b>step {i:d}</b>: ({path.w[i,0]}, {path.w[i,1]})<br>loss {path.loss[i]}<br>"
    "slope {path.steepness[i]:n2}"
)
TABLE = (
    ("step", words("{step:d}")),
    ("w₁, or along d₁", words("{path.w[step,0]:n6}")),
    ("w₂, or along d₂", words("{path.w[step,1]:n6}")),
    ("loss", words("{path.loss[step]:n6}")),
    ("length of the gradient", words("{path.steepness[step]:n6}")),
    ("points that the model gets right", words(f"{{model.right:d}} of {POINTS}")),
)


def figure(trace: LossLandscapeTrace, theme: Theme = "light") -> go.Figure:
    """Draw the chosen landscape twice, and the model; frame k is the k-th step downhill."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    surface = shown(trace)
    add_map(fig, surface, theme)
    solid.add_surface(
        fig, surface.height, trace.settings.azimuth, trace.settings.elevation, theme,
        xaxis="x3", yaxis="y3",
    )  # fmt: skip
    second: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}
    add_field(fig, trace.fields[0], PLANE, PLANE, theme, limit=FULL, hover="", **second)
    add_points(fig, trace.x, trace.y, theme, size=5, showlegend=False, **second)
    _draw_ways(fig, numbers, theme)
    steps = range(STEPS + 1)
    return playable(
        fig,
        [_frame(trace, numbers, k) for k in steps],
        [SENTENCE.fill({**numbers, "model.right": numbers["right"][k]}, step=k) for k in steps],
        interval=200,
        redraw=True,  # the field is a heat map
    )


def live(trace: LossLandscapeTrace) -> Live:
    """On a page the point is dragged over the map, and the surface turns."""
    flow = below.flow()
    surfaces = {name: surface_of(name) for name in NAMES}
    tables, feeds = live_map(surfaces, "surface")
    tall = {n: np.asarray(space.lifted(solid.thinned(s.height))) for n, s in surfaces.items()}
    view = {"azimuth": "azimuth", "elevation": "elevation"}
    ends = {"low": "low", "high": "high", "domain": "domain", **view}
    runs = (
        Run("mesh", solid.mesh, {"tall": "tall", **view}),
        Run("lifted", lifted, {"w": "path.w", "loss": "path.loss", "step": "step", **ends}),
    )
    way: dict[int, dict[str, Feed]] = {
        WAY: {**columns("path.w"), "text": Texts(STORY, over="path.loss")},
        SO_FAR: columns("path.w", last="step"),
        START: columns("path.w", last=0),
        HERE: columns("path.w", first="step", last="step"),
        SPACE_WAY: columns("lifted.way"),
        SPACE_HERE: columns("lifted.here"),
    }
    return Live(
        flow=replace(
            flow,
            sources=(*flow.sources, *tables, Table("tall", ("surface",), tall)),
            runs=(*flow.runs, *runs),
        ),
        feeds={
            **feeds,
            **solid.live_surface(SURFACE, "mesh"),
            **live_field(MODEL, "model.z", "model.zero"),
            **way,
        },
        layout={"xaxis.range": Take("domain", 0, 0), "yaxis.range": Take("domain", 1, 1)},
        sentence=SENTENCE,
        table=TABLE,
        clicks={WAY: ""},
        drags=(
            Drag(
                "the point",
                START,
                x=Along("x", "domain[0,0]", "domain[0,1]", snap=0.002),
                y=Along("y", "domain[1,0]", "domain[1,1]", snap=0.002),
            ),
        ),
    )


def lifted(
    w: Any, loss: Any, step: Any, low: Any, high: Any, domain: Any, azimuth: Any, elevation: Any
) -> dict[str, Any]:
    """The way (T+1, 2) up to a step as it is seen on the surface, then NaN, and its end."""
    flat = 2 * (w - domain[:, 0]) / (domain[:, 1] - domain[:, 0]) - 1
    tall = space.lifted(loss, low, high)
    on = anp.concatenate([flat, tall[:, None]], axis=1)  # (T+1, 3)
    inside = anp.all(anp.abs(flat) <= LAST + 1e-9, axis=1)
    seen = anp.where(inside[:, None], space.project(on, azimuth, elevation), np.nan)
    number = np.arange(STEPS + 1)
    way = anp.where((number <= step)[:, None], seen, np.nan)
    here = anp.sum(anp.where((number == step)[:, None], seen, 0.0), axis=0)
    return {"way": way, "here": anp.reshape(here, (1, 2))}


def shown(trace: LossLandscapeTrace) -> Any:
    """The landscape that the settings choose."""
    return trace.surfaces[NAMES.index(trace.settings.surface)]


def _numbers(trace: LossLandscapeTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    side = DOMAINS[trace.settings.surface]
    height = shown(trace).height
    return {
        "path.w": trace.path.positions,
        "path.loss": trace.path.losses,
        "path.steepness": np.linalg.norm(trace.path.gradients, axis=-1),
        "right": np.rint(trace.right * len(trace.y)),
        "low": height.min(),
        "high": height.max(),
        "domain": np.array([[-side, side]] * 2),
    }


def _layout(trace: LossLandscapeTrace, theme: Theme) -> go.Layout:
    side = DOMAINS[trace.settings.surface]
    plain: dict[str, Any] = {"zeroline": False, "showgrid": False, "constrain": "domain"}
    made = layout(
        theme,
        aspect=1.3,
        narrow_aspect=0.42,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.69, 1],
            "xaxis3.domain": [0, 1],
            "yaxis3.domain": [0.31, 0.62],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0, 0.25],
        },
        showlegend=False,
        xaxis={
            **plain,
            "title": {"text": "w<sub>1</sub>, or along d<sub>1</sub>"},
            "range": [-side, side],
            "domain": [0, 0.42],
            "anchor": "y",
        },
        yaxis={
            **plain,
            "title": {"text": "w<sub>2</sub>, or along d<sub>2</sub>"},
            "range": [-side, side],
            "domain": [0.53, 1],
            "scaleanchor": "x",
        },
        xaxis2={
            **plain,
            "title": {"text": "the model there: input x<sub>1</sub>"},
            "range": list(PLANE),
            "domain": [0, 0.42],
            "anchor": "y2",
        },
        yaxis2={
            **plain,
            "title": {"text": "x<sub>2</sub>"},
            "range": list(PLANE),
            "domain": [0, 0.4],
            "scaleanchor": "x2",
            "anchor": "x2",
        },
        xaxis3={**plain, "range": solid.AXES["x"], "domain": [0.48, 1], "visible": False,
                "anchor": "y3"},
        yaxis3={**plain, "range": solid.AXES["y"], "domain": [0, 1], "visible": False,
                "scaleanchor": "x3", "anchor": "x3"},
    )  # fmt: skip
    made.margin.t = 12  # there is no legend
    return made


def _draw_ways(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    ink, gradient = style.INK.on(theme), style.GRADIENT.on(theme)
    edge = {"width": 1.5, "color": style.BACKGROUND.on(theme)}
    third = {"xaxis": "x3", "yaxis": "y3"}
    fig.add_scatter(
        x=numbers["path.w"][:, 0],
        y=numbers["path.w"][:, 1],
        mode="lines+markers",
        line={"width": 1.5, "color": gradient},
        marker={"size": 5, "color": gradient},
        opacity=0.5,
        text=[STORY.fill(numbers, i=k) for k in range(STEPS + 1)],
        hovertemplate="%{text}<extra></extra>",
    )
    fig.add_scatter(mode="lines", line={"width": 3, "color": gradient}, hoverinfo="skip")
    fig.add_scatter(
        mode="markers+text",
        text=["drag me"],
        textposition="top center",
        textfont={"size": 13, "color": ink},
        marker={"symbol": "circle-open", "size": 24, "color": ink, "line": {"width": 2}},
        hoverinfo="skip",
    )
    ball = {"size": 13, "color": ink, "line": edge}
    fig.add_scatter(mode="markers", marker=ball, hoverinfo="skip")
    fig.add_scatter(mode="lines", line={"width": 3.5, "color": gradient}, hoverinfo="skip", **third)
    fig.add_scatter(mode="markers", marker=ball, hoverinfo="skip", **third)


def _frame(trace: LossLandscapeTrace, numbers: dict[str, Any], k: int) -> dict[int, Change]:
    """What changes at step k, by trace."""
    w = numbers["path.w"]
    low, high, domain = (numbers[name] for name in ("low", "high", "domain"))
    azimuth, elevation = trace.settings.azimuth, trace.settings.elevation
    made = lifted(w, numbers["path.loss"], k, low, high, domain, azimuth, elevation)
    return {
        **frame_of(trace.fields[k], PLANE, PLANE, MODEL),
        SO_FAR: xy(*w[: k + 1].T),
        START: xy(*w[:1].T),
        HERE: xy(*w[k : k + 1].T),
        SPACE_WAY: xy(*made["way"].T),
        SPACE_HERE: xy(*made["here"].T),
    }
