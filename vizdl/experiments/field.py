"""What a model says all over a plane of two inputs: the grid to ask on, and where it says zero.

`zero_line` is written with autograd.numpy, so that the same function serves Python and a live page.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check
from vizdl.style import Theme

Array = NDArray[Any]
Span = tuple[float, float]  # low, high

FAINT, FULL = 0.14, 0.5  # share of a class's colour beside the line of zero, and far from it


def grid(x: Span, y: Span, points: int = 49) -> Array:
    """The points of a grid, row by row from the lowest y: (points, points, 2).

    Raises ValueError or TypeError for a range that does not rise or for fewer than two points.
    """
    count = check.integer("points", points, at_least=2)
    ends = check.array("x and y", [x, y], (2, 2))
    if not (ends[:, 0] < ends[:, 1]).all():
        raise ValueError(f"x and y must be (low, high), got {x} and {y}")
    across, up = (np.linspace(low, high, count) for low, high in ends)
    result: Array = np.stack(np.meshgrid(across, up), axis=-1)
    return result


def zero_line(z: Any, x: Span, y: Span) -> Any:
    """Where numbers z (H, W) on a grid over x and y are zero, as pieces of a line.

    Each square of the grid is cut into two triangles, and in each the numbers run linearly, so
    that the line crosses two of its three edges or none (marching triangles). Returns (3 K, 2)
    with K = 2 (H - 1) (W - 1): for each triangle where its piece begins and ends, then NaN; all
    NaN where there is none.
    """
    rows, columns = np.shape(z)
    across, up = np.linspace(*x, columns)[None], np.linspace(*y, rows)[:, None]
    corners = {  # of every square, as (numbers, x, y), the last two as small as they can be
        (i, j): (
            z[i : rows - 1 + i, j : columns - 1 + j],
            across[:, j : columns - 1 + j],
            up[i : rows - 1 + i],
        )
        for i in (0, 1)
        for j in (0, 1)
    }
    diagonal = corners[0, 0], corners[1, 1]
    pieces = [_piece(diagonal[0], corner, diagonal[1]) for corner in (corners[0, 1], corners[1, 0])]
    return np.reshape(np.stack(pieces), (-1, 2))


def zero_pieces(z: ArrayLike, x: Span, y: Span) -> Array:
    """The pieces of the line of zero that there are, each with NaN after it: (3 K, 2)."""
    pieces = zero_line(np.array(z, dtype=float), x, y).reshape(-1, 3, 2)
    result: Array = pieces[np.isfinite(pieces[:, 0, 0])].reshape(-1, 2)
    return result


def _piece(a: Any, b: Any, c: Any) -> Any:
    """The line's piece in each triangle of such corners: (H - 1, W - 1, 3, 2)."""
    up_a, up_b, up_c = (corner[0] > 0 for corner in (a, b, c))
    first, last = up_a != up_b, up_c != up_a  # which edges are crossed
    crossed = np.logical_or(first, last)
    here, middle, there = _crossing(a, b), _crossing(b, c), _crossing(c, a)
    ends = [
        np.where(crossed, np.where(chosen, place, between), np.nan)
        for chosen, edge in ((first, here), (last, there))
        for place, between in zip(edge, middle, strict=True)
    ]
    gap = np.full(np.shape(crossed), np.nan)
    flat = np.stack([*ends, gap, gap], axis=-1)  # x and y of the begin, the end and the gap
    return np.reshape(flat, (*np.shape(crossed), 3, 2))


def _crossing(one: Any, other: Any) -> tuple[Any, Any]:
    """Where the numbers pass zero between two corners; anywhere if they do not."""
    way = one[0] - other[0]
    share = one[0] / np.where(way == 0, 1.0, way)
    return one[1] + share * (other[1] - one[1]), one[2] + share * (other[2] - one[2])


def tints(theme: Theme) -> list[tuple[float, str]]:
    """Stops from 0 to 1 for a field over ±limit: a colour a side, and an edge where it is zero.

    They stay pale enough for points of the same two colours to stand out.
    """
    background = style.BACKGROUND.on(theme)
    below, above = style.NEGATIVE.on(theme), style.POSITIVE.on(theme)
    return [
        (0.0, style.mix(background, below, FULL)),
        (0.5, style.mix(background, below, FAINT)),
        (0.5, style.mix(background, above, FAINT)),
        (1.0, style.mix(background, above, FULL)),
    ]
