"""Where everything stands in the figure of `feature_hierarchy`, in Python as on a page."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.experiments import feature_hierarchy_flow as flows
from vizdl.experiments.feature_hierarchy import FeatureHierarchyTrace
from vizdl.experiments.feature_hierarchy_network import SIDE, SIZES, UNITS
from vizdl.figures.words import named

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

ROWS = 8  # of units in a column
TALL = 0.36  # half of a bar, as a share of its row

# Where each unit stands: the first layer in four columns, the second in two, the outputs in one.
COLUMN = np.concatenate([np.arange(32) // ROWS, 5.5 + np.arange(16) // ROWS, np.full(10, 9.0)])
ROW = np.concatenate([np.arange(32) % ROWS, np.arange(16) % ROWS, np.arange(10) * 7 / 9])
SIDES = np.repeat([0.84, 0.84, 0.66], SIZES[1:])
FIRST_CHANCE, WIDEST_CHANCE = 10.5, 2.0  # where the bars of the chances begin, how long they get


def numbers(trace: FeatureHierarchyTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    which = int(trace.settings.trained)
    passed = trace.passed
    found = flows.read(passed.post[1][0], passed.post[2][0], trace.excitement, trace.chances)
    return {
        "input.rows": trace.pixels.reshape(SIDE, SIDE),
        "accuracy": 100 * trace.accuracies[which].mean(axis=-1),
        "separation": trace.separations[which],
        **named(net=found, units=units(), chances=chance_bars(trace.chances)),
    }


def moment(step: int) -> dict[str, Any]:
    """The numbers of a step, by the names that a page has for them."""
    return {f"moment.{name}": value for name, value in flows.moment(float(step)).items()}


def units() -> dict[str, Any]:
    """Of each unit (58,): whether it is in the first or the second layer, its number there, and
    the setting that chooses it."""
    return {
        "first": flows.WITHIN[:, 0],
        "second": flows.WITHIN[:, 1],
        "number": 1.0 * flows.NUMBER,
        "choice": 1.0 + np.arange(UNITS),
    }


def ring(number: Any) -> dict[str, Any]:
    """The outline (5,) round a unit, counted from 0."""
    chosen = anp.where(np.arange(UNITS) == number, 1.0, 0.0)
    x, y, half = chosen @ COLUMN, chosen @ ROW, 0.5 * (chosen @ SIDES) + 0.09
    return {
        "x": x + half * np.array([-1.0, 1, 1, -1, -1]),
        "y": y + half * np.array([-1.0, -1, 1, 1, -1]),
    }


def chance_bars(chance: Any) -> dict[str, Any]:
    """A bar for each output: x of blocks (10, 5) as long as its chance, which is 1 at most."""
    left = FIRST_CHANCE + 0 * chance
    return {"x": blocks(left, left + WIDEST_CHANCE * chance)}


def bars(accuracy: Any, here: Any) -> dict[str, Any]:
    """A bar for each layer (3, 5), the one of the present layer once more, and their ends (3,)."""
    zero = 0 * accuracy
    return {
        "all": blocks(zero, accuracy),
        "now": blocks(zero, accuracy * here),
        "ends": accuracy + 2,  # where its number begins
    }


def middles(cloud: Any, classes: Any) -> Any:
    """The middle of each class (3, 2) of a cloud (C, 2)."""
    share = np.stack(
        [(classes == label) / (classes == label).sum() for label in np.unique(classes)]
    )
    return share @ cloud


def blocks(left: Any, right: Any) -> Any:
    """The x of blocks (N, 5) from left to right (N,), each with a gap after it."""
    return anp.stack([left, right, right, left, anp.nan * left], axis=-1)


def levels(rows: Any, half: float) -> Array:
    """The y of blocks (N, 5) on these rows."""
    low, high = np.asarray(rows) - half, np.asarray(rows) + half
    return np.stack([low, low, high, high, np.full(len(low), np.nan)], axis=1)


def rows(classes: Indices) -> list[tuple[int, int]]:
    """The first and the last of each class, which stand one after the other."""
    found = [np.flatnonzero(classes == label) for label in np.unique(classes)]
    return [(int(members[0]), int(members[-1])) for members in found]
