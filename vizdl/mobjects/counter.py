"""A word and the number that it counts."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import RIGHT, VGroup

from vizdl import style
from vizdl.mobjects.text import Label, Number


class Counter(VGroup):
    """What is counted, and how many there are now: ``step 12``.

    ``count = Counter("step"); self.play(Advance(path, to=20), Advance(count, to=20))``
    """

    def __init__(self, word: str = "step", *, step: float = 0.0, size: float = style.LABEL_SIZE):
        self.word = Label(word, size=size, color=style.MUTED.dark)
        self.number = Number(step, places=0, anchor="left", size=size)
        self.number.next_to(self.word, RIGHT, buff=0.2)
        super().__init__(self.word, self.number)
        self.set_step(step)

    def set_step(self, step: float) -> Self:
        """Show the whole steps that have been made."""
        self.step = float(step)
        self.number.set_value(np.floor(self.step + 1e-6))
        return self

    @classmethod
    def example(cls) -> Self:
        """After twelve steps."""
        return cls(step=12)
