"""A plane tinted by a model's output, its line of zero, points of two classes, and a mesh."""

from __future__ import annotations

from itertools import pairwise
from typing import Any, Self

import numpy as np
from contourpy import contour_generator
from manim import CapStyleType, Circle, LineJointType, Square, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check
from vizdl.experiments.field import FAINT, FULL, Span, grid
from vizdl.mobjects.axes import PlotArea, stroke
from vizdl.mobjects.paper import segments

Array = NDArray[np.float64]


class DecisionField(VGroup):
    """A model's output over a plane of two inputs: blue above zero, orange below, a line between.

    ``field = DecisionField(z, (-2, 2), (-2, 2)); self.play(SetValues(field, other))``

    `values` is (H, W) on a regular grid over `x` and `y`, its rows from the lowest y. The colour
    is full where its size is `limit` or more, in `bands` steps a side. `field.area` is the
    `PlotArea` beneath (one that is given is used and not added), `field.line` the line of zero,
    `field.place(points)` says where inputs (..., 2) lie.
    """

    def __init__(
        self,
        values: ArrayLike,
        x: Span,
        y: Span,
        *,
        limit: float = 1.0,
        bands: int = 6,
        width: float = 4.0,
        height: float = 4.0,
        x_label: str | VMobject = "",
        y_label: str | VMobject = "",
        ticks: int = 4,
        area: PlotArea | None = None,
        line: float = 4.0,
    ) -> None:
        self.limit = check.number("limit", limit, above=0)
        self.values = check.array("values", values, ("H", "W"))
        self.span = (x, y)
        own = area is None
        self.area = area or PlotArea(
            x, y, width=width, height=height, x_label=x_label, y_label=y_label,
            x_ticks=ticks, y_ticks=ticks, grid=False,
        )  # fmt: skip
        self._within = bool(self.area.holds(np.array(x), np.array(y)).all())
        self.levels = np.linspace(0, self.limit, bands + 1)[:-1]  # (bands,)
        self.bands = VGroup()
        for role in (style.NEGATIVE, style.POSITIVE):
            for share in np.linspace(FAINT, FULL, bands):
                band = VMobject(stroke_width=0)
                colour = style.mix(style.BACKGROUND.dark, role.dark, float(share))
                self.bands.add(band.set_fill(colour, opacity=1))
        self.line = stroke(style.INK.dark, line)
        super().__init__(self.bands, self.line, *([self.area] if own else []))
        self.set_values(self.values)

    def place(self, points: ArrayLike) -> Array:
        """Where inputs (..., 2) lie on the frame: points (..., 3)."""
        given = np.asarray(points, dtype=float)
        return self.area.place(given[..., 0], given[..., 1])

    def set_values(self, values: ArrayLike) -> Self:
        """Show another output (H, W) on the same grid."""
        self.values = np.asarray(values, dtype=float)
        rows, columns = self.values.shape
        across, up = np.linspace(*self.span[0], columns), np.linspace(*self.span[1], rows)
        half = len(self.levels)
        for side, numbers in enumerate((-self.values, self.values)):
            tracer = contour_generator(across, up, numbers, fill_type="OuterOffset")
            for k, level in enumerate(self.levels):
                band = self.bands[side * half + k]
                band.set_points(self._filled(tracer.filled(level, np.inf)))
        self.line.set_points(self._joined(tracer.lines(0.0)))
        return self

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
        if not len(polylines):
            return np.zeros((0, 3))
        if not self._within:
            pieces = [self.area.outline(line[:, 0], line[:, 1]) for line in polylines]
            return np.concatenate(pieces)
        placed = self.place(np.concatenate(polylines))  # nothing to cut off: all at once
        joined = np.ones(len(placed) - 1, dtype=bool)
        joined[np.cumsum([len(line) for line in polylines])[:-1] - 1] = False
        return segments(placed[:-1][joined], placed[1:][joined]).reshape(-1, 3)

    @classmethod
    def example(cls) -> Self:
        """Two inputs multiplied: the plane of exclusive or."""
        x = grid((-1.0, 1.0), (-1.0, 1.0), 41)
        return cls(-x[..., 0] * x[..., 1], (-1.0, 1.0), (-1.0, 1.0), limit=0.5, width=3, height=3)


