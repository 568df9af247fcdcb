"""Attention in print: its weights from diffuse to sharp, and what distance costs."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.attention import ANIMALS, NAMES, AttentionTrace
from vizdl.stills.base import FONT, MARKERS, SMALL, canvas, colormap, note, panel
from vizdl.style import Theme

MOMENTS = (0.0, 0.2, 1.0)  # of the training, as shares of it


def draw(trace: AttentionTrace, theme: Theme = "light") -> Figure:
    """Draw the weights of every question at three moments, and the accuracy by distance."""
    figure = canvas(theme)
    rows = figure.add_gridspec(2, 3, height_ratios=[1.25, 1])
    last = len(trace.steps) - 1
    for column, share in enumerate(MOMENTS):
        ax = panel(figure, rows[0, column], theme, grid=False)
        _weights(ax, trace, round(share * last), theme, named=column == 0)
    _distance(panel(figure, rows[1, :], theme), trace, theme)
    return figure


def _weights(ax: Axes, trace: AttentionTrace, moment: int, theme: Theme, named: bool) -> None:
    T = len(trace.names)
    shades = colormap([(0.0, style.BACKGROUND.on(theme)), (1.0, style.QUERY.on(theme))])
    ax.imshow(trace.grid[moment], cmap=shades, vmin=0, vmax=1)
    ink, muted = style.INK.on(theme), style.MUTED.on(theme)
    words: dict[str, Any] = {"fontfamily": FONT, "fontsize": SMALL - 1.5}
    ax.set_title(f"after {trace.steps[moment]} steps", color=ink, fontfamily=FONT, fontsize=SMALL)
    people = [NAMES[k] for k in trace.names]
    items = [f"{name}, {ANIMALS[k]}" for name, k in zip(people, trace.animals, strict=True)]
    ax.set_xticks(range(T), items, color=muted, rotation=90, **words)
    ax.set_yticks(range(T), [f"{name}?" for name in people] if named else [], color=muted, **words)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(True)
        spine.set_color(style.GRID.on(theme))


def _distance(ax: Axes, trace: AttentionTrace, theme: Theme) -> None:
    steps = np.arange(1, len(trace.names) + 1)
    curves = (
        ("attention", trace.accuracy[-1], style.QUERY),
        ("LSTM", trace.lstm, style.CELL),
        ("RNN", trace.rnn, style.HIDDEN),
    )
    for (name, shares, role), marker in zip(curves, MARKERS, strict=False):
        colour = role.on(theme)
        ax.plot(steps, 100 * shares, color=colour, marker=marker, markersize=4, linewidth=1.6)
        end = (steps[-1], 100 * shares[-1])
        note(ax, end, name, theme, role=role, size=SMALL, offset=(8, 0), va="center")
    ax.set_ylim(0, 108)
    ax.set_xlim(0.7, steps[-1] + 1.1)
    ax.set_xticks(steps)
    ax.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
    ax.set_xlabel("steps from the item to the question", fontsize=SMALL)
    ax.set_ylabel("right answers", fontsize=SMALL)
