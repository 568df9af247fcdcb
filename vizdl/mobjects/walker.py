"""A descent of thousands of steps: a ball and the trail of where it has just been."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import VGroup
from numpy.typing import ArrayLike

from vizdl import style
from vizdl.engines import minibatch
from vizdl.mobjects.axes import PlotArea, stroke
from vizdl.mobjects.descent import DescentPath

SHADES = (0.2, 0.45, 0.75)  # opacity of the oldest, middle and newest part of the trail


class Walker(DescentPath):
    """A descent up to `step` of which only the last `trail` steps are drawn, the older the fainter.

    ``walker = Walker(map.area, walk.positions, trail=100); self.play(Advance(walker, to=5000))``

    So a walk of any length costs as little to draw as a short one, and shows where it is now and
    how restless it is. `area` and `positions` (T+1, 2) as for `DescentPath`.
    """

    def __init__(
        self, area: PlotArea, positions: ArrayLike, *, trail: int = 120, **options: Any
    ) -> None:
        self.trail = trail
        color, width = options.get("color", style.GRADIENT.dark), options.get("width", 3.5)
        self.shades = VGroup(*[stroke(color, width, opacity) for opacity in SHADES])
        super().__init__(area, positions, **{"ball_radius": 0.12, **options})
        self.add_to_back(self.shades)

    def set_step(self, step: float) -> Self:
        """Show the ball at `step`, and the trail that leads to it."""
        self.step = float(step)
        tip = self.at(self.step)
        last = int(np.clip(np.floor(self.step), 0, self.steps))
        shown = np.vstack([self.positions[max(0, last - self.trail) : last + 1], tip])
        edges = np.linspace(0, len(shown) - 1, len(self.shades) + 1).astype(int)
        for line, first, end in zip(self.shades, edges[:-1], edges[1:], strict=True):
            piece = shown[first : end + 1]
            line.set_points(self.area.outline(piece[:, 0], piece[:, 1]))
        seen = bool(self.area.holds(tip[0], tip[1]))
        if seen:
            self.ball.move_to(self.area.place(tip[0], tip[1]))
        self.ball.set_opacity(float(seen))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """Gradient descent on a regression, one random point a step, after two passes."""
        from vizdl.experiments.common import sample
        from vizdl.mobjects.contour import ContourMap

        problem = minibatch.make_problem()
        walk = minibatch.compare(problem, [1], start=[-1.2, 3.2], learning_rate=0.2, passes=2)
        ground = ContourMap(sample(minibatch.landscape(problem)), width=4, height=4)
        walker = cls(ground.area, walk.walks[0].positions, color=style.SERIES[1].dark, step=1000)
        return VGroup(ground, walker)
