"""Activations in print: the plane with its boundary, the folded plane, the functions."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.activations import BENT, SPOKEN, ActivationsTrace, X, Y
from vizdl.stills.base import DASHES, SMALL, canvas, note, panel
from vizdl.stills.field import draw_field, draw_points
from vizdl.style import Theme

Array = NDArray[np.float64]

LIMIT = 12.0  # of the output: where the colour is full
REACH = 1.3  # of the hidden space: its points reach to 1
SHOWN = ("sigmoid", "tanh", "relu")
ROLES = (style.SERIES[2], style.SERIES[3], style.INK)  # not those of the two classes
NAMES_AT = (  # of the functions: place, offset in points, side
    ((3.9, 1.0), (0, -10), "right"),
    ((-3.9, -1.0), (0, 4), "left"),
    ((1.6, 1.6), (-4, 0), "right"),
)


def draw(trace: ActivationsTrace, theme: Theme = "light") -> Figure:
    """Draw the plane and its place in the hidden space, and three of the functions with slopes."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 3, width_ratios=(1.15, 1.0, 0.85))
    count, right = len(trace.y), int(trace.learnt.right[-1])
    title = f"{SPOKEN[trace.settings.activation]}: {right} of {count} points"
    below = f"$x_1$\n(the best line: {trace.best.right})"
    plane = panel(
        figure, grid[:, 0], theme, title=title, x_label=below, y_label="$x_2$", grid=False
    )
    draw_field(plane, trace.fields[-1], X, Y, theme, limit=LIMIT)
    draw_points(plane, trace.x, trace.y, theme, size=3.2)
    plane.set_aspect("equal")
    hidden = panel(figure, grid[:, 1], theme, title="The same, folded", grid=False)
    _draw_hidden(hidden, trace, theme)
    values = panel(figure, grid[0, 2], theme, title="$g(z)$")
    _draw_functions(values, trace.z, trace.values, theme)
    for name, role, (at, offset, side) in zip(SHOWN, ROLES, NAMES_AT, strict=True):
        note(values, at, SPOKEN[name], theme, role=role, size=SMALL, offset=offset, ha=side)
    slopes = panel(figure, grid[1, 2], theme, title="$g'(z)$", x_label="$z$")
    _draw_functions(slopes, trace.z, trace.slopes, theme)
    return figure


def _draw_hidden(ax: Axes, trace: ActivationsTrace, theme: Theme) -> None:
    """The mesh and the points in the hidden space, and the line there."""
    ax.plot(*trace.mesh_places[-1].T, color=style.MUTED.on(theme), lw=0.5)
    ax.axhline(0, color=style.INK.on(theme), lw=1.4)
    draw_points(ax, trace.point_places[-1], trace.y, theme, size=3.2)
    ax.set_xlim(-REACH, REACH)
    ax.set_ylim(-REACH, REACH)
    ax.set_aspect("equal")
    ax.set_xticks([])
    ax.set_yticks([])
    ax.set_xlabel("hidden space: one line will do")


def _draw_functions(ax: Axes, z: Array, curves: Array, theme: Theme) -> None:
    """Three of the curves (5, Z) over z (Z,)."""
    for name, role, dash in zip(SHOWN, ROLES, DASHES, strict=False):
        ax.plot(z, curves[BENT.index(name)], color=role.on(theme), ls=dash, lw=1.6)
    ax.set_xlim(-4, 4)
    ax.set_ylim(-1.3, 2.0)
