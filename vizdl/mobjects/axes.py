"""Axes whose words and numbers are set by Typst, and a number line that follows a value.

`PlotArea` is the ground on which curves, paths and maps stand: it knows where a pair of numbers
lies on the frame (`place`) and cuts lines off at its edge (`outline`), so that a run that leaves
the range leaves the picture without breaking it.
"""

from __future__ import annotations

import math
from typing import Self

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    CapStyleType,
    Line,
    LineJointType,
    Rectangle,
    Triangle,
    VGroup,
    VMobject,
)
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.mobjects.paper import Paper, Span
from vizdl.mobjects.text import Label, Number

Array = NDArray[np.float64]


class PlotArea(VGroup):
    """A rectangle with an axis below and one at its left, on which other parts stand.

    ``area = PlotArea((0, 30), (1e-3, 100), x_label="step", y_label="loss", log_y=True)``

    `x` and `y` are (low, high); a label is text or a mobject (`Maths`). The label of y stands
    above its axis, where it reads without turning the head. Moving or scaling the area moves what
    `place` returns; parts that stand on it already move only if they are grouped with it.
    """

    def __init__(
        self,
        x: tuple[float, float],
        y: tuple[float, float],
        *,
        width: float = 5.0,
        height: float = 3.0,
        x_label: str | VMobject = "",
        y_label: str | VMobject = "",
        log_x: bool = False,
        log_y: bool = False,
        x_ticks: list[float] | int = 4,
        y_ticks: list[float] | int = 4,
        x_unit: str = "",
        y_unit: str = "",
        grid: bool = True,
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.x_span, self.y_span = Span(*x, log=log_x), Span(*y, log=log_y)
        self.frame = Rectangle(width=width, height=height, stroke_width=0, fill_opacity=0)
        self.paper = Paper(self.frame, self.x_span, self.y_span)
        super().__init__(self.frame)
        self.grid, self.tick_labels = VGroup(), VGroup()
        left, bottom = self.frame.get_left()[0], self.frame.get_bottom()[1]
        for tick in self.x_span.ticks(x_ticks) if isinstance(x_ticks, int) else x_ticks:
            foot = self.place(tick, self.y_span.low)
            self.grid.add(_thin(foot, foot + 0.08 * DOWN, style.MUTED.dark))
            label = Label(self.x_span.spell(tick) + x_unit, size=size, color=style.MUTED.dark)
            self.tick_labels.add(label.move_to(np.array([foot[0], bottom - 0.28, 0])))
        for tick in self.y_span.ticks(y_ticks) if isinstance(y_ticks, int) else y_ticks:
            foot = self.place(self.x_span.low, tick)
            if grid:
                across = _thin(foot, foot + width * RIGHT, style.GRID.dark)
                self.grid.add(across)
            label = Label(self.y_span.spell(tick) + y_unit, size=size, color=style.MUTED.dark)
            self.tick_labels.add(label.next_to(np.array([left, foot[1], 0]), LEFT, buff=0.12))
        corner = self.frame.get_corner(DOWN + LEFT)
        self.axes = VGroup(_thin(corner, corner + width * RIGHT, style.MUTED.dark))
        self.x_label, self.y_label = _words(x_label, size), _words(y_label, size)
        if len(self.x_label.get_all_points()):
            self.x_label.next_to(self.frame, DOWN, buff=0.52).align_to(self.frame, RIGHT)
        if len(self.y_label.get_all_points()):
            self.y_label.next_to(self.frame, UP, buff=0.16).align_to(self.frame, LEFT)
        self.add(self.grid, self.axes, self.tick_labels, self.x_label, self.y_label)

    def place(self, x: ArrayLike, y: ArrayLike) -> Array:
        """Where the numbers x and y (...) lie on the frame: points (..., 3)."""
        return self.paper.place(x, y)

    def at(self, shares: Array) -> Array:
        """Where shares (..., 2) of width and height, from 0 to 1, lie on the frame (..., 3)."""
        return self.paper.at(shares)

    def holds(self, x: ArrayLike, y: ArrayLike) -> NDArray[np.bool_]:
        """Whether the numbers x and y (...) lie within the area."""
        return self.paper.holds(x, y)

    def outline(self, x: ArrayLike, y: ArrayLike) -> Array:
        """The line through the points, cut off at the edge, as Bezier points (4 M, 3)."""
        return self.paper.outline(x, y)

    @classmethod
    def example(cls) -> Self:
        """Axes for a loss that falls by orders of magnitude."""
        return cls((0, 30), (1e-3, 100), x_label="step", y_label="loss", log_y=True)


class ValueLine(VGroup):
    """A number line with a marker that follows a value, and the value above it.

    ``line = ValueLine(0, 1, value=0.3, label="learning rate"); line.set_value(0.7)``

    Outside of its range the marker waits at the end while the number goes on.
    """

    def __init__(
        self,
        low: float,
        high: float,
        *,
        value: float,
        width: float = 4.0,
        label: str | VMobject = "",
        log: bool = False,
        places: int = 2,
        color: str = style.WEIGHT.dark,
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.span = Span(low, high, log=log)
        self.line = _thin(width / 2 * LEFT, width / 2 * RIGHT, style.MUTED.dark)
        ticks = VGroup()
        for tick in self.span.ticks():
            at = self.line.point_from_proportion(float(self.span.share(tick)))
            ticks.add(_thin(at, at + 0.08 * DOWN, style.MUTED.dark))
            text = Label(self.span.spell(tick), size=size, color=style.MUTED.dark)
            ticks.add(text.next_to(at, DOWN, buff=0.16))
        self.marker = Triangle(stroke_width=0, fill_color=color, fill_opacity=1)
        self.marker.rotate(math.pi).scale_to_fit_width(0.22)
        self.number = Number(value, places=places, size=size, color=color)
        self.label = _words(label, size)
        if len(self.label.get_all_points()):
            self.label.next_to(self.line, LEFT, buff=0.25)
        super().__init__(self.line, ticks, self.label, self.marker, self.number)
        self.set_value(value)

    @property
    def value(self) -> float:
        """The value that is shown now; `Tick` takes it to another."""
        return self.number.get_value()

    def get_value(self) -> float:
        """The value that is shown now, as Manim's own number lines call it."""
        return self.value

    def set_value(self, value: float) -> Self:
        """Show another value: the marker moves, the number changes."""
        share = float(np.clip(self.span.share(value), 0, 1))
        start, end = self.line.get_start(), self.line.get_end()
        self.marker.next_to(start + share * (end - start), UP, buff=0.04)
        self.number.set_value(value)
        self.number.next_to(self.marker, UP, buff=0.08)
        return self

    @classmethod
    def example(cls) -> Self:
        """A learning rate on its logarithmic line."""
        return cls(1e-3, 1, value=0.03, label="learning rate", log=True)


def stroke(color: str, width: float = 4.0, opacity: float = 1.0) -> VMobject:
    """An empty line with round joints and ends, whose points are set later."""
    line = VMobject(stroke_color=color, stroke_width=width, stroke_opacity=opacity)
    line.joint_type = LineJointType.ROUND
    line.cap_style = CapStyleType.ROUND
    return line


def _thin(start: Array, stop: Array, color: str) -> Line:
    return Line(start, stop, stroke_width=1.5, color=color)


def _words(label: str | VMobject, size: float) -> VMobject:
    if isinstance(label, VMobject):
        return label
    return Label(label, size=size, color=style.MUTED.dark) if label else VGroup()
