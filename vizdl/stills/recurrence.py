"""A sequence of words, what a recurrent network says after each, and its state underneath."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.recurrence import WORDS, RecurrenceTrace
from vizdl.stills.base import MATHS, SMALL, canvas, colormap, note, panel
from vizdl.style import Theme

CROWDED = 10  # words that stand level in a row; more of them lean


def draw(trace: RecurrenceTrace, theme: Theme = "light") -> Figure:
    """Draw the answers over the states, and beside them the answers after all pasts."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(2.1, 1), height_ratios=(1.3, 1))
    title = "What the network says; rings: the lamp"
    _draw_answers(panel(figure, grid[0, 0], theme, title=title, grid=False), trace, theme)
    _draw_states(
        panel(figure, grid[1, 0], theme, title="Its state", x_label="word", grid=False),
        trace,
        theme,
    )
    title = f"“wait” after {len(trace.pasts)} pasts"
    _draw_pasts(
        panel(figure, grid[:, 1], theme, title=title, x_label="presses before"), trace, theme
    )
    return figure


def _draw_answers(ax: Axes, trace: RecurrenceTrace, theme: Theme) -> None:
    at = np.arange(len(trace.words)) + 1
    ax.axhline(0, color=style.MUTED.on(theme), lw=0.7)
    ax.bar(at, trace.says, 0.5, color=style.LOSS.on(theme), alpha=0.75)
    ax.plot(at, trace.lamps, "o", mfc="none", mec=style.INK.on(theme), ms=8, mew=1.1)
    lean = 45 if len(at) > CROWDED else 0
    for x, word in zip(at, WORDS.spell(trace.words), strict=True):
        note(ax, (float(x), 1.3), word, theme, size=SMALL, ha="center", va="bottom", rotation=lean)
    ax.set(xlim=(0.4, len(at) + 0.6), ylim=(-1.3, 2.2 if lean else 1.75), xticks=[])
    ax.set_yticks([-1, 1], ["off", "on"])
    ax.spines["left"].set_visible(False)
    ax.spines["bottom"].set_visible(False)


def _draw_states(ax: Axes, trace: RecurrenceTrace, theme: Theme) -> None:
    states = trace.states[1:].T  # (H, T)
    hidden, count = states.shape
    ax.imshow(
        states,
        cmap=colormap(style.signed_scale(theme)),
        vmin=-1,
        vmax=1,
        aspect="auto",
        interpolation="nearest",
        extent=(0.5, count + 0.5, hidden + 0.5, 0.5),
    )
    ax.set(xlim=(0.4, count + 0.6), xticks=range(1, count + 1))
    names = [f"$h_{k + 1}$" for k in range(hidden)]
    ax.set_yticks(range(1, hidden + 1), names, math_fontfamily=MATHS)


def _draw_pasts(ax: Axes, trace: RecurrenceTrace, theme: Theme) -> None:
    presses = trace.pasts.sum(axis=1)
    for sign, role, marker in ((1, style.POSITIVE, "o"), (-1, style.NEGATIVE, "s")):
        own = trace.truths == sign
        ax.plot(
            presses[own], trace.answers[own], marker, color=role.on(theme), ms=4, mew=0, alpha=0.7
        )
    ax.axhline(0, color=style.MUTED.on(theme), lw=0.7)
    reach = 1.25 * max(1.0, float(np.abs(trace.answers).max()))
    ax.set(ylim=(-reach, reach), xticks=range(trace.pasts.shape[1] + 1), yticks=[-1, 1])
    ax.set_yticklabels(["off", "on"])
    right = ((trace.answers > 0) == (trace.truths > 0)).mean()
    note(
        ax, (3, 0), f"{number(100 * float(right))}% right", theme, size=SMALL, ha="center",
        va="bottom", offset=(0, 3),
    )  # fmt: skip
