"""What figures of walks on a landscape share: the lines so far, the balls, the start's ring."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.figures.live import Feed, Row, Take
from vizdl.style import Theme

SECOND: dict[str, Any] = {"xaxis": "x2", "yaxis": "y2"}  # the axes of the loss, beside the map


def columns(name: str, first: Row = 0, last: Row | None = None) -> dict[str, Feed]:
    """Feeds for x and y from the two columns of an array (T+1, 2)."""
    return {axis: Take(name, first, last, (column,)) for column, axis in enumerate("xy")}


def xy(x: NDArray[Any], y: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """What a frame changes of a line or of marks."""
    return {"x": x, "y": y}


def add_line(
    fig: go.Figure,
    colour: str,
    *,
    width: float = 3,
    dash: str | None = None,
    name: str = "so far",
    **more: Any,
) -> None:
    """Add a line that hovering passes by; `more` as Plotly's Scatter has it (``**SECOND``)."""
    line = {"width": width, "color": colour, **({"dash": dash} if dash else {})}
    fig.add_scatter(**{"mode": "lines", "line": line, "hoverinfo": "skip", "name": name, **more})


def add_ball(
    fig: go.Figure,
    colour: str,
    theme: Theme,
    *,
    size: float = 14,
    name: str = "now",
    **more: Any,
) -> None:
    """Add a ball with a rim, so that it is seen on its own line."""
    rim = {"width": 1.5, "color": style.BACKGROUND.on(theme)}
    marker = {"size": size, "color": colour, "line": rim}
    fig.add_scatter(
        **{"mode": "markers", "marker": marker, "hoverinfo": "skip", "name": name, **more}
    )


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
