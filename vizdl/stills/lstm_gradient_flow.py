"""Three gradients on their way back, and recall by delay of networks of the three kinds."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import recall
from vizdl.experiments.lstm_gradient_flow import LstmGradientFlowTrace
from vizdl.stills.base import DASHES, MARKERS, SMALL, canvas, logarithmic, note, panel
from vizdl.style import Role, Theme

KINDS: tuple[tuple[str, Role], ...] = (
    ("plain network", style.HIDDEN),
    ("LSTM", style.CELL),
    ("GRU", style.CANDIDATE),
)
FLOOR = 1e-12


def draw(trace: LstmGradientFlowTrace, theme: Theme = "light") -> Figure:
    """Draw what is left by steps back on the left, recall by delay on the right."""
    figure = canvas(theme)
    places = figure.add_gridspec(1, 2, width_ratios=(1.2, 1))
    _draw_ways(
        panel(figure, places[0], theme, title="What is left of the gradient", x_label="steps back"),
        trace,
        theme,
    )
    _draw_recall(
        panel(
            figure, places[1], theme, title="Letters named after training",
            x_label="steps to recall over", y_label="%",
        ),
        trace,
        theme,
    )  # fmt: skip
    return figure


def _draw_ways(ax: Axes, trace: LstmGradientFlowTrace, theme: Theme) -> None:
    steps = np.arange(len(trace.rnn))
    for k, ((_, role), left) in enumerate(
        zip(KINDS, (trace.rnn, trace.lstm, trace.gru), strict=True)
    ):
        ax.plot(steps, left, color=role.on(theme), linewidth=2.2, linestyle=DASHES[k])
    ax.plot(
        steps, trace.conveyor, color=style.FORGET_GATE.on(theme), linewidth=1.4,
        linestyle=DASHES[3],
    )  # fmt: skip
    logarithmic(ax, "y")
    top = 10 * max(1.0, float(trace.lstm.max()))
    ax.set(xlim=(0, len(steps)), ylim=(FLOOR, 100 * top))
    said = "LSTM: at its cell (dashed), along the cell\nalone (dash-dotted)"
    note(ax, (1, 20 * top), said, theme,
         size=SMALL, va="center")  # fmt: skip
    last = len(steps) - 1
    note(ax, (last, float(trace.gru[-1])), "GRU", theme, role=style.CANDIDATE, size=SMALL,
         offset=(0, -14), ha="right")  # fmt: skip
    seen = int(np.flatnonzero(trace.rnn > 10 * FLOOR)[-1])
    middle = seen // 2
    note(ax, (middle, float(trace.rnn[middle])), "plain network", theme, role=style.HIDDEN,
         size=SMALL, offset=(8, 4))  # fmt: skip


def _draw_recall(ax: Axes, trace: LstmGradientFlowTrace, theme: Theme) -> None:
    for k, ((name, role), found) in enumerate(zip(KINDS, trace.recall, strict=True)):
        color = role.on(theme)
        ax.plot(
            trace.delays, 100 * found.mean(axis=-1), color=color, linewidth=2,
            linestyle=DASHES[k], label=name,
        )  # fmt: skip
        for seed in found.T:
            ax.plot(
                trace.delays, 100 * seed, MARKERS[k], color=color, markersize=4.5,
                markerfacecolor="none",
            )  # fmt: skip
    guess = 100 / recall.LETTERS
    ax.axhline(guess, color=style.MUTED.on(theme), linewidth=1, linestyle=DASHES[2])
    note(ax, (1, guess), "a guess", theme, role=style.MUTED, size=SMALL, offset=(0, -3), va="top")
    plain = trace.recall[0].mean(axis=-1)
    note(ax, (float(trace.delays[2]), 100 * float(plain[2])), "plain", theme, role=style.HIDDEN,
         size=SMALL, offset=(-6, -2), ha="right", va="top")  # fmt: skip
    note(ax, (float(trace.delays[-1]), 100), "LSTM, GRU", theme, size=SMALL, offset=(0, -12),
         ha="right", va="top")  # fmt: skip
    ax.set(xlim=(0, trace.delays[-1] + 2), ylim=(0, 106))
