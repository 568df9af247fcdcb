"""What the bias does, in print: one curve in five places, and students who need a shifted one."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import bias_shift as experiment
from vizdl.experiments.base import number
from vizdl.experiments.bias_shift import SHOWN, BiasShiftTrace, X
from vizdl.stills.base import DASHES, SMALL, canvas, note, panel
from vizdl.stills.field import draw_points
from vizdl.style import Theme


def draw(trace: BiasShiftTrace, theme: Theme = "light") -> Figure:
    """Draw the curve for five biases, and what was learned with a bias and without."""
    figure = canvas(theme)
    grid = figure.add_gridspec(1, 2)
    weight = number(trace.settings.weight)
    _draw_family(
        panel(
            figure, grid[0, 0], theme, title=f"One weight, {weight}, and five biases", x_label="$x$"
        ),
        trace,
        theme,
    )
    losses = " and ".join(number(float(loss)) for loss in trace.losses[-1])
    _draw_fits(
        panel(
            figure,
            grid[0, 1],
            theme,
            title=f"Loss with and without: {losses}",
            x_label="tens of hours on the project",
        ),
        trace,
        theme,
    )
    return figure


def _draw_family(ax: Axes, trace: BiasShiftTrace, theme: Theme) -> None:
    hidden, muted, edge = (role.on(theme) for role in (style.HIDDEN, style.MUTED, style.BACKGROUND))
    middle = float(trace.heights[0])
    rows = zip(SHOWN, trace.shifted, trace.places, strict=True)
    for bias, curve, place in rows:
        plain = bias == 0
        ax.plot(X, curve, color=hidden if plain else muted, lw=2.2 if plain else 1.1)
        if not abs(place) < 0.95 * X[-1]:
            continue  # it crosses at the edge of the panel or beyond, or nowhere
        ax.plot(place, middle, "o", color=style.INK.on(theme), ms=4.5, mec=edge, mew=0.6, zorder=4)
        text = f"b = {number(float(bias))}"
        note(
            ax, (place, middle), text, theme, size=SMALL, offset=(5, -3), ha="left", va="top",
            rotation=0,
        )  # fmt: skip
    ax.axvline(0, color=muted, lw=0.7)
    ax.set_xlim(X[0], X[-1])
    low, high = float(trace.shifted.min()), float(trace.shifted.max())
    ax.set_ylim(low - 0.12 * (high - low), min(high, low + 4) + 0.12 * (high - low))


def _draw_fits(ax: Axes, trace: BiasShiftTrace, theme: Theme) -> None:
    places = np.column_stack([trace.hours, trace.targets])
    draw_points(ax, places, trace.passed, theme, size=4.5)
    for k, role, text in ((0, style.HIDDEN, "with a bias"), (1, style.INK, "without")):
        curve = trace.curves[-1, k]
        ax.plot(X, curve, color=role.on(theme), lw=2.2 if k == 0 else 1.4, ls=DASHES[k])
        end = int(np.searchsorted(X, -1.6))
        below = curve[end] < trace.curves[-1, 1 - k][end]
        note(
            ax, (X[end], curve[end]), text, theme, role=role, size=SMALL,
            offset=(0, -5 if below else 5), ha="center", va="top" if below else "bottom",
        )  # fmt: skip
    crossing = float(trace.crossings[-1, 0])
    middle = float(trace.heights[0])
    ink = style.INK.on(theme)
    ax.plot([crossing, crossing], [middle, -9], color=ink, lw=0.8, ls=DASHES[2])
    ax.plot(crossing, middle, "o", color=ink, ms=5, mec=style.BACKGROUND.on(theme), mew=0.8)
    low, high = experiment.TARGETS[trace.settings.activation]
    margin = 0.22 * (high - low)
    ax.axvline(0, color=style.MUTED.on(theme), lw=0.7)
    ax.set_xlim(X[0], X[-1])
    ax.set_ylim(low - margin, high + margin)
    note(ax, (crossing, low - margin), "−b/w", theme, size=SMALL, offset=(5, 5))
