"""What all recurrent networks do with the steps of a sequence: line them up, and sum over them."""

from __future__ import annotations

import numpy as np
from autograd.tracer import isbox

from vizdl.engines.check import Array


class Steps:
    """Arrays (B, …) that come one by one, put together as one (length, B, …).

    With `backwards` the first that comes is the last step of the sequence. Each is copied to its
    row as it comes, while it is in the processor's cache: faster than joining a list at the end.
    A run that is being recorded fills no array in place; its steps are joined.
    """

    def __init__(self, length: int, *, backwards: bool = False) -> None:
        self._places = iter(range(length)[:: -1 if backwards else 1])
        self._steps: list[Array] = [np.empty(0)] * length
        self._rows: Array | None = None

    def append(self, step: Array) -> None:
        """Take the next one; all are of one shape."""
        place = next(self._places)
        if not isbox(step):
            if self._rows is None:
                self._rows = np.empty((len(self._steps), *step.shape))
            self._rows[place] = step
            step = self._rows[place]
        self._steps[place] = step

    def together(self) -> Array:
        """Return them as one array."""
        if self._rows is not None and not any(map(isbox, self._steps)):
            return self._rows
        joined: Array = np.concatenate(self._steps)
        return joined.reshape(len(self._steps), *self._steps[0].shape)


def summed_outer(da: Array, x: Array) -> Array:
    """Return Σ_t Σ_b da_tb x_tbᵀ, (H, D) from (T, B, H) and (T, B, D)."""
    total: Array = da.reshape(-1, da.shape[-1]).T @ x.reshape(-1, x.shape[-1])
    return total
