"""Where a small network and its matrices stand: nodes, edges as bands, cells, frames round them.

All of it follows from what is looked at, the focus: a row of a layer, a column, or one cell.
It is written with autograd.numpy, so that a page computes it as well.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.experiments.dense_layer import SIZES

Array = NDArray[np.float64]

IN, HIDDEN, OUT = SIZES
COUNTS = ((HIDDEN, IN), (OUT, HIDDEN))  # rows and columns of either layer's matrix
ALL = -1  # of a focus: the whole row, or the whole column

# The network: layers side by side, the picture, 2 wide, left of them.
COLUMNS = (2.7, 4.5, 6.3)
PICTURE = -0.2  # its left edge
PITCH = 1.3
HEIGHTS = tuple(PITCH * ((size - 1) / 2 - np.arange(size)) for size in SIZES)
THICKEST, THINNEST = 0.11, 0.012  # half of an edge
SPOTS = (0.25, 0.42, 0.8)  # of an edge, where it can be pointed at: no two edges cross there

# The matrices: columns W, x, b, z, a from the left; the second layer below the first.
LEFTS = (0.0, 4.35, 5.7, 7.05, 8.4)
TOPS = (0.0, -5.6)
RIGHT, BOTTOM = 9.4, -8.8


def _cells() -> list[tuple[int, int, int, float, float]]:
    """Layer, row, column, left and lower edge of each cell, vector by vector as numbers go."""
    found = []
    for layer, (rows, columns) in enumerate(COUNTS):
        top = TOPS[layer]
        left = [
            LEFTS[0] + (IN - columns),
            *LEFTS[1:],
        ]  # the narrow matrix ends where the wide one does
        for i in range(rows):
            found += [(layer, i, j, left[0] + j, top - i - 1) for j in range(columns)]
        found += [(layer, ALL, j, left[1], top - j - 1) for j in range(columns)]
        for place in left[2:]:
            found += [(layer, i, ALL, place, top - i - 1) for i in range(rows)]
    return found


def _handles() -> list[tuple[int, int, int, float, float]]:
    """The same of what can be pointed at in the network: nodes, then spots on the edges."""
    found = [(0, ALL, j, COLUMNS[0], y) for j, y in enumerate(HEIGHTS[0])]
    for layer in (0, 1):
        found += [(layer, i, ALL, COLUMNS[layer + 1], y) for i, y in enumerate(HEIGHTS[layer + 1])]
    for layer, (rows, columns) in enumerate(COUNTS):
        (x0, x1), before, after = COLUMNS[layer : layer + 2], HEIGHTS[layer], HEIGHTS[layer + 1]
        for i in range(rows):
            for j in range(columns):
                found += [
                    (layer, i, j, x0 + s * (x1 - x0), before[j] + s * (after[i] - before[j]))
                    for s in SPOTS
                ]
    return found


CELLS, HANDLES = _cells(), _handles()
CELL_PLACES = np.array([cell[3:] for cell in CELLS])  # (40, 2), lower left corners
HANDLE_PLACES = np.array([handle[3:] for handle in HANDLES])
POINTED = np.array([place[:3] for place in (*CELLS, *HANDLES)])  # layer, row, column of each
STEP_FOCUS = np.array(
    [(0, ALL, ALL)]  # before the first output, the whole first layer
    + [(layer, i, ALL) for layer, (rows, _) in enumerate(COUNTS) for i in range(rows)]
)


def step_of(places: list[tuple[int, int, int, float, float]]) -> Array:
    """The step that a click on a place leads to: that of its row, of the first row for a column."""
    first = np.array([1, 1 + HIDDEN])
    result: Array = np.array([first[layer] + max(i, 0) for layer, i, *_ in places], dtype=float)
    return result


def focus(step: Any, hover: Any) -> dict[str, Any]:
    """What is looked at: what the reader points at, else the row of the step.

    `layer`, `row` and `column`, ALL for a whole column or row; then what it is, and numbers from 1.
    """
    pointed = np.arange(len(POINTED)) == hover
    stepped = np.arange(len(STEP_FOCUS)) == step
    at = anp.where(
        hover < 0,
        anp.sum(anp.where(stepped[:, None], STEP_FOCUS, 0), axis=0),
        anp.sum(anp.where(pointed[:, None], POINTED, 0), axis=0),
    )
    layer, row, column = at[0], at[1], at[2]
    return {
        "layer": layer,
        "row": row,
        "column": column,
        "i": row + 1,
        "j": column + 1,
        "whole": anp.logical_and(row == ALL, column == ALL),
        "first": anp.logical_and(layer == 0, column == ALL),
        "second": anp.logical_and(layer == 1, column == ALL),
        "cell1": anp.logical_and(layer == 0, anp.logical_and(row != ALL, column != ALL)),
        "cell2": anp.logical_and(layer == 1, anp.logical_and(row != ALL, column != ALL)),
        "column1": anp.logical_and(layer == 0, row == ALL),
    }


def bands(w1: Any, w2: Any, layer: Any, row: Any, column: Any) -> dict[str, Any]:
    """The edges as bands as wide as their weights: outlines x, y (6 E,) with NaN after each.

    Four of them: `below` and `above` zero, and of either those of the focus, `lit_…`.
    """
    limit = anp.maximum(anp.max(anp.abs(w1)), anp.max(anp.abs(w2)))
    weights = anp.concatenate([anp.reshape(w1, -1), anp.reshape(w2, -1)])  # (E,)
    half = THINNEST + (THICKEST - THINNEST) * anp.abs(weights) / limit
    x0, x1, y0, y1 = _EDGES.T
    y = anp.stack([y0 + half, y1 + half, y1 - half, y0 - half, y0 + half, anp.nan * half], axis=1)
    x = np.stack([x0, x1, x1, x0, x0, x0], axis=1)
    lit = anp.logical_and(
        _PLACE[:, 0] == layer,
        anp.logical_and(
            anp.logical_or(_PLACE[:, 1] == row, row == ALL),
            anp.logical_or(_PLACE[:, 2] == column, column == ALL),
        ),
    )
    made = {"x": np.reshape(x, -1)}
    for name, sign in (("below", weights < 0), ("above", weights >= 0)):
        for word, which in ((name, sign), (f"lit_{name}", anp.logical_and(sign, lit))):
            made[word] = anp.reshape(anp.where(which[:, None], y, anp.nan), -1)
    return made


_PLACE = np.array(
    [(layer, i, j) for layer, (r, c) in enumerate(COUNTS) for i in range(r) for j in range(c)]
)
_EDGES = np.array(
    [(COLUMNS[k], COLUMNS[k + 1], HEIGHTS[k][j], HEIGHTS[k + 1][i]) for k, i, j in _PLACE]
)


def frames(layer: Any, row: Any, column: Any) -> dict[str, Any]:
    """Frames round what is looked at in the matrices, x and y (18,) with NaN after each.

    Round the row, column or cell of W, round what of the input it takes, and round what it makes.
    """
    second = layer == 1
    top = anp.where(second, TOPS[1], TOPS[0])
    columns, rows = anp.where(second, HIDDEN, IN), anp.where(second, OUT, HIDDEN)
    left = LEFTS[0] + IN - columns
    j0, j1 = anp.where(column == ALL, 0, column), anp.where(column == ALL, columns, column + 1)
    i0, i1 = anp.where(row == ALL, 0, row), anp.where(row == ALL, rows, row + 1)
    boxes = (
        (left + j0, left + j1, top - i1, top - i0),
        (LEFTS[1] + 0 * j0, LEFTS[1] + 1 + 0 * j0, top - j1, top - j0),
        (LEFTS[2] + 0 * i0, LEFTS[4] + 1 + 0 * i0, top - i1, top - i0),
    )
    nan = anp.nan * top
    return {
        "x": anp.stack([v for a, b, _, _ in boxes for v in (a, b, b, a, a, nan)]),
        "y": anp.stack([v for _, _, a, b in boxes for v in (a, a, b, b, a, nan)]),
    }


def cell_numbers(
    w1: Any, b1: Any, w2: Any, b2: Any, x: Any, z1: Any, a1: Any, z2: Any, a2: Any
) -> dict[str, Any]:
    """The numbers in the cells (40,), and what share of the full colour each has, from -1 to 1."""
    numbers, tints = [], []
    for parts in ((w1, x, b1, z1, a1), (w2, a1, b2, z2, a2)):
        limits = (anp.max(anp.abs(parts[0])), 1.0, 1.0, anp.max(anp.abs(parts[3])), 1.0)
        for part, limit in zip(parts, limits, strict=True):
            flat = anp.reshape(part, -1)
            numbers.append(flat)
            tints.append(flat / limit)
    return {"number": anp.concatenate(numbers), "tint": anp.concatenate(tints)}


def node_numbers(x: Any, a1: Any, a2: Any) -> Any:
    """The numbers in the nodes, (9,)."""
    return anp.concatenate([x, a1, a2])
