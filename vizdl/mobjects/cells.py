"""Small parts that show numbers: a vector as a column of strips, a loss, an arrow that thins.

Each has `values` and `set_values`, so that `SetValues` can take it from what it shows to
something else, in place. An arrow takes one number, the share of its full width.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Rectangle,
    RoundedRectangle,
    VGroup,
    VMobject,
    smooth,
)
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import rnn
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.text import Number
from vizdl.mobjects.wire import Pulse

Array = NDArray[np.float64]


class StateCell(VGroup):
    """A vector as a column of signed colour strips in a frame of its role's colour.

    `limit` is the magnitude at which a strip has its full colour.

    >>> cell = StateCell(4, color=style.HIDDEN.dark)
    >>> cell.set_values([0.9, -0.2, 0.0, -1.0]).values[0]
    0.9
    """

    def __init__(
        self,
        size: int,
        *,
        color: str = style.HIDDEN.dark,
        width: float = 0.46,
        height: float = 1.0,
        limit: float = 1.0,
    ) -> None:
        self.limit, self.values = limit, np.zeros(size)
        self.box = RoundedRectangle(
            width=width, height=height, corner_radius=min(0.1, height / 4), stroke_width=2.5
        )
        self.box.set_stroke(color).set_fill(style.BACKGROUND.dark, opacity=1)
        inner = height - 0.1
        self.strips = VGroup(
            *[
                Rectangle(width=width - 0.1, height=inner / size - 0.03, stroke_width=0)
                for _ in range(size)
            ]
        ).arrange(DOWN, buff=0.03)
        super().__init__(self.box, self.strips.move_to(self.box))
        self.set_values(self.values)

    def set_values(self, values: ArrayLike) -> Self:
        """Show these numbers (size,), or one number for all strips."""
        self.values = np.broadcast_to(np.asarray(values, dtype=float), (len(self.strips),)).copy()
        for strip, value in zip(self.strips, self.values, strict=True):
            colour = style.signed_colour(float(value), self.limit)
            strip.set_fill(colour, opacity=1)
        return self

    @classmethod
    def example(cls) -> Self:
        """One state of a small network."""
        model = rnn.init(1, 4, 1, seed=3, radius=0.9)
        return cls(4).set_values(3 * rnn.forward(model, [[[1.0]]]).h[1, 0])


class LossPill(VGroup):
    """A loss as a pill that glows with its size, its number inside.

    ``pill = LossPill(0.86); self.play(SetValues(pill, 0.12))``

    `limit` is the loss at which it glows in full.
    """

    def __init__(self, value: float = 0.0, *, limit: float = 1.0, width: float = 0.86) -> None:
        self.limit, self.values = limit, np.zeros(1)
        self.pill = RoundedRectangle(width=width, height=0.46, corner_radius=0.2299)
        self.pill.set_stroke(style.LOSS.dark, width=2.5)
        self.number = Number(value, size=style.SMALL_SIZE)
        super().__init__(self.pill, self.number)
        self.set_values(value)

    def set_values(self, values: ArrayLike) -> Self:
        """Show another loss."""
        self.values = np.atleast_1d(np.asarray(values, dtype=float))
        share = float(np.clip(self.values[0] / self.limit, 0, 1))
        # Half of the full colour at most, so that the number can be read on it.
        self.pill.set_fill(style.mix(style.BACKGROUND.dark, style.LOSS.dark, share / 2), opacity=1)
        self.number.set_value(float(self.values[0]))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """Three losses."""
        return VGroup(*[cls(value) for value in (0.04, 0.36, 0.93)]).arrange(RIGHT, buff=0.3)


class FlowArrow(VMobject):
    """A straight arrow whose width and brightness follow one number from 0 (hardly seen) to 1.

    >>> arrow = FlowArrow([0, 0, 0], [1, 0, 0], color=style.GRADIENT.dark).set_values(0.3)
    """

    def __init__(
        self,
        start: ArrayLike,
        end: ArrayLike,
        *,
        color: str = style.MUTED.dark,
        width: float = 0.3,
        value: float = 1.0,
    ) -> None:
        super().__init__(stroke_width=0)
        self.full_color = color
        start, end = np.asarray(start, dtype=float), np.asarray(end, dtype=float)
        self.stoutness = width / float(np.linalg.norm(end - start))
        self.values = np.ones(1)
        self._draw(start, end, value)

    def set_values(self, values: ArrayLike) -> Self:
        """Let this share of the full width (0 to 1) run through the arrow."""
        return self._draw(self.tail, self.tip, float(np.ravel(values)[0]))

    @property
    def tail(self) -> Array:
        """Where the arrow starts now. Shape (3,)."""
        return np.asarray((self.points[0] + self.points[4 * 6]) / 2)

    @property
    def tip(self) -> Array:
        """Where it ends now. Shape (3,)."""
        return np.asarray(self.points[4 * 3])

    def _draw(self, start: Array, end: Array, value: float) -> Self:
        self.values = np.array([value])
        share = float(np.clip(abs(value), 0, 1))
        way = end - start
        length = float(np.linalg.norm(way))
        along = way / length
        across = np.array([-along[1], along[0], 0.0])
        shaft = length * self.stoutness * (0.03 + 0.22 * share)
        barb = length * self.stoutness * (0.18 + 0.32 * share)
        neck = end - min(1.5 * barb, 0.7 * length) * along
        corners = [
            start + shaft * across, neck + shaft * across, neck + barb * across, end,
            neck - barb * across, neck - shaft * across, start - shaft * across,
        ]  # fmt: skip
        self.set_points_as_corners([*corners, corners[0]])
        colour = style.mix(style.SURFACE.dark, self.full_color, 0.3 + 0.7 * share**0.6)
        self.set_fill(colour, opacity=1)
        return self

    def pulse(self, *, color: str | None = None, **options: Any) -> Pulse:
        """A light that runs along the arrow."""
        line = np.linspace(self.tail, self.tip, 30)
        return Pulse(line, color=color or self.full_color, **options)

    @classmethod
    def example(cls) -> VGroup:
        """What is left of a gradient after 0 to 4 steps by the factor 0.6."""
        shares = 0.6 ** np.arange(5)
        return VGroup(
            *[cls([1, 0, 0], [0, 0, 0], color=style.GRADIENT.dark, value=v) for v in shares]
        ).arrange(LEFT, buff=0.2)


class SetValues(InPlace):
    """Take a part from the numbers that it shows to other ones, ticking through all between.

    ``self.play(SetValues(cell, h[3]), SetValues(matrix, weights[5]))`` works in place on every
    part with `values` and ``set_values``; `to` has the shape of `values` or is one number.
    """

    def __init__(self, part: Any, to: ArrayLike, **options: Any) -> None:
        self.part = part
        self.first: Array = np.array(part.values, dtype=float)
        given = np.asarray(to, dtype=float)
        if given.shape not in ((), self.first.shape):
            raise ValueError(f"to must have shape {self.first.shape}, got {given.shape}")
        self.last: Array = np.broadcast_to(given, self.first.shape)
        super().__init__(part, **{"run_time": style.QUICK, "rate_func": smooth, **options})

    def begin(self) -> None:
        """Start from the numbers that the part shows now."""
        self.first = np.array(self.part.values, dtype=float)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the numbers at the share `alpha` of the time."""
        share = float(np.clip(self.rate_func(np.clip(alpha, 0, 1)), 0, 1))
        self.part.set_values((1 - share) * self.first + share * self.last)