class Points(VGroup):
    """Points of two classes on a `PlotArea`: class 0 orange squares, class 1 blue circles.

    ``points = Points(x, y, field.area); self.play(SetValues(points, hidden))``

    `values` (N, 2) are where the points are now, `classes` (N,) are 0 or 1. Those that lie outside
    of the area are not seen. A class is one mobject, so hundreds of points cost little;
    `points[0]` and `points[1]` are the two.
    """

    def __init__(
        self,
        x: ArrayLike,
        y: ArrayLike,
        area: PlotArea,
        *,
        radius: float = 0.075,
        edge: float = 1.5,
    ) -> None:
        places = check.array("x", x, ("N", 2))
        self.classes = check.array("y", np.ravel(np.asarray(y)), (len(places),)).astype(int)
        self.paper = area.paper
        self._shapes = (
            Square(side_length=1.8 * radius).points,
            Circle(radius=radius, num_components=5).points,
        )
        super().__init__()
        for role in (style.NEGATIVE, style.POSITIVE):
            kind = VMobject(stroke_color=style.BACKGROUND.dark, stroke_width=edge)
            self.add(kind.set_fill(role.dark, opacity=1))
        self.set_values(places)

    def set_values(self, values: ArrayLike) -> Self:
        """Show the points somewhere else: (N, 2)."""
        self.values = np.asarray(values, dtype=float)
        centres = self.paper.place(self.values[:, 0], self.values[:, 1])  # (N, 3)
        seen = self.paper.holds(self.values[:, 0], self.values[:, 1])
        for k, (kind, shape) in enumerate(zip(self.submobjects, self._shapes, strict=True)):
            own = centres[seen & (self.classes == k)]
            kind.set_points((own[:, None] + shape).reshape(-1, 3))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """Exclusive or: four points that no line parts."""
        corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
        area = PlotArea((-0.5, 1.5), (-0.5, 1.5), width=3, height=3, x_ticks=2, y_ticks=2)
        return VGroup(area, cls(corners, corners[:, 0] != corners[:, 1], area, radius=0.12))


class Mesh(VMobject):
    """Lines on a `PlotArea` that are bent in place: a plane as a layer of a network folds it.

    ``mesh = Mesh(lines, area); self.play(SetValues(mesh, folded))``

    `values` (M, 2) holds the points of all lines, one line after the other, NaN between them. What
    lies outside of the area is cut off.
    """

    def __init__(
        self,
        values: ArrayLike,
        area: PlotArea,
        *,
        color: str = style.MUTED.dark,
        width: float = 1.5,
        opacity: float = 1.0,
    ) -> None:
        super().__init__(stroke_color=color, stroke_width=width, stroke_opacity=opacity)
        self.joint_type = LineJointType.ROUND
        self.cap_style = CapStyleType.ROUND
        self.paper = area.paper
        self.set_values(values)

    def set_values(self, values: ArrayLike) -> Self:
        """Show the lines somewhere else: (M, 2)."""
        self.values = np.asarray(values, dtype=float)
        self.set_points(self.paper.outline(self.values[:, 0], self.values[:, 1]))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """A plane, folded by one unit: the absolute value of its first coordinate."""
        x = grid((-1.0, 1.0), (-1.0, 1.0), 9)
        bent = np.stack([np.abs(x[..., 0]) - 0.5, x[..., 1] + 0.3 * x[..., 0]], axis=-1)
        gap = np.full((9, 1, 2), np.nan)
        lines = [np.concatenate([way, gap], axis=1) for way in (bent, bent.swapaxes(0, 1))]
        area = PlotArea((-1.0, 1.0), (-1.5, 1.5), width=2.4, height=3, x_ticks=2, y_ticks=2)
        return VGroup(area, cls(np.concatenate(lines).reshape(-1, 2), area))
