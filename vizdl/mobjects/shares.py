"""A small matrix for each step of a row, what it adds to one gradient, and how they add up."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Animation, FadeOut, LaggedStart, VGroup
from numpy.typing import ArrayLike

from vizdl.engines import check, rnn
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.through import Through


class Shares(VGroup):
    """A square matrix at each of some places: every step's share of a gradient.

    ``shares = Shares(4, places, width=0.8, limit=2); self.play(*shares.gather(total, sums))``

    Each is (`size`, `size`), `width` across and 0 at first: ``SetValues(shares[t], values)`` fills
    the one at ``places[t]`` (T, 3). `limit` is the magnitude at which a number has its full colour.
    """

    def __init__(self, size: int, places: ArrayLike, *, width: float, limit: float) -> None:
        spots = check.array("places", places, ("T", 3))
        empty = np.zeros((size, size))
        super().__init__(
            *[SignedMatrix(empty, cell=width / size, limit=limit).move_to(spot) for spot in spots]
        )

    def gather(
        self, total: SignedMatrix, sums: ArrayLike, *, scale: float = 1.5
    ) -> list[Animation]:
        """The shares fly into `total`, the last one first, and it goes from 0 through `sums`.

        `sums` (T, size, size) is what is there after each of them; `scale` how a share grows on
        its way. Play both for the same time.
        """
        flights = [
            FadeOut(share.copy(), target_position=total.cells, scale=scale) for share in self[::-1]
        ]
        reached = check.array("sums", sums, (len(self), *total.values.shape))
        row = np.concatenate([np.zeros((1, *total.values.shape)), reached])
        return [LaggedStart(*flights, lag_ratio=0.3), Through(total, row)]

    @classmethod
    def example(cls) -> Self:
        """What each of five steps adds to the gradient of a small network's recurrent weights."""
        model = rnn.init(1, 3, 1, seed=3)
        trace = rnn.forward(model, np.sin(np.arange(5.0))[:, None, None])
        found = rnn.bptt(model, trace, np.ones((5, 1, 1))).shares.w_hh
        shares = cls(3, [(t, 0, 0) for t in range(5)], width=0.8, limit=float(np.abs(found).max()))
        for share, values in zip(shares, found, strict=True):
            share.set_values(values)
        return shares
