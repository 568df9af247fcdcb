"""The lower triangle of back-propagation through time: how much of each loss reaches a state."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import DOWN, LEFT, Mobject, Rectangle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, rnn
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.text import Label, Maths

Array = NDArray[np.float64]


class GradientTriangle(VGroup):
    """A cell for each loss t (row) and each state k ≤ t (column), the brighter the larger.

    ``triangle = GradientTriangle(flow, shown=0); self.play(SetValues(triangle, mask))``

    `flow` (T, T) holds ‖dL_t/dh_k‖ (the upper half is not looked at), `width` and `height` are
    those of a cell. Brightness goes by the logarithm from `floor` (as a share of the largest) to
    the largest, or with ``log=False`` by the number itself. `values` (T, T) says how much of each
    cell is there to be seen, from 0 to 1: `shown` at first, then by `SetValues` or `set_values`.
    """

    def __init__(
        self,
        flow: ArrayLike,
        *,
        width: float = 0.42,
        height: float = 0.42,
        log: bool = True,
        floor: float = 4e-3,
        shown: float = 1.0,
        labels: bool = True,
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.flow = check.array("flow", flow, ("T", "T"))
        steps = len(self.flow)
        self.flow = np.tril(check.array("flow", self.flow, (steps, steps)))
        self.floor = floor
        self.shares = brightness(self.flow, log=log, floor=floor)
        self.values = np.full((steps, steps), float(shown))
        self.cells = VGroup()
        self._index: dict[tuple[int, int], int] = {}
        for t in range(steps):
            for k in range(t + 1):
                cell = Rectangle(width=0.9 * width, height=0.84 * height, stroke_width=1)
                self._index[t, k] = len(self.cells)
                self.cells.add(cell.move_to((k * width, -t * height, 0)))
        self.cells.center()
        self.rows, self.columns = VGroup(), VGroup()
        super().__init__(self.cells, self.rows, self.columns)
        if labels:
            self._label(width, height, size)
        self.set_values(self.values)

    def set_values(self, values: ArrayLike) -> Self:
        """Let this much of each cell be seen, from 0 (an empty place) to 1. Shape (T, T)."""
        self.values = np.broadcast_to(np.asarray(values, dtype=float), self.flow.shape).copy()
        ground = style.mix(style.BACKGROUND.dark, style.SURFACE.dark, 0.6)
        for (t, k), index in self._index.items():
            seen = float(self.values[t, k])
            full = self._full(t, k)
            cell = self.cells[index]
            cell.set_fill(style.mix(ground, full, seen), opacity=1)
            cell.set_stroke(style.mix(style.SURFACE.dark, full, seen))
        return self

    def mask(self, cells: ArrayLike) -> Array:
        """`values` with these cells (N, 2), pairs of t and k, in full: what `SetValues` goes to."""
        found = self.values.copy()
        for t, k in np.asarray(cells, dtype=int):
            found[t, k] = 1.0
        return found

    def cell(self, t: int, k: int) -> VMobject:
        """The cell of loss t and state k ≤ t."""
        if (t, k) not in self._index:
            raise ValueError(f"the triangle has no cell ({t}, {k}): it needs 0 ≤ k ≤ t < T")
        found: VMobject = self.cells[self._index[t, k]]
        return found

    def lit(self, t: int, k: int) -> VMobject:
        """A copy of a cell as it looks in full: what flies to its place, or away from it."""
        colour = self._full(t, k)
        return self.cell(t, k).copy().set_fill(colour, opacity=1).set_stroke(colour)

    def row(self, t: int) -> VGroup:
        """The cells of one loss, from the first state to its own."""
        return VGroup(*[self.cell(t, k) for k in range(t + 1)])

    def column(self, k: int) -> VGroup:
        """The cells of one state, from its own loss to the last."""
        return VGroup(*[self.cell(t, k) for t in range(k, len(self.flow))])

    def path(self, t: int, k: int, color: str = style.INK.dark) -> VGroup:
        """The way of loss t back to state k: a line from (t, t) to (t, k), which is framed."""
        start, end = self.cell(t, t), self.cell(t, k)
        line = stroke(color, width=3)
        line.set_points_as_corners([start.get_center(), end.get_right()])
        frame = Rectangle(width=end.width + 0.06, height=end.height + 0.06, stroke_width=4)
        return VGroup(line, frame.set_stroke(color).move_to(end))

    def _full(self, t: int, k: int) -> str:
        return style.mix(style.SURFACE.dark, style.GRADIENT.dark, float(self.shares[t, k]))

    def _label(self, width: float, height: float, size: float) -> None:
        steps = len(self.flow)
        for t in range(0, steps, int(np.ceil(0.3 / height))):
            name = Maths(f"L_{t + 1}", size=size, color=style.LOSS.dark)
            self.rows.add(name.next_to(self.cell(t, 0), LEFT, buff=0.14))
        for k in range(0, steps, int(np.ceil(0.42 / width))):
            name = Maths(f"h_{k + 1}", size=size, color=style.HIDDEN.dark)
            self.columns.add(name.next_to(self.cell(steps - 1, k), DOWN, buff=0.12))

    @classmethod
    def example(cls) -> Self:
        """How strongly the losses of a small network reach its states, over eight steps."""
        model = rnn.init(1, 4, 1, seed=3)
        wave = np.sin(np.arange(8) * np.pi / 3 + 0.5)[:, None, None]
        found = rnn.bptt(model, rnn.forward(model, wave), np.ones((8, 1, 1)))
        triangle = cls(found.flow)
        triangle.add(triangle.path(6, 2))
        return triangle


def brightness(flow: ArrayLike, *, log: bool = True, floor: float = 4e-3) -> Array:
    """How bright each number is drawn, 0 to 1: by its logarithm above `floor` of the largest."""
    given = np.abs(np.asarray(flow, dtype=float))
    largest = float(given.max())
    if largest == 0:
        return np.zeros_like(given)
    share: Array = given / largest
    if not log:
        return share
    least = check.number("floor", floor, above=0, below=1)
    result: Array = 1 - np.log(np.maximum(share, least)) / np.log(least)
    return result


def legend(low: str, high: str, *, width: float = 1.6, **label: Any) -> Mobject:
    """The scale of the brightness: a strip from dark to bright between two words."""
    steps = 24
    strip = VGroup()
    for share in np.linspace(0, 1, steps):
        bit = Rectangle(width=width / steps + 0.01, height=0.2, stroke_width=0)
        colour = style.mix(style.SURFACE.dark, style.GRADIENT.dark, float(share))
        strip.add(bit.set_fill(colour, opacity=1))
    strip.arrange(buff=-0.01)
    options = {"size": style.SMALL_SIZE, "color": style.MUTED.dark, **label}
    return VGroup(Label(low, **options), strip, Label(high, **options)).arrange(buff=0.2)
