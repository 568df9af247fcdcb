"""Gradient descent in print: the run and the other starts on the map, the slopes, the loss."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.common import loss_range
from vizdl.experiments.gradient_descent import GradientDescentTrace
from vizdl.stills.base import DASHES, MARKERS, SMALL, canvas, logarithmic, note, panel
from vizdl.stills.walks import draw_map
from vizdl.style import Theme

ARROW = 0.14  # of the map's width: the gradient, drawn for its direction


def draw(trace: GradientDescentTrace, theme: Theme = "light") -> Figure:
    """Draw the map with the runs, the slope in every direction at the start, and the loss."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.25, 1))
    runs = f"One run, and {len(trace.starts)} from other starts"
    _draw_map(
        panel(figure, grid[:, 0], theme, title=runs, x_label="$w_1$", y_label="$w_2$", grid=False),
        trace,
        theme,
    )
    _draw_slopes(
        panel(figure, grid[0, 1], theme, title="Slope at the start", x_label="direction"),
        trace,
        theme,
    )
    losses = trace.path.losses[np.isfinite(trace.path.losses)]
    ends = " → ".join(number(float(losses[k])) for k in (0, -1))
    _draw_losses(
        panel(figure, grid[1, 1], theme, title=f"Loss: {ends}", x_label="step"), trace, theme
    )
    return figure


def _draw_map(ax: Axes, trace: GradientDescentTrace, theme: Theme) -> None:
    surface = trace.surface
    draw_map(ax, surface, theme)
    edge = style.BACKGROUND.on(theme)
    for s, k in enumerate(trace.reached):
        way = trace.others.positions[:, s]
        role = style.SERIES[k] if k >= 0 else style.MUTED
        dash = DASHES[k] if k >= 0 else "-"
        ax.plot(*way.T, color=role.on(theme), lw=0.9, ls=dash)
        ax.plot(*way[0], "o", color=role.on(theme), ms=3, mec=edge, mew=0.4)
    for k, minimum in enumerate(trace.minima):
        ax.plot(
            *minimum, MARKERS[k], mfc="none", mec=style.SERIES[k].on(theme), ms=9, mew=1.4, zorder=4
        )
    way = trace.path.positions
    ax.plot(*way.T, ".-", color=style.GRADIENT.on(theme), lw=1.8, ms=4.5)
    ax.plot(*way[0], "o", color=style.INK.on(theme), ms=5, mec=edge, mew=0.8)
    length = float(np.linalg.norm(trace.gradient))
    if length > 0:
        reach = ARROW * float(np.ptp(surface.x)) * trace.gradient / length
        ax.annotate(
            "",
            way[0] + reach,
            way[0],
            arrowprops={"arrowstyle": "-|>", "color": style.INK.on(theme), "shrinkA": 0},
        )
        beside = (9, -2) if abs(reach[1]) > abs(reach[0]) else (0, 8)
        note(ax, tuple(way[0] + 0.8 * reach), r"$\nabla J$", theme, offset=beside)


def _draw_slopes(ax: Axes, trace: GradientDescentTrace, theme: Theme) -> None:
    degrees, slopes = np.degrees(trace.angles), trace.slopes
    ax.plot(
        degrees,
        np.where(slopes >= 0, slopes, np.nan),
        color=style.POSITIVE.on(theme),
        lw=2.2,
    )
    ax.plot(degrees, np.where(slopes < 0, slopes, np.nan), color=style.NEGATIVE.on(theme), lw=1.2)
    ax.axhline(0, color=style.MUTED.on(theme), lw=0.7)
    ax.set_xlim(0, 360)
    ax.set_xticks([0, 90, 180, 270, 360], ["0°", "90°", "180°", "270°", "360°"])
    size = float(np.linalg.norm(trace.gradient))
    if not size > 0:
        return
    exact = float(np.degrees(np.arctan2(*trace.gradient[::-1]))) % 360
    ax.axvline(exact, color=style.GRADIENT.on(theme), lw=1.2, ls=DASHES[1])
    ax.set_ylim(-1.25 * size, 1.25 * size)
    left = exact > 180
    note(
        ax,
        (exact, -1.0 * size),
        f"gradient, {number(exact)}°",
        theme,
        role=style.GRADIENT,
        size=SMALL,
        offset=(-5 if left else 5, 0),
        ha="right" if left else "left",
        va="center",
    )


def _draw_losses(ax: Axes, trace: GradientDescentTrace, theme: Theme) -> None:
    axis = loss_range(trace.path.losses)
    if axis.log:
        logarithmic(ax, "y")
    ax.plot(trace.path.losses, ".-", color=style.LOSS.on(theme), lw=1.6, ms=4)
    ax.set_ylim(axis.low, axis.high)
    ax.set_xlim(-0.02 * trace.settings.steps, 1.05 * trace.settings.steps)
