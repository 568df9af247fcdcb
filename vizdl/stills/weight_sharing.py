"""Each step's share of the gradient and their sum, and the parameters that sharing saves."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.weight_sharing import WeightSharingTrace
from vizdl.stills.base import DASHES, canvas, colormap, logarithmic, note, panel
from vizdl.style import Theme

Array = NDArray[np.float64]

ACROSS = 8  # matrices in a row
MIDDLE = 12  # steps: words stand on the right of shorter lengths, on the left of longer ones


def draw(trace: WeightSharingTrace, theme: Theme = "light") -> Figure:
    """Draw the shares over their sum, each panel in its own scale, and both counts by length."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.5, 1), height_ratios=(1, 1.5))
    title = "Each step’s share of the gradient"
    _draw_matrices(panel(figure, grid[0, 0], theme, title=title, grid=False), trace.shares, theme)
    title = "Their sum: the gradient"
    _draw_matrices(panel(figure, grid[1, 0], theme, title=title, grid=False), trace.total[None],
                   theme)  # fmt: skip
    _draw_counts(
        panel(figure, grid[:, 1], theme, title="Parameters", x_label="length of the sequence"),
        trace,
        theme,
    )
    return figure


def _draw_matrices(ax: Axes, matrices: Array, theme: Theme) -> None:
    limit = float(np.abs(matrices).max())
    ax.imshow(
        in_rows(matrices),
        cmap=colormap(style.signed_scale(theme)),
        vmin=-limit,
        vmax=limit,
        interpolation="nearest",
    )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def in_rows(matrices: Array) -> Array:
    """Matrices (T, H, H) in rows of eight with half a cell between them, as one array."""
    count, hidden = matrices.shape[:2]
    step = 2 * hidden + 1
    across, down = min(count, ACROSS), -(-count // ACROSS)
    whole = np.full((down * step - 1, across * step - 1), np.nan)
    for k, matrix in enumerate(matrices):
        top, left = step * (k // ACROSS), step * (k % ACROSS)
        whole[top : top + step - 1, left : left + step - 1] = np.kron(matrix, np.ones((2, 2)))
    return whole


def _draw_counts(ax: Axes, trace: WeightSharingTrace, theme: Theme) -> None:
    logarithmic(ax, "y")
    length = trace.settings.length
    at = int(np.flatnonzero(trace.lengths == length)[0])
    for counts, role, dash, name in (
        (trace.dense, style.MUTED, DASHES[1], "weights for each step"),
        (trace.shared, style.WEIGHT, "-", "shared"),
    ):
        ax.plot(trace.lengths, counts, color=role.on(theme), lw=2, ls=dash)
        ax.plot(length, counts[at], "o", color=style.INK.on(theme), ms=4.5)
        below = length < MIDDLE and name != "shared"
        note(
            ax, (length, float(counts[at])), f"{name}: {counts[at]}", theme, role=role,
            offset=(4, -14) if below else (0, 7), ha="left" if length < MIDDLE else "right",
        )  # fmt: skip
    ax.set(ylim=(trace.shared.min() / 2, 2.5 * trace.dense.max()))
    ax.set_xlim(trace.lengths[0] - 0.5, trace.lengths[-1] + 1.5)
