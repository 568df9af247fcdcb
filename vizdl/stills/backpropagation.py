"""Back-propagation in print: the chain forward and back, the nudges, a network's derivatives."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.backpropagation import SIZES, BackpropagationTrace
from vizdl.experiments.base import number
from vizdl.stills.base import DASHES, MARKERS, SMALL, canvas, logarithmic, note, panel
from vizdl.style import Theme

NODES = ("$x$", "$z$", "$\\hat{y}$", "$J$")


def draw(trace: BackpropagationTrace, theme: Theme = "light") -> Figure:
    """Draw the chain with its derivatives, how nudges tend to them, and a network's gradient."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, height_ratios=(0.85, 1))
    _draw_chain(panel(figure, grid[0, :], theme, title="Values forward, derivatives back",
                      grid=False), trace, theme)  # fmt: skip
    _draw_nudges(
        panel(figure, grid[1, 0], theme, title="Ratio of a nudge, against the derivative",
              x_label="nudge", y_label="difference"),
        trace,
        theme,
    )  # fmt: skip
    left = float(100 * trace.graph_losses[1] / trace.graph_losses[0])
    _draw_network(
        panel(figure, grid[1, 1], theme, title=f"A network: a shift leaves {number(left)}%",
              grid=False),
        trace,
        theme,
    )  # fmt: skip
    return figure


def _draw_chain(ax: Axes, trace: BackpropagationTrace, theme: Theme) -> None:
    ax.axis("off")
    ax.set_xlim(-0.5, 3.5)
    ax.set_ylim(-1.75, 1.25)
    ink, gradient, weight = (r.on(theme) for r in (style.INK, style.GRADIENT, style.WEIGHT))
    ax.plot([0, 3], [0, 0], color=style.MUTED.on(theme), lw=1.2, zorder=1)
    for k, (name, value) in enumerate(zip(NODES, trace.values.tolist(), strict=True)):
        ax.plot(k, 0, "o", ms=19, mfc=style.SURFACE.on(theme), mec=ink, mew=1.2, zorder=2)
        note(ax, (k, 0), name, theme, ha="center", va="center", zorder=3)
        note(ax, (k, 0.55), number(value), theme, size=SMALL, ha="center")
    for k, value in enumerate((trace.settings.w1, trace.settings.w2)):
        note(ax, (k + 0.5, 0.2), f"$w_{k + 1}$ = {number(value)}", theme, role=style.WEIGHT,
             size=SMALL, ha="center")  # fmt: skip
        ax.plot(k + 0.5, 0, "|", color=weight, ms=6)
    for stop, start in ((2.07, 2.93), (1.07, 1.93), (0.5, 0.93)):
        ax.annotate("", (stop, -0.55), (start, -0.55),
                    arrowprops={"arrowstyle": "-|>", "color": gradient, "shrinkA": 0,
                                "shrinkB": 0, "lw": 1.4})  # fmt: skip
    by_output, by_second, by_z, by_first = trace.products
    for x, y, name, value in (
        (2.0, -1.05, "\\hat{y}", by_output),
        (1.5, -1.65, "w_2", by_second),
        (1.0, -1.05, "z", by_z),
        (0.5, -1.65, "w_1", by_first),
    ):
        text = f"$\\partial J/\\partial {name}$ = {number(float(value))}"
        note(ax, (x, y), text, theme, role=style.GRADIENT, size=SMALL, ha="center")


def _draw_nudges(ax: Axes, trace: BackpropagationTrace, theme: Theme) -> None:
    logarithmic(ax, "x", "y")
    exact = trace.products[[3, 1]]
    for k, role in enumerate((style.WEIGHT, style.INK)):
        apart = np.abs(trace.ratios[k] - exact[k])
        ax.plot(trace.nudges, np.where(apart > 0, apart, np.nan), MARKERS[k], ls=DASHES[k],
                color=role.on(theme), ms=2.6, lw=1)  # fmt: skip
        at = 12 + 5 * k
        if apart[at] > 0:
            below = apart[at] < np.abs(trace.ratios[1 - k] - exact[1 - k])[at]
            note(ax, (trace.nudges[at], apart[at]), f"$w_{k + 1}$", theme, role=role,
                 offset=(6, -8) if below else (-8, 5), ha="left" if below else "right",
                 va="center")  # fmt: skip


def _draw_network(ax: Axes, trace: BackpropagationTrace, theme: Theme) -> None:
    """The small network: an edge is as wide as its weight's derivative is large."""
    ax.axis("off")
    ax.set_xlim(-0.55, 2.55)
    ax.set_ylim(-1.7, 1.5)
    places = [
        [(layer, 0.0 + (size - 1) / 2 - k) for k in range(size)] for layer, size in enumerate(SIZES)
    ]
    largest = max(float(np.abs(g).max()) for g in trace.gradients.weights)
    for layer, slopes in enumerate(trace.gradients.weights):
        for after, row in enumerate(slopes):
            for before, slope in enumerate(row):
                (x0, y0), (x1, y1) = places[layer][before], places[layer + 1][after]
                ax.plot([x0, x1], [y0, y1], color=style.GRADIENT.on(theme), zorder=1,
                        lw=0.3 + 4 * abs(float(slope)) / largest)  # fmt: skip
    for column, values in zip(places, trace.graph.post, strict=True):
        for (x, y), value in zip(column, values[0].tolist(), strict=True):
            ax.plot(x, y, "o", ms=20, mfc=style.SURFACE.on(theme), mec=style.INK.on(theme),
                    mew=1.1, zorder=2)  # fmt: skip
            note(ax, (x, y), number(value, 2), theme, size=SMALL - 1.5, ha="center",
                 va="center", zorder=3)  # fmt: skip
    note(ax, (1, -1.65), "width: size of $\\partial J/\\partial w$", theme, role=style.GRADIENT,
         size=SMALL, ha="center")  # fmt: skip
