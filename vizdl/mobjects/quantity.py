"""A name and the number that it stands for."""

from __future__ import annotations

from typing import Any, Self

from manim import DOWN, LEFT, RIGHT, VGroup, VMobject

from vizdl import style
from vizdl.mobjects.advance import Tick
from vizdl.mobjects.text import Label, Maths, Number


class Quantity(VGroup):
    """A name and its number, which may tick: a weight, a loss, a derivative.

    ``weight = Quantity(Maths("w_1"), 0.73); self.play(Tick(weight, 0.9))``

    `name` is text or a mobject. The number starts `gap` to the right of it, or `below` it, and
    `number` are the options of `Number`.
    """

    def __init__(
        self,
        name: str | VMobject,
        value: float,
        *,
        gap: float = 0.2,
        below: bool = False,
        size: float = style.LABEL_SIZE,
        color: str = style.INK.dark,
        **number: Any,
    ) -> None:
        self.words: Any = (
            name if isinstance(name, VMobject) else Label(name, size=size, color=color)
        )
        self.number = Number(float(value), size=size, color=color, anchor="left", **number)
        if below:
            self.number.next_to(self.words, DOWN, buff=gap, aligned_edge=LEFT)
        else:
            self.number.next_to(self.words, RIGHT, buff=gap)
        super().__init__(self.words, self.number)

    @property
    def value(self) -> float:
        """The number that is shown now."""
        return self.number.value

    def set_value(self, value: float) -> Self:
        """Show another number in the same place."""
        self.number.set_value(float(value))
        return self

    def answer(self, **options: Any) -> Tick:
        """The number appears, and ticks from 0 to its value."""
        result = self.number.value
        self.number.set_value(0.0)
        return Tick(self.number, result, introducer=True, **options)

    @classmethod
    def example(cls) -> Self:
        """The derivative of a loss with respect to a weight."""
        name = Maths("partial J \\/ partial w_2 =")
        return cls(name, -0.457, digits=3, size=style.BODY_SIZE, color=style.GRADIENT.dark)
