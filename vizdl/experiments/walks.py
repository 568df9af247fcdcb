"""Walks on a landscape, as a page computes them step by step, and the axes they are drawn on.

All of it is written with autograd.numpy: the same functions serve Python and the page.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp

from vizdl.engines import descent, optimizers
from vizdl.engines.landscape import Landscape

BEYOND = 20.0  # widths of the map: a run that diverges is drawn no further out
ARROW_HEAD = 0.035  # of the map's width


def walk(landscape: Landscape) -> Callable[..., Any]:
    """A step of `descend` from one point, and the least and largest loss so far."""
    rule = optimizers.get("sgd")

    def step(point: Any, count: Any, low: Any, high: Any, rate: Any, domain: Any) -> Any:
        loss, gradient = landscape.value(point), landscape.gradient(point)
        seen = anp.isfinite(loss) & anp.all(anp.isfinite(point))
        low = anp.where(seen, anp.minimum(low, loss), low)
        high = anp.where(seen, anp.maximum(high, loss), high)
        after, _ = rule.update(point, gradient, (), rate)
        outputs = {
            "number": count,
            "w": point,
            "loss": loss,
            "gradient": gradient,
            "length": anp.sqrt(anp.sum(gradient * gradient)),
            "place": within(point, domain),
            "lowest": low,
            "highest": high,
            "seen": seen,
            "diverged": anp.logical_not(inside(point, loss, gradient)),
        }
        return {"point": after, "count": count + 1, "low": low, "high": high}, outputs

    return step


def inside(w: Any, loss: Any, gradient: Any) -> Any:
    """Whether walks at w (..., D) are where `descend` goes on: within its limit, and finite."""
    bounded = anp.all(anp.abs(w) <= descent.DEFAULT_LIMIT, axis=-1)
    return bounded & anp.isfinite(loss) & anp.all(anp.isfinite(gradient), axis=-1)


def end(rows: Any, seen: Any) -> dict[str, Any]:
    """The last step of which position and loss are known, counted from 0."""
    last = rows - anp.where(seen, 1.0, 2.0)
    return {"last": last, "frames": last + 1}


def here(step: Any, last: Any, diverged: Any) -> dict[str, Any]:
    """The step after this one, and whether the run has diverged here."""
    return {"next": anp.minimum(step + 1, last), "gone": anp.where(step == last, diverged, 0.0)}


def within(w: Any, domain: Any) -> Any:
    """Positions (..., D), those far outside the map moved to where axes can still count."""
    low, high = domain[:, 0], domain[:, 1]
    far = BEYOND * (high - low)
    return anp.minimum(anp.maximum(w, low - far), high + far)


def arrow(at: Any, then: Any, domain: Any) -> Any:
    """The outline (2, 6) of an arrow from one place to the next, its head short on a short way."""
    way = then - at
    length = anp.sqrt(anp.sum(way * way))
    along = way / anp.maximum(length, 1e-300)
    head = anp.minimum(ARROW_HEAD * (domain[0, 1] - domain[0, 0]), 0.6 * length)
    across = 0.38 * head * anp.stack([-along[1], along[0]])
    neck = then - head * along
    return anp.stack([at, neck, neck + across, then, neck - across, neck], axis=-1)


def loss_axis(low: Any, high: Any, first: Any, log: Any, decades: float = 8.0) -> Any:
    """The ends (2,) of an axis for losses from `low` to `high`, as logarithms where `log`.

    A loss that grows without bound leaves at the top: the axis ends at ten times the first loss,
    and where it is logarithmic it begins at most so many decades below.
    """
    high = anp.minimum(high, anp.where(first == 0, 1.0, first + 9 * anp.abs(first)))
    margin = 0.08 * (high - low)
    margin = anp.where(margin > 0, margin, anp.where(high == 0, 1.0, 0.5 * anp.abs(high)))
    top = anp.maximum(high, 1e-300)
    bottom = anp.minimum(anp.maximum(low, top * 10.0**-decades), top)
    wider = anp.where(bottom < top, 1.6, 10.0)
    logs = anp.log10(anp.stack([bottom / wider, top * wider]))
    return anp.where(log > 0, logs, anp.stack([low - margin, high + margin]))
