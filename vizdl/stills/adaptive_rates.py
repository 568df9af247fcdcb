"""Adaptive rates in print: the seven walks, their losses, and who arrives when in which ravine."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import adaptive_rates_flow as computed
from vizdl.experiments.adaptive_rates import (
    COLOURS,
    STEPS,
    TARGET,
    TITLES,
    AdaptiveRatesTrace,
)
from vizdl.stills.base import DASHES, SMALL, canvas, logarithmic, note, panel
from vizdl.stills.walks import draw_map
from vizdl.style import Theme

LINES = ("-", "-", DASHES[1], "-", DASHES[2], DASHES[1], "-")
WIDTH = 0.36  # of a bar


def draw(trace: AdaptiveRatesTrace, theme: Theme = "light") -> Figure:
    """Draw the map with the walks, the losses, and the scores in the ravine and the turned one."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.2, 1))
    _draw_walks(
        panel(
            figure, grid[0, 0], theme, title=f"Seven walks: {trace.title}", x_label="$w_1$",
            y_label="$w_2$", grid=False,
        ),
        trace,
        theme,
    )  # fmt: skip
    _draw_losses(
        panel(figure, grid[1, 0], theme, title="Their losses", x_label="step"), trace, theme
    )
    _draw_scores(
        panel(figure, grid[:, 1], theme, title=f"Steps to a loss of {TARGET:g}"), trace, theme
    )
    return figure


def _draw_walks(ax: Axes, trace: AdaptiveRatesTrace, theme: Theme) -> None:
    draw_map(ax, trace.surface, theme)
    for k, role in enumerate(COLOURS):
        look: dict[str, Any] = {"color": role.on(theme), "lw": 1.3, "ls": LINES[k]}
        ax.plot(*trace.positions[:, k].T, **look)
    ax.plot(*trace.positions[0, 0], "o", mfc="none", mec=style.INK.on(theme), ms=8, mew=1.2)
    ax.plot(*trace.minimum, "+", color=style.INK.on(theme), ms=8, mew=1.2)


def _draw_losses(ax: Axes, trace: AdaptiveRatesTrace, theme: Theme) -> None:
    logarithmic(ax, "y")
    for k, role in enumerate(COLOURS):
        look: dict[str, Any] = {"color": role.on(theme), "lw": 1.3, "ls": LINES[k]}
        ax.plot(computed.height(trace.losses[:, k]), **look)
    ax.axhline(TARGET, color=style.MUTED.on(theme), lw=0.8, ls=DASHES[1])
    ax.set_xlim(0, STEPS)
    ax.set_ylim(*10 ** np.asarray(computed.loss_ends(float(trace.losses[0, 0]))))


def _draw_scores(ax: Axes, trace: AdaptiveRatesTrace, theme: Theme) -> None:
    """A bar for the ravine along the axes, and a hatched one for the ravine turned by 45°."""
    for k, role in enumerate(COLOURS):
        for n, reached in enumerate((trace.straight[k], trace.turned[k])):
            at = k + (n - 0.5) * (WIDTH + 0.06)
            arrived = reached >= 0
            ax.barh(
                at, reached if arrived else STEPS, WIDTH, color=role.on(theme),
                alpha=1.0 if arrived else 0.35, hatch="////" if n else "",
                edgecolor=style.BACKGROUND.on(theme), linewidth=0,
            )  # fmt: skip
            words = str(reached) if arrived else f"not in {STEPS}"
            inside = not arrived
            note(
                ax, (STEPS / 2 if inside else reached, at), words, theme, size=SMALL - 1,
                offset=(0 if inside else 3, 0), va="center", ha="center" if inside else "left",
            )  # fmt: skip
    ax.set_yticks(range(len(TITLES)), TITLES)
    ax.set_ylim(len(TITLES) - 0.4, -0.6)
    ax.set_xlim(0, 1.08 * STEPS)
    ax.set_xlabel("ravine along the axes; hatched: turned by 45°", fontsize=SMALL)
