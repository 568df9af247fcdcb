"""A curve over its axes that bends into another one, in place."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import regularization
from vizdl.mobjects.axes import PlotArea, stroke

Array = NDArray[np.float64]


class FittedCurve(VGroup):
    """A model's output (P,) over its input x (P,), cut off at the edges of its axes.

    ``curve = FittedCurve(area, x, y); self.play(Through(curve, fits), run_time=5)``

    Let it go through other outputs with `Through` or `SetValues`.
    """

    def __init__(
        self,
        area: PlotArea,
        x: ArrayLike,
        y: ArrayLike,
        *,
        color: str = style.WEIGHT.dark,
        width: float = 5.0,
    ) -> None:
        self.area = area.paper
        self.x = np.asarray(x, dtype=float)
        self.values = np.asarray(y, dtype=float)
        if self.x.ndim != 1 or self.x.shape != self.values.shape:
            raise ValueError(
                f"x and y must be of one length (P,), got {self.x.shape} and {self.values.shape}"
            )
        self.line = stroke(color, width)
        super().__init__(self.line)
        self.set_values(self.values)

    def set_values(self, values: ArrayLike) -> Self:
        """Show other outputs (P,), in place."""
        self.values = np.broadcast_to(np.asarray(values, dtype=float), self.x.shape).copy()
        self.line.set_points(self.area.outline(self.x, self.values))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """A polynomial of degree 8 through ten points of a wave, held back by a penalty."""
        x = np.linspace(0, 1, 10)
        features = regularization.legendre(x, 8)
        w = regularization.ridge(features, np.sin(2 * np.pi * x), 0.01)
        grid = np.linspace(0, 1, 81)
        area = PlotArea((0, 1), (-1.5, 1.5), width=5, height=3, x_label="x", y_label="y")
        return VGroup(area, cls(area, grid, regularization.legendre(grid, 8) @ w))
