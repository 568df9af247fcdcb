"""The best line between two classes of points: of all lines, the one with most points on its side.

    class 1 where n · x > c,   n = (cos θ, sin θ)

It is found by trying them all: seen along n, points only change their order where n stands square
to the way from one point to another, so one direction between each two such angles is enough.

Reference: Edelsbrunner, Algorithms in Combinatorial Geometry, 1987, section 1.1 (the directions).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.check import Array

APART = 1e-12  # of the points' extent: closer than this, no line goes between


@dataclass(frozen=True, eq=False)
class Cuts:
    """The best line of each direction: angles (M,), offsets c (M,), and how many are right (M,)."""

    angles: Array
    offsets: Array
    right: Array


@dataclass(frozen=True)
class Line:
    """Class 1 where cos(angle) x₁ + sin(angle) x₂ > offset; `right` points are on their side."""

    angle: float
    offset: float
    right: int


def along(x: ArrayLike, y: ArrayLike, angles: ArrayLike) -> Cuts:
    """Return the best line for each direction of its normal (M,), in radians.

    x is (N, 2), y (N,) holds 0 or 1. A line may leave all points on one side.
    """
    x, y = _points(x, y)
    angles = check.array("angles", angles, ("M",))
    seen = np.cos(angles)[:, None] * x[:, 0] + np.sin(angles)[:, None] * x[:, 1]  # (M, N)
    order = np.argsort(seen, axis=1, kind="stable")
    seen = np.take_along_axis(seen, order, axis=1)
    classes = y[order]
    start = np.zeros((len(angles), 1))
    # Below the cut lies class 0: the zeros before it are right, and the ones after it.
    right = np.concatenate([start, np.cumsum(1 - 2 * classes, axis=1)], axis=1) + y.sum()
    extent = np.ptp(x, axis=0).max() or 1.0
    right[:, 1:-1][np.diff(seen, axis=1) <= APART * extent] = -1  # no room between the two
    edges = np.concatenate([seen[:, :1] - extent, seen, seen[:, -1:] + extent], axis=1)
    middles = (edges[:, :-1] + edges[:, 1:]) / 2  # (M, N + 1)
    best = right.argmax(axis=1)[:, None]
    offsets, right = (np.take_along_axis(values, best, axis=1)[:, 0] for values in (middles, right))
    return Cuts(angles, offsets, right)


def find(x: ArrayLike, y: ArrayLike) -> Line:
    """Return a line with as many points on their side as any line can have.

    x is (N, 2), y (N,) holds 0 or 1. Raises ValueError or TypeError for anything else.
    """
    x, y = _points(x, y)
    first, second = np.triu_indices(len(x), 1)
    ways = x[second] - x[first]
    turns = np.sort((np.arctan2(ways[:, 1], ways[:, 0]) + np.pi / 2) % np.pi)
    turns = np.concatenate([turns, [turns[0] + np.pi]]) if len(turns) else np.array([0.0, np.pi])
    between = (turns[:-1] + turns[1:]) / 2
    cuts = along(x, y, np.concatenate([between, between + np.pi]))
    k = int(cuts.right.argmax())
    return Line(float(cuts.angles[k]), float(cuts.offsets[k]), int(cuts.right[k]))


def _points(x: ArrayLike, y: ArrayLike) -> tuple[Array, Array]:
    x = check.array("x", x, ("N", 2))
    y = check.array("y", y, (len(x),))
    if not np.isin(y, (0, 1)).all():
        raise ValueError(f"y must hold 0 and 1 only, got {y[~np.isin(y, (0, 1))][0]:g}")
    return x, y
