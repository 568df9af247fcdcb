"""The triangle of back-propagation through time, and how each of its rows fades."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import LogNorm
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.bptt import BpttTrace
from vizdl.stills.base import FONT, MATHS, SIZE, SMALL, canvas, colormap, logarithmic, note, panel
from vizdl.style import Theme

FLOOR = 4e-3  # of the largest gradient: what is weaker has the colour of the ground


def draw(trace: BpttTrace, theme: Theme = "light") -> Figure:
    """Draw every ‖dL_t/dh_k‖ on the left, and on the right what is left of each over its way."""
    figure = canvas(theme)
    places = figure.add_gridspec(1, 2, width_ratios=(1.15, 1))
    _draw_triangle(
        panel(
            figure,
            places[0],
            theme,
            title="How strongly each loss reaches each state",
            x_label="state $k$",
            y_label="loss $t$",
            grid=False,
        ),
        trace,
        theme,
    )
    _draw_fading(
        panel(
            figure,
            places[1],
            theme,
            title="What is left on the way back",
            x_label="steps back",
            y_label="share of the gradient",
        ),
        trace,
        theme,
    )
    return figure


def _draw_triangle(ax: Axes, trace: BpttTrace, theme: Theme) -> None:
    steps = len(trace.losses)
    largest = float(trace.flow.max())
    scale = LogNorm(FLOOR * largest, largest, clip=True)
    colours = colormap([(0, style.SURFACE.on(theme)), (1, style.GRADIENT.on(theme))])
    for t in range(steps):
        for k in range(t + 1):
            ax.add_patch(
                Rectangle(
                    (k + 0.54, t + 0.54),
                    0.92,
                    0.92,
                    facecolor=colours(scale(trace.flow[t, k])),
                    edgecolor=style.GRID.on(theme),
                    linewidth=0.4,
                )
            )
    ax.set(xlim=(0.4, steps + 0.6), ylim=(steps + 0.6, 0.4), aspect="equal")
    ticks = range(1, steps + 1, 1 + steps // 13)
    ax.set(xticks=ticks, yticks=ticks)
    _draw_scale(ax, trace, theme)


def _draw_scale(ax: Axes, trace: BpttTrace, theme: Theme) -> None:
    """The scale of the brightness, in the empty half above the triangle."""
    largest = float(trace.flow.max())
    colours = colormap([(0, style.SURFACE.on(theme)), (1, style.GRADIENT.on(theme))])
    inset = ax.inset_axes((0.56, 0.83, 0.42, 0.045))
    edges = np.geomspace(FLOOR * largest, largest, 65)
    inset.pcolormesh(
        edges, [0, 1], np.linspace(0, 1, 64)[None], cmap=colours, rasterized=False, linewidth=0
    )
    inset.set(xscale="log", yticks=[])
    inset.xaxis.set_major_locator(FixedLocator([FLOOR * largest, largest]))
    inset.xaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 2)))
    inset.xaxis.set_minor_locator(NullLocator())
    muted = style.MUTED.on(theme)
    inset.tick_params(colors=muted, labelsize=SMALL, labelfontfamily=FONT, width=0.6, length=2)
    for spine in inset.spines.values():
        spine.set(color=muted, linewidth=0.5)
    inset.set_title(
        r"$\Vert\partial L_t\,/\,\partial h_k\Vert$",
        fontsize=SIZE,
        color=style.INK.on(theme),
        math_fontfamily=MATHS,
        pad=4,
    )


def _draw_fading(ax: Axes, trace: BpttTrace, theme: Theme) -> None:
    steps = len(trace.losses)
    last = steps - 1
    for t in range(1, steps):
        way = trace.left[t, t::-1]  # (t+1,), from the loss's own state to the first
        chosen = t == last
        ax.plot(
            np.arange(t + 1),
            way,
            color=(style.GRADIENT if chosen else style.MUTED).on(theme),
            linewidth=2.2 if chosen else 0.8,
            alpha=1 if chosen else 0.6,
            marker="o" if chosen else None,
            markersize=3.5,
            zorder=3 if chosen else 2,
        )
    logarithmic(ax, "y")
    ax.set(xlim=(-0.2, steps + 0.6), xticks=range(0, steps, 1 + steps // 13))
    note(
        ax,
        (last, float(trace.left[last, 0])),
        f"loss {steps}:\n{number(100 * float(trace.left[last, 0]), 2)}%",
        theme,
        offset=(2, -9),
        ha="center",
        va="top",
    )
