"""A loss over two weights as a map: filled bands and thin contour lines."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Self

import numpy as np
from contourpy import contour_generator
from manim import DOWN, LEFT, RIGHT, UP, Rectangle, VGroup, VMobject
from numpy.typing import NDArray

from vizdl import style
from vizdl.engines import landscapes
from vizdl.experiments.base import number
from vizdl.experiments.common import Surface, sample
from vizdl.mobjects.axes import PlotArea
from vizdl.mobjects.text import Label, Maths

Array = NDArray[np.float64]


class ContourMap(VGroup):
    """A `Surface` seen from above, low dark and high bright, on axes of equal units.

    ``map = ContourMap(sample(landscapes.get("himmelblau")), width=6, height=5)``

    It is the largest map of that surface within `width` x `height`. `map.area` is the `PlotArea`
    on which a `DescentPath` or arrows stand, `map.place(w)` says where weights (..., 2) lie.
    `map.bands` are filled regions, each on top of the lower one; `map.lines` the contours.
    """

    def __init__(
        self,
        surface: Surface,
        *,
        width: float = 6.0,
        height: float = 5.0,
        x_label: str | VMobject | None = None,
        y_label: str | VMobject | None = None,
        ticks: int = 4,
    ) -> None:
        x, y = surface.x, surface.y
        self.surface = surface
        self.unit = min(width / float(np.ptp(x)), height / float(np.ptp(y)))
        size = style.LABEL_SIZE
        self.area = PlotArea(
            (float(x[0]), float(x[-1])),
            (float(y[0]), float(y[-1])),
            width=self.unit * float(np.ptp(x)),
            height=self.unit * float(np.ptp(y)),
            x_label=Maths("w_1", size=size) if x_label is None else x_label,
            y_label=Maths("w_2", size=size) if y_label is None else y_label,
            x_ticks=ticks,
            y_ticks=ticks,
            grid=False,
        )
        if x_label is None:  # at the end of the axis, which leaves more height for the map
            corner = self.area.frame.get_corner(DOWN + RIGHT)
            self.area.x_label.next_to(corner, RIGHT, buff=0.15).shift(0.25 * DOWN)
        low, high = (stop[1] for stop in style.height_scale("dark"))
        tracer = contour_generator(x, y, surface.height, fill_type="OuterOffset")
        shares = np.arange(1, len(surface.levels) + 1) / max(1, len(surface.levels))
        floor = Rectangle(width=self.area.frame.width, height=self.area.frame.height)
        floor.set_fill(low, opacity=1).set_stroke(width=0).move_to(self.area.frame)
        self.bands, self.lines = VGroup(floor), VGroup()
        for level, share in zip(surface.levels, shares, strict=True):
            region = VMobject(stroke_width=0, fill_color=style.mix(low, high, share))
            region.set_fill(opacity=1).set_points(self._filled(tracer.filled(level, np.inf)))
            self.bands.add(region)
            line = VMobject(stroke_width=1.2, stroke_color=style.mix(low, high, 1.4))
            line.set_points(self._joined(tracer.lines(level))).set_stroke(opacity=0.55)
            self.lines.add(line)
        super().__init__(self.bands, self.lines, self.area)

    def place(self, weights: Array) -> Array:
        """Where weights (..., 2) lie on the frame: points (..., 3)."""
        weights = np.asarray(weights, dtype=float)
        return self.area.place(weights[..., 0], weights[..., 1])

    def _filled(self, found: Any) -> Array:
        """The outlines of a filled region, holes turning the other way, as contourpy has them."""
        rings = [
            points[start:stop]
            for points, offsets in zip(*found, strict=True)
            for start, stop in pairwise(offsets)
        ]
        return self._joined(rings)

    def _joined(self, polylines: Any) -> Array:
        """Polylines (N, 2) as the Bezier points of one mobject."""
        pieces = [self.area.outline(line[:, 0], line[:, 1]) for line in map(_thinned, polylines)]
        return np.concatenate(pieces) if pieces else np.zeros((0, 3))

    def key(self, height: float = 3.0, label: str = "loss") -> VGroup:
        """A column of the bands' colours, with the loss at some of their edges."""
        width, size = 0.32, style.SMALL_SIZE
        cells = VGroup(
            *[
                Rectangle(width=width, height=height / len(self.bands), stroke_width=0)
                .set_fill(band.get_fill_color(), opacity=1)
                .shift((k + 0.5) * height / len(self.bands) * UP)
                for k, band in enumerate(self.bands)
            ]
        )
        result = VGroup(cells)
        levels, count = self.surface.levels, len(self.bands)
        for k in sorted({round(share * count) for share in (0.25, 0.5, 0.75)} - {0, count}):
            text = Label(number(float(levels[k - 1]), 2), size=size, color=style.MUTED.dark)
            edge = cells[k].get_corner(DOWN + RIGHT)
            result.add(text.next_to(edge, RIGHT, buff=0.15))
        title = Label(label, size=size, color=style.MUTED.dark)
        result.add(title.next_to(cells, UP, buff=0.16).align_to(cells, LEFT))
        return result

    @classmethod
    def example(cls) -> Self:
        """Himmelblau's function with its four minima."""
        return cls(sample(landscapes.get("himmelblau")), width=4, height=4)


def _thinned(line: Array, every: int = 2) -> Array:
    """Every second point of a long line: a grid fine enough to find small rings has too many."""
    if len(line) < 24:
        return line
    return np.concatenate([line[:-1:every], line[-1:]])
