"""The four patterns as rows of steps: what comes in, the cell, what is said and how surely."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, Rectangle

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.sequence_patterns import Example, SequencePatternsTrace
from vizdl.stills.base import FONT, SIZE, SMALL, canvas, panel
from vizdl.style import Theme

SMALLER = 6.5  # points, of the words of a long row


def draw(trace: SequencePatternsTrace, theme: Theme = "light") -> Figure:
    """Draw an example of each pattern, with the share of right answers on what was held out."""
    figure = canvas(theme)
    rows = figure.add_gridspec(3, 12, height_ratios=(1, 1, 1))
    places = (rows[0, :3], rows[1, :], rows[0, 3:], rows[2, :])
    for example, share, place in zip(trace.examples, trace.accuracy, places, strict=True):
        title = f"{example.pattern}: {number(100 * float(share))}% right"
        ax = panel(figure, place, theme, title=title, grid=False)
        ax.set(xticks=[], yticks=[], ylim=(-1.9, 2.0))
        for spine in ax.spines.values():
            spine.set_visible(False)
        _draw_steps(ax, example, theme)
    return figure


def _draw_steps(ax: Axes, example: Example, theme: Theme) -> None:
    steps = len(example.into)
    ax.set_xlim(-0.9, max(steps, 2) - 0.1 if steps == 1 else steps - 0.4)
    ink, muted, hidden = (role.on(theme) for role in (style.INK, style.MUTED, style.HIDDEN))
    size = SMALLER if steps > 7 else SMALL
    for t in range(steps):
        ax.add_patch(Rectangle((t - 0.2, -0.45), 0.4, 0.9, facecolor="none", edgecolor=hidden))
        ax.add_patch(_arrow((t, -1.0), (t, -0.47), muted))
        words = "picture" if "picture" in example.into[t] else example.into[t].replace(", ", ",\n")
        ax.text(t, -1.1, words, color=ink, fontsize=size, fontfamily=FONT, ha="center", va="top")
        if t:
            ax.add_patch(_arrow((t - 0.78, 0), (t - 0.22, 0), hidden))
        if example.asked[t]:
            ax.add_patch(_arrow((t, 0.47), (t, 0.95), muted))
            share = f"{100 * example.likeliest[t]:.0f}%"
            ax.text(t, 1.0, f"{example.out[t]}\n{share}", color=hidden, fontsize=size,
                    fontfamily=FONT, ha="center", va="bottom", linespacing=0.95)  # fmt: skip
    ax.title.set_fontsize(SIZE)


def _arrow(start: tuple[float, float], end: tuple[float, float], colour: str) -> FancyArrowPatch:
    return FancyArrowPatch(
        start, end, arrowstyle="-|>", mutation_scale=7, color=colour, linewidth=0.9, shrinkA=0,
        shrinkB=0,
    )  # fmt: skip
