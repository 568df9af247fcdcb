"""A model's output over a plane: a tinted field, the line where it is zero, points of two classes.

Above zero the field is blue, below orange, with a sharp edge between them, and the points have the
same colours and shapes of their own. On a page the field is painted on a canvas, so that it may
change while a reader drags.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import ArrayLike

from vizdl import style
from vizdl.experiments.field import Span, tints, zero_pieces
from vizdl.figures.base import colorscale
from vizdl.figures.live import Feed, whole
from vizdl.style import Theme

TRACES = 2  # that `add_field` adds, and `add_points` as well
SYMBOLS = ("square", "circle")  # of class 0 and class 1
ROLES = (style.NEGATIVE, style.POSITIVE)


def add_field(
    fig: go.Figure,
    z: ArrayLike,
    x: Span,
    y: Span,
    theme: Theme,
    *,
    limit: float = 1.0,
    hover: str = "at (%{x:.2f}, %{y:.2f}): %{z:.2f}",
    **axes: str,
) -> None:
    """Add a heat map of z (H, W) over x and y, rows from the lowest y, and its line of zero.

    The colour is full where |z| is `limit` or more. `hover` is Plotly's template of what pointing
    tells ("" for nothing); `axes` may name other axes than the first.
    """
    numbers = np.asarray(z, dtype=float)
    rows, columns = numbers.shape
    fig.add_heatmap(
        z=numbers,
        x=np.linspace(*x, columns),
        y=np.linspace(*y, rows),
        zmin=-limit,
        zmax=limit,
        colorscale=colorscale(tints(theme)),
        showscale=False,
        name="output",
        **({"hovertemplate": f"{hover}<extra></extra>"} if hover else {"hoverinfo": "skip"}),
        **axes,
    )
    line = zero_pieces(numbers, x, y)
    fig.add_scatter(
        x=line[:, 0],
        y=line[:, 1],
        mode="lines",
        line={"width": 2.5, "color": style.INK.on(theme)},
        name="zero",
        hoverinfo="skip",
        showlegend=False,
        **axes,
    )


def add_points(
    fig: go.Figure,
    x: ArrayLike,
    y: ArrayLike,
    theme: Theme,
    *,
    size: float = 8,
    names: tuple[str, str] = ("class 0", "class 1"),
    **options: Any,
) -> None:
    """Add points x (N, 2) of two classes y (N,), 0 or 1: a trace for each class, 0 first."""
    places, classes = np.asarray(x, dtype=float), np.asarray(y).reshape(-1)
    for k in (0, 1):
        own = places[classes == k]
        fig.add_scatter(
            x=own[:, 0],
            y=own[:, 1],
            mode="markers",
            marker={
                "symbol": SYMBOLS[k],
                "size": size,
                "color": ROLES[k].on(theme),
                "line": {"width": 1.2, "color": style.BACKGROUND.on(theme)},
            },
            name=names[k],
            **{"hoverinfo": "skip", **options},
        )


def live_field(first: int, z: str, line: str) -> dict[int, dict[str, Feed]]:
    """Feeds of the two traces of `add_field`, the figure's trace `first` and the next.

    `z` names a run's output (H, W), `line` one of what `experiments.field.zero_line` returns, both
    of a run that is taken once.
    """
    return {
        first: {"z": whole(z)},
        first + 1: {"x": whole(line, 0), "y": whole(line, 1)},
    }


def live_points(first: int, zero: str, one: str) -> dict[int, dict[str, Feed]]:
    """Feeds of the two traces of `add_points`: `zero` and `one` name arrays (N, 2) of a class."""
    return {
        first + k: {"x": whole(name, 0), "y": whole(name, 1)} for k, name in enumerate((zero, one))
    }


def frame_of(z: ArrayLike, x: Span, y: Span, first: int) -> dict[int, dict[str, Any]]:
    """What a frame changes of the two traces of `add_field` (a playable figure has to redraw)."""
    line = zero_pieces(z, x, y)
    return {first: {"z": np.asarray(z)}, first + 1: {"x": line[:, 0], "y": line[:, 1]}}
