"""Where everything stands in the figure of attention, in Python as on a page."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

TURN = np.linspace(0, np.pi, 21)  # along half an arc's ellipse
WIDE, TALL = 0.24, 0.11  # half the width of an arc that has all the weight: across and up
BLOCK = 0.62  # of a bar, of the room that it has


def drawn(*, weights: Any, scores: Any, chances: Any, asked: Any, animal: Any) -> dict[str, Any]:
    """Arcs and bars of the weights (T,) and of the chances (VALUES,).

    `arc_x`, `arc_y` (T, 43) are the outlines of the arcs, `bars` (T, 5) and `answers` (VALUES, 5)
    those of the bars, each with a gap after it.
    """
    T, V = len(scores), len(chances)
    place = np.arange(1.0, T + 1)
    radius = (T + 1 - place[:, None]) / 2
    half = weights[:, None] + 0.004  # an arc without weight is still to be seen
    cosine, sine = np.cos(TURN), np.sin(TURN)
    height = 0.94 * radius / (T / 2)
    gap = np.full((T, 1), np.nan) + 0 * half
    arc_x = [
        place[:, None] + radius + (radius + side * WIDE * half) * way
        for side, way in ((1, cosine), (-1, cosine[::-1]))
    ]
    arc_y = [(height + side * TALL * half) * way for side, way in ((1, sine), (-1, sine[::-1]))]
    return {
        "number": place + 0 * weights,
        "arc_x": anp.concatenate([*arc_x, gap], axis=1),
        "arc_y": anp.concatenate([*arc_y, gap], axis=1),
        "bars": _blocks(weights),
        "answers": _blocks(chances),
        "beside": chances + 0.02,
        "mark": anp.stack([asked + 1 + side for side in (-0.47, 0.47, 0.47, -0.47, -0.47)]),
        "right": anp.stack([V - 1 - animal - BLOCK / 2, V - 1 - animal + BLOCK / 2]),
        "highest": anp.max(scores),
    }


def _blocks(values: Any) -> Any:
    return anp.stack([0 * values, 0 * values, values, values, np.nan * values], axis=-1)
