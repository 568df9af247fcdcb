"""A small image as squares: what a network sees, or what one of its units looks for."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import UL, Rectangle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check
from vizdl.mobjects.paper import segments

Array = NDArray[np.float64]

GROUND = style.SURFACE.dark  # of a grey image: where there is no ink, the paper still shows


class PixelImage(VGroup):
    """An image of squares, grey, or with ``signed=True`` coloured by the sign of each number.

    ``image = PixelImage(digit, size=2); self.play(SetValues(image, another))``

    `values` is (R, C). `size` is the length of the longer side in units of the frame, `limit` the
    number that has the full colour (the largest of `values` if left out). Grey goes from the
    ground at 0 to the colour of data; a signed image fades into the background at 0, and has a
    frame, so that it is seen where it ends. `gap` is left free between pixels, as a share of one.
    Where there are dozens of images, `shades` draws each as so many pieces, all pixels of about one
    colour in one, which is much faster; such an image has no single pixels.
    """

    def __init__(
        self,
        values: ArrayLike,
        *,
        size: float = 2.0,
        signed: bool = False,
        limit: float | None = None,
        gap: float = 0.06,
        shades: int = 0,
    ) -> None:
        self.values: Array = check.array("values", values, ("R", "C"))
        self.signed = signed
        self.limit = float(limit if limit is not None else np.abs(self.values).max() or 1.0)
        rows, columns = self.values.shape
        self.pitch, self.gap = size / max(rows, columns), gap
        self.border = Rectangle(width=self.pitch * columns, height=self.pitch * rows)
        self.border.set_stroke(style.GRID.dark, width=1.5 if signed else 0)
        self.levels = np.linspace(-self.limit if signed else 0, self.limit, shades or 2)
        whole = self._squares()
        count = shades or len(whole)
        self.pixels = VGroup(*[VMobject(stroke_width=0) for _ in range(count)])
        for index, piece in enumerate(self.pixels):
            piece.set_fill(self.colour(float(self.levels[index])) if shades else None, opacity=1)
            if not shades:
                piece.set_points(whole[index])
        self.shades = shades
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
        if self.shades:
            whole = self._squares()
            nearest = np.abs(self.values.reshape(-1, 1) - self.levels).argmin(axis=1)
            for level, piece in enumerate(self.pixels):
                piece.set_points(whole[nearest == level].reshape(-1, 3))
            return self
        for pixel, value in zip(self.pixels, self.values.flat, strict=True):
            pixel.set_fill(self.colour(float(value)))
        return self

    def colour(self, value: float) -> str:
        """The colour of a pixel that holds this number."""
        if self.signed:
            return style.signed_colour(value, self.limit)
        return style.mix(GROUND, style.DATA.dark, float(np.clip(value / self.limit, 0, 1)))

    def pixel(self, row: int, column: int) -> VMobject:
        """The square of one number. Raises ValueError where pixels are drawn together."""
        if self.shades:
            raise ValueError("an image drawn in shades has no single pixels")
        found: VMobject = self.pixels[row * self.shape[1] + column]
        return found

    def _squares(self) -> Array:
        """The outline of each pixel where the image stands now, as Bezier points (R C, 16, 3)."""
        rows, columns = self.values.shape
        left, top, _ = self.border.get_corner(UL)
        side = self.border.width / columns
        row, column = np.divmod(np.arange(rows * columns), columns)
        centre = np.stack([left + side * (column + 0.5), top - side * (row + 0.5)], axis=-1)
        corners = np.array([[-1, 1], [1, 1], [1, -1], [-1, -1]]) * side * (1 - self.gap) / 2
        around = np.zeros((rows * columns, 4, 3))
        around[..., :2] = centre[:, None] + corners
        ends = np.roll(around, -1, axis=1)
        lines = segments(around.reshape(-1, 3), ends.reshape(-1, 3))  # (4 R C, 4, 3)
        return lines.reshape(rows * columns, 16, 3)

    @classmethod
    def example(cls) -> VGroup:
        """A handwritten digit, and what is in it that another one lacks."""
        from vizdl import data  # scikit-learn takes half a second to import

        first, second = data.digits().x[[8, 9]].reshape(2, 8, 8)
        return VGroup(cls(first), cls(first - second, signed=True)).arrange(buff=0.4)
