"""Hundreds of points over their axes, told apart by colour, which appear one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import Circle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import descent, landscapes
from vizdl.mobjects.axes import PlotArea

Array = NDArray[np.float64]


class Scatter(VGroup):
    """Points x, y (N,) of several kinds (N,), of which the first `step` are shown.

    ``points = Scatter(area, rates, steps, outcomes, colors); self.play(Advance(points, to=400))``

    `kinds` numbers the colour of each point among `colors`; there is one mobject a colour, not one
    a point, so that hundreds are drawn as fast as a few. What lies outside of the area is not
    drawn. `points.kinds` are those mobjects, in the order of the colours.
    """

    def __init__(
        self,
        area: PlotArea,
        x: ArrayLike,
        y: ArrayLike,
        kinds: ArrayLike | None = None,
        colors: Sequence[str] = (style.DATA.dark,),
        *,
        radius: float = 0.045,
        step: float = 0.0,
    ) -> None:
        self.area = area.paper
        self.x, self.y = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
        of = np.zeros(len(self.x), dtype=int) if kinds is None else np.asarray(kinds, dtype=int)
        if self.x.ndim != 1 or not self.x.shape == self.y.shape == of.shape:
            raise ValueError(
                "x, y and kinds must be of one length (N,), "
                f"got {self.x.shape}, {self.y.shape} and {of.shape}"
            )
        if len(of) and not 0 <= of.min() <= of.max() < len(colors):
            raise ValueError(f"kinds must be from 0 to {len(colors) - 1}, got {of.max()}")
        held = self.area.holds(self.x, self.y)
        self._of = [np.flatnonzero((of == kind) & held) for kind in range(len(colors))]
        self._dot = Circle(radius=radius, num_components=5).points  # (16, 3)
        self.kinds = VGroup(
            *[VMobject(stroke_width=0, fill_color=color, fill_opacity=1) for color in colors]
        )
        super().__init__(self.kinds)
        self.set_step(step)

    def set_step(self, step: float) -> Self:
        """Show the first `step` points."""
        self.step = float(step)
        for dots, indices in zip(self.kinds, self._of, strict=True):
            shown = indices[: np.searchsorted(indices, self.step)]
            centres = self.area.place(self.x[shown], self.y[shown])  # (M, 3)
            dots.set_points((centres[:, None] + self._dot).reshape(-1, 3))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """How near 60 learning rates come to the minimum of a bowl, and which of them diverge."""
        rates = np.geomspace(0.02, 0.9, 60)
        walks = descent.descend(
            landscapes.get("bowl"), np.array([2.0, 1.5]), learning_rate=rates, steps=12
        )
        area = PlotArea(
            (0.02, 0.9), (1e-9, 100), log_x=True, log_y=True, x_label="rate", y_label="loss"
        )
        diverges = walks.losses[-1] > walks.losses[0]
        colors = (style.SERIES[0].dark, style.LOSS.dark)
        return VGroup(area, cls(area, rates, walks.losses[-1], diverges, colors, step=60))
