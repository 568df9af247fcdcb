"""A product that is built factor by factor: what is left after each, as bars and as a number."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Line, Rectangle, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check
from vizdl.mobjects.text import Label, Number

Array = NDArray[np.float64]


class Product(VGroup):
    """A running product as a row of bars, with its value and the number of factors taken.

    ``chain = Product([0.8] * 20, name="× 0.8"); self.play(Advance(chain, to=20))``

    Bar k has the height of the product of the first k factors (K,), beginning with 1; the highest
    of them has `height`. Between two whole steps the product goes straight from one to the other.
    """

    def __init__(
        self,
        factors: ArrayLike,
        *,
        name: str = "",
        unit: str = "steps",
        width: float = 8.0,
        height: float = 1.6,
        color: str = style.GRADIENT.dark,
        digits: int = 2,
        step: float = 0.0,
    ) -> None:
        given = check.array("factors", factors, ("K",))
        self.products: Array = np.concatenate([[1.0], np.cumprod(given)])
        self.height_of_one = height / float(self.products.max())
        pitch = width / len(self.products)
        self.floor = Line((0, 0, 0), (width, 0, 0), stroke_width=1.5, color=style.MUTED.dark)
        self.bars = VGroup()
        for k in range(len(self.products)):
            bar = Rectangle(width=0.7 * pitch, height=0.02, stroke_width=0)
            bar.set_fill(color, opacity=1)
            self.bars.add(bar.move_to(((k + 0.5) * pitch, 0, 0), aligned_edge=DOWN))
        self.label = Label(name, size=style.BODY_SIZE, color=color) if name else VGroup()
        self.number = Number(1.0, digits=digits, size=style.TITLE_SIZE, color=color, anchor="left")
        self.count = Number(0, places=0, size=style.SMALL_SIZE, anchor="right")
        self.unit = Label(unit, size=style.SMALL_SIZE, color=style.MUTED.dark)
        super().__init__(self.floor, self.bars, self.label, self.number, self.count, self.unit)
        self.number.move_to((width + 0.35, 0.55 * height, 0), aligned_edge=RIGHT)
        self.number.shift((width + 0.35 - self.number.get_left()[0]) * RIGHT)
        self.unit.next_to(self.number, DOWN, buff=0.22).align_to(self.number, LEFT)
        self.count.next_to(self.unit, LEFT, buff=0.1)
        shift = self.number.get_left()[0] - self.count.get_left()[0] + 0.2
        VGroup(self.count, self.unit).shift(shift * RIGHT)
        if name:
            self.label.next_to(self.floor, LEFT, buff=0.3).shift(0.4 * UP)
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The number of factors, K."""
        return len(self.products) - 1

    def set_step(self, step: float) -> Self:
        """Show the product of the first `step` factors."""
        self.step = float(np.clip(step, 0, self.steps))
        before = int(self.step)
        after = min(before + 1, self.steps)
        share = self.step - before
        now = (1 - share) * self.products[before] + share * self.products[after]
        for k, bar in enumerate(self.bars):
            value = self.products[k] if k <= before else now if k == after and share else 0.0
            seen = bool(k <= before or (k == after and share))
            foot = self.floor.point_from_proportion((k + 0.5) / len(self.bars))
            bar.stretch_to_fit_height(max(0.02, value * self.height_of_one))
            bar.move_to(foot, aligned_edge=DOWN).set_opacity(float(seen))
        self.number.set_value(float(now))
        self.count.set_value(float(np.round(self.step)))
        return self

    @classmethod
    def example(cls) -> Self:
        """What is left after sixteen factors of 0.8."""
        return cls([0.8] * 16, name="× 0.8", step=16)
