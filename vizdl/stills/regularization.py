"""Regularization in print: three degrees, and the losses over degree, penalty and steps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import regularization_flow as computed
from vizdl.experiments.base import number
from vizdl.experiments.regularization import (
    DEGREES,
    GRID,
    HIGHEST,
    MOMENTS,
    STRENGTHS,
    RegularizationTrace,
)
from vizdl.stills.base import DASHES, SMALL, canvas, logarithmic, note, panel
from vizdl.style import Theme

Array = NDArray[np.float64]

TRAIN, TEST, FIT, STOPPED = style.SERIES[0], style.LOSS, style.WEIGHT, style.HIDDEN
EDGE = 2.0  # of the curves' panel, up and down


def draw(trace: RegularizationTrace, theme: Theme = "light") -> Figure:
    """Draw the points with the fits above, and below the losses over the three knobs."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 6, height_ratios=(1.15, 1))
    best = trace.fits.best_degree
    left = panel(figure, grid[0, :3], theme, title="Too simple, right, too complex")
    _draw_points(left, trace, theme)
    for degree, dash in ((1, DASHES[2]), (best, "-"), (HIGHEST, DASHES[1])):
        left.plot(GRID, trace.degree_curves[degree], color=FIT.on(theme), lw=1.4, ls=dash)
    right = panel(figure, grid[0, 3:], theme, title=f"Degree {trace.settings.degree}, held back")
    _draw_points(right, trace, theme)
    fits = trace.fits
    penalised = trace.strength_curves[fits.best_strength]
    stopped = trace.descent_curves[fits.descent_test[MOMENTS].argmin()]
    right.plot(GRID, penalised, color=FIT.on(theme), lw=1.8)
    right.plot(GRID, stopped, color=STOPPED.on(theme), lw=1.8, ls=DASHES[1])
    for height, words, role in ((0.92, "penalty", FIT), (0.79, "stopped early", STOPPED)):
        note(
            right, (0.97, EDGE * (2 * height - 1)), words, theme, role=role, size=SMALL, ha="right"
        )
    panels: list[tuple[str, Array, Array, Array, float]] = [
        ("degree", DEGREES.astype(float), fits.degree_train, fits.degree_test, best),
        (
            "strength of the penalty",
            STRENGTHS,
            fits.strength_train,
            fits.strength_test,
            float(STRENGTHS[fits.best_strength]),
        ),
        (
            "steps of descent",
            MOMENTS + 1.0,
            fits.descent_train[MOMENTS],
            fits.descent_test[MOMENTS],
            fits.best_step + 1.0,
        ),
    ]
    for k, (name, x, train, test, at) in enumerate(panels):
        where = grid[1, 2 * k : 2 * k + 2]
        ax = panel(figure, where, theme, x_label=name, y_label="" if k else "loss")
        logarithmic(ax, *("xy" if k else "y"))
        _draw_losses(ax, x, train, test, at, theme)
        if k == 1:
            told = (("training", train[4], TRAIN, 6), ("fresh", test[4], TEST, 6))
            for text, loss, kind, up in told:
                at_left = (float(x[4]), float(computed.height(loss)))
                note(ax, at_left, text, theme, role=kind, size=SMALL, offset=(0, up))
    return figure


def _draw_points(ax: Axes, trace: RegularizationTrace, theme: Theme) -> None:
    ax.plot(GRID, trace.truth, color=style.MUTED.on(theme), lw=0.9, ls=DASHES[1])
    ax.plot(trace.x, trace.y, "o", color=TRAIN.on(theme), ms=4, mec=style.INK.on(theme), mew=0.5)
    ax.set_xlim(0, 1)
    ax.set_ylim(-EDGE, EDGE)


def _draw_losses(ax: Axes, x: Array, train: Array, test: Array, at: float, theme: Theme) -> None:
    ax.plot(x, computed.height(train), color=TRAIN.on(theme), lw=1.4, ls=DASHES[1])
    ax.plot(x, computed.height(test), color=TEST.on(theme), lw=1.6)
    least = float(test.min())
    ax.plot([at], [computed.height(least)], "o", mfc="none", mec=style.INK.on(theme), ms=8)
    note(
        ax, (at, float(computed.height(least))), f"{number(least)}", theme, role=TEST, size=SMALL,
        offset=(12, 9), ha="center",
    )  # fmt: skip
    ax.set_ylim(computed.LEAST_LOSS, computed.MOST_LOSS)
