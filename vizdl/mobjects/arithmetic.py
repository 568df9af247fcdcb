"""Lines of arithmetic whose result ticks, and whose numbers may come from where they stand."""

from __future__ import annotations

from typing import Any, Self

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Animation,
    Mobject,
    ReplacementTransform,
    VGroup,
    smooth,
)

from vizdl import style
from vizdl.mobjects.advance import InPlace, Tick
from vizdl.mobjects.text import Label, Maths, Number


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


class Assignment(VGroup):
    """A name, the terms of its new value, and the value, which ticks: ``w  3 − 0.6 · 3.05 = 1.17``.

    ``row = Assignment("w", "3 − 0.6 · 3.05", 3, 1.17); self.play(row.tick())``

    `name` is Typst maths, `terms` text as it is to be read ("" for none); the value shows `first`
    until it ticks to `last`.
    """

    def __init__(
        self,
        name: str,
        terms: str,
        first: float,
        last: float,
        *,
        color: str = style.WEIGHT.dark,
        size: float = style.BODY_SIZE,
    ) -> None:
        self.first, self.last = float(first), float(last)
        self.symbol = Maths(name, size=size, color=color)
        self.terms = Label(terms, size=size) if terms else VGroup()
        self.equals = Label("=", size=size)
        self.number = Number(self.first, digits=3, size=size, color=color, anchor="left")
        super().__init__(self.symbol, self.terms, self.equals, self.number)
        self.arrange_at(0, 1.0 + self.terms.width, 0)

    def arrange_at(self, left: float, stop: float, y: float) -> Self:
        """Set the name at `left` and the value behind `stop`, at the height `y`."""
        self.symbol.move_to((left, y, 0), LEFT)
        if not len(self.terms):  # nothing to add up: the value follows its name
            stop = self.symbol.get_right()[0] + 0.35
        self.terms.move_to((left + 0.7, y, 0), LEFT)
        self.equals.move_to((stop, y, 0))
        self.number.move_to((stop + 0.3, y, 0), LEFT)
        return self

    def tick(self, **options: Any) -> Tick:
        """Let the value run from the old one to the new one."""
        return Tick(self.number, self.last, **options)

    @classmethod
    def example(cls) -> Self:
        """A step at a learning rate of 0.6."""
        return cls("w", "3 − 0.6 · 3.05", 3, 1.17)
