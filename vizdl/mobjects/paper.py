"""The paper of a plot: where a pair of numbers lies on it, and what of a line lies within it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from manim import VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl.experiments.base import SUPERSCRIPTS, number

Array = NDArray[np.float64]

_FAR = 1e6  # widths of the area: stands for infinity where lines are cut off


@dataclass(frozen=True)
class Span:
    """The range of one axis, linear or logarithmic."""

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high) and self.low < self.high):
            raise ValueError(f"an axis must rise, got {self.low:g} to {self.high:g}")
        if self.log and self.low <= 0:
            raise ValueError(f"a logarithmic axis must start above 0, got {self.low:g}")

    def share(self, values: ArrayLike) -> Array:
        """How far along the axis the values lie: 0 at `low`, 1 at `high`."""
        given = np.asarray(values, dtype=float)
        if not self.log:
            return (given - self.low) / (self.high - self.low)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(given > 0, np.log(given), np.where(given <= 0, -np.inf, np.nan))
        result: Array = (logs - math.log(self.low)) / (math.log(self.high) - math.log(self.low))
        return result

    def ticks(self, count: int = 4) -> list[float]:
        """About `count` round numbers on the axis; powers of ten if it is logarithmic."""
        if self.log:
            first = math.ceil(math.log10(self.low) - 1e-9)
            last = math.floor(math.log10(self.high) + 1e-9)
            every = max(1, round((last - first + 1) / count))
            return [10.0**power for power in range(first, last + 1, every)]
        raw = (self.high - self.low) / count
        unit = 10.0 ** math.floor(math.log10(raw))
        step = min((1, 2, 5, 10), key=lambda m: abs(math.log(m * unit / raw))) * unit
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [round(k * step, 12) + 0.0 for k in range(first, last + 1)]

    def spell(self, tick: float) -> str:
        """A tick as its label shows it."""
        if self.log and not 0.01 <= tick <= 1000:
            return "10" + str(round(math.log10(tick))).translate(SUPERSCRIPTS)
        if tick and not 1e-4 <= abs(tick) < 1e5:
            return number(tick, 2)
        return f"{tick:.6g}".replace("-", "−")


@dataclass(frozen=True)
class Paper:
    """A rectangle with a span across and one up.

    Parts keep just this of their `PlotArea`, so that a copy of a part is no copy of all labels.
    """

    frame: VMobject  # a rectangle, which may be moved and scaled
    x_span: Span
    y_span: Span

    def place(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Where the numbers x and y (...) lie on the frame: points (..., 3)."""
        return self.at(
            np.stack(np.broadcast_arrays(self.x_span.share(x), self.y_span.share(y)), -1)
        )

    def at(self, shares: Array) -> Array:
        """Where shares (..., 2) of width and height, from 0 to 1, lie on the frame (..., 3)."""
        corners = self.frame.points[::4, :2]
        low, high = corners.min(axis=0), corners.max(axis=0)
        result = np.zeros((*shares.shape[:-1], 3))
        result[..., :2] = low + shares * (high - low)
        return result

    def holds(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
        """Whether the numbers x and y (...) lie within the frame."""
        shares = np.stack(np.broadcast_arrays(self.x_span.share(x), self.y_span.share(y)), -1)
        with np.errstate(invalid="ignore"):
            inside = (shares >= -1e-9) & (shares <= 1 + 1e-9)
        return np.asarray(inside.all(axis=-1))

    def outline(self, x: ArrayLike, y: ArrayLike) -> Array:
        """The line through the points, cut off at the edge, as Bezier points (4 M, 3)."""
        shares = np.stack([self.x_span.share(x), self.y_span.share(y)], axis=-1)  # (N, 2)
        first, last = self.at(np.stack(clipped(shares[:-1], shares[1:])))
        return segments(first, last).reshape(-1, 3)


def clipped(start: Array, stop: Array) -> tuple[Array, Array]:
    """The parts of segments, from `start` to `stop` (N, 2), that lie in the unit square.

    Segments outside of it, or with a coordinate that is not a number, are left out. Returns two
    arrays (M, 2) (Liang and Barsky, ACM Transactions on Graphics 3, 1984).
    """
    start, stop = (np.clip(ends, -_FAR, _FAR) for ends in (start, stop))  # NaN stays NaN
    way = stop - start
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low, to_high = (0 - start) / way, (1 - start) / way  # (N, 2)
        inside = (start >= 0) & (start <= 1)
    still = way == 0
    enter = np.where(still, np.where(inside, -np.inf, np.inf), np.minimum(to_low, to_high))
    leave = np.where(still, np.inf, np.maximum(to_low, to_high))
    first = np.maximum(enter.max(axis=-1), 0)
    last = np.minimum(leave.min(axis=-1), 1)
    with np.errstate(invalid="ignore"):
        kept = first <= last  # false for NaN
    first, last = first[kept, None], last[kept, None]
    return start[kept] + first * way[kept], start[kept] + last * way[kept]


def segments(first: Array, last: Array) -> Array:
    """Straight lines from points (N, 3) to points (N, 3) as Bezier points (N, 4, 3)."""
    way = last - first
    return np.stack([first, first + way / 3, first + 2 * way / 3, last], axis=1)
