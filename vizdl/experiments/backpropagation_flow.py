"""Back-propagation on a page: the chain forward and back, its nudges and its shift."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp

from vizdl.experiments.backpropagation import AROUND, INPUT, NUDGES, chain
from vizdl.experiments.live import Flow, Run

MOMENTS = 9  # x, z, y_hat, J, then back: y_hat, w_2, z, w_1, and the shift


def flow() -> Flow:
    """The chain forward and back with the weights that are set, its nudges and its shift."""
    weights = {"w1": "w1", "w2": "w2", "y": "target"}
    return Flow(
        controls=("w1", "w2", "target", "nudged", "nudge", "learning_rate"),
        runs=(
            Run("chain", chain, weights),
            Run(
                "shift",
                shift,
                {**weights, "products": "chain.products", "rate": "learning_rate"},
            ),
            Run(
                "try",
                {"w1": nudge_first, "w2": nudge_second},
                {**weights, "nudge": "nudge", "products": "chain.products"},
                by="nudged",
            ),
        ),
        frames="shift.moments",
    )


def shift(w1: Any, w2: Any, y: Any, products: Any, rate: Any) -> dict[str, Any]:
    """Both weights moved against their derivatives, and the chain with them."""
    new = anp.stack([w1 - rate * products[3], w2 - rate * products[1]])
    return {
        "weights": anp.stack([w1 + 0 * rate, w2 + 0 * rate]),
        "new": new,
        "after": chain(new[0], new[1], y)["values"],
        "moments": 0 * rate + MOMENTS,
    }


def nudge_first(w1: Any, w2: Any, y: Any, nudge: Any, products: Any) -> dict[str, Any]:
    """Nudge w_1: see `_tried`."""
    return _tried(lambda a: (anp.tanh(a * INPUT) * w2 - y) ** 2, w1, nudge, products[3], 0)


def nudge_second(w1: Any, w2: Any, y: Any, nudge: Any, products: Any) -> dict[str, Any]:
    """Nudge w_2: see `_tried`."""
    return _tried(lambda a: (anp.tanh(w1 * INPUT) * a - y) ** 2, w2, nudge, products[1], 1)


def _tried(
    loss: Callable[[Any], Any], at: Any, nudge: Any, derivative: Any, second: float
) -> dict[str, Any]:
    """The loss along a weight (the second one or the first), a nudge, and nudges of all sizes."""
    here, there = loss(at), loss(at + nudge)
    ratios = (loss(at + NUDGES) - here) / NUDGES
    ratio = (there - here) / nudge
    return {
        "at": at + 0 * nudge,
        "to": at + nudge,
        "curve": loss(AROUND),
        "before": here + 0 * nudge,
        "then": there,
        "change": there - here,
        "ratio": ratio,
        "ratios": ratios,
        "derivative": derivative + 0 * nudge,
        "second": second + 0 * nudge,
        "apart": anp.abs(ratio - derivative),
    }
