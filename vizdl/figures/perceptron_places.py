"""Where everything stands in the figure of the perceptron, in Python as on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.experiments.perceptron import STEPS

BEYOND = 10.0  # how far the line of the split is drawn either way: out of the plane
GROUND = {
    "sigmoid": (-0.12, 1.12),
    "tanh": (-1.25, 1.25),
    "relu": (-0.12, 1.0),
    "identity": (-1, 1),
}
BOUNDED = ("sigmoid", "tanh")  # the ground of the others is as large as the sums are


def axes(name: str) -> Callable[[Any], dict[str, Any]]:
    """The ends of the axis of the sums, and of that of the activation's output."""

    def ends(sums: Any) -> dict[str, Any]:
        reach = 1.25 * anp.maximum(3.6, anp.max(anp.abs(sums)))
        low, high = GROUND[name]
        size = 1.0 if name in BOUNDED else reach
        return {"x": anp.stack([-reach, reach]), "y": anp.stack([low * size, high * size])}

    return ends


def drawn(
    *, products: Any, sums: Any, output: Any, bias: Any, across: Any, up: Any, step: Any
) -> dict[str, Any]:
    """Bars, numbers and dots after that step: what is not known yet is NaN or out of sight.

    `bars` (4, 2) are where the bars of the rows begin and end, `links` (9,) what joins them,
    `way` (2, 3) the way from the sum to the output; `at` (6,) marks the step.
    """
    so_far = anp.where(step < STEPS - 1, sums[2], sums[3])
    begins = anp.stack([sums[0], sums[1], sums[2], 0.0 * bias])
    ends = anp.stack([sums[1], sums[2], sums[3], so_far])
    known = step >= np.array([1, 2, 4, 3])
    ends = anp.where(known, ends, anp.nan)
    begins = anp.where(known, begins, anp.nan)
    gap = 0.03 * (across[1] - across[0])
    done = step == STEPS
    last = anp.where(done, sums[3], anp.nan)
    said = anp.where(sums[3] > 0, -0.17, 0.17) * (across[1] - across[0])
    return {
        "bars": anp.stack([begins, ends], axis=1),
        "positive": ends - begins >= 0,
        "terms": anp.stack([products[0], products[1], bias, so_far]),
        "known": known,
        "beside": anp.where(known, anp.maximum(begins, ends) + gap, across[0]),
        "links": anp.stack([x for end in ends[:3] for x in (end, end, anp.nan * bias)]),
        "way": anp.stack([anp.stack([last, last, across[0]]), anp.stack([up[1], output, output])]),
        "dot": anp.stack([anp.where(done, sums[3], 2 * across[0] - across[1]), output])[:, None],
        "said": anp.stack([anp.where(done, sums[3] + said, across[0]), output])[:, None],
        "at": np.arange(STEPS + 1) == step,
    }


def split(w1: Any, w2: Any, bias: Any) -> dict[str, Any]:
    """The line on which the sum is zero, and the weights from it on: (2, 2) each, x then y.

    Not a number where both weights are zero: there is no such line.
    """
    square = w1 * w1 + w2 * w2
    weights = anp.stack([w1, w2])
    foot = -bias * weights / anp.where(square > 0, square, anp.nan)
    along = BEYOND * anp.stack([-w2, w1]) / anp.sqrt(anp.where(square > 0, square, anp.nan))
    return {
        "line": anp.stack([foot - along, foot + along], axis=1),
        "weights": anp.stack([foot, foot + weights], axis=1),
    }
