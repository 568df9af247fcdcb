"""What the two figures of gradients on their way back share: three panels, powers of ten, a guess.

At the left the way back, at the right two panels: one that belongs to the way, and below it how
well networks recall letters that were trained over a delay.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import recall
from vizdl.experiments.base import SUPERSCRIPTS
from vizdl.figures.axes import axis, panel
from vizdl.figures.base import layout
from vizdl.style import Theme

PERCENT: dict[str, Any] = {"tickvals": [0, 50, 100], "ticktext": ["0%", "50%", "100%"]}
THIRD: dict[str, Any] = {**panel(3), "showlegend": False}
RIGHT = [0.66, 1]  # where the panels at the right stand, as a share of the width
UPPER, LOWER = [0.6, 1], [0, 0.38]  # of the height


def panels(
    theme: Theme,
    *,
    back: float,
    powers: tuple[float, float],
    ticks: NDArray[np.float64],
    beside: dict[str, Any],
    delays: tuple[float, float],
    top: float,
) -> go.Layout:
    """The layout: the way over `back` steps and `powers` of ten, two panels at its right.

    `beside` are xaxis2, yaxis2 and, for a narrow page, the `title` of both. `delays` is how far
    the axes of recall go, in steps and percent; `top` the margin for the legend, in pixels.
    """
    made = layout(
        theme,
        aspect=16 / 10,
        narrow_aspect=0.46,
        narrow={
            "xaxis.domain": [0, 1], "xaxis2.domain": [0, 1], "xaxis3.domain": [0, 1],
            "yaxis.domain": [0.56, 1], "yaxis2.domain": [0.29, 0.45], "yaxis3.domain": [0, 0.18],
            "yaxis.title.text": "", "yaxis2.title.text": "", "yaxis3.title.text": "",
            "xaxis2.title.text": beside["title"],
            "xaxis3.title.text": "steps to recall over: letters named",
        },
        xaxis=axis("steps back", [0, back], [0, 0.55], "y", zeroline=False),
        yaxis=axis(
            "gradient, of that at the last state", powers,
            tickvals=ticks.tolist(), ticktext=[power(tick) for tick in ticks],
        ),
        xaxis2=beside["xaxis2"],
        yaxis2=beside["yaxis2"],
        xaxis3=axis("steps to recall over", [0, delays[0]], RIGHT, "y3"),
        yaxis3=axis("letters named", [0, delays[1]], LOWER, "x3", **PERCENT),
    )  # fmt: skip
    made.margin.update(l=64, t=top)
    return made


def power(exponent: float) -> str:
    """A power of ten, written out."""
    return "1" if not exponent else "10" + str(int(exponent)).translate(SUPERSCRIPTS)


def add_guess(fig: go.Figure, far: float, theme: Theme) -> None:
    """Add the share of letters that a guess gets right, over delays up to `far`."""
    muted = style.MUTED.on(theme)
    fig.add_scatter(
        x=[0, far], y=[100 / recall.LETTERS] * 2, mode="lines+text", text=["a guess", ""],
        textposition="top right", textfont={"color": muted, "size": 12}, hoverinfo="skip",
        line={"color": muted, "width": 1, "dash": "dash"}, **THIRD,
    )  # fmt: skip
