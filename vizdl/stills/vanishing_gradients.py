"""A fan of radii from vanishing to exploding, and what the vanishing costs."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import recall
from vizdl.experiments.base import number
from vizdl.experiments.vanishing_gradients import (
    ACTIVATIONS,
    EXPLODING,
    VANISHING,
    VanishingGradientsTrace,
)
from vizdl.stills.base import DASHES, SMALL, canvas, logarithmic, note, panel
from vizdl.style import Theme

NAMED = (0, 3, 5, 7, 10)  # of the radii, those with their number beside the curve
FLOOR, CEILING = 1e-12, 1e12


def draw(trace: VanishingGradientsTrace, theme: Theme = "light") -> Figure:
    """Draw what is left by steps back on the left, recall by delay on the right."""
    figure = canvas(theme)
    places = figure.add_gridspec(1, 2, width_ratios=(1.3, 1))
    _draw_fan(
        panel(
            figure, places[0], theme, title="What is left of the gradient, by spectral radius",
            x_label="steps back",
        ),
        trace,
        theme,
    )  # fmt: skip
    _draw_recall(
        panel(
            figure, places[1], theme, title="Letters named after training",
            x_label="steps to recall over", y_label="%",
        ),
        trace,
        theme,
    )  # fmt: skip
    return figure


def _draw_fan(ax: Axes, trace: VanishingGradientsTrace, theme: Theme) -> None:
    lags = np.arange(trace.fan.shape[-1])
    for row, kind in enumerate(ACTIVATIONS):
        for radius, left in zip(trace.radii, trace.fan[row], strict=True):
            shown = {VANISHING: style.SERIES[0], EXPLODING: style.SERIES[1]}
            chosen = next((r for at, r in shown.items() if np.isclose(at, radius)), None)
            ax.plot(
                lags, left, color=(chosen or style.MUTED).on(theme),
                linewidth=2 if chosen else 0.7, linestyle=DASHES[1] if kind == "tanh" else "-",
                alpha=1 if chosen else 0.5, zorder=3 if chosen else 2,
            )  # fmt: skip
    logarithmic(ax, "y")
    ax.set(xlim=(0, len(lags) + 8), ylim=(FLOOR, CEILING))
    for radius in NAMED:
        left = trace.fan[1, radius]
        last = int(np.flatnonzero(left > 4 * FLOOR)[-1])
        note(
            ax, (last, float(left[last])), number(float(trace.radii[radius]), 2), theme,
            size=SMALL, offset=(3, 0), va="center",
        )  # fmt: skip
    note(ax, (2, CEILING), "full lines: linear; dashed: tanh", theme, role=style.MUTED, size=SMALL,
         va="top")  # fmt: skip


def _draw_recall(ax: Axes, trace: VanishingGradientsTrace, theme: Theme) -> None:
    hidden = style.HIDDEN.on(theme)
    ax.plot(trace.delays, 100 * trace.recall.mean(axis=1), color=hidden, linewidth=2.2)
    for seed in trace.recall.T:
        ax.plot(trace.delays, 100 * seed, "o", color=hidden, markersize=4.5, markerfacecolor="none")
    guess = 100 / recall.LETTERS
    ax.axhline(guess, color=style.MUTED.on(theme), linewidth=1, linestyle=DASHES[2])
    note(ax, (1, guess), "a guess", theme, role=style.MUTED, size=SMALL, offset=(0, -3), va="top")
    note(ax, (trace.delays[3], 100 * float(trace.recall[3].mean())), "mean", theme, size=SMALL,
         offset=(-4, -3), ha="right", va="top")  # fmt: skip
    ax.set(xlim=(0, trace.delays[-1] + 2), ylim=(0, 106))
