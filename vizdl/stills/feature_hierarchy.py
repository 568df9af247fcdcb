"""Strokes and parts that a network has learned, and how its layers hold three digits apart."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.feature_hierarchy import FeatureHierarchyTrace
from vizdl.experiments.feature_hierarchy_network import LAYERS, SIDE, SIZES
from vizdl.stills.base import MARKERS, canvas, colormap, note, panel
from vizdl.style import Theme

Array = NDArray[np.float64]

ACROSS = 8  # pictures in a row
REACH = 2.2  # of the axes of the clouds, in root mean squares
FULL = 0.98  # share of the numbers that have less than the full colour


def draw(trace: FeatureHierarchyTrace, theme: Theme = "light") -> Figure:
    """Draw the clouds in each layer with what a probe reads there; below, what units look for."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 6, height_ratios=(1.25, 1))
    read = 100 * trace.accuracies[int(trace.settings.trained)].mean(axis=-1)
    for layer, name in enumerate(LAYERS):
        title = f"{name}: {number(float(read[layer]))}% read"
        where = grid[0, 2 * layer : 2 * layer + 2]
        _draw_clouds(panel(figure, where, theme, title=title, grid=False), trace, layer, theme)
    first, second = SIZES[1], SIZES[1] + SIZES[2]
    strongest = np.argsort(-np.linalg.norm(trace.model.weights[0], axis=1))[:16]
    for columns, pictures, title in (
        (slice(0, 3), trace.favourites[np.sort(strongest)], "Strokes: what layer 1 looks for"),
        (slice(3, 6), trace.favourites[first:second], "Parts: what layer 2 looks for"),
    ):
        ax = panel(figure, grid[1, columns], theme, title=title, grid=False)
        _draw_pictures(ax, pictures, theme)
    return figure


def _draw_clouds(ax: Axes, trace: FeatureHierarchyTrace, layer: int, theme: Theme) -> None:
    for k, label in enumerate(np.unique(trace.classes)):
        cloud = trace.clouds[layer][trace.classes == label]
        role = style.SERIES[k]
        ax.plot(
            *cloud.T, MARKERS[k], color=role.on(theme), ms=2.6, mew=0, alpha=0.65, label=str(label)
        )
        middle = cloud.mean(axis=0)
        note(
            ax, (float(middle[0]), float(middle[1])), str(label), theme, size=15, weight="bold",
            ha="center", va="center",
        )  # fmt: skip
    if trace.label >= 0:
        ax.plot(*trace.place[layer], "o", mfc="none", mec=style.INK.on(theme), ms=8, mew=1.4)
    ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal", xticks=[], yticks=[])


def _draw_pictures(ax: Axes, pictures: Array, theme: Theme) -> None:
    limit = float(np.quantile(np.abs(pictures), FULL))
    ax.imshow(
        tiled(pictures),
        cmap=colormap(style.signed_scale(theme)),
        vmin=-limit,
        vmax=limit,
        interpolation="nearest",
    )
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)


def tiled(pictures: Array) -> Array:
    """Pictures (N, 64) in rows of eight, a gap of one pixel between them, as one array."""
    rows = -(-len(pictures) // ACROSS)
    whole = np.full((rows * (SIDE + 1) - 1, ACROSS * (SIDE + 1) - 1), np.nan)
    for n, picture in enumerate(pictures):
        top, left = (SIDE + 1) * (n // ACROSS), (SIDE + 1) * (n % ACROSS)
        whole[top : top + SIDE, left : left + SIDE] = picture.reshape(SIDE, SIDE)
    return whole
