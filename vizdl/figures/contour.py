"""The map of a loss over two weights: one filled region a band, on top of the lower one.

Plotly's own contour trace vanishes when other traces of the figure move without a full redraw
(tried with plotly.js 4.1), so the bands are filled lines, traced by contourpy.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import plotly.graph_objects as go
from contourpy import contour_generator
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.common import Surface
from vizdl.style import Theme

COARSER = 2  # every second point of a surface is enough for a map on a page


def add_map(
    fig: go.Figure, surface: Surface, theme: Theme, *, opacity: float = 1.0, **axes: str
) -> None:
    """Add the bands of `surface` to the figure, the lowest first; hovering tells their losses.

    `axes` may name other axes than the first (``xaxis="x3", yaxis="y3"``).
    """
    x, y = _thinned(surface.x), _thinned(surface.y)
    column, row = np.searchsorted(surface.x, x), np.searchsorted(surface.y, y)
    height = surface.height[np.ix_(row, column)]
    tracer = contour_generator(x, y, height, fill_type="OuterOffset")
    low, high = (stop[1] for stop in style.height_scale(theme))
    edges = [float(surface.height.min()), *map(float, surface.levels), float(surface.height.max())]
    box = np.array([[x[0], y[0]], [x[-1], y[0]], [x[-1], y[-1]], [x[0], y[-1]], [x[0], y[0]]])
    regions = [box, *[_outline(tracer.filled(level, np.inf)) for level in surface.levels]]
    for k, region in enumerate(regions):
        if not len(region):
            continue
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
            text=f"loss from {number(edges[k])} to {number(edges[k + 1])}",
            name="landscape",
            showlegend=False,
            **axes,
        )


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
