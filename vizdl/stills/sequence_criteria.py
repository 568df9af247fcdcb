"""How often each model is right: by the length of a sentence, and by how long ago its clue was."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.sentiment import LONGEST_SEEN
from vizdl.experiments.sequence_criteria import MODELS, SequenceCriteriaTrace
from vizdl.stills.base import DASHES, FONT, MARKERS, SIZE, SMALL, canvas, note, panel
from vizdl.style import Theme

Array = NDArray[np.float64]
COLOURS = (style.SERIES[3], style.SERIES[1], style.HIDDEN)


def draw(trace: SequenceCriteriaTrace, theme: Theme = "light") -> Figure:
    """Draw both tests, and above them what the models say of the same words in two orders."""
    figure = canvas(theme)
    places = figure.add_gridspec(2, 2, height_ratios=(0.75, 1))
    _draw_orders(figure, places[0, :], trace, theme)
    by_length = panel(
        figure, places[1, 0], theme, x_label="words in the sentence", y_label="right answers, %"
    )
    _draw_test(by_length, trace.lengths, trace.by_length, theme)
    by_length.axvline(LONGEST_SEEN + 0.5, color=style.MUTED.on(theme), linewidth=0.8, linestyle=":")
    note(
        by_length, (LONGEST_SEEN + 0.5, 81), "never so\nlong before", theme, size=SMALL,
        role=style.MUTED, offset=(3, 0), va="bottom",
    )  # fmt: skip
    by_distance = panel(figure, places[1, 1], theme, x_label="words after the last opinion")
    _draw_test(by_distance, trace.distances, trace.by_distance, theme)
    names = (MODELS[0], f"{MODELS[1]}, {trace.settings.window} words", MODELS[2])
    for name, role, height in zip(names, COLOURS, (70, 79, 92), strict=True):
        last = float(trace.distances[-1])
        note(by_distance, (last, height), name, theme, role=role, size=SMALL, ha="right")
    return figure


def _draw_orders(figure: Figure, where: object, trace: SequenceCriteriaTrace, theme: Theme) -> None:
    """Two sentences of the same words, and what each model gives to the mood good."""
    ax = panel(figure, where, theme, title="The same words in two orders: how good?", grid=False)
    ax.set(xlim=(0, 1), ylim=(1.55, -0.8), xticks=[], yticks=[])
    for spine in ax.spines.values():
        spine.set_visible(False)
    ink = style.INK.on(theme)
    for k, name in enumerate(MODELS):
        ax.text(0.48 + 0.2 * k, -0.55, name, color=COLOURS[k].on(theme), fontsize=SMALL,
                fontfamily=FONT, ha="center")  # fmt: skip
    rows = ((trace.words, trace.said), (trace.swapped, trace.swapped_said))
    for row, (words, said) in enumerate(dict(rows).items()):
        text = " ".join(words)
        short = text if len(text) < 34 else text[:31] + " …"
        ax.text(0, row, f"“{short}”", color=ink, fontsize=SMALL, fontfamily=FONT, va="center")
        for k, value in enumerate(said):
            ax.text(0.48 + 0.2 * k, row, f"{number(100 * float(value))}%", color=ink, fontsize=SIZE,
                    fontfamily=FONT, ha="center", va="center")  # fmt: skip


def _draw_test(ax: Axes, at: NDArray[np.int64], shares: Array, theme: Theme) -> None:
    for k, role in enumerate(COLOURS):
        ax.plot(
            at, 100 * shares[k], color=role.on(theme), linestyle=DASHES[k], marker=MARKERS[k],
            markersize=3, linewidth=1.5,
        )  # fmt: skip
    ax.axhline(50, color=style.MUTED.on(theme), linewidth=0.7)
    ax.set(ylim=(38, 104), yticks=[50, 75, 100])
