"""A descent on its map: the path that grows step by step, and the ball that rolls along it."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Circle, Dot, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, descent, landscapes
from vizdl.mobjects.arrows import VectorArrow
from vizdl.mobjects.axes import PlotArea, stroke

Array = NDArray[np.float64]


class DescentPath(VGroup):
    """The points of a descent as dots, the steps between them as segments, up to `step`.

    ``path = DescentPath(area, trace.positions); self.play(Advance(path, to=20))``

    `positions` (T+1, 2), as `descend` gives them; `area` the `PlotArea` on which they lie
    (`ContourMap.area`). Rows that are NaN (after a divergence) and whatever lies outside the area
    are not drawn: a run that leaves is seen to leave. With `gradients` (T+1, 2) an arrow at the
    ball points downhill, long where the ground is steep. Without `dots`, just the way is drawn.
    """

    def __init__(
        self,
        area: PlotArea,
        positions: ArrayLike,
        *,
        color: str = style.GRADIENT.dark,
        width: float = 4.0,
        dots: bool = True,
        dot_radius: float = 0.045,
        ball_radius: float = 0.1,
        gradients: ArrayLike | None = None,
        step: float = 0.0,
    ) -> None:
        self.area = area.paper
        self.positions = _points(positions)  # (T+1, 2)
        self.line = stroke(color, width)
        self.dots = VMobject(stroke_width=0, fill_color=color, fill_opacity=1)
        self.ball = Dot(radius=ball_radius, color=color)
        self.ball.set_stroke(style.BACKGROUND.dark, width=2)
        self.gradients = None if gradients is None else np.asarray(gradients, dtype=float)
        self.arrow = VectorArrow(np.zeros(2), np.zeros(2), color=color)
        super().__init__(self.line, *([self.dots] if dots else []), self.arrow, self.ball)
        self._dot = Circle(radius=dot_radius, num_components=5).points  # (16, 3)
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The last step that there is, T."""
        return len(self.positions) - 1

    def at(self, step: float) -> Array:
        """The weights (2,) at a step; between two whole ones, on the line that joins them."""
        before = int(np.clip(np.floor(step), 0, self.steps))
        after = min(before + 1, self.steps)
        share = min(step, self.steps) - before
        first, last = self.positions[before], self.positions[after]
        result: Array = first if share <= 0 else (1 - share) * first + share * last
        return result

    def set_step(self, step: float) -> Self:
        """Show the path up to `step`."""
        self.step = float(step)
        tip = self.at(self.step)
        whole = self.positions[: int(np.clip(np.floor(self.step), 0, self.steps)) + 1]
        shown = np.vstack([whole, tip])
        self.line.set_points(self.area.outline(shown[:, 0], shown[:, 1]))
        inside = whole[self.area.holds(whole[:, 0], whole[:, 1])]
        centres = self.area.place(inside[:, 0], inside[:, 1])  # (N, 3)
        self.dots.set_points((centres[:, None] + self._dot).reshape(-1, 3))
        seen = bool(self.area.holds(tip[0], tip[1]))
        if seen:
            self.ball.move_to(self.area.place(tip[0], tip[1]))
        self.ball.set_opacity(float(seen))
        self._point_downhill(seen)
        return self

    def _point_downhill(self, seen: bool) -> None:
        if self.gradients is None:
            return
        lengths = np.linalg.norm(self.gradients, axis=-1)
        k = int(np.clip(np.floor(self.step), 0, self.steps))
        down = np.zeros(2)
        if seen and np.isfinite(lengths[k]) and lengths[k] > 0:
            share = lengths[k] / np.nanmax(lengths)
            down = -self.gradients[k] / lengths[k] * np.interp(share, [0, 0.03, 1], [0, 0.5, 1.1])
        self.arrow.place(self.ball.get_center(), down)

    @classmethod
    def example(cls) -> VGroup:
        """A descent on Himmelblau's function."""
        from vizdl.mobjects.contour import ContourMap

        ground = ContourMap.example()
        walk = descent.descend(
            landscapes.get("himmelblau"), [-0.5, 4.5], learning_rate=0.004, steps=25
        )
        return VGroup(ground, cls(ground.area, walk.positions, step=25))


def _points(positions: ArrayLike) -> Array:
    result = np.asarray(positions, dtype=float)
    if result.ndim != 2 or result.shape[1] != 2 or not len(result):
        raise ValueError(f"positions must have shape (T+1, 2), got {result.shape}")
    check.array("the first position", result[0], (2,))
    return result
