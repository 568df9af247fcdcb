"""A dense layer in print: the network on its picture, and the first layer as matrix and vectors."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.dense_layer import SIZES, DenseLayerTrace
from vizdl.stills.base import SMALL, canvas, note, panel
from vizdl.style import Theme

Array = NDArray[Any]

COLUMNS = (1.9, 3.9, 5.9)  # of the network; the picture stands left of them
PITCH = 1.2
WIDEST = 5.0  # stroke of the largest weight
ROW = 1  # of the first matrix, the one that is pointed out


def draw(trace: DenseLayerTrace, theme: Theme = "light") -> Figure:
    """Draw the network, one of its rows lit, and the arithmetic of the first layer."""
    figure = canvas(theme)
    grid = figure.add_gridspec(1, 2, width_ratios=(1, 1.05))
    left = panel(figure, grid[0, 0], theme, title="Every output takes every input", grid=False)
    _draw_network(left, trace, theme)
    right = panel(figure, grid[0, 1], theme, title="The layer is a matrix product", grid=False)
    _draw_matrices(right, trace, theme)
    for ax in (left, right):
        ax.set_axis_off()
        ax.set_aspect("equal")
        ax.title.set_visible(True)
    return figure


def _heights(size: int) -> Array:
    result: Array = PITCH * ((size - 1) / 2 - np.arange(size))
    return result


def _draw_network(ax: Axes, trace: DenseLayerTrace, theme: Theme) -> None:
    ax.imshow(
        1 - trace.picture if theme == "light" else trace.picture,
        cmap="gray",
        vmin=0,
        vmax=1,
        extent=(-0.9, 0.9, -0.9, 0.9),
    )
    edge = style.MUTED.on(theme)
    ax.add_patch(Rectangle((-0.9, -0.9), 1.8, 1.8, fill=False, ec=edge, lw=0.7))
    ax.plot([-0.9, 0.9], [0, 0], color=style.POSITIVE.on(theme), lw=0.7)
    ax.plot([0, 0], [-0.9, 0.9], color=style.POSITIVE.on(theme), lw=0.7)
    layers = (trace.first, trace.second)
    limit = max(float(np.abs(one.weights).max()) for one in layers)
    for k, one in enumerate(layers):
        before, after = _heights(SIZES[k]), _heights(SIZES[k + 1])
        for i, j in np.ndindex(one.weights.shape):
            weight = float(one.weights[i, j])
            lit = k == 0 and i == ROW
            role = style.POSITIVE if weight >= 0 else style.NEGATIVE
            ax.plot(
                COLUMNS[k : k + 2],
                [before[j], after[i]],
                color=role.on(theme),
                lw=max(0.5, WIDEST * abs(weight) / limit),
                ls="-" if weight >= 0 else (0, (2.5, 0.8)),
                alpha=1.0 if lit else 0.25,
                zorder=2 if lit else 1,
            )
    values = (trace.first.inputs, trace.first.outputs, trace.second.outputs)
    for x, size, numbers in zip(COLUMNS, SIZES, values, strict=True):
        for y, value in zip(_heights(size), numbers, strict=True):
            ax.plot(x, y, "o", ms=23, color=style.BACKGROUND.on(theme), mec=edge, mew=1.1, zorder=3)
            note(ax, (x, y), _two(value), theme, size=8, ha="center", va="center", zorder=4)
    ax.set_xlim(-1.0, COLUMNS[-1] + 0.5)
    ax.set_ylim(-2.4, 2.4)


def _draw_matrices(ax: Axes, trace: DenseLayerTrace, theme: Theme) -> None:
    one = trace.first
    rows, columns = one.weights.shape
    parts = (
        ("W", one.weights, 0.0, float(np.abs(one.weights).max())),
        ("x", one.inputs[:, None], columns + 0.7, 1.0),
        ("b", one.bias[:, None], columns + 2.4, 1.0),
        ("z", one.sums[:, None], columns + 4.1, float(np.abs(one.sums).max())),
    )
    background = style.BACKGROUND.on(theme)
    for name, values, left, limit in parts:
        for i, j in np.ndindex(values.shape):
            value = float(values[i, j])
            colour = style.mix(background, style.signed_colour(value, limit, theme), 0.5)
            box = Rectangle((left + j, -i - 1), 1, 1, fc=colour, ec=style.GRID.on(theme), lw=0.8)
            ax.add_patch(box)
            middle = (left + j + 0.5, -i - 0.5)
            note(ax, middle, _two(value), theme, size=8, ha="center", va="center")
        above = (left + values.shape[1] / 2, 0.15)
        note(ax, above, f"${name}$", theme, ha="center", va="bottom")
    for sign, x in (("·", columns + 0.35), ("+", columns + 2.05), ("=", columns + 3.75)):
        note(ax, (x, -rows / 2), sign, theme, role=style.MUTED, ha="center", va="center")
    ink = style.INK.on(theme)
    for left, top, width, height in (
        (0, -ROW, columns, 1),
        (columns + 0.7, 0, 1, columns),
        (columns + 4.1, -ROW, 1, 1),
    ):
        box = Rectangle((left, top - height), width, height, fill=False, ec=ink, lw=1.6, zorder=5)
        ax.add_patch(box)
    terms = zip(one.weights[ROW], one.inputs, strict=True)
    said = " + ".join(f"{_two(w, True)}·{_two(x, True)}" for w, x in terms)
    result = f"+ {_two(one.bias[ROW], True)} = {_two(one.sums[ROW])}"
    note(ax, (0, -columns - 0.75), f"row {ROW + 1}:  {said}", theme, size=SMALL - 1, va="top")
    note(ax, (1.15, -columns - 1.4), result, theme, size=SMALL - 1, va="top")
    ax.set_xlim(-0.2, columns + 5.4)
    ax.set_ylim(-columns - 2.2, 1.2)


def _two(value: float, bracketed: bool = False) -> str:
    """A number with two decimals, a negative one in brackets where it must be."""
    text = f"{value:.2f}"
    text = (text.lstrip("-") if float(text) == 0 else text).replace("-", "−")
    return f"({text})" if bracketed and text.startswith("−") else text
