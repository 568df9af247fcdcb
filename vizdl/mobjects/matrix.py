"""Matrices and vectors: cells and numbers whose sign is a hue and whose size is a brightness."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, Rectangle, Square, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, network
from vizdl.mobjects.text import Number

Array = NDArray[np.float64]

BLACK, WHITE = "#000000", "#ffffff"  # one of the two is legible on any cell


class SignedMatrix(VGroup):
    """A matrix as cells coloured by sign, brighter the larger; small values fade away.

    ``w = SignedMatrix(weights, numbers=True); w.select(row=2); self.play(SetValues(w, trained))``

    `w` is (R, C), or (C,) for one row. `cell` is the side of a cell in units of the frame,
    `limit` the size that has the full colour (the largest of `w` if left out), `numbers` writes
    each value into its cell with `places` decimals.
    """

    def __init__(
        self,
        w: ArrayLike,
        *,
        cell: float = 0.5,
        limit: float | None = None,
        numbers: bool = False,
        places: int = 1,
        size: float = style.SMALL_SIZE,
    ) -> None:
        given = np.asarray(w)
        self.values = check.array("w", given[None] if given.ndim == 1 else given, ("R", "C"))
        self.limit = float(limit if limit is not None else np.abs(self.values).max() or 1.0)
        rows, columns = self.values.shape
        square = Square(cell).set_stroke(style.GRID.dark, width=1.5).set_fill(opacity=1)
        self.cells = VGroup(*[square.copy() for _ in range(rows * columns)])
        self.cells.arrange_in_grid(rows, columns, buff=0)
        self.numbers = VGroup()
        if numbers:
            for value, box in zip(self.values.flat, self.cells, strict=True):
                label = Number(float(value), places=places, size=size)
                self.numbers.add(label.move_to(box))
        self.outline = Rectangle(width=cell, height=cell, stroke_width=0, color=style.INK.dark)
        super().__init__(self.cells, self.numbers, self.outline)
        self.set_values(self.values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.values.shape
        return rows, columns

    def set_values(self, w: ArrayLike) -> Self:
        """Show other values of the same shape, in place."""
        self.values = np.asarray(w, dtype=float).reshape(self.values.shape)
        for index, value in enumerate(self.values.flat):
            color = style.signed_colour(float(value), self.limit)
            self.cells[index].set_fill(color)
            if len(self.numbers):
                label = self.numbers[index]
                label.set_value(float(value)).set_fill(_legible(color))
                label.move_to(self.cells[index])
        return self

    def cell(self, row: int, column: int) -> VMobject:
        """The cell of one value."""
        return self.cells[row * self.shape[1] + column]

    def row(self, row: int) -> VGroup:
        """The cells of a row, with their numbers."""
        return self._parts([row * self.shape[1] + c for c in range(self.shape[1])])

    def column(self, column: int) -> VGroup:
        """The cells of a column, with their numbers."""
        return self._parts([r * self.shape[1] + column for r in range(self.shape[0])])

    def select(self, row: float | None = None, column: float | None = None) -> Self:
        """Outline a row, a column, or with both one cell; between two whole ones it glides.

        ``select()`` takes the outline away.
        """
        if row is None and column is None:
            self.outline.set_stroke(width=0)
            return self
        first, last = self.cells[0].get_center(), self.cells[-1].get_center()
        side = self.cells[0].width
        middle, extent = (first + last) / 2, (last - first)
        rows, columns = self.shape
        width, height = self.cells.width, self.cells.height
        if column is not None:
            middle[0] = first[0] + extent[0] * column / max(1, columns - 1)
            width = side
        if row is not None:
            middle[1] = first[1] + extent[1] * row / max(1, rows - 1)
            height = side
        self.outline.stretch_to_fit_width(width + 0.06).stretch_to_fit_height(height + 0.06)
        self.outline.move_to(middle).set_stroke(style.INK.dark, width=4)
        return self

    def _parts(self, indices: list[int]) -> VGroup:
        numbers = [self.numbers[i] for i in indices] if len(self.numbers) else []
        return VGroup(*[self.cells[i] for i in indices], *numbers)

    @classmethod
    def example(cls) -> Self:
        """The weights with which a layer of four units begins, one row of them outlined."""
        weights = network.init([6, 4], "tanh", seed=3).weights[0]
        return cls(weights, cell=0.8, numbers=True, places=2).select(row=1)


class NumberColumn(VGroup):
    """A vector as a column of numbers between brackets, each in the colour of its sign.

    ``h = NumberColumn(trace.h[0, 0]); self.play(SetValues(h, trace.h[1, 0]))``

    `v` is (N,). Colours go from grey at 0 to the full colour at `limit`, so that even a small
    number stays legible. `horizontal` lays the vector out as a row.
    """

    def __init__(
        self,
        v: ArrayLike,
        *,
        places: int = 2,
        limit: float | None = None,
        size: float = style.LABEL_SIZE,
        pitch: float | None = None,
        horizontal: bool = False,
        brackets: bool = True,
    ) -> None:
        self.values = check.array("v", v, ("N",))
        self.limit = float(limit if limit is not None else np.abs(self.values).max() or 1.0)
        largest = max(self.limit, float(np.abs(self.values).max()))
        slot = Number(-largest, places=places, size=size).width
        step = pitch or (slot + 0.3 if horizontal else 0.0165 * size)
        way = step * (RIGHT if horizontal else DOWN)
        self.numbers = VGroup()
        for index, value in enumerate(self.values):
            number = Number(float(value), places=places, size=size, anchor="right")
            foot = index * way + slot / 2 * RIGHT
            self.numbers.add(number.shift(foot - number.get_right()))
        self.brackets = VGroup()
        count = len(self.values)
        width = slot + (count - 1) * step * horizontal + 0.36
        height = step if horizontal and pitch else 0.0165 * size
        height += 0.0 if horizontal else (count - 1) * step
        middle = (count - 1) / 2 * way
        if brackets:
            for side in (-1, 1):
                edge = middle + side * width / 2 * RIGHT
                self.brackets.add(_bracket(edge, height, -side))
        super().__init__(self.brackets, self.numbers)
        self.center()
        self.set_values(self.values)

    def set_values(self, v: ArrayLike) -> Self:
        """Show other values of the same number, in place."""
        self.values = np.asarray(v, dtype=float).reshape(self.values.shape)
        for number, value in zip(self.numbers, self.values, strict=True):
            number.set_value(float(value)).set_fill(ink(float(value), self.limit))
        return self

    def number(self, index: int) -> Number:
        """One of the numbers."""
        return self.numbers[index]  # type: ignore[return-value]

    @classmethod
    def example(cls) -> Self:
        """What four fresh tanh units make of one input."""
        model = network.init([6, 4], "tanh", seed=3, output_activation="tanh")
        return cls(network.forward(model, [[0.9, -0.4, 0.1, 0.6, -1.0, 0.3]]).output[0])


def ink(value: float, limit: float) -> str:
    """Colour of a signed number as text: grey at 0, the full colour of its sign at `limit`."""
    role = style.POSITIVE if value >= 0 else style.NEGATIVE
    share = min(1.0, abs(value) / limit) if limit > 0 else 0.0
    return style.mix(style.MUTED.dark, role.dark, share)


def _legible(background: str) -> str:
    return max((WHITE, BLACK), key=lambda color: style.contrast(color, background))


def _bracket(edge: Array, height: float, inwards: int) -> VMobject:
    top, bottom = edge - height / 2 * DOWN, edge + height / 2 * DOWN
    tick = -0.12 * inwards * LEFT
    line = VMobject(stroke_color=style.MUTED.dark, stroke_width=3)
    return line.set_points_as_corners([top + tick, top, bottom, bottom + tick])
