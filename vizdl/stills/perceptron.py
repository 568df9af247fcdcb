"""A perceptron in print: the plane that it splits, its terms, and the activation on their sum."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from vizdl import style
from vizdl.experiments.base import number
from vizdl.experiments.perceptron import CURVE, SPAN, PerceptronTrace
from vizdl.stills.base import DASHES, SMALL, canvas, note, panel
from vizdl.stills.field import draw_field
from vizdl.style import Theme


def draw(trace: PerceptronTrace, theme: Theme = "light") -> Figure:
    """Draw the plane with the input, the bars that add up to the sum, and the activation."""
    figure = canvas(theme)
    grid = figure.add_gridspec(2, 2, width_ratios=(1.05, 1))
    _draw_plane(
        panel(
            figure,
            grid[:, 0],
            theme,
            title="Output over the inputs",
            x_label="$x_1$",
            y_label="$x_2$",
            grid=False,
        ),
        trace,
        theme,
    )
    reach = 1.3 * max(3.6, float(np.abs(trace.sums).max()))
    sum_title = f"Weigh, add up, add the bias: {number(trace.sums[-1])}"
    _draw_terms(panel(figure, grid[0, 1], theme, title=sum_title), trace, theme, reach)
    _draw_activation(
        panel(
            figure,
            grid[1, 1],
            theme,
            title=f"{trace.settings.activation}: {number(trace.output)}",
            x_label="weighted sum $z$",
        ),
        trace,
        theme,
        reach,
    )
    return figure


def _draw_plane(ax: Axes, trace: PerceptronTrace, theme: Theme) -> None:
    draw_field(ax, trace.tint, SPAN, SPAN, theme, width=0)  # of relu, zero is half of the plane
    ax.contour(
        *np.moveaxis(trace.plane, -1, 0),
        trace.plane_sums,
        [0.0],
        colors=style.INK.on(theme),
        linewidths=1.6,
    )
    ink, weight = style.INK.on(theme), style.WEIGHT.on(theme)
    square = float(trace.weights @ trace.weights)
    if square > 0:
        foot = -trace.settings.bias * trace.weights / square
        tip, beyond = foot + trace.weights, foot + 1.22 * trace.weights
        ax.annotate(
            "",
            tuple(tip),
            tuple(foot),
            arrowprops={"arrowstyle": "-|>", "color": weight, "lw": 1.6, "shrinkA": 0},
        )
        name = r"$\mathbf{w}$"
        note(ax, tuple(beyond), name, theme, role=style.WEIGHT, ha="center", va="center")
    ax.plot(*trace.inputs, "o", color=ink, ms=6, mec=style.BACKGROUND.on(theme), mew=1)
    ax.set_aspect("equal")


def _draw_terms(ax: Axes, trace: PerceptronTrace, theme: Theme, reach: float) -> None:
    """The products and the bias, each beginning where the last one ended, and what they make."""
    begins = np.append(trace.sums[:-1], 0.0)
    widths = np.append(np.diff(trace.sums), trace.sums[-1])
    for row, (begin, width) in enumerate(zip(begins, widths, strict=True)):
        role = style.POSITIVE if width >= 0 else style.NEGATIVE
        hatch = "" if width >= 0 else "////"
        ax.barh(
            row, width, left=begin, height=0.6, color=role.on(theme), hatch=hatch,
            edgecolor=style.BACKGROUND.on(theme), linewidth=0,
        )  # fmt: skip
        end = max(begin, begin + width)
        text = number(float(width))
        note(ax, (end, row), text, theme, size=SMALL, offset=(4, 0), va="center")
    for row, end in enumerate(trace.sums[1:]):
        ax.plot([end, end], [row, row + 1], color=style.MUTED.on(theme), lw=0.8)
    ax.set_yticks(range(4), ["w₁x₁", "w₂x₂", "b", "z"])
    ax.set_ylim(3.6, -0.6)
    ax.set_xlim(-reach, reach)
    ax.grid(visible=False, axis="y")
    ax.axvline(0, color=style.MUTED.on(theme), lw=0.7)


def _draw_activation(ax: Axes, trace: PerceptronTrace, theme: Theme, reach: float) -> None:
    shown = np.abs(CURVE) <= reach
    curve = trace.curve[shown]
    ax.plot(CURVE[shown], curve, color=style.HIDDEN.on(theme), lw=1.8)
    z, out = float(trace.sums[-1]), trace.output
    margin = 0.14 * float(np.ptp(curve))
    low, high = float(curve.min()) - margin, float(curve.max()) + margin
    ax.plot(
        [z, z, -reach], [high, out, out], color=style.MUTED.on(theme), lw=1, ls=DASHES[1], zorder=1
    )
    ax.plot(z, out, "o", color=style.INK.on(theme), ms=5, mec=style.BACKGROUND.on(theme), mew=0.8)
    ax.set_xlim(-reach, reach)
    ax.set_ylim(low, high)
