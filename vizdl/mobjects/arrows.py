"""Arrows for gradients, and the fan of slopes in all directions."""

from __future__ import annotations

import math
from typing import Any, Self

import numpy as np
from manim import VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import landscapes
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.axes import stroke

Array = NDArray[np.float64]


class VectorArrow(VGroup):
    """An arrow that can change in every frame: `start` and `vector` (2,) in units of the frame.

    ``arrow = VectorArrow(map.place(w), 0.1 * gradient); arrow.set(vector=…)``

    Its head keeps its size and shrinks with very short vectors; an arrow of length 0 is not seen.
    """

    def __init__(
        self,
        start: ArrayLike,
        vector: ArrayLike,
        *,
        color: str = style.GRADIENT.dark,
        width: float = 6.0,
        head: float = 0.26,
    ) -> None:
        self.start, self.vector = np.zeros(3), np.zeros(3)
        self.shaft = stroke(color, width)
        self.head = VMobject(stroke_width=0, fill_color=color, fill_opacity=1)
        self.head_length = head
        super().__init__(self.shaft, self.head)
        self.place(start, vector)

    @property
    def end(self) -> Array:
        """The point (3,) at which the arrow ends."""
        return self.start + self.vector

    def place(self, start: ArrayLike | None = None, vector: ArrayLike | None = None) -> Self:
        """Let the arrow start elsewhere, or show another vector."""
        for name, value in (("start", start), ("vector", vector)):
            if value is not None:
                whole = np.zeros(3)
                given = np.asarray(value, dtype=float)
                whole[: len(given)] = given
                setattr(self, name, whole)
        length = float(np.linalg.norm(self.vector))
        if not length > 1e-6:
            self.shaft.set_points(np.zeros((0, 3)))
            self.head.set_points(np.zeros((0, 3)))
            return self
        along = self.vector / length
        across = np.array([-along[1], along[0], 0])
        head = min(self.head_length, 0.6 * length)
        neck = self.end - head * along
        self.shaft.set_points_as_corners([self.start, neck + 0.1 * head * along])
        wings = 0.42 * head * across
        self.head.set_points_as_corners([self.end, neck + wings, neck - wings, self.end])
        return self

    @classmethod
    def example(cls) -> Self:
        """The gradient of the bowl at one point, to scale."""
        return cls([0.0, 0.0], landscapes.get("bowl").gradient([1.0, 0.5]))


class Swing(InPlace):
    """Turn and stretch a `VectorArrow` into another vector, in place: angle and length change.

    ``self.play(Swing(arrow, to=-arrow.vector))`` turns it round.
    """

    def __init__(self, arrow: VectorArrow, *, to: ArrayLike, **options: Any) -> None:
        self.arrow = arrow
        self.last = complex(*np.asarray(to, dtype=float)[:2])
        self.first = complex(*arrow.vector[:2])
        super().__init__(arrow, **options)

    def begin(self) -> None:
        """Start from what the arrow shows now."""
        self.first = complex(*self.arrow.vector[:2])
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the vector at the share `alpha` of the time."""
        share = self.rate_func(alpha)
        turn = float(np.angle(self.last / self.first)) if self.first and self.last else 0.0
        size = (1 - share) * abs(self.first) + share * abs(self.last)
        start = self.first / abs(self.first) if self.first else self.last / (abs(self.last) or 1)
        now = size * start * np.exp(1j * share * turn)
        self.arrow.place(vector=[now.real, now.imag])


class DirectionFan(VGroup):
    """The slope of a loss in every direction round one point: rays, signed by colour.

    ``fan = DirectionFan(map.place(w), angles, slopes); self.play(Advance(fan, to=360))``

    `angles` (N,) in radians and `slopes` (N,). A ray is as long and as bright as its slope is
    steep (the longest at a slope of `limit`, the steepest if left out): rises in the colour of
    positive values, falls in that of negative ones. Rays appear in the order of the angles, up to
    `step`, behind the needle that measures them.
    """

    def __init__(
        self,
        center: ArrayLike,
        angles: ArrayLike,
        slopes: ArrayLike,
        *,
        radius: float = 1.2,
        inner: float = 0.14,
        shades: int = 8,
        limit: float | None = None,
        step: float = 0.0,
    ) -> None:
        angles, slopes = np.asarray(angles, dtype=float), np.asarray(slopes, dtype=float)
        if angles.ndim != 1 or angles.shape != slopes.shape or not len(angles):
            raise ValueError(
                f"angles and slopes must be of one length (N,), got {angles.shape} "
                f"and {slopes.shape}"
            )
        limit = limit or float(np.abs(slopes).max()) or 1.0
        share = np.minimum(np.abs(slopes) / limit, 1)
        way = np.stack([np.cos(angles), np.sin(angles), np.zeros_like(angles)], axis=-1)
        middle = np.zeros(3)
        middle[: len(np.asarray(center))] = center
        reach = inner + (radius - inner) * share
        spacing = 2 * math.pi * radius / len(angles)
        near, far = middle + inner * way, middle + reach[:, None] * way
        rays = np.stack([near, near + (far - near) / 3, near + 2 * (far - near) / 3, far], axis=1)
        # One mobject a shade, not one a ray: 360 rays are then drawn as fast as a few lines.
        shade = np.minimum((share * shades).astype(int), shades - 1)
        self._shades: list[tuple[VMobject, NDArray[np.int64], Array]] = []
        for sign in (1, -1):
            for level in range(shades):
                indices = np.flatnonzero((shade == level) & (np.where(slopes < 0, -1, 1) == sign))
                color = style.signed_colour(sign * (level + 1) / shades, 1.0)
                line = stroke(color, width=100 * spacing * 0.62)
                self._shades.append((line, indices, rays[indices]))
        self._middle, self._ways, self._radius = middle, way, radius
        self.needle = stroke(style.INK.dark, 3.0)
        super().__init__(*[line for line, _, _ in self._shades], self.needle)
        self.set_step(step)

    def set_step(self, step: float) -> Self:
        """Show the first `step` rays."""
        self.step = float(step)
        for line, indices, rays in self._shades:
            count = int(np.searchsorted(indices, self.step))
            line.set_points(rays[:count].reshape(-1, 3))
        if 0 < self.step < len(self._ways):
            way = self._ways[int(self.step)]
            self.needle.set_points_as_corners([self._middle, self._middle + self._radius * way])
        else:
            self.needle.set_points(np.zeros((0, 3)))
        return self

    @classmethod
    def example(cls) -> Self:
        """The slopes of the bowl at one point, in 120 directions."""
        angles = np.arange(120) * 2 * np.pi / 120
        gradient = landscapes.get("bowl").gradient([1.0, 0.5])
        slopes = np.stack([np.cos(angles), np.sin(angles)], axis=-1) @ gradient
        return cls([0.0, 0.0], angles, slopes, step=120)
