"""Mini-batches in print: three walks, the noise against the batch, the loss against the cost."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.minibatch import MinibatchTrace
from vizdl.stills.base import DASHES, SMALL, canvas, colormap, logarithmic, note, panel
from vizdl.style import Theme

WALKERS = style.SERIES[1:4]  # one point, a batch, all points
WIDTHS = (0.7, 1.3, 3.2)  # lines that lie over each other are told apart by width and dash
MOMENTS = 300


def draw(trace: MinibatchTrace, theme: Theme = "light") -> Figure:
    """Draw the walks (of the small batches the first pass), the spread, and the loss by cost."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.15, 1))
    ax = panel(
        figure,
        grid[:, 0],
        theme,
        title=f"Walks over the loss of {len(trace.problem.x)} points",
        x_label="$w_1$, the intercept",
        y_label="$w_2$, the slope",
        grid=False,
    )
    _draw_map(ax, trace, theme)
    ax = panel(
        figure, grid[0, 1], theme, title="Spread of the gradients", x_label="points in a batch"
    )
    _draw_spread(ax, trace, theme)
    ax = panel(
        figure, grid[1, 1], theme, title="Loss above the least", x_label="gradients computed"
    )
    _draw_losses(ax, trace, theme)
    return figure


def names(trace: MinibatchTrace) -> list[str]:
    """What each walker is called."""
    return [f"{w.batch_size} point{'s' if w.batch_size > 1 else ''}" for w in trace.walks]


def _draw_map(ax: Axes, trace: MinibatchTrace, theme: Theme) -> None:
    surface = trace.surface
    levels = np.array([surface.height.min(), *surface.levels, surface.height.max()])
    ax.contourf(
        surface.x,
        surface.y,
        np.interp(surface.height, levels, np.arange(len(levels))),
        levels=np.arange(len(levels)),
        cmap=colormap(style.height_scale(theme)),
    )
    points = len(trace.problem.x)
    for k in (2, 0, 1):
        walk = trace.walks[k]
        last = np.searchsorted(walk.evaluations, points if k < 2 else walk.evaluations[-1]) + 1
        way = walk.positions[:last]
        color = WALKERS[k].on(theme)
        ax.plot(*way.T, color=color, lw=WIDTHS[k], ls=DASHES[k and 2 - k], solid_capstyle="round")
        ax.plot(*way[-1], "o", color=color, ms=5, mec=style.BACKGROUND.on(theme), mew=0.8)
    ax.plot(*trace.probe, "o", color=style.INK.on(theme), ms=4)
    note(ax, tuple(trace.probe), "start", theme, offset=(0, 7), ha="center")
    one, _, every = names(trace)
    some = trace.settings.batch_size
    half = trace.walks[2].positions[len(trace.walks[2].positions) // 4]
    for name, role, lines in ((every, WALKERS[2], 0), (f"{some}, dashed", WALKERS[1], 1)):
        place = (-8, -2 - 14 * lines)
        note(ax, (half[0], half[1]), name, theme, role=role, offset=place, ha="right", va="top")
    low = np.nanmin(trace.walks[0].positions[: points + 1, 1])
    at = (float(trace.problem.minimum[0]), float(np.clip(low, surface.y[15], None)))
    note(ax, at, one, theme, role=WALKERS[0], offset=(0, -14))
    ax.set_xlim(surface.x[0], surface.x[-1])
    ax.set_ylim(surface.y[0], surface.y[-1])
    ax.set_aspect("equal")


def _draw_spread(ax: Axes, trace: MinibatchTrace, theme: Theme) -> None:
    logarithmic(ax, "x", "y")
    ax.plot(trace.batch_sizes, trace.predicted, color=style.MUTED.on(theme), lw=1)
    ax.plot(trace.batch_sizes, trace.spread, "o", color=style.GRADIENT.on(theme), ms=3)
    at = (8.0, float(trace.predicted[0] / 8**0.5))
    note(ax, at, f"slope {number(trace.slope)}", theme, role=style.GRADIENT, offset=(10, 10))


def _draw_losses(ax: Axes, trace: MinibatchTrace, theme: Theme) -> None:
    logarithmic(ax, "x", "y")
    total = int(trace.walks[0].evaluations[-1])
    times = np.unique(np.round(np.geomspace(1, total, MOMENTS)).astype(int))
    for k in (2, 0, 1):
        walk, gap = trace.walks[k], trace.gaps[k]
        color = WALKERS[k].on(theme)
        losses = gap[times // walk.batch_size]
        ax.plot(times, losses, color=color, lw=WIDTHS[k], ls=DASHES[k and 2 - k])
    start = float(trace.gaps[0][0])
    ax.set_ylim(start * 5e-5, start * 12)
    for k, x in enumerate((1.0, 30.0, float(total))):
        place = ("left", "center", "right")[k]
        note(
            ax, (x, start * 2), names(trace)[k], theme, role=WALKERS[k], size=SMALL, ha=place
        )  # fmt: skip
