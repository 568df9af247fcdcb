"""Where everything stands in the figure of back-propagation through time, also on a page."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.experiments.bptt import LONGEST

FLOOR = 4e-3  # of the largest gradient: what is weaker has the colour of the ground
THICKEST, THINNEST = 0.3, 0.008  # half of the band, where the states' line lies at 0, losses at 1


def inks(flow: Any, left: Any, losses: Any, small: Any) -> dict[str, Any]:
    """What is drawn of the numbers. The area of a disc is its loss."""
    rows, columns = np.tril_indices(len(flow))
    norm = flow[rows, columns]
    return {
        "norm": norm,
        "percent": 100 * left[rows, columns],
        "own": flow[rows, rows],
        "colour": anp.log10(anp.maximum(norm / anp.max(flow), FLOOR)),
        "disc": small * (5 + 17 * anp.sqrt(losses / anp.max(losses))),
    }


def places(length: Any, longest: int = LONGEST) -> dict[str, Any]:
    """Where cells and steps stand, the ends of the axes, how large the marks are in a long row."""
    rows, _ = np.tril_indices(longest)
    small = anp.sqrt(12 / anp.maximum(length, 12.0))
    return {
        "base": rows + 0.5,
        "tall": np.ones(len(rows)),
        "steps": np.arange(longest) + 1.0,
        "zeros": np.zeros(longest),
        "ones": np.ones(longest),
        "across": anp.stack([0.4, length + 0.6]),
        "down": anp.stack([length + 0.6, 0.4]),
        "small": small,
        "dot": small * 11 * np.ones(longest),
    }


def veil(row: Any, column: Any, length: Any) -> dict[str, Any]:
    """The outline (6,) of the cells that loss `row` has not reached, arrived at state `column`."""
    end, edge = length + 0.5, column + 0.5
    above, below = row + 0.5, row + 1.5
    return {
        "x": anp.stack([0.5, end, end, edge, edge, 0.5]),
        "y": anp.stack([0.5, 0.5, above, above, below, below]),
    }


def veil_unless_pointing(row: Any, column: Any, hover: Any, length: Any) -> dict[str, Any]:
    """The veil, or over nothing while the reader points at a cell."""
    return veil(anp.where(hover < 0, row, 0.0), anp.where(hover < 0, column, 0.0), length)


def band(left: Any, row: Any, column: Any) -> dict[str, Any]:
    """The way of loss `row` back to state `column`: its band, as thick as what is `left` (T,).

    The outline's points before and after the way lie at its ends.
    """
    steps = np.arange(len(left))
    first, last = (anp.sum(anp.where(steps == end, left, 0.0)) for end in (column, row))
    share = anp.where(steps < column, first, anp.where(steps > row, last, left))
    half = anp.maximum(THICKEST * share / anp.max(left), THINNEST)
    at = anp.minimum(anp.maximum(steps, column), row) + 1.0
    return {
        "x": anp.concatenate([at, at[::-1]]),
        "y": anp.concatenate([half, -half[::-1]]),
        "drop": anp.stack([1.0, half[-1]]),
        "path": anp.stack([row, column]) + 1.0,
        "own": anp.stack([row, row]) + 1.0,
    }
