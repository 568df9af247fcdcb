"""The learning rate in print: four runs on one ground, their losses, and how 400 rates end."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import learning_rate as experiment
from vizdl.experiments.learning_rate import COLOURS, LearningRateTrace
from vizdl.stills.base import DASHES, MARKERS, SMALL, canvas, logarithmic, note, panel
from vizdl.style import Theme

WORDS = ("settles", "stuck", "too slow", "restless", "diverges")
TOP = 1.05  # of the highest loss on the ground


def draw(trace: LearningRateTrace, theme: Theme = "light") -> Figure:
    """Draw the runs on the ground, the losses over the steps, and the 400 rates below."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.25, 1), width_ratios=(1.2, 1))
    title = "Four rates, one start"
    _draw_ground(
        panel(figure, grid[0, 0], theme, title=title, x_label="$w$", y_label="loss"), trace, theme
    )
    _draw_losses(
        panel(figure, grid[0, 1], theme, title="Their losses", x_label="step"), trace, theme
    )
    _draw_sweep(
        panel(
            figure,
            grid[1, :],
            theme,
            title=f"{len(trace.sweep_rates)} rates",
            x_label="learning rate",
            y_label="steps to settle",
        ),
        trace,
        theme,
    )
    return figure


def _draw_ground(ax: Axes, trace: LearningRateTrace, theme: Theme) -> None:
    w, loss = trace.ground
    ax.plot(w, loss, color=style.MUTED.on(theme), lw=1.4)
    for n, outcome in enumerate(trace.verdict.outcome):
        x, y = experiment.place(trace.runs.positions[:, n, 0], trace.runs.losses[:, n])
        ax.plot(
            x, y, color=COLOURS[outcome].on(theme), lw=1.1, ls=DASHES[n], marker=MARKERS[n], ms=3
        )
    ax.plot(*_start(trace), "o", mfc="none", mec=style.INK.on(theme), ms=9, mew=1.2)
    ax.set_xlim(w[0], w[-1])
    ax.set_ylim(-0.4, TOP * loss.max())


def _start(trace: LearningRateTrace) -> tuple[float, float]:
    return float(trace.runs.positions[0, 0, 0]), float(trace.runs.losses[0, 0])


def _draw_losses(ax: Axes, trace: LearningRateTrace, theme: Theme) -> None:
    steps, top = trace.settings.steps, TOP * float(trace.ground[1].max())
    names: list[tuple[float, int]] = []
    for n, outcome in enumerate(trace.verdict.outcome):
        _, y = experiment.place(trace.runs.positions[:, n, 0], trace.runs.losses[:, n])
        ax.plot(y, color=COLOURS[outcome].on(theme), lw=1.6, ls=DASHES[n])
        last = float(y[np.isfinite(y)][-1]) if np.isfinite(y).any() else top
        names.append((min(last, 0.93 * top), n))
    at = -np.inf
    for height, n in sorted(names):  # names stand apart, one above the other
        at = max(height, at + 0.13 * top)
        note(
            ax,
            (steps, at),
            f"{trace.rates[n]:.3g}",
            theme,
            role=COLOURS[trace.verdict.outcome[n]],
            size=SMALL,
            offset=(4, 0),
            va="center",
            annotation_clip=False,
        )
    ax.set_xlim(0, steps)
    ax.set_ylim(-0.4, top)


def _draw_sweep(ax: Axes, trace: LearningRateTrace, theme: Theme) -> None:
    logarithmic(ax, "x")
    steps, verdict = trace.settings.steps, trace.sweep_verdict
    height = experiment.height(verdict.settled, steps)
    for outcome, role in enumerate(COLOURS):
        of = verdict.outcome == outcome
        if not of.any():
            continue
        rates = trace.sweep_rates[of]
        ax.plot(rates, height[of], ".", color=role.on(theme), ms=4)
        few = of.sum() < 20  # no room for a word above them
        at = float(rates.min() if few else np.exp(np.log(rates).mean()))
        note(
            ax,
            (at, (0.78 if few else 1.12) * steps),
            WORDS[outcome],
            theme,
            role=role,
            size=SMALL,
            ha="right" if few else "center",
            va="bottom",
        )
    for k, limit in enumerate(experiment.LIMITS):
        false = k == experiment.FALSE
        ax.axvline(limit, color=style.INK.on(theme), lw=0.9, ls=DASHES[1])
        note(
            ax,
            (limit, (0.6 if false else 0.3) * steps),
            "2/L of the false minimum" if false else "2/L",
            theme,
            size=SMALL,
            offset=(-4 if false else 4, 0),
            ha="right" if false else "left",
        )
    ax.set_xlim(trace.sweep_rates[0], trace.sweep_rates[-1])
    ax.set_ylim(-0.03 * steps, 1.4 * steps)
