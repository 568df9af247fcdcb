"""What figures of walks on a landscape share: the map's axes, those beside it, the start's ring."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.figures.axes import QUIET, axis, panel, square
from vizdl.style import Theme

SECOND = panel(2)  # the axes of the loss, beside the map


def map_axes(domain: NDArray[np.float64], across: Sequence[float]) -> dict[str, Any]:
    """The map's axes over a `domain` (2, 2), low and high of either weight, so far `across`.

    Their units are equal: the gradient stands square to the contours.
    """
    return {
        "xaxis": axis("weight w<sub>1</sub>", domain[0], across, "y", constrain="domain", **QUIET),
        "yaxis": axis("weight w<sub>2</sub>", domain[1], **square(), **QUIET),
    }


def add_start(fig: go.Figure, theme: Theme, **more: Any) -> None:
    """Add the ring round the start, which a reader may drag, with its name below."""
    ink = style.INK.on(theme)
    fig.add_scatter(
        mode="markers+text",
        text=["start"],
        textposition="bottom center",
        textfont={"size": 13, "color": ink},
        marker={"symbol": "circle-open", "size": 24, "color": ink, "line": {"width": 2}},
        hoverinfo="skip",
        name="start",
        **more,
    )
