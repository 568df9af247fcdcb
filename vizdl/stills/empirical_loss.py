"""The empirical loss in print: students and model, a bar for each loss, and training."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.empirical_loss import (
    FULL,
    HOURS,
    LECTURES,
    TRAINING,
    EmpiricalLossTrace,
    field,
)
from vizdl.stills.base import DASHES, SMALL, canvas, note, panel
from vizdl.stills.field import draw_field, draw_points
from vizdl.style import Theme


def draw(trace: EmpiricalLossTrace, theme: Theme = "light") -> Figure:
    """Draw the model on the plane of the students, what each costs, and how the mean falls."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1, 1.15))
    plane = panel(
        figure,
        grid[:, 0],
        theme,
        title="Who passes, and what the model says",
        x_label="lectures attended",
        y_label="hours on the project",
        grid=False,
    )
    _draw_plane(plane, trace, theme)
    mean = float(trace.mean[trace.settings.steps])
    _draw_bars(
        panel(
            figure, grid[0, 1], theme, title=f"A loss for each: the mean is {number(mean)}",
            x_label="student",
        ),
        trace,
        theme,
    )  # fmt: skip
    ends = " → ".join(number(float(trace.mean[k])) for k in (0, -1))
    _draw_training(
        panel(
            figure, grid[1, 1], theme, title=f"Trained on the mean: {ends}",
            x_label="step of training",
        ),
        trace,
        theme,
    )  # fmt: skip
    return figure


def _draw_plane(ax: Axes, trace: EmpiricalLossTrace, theme: Theme) -> None:
    z = np.asarray(field(trace.weights[trace.settings.steps])["z"])
    draw_field(ax, z, LECTURES, HOURS, theme, limit=FULL)
    draw_points(ax, trace.x, trace.y, theme, size=7)
    for k, (lectures, hours) in enumerate(trace.x):
        right = lectures < 11
        note(
            ax, (lectures, hours), str(k + 1), theme, size=SMALL,
            offset=(6 if right else -6, 4), ha="left" if right else "right",
        )  # fmt: skip
    ax.set_xticks(range(0, 13, 3))


def _draw_bars(ax: Axes, trace: EmpiricalLossTrace, theme: Theme) -> None:
    row = trace.settings.steps
    each, count = trace.each[row], len(trace.y)
    ax.bar(np.arange(1, count + 1), each, width=0.72, color=style.LOSS.on(theme))
    ax.axhline(trace.mean[row], color=style.GRADIENT.on(theme), lw=1.4, ls=DASHES[1])
    for k in map(int, np.flatnonzero(each > trace.mean[row])):
        note(
            ax, (k + 1.0, float(each[k])), number(float(each[k]), 2), theme, size=SMALL,
            offset=(0, 2), ha="center",
        )  # fmt: skip
    ax.set_xticks(range(1, count + 1))
    ax.set_ylim(0, 1.25 * float(each.max()))


def _draw_training(ax: Axes, trace: EmpiricalLossTrace, theme: Theme) -> None:
    ax.plot(trace.each, color=style.LOSS.on(theme), lw=0.8, alpha=0.7)
    ax.plot(trace.mean, color=style.GRADIENT.on(theme), lw=2.4, ls=DASHES[1])
    ax.set_xlim(0, TRAINING)
    ax.set_ylim(0, 1.08 * float(trace.each.max()))
    note(
        ax, (0.97, 0.9), "dashed: the mean", theme, role=style.GRADIENT, size=SMALL,
        xycoords="axes fraction", ha="right", va="top",
    )  # fmt: skip
