"""The loss landscape in print: two weights' landscape and a network's, from above and in space."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments import surface as space
from vizdl.experiments.base import number
from vizdl.experiments.common import Surface
from vizdl.experiments.loss_landscape import FULL, NAMES, PLANE, LossLandscapeTrace, last_step
from vizdl.stills.base import SMALL, canvas, note, panel
from vizdl.stills.field import draw_field, draw_points
from vizdl.stills.walks import draw_map
from vizdl.style import Theme


def draw(trace: LossLandscapeTrace, theme: Theme = "light") -> Figure:
    """Draw the chosen map with the way down, the model at its end, and all three in space."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 6, height_ratios=(1.15, 1))
    last = last_step(trace.path)
    ends = " → ".join(number(float(trace.path.losses[k])) for k in (0, last))
    _draw_map(
        panel(figure, grid[0, :3], theme, title=f"Downhill: {ends}", x_label="$w_1$",
              y_label="$w_2$", grid=False),
        trace, theme,
    )  # fmt: skip
    model = panel(
        figure, grid[0, 3:], theme, title=f"The model there: {number(100 * trace.right[last])}%",
        x_label="$x_1$", y_label="$x_2$", grid=False,
    )  # fmt: skip
    draw_field(model, trace.fields[last], PLANE, PLANE, theme, limit=FULL)
    draw_points(model, trace.x, trace.y, theme, size=2.5)
    model.set_aspect("equal")
    for k, (name, surface) in enumerate(zip(NAMES, trace.surfaces, strict=True)):
        ax = panel(figure, grid[1, 2 * k : 2 * k + 2], theme, title=name.capitalize(), grid=False)
        _draw_space(ax, surface, trace, theme)
    return figure


def _draw_map(ax: Axes, trace: LossLandscapeTrace, theme: Theme) -> None:
    draw_map(ax, trace.surfaces[NAMES.index(trace.settings.surface)], theme)
    edge = style.BACKGROUND.on(theme)
    way = trace.path.positions[: last_step(trace.path) + 1]
    ax.plot(*way.T, ".-", color=style.GRADIENT.on(theme), lw=1.6, ms=3.5)
    for at in (way[0], way[-1]):
        ax.plot(*at, "o", color=style.INK.on(theme), ms=4.5, mec=edge, mew=0.7)
    ax.set_aspect("equal")


def _draw_space(ax: Axes, surface: Surface, trace: LossLandscapeTrace, theme: Theme) -> None:
    """The mesh, from the back to the front, as the settings have it seen."""
    azimuth, elevation = trace.settings.azimuth, trace.settings.elevation
    squares = space.strips(space.squares(space.solid(surface.height)), azimuth)  # (N, N, 4, 3)
    seen = space.project(squares, azimuth, elevation).reshape(-1, 4, 2)
    low, high = (stop[1] for stop in style.height_scale(theme))
    shares = np.sqrt(squares[..., 2].mean(axis=-1).ravel() / space.RISE)
    colours = [style.mix(low, high, float(share)) for share in shares]
    mesh = PolyCollection(list(seen), facecolors=colours, edgecolors=style.POSITIVE.on(theme),
                          linewidths=0.12)  # fmt: skip
    ax.add_collection(mesh)
    ax.set_xlim(-1.5, 1.5)
    ax.set_ylim(seen[..., 1].min() - 0.25, seen[..., 1].max() + 0.05)
    ax.set_aspect("equal")
    ax.axis("off")
    lowest, highest = (number(float(h)) for h in (surface.height.min(), surface.height.max()))
    note(ax, (0.5, 0.0), f"loss {lowest} to {highest}", theme, role=style.MUTED, size=SMALL,
         xycoords="axes fraction", ha="center", va="bottom")  # fmt: skip
