"""What all recurrent networks do with the steps of a sequence: line them up, and sum over them."""

from __future__ import annotations

from typing import Any

import numpy as np
from autograd.tracer import isbox

from vizdl.engines.check import Array


class Steps:
    """Arrays (B, …) that come one by one, put together as one (length, B, …).

    With `backwards` the first that comes is the last step of the sequence. Each is copied to its
    row as it comes, while it is in the processor's cache: faster than joining a list at the end.
    `rows` (length, B, …) are what `add` adds to. A run that is being recorded fills no array in
    place; its steps are joined.
    """

    def __init__(self, length: int, *, backwards: bool = False, rows: Array | None = None) -> None:
        self._places = iter(range(length)[:: -1 if backwards else 1])
        self._steps: list[Array] = [np.empty(0)] * length
        self._rows = rows
        self._recorded = False

    def append(self, step: Array, *beside: Array) -> Array:
        """Take the next one, its further blocks (B, …) side by side, and return it in its place.

        All are of one shape.
        """
        place = next(self._places)
        if isbox(step) or any(map(isbox, beside)):
            self._recorded = True
            self._steps[place] = np.concatenate([step, *beside], axis=1) if beside else step
            return self._steps[place]
        if self._rows is None:
            width = step.shape[1] + sum(block.shape[1] for block in beside)
            self._rows = np.empty((len(self._steps), len(step), width))
        row: Array = self._rows[place]
        if beside:
            np.concatenate([step, *beside], axis=1, out=row)
        else:
            row[...] = step
        self._steps[place] = row
        return row

    def add(self, step: Array) -> Array:
        """Take the next one, added to the row that stands in its place, and return the sum."""
        place = next(self._places)
        assert self._rows is not None
        row: Array = self._rows[place]
        if isbox(row) or isbox(step):
            self._recorded = True
            row = row + step
        else:
            row += step
        self._steps[place] = row
        return row

    def together(self) -> Array:
        """Return them as one array."""
        if self._rows is not None and not self._recorded:
            return self._rows
        joined: Array = np.concatenate(self._steps)
        return joined.reshape(len(self._steps), *self._steps[0].shape)


def driven(x: Array, w_x: Array, b: Array) -> Array:
    """Return W_x x_t + b at every step at once: (T, B, H) from (T, B, D), (H, D) and (H,)."""
    with_one = np.concatenate([x, np.ones((*x.shape[:2], 1))], axis=2)  # b is its weight
    drive: Array = with_one @ np.concatenate([w_x, b[:, None]], axis=1).T
    return drive


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
