"""A dense layer as a matrix product: each row is swept with the input, and its sum ticks."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import RIGHT, UP, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, network
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.text import Label, Maths

Array = NDArray[np.float64]

BIAS = 0.8  # share of a row's step after which the bias joins


class LayerProduct(VGroup):
    """z = W x + b in cells, shown up to `step`: how many of the rows have been multiplied out.

    ``layer = LayerProduct(w, x, b); self.play(Advance(layer, to=3), run_time=6)``

    `w` is (R, C), `x` (C,), `b` (R,). Between two whole steps an outline sweeps over the row and
    the input, and the row's sum ticks from product to product, the bias last. Parts to point at:
    `w`, `x`, `b`, `z` (each a `SignedMatrix`), `names`, `signs`.
    """

    def __init__(
        self,
        w: ArrayLike,
        x: ArrayLike,
        b: ArrayLike,
        *,
        cell: float = 0.8,
        gap: float = 0.55,
        names: tuple[str, str, str, str] = ("W", "bold(x)", "bold(b)", "bold(z)"),
        places: int = 2,
        step: float = 0.0,
    ) -> None:
        weights = check.array("w", w, ("R", "C"))
        given = check.array("x", x, (weights.shape[1],))
        bias = check.array("b", b, (len(weights),))
        terms = np.concatenate([np.zeros((len(bias), 1)), weights * given], axis=1)
        self.partial = np.cumsum(terms, axis=1)  # (R, C+1), sums of the first products
        self.sums = self.partial[:, -1] + bias
        limit = float(max(np.abs(self.partial).max(), np.abs(self.sums).max())) or 1.0

        def column(values: Array, limit: float) -> SignedMatrix:
            return SignedMatrix(
                values[:, None], cell=cell, limit=limit, numbers=True, places=places
            )

        self.w = SignedMatrix(weights, cell=cell, numbers=True, places=places)
        self.x = column(given, float(np.abs(given).max()) or 1.0)
        self.b = column(bias, self.w.limit)
        self.z = column(np.zeros(len(bias)), limit)
        parts = VGroup(self.w, self.x, self.b, self.z).arrange(RIGHT, buff=gap)
        self.x.align_to(self.w, UP)
        self.signs = VGroup()
        for sign, part in zip("·+=", parts[1:], strict=True):
            mark = Label(sign, size=style.BODY_SIZE, color=style.MUTED.dark)
            at = np.array([part.get_left()[0] - gap / 2, self.w.get_y(), 0])
            self.signs.add(mark.move_to(at))
        self.names = VGroup()
        for name, part in zip(names, parts, strict=True):
            words = Maths(name, size=style.LABEL_SIZE, color=style.MUTED.dark)
            self.names.add(words.next_to(part, UP, buff=0.18))
        super().__init__(*parts, self.signs, self.names)
        self.center()
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The number of rows."""
        return len(self.sums)

    def set_step(self, step: float) -> Self:
        """Show the sums of the first `step` rows; between two whole ones a row is swept."""
        self.step = float(np.clip(step, 0, self.steps))
        row = min(int(self.step), self.steps - 1)
        share = self.step - row
        columns = self.partial.shape[1] - 1
        swept = min(columns, columns * share / BIAS)
        index = min(int(swept), columns - 1)
        shown = np.where(np.arange(self.steps) < self.step, self.sums, 0.0)
        if share < 1:
            shown[row] = np.interp(swept, np.arange(columns + 1), self.partial[row])
            if share > BIAS:
                part = (share - BIAS) / (1 - BIAS)
                shown[row] += part * (self.sums[row] - self.partial[row, -1])
        self.z.set_values(shown)
        for number, seen in zip(self.z.numbers, np.arange(self.steps) < self.step, strict=True):
            number.set_opacity(float(seen))
        busy = 0 < share < 1
        self.w.select(*((row, index) if busy and share <= BIAS else (None, None)))
        self.x.select(*((index, 0) if busy and share <= BIAS else (None, None)))
        self.b.select(*((row, 0) if busy and share > BIAS else (None, None)))
        self.z.select(*((row, 0) if busy else (None, None)))
        return self

    def point_at(self, row: int | None = None, column: int | None = None) -> Self:
        """Outline a row, a column or one cell, with what it takes and what it makes; or nothing."""
        whole = row is None and column is None
        self.w.select(row, column)
        self.x.select(*((None, None) if whole else (column, 0)))
        self.z.select(*((None, None) if whole else (row, 0)))
        self.b.select()
        return self

    @classmethod
    def example(cls) -> Self:
        """A fresh layer, in the middle of its second row."""
        model = network.init([4, 3], "tanh", seed=3)
        return cls(model.weights[0], [0.9, -0.4, 0.1, 0.6], [0.1, -0.2, 0.3], step=1.5)
