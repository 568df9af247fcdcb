"""A strip of rows over time: values as bars, flags, and gates as a wall with openings.

The strip shows a run up to a step, which may lie between two whole ones: what is known from the
start (inputs and flags) stands there at once, what is computed grows with `set_step`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Self

import numpy as np
from manim import UP, Line, Rectangle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.mobjects.flag import Flag
from vizdl.mobjects.text import Label

Array = NDArray[np.float64]
Draw = Callable[[int, float], None]  # column k, shown by a share from 0 to 1

BAR = 0.6  # width of a bar as a share of its column
GAP = 0.06  # between two rows


class Timeline(VGroup):
    """Rows over `length` steps, the current one marked by a cursor.

    Add rows from top to bottom, then move through time with `set_step`, or with `Advance`.

    >>> strip = Timeline(3).add_bars("cell", [0.4, -0.2, 0.9]).set_step(1.5)
    >>> strip.step
    1.5
    """

    def __init__(self, length: int, *, width: float = 12.6, label_width: float = 1.6) -> None:
        super().__init__()
        self.length, self.step = length, 0.0
        self.start, self.left = -width / 2, -width / 2 + label_width
        self.pitch = (width - label_width) / length
        self._floor = 0.0  # of the rows so far
        self.rows: dict[str, _Row] = {}
        self._draws: list[Draw] = []
        self.cursor = Rectangle(width=self.pitch, height=0.01, stroke_width=0)
        self.cursor.set_fill(style.INK.dark, opacity=0.13)
        self.add(self.cursor)

    @classmethod
    def example(cls) -> Self:
        """A value that is held, the gate that holds it, and the flags that release it."""
        value = np.array([0.4, 0.4, 0.4, -0.8, -0.8, 0.6, 0.6, 0.6])
        changes = np.concatenate([[True], np.diff(value) != 0])
        strip = cls(len(value), width=8).add_flags("store", changes)
        strip.add_gates("keep", 1.0 - changes, color=style.FORGET_GATE.dark)
        return strip.add_bars("cell", value, color=style.CELL.dark).set_step(len(value))

    def add_flags(
        self, name: str, flags: ArrayLike, *, color: str = style.DATA.dark, height: float = 0.3
    ) -> Self:
        """A row of flags, there from the start, where `flags` (T,) is true."""
        row, _ = self._row(name, height, color)
        for k in np.flatnonzero(np.asarray(flags)):
            flag = Flag(color=color, height=height).set_raised(1)
            row.add(flag.move_to((self._across(int(k)), row.middle, 0)))
        return self

    def add_bars(
        self,
        name: str,
        values: ArrayLike,
        *,
        color: str = style.DATA.dark,
        height: float = 0.6,
        limit: float | None = None,
        marks: ArrayLike | None = None,
        bright: ArrayLike | None = None,
        known: bool = False,
    ) -> Self:
        """A row of signed bars for `values` (T,), up for positive; ±`limit` fills the row.

        `marks` (T,) are levels drawn as thin lines across the bars, such as targets, where they
        are numbers. Bars are dimmed where `bright` (T,) is false. With `known` all bars are there
        from the start.
        """
        reach = np.asarray(values, dtype=float)
        unit = height / 2 / (limit or float(np.abs(reach).max()) or 1.0)
        lit = np.ones(self.length) if bright is None else np.asarray(bright)
        row, base = self._row(name, height, color)
        bars = VGroup(*[VMobject(stroke_width=0) for _ in reach])
        for bar, full in zip(bars, lit, strict=True):
            bar.set_fill(color if full else style.mix(style.BACKGROUND.dark, color, 0.4), 1)
        row.add(bars)
        levels = {} if marks is None else self._marks(row, np.asarray(marks, dtype=float) * unit)

        def draw(k: int, share: float) -> None:
            height = reach[k] * unit * (1.0 if known else share)
            _box(bars[k], self._foot(base, k), BAR * self.pitch, height)
            if k in levels:
                levels[k].set_stroke(opacity=1.0 if known else min(1.0, 4 * share))

        return self._fill(draw)

    def add_gates(
        self, name: str, values: ArrayLike, *, color: str = style.INK.dark, height: float = 0.4
    ) -> Self:
        """A row of gates for `values` (T,) from 0, a closed wall, to 1, a clear passage."""
        opening = np.asarray(values, dtype=float)
        row, base = self._row(name, height, color)
        base.set_stroke(opacity=0)
        walls = [VMobject(stroke_width=0).set_fill(color, opacity=1) for _ in opening]
        row.add(*walls)

        def draw(k: int, share: float) -> None:
            foot = self._foot(base, k)
            closed = share * max((1 - opening[k]) * height / 2, 0.035)
            walls[k].clear_points()
            for side in (1, -1):  # the two jaws, down from the upper edge, up from the lower
                edge = foot + side * height / 2 * UP
                _box(walls[k], edge, 0.96 * self.pitch, -side * closed, more=True)

        return self._fill(draw)

    def set_step(self, step: float) -> Self:
        """Show the run up to `step`, 0 to `length`; the cursor stands on the current one."""
        before, self.step = self.step, float(step)
        first, last = sorted((int(before), int(self.step)))
        for k in range(max(first - 1, 0), min(last + 1, self.length)):
            share = min(1.0, max(0.0, self.step - k))
            for draw in self._draws:
                draw(k, share)
        self._place_cursor()
        return self

    def column(self, k: int, row: str | None = None) -> Array:
        """The middle of column `k`: of the named row, or of the whole strip. Shape (3,)."""
        base = next(iter(self.rows.values())).base if row is None else self.rows[row].base
        foot = self._foot(base, k)
        return foot if row else np.array([foot[0], self.get_center()[1], 0.0])

    def _row(self, name: str, height: float, color: str) -> tuple[_Row, Line]:
        row = _Row(self._floor - height / 2)
        end = self.left + self.pitch * self.length
        base = Line((self.left, row.middle, 0), (end, row.middle, 0))
        label = Label(name, size=style.SMALL_SIZE, color=color)
        label.move_to((self.start + label.width / 2, row.middle, 0))
        row.base = base
        row.add(base.set_stroke(style.GRID.dark, width=1.5), label)
        self._floor -= height + GAP
        self.rows[name] = row
        self.add(row)
        return row, base

    def _marks(self, row: _Row, heights: Array) -> dict[int, Line]:
        marks = {}
        for k in np.flatnonzero(np.isfinite(heights)):
            half = np.array([0.46 * self.pitch, 0, 0])
            mark = Line(-half, half).set_stroke(style.INK.dark, width=3)
            marks[int(k)] = mark.move_to((self._across(int(k)), row.middle + heights[k], 0))
        row.add(*marks.values())
        return marks

    def _fill(self, draw: Draw) -> Self:
        self._draws.append(draw)
        for k in range(self.length):
            draw(k, min(1.0, max(0.0, self.step - k)))
        self._place_cursor()
        return self

    def _across(self, k: int) -> float:
        return self.left + (k + 0.5) * self.pitch

    def _foot(self, base: Line, k: int) -> Array:
        start, end = base.get_start(), base.get_end()
        foot: Array = start + (k + 0.5) / self.length * (end - start)
        return foot

    def _place_cursor(self) -> None:
        if not self.rows:
            return
        bases = [row.base for row in self.rows.values()]
        current = max(int(np.ceil(self.step)) - 1, 0)
        # The cursor leaps at the start of a step: the columns are read one by one.
        k = max(current - 1 + min(1.0, (self.step - current) / 0.3), 0.0)
        foot = self._foot(bases[0], 0) + k * np.array([self.pitch, 0, 0])
        top = bases[0].get_y() + 0.2
        _box(self.cursor, np.array([foot[0], top, 0]), self.pitch, self._floor + GAP - 0.2)


class _Row(VGroup):
    """One row of a `Timeline`: its base line in the middle, its name, what stands in it."""

    base: Line

    def __init__(self, middle: float) -> None:
        super().__init__()
        self.middle = middle


def _box(shape: VMobject, foot: Array, width: float, height: float, *, more: bool = False) -> None:
    """Make `shape` a rectangle that stands on the middle `foot` of its lower edge.

    With `more` the rectangle is added to what the shape is; one without a height is none.
    """
    if not more:
        shape.clear_points()
    if height == 0:
        return
    x, y, half = foot[0], foot[1], width / 2
    corners = [(x - half, y), (x + half, y), (x + half, y + height), (x - half, y + height)]
    shape.start_new_path(np.array([*corners[0], 0.0]))
    shape.add_points_as_corners([np.array([a, b, 0.0]) for a, b in (*corners[1:], corners[0])])
