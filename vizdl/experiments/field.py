"""What a model says all over a plane of two inputs: the grid to ask on, and where it says zero.

`zero_line` is written with autograd.numpy, so that the same function serves Python and a live page.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as np
from numpy.typing import NDArray

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
    places = np.stack(
        np.meshgrid(np.linspace(x[0], x[1], columns), np.linspace(y[0], y[1], rows)), axis=-1
    )
    squares = [  # the corners of every square: lower left and right, upper left and right
        (slice(i, rows - 1 + i), slice(j, columns - 1 + j)) for i in (0, 1) for j in (0, 1)
    ]
    corners = [np.ravel(z[square]) for square in squares]
    at = [places[square].reshape(-1, 2) for square in squares]
    a, b, c = (np.concatenate([corners[k], corners[m]]) for k, m in ((0, 3), (1, 2), (3, 0)))
    pa, pb, pc = (np.concatenate([at[k], at[m]]) for k, m in ((0, 3), (1, 2), (3, 0)))
    up_a, up_b, up_c = (numbers > 0 for numbers in (a, b, c))
    first, last = up_a != up_b, up_c != up_a  # which edges are crossed
    middle = _crossing(b, c, pb, pc)
    begin = np.where(first[:, None], _crossing(a, b, pa, pb), middle)
    end = np.where(last[:, None], _crossing(c, a, pc, pa), middle)
    gap = np.full(np.shape(begin), np.nan)
    crossed = np.logical_or(first, last)[:, None]
    pieces = np.stack([np.where(crossed, begin, gap), np.where(crossed, end, gap), gap], axis=1)
    return np.reshape(pieces, (-1, 2))


def _crossing(one: Any, other: Any, here: Array, there: Array) -> Any:
    """Where the numbers pass zero between two corners; anywhere if they do not."""
    way = one - other
    share = one / np.where(way == 0, 1.0, way)
    return here + share[:, None] * (there - here)


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
