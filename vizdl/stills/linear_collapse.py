"""Linear collapse in print: the same line for every size, and the boundary once it may bend."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.linear_collapse import SPAN, LinearCollapseTrace
from vizdl.stills.base import DASHES, FONT, SMALL, canvas, panel
from vizdl.stills.field import draw_field, draw_points
from vizdl.style import Theme

LIMIT = 2.0  # of the output: where the colour is full
WIDTHS = (5.0, 3.4, 2.2, 1.2)  # of lines that lie on each other, in points


def draw(trace: LinearCollapseTrace, theme: Theme = "light") -> Figure:
    """Draw the boundaries of linear networks over each other, and the one of ReLU beside them."""
    figure = canvas(theme)
    grid = figure.add_gridspec(1, 2)
    count, scan = len(trace.y), trace.scan
    axes: dict[str, Any] = {"x_label": "$x_1$", "y_label": "$x_2$", "grid": False}
    title = f"No activation: {int(scan.right.max())} of {count} points"
    _draw_linear(panel(figure, grid[0], theme, title=title, **axes), trace, theme)
    title = f"ReLU: {trace.bent_right[-1]} of {count} points"
    bent = panel(figure, grid[1], theme, title=title, **axes)
    draw_field(bent, trace.bent_fields[-1], SPAN, SPAN, theme, limit=LIMIT)
    draw_points(bent, trace.x, trace.y, theme)
    bent.set_aspect("equal")
    return figure


def _draw_linear(ax: Axes, trace: LinearCollapseTrace, theme: Theme) -> None:
    """The plane as one layer has it, and the boundary of each size, from wide to narrow."""
    scan = trace.scan
    a, b, c = scan.lines[0]
    across = np.linspace(*SPAN, 9)
    draw_field(ax, a * across + b * across[:, None] + c, SPAN, SPAN, theme, limit=LIMIT, width=0)
    order = (0, *np.flatnonzero(scan.widths == scan.widths.max()))
    roles = (style.INK, style.GRADIENT, style.LOSS)
    for k, role, width, dash in zip(order, roles, WIDTHS, DASHES, strict=False):
        a, b, c = scan.lines[k]
        size = float(np.hypot(a, b))
        foot, along = -c * np.array([a, b]) / size**2, np.array([-b, a]) / size
        ends = foot + np.array([[-9.0], [9.0]]) * along
        depth = int(scan.depths[k])
        name = f"{depth} layers of {scan.widths[k]}" if depth > 1 else "1 layer"
        ax.plot(*ends.T, color=role.on(theme), lw=width, ls=dash, label=name)
    draw_points(ax, trace.x, trace.y, theme)
    ax.set_aspect("equal")
    ax.legend(
        loc="upper center",
        bbox_to_anchor=(0.5, -0.2),
        ncols=len(order),
        frameon=False,
        handlelength=1.6,
        columnspacing=1.0,
        labelcolor=style.MUTED.on(theme),
        prop={"family": FONT, "size": SMALL},
    )
