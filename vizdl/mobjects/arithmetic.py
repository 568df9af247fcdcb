"""A line of arithmetic whose numbers come flying from where they stand, and whose result ticks."""

from __future__ import annotations

from typing import Any, Self

from manim import DOWN, RIGHT, Animation, Mobject, ReplacementTransform, VGroup, smooth

from vizdl import style
from vizdl.mobjects.text import Maths, Number


class Arithmetic(VGroup):
    """Two numbers and what they make: ``f_t c_(t-1) = 0.05 × 0.68 = 0.03``.

    `formula` is Typst maths up to and with its ``=``, its groups ``a`` and ``b`` taking the two
    `colors`; `times` joins by a product sign, otherwise by a sum. Show `words`, then play `fetch`
    for either operand and `answer` for the result.

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
        colors: tuple[str, str] = (style.INK.dark, style.INK.dark),
        color: str = style.INK.dark,
        times: bool = True,
        size: float = style.BODY_SIZE,
    ) -> None:
        super().__init__()
        left = Maths(formula, size=size)
        for name, tint in zip("ab", colors, strict=True):
            if f": {name} }}}}" in formula:
                left.select(name).set_color(tint)
        shades = (*colors, color)
        signed = (False, not times, False)
        self.numbers = VGroup()
        for value, shade, sign in zip((first, second, result), shades, signed, strict=True):
            self.numbers.add(Number(value, size=size, color=shade, sign=sign))
        joint = VGroup(Maths("times", size=size)) if times else VGroup()
        equals = Maths("=", size=size)
        a, b, c = self.numbers
        VGroup(left, a, *joint, b, equals, c).arrange(RIGHT, buff=0.16)
        for sign in (*joint, equals):
            sign.match_y(a)
        for number in (b, c):
            number.align_to(a, DOWN)
        left.shift([0, a.get_y() - left[-1].get_y(), 0])
        self.words = VGroup(left, *joint, equals)
        self.add(self.words, self.numbers)
        self.set_z_index(70)

    @classmethod
    def example(cls) -> Self:
        """What a forget gate leaves of a cell state."""
        tints = (style.FORGET_GATE.dark, style.CELL.dark)
        formula = "{{ f_t : a }} {{ c_(t-1) : b }} ="
        return cls(formula, 0.05, 0.68, 0.034, colors=tints, color=style.CELL.dark)

    def fetch(self, which: int, source: Mobject) -> Animation:
        """The operand comes from where its number stands now."""
        start = source.copy().set_z_index(70)
        return ReplacementTransform(start, self.numbers[which])

    def answer(self, start: float, tick: tuple[float, float] = (0, 1), **options: Any) -> Animation:
        """The result appears and ticks from `start` to its value between two shares of the way.

        With the `tick` of a `Ride` beside it the two change together.
        """
        return _Answer(self.numbers[2], start, tick, **options)


class _Answer(Animation):
    """A number that shows up and ticks to its value."""

    def __init__(
        self, number: Number, start: float, tick: tuple[float, float], **options: Any
    ) -> None:
        self.first, self.last, self.tick = start, number.value, tick
        super().__init__(number, introducer=True, **{"rate_func": smooth, **options})

    def create_starting_mobject(self) -> Mobject:
        """Nothing: the number is changed in place, so no copy of it is needed."""
        return Mobject()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the number at the share `alpha` of the time."""
        low, high = self.tick
        share = (float(self.rate_func(alpha)) - low) / (high - low)
        part = min(1.0, max(0.0, share))
        self.mobject.set_value(self.first + part * (self.last - self.first))
        self.mobject.set_opacity(1.0 if share > 0 else 0.0)
