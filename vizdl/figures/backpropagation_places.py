"""Where everything stands in the figure of back-propagation, in Python as on a page."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.experiments.backpropagation import AROUND
from vizdl.experiments.backpropagation_flow import MOMENTS

NODES_AT = np.array([0.8, 3.6, 6.4, 9.2])
WEIGHTS_AT = np.array([2.2, 5.0])  # w_1, w_2: on the edges
WAY = -0.5  # the height at which the derivatives walk back
DROP = (-1.75, -1.2)  # and where they reach w_1 and w_2
TRIED_NEEDS = ("at", "to", "before", "then", "curve", "ratio", "ratios", "derivative", "second")
TITLES = ("w₁", "w₂")
SPOTS = np.array(  # of the ring at each moment; after the shift it is out of sight
    [
        [*NODES_AT, NODES_AT[2], WEIGHTS_AT[1], NODES_AT[1], WEIGHTS_AT[0], -10],
        [0, 0, 0, 0, 0, 0, 0, 0, 0],
    ]
)
STATIONS = np.array(  # of the way back: from J on, with a branch to each weight
    [
        [NODES_AT[3], NODES_AT[2], np.nan, NODES_AT[2], WEIGHTS_AT[1], WEIGHTS_AT[1], np.nan,
         NODES_AT[2], NODES_AT[1], np.nan, NODES_AT[1], WEIGHTS_AT[0], WEIGHTS_AT[0]],
        [WAY, WAY, np.nan, WAY, WAY, DROP[1], np.nan, WAY, WAY, np.nan, WAY, WAY, DROP[0]],
    ]
)  # fmt: skip
REACHED = np.array([4, 4, 4, 5, 5, 5, 5, 6, 6, 6, 7, 7, 7])  # when each of them is reached


def seen(step: Any, values: Any, after: Any, old: Any, new: Any) -> dict[str, Any]:
    """What of the chain is known at a moment, and where on it the moment stands."""
    shifted = anp.where(step == MOMENTS - 1, 1.0, 0.0)
    way = anp.where(step >= REACHED, STATIONS, np.nan)
    here = anp.where(np.arange(MOMENTS) == step, 1.0, 0.0)
    spot = [anp.sum(anp.where(np.arange(MOMENTS) == step, row, 0.0)) for row in SPOTS]
    forward = anp.where(np.arange(4) <= step, NODES_AT, np.nan)
    return {
        "now": here,
        "known": anp.where(np.arange(4) <= step, 1.0, 0.0),
        "back": anp.where(np.array([6, 4]) <= step, 1.0, 0.0),
        "at_weight": anp.where(np.array([7, 5]) <= step, 1.0, 0.0),
        "value": anp.where(shifted > 0, after, values),
        "weight": anp.where(shifted > 0, new, old),
        "forward": anp.stack([forward, 0.0 * forward]),
        "way": way,
        "ring": anp.reshape(anp.stack(spot), (2, 1)),
        "one": np.eye(4) + 0.0 * step,
        "to_node": np.array([0.0, 6, 4, 3]) + 0.0 * step,
        "to_weight": np.array([7.0, 5]) + 0.0 * step,
    }


def drawn(
    at: Any, to: Any, before: Any, then: Any, curve: Any, ratio: Any, ratios: Any, derivative: Any,
    second: Any, nudge: Any,
) -> dict[str, Any]:  # fmt: skip
    """Where the nudge and its ratio are drawn."""
    ends = np.array([AROUND[0], AROUND[-1]])
    top = anp.max(curve)
    low = anp.minimum(anp.min(ratios), derivative)
    high = anp.maximum(anp.max(ratios), derivative)
    room = 0.12 * (high - low) + 0.02 * anp.maximum(anp.abs(high), 0.01)
    return {
        "tangent": anp.stack([ends + 0 * at, before + derivative * (ends - at)]),
        "secant": anp.stack([ends + 0 * at, before + ratio * (ends - at)]),
        "points": anp.stack([anp.stack([at, to]), anp.stack([before, then])]),
        "limit": anp.stack([derivative, derivative]),
        "across": anp.reshape(nudge + 0 * at, (1,)),
        "up": anp.reshape(ratio, (1,)),
        "which": anp.reshape(second, (1,)),
        "heights": anp.stack([-0.06 * top, 1.06 * top]),
        "span": anp.stack([low - room, high + room]),
    }
