"""A surface in space, drawn as filled squares that hide what lies behind them.

Pages have no WebGL, so the squares are projected by `vizdl.experiments.surface`. A strip of them
is a trace for each shade of height; the strips are drawn from the back to the front.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import surface as space
from vizdl.figures.live import Feed, Take
from vizdl.style import Theme

Array = NDArray[np.float64]

CELLS, SHADES = 18, 4  # squares a side, colours of height
TRACES = CELLS * SHADES + 1  # that `add_surface` adds: the plane beneath, then the squares
BASE = np.array([[-1.0, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [-1, -1, 0]])
AXES = {"x": [-1.55, 1.55], "y": [-1.25, 1.75]}  # room for every view


def thinned(height: Array) -> Array:
    """A surface (H, W) on the corners of the squares, by linear interpolation."""
    rows, columns = height.shape
    x, y = np.linspace(0, columns - 1, CELLS + 1), np.linspace(0, rows - 1, CELLS + 1)
    along = np.stack([np.interp(x, np.arange(columns), row) for row in height])
    return np.stack([np.interp(y, np.arange(rows), column) for column in along.T], axis=1)


def mesh(tall: Any, azimuth: Any, elevation: Any) -> dict[str, Any]:
    """The outlines of all squares, (CELLS, SHADES, 6 CELLS) for x and for y, and of the plane.

    `tall` (CELLS+1, CELLS+1) are heights from 0 to `space.RISE`. A square stands in the row of its
    shade and is left out (NaN) in the others.
    """
    axis = np.linspace(-1, 1, CELLS + 1)
    flat = np.stack(np.meshgrid(axis, axis), axis=-1)  # (CELLS+1, CELLS+1, 2)
    corners = [
        anp.concatenate(
            [flat[i : i + CELLS, j : j + CELLS], tall[i : i + CELLS, j : j + CELLS, None]], axis=-1
        )
        for i, j in (*space.CORNERS, space.CORNERS[0])
    ]
    squares = space.strips(anp.stack(corners, axis=2), azimuth)  # (CELLS, CELLS, 5, 3)
    seen = space.project(squares, azimuth, elevation)  # (CELLS, CELLS, 5, 2)
    height = anp.mean(squares[:, :, :4, 2], axis=2) / space.RISE  # (CELLS, CELLS)
    shade = anp.minimum(anp.floor(anp.sqrt(anp.maximum(height, 0.0)) * SHADES), SHADES - 1)
    own = shade[:, None, :, None] == np.arange(SHADES)[:, None, None]  # strip, shade, square, 1
    gap = np.full((CELLS, CELLS, 1), np.nan)
    sides = {}
    for k, name in enumerate("xy"):
        outline = anp.concatenate([seen[..., k], gap], axis=-1)  # (CELLS, CELLS, 6)
        kept = anp.where(own, outline[:, None], np.nan)
        sides[name] = anp.reshape(kept, (CELLS, SHADES, 6 * CELLS))
    below = space.project(BASE + 0.0 * azimuth, azimuth, elevation)
    return {**sides, "base": anp.swapaxes(below, 0, 1)}


def add_surface(
    fig: go.Figure, height: Array, azimuth: float, elevation: float, theme: Theme, **axes: str
) -> None:
    """Add a surface of heights (H, W) as it is seen from there: `TRACES` traces."""
    made = mesh(space.lifted(thinned(height)), azimuth, elevation)
    quiet: dict[str, Any] = {"mode": "lines", "hoverinfo": "skip", "showlegend": False, **axes}
    fig.add_scatter(
        x=made["base"][0], y=made["base"][1],
        line={"width": 1.5, "color": style.MUTED.on(theme)}, **quiet,
    )  # fmt: skip
    low, high = (stop[1] for stop in style.height_scale(theme))
    for strip in range(CELLS):
        for shade in range(SHADES):
            fig.add_scatter(
                x=made["x"][strip, shade],
                y=made["y"][strip, shade],
                fill="toself",
                fillcolor=style.mix(low, high, shade / (SHADES - 1)),
                line={"width": 0.7, "color": style.BACKGROUND.on(theme)},
                **quiet,
            )


def live_surface(first: int, name: str) -> dict[int, dict[str, Feed]]:
    """Feeds of the traces of `add_surface`, which begin with `first`: `name` is a run of `mesh`."""
    feeds: dict[int, dict[str, Feed]] = {
        first: {"x": Take(f"{name}.base", 0, 0), "y": Take(f"{name}.base", 1, 1)}
    }
    for strip in range(CELLS):
        for shade in range(SHADES):
            feeds[first + 1 + strip * SHADES + shade] = {
                axis: Take(f"{name}.{axis}", strip, strip, (shade,)) for axis in "xy"
            }
    return feeds
