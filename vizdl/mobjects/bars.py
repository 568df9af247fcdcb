"""Bars with their numbers: losses, rates, shares of several things side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, Rectangle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, losses
from vizdl.mobjects.text import Label, Number

Array = NDArray[np.float64]


class Bars(VGroup):
    """A bar for each value, as long as it is large, with its number at the end and its name below.

    ``bars = Bars(losses, labels, high=3); self.play(SetValues(bars, later))``

    `values` is (N,). A bar has its full `length` at `high` (the largest of the values if left
    out), and one beyond that ends there while its number goes on; with a `low` below 0 bars may
    point the other way, their numbers across the zero line. `colors` is one colour or one for each
    bar, `labels` text or mobjects, `pitch` the way from one bar to the next, `places`, `digits` and
    `unit` as in `Number`. `horizontal` bars grow to the right, one below the other, names on their
    left.
    """

    def __init__(
        self,
        values: ArrayLike,
        labels: Sequence[str | VMobject] = (),
        *,
        high: float | None = None,
        low: float = 0.0,
        length: float = 3.0,
        thickness: float = 0.5,
        pitch: float = 0.9,
        horizontal: bool = False,
        colors: str | Sequence[str] = style.LOSS.dark,
        numbers: bool = True,
        places: int = 2,
        digits: int | None = None,
        unit: str = "",
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.values = check.array("values", values, ("N",))
        count = len(self.values)
        if len(labels) not in (0, count):
            raise ValueError(f"labels must be {count}, one for each value, got {len(labels)}")
        if not isinstance(colors, str) and len(colors) != count:
            raise ValueError(f"colors must be {count}, one for each value, got {len(colors)}")
        self.low = float(low)
        self.high = float(self.values.max() if high is None else high)
        if not self.low <= 0 < self.high:
            raise ValueError(f"bars must hold 0 between low and high, got {low:g} to {self.high:g}")
        self.horizontal = horizontal
        extent = (count - 1) * pitch + thickness
        self.share = thickness / extent, (pitch / extent if count > 1 else 0.0)
        sides = (length, extent) if horizontal else (extent, length)
        self.frame = Rectangle(width=sides[0], height=sides[1], stroke_width=0, fill_opacity=0)
        shades = [colors] * count if isinstance(colors, str) else colors
        self.bars = VGroup(
            *[VMobject(stroke_width=0).set_fill(shade, opacity=1) for shade in shades]
        )
        self.baseline = Line(stroke_width=2, color=style.MUTED.dark)
        anchor = "left" if horizontal else "center"
        self.numbers = VGroup()
        if numbers:
            for value in self.values:
                number = Number(
                    float(value), places=places, digits=digits, unit=unit, size=size, anchor=anchor
                )
                self.numbers.add(number)
        super().__init__(self.frame, self.bars, self.baseline, self.numbers)
        for index, text in enumerate(self.numbers):
            text.move_to(self._spot(index), LEFT if horizontal else DOWN)
        self.set_values(self.values)
        self.baseline.put_start_and_end_on(*self._ends(-0.12))
        self.labels = VGroup(*[_words(label, size) for label in labels])
        for index, name in enumerate(self.labels):
            away = LEFT if horizontal else DOWN
            name.next_to(self.place(index, self.low), away, buff=0.2)
        self.add(self.labels)

    def set_values(self, values: ArrayLike) -> Self:
        """Show other values (N,), or one for all bars, in place."""
        shown = np.broadcast_to(np.asarray(values, dtype=float), self.values.shape)
        before = [self._spot(index) for index in range(len(self.numbers))]
        self.values = shown.copy()
        for index, bar in enumerate(self.bars):
            bar.set_points_as_corners(self._outline(index))
        for index, number in enumerate(self.numbers):
            number.shift(self._spot(index) - before[index])
            number.set_value(float(self.values[index]))
        return self

    def place(self, index: float, value: float) -> Array:
        """Where a value lies on the middle of a bar, or of the place between two. Shape (3,)."""
        along = (float(np.clip(value, self.low, self.high)) - self.low) / (self.high - self.low)
        across = self.share[0] / 2 + index * self.share[1]
        return self._at(along, across)

    def end(self, index: int) -> Array:
        """The middle of a bar's end. Shape (3,)."""
        return self.place(index, float(np.nan_to_num(self.values[index])))

    def parts(self, index: int) -> VGroup:
        """One bar with its number and its name."""
        rows = (self.bars, self.numbers, self.labels)
        return VGroup(*[row[index] for row in rows if len(row)])

    @classmethod
    def example(cls) -> Self:
        """What cross-entropy makes of four predictions, the last one a confident mistake."""
        said = np.array([0.9, 0.7, 0.45, 0.06])
        logits = np.log(said / (1 - said))
        values = losses.get("binary_cross_entropy").each(logits[:, None], np.ones((4, 1)))
        return cls(values, [f"{p:.2f}" for p in said], pitch=1.2, thickness=0.7)

    def _at(self, along: float, across: float) -> Array:
        low, high = self.frame.get_corner(DOWN + LEFT), self.frame.get_corner(UP + RIGHT)
        width, height = high[0] - low[0], high[1] - low[1]
        if self.horizontal:
            return np.array([low[0] + along * width, high[1] - across * height, 0.0])
        return np.array([low[0] + across * width, low[1] + along * height, 0.0])

    def _outline(self, index: int) -> Array:
        foot, end = self.place(index, 0.0), self.end(index)
        half = self._at(0, self.share[0] / 2) - self._at(0, 0)
        return np.array([foot - half, end - half, end + half, foot + half, foot - half])

    def _ends(self, beyond: float) -> tuple[Array, Array]:
        zero = -self.low / (self.high - self.low)
        extent = self.frame.height if self.horizontal else self.frame.width
        return self._at(zero, beyond / extent), self._at(zero, 1 - beyond / extent)

    def _spot(self, index: int) -> Array:
        """The foot of a bar's number."""
        value = max(0.0, float(np.nan_to_num(self.values[index])))
        return self.place(index, value) + 0.12 * (RIGHT if self.horizontal else UP)


def _words(label: str | VMobject, size: float) -> Any:
    return label if isinstance(label, VMobject) else Label(label, size=size)
