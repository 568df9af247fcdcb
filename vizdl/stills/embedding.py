"""An embedding in print: where the words came from and where they ended, and how soon."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.embedding import ROLE, ROLES, WORDS, EmbeddingTrace, sides
from vizdl.stills.base import SMALL, canvas, note, panel
from vizdl.style import Theme

COLOURS = (*style.SERIES, style.MUTED)  # of the roles
SHIFTS: dict[str, tuple[tuple[float, float], dict[str, str]]] = {
    "right": ((5, 0), {"ha": "left", "va": "center"}),
    "left": ((-5, 0), {"ha": "right", "va": "center"}),
    "above": ((0, 5), {"ha": "center", "va": "bottom"}),
    "below": ((0, -5), {"ha": "center", "va": "top"}),
}  # of a name from its point, in points of type
MARKERS = ("o", "s", "D", "^", "x")


def draw(trace: EmbeddingTrace, theme: Theme = "light") -> Figure:
    """Draw the words' ways on the plane, and the share of neighbours that have the same role."""
    figure = canvas(theme)
    columns = figure.add_gridspec(1, 2, width_ratios=[1.9, 1])
    _plane(panel(figure, columns[0], theme, title="Words, by the company they keep"), trace, theme)
    _shares(
        panel(
            figure, columns[1], theme, title="Neighbour of the same role", x_label="training step"
        ),
        trace,
        theme,
    )  # fmt: skip
    return figure


def _plane(ax: Axes, trace: EmbeddingTrace, theme: Theme) -> None:
    for role, (name, colour, marker) in enumerate(zip(ROLES, COLOURS, MARKERS, strict=True)):
        own = trace.places[:, role == ROLE]  # (S, N, 2)
        shade = colour.on(theme)
        ax.plot(own[..., 0], own[..., 1], color=shade, linewidth=0.6, alpha=0.45)
        x, y = own[-1].T
        ax.scatter(x, y, color=shade, marker=marker, s=18, zorder=3, label=name)
    beside = sides(trace.places[-1])
    for k, (word, place) in enumerate(zip(WORDS, trace.places[-1], strict=True)):
        shift, aligned = SHIFTS[beside[k]]
        role = COLOURS[ROLE[k]]
        note(ax, tuple(place), word, theme, role=role, size=SMALL - 2, offset=shift, **aligned)
    ax.set_xticks([])
    ax.set_yticks([])
    ax.margins(0.14)


def _shares(ax: Axes, trace: EmbeddingTrace, theme: Theme) -> None:
    alike = ROLE[trace.nearest] == ROLE[:, None]  # (S, V, NEAR)
    shares = 100 * alike[..., 0].mean(axis=1)
    ax.plot(trace.steps, shares, color=style.INK.on(theme), linewidth=1.8)
    end = (float(trace.steps[-1]), float(shares[-1]))
    note(ax, end, f"{shares[-1]:.0f}%", theme, size=SMALL, offset=(-4, -14), ha="right")
    ax.set_ylim(0, 105)
    ax.set_yticks([0, 50, 100], ["0%", "50%", "100%"])
    ax.set_xticks(np.linspace(0, trace.steps[-1], 3).round().astype(int))
