"""Dropout in print: what each unit is worth without and with it, and the two losses."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.dropout import UNITS, DropoutTrace
from vizdl.stills.base import DASHES, SMALL, canvas, note, panel
from vizdl.style import Theme


def draw(trace: DropoutTrace, theme: Theme = "light") -> Figure:
    """Draw the accuracy that is lost without each unit, and the losses for every share dropped."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
    chosen = trace.chosen
    high = 1.15 * float(trace.lost.max())
    for row, k, name in ((0, 0, "No dropout"), (1, chosen, f"{trace.shares[chosen]} % dropped")):
        most = number(float(trace.lost[k].max()))
        ax = panel(
            figure, grid[row, 0], theme, title=f"{name}: the most needed unit costs {most} %",
            x_label="unit" if row else "",
        )  # fmt: skip
        _draw_worth(ax, trace.lost[k], theme)
        ax.set_ylim(min(0.0, 1.1 * float(trace.lost.min())), high)
    _draw_losses(
        panel(figure, grid[:, 1], theme, title="Loss", x_label="% of units dropped"), trace, theme
    )
    return figure


def _draw_worth(ax: Axes, lost: np.ndarray, theme: Theme) -> None:
    """Percentage points of accuracy that are lost without each unit."""
    ax.bar(np.arange(1, UNITS + 1), lost, color=style.LOSS.on(theme), width=0.7)
    ax.axhline(0, color=style.MUTED.on(theme), lw=0.7)
    ax.set_xticks([1, 6, 12, 18, 24])


def _draw_losses(ax: Axes, trace: DropoutTrace, theme: Theme) -> None:
    for name, values, role, dash, away in (
        ("new points", trace.test_losses, style.LOSS, DASHES[0], 8),
        ("points trained on", trace.train_losses, style.MUTED, DASHES[1], -34),
    ):
        ax.plot(trace.shares, values, "o", ls=dash, color=role.on(theme), lw=1.6, ms=4)
        at = (float(trace.shares[-1]), float(values[-1]))
        note(ax, at, name, theme, role=role, size=SMALL, offset=(0, away), ha="right")
    ax.set_xticks(trace.shares)
    ax.set_xlim(-4, 64)
    ax.set_ylim(0, 1.15 * float(trace.test_losses.max()))
