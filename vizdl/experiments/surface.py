"""A surface over a plane, seen from any side: the same projection for the scene and for the page.

A surface of heights is cut into squares, and each square is drawn on top of those behind it (the
painter's algorithm), so that what is hidden is hidden. All is written with autograd.numpy: a live
page turns the surface by the same functions.
"""

from __future__ import annotations

import math
from typing import Any

import autograd.numpy as np
import numpy
from numpy.typing import NDArray

from vizdl.engines import check

Array = NDArray[Any]

RISE = 0.85  # of the highest point over the lowest, where the plane is 2 across
CORNERS = ((0, 0), (0, 1), (1, 1), (1, 0))  # of a square: row and column


def project(points: Any, azimuth: Any, elevation: Any) -> Any:
    """Where points (..., 3) of a space that is turned are seen: (..., 2), to the right and up.

        right = x cos a + y sin a
        up = z cos e + (y cos a - x sin a) sin e

    The viewer is far away (no perspective), `azimuth` a and `elevation` e are in degrees; at an
    elevation of 90 the plane is seen from above, with y going up for an azimuth of 0.
    """
    a, e = azimuth * (math.pi / 180), elevation * (math.pi / 180)
    x, y, z = points[..., 0], points[..., 1], points[..., 2]
    right = x * np.cos(a) + y * np.sin(a)
    up = z * np.cos(e) + (y * np.cos(a) - x * np.sin(a)) * np.sin(e)
    return np.stack([right, up], axis=-1)


def solid(height: Any, low: float | None = None, high: float | None = None) -> Array:
    """The points (H, W, 3) of a surface of heights (H, W) over the square from -1 to 1.

    The height is 0 at `low` and `RISE` at `high` (the lowest and the highest, if left out), and
    what lies beyond is cut off there. Raises ValueError if it is not at least 2 by 2.
    """
    numbers = check.array("height", height, ("H", "W"))
    rows, columns = numbers.shape
    if min(rows, columns) < 2:
        raise ValueError(f"height must have at least 2 rows and columns, got {numbers.shape}")
    x, y = numpy.meshgrid(numpy.linspace(-1, 1, columns), numpy.linspace(-1, 1, rows))
    return numpy.stack([x, y, lifted(numbers, low, high)], axis=-1)


def lifted(height: Any, low: float | None = None, high: float | None = None) -> Any:
    """Heights as the solid has them: from 0 to `RISE`."""
    bottom = numpy.min(height) if low is None else low
    top = numpy.max(height) if high is None else high
    span = np.where(top > bottom, top - bottom, 1.0)
    return RISE * np.minimum(np.maximum((height - bottom) / span, 0.0), 1.0)


def squares(points: Array) -> Array:
    """The corners (N, N, 4, 3) of the squares of a solid (N+1, N+1, 3), row by row."""
    size = len(points) - 1
    return numpy.stack(
        [points[i : i + size, j : j + size] for i, j in CORNERS], axis=2
    )  # fmt: skip


def strips(rows: Any, azimuth: Any) -> Any:
    """Squares (N, N, ...) as strips across the view, the furthest first: (N, N, ...).

    A strip is a row or a column of squares, whichever lies more across.
    """
    a = azimuth * (math.pi / 180)
    across, along = np.cos(a), np.sin(a)
    columns = np.swapaxes(rows, 0, 1)
    by_row = np.where(across > 0, rows[::-1], rows)  # far is where y cos a - x sin a is large
    by_column = np.where(along > 0, columns, columns[::-1])
    return np.where(np.abs(across) >= np.abs(along), by_row, by_column)
