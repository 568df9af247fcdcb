"""A loss of your own as a landscape, so that whatever draws a landscape draws it too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from vizdl.engines import check, descent
from vizdl.engines.check import Array
from vizdl.engines.landscape import Landscape

SEARCHES = 9  # walks for each weight that look for minima
AT_REST = 1e-3  # of the gradient's median length at their starts: what counts as a minimum
SAME = 1e-2  # of the domain: minima closer than this are one


def landscape(
    loss: Callable[[Any], Any],
    domain: Sequence[Sequence[float]],
    *,
    name: str = "your loss",
    tex: str = "J(bold(w))",
) -> Landscape:
    """Return the loss as a `Landscape`: its gradient by autograd, its minima searched.

    `loss` is a function of a (D,) array written with autograd.numpy that returns one number,
    `domain` (D, 2) the part worth drawing, `tex` its formula in Typst's notation.

    The minima are where `SEARCHES`^D walks of Adam from a grid over the domain come to rest
    within it: a search, which may miss a narrow one. Where none comes to rest, it is the lowest
    point that they reached. Raises ValueError for a domain that is not pairs of low < high, and
    what `descent.descend` raises for a loss.
    """
    box = check.array("domain", domain, ("D", 2))
    if not (box[:, 0] < box[:, 1]).all():
        raise ValueError(f"domain must hold pairs of low < high, got {box.tolist()}")
    value, gradient = _batched(loss, len(box))
    return Landscape(name, name.capitalize(), box, _minima(loss, box), tex, None, value, gradient)


def _batched(
    loss: Callable[[Any], Any], dimension: int
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Value and gradient of the loss for any batch of points (..., D)."""

    def both(x: Array) -> tuple[Array, Array]:
        flat = x.reshape(-1, dimension)
        values, gradients = descent.evaluator(loss, flat)(flat)
        return values.reshape(x.shape[:-1]), gradients.reshape(x.shape)

    return lambda x: both(x)[0], lambda x: both(x)[1]


def _minima(loss: Callable[[Any], Any], box: Array) -> Array:
    low, span = box[:, 0], box[:, 1] - box[:, 0]
    share = (np.arange(SEARCHES) + 0.5) / SEARCHES
    starts = np.stack(np.meshgrid(*[share] * len(box)), axis=-1).reshape(-1, len(box))
    walk = descent.descend(
        loss, low + span * starts, optimizer="adam", learning_rate=0.01 * span.min(), steps=600
    )
    first = np.linalg.norm(walk.gradients[0], axis=-1)
    settled = descent.descend(
        loss,
        walk.positions[-1][walk.diverged_at < 0],
        optimizer="adam",
        learning_rate=0.0003 * span.min(),
        steps=600,
    )
    order = np.argsort(settled.losses[-1], kind="stable")
    ends = settled.positions[-1][order]  # (S, D), the lowest first
    slope = np.linalg.norm(settled.gradients[-1], axis=-1)[order]
    inside = ((ends >= box[:, 0]) & (ends <= box[:, 1])).all(axis=1)
    found: list[Array] = []
    for end in ends[inside & (slope <= AT_REST * np.median(first))]:
        if all(np.abs((end - other) / span).max() > SAME for other in found):
            found.append(end)
    return np.array(found or [ends[0]])
