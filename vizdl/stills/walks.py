"""What stills of walks on a landscape have in common: the map, and the loss over the steps."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes

from vizdl import style
from vizdl.experiments.common import Surface
from vizdl.stills.base import colormap
from vizdl.style import Theme


def draw_map(ax: Axes, surface: Surface, theme: Theme) -> None:
    """Draw the bands and contour lines of a surface on axes of equal units, cut to its edges."""
    levels = np.array([surface.height.min(), *surface.levels, surface.height.max()])
    ax.contourf(
        surface.x,
        surface.y,
        np.interp(surface.height, levels, np.arange(len(levels))),
        levels=np.arange(len(levels)),
        cmap=colormap(style.height_scale(theme)),
    )
    edge = style.BACKGROUND.on(theme)
    ax.contour(surface.x, surface.y, surface.height, surface.levels, colors=edge, linewidths=0.4)
    ax.set_xlim(surface.x[0], surface.x[-1])
    ax.set_ylim(surface.y[0], surface.y[-1])
    ax.set_aspect("equal")
