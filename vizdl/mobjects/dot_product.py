"""The dot product: row and vector are swept together, and their products tick up into a sum."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, VGroup
from numpy.typing import ArrayLike

from vizdl import style
from vizdl.engines import check, network
from vizdl.mobjects.matrix import SignedMatrix, ink
from vizdl.mobjects.text import Label, Number


class DotProduct(VGroup):
    """sum_k row_k column_k, shown up to `step`: how many of the products are in the sum.

    ``dot = DotProduct(w[2], x); self.play(Advance(dot, to=len(x)), run_time=4)``

    `row` and `column` are (N,). An outline sweeps over both; beneath, the present product is
    spelled out while the sum ticks towards its new value. `dot.sum` is the `Number` of the sum.
    """

    def __init__(
        self,
        row: ArrayLike,
        column: ArrayLike,
        *,
        cell: float = 0.9,
        places: int = 2,
        size: float = style.BODY_SIZE,
        step: float = 0.0,
    ) -> None:
        first = check.array("row", row, ("N",))
        second = check.array("column", column, (len(first),))
        self.products = first * second
        self.sums = np.concatenate([[0.0], np.cumsum(self.products)])  # (N+1,)
        self.limit = float(np.abs(self.sums).max() or 1.0)
        options = {"cell": cell, "numbers": True, "places": places}
        self.row = SignedMatrix(first, **options)  # type: ignore[arg-type]
        self.column = SignedMatrix(second[:, None], **options)  # type: ignore[arg-type]
        self.column.next_to(self.row, RIGHT, buff=0.5).align_to(self.row, UP)

        def slot(value: float, size: float = size) -> Number:
            return Number(value, places=places, size=size, anchor="right")

        widest = -max(float(np.abs(part).max()) for part in (first, second, self.products))
        self.factors = VGroup(slot(widest), slot(widest))
        self.product, self.sum = slot(widest), slot(-self.limit, style.TITLE_SIZE)
        signs = [Label(sign, size=size, color=style.MUTED.dark) for sign in "×="]
        self.line = VGroup(self.factors[0], signs[0], self.factors[1], signs[1], self.product)
        self.line.arrange(RIGHT, buff=0.2)
        words = Label("sum", size=size, color=style.MUTED.dark)
        self.total = VGroup(words, self.sum).arrange(RIGHT, buff=0.4)
        below = VGroup(self.line, self.total).arrange(DOWN, buff=0.4, aligned_edge=RIGHT)
        below.next_to(self.row, DOWN, buff=0.5).align_to(self.row, LEFT)
        super().__init__(self.row, self.column, self.line, self.total)
        self.center()
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The number of products."""
        return len(self.products)

    def set_step(self, step: float) -> Self:
        """Show the sum of the first `step` products; between two whole ones it ticks."""
        self.step = float(np.clip(step, 0, self.steps))
        index = min(int(self.step), self.steps - 1)
        share = self.step - index
        done = self.step in (0, self.steps)
        # The outline rests on a pair for most of its step, then glides on to the next.
        glide = max(0.0, (share - 0.75) * 4) if index < self.steps - 1 else 0.0
        self.row.select(*(() if done else (0, index + glide)))
        self.column.select(*(() if done else (index + glide, 0)))
        terms = (self.row.values[0, index], self.column.values[index, 0], self.products[index])
        for number, term in zip((*self.factors, self.product), terms, strict=True):
            number.set_value(float(term)).set_fill(ink(float(term), abs(float(term))))
        self.line.set_opacity(0 if self.step == 0 else 1)
        total = self.sums[index] + min(1.0, share / 0.75) * self.products[index]
        self.sum.set_value(float(total)).set_fill(ink(float(total), self.limit))
        return self

    @classmethod
    def example(cls) -> Self:
        """One fresh unit's weights and its input, half-way through the sum."""
        weights = network.init([5, 3], "tanh", seed=3).weights[0]
        return cls(weights[0], [0.9, -0.4, 0.1, 0.6, -1.0], step=2.6)
