"""The curve of a neuron with one input, that slides with its bias and turns with its weight."""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from manim import Dot, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import activations, check
from vizdl.mobjects.axes import PlotArea, stroke

Array = NDArray[np.float64]

POINTS = 121  # of the curve


class ActivationCurve(VGroup):
    """g(w x + b) over x, with a mark at -b/w, where it crosses, and a plumb line to the axis.

    ``curve = ActivationCurve(area, "sigmoid", 2.0, 0.0); self.play(SetValues(curve, [2.0, -3.0]))``

    `values` (2,) are weight and bias. No mark is seen where the crossing lies outside of the area
    or where there is none; `mark` says whether there is to be one at all.
    """

    def __init__(
        self,
        area: PlotArea,
        activation: str,
        weight: float,
        bias: float,
        *,
        color: str = style.HIDDEN.dark,
        width: float = 5.0,
        mark: bool = True,
        dashed: bool = False,
    ) -> None:
        self.paper = area.paper
        self.activation = activations.get(activation)
        self.values = check.array("weight and bias", [weight, bias], (2,))
        self.marked, self.dashed = mark, dashed
        self.x = np.linspace(area.x_span.low, area.x_span.high, POINTS)
        self.middle = float(self.activation.value(np.array(0.0)))
        self.line = stroke(color, width)
        self.plumb = stroke(style.MUTED.dark, 2.5)
        self.mark = Dot(radius=0.11, color=style.INK.dark)
        self.mark.set_stroke(style.BACKGROUND.dark, width=2)
        super().__init__(self.plumb, self.line, self.mark)
        self.set_values(self.values)

    @property
    def crossing(self) -> float:
        """Where the curve crosses, -b/w; not a number without a weight."""
        weight, bias = self.values
        return float(-bias / weight) if weight else math.nan

    def set_values(self, values: ArrayLike) -> Self:
        """Show the curve of another weight and bias."""
        self.values = np.asarray(values, dtype=float).reshape(2)
        y = self.activation.value(self.values[0] * self.x + self.values[1])
        points = self.paper.outline(self.x, y)
        if self.dashed and len(points):
            points = _dashes(points)
        self.line.set_points(points)
        place = self.crossing
        seen = self.marked and bool(self.paper.holds(place, self.middle))
        self.mark.set_opacity(float(seen))
        self.plumb.set_stroke(opacity=float(seen))
        if seen:
            foot, top = self.paper.place([place] * 2, [self.paper.y_span.low, self.middle])
            self.mark.move_to(top)
            self.plumb.set_points_as_corners([foot, top])
        return self

    @classmethod
    def example(cls) -> VGroup:
        """One sigmoid as it is, and shifted by its bias."""
        area = PlotArea((-4, 4), (0, 1), width=5, height=2.6, y_ticks=2)
        plain = cls(area, "sigmoid", 2, 0, color=style.MUTED.dark, mark=False, dashed=True)
        return VGroup(area, plain, cls(area, "sigmoid", 2, -3))


def _dashes(points: Array, on: int = 3, off: int = 2) -> Array:
    """Some segments (4 a segment) of a line, the others left out."""
    segments = points.reshape(-1, 4, 3)
    kept = np.arange(len(segments)) % (on + off) < on
    result: Array = segments[kept].reshape(-1, 3)
    return result
