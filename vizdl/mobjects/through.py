"""An animation that takes a part through a row of arrays: a training, snapshot by snapshot."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import linear
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check
from vizdl.mobjects.advance import InPlace


class Through(InPlace):
    """Take a part through what it shows, one after the other, in place, evenly over the time.

    ``self.play(Through(field, fields), Through(number, losses), Through(dot, places), run_time=6)``

    `row` holds arrays (K, …) for a part with ``set_values``, numbers (K,) for one with
    ``set_value``, and places (K, 3) for any other mobject. Between two, each number goes straight
    from one to the other. `start` is where in the row it begins, as a number of its items.
    """

    def __init__(self, part: Any, row: ArrayLike, *, start: float = 0.0, **options: Any) -> None:
        self.part = part
        self.row: NDArray[np.float64] = np.asarray(row, dtype=float)
        kind = type(part)  # a mobject itself seems to have whatever begins with set_
        if hasattr(kind, "set_values"):
            if self.row.ndim < 2:
                raise ValueError(f"row must hold arrays (K, …), got shape {self.row.shape}")
            self.show = part.set_values
        elif hasattr(kind, "set_value"):
            self.row = check.array("row", self.row, ("K",))
            self.show = part.set_value
        else:
            self.row = check.array("row", self.row, ("K", 3))
            self.show = part.move_to
        self.start = check.number("start", start, at_least=0, at_most=len(self.row) - 1)
        super().__init__(part, **{"rate_func": linear, **options})

    def interpolate_mobject(self, alpha: float) -> None:
        """Show what stands at the share `alpha` of the way through the row."""
        last = len(self.row) - 1
        at = self.start + float(np.clip(self.rate_func(alpha), 0, 1)) * (last - self.start)
        before = min(int(at), max(0, last - 1))
        after = min(before + 1, last)
        share = at - before
        self.show((1 - share) * self.row[before] + share * self.row[after])
