"""One step back through time, in the numbers that run through the equation."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import RIGHT, VGroup
from numpy.typing import ArrayLike

from vizdl import style
from vizdl.engines import rnn
from vizdl.mobjects.cells import SetValues, StateCell
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.text import Maths


class StepBack(VGroup):
    """The gradient before a step, the weights, the slopes and the gradient after it, as colours.

        after = W_hhᵀ (slope ⊙ before)

    ``step = StepBack(w_hh, limit=1.0); self.play(*step.tick(before, slope, after))``

    `w_hh` is (H, H), drawn transposed; the three columns are `StateCell`s of H strips. `limit` is
    the magnitude at which a component of the gradient has its full colour.
    """

    def __init__(self, w_hh: ArrayLike, *, limit: float = 1.0, height: float = 0.96) -> None:
        weights = np.asarray(w_hh, dtype=float)
        size = len(weights)
        gradient = style.GRADIENT.dark
        self.after = StateCell(size, color=gradient, height=height, limit=limit)
        self.before = StateCell(size, color=gradient, height=height, limit=limit)
        self.slope = StateCell(size, height=height)
        self.weights = SignedMatrix(weights.T, cell=height / size)
        equals, times = (Maths(sign, size=style.LABEL_SIZE) for sign in ("=", "dot.o"))
        left, right = (Maths(side).stretch_to_fit_height(height) for side in ("\\(", "\\)"))
        super().__init__(
            self.after, equals, self.weights, left, self.slope, times, self.before, right
        )
        self.arrange(RIGHT, buff=0.15)

    def tick(self, before: ArrayLike, slope: ArrayLike, after: ArrayLike) -> list[SetValues]:
        """The animations that take the three columns to these numbers, each (H,)."""
        return [
            SetValues(self.before, before),
            SetValues(self.slope, slope),
            SetValues(self.after, after),
        ]

    @classmethod
    def example(cls) -> Self:
        """The last step of a small network, whose output itself is the loss."""
        model = rnn.init(1, 4, 1, seed=3)
        trace = rnn.forward(model, np.ones((2, 1, 1)))
        vectors = rnn.bptt(model, trace, np.ones((2, 1, 1))).flow_vectors[1, :, 0]
        step = cls(model.w_hh, limit=float(np.abs(vectors).max()))
        step.before.set_values(vectors[1])
        step.slope.set_values(1 - trace.h[2, 0] ** 2)
        step.after.set_values(vectors[0])
        return step
