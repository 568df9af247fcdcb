"""The paths that Manim traces for its vmobjects, for many of them at a time.

A vmobject's points are cubic curves of four points each. Where a curve does not start where the
one before ended a new subpath starts, and a subpath that ends where it started is closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice, pairwise
from typing import Any

import cairo
import numpy as np
from manim import VMobject
from numpy.typing import NDArray

Floats = NDArray[np.float64]

RELATIVE = 1e-5  # how far apart two points may be, in shares of a coordinate: as in Manim


@dataclass(frozen=True, slots=True)
class Path:
    """Subpaths in flat lists: many small lists would keep the garbage collector busy."""

    starts: list[float]  # x and y of where each subpath starts
    counts: list[int]  # of curves in each subpath
    closed: list[bool]  # is it?
    curves: list[float]  # x and y of two handles and an anchor each
    bounds: tuple[float, float, float, float]  # left, bottom, right and top of all points

    @property
    def has_corners(self) -> bool:
        """Whether curves meet somewhere."""
        return max(self.counts, default=0) > 1 or any(self.closed)

    def draw(self, context: cairo.Context[cairo.ImageSurface]) -> None:
        """Make the calls that Manim would make."""
        context.new_path()
        curve_to = context.curve_to
        numbers, begins = iter(self.curves), iter(self.starts)
        curves = zip(*[numbers] * 6, strict=True)
        for x, y, count, is_closed in zip(begins, begins, self.counts, self.closed, strict=True):
            context.new_sub_path()
            context.move_to(x, y)
            for curve in islice(curves, count):
                curve_to(*curve)
            if is_closed:
                context.close_path()


def trace(vmobjects: Sequence[VMobject], points: Sequence[Floats]) -> list[Path]:
    """The path of each vmobject's points (N, 3), as Manim's camera traces it."""
    if not vmobjects:
        return []
    tolerance = vmobjects[0].tolerance_for_point_equality
    together = np.concatenate(points)
    alike = together.dtype == np.float64 and all(
        not len(some) % 4 and len(some) and each.tolerance_for_point_equality == tolerance
        for each, some in zip(vmobjects, points, strict=True)
    )
    if not alike or not np.isfinite(together).all():
        return [_trace_one(*pair) for pair in zip(vmobjects, points, strict=True)]
    return _trace_all(together[:, :2], [len(some) for some in points], tolerance)


def _trace_all(xy: Floats, lengths: Sequence[int], tolerance: float) -> list[Path]:
    """The paths of whole curves, finite points `xy` (sum of lengths, 2)."""
    ends = np.cumsum(lengths) // 4  # of each path, in curves
    quads = xy.reshape(-1, 4, 2)
    starts_new = np.ones(len(quads), dtype=bool)
    starts_new[1:] = ~_close(quads[:-1, 3], quads[1:, 0], tolerance)
    starts_new[ends[:-1]] = True
    first = np.flatnonzero(starts_new)  # curve of each subpath
    last = np.append(first[1:], len(quads))
    starts, curves = quads[first, 0].ravel().tolist(), quads[:, 1:].ravel().tolist()
    counts = (last - first).tolist()
    closed = _close(quads[first, 0], quads[last - 1, 3], tolerance).tolist()
    begins = np.concatenate([[0], ends[:-1]])
    low = np.minimum.reduceat(quads.min(axis=1), begins)
    high = np.maximum.reduceat(quads.max(axis=1), begins)
    bounds = np.concatenate([low, high], axis=1).tolist()
    cuts = pairwise([0, *np.searchsorted(first, ends).tolist()])  # in subpaths
    return [
        Path(starts[2 * a : 2 * b], counts[a:b], closed[a:b], curves[6 * c : 6 * d], tuple(around))
        for (a, b), (c, d), around in zip(cuts, pairwise([0, *ends.tolist()]), bounds, strict=True)
    ]


def _trace_one(vmobject: VMobject, points: NDArray[Any]) -> Path:
    """A path with Manim's own methods: for points that are cut off, or not finite."""
    starts: list[float] = []
    counts: list[int] = []
    closed: list[bool] = []
    curves: list[float] = []
    pieces = vmobject.get_subpath_split_indices_from_points(points, n_dims=2).tolist()
    for start, end in pieces:
        if not (count := (end - start) // 4):
            continue
        first, last = points[start, :2].tolist(), points[end - 1, :2].tolist()
        starts += first
        counts.append(count)
        closed.append(vmobject.consider_points_equals_2d(first, last))
        quads = points[start : start + 4 * count, :2].reshape(count, 4, 2)
        curves += quads[:, 1:].ravel().tolist()
    low, high = points[:, :2].min(axis=0).tolist(), points[:, :2].max(axis=0).tolist()
    return Path(starts, counts, closed, curves, (low[0], low[1], high[0], high[1]))


def _close(first: Floats, second: Floats, tolerance: float) -> NDArray[np.bool_]:
    """Whether finite points (N, 2) are so close that Manim takes them for one."""
    within = np.abs(first - second) <= tolerance + RELATIVE * np.abs(second)
    return within[:, 0] & within[:, 1]
