"""The animation that takes a part from the step it shows to another: paths and curves grow."""

from __future__ import annotations

from typing import Any, Protocol

from manim import Animation, Mobject, linear


class Steps(Protocol):
    """A part that shows a run up to a step, which may lie between two whole ones."""

    step: float

    def set_step(self, step: float) -> Any:
        """Show the run up to `step`."""


class Advance(Animation):
    """Take a part with ``set_step`` from the step it shows to the step `to`, in place.

    ``self.play(Advance(path, to=20), Advance(curve, to=20), run_time=4)``
    """

    def __init__(self, part: Any, *, to: float, **options: Any) -> None:
        self.part: Any = part
        self.first, self.last = float(part.step), float(to)
        super().__init__(part, **{"rate_func": linear, **options})

    def create_starting_mobject(self) -> Mobject:
        """Nothing: the part is changed in place, so no copy of it is needed."""
        return Mobject()

    def begin(self) -> None:
        """Start from the step that the part shows now."""
        self.first = float(self.part.step)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the step at the share `alpha` of the time."""
        share = self.rate_func(alpha)
        self.part.set_step(self.first + share * (self.last - self.first))
