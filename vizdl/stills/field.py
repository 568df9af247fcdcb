"""A model's output over a plane in print: a tinted field, its line of zero, points."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike

from vizdl import style
from vizdl.experiments.field import Span, tints
from vizdl.stills.base import MARKERS, colormap
from vizdl.style import Theme

ROLES = (style.NEGATIVE, style.POSITIVE)  # of class 0 and class 1
SHAPES = (MARKERS[1], MARKERS[0])


def draw_field(
    ax: Axes,
    z: ArrayLike,
    x: Span,
    y: Span,
    theme: Theme = "light",
    *,
    limit: float = 1.0,
    width: float = 1.4,
) -> None:
    """Tint the panel by z (H, W) over x and y, rows from the lowest y, and draw its line of zero.

    The colour is full where |z| is `limit` or more.
    """
    numbers = np.asarray(z, dtype=float)
    across, up = (np.linspace(*span, n) for span, n in zip((x, y), numbers.T.shape, strict=True))
    ax.imshow(
        numbers,
        extent=(*x, *y),
        origin="lower",
        aspect="auto",
        interpolation="bilinear",
        cmap=colormap(tints(theme), "field"),
        vmin=-limit,
        vmax=limit,
        zorder=0,
    )
    if numbers.min() < 0 < numbers.max():
        ax.contour(across, up, numbers, [0.0], colors=style.INK.on(theme), linewidths=width)
    ax.set_xlim(*x)
    ax.set_ylim(*y)


def draw_points(
    ax: Axes, x: ArrayLike, y: ArrayLike, theme: Theme = "light", *, size: float = 4.0
) -> None:
    """Draw points x (N, 2) of two classes y (N,), 0 or 1: squares and circles."""
    places, classes = np.asarray(x, dtype=float), np.asarray(y).reshape(-1)
    for k in (0, 1):
        ax.plot(
            *places[classes == k].T,
            SHAPES[k],
            color=ROLES[k].on(theme),
            ms=size,
            mec=style.BACKGROUND.on(theme),
            mew=0.5,
            ls="none",
        )
