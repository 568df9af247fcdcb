"""Animations that take a part from what it shows to something else, in place, without copies."""

from __future__ import annotations

import math
from typing import Any, Protocol

from manim import Animation, Mobject, linear, smooth


class Steps(Protocol):
    """A part that shows a run up to a step, which may lie between two whole ones."""

    step: float

    def set_step(self, step: float) -> Any:
        """Show the run up to `step`."""


class InPlace(Animation):
    """An animation that changes its part in place: no copy of where it started is made."""

    def create_starting_mobject(self) -> Mobject:
        """Nothing: who inherits remembers the few numbers it starts from."""
        return Mobject()


class Tick(InPlace):
    """Let a part with a `value` and ``set_value`` (a number, switch, valve) tick to `to`.

    A number that is not finite is there at once.

    ``self.play(Tick(number, 0.73), run_time=1)``
    """

    def __init__(self, part: Any, to: float, **options: Any) -> None:
        self.part: Any = part
        self.first, self.last = 0.0, float(to)
        super().__init__(part, **{"rate_func": smooth, **options})

    def begin(self) -> None:
        """Start from the number that the part shows now, 0 where it shows none."""
        self.first = 0.0 if math.isnan(self.part.value) else float(self.part.value)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the number at the share `alpha` of the time."""
        share = self.rate_func(alpha)
        if not math.isfinite(self.last - self.first):
            share, self.first = 1.0, 0.0
        self.part.set_value((1 - share) * self.first + share * self.last)


class Advance(InPlace):
    """Take a part with ``set_step`` from the step it shows to the step `to`, in place.

    ``self.play(Advance(path, to=20), Advance(curve, to=20), run_time=4)``
    """

    def __init__(self, part: Any, *, to: float, **options: Any) -> None:
        self.part: Any = part
        self.first, self.last = float(part.step), float(to)
        super().__init__(part, **{"rate_func": linear, **options})

    def begin(self) -> None:
        """Start from the step that the part shows now."""
        self.first = float(self.part.step)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the step at the share `alpha` of the time."""
        share = self.rate_func(alpha)
        self.part.set_step(self.first + share * (self.last - self.first))
