"""The gates of a trained LSTM over one sequence, in print.

From top to bottom: what came in, what each gate let through, what the cell kept, what was shown.
A gate's block fills its track as far as it lets through.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.lstm_gates import LstmGatesTrace
from vizdl.stills.base import FONT, MATHS, SIZE, SMALL, canvas, note, panel
from vizdl.style import Role, Theme

Array = NDArray[np.float64]

# Name, colour and share of the height of each panel, top to bottom.
PANELS: tuple[tuple[str, Role, float], ...] = (
    ("", style.INK, 1.3),
    ("value", style.INK, 1.3),
    ("1  forget gate $f$", style.FORGET_GATE, 1.0),
    ("2  input gate $i$", style.INPUT_GATE, 1.0),
    ("candidate $g$", style.CANDIDATE, 1.1),
    ("3  cell state $c$", style.CELL, 2.4),
    ("4  output gate $o$", style.OUTPUT_GATE, 1.0),
    (r"output $\hat{y}$", style.HIDDEN, 1.5),
)
BLOCK = 0.84  # width of a block, in steps


def draw(trace: LstmGatesTrace, theme: Theme = "light") -> Figure:
    """Draw the shown sequence and the shown cell, time from left to right."""
    figure = canvas(theme)
    rows = figure.add_gridspec(len(PANELS), 1, height_ratios=[share for _, _, share in PANELS])
    flags, value, forget, store, candidate, cell, show, output = (
        _row(figure, rows[k], name, role, theme) for k, (name, role, _) in enumerate(PANELS)
    )
    steps, u = np.arange(1.0, len(trace.inputs) + 1), trace.unit
    _flags(flags, trace, steps, theme)
    _values(value, trace, steps, theme)
    _gate(forget, trace.f[:, u], steps, style.FORGET_GATE, theme)
    _gate(store, trace.i[:, u], steps, style.INPUT_GATE, theme)
    _gate(candidate, trace.g[:, u], steps, style.CANDIDATE, theme, low=-1)
    _cell(cell, trace, steps, theme)
    _gate(show, trace.o[:, u], steps, style.OUTPUT_GATE, theme)
    _output(output, trace, steps, theme)
    for ax in figure.axes:
        ax.set_xlim(0.4, len(steps) + 0.6)
    output.set_xticks(steps)
    output.tick_params(axis="x", length=0, labelbottom=True)
    output.set_xlabel("step", labelpad=1)
    words: dict[str, Any] = {"fontfamily": FONT, "math_fontfamily": MATHS, "fontsize": SIZE}
    figure.supxlabel(_arithmetic(trace), color=style.CELL.on(theme), **words)
    engine = figure.get_layout_engine()
    assert isinstance(engine, ConstrainedLayoutEngine)
    engine.set(h_pad=0.03, hspace=0.0)
    return figure


def _row(figure: Figure, where: Any, name: str, role: Role, theme: Theme) -> Axes:
    ax = panel(figure, where, theme, grid=False)
    words: dict[str, Any] = {"fontfamily": FONT, "math_fontfamily": MATHS, "fontsize": SIZE}
    ax.set_ylabel(name, rotation=0, ha="right", va="center", color=role.on(theme), **words)
    for side in ("left", "bottom"):
        ax.spines[side].set_visible(False)
    ax.set_yticks([])
    ax.tick_params(axis="x", length=0, labelbottom=False)
    return ax


def _flags(ax: Axes, trace: LstmGatesTrace, steps: Array, theme: Theme) -> None:
    for row, column in ((1.0, 1), (0.0, 2)):
        flagged = trace.inputs[:, column] > 0
        _track(ax, steps, row - 0.38, 0.76, theme)
        ax.bar(steps[flagged], 0.76, BLOCK, bottom=row - 0.38, color=style.INK.on(theme))
    ax.set_ylim(-0.5, 1.5)
    ax.set_yticks([0, 1], ["ask", "store"], color=style.INK.on(theme), fontsize=SIZE)
    ax.tick_params(axis="y", length=0)


def _values(ax: Axes, trace: LstmGatesTrace, steps: Array, theme: Theme) -> None:
    value, store = trace.inputs[:, 0], trace.inputs[:, 1] > 0
    ax.axhline(0, color=style.GRID.on(theme), linewidth=0.7)
    ax.bar(steps[~store], value[~store], 0.5, color=style.DATA.on(theme), alpha=0.45)
    ax.bar(steps[store], value[store], 0.5, color=style.CELL.on(theme))
    ax.set_ylim(-1.1, 1.1)


def _gate(ax: Axes, gate: Array, steps: Array, role: Role, theme: Theme, low: float = 0.0) -> None:
    _track(ax, steps, low, 1 - low, theme)
    ax.bar(steps, gate, BLOCK, color=role.on(theme))
    ax.set_ylim(low - 0.02, 1.02)


def _track(ax: Axes, steps: Array, low: float, height: float, theme: Theme) -> None:
    fill, edge = style.SURFACE.on(theme), style.GRID.on(theme)
    ax.bar(steps, height, BLOCK, bottom=low, color=fill, edgecolor=edge, linewidth=0.5)


def _cell(ax: Axes, trace: LstmGatesTrace, steps: Array, theme: Theme) -> None:
    edges = np.append(steps - 0.5, steps[-1] + 0.5)
    cell = trace.c[1:, trace.unit]
    ax.axhline(0, color=style.GRID.on(theme), linewidth=0.7)
    ax.stairs(trace.memory, edges, baseline=None, color=style.MUTED.on(theme), linestyle=":")
    ax.stairs(cell, edges, baseline=None, color=style.CELL.on(theme), linewidth=2.2)
    reach = 1.25 * max(1.0, float(np.abs(cell).max()))
    ax.set_ylim(-reach, reach)
    free = (
        0.12 * reach if cell[0] < 0 else -0.68 * reach
    )  # the side of zero that the line leaves free
    note(ax, (1, free), "dotted: to be remembered", theme, size=SMALL, role=style.MUTED)


def _output(ax: Axes, trace: LstmGatesTrace, steps: Array, theme: Theme) -> None:
    ax.axhline(0, color=style.GRID.on(theme), linewidth=0.7)
    ax.bar(steps, trace.predictions, 0.5, color=style.HIDDEN.on(theme))
    ax.hlines(trace.targets, steps - 0.4, steps + 0.4, color=style.INK.on(theme), linewidth=1.3)
    reach = 1.1 * max(1.0, float(np.abs(trace.predictions).max()))
    ax.set_ylim(-reach, reach)
    asked = np.concatenate([[0], steps[trace.inputs[:, 2] > 0], [len(steps) + 1]])
    widest = int(np.argmax(np.diff(asked)))
    middle = float(asked[widest] + asked[widest + 1]) / 2
    note(
        ax,
        (middle, 0.3 * reach),
        "dash: right answer",
        theme,
        size=SMALL,
        role=style.MUTED,
        ha="center",
    )


def _arithmetic(trace: LstmGatesTrace) -> str:
    k, u = trace.store_step, trace.unit
    f, before, i, g = trace.f[k, u], trace.c[k, u], trace.i[k, u], trace.g[k, u]
    return (
        f"step {k + 1}:  $c_{{{k + 1}}} = f\\,c_{{{k}}} + i\\,g"
        f" = {f:.3f}\\cdot{_within(before)} + {i:.3f}\\cdot{_within(g)}"
        f" = {trace.c[k + 1, u]:.3f}$"
    )


def _within(value: float) -> str:
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"
