"""The map of a loss over two weights: one filled region a band, on top of the lower one.

Plotly's own contour trace vanishes when other traces of the figure move without a full redraw
(tried with plotly.js 4.1), so the bands are filled lines, traced by contourpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from contourpy import contour_generator
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.common import Surface
from vizdl.experiments.live import Table
from vizdl.figures.live import Entry, Feed, whole
from vizdl.style import Theme

COARSER = 2  # every second point of a surface is enough for a map on a page


def add_map(
    fig: go.Figure, surface: Surface, theme: Theme, *, opacity: float = 1.0, **axes: str
) -> None:
    """Add the bands of `surface` to the figure, the lowest first; hovering tells their losses.

    `axes` may name other axes than the first (``xaxis="x3", yaxis="y3"``).
    """
    low, high = (stop[1] for stop in style.height_scale(theme))
    regions, texts = _regions(surface), _texts(surface)
    for k, region in enumerate(regions):
        fig.add_scatter(
            x=region[:, 0].astype(np.float32),
            y=region[:, 1].astype(np.float32),
            mode="lines",
            fill="toself",
            fillcolor=style.mix(low, high, k / max(1, len(regions) - 1)),
            line={"width": 0.7 if k else 0, "color": style.BACKGROUND.on(theme)},
            opacity=opacity,
            hoveron="fills",
            hoverinfo="text",
            text=texts[k],
            name="landscape",
            showlegend=False,
            **axes,
        )


def live_map(
    surfaces: Mapping[Any, Surface], by: str, first: int = 0
) -> tuple[tuple[Table, ...], dict[int, dict[str, Feed]]]:
    """Tables and feeds of a map that changes with the setting `by`: a surface for each choice.

    The map's traces begin with the figure's trace `first`. Raises ValueError where the surfaces
    have different numbers of bands.
    """
    drawn = {choice: _regions(surface) for choice, surface in surfaces.items()}
    counts = {len(regions) for regions in drawn.values()}
    if len(counts) != 1:
        raise ValueError(f"the maps must have equally many bands, got {sorted(counts)}")
    texts = {choice: _texts(surface) for choice, surface in surfaces.items()}
    tables: list[Table] = []
    feeds: dict[int, dict[str, Feed]] = {}
    for k in range(counts.pop()):
        for column, name in enumerate("xy"):
            rings = {choice: regions[k][:, column] for choice, regions in drawn.items()}
            tables.append(Table(f"map.{name}{k}", (by,), rings))
        tables.append(Table(f"map.text{k}", (by,), {name: said[k] for name, said in texts.items()}))
        feeds[first + k] = {
            "x": whole(f"map.x{k}"), "y": whole(f"map.y{k}"), "text": Entry(f"map.text{k}")
        }  # fmt: skip
    return tuple(tables), feeds


def _regions(surface: Surface) -> list[NDArray[np.float64]]:
    """The outline (N, 2) of each band and all that is higher, the lowest first: the whole map."""
    x, y = _thinned(surface.x), _thinned(surface.y)
    column, row = np.searchsorted(surface.x, x), np.searchsorted(surface.y, y)
    tracer = contour_generator(x, y, surface.height[np.ix_(row, column)], fill_type="OuterOffset")
    box = np.array([[x[0], y[0]], [x[-1], y[0]], [x[-1], y[-1]], [x[0], y[-1]], [x[0], y[0]]])
    return [box, *[_outline(tracer.filled(level, np.inf)) for level in surface.levels]]


def _texts(surface: Surface) -> list[str]:
    edges = [surface.height.min(), *surface.levels, surface.height.max()]
    return [f"loss from {number(float(a))} to {number(float(b))}" for a, b in pairwise(edges)]


def _thinned(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Every second value, and the last."""
    return np.union1d(values[::COARSER], values[-1:])


def _outline(found: Any) -> NDArray[np.float64]:
    """A filled region's rings (N, 2), holes turning the other way, with NaN between them."""
    rings = [
        np.concatenate([points[start:stop], [[np.nan, np.nan]]])
        for points, offsets in zip(*found, strict=True)
        for start, stop in pairwise(offsets)
    ]
    return np.concatenate(rings)[:-1] if rings else np.zeros((0, 2))
