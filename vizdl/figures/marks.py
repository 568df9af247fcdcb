"""What figures are drawn of and hovering passes by: lines, areas, balls, rings and words.

`more` of each is as Plotly's Scatter has it: places, a name, the axes (``**panel(2)``).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.style import Theme


def add_line(
    fig: go.Figure, colour: str, *, width: float = 3, dash: str | None = None, **more: Any
) -> None:
    """Add a line."""
    line = {"width": width, "color": colour, **({"dash": dash} if dash else {})}
    _add(fig, {"mode": "lines", "line": line}, more)


def add_area(fig: go.Figure, colour: str, **more: Any) -> None:
    """Add what an outline holds, without the outline; NaN parts one piece from the next.

    Plotly's own bars vanish when a frame is shown without redrawing the whole figure.
    """
    look = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": colour}
    _add(fig, look, more)


def sides(at: ArrayLike, width: float) -> NDArray[np.float64]:
    """Where blocks round `at` (N,) begin and end: the one side of their outlines, (5 N,).

    The other side has low, low, high, high and NaN for each, to which `at` may also belong.
    """
    middles = np.asarray(at, dtype=float)[:, None]
    return (middles + width / 2 * np.array([-1, 1, 1, -1, np.nan])).ravel()


def add_ball(
    fig: go.Figure,
    colour: str,
    theme: Theme,
    *,
    size: float = 14,
    rim: float = 1.5,
    symbol: str | None = None,
    **more: Any,
) -> None:
    """Add balls with a rim, so that they are seen on their own line."""
    edge = {"width": rim, "color": style.BACKGROUND.on(theme)}
    marker = {"symbol": symbol, "size": size, "color": colour, "line": edge}
    _add(fig, {"mode": "markers", "marker": marker}, more)


def add_ring(
    fig: go.Figure,
    colour: str,
    *,
    size: float,
    width: float = 2,
    symbol: str = "circle-open",
    **more: Any,
) -> None:
    """Add rings, or with another open `symbol` frames."""
    marker = {"symbol": symbol, "size": size, "color": colour, "line": {"width": width}}
    _add(fig, {"mode": "markers", "marker": marker}, more)


def add_words(
    fig: go.Figure,
    colour: str | list[str] | None,
    *,
    size: float = 13,
    at: str | None = None,
    **more: Any,
) -> None:
    """Add words, `at` a side of their places (``"middle right"``; in the middle if not given).

    Without a `colour` they have that of the figure's type.
    """
    look = {"mode": "text", "textfont": {"size": size, "color": colour}, "textposition": at}
    _add(fig, look, more)


def _add(fig: go.Figure, look: dict[str, Any], more: dict[str, Any]) -> None:
    fig.add_scatter(**{"hoverinfo": "skip", **look, **more})
