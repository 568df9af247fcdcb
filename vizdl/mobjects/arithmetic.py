"""A line of arithmetic whose numbers come flying from where they stand, and whose result ticks."""

from __future__ import annotations

from typing import Any, Self

from manim import DOWN, RIGHT, UP, Animation, Mobject, ReplacementTransform, VGroup, smooth

from vizdl import style
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.text import Maths, Number


class Arithmetic(VGroup):
    """Two numbers and what they make: ``f_t c_(t-1) = 0.05 × 0.68 = 0.03``.

    `formula` is Typst maths up to and with its ``=``. `times` joins the two by a product sign,
    otherwise they are added (a negative one is subtracted, as people write it). `paint` colours
    the operands and the result, with the formula's groups ``a``, ``b`` and ``c``. Show `words`,
    then play `fetch` for either operand and `answer`.

    >>> line = Arithmetic("{{ f_t : a }} {{ c_(t-1) : b }} =", 0.05, 0.68, 0.034)
    >>> [number.value for number in line.numbers]
    [0.05, 0.68, 0.034]
    """

    def __init__(
        self,
        formula: str,
        first: float,
        second: float,
        result: float,
        *,
        times: bool = True,
        size: float = style.BODY_SIZE,
    ) -> None:
        super().__init__()
        self.formula = Maths(formula, size=size)
        a = Number(first, size=size)
        plus = "plus" if second >= 0 else "minus"
        b = Number(second if times else abs(second), size=size)
        c = Number(result, size=size)
        self.numbers = (a, b, c)
        joint = Maths("times" if times else plus, size=size)
        equals = Maths("=", size=size)
        VGroup(self.formula, a, joint, b, equals, c).arrange(RIGHT, buff=0.16)
        b.align_to(a, DOWN)
        c.align_to(a, DOWN)
        for sign in (joint, equals):
            sign.match_y(a)
        self.formula.shift((a.get_y() - self.formula.submobjects[-1].get_y()) * UP)
        self.words = VGroup(self.formula, joint, equals)
        self.add(self.words, *self.numbers)
        self.set_z_index(70)

    def paint(self, first: str, second: str, result: str) -> Self:
        """Colour the two operands and the result."""
        for number, color in zip(self.numbers, (first, second, result), strict=True):
            number.set_color(color)
            number.number_color = color
        for name, color in (("a", first), ("b", second), ("c", result)):
            if f": {name} }}}}" in self.formula.text:
                self.formula.select(name).set_color(color)
        return self

    @classmethod
    def example(cls) -> Self:
        """What a forget gate leaves of a cell state."""
        line = cls("{{ f_t : a }} {{ c_(t-1) : b }} =", 0.05, 0.68, 0.034)
        return line.paint(style.FORGET_GATE.dark, style.CELL.dark, style.CELL.dark)

    def fetch(self, which: int, source: Mobject) -> Animation:
        """The operand comes from where its number stands now."""
        start = source.copy().set_z_index(70)
        return ReplacementTransform(start, self.numbers[which])

    def answer(self, start: float, tick: tuple[float, float] = (0, 1), **options: Any) -> Animation:
        """The result appears and ticks from `start` to its value between two shares of the way.

        With the `tick` of a `Ride` beside it the two change together.
        """
        return _Answer(self.numbers[2], start, tick, **options)


class _Answer(InPlace):
    """A number that shows up and ticks to its value."""

    def __init__(
        self, number: Number, start: float, tick: tuple[float, float], **options: Any
    ) -> None:
        self.first, self.last, self.tick = start, number.value, tick
        self.number: Number = number
        super().__init__(number, introducer=True, **{"rate_func": smooth, **options})

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the number at the share `alpha` of the time."""
        low, high = self.tick
        share = (float(self.rate_func(alpha)) - low) / (high - low)
        part = min(1.0, max(0.0, share))
        self.number.set_value(self.first + part * (self.last - self.first))
        self.number.set_opacity(1.0 if share > 0 else 0.0)
