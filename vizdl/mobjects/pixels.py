"""A small image as squares: what a network sees, or what one of its units looks for."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Rectangle, Square, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check

Array = NDArray[np.float64]

GROUND = style.SURFACE.dark  # of a grey image: where there is no ink, the paper still shows


class PixelImage(VGroup):
    """An image of squares, grey, or with ``signed=True`` coloured by the sign of each number.

    ``image = PixelImage(digit, size=2); self.play(SetValues(image, another))``

    `values` is (R, C). `size` is the length of the longer side in units of the frame, `limit` the
    number that has the full colour (the largest of `values` if left out). Grey goes from the
    ground at 0 to the colour of data; a signed image fades into the background at 0, and has a
    frame, so that it is seen where it ends. `gap` is left free between pixels, as a share of one.
    """

    def __init__(
        self,
        values: ArrayLike,
        *,
        size: float = 2.0,
        signed: bool = False,
        limit: float | None = None,
        gap: float = 0.06,
    ) -> None:
        self.values: Array = check.array("values", values, ("R", "C"))
        self.signed = signed
        self.limit = float(limit if limit is not None else np.abs(self.values).max() or 1.0)
        rows, columns = self.values.shape
        self.pitch = size / max(rows, columns)
        square = Square(self.pitch * (1 - gap), stroke_width=0).set_fill(opacity=1)
        self.pixels = VGroup(*[square.copy() for _ in range(self.values.size)])
        for index, pixel in enumerate(self.pixels):
            row, column = divmod(index, columns)
            across, down = column - (columns - 1) / 2, row - (rows - 1) / 2
            pixel.move_to((self.pitch * across, -self.pitch * down, 0))
        self.border = Rectangle(width=self.pitch * columns, height=self.pitch * rows)
        self.border.set_stroke(style.GRID.dark, width=1.5 if signed else 0)
        super().__init__(self.border, self.pixels)
        self.set_values(self.values)

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.values.shape
        return rows, columns

    def set_values(self, values: ArrayLike) -> Self:
        """Show other numbers, (R, C) or all of them in one row, in place."""
        self.values = np.asarray(values, dtype=float).reshape(self.values.shape)
        for pixel, value in zip(self.pixels, self.values.flat, strict=True):
            pixel.set_fill(self.colour(float(value)))
        return self

    def colour(self, value: float) -> str:
        """The colour of a pixel that holds this number."""
        if self.signed:
            return style.signed_colour(value, self.limit)
        return style.mix(GROUND, style.DATA.dark, float(np.clip(value / self.limit, 0, 1)))

    def pixel(self, row: int, column: int) -> VMobject:
        """The square of one number."""
        found: VMobject = self.pixels[row * self.shape[1] + column]
        return found

    @classmethod
    def example(cls) -> VGroup:
        """A handwritten digit, and what is in it that another one lacks."""
        from vizdl import data  # scikit-learn takes half a second to import

        first, second = data.digits().x[[8, 9]].reshape(2, 8, 8)
        return VGroup(cls(first), cls(first - second, signed=True)).arrange(buff=0.4)
