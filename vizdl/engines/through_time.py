"""What all recurrent networks do with the steps of a sequence: line them up, and sum over them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from autograd.tracer import isbox

from vizdl.engines.check import Array


class Steps:
    """Arrays (B, W) that come one by one, lined up in the places (T, B, W) of one array.

    With `backwards` the first that comes is the last step of the sequence. Each is worked out
    right in its place, so nothing is copied. A run that is being recorded fills no array in
    place; its steps are joined.
    """

    def __init__(self, places: Array, *, backwards: bool = False) -> None:
        self._order = iter(range(len(places))[:: -1 if backwards else 1])
        self._places = places
        self._steps: list[Array] = list(places)
        self._recorded = False

    def put(self, function: Callable[..., Array], *given: Array | float) -> Array:
        """Take the function of what is given as the next one, and return it in its place.

        The function must know `out`, as those of NumPy do.
        """
        t = next(self._order)
        if any(map(isbox, given)):
            return self._record(t, function(*given))
        return function(*given, out=self._steps[t])

    def append(self, *blocks: Array) -> Array:
        """Take the blocks (B, …), side by side, as the next one, and return it in its place."""
        t = next(self._order)
        if any(map(isbox, blocks)):
            return self._record(t, np.concatenate(blocks, axis=1))
        row: Array = np.concatenate(blocks, axis=1, out=self._steps[t])
        return row

    def add(self, step: Array) -> Array:
        """Take what stands in the next place, with the step added, and return the sum."""
        t = next(self._order)
        if isbox(self._steps[t]) or isbox(step):
            return self._record(t, self._steps[t] + step)
        self._steps[t] += step
        return self._steps[t]

    def together(self) -> Array:
        """Return them as one array."""
        if not self._recorded:
            return self._places
        joined: Array = np.concatenate(self._steps)
        return joined.reshape(self._places.shape)

    def _record(self, t: int, step: Array) -> Array:
        self._recorded = True
        self._steps[t] = step
        return step


def aligned(*shape: int) -> Array:
    """Return an array whose numbers are not set yet, its first at the start of a cache line.

    A sum that is written elsewhere takes twice as long on processors whose registers are as
    wide as a line (64 bytes).
    """
    size = 8 * math.prod(shape)
    room = np.empty(size + 64, np.uint8)
    first = -room.ctypes.data % 64
    return room[first : first + size].view(np.float64).reshape(shape)


def transposed(w: Array) -> Array:
    """Return wᵀ laid out anew: products with it are faster than with a view of w."""
    return w.T if isbox(w) else np.ascontiguousarray(w.T)


def driven(x: Array, w_x: Array, b: Array) -> Array:
    """Return W_x x_t + b at every step at once: (T, B, H) from (T, B, D), (H, D) and (H,)."""
    with_one = np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2)  # b is its weight
    weights = np.concatenate([w_x, b[:, None]], axis=1)
    drive: Array = with_one.reshape(-1, weights.shape[1]) @ weights.T
    return drive.reshape(*x.shape[:2], -1)


def summed_outer(da: Array, x: Array) -> Array:
    """Return Σ_t Σ_b da_tb x_tbᵀ, (H, D) from (T, B, H) and (T, B, D)."""
    total: Array = da.reshape(-1, da.shape[-1]).T @ x.reshape(-1, x.shape[-1])
    return total


def fitting(model: Any, trace: Any) -> tuple[int, int, int]:
    """Return (T, B, H) of the trace, or raise ValueError if it can't have come from the model."""
    T, B, D = trace.x.shape
    H = trace.h.shape[-1]
    if (model.input_size, model.hidden_size) != (D, H):
        raise ValueError(
            f"trace must come from this model of {model.input_size} inputs and "
            f"{model.hidden_size} units, got one of {D} inputs and {H} units"
        )
    return T, B, H
