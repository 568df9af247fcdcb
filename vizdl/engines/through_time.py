"""What all recurrent networks do with the steps of a sequence: line them up, and sum over them.

Written so that a run through time can be recorded: no array is filled in place.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from vizdl.engines.check import Array


def lined_up(steps: Sequence[Array]) -> Array:
    """Return the arrays (B, …) of T steps as one: (T, B, …)."""
    together: Array = np.concatenate(steps).reshape(len(steps), *steps[0].shape)
    return together


def summed_outer(da: Array, x: Array) -> Array:
    """Return Σ_t Σ_b da_tb x_tbᵀ, (H, D) from (T, B, H) and (T, B, D)."""
    total: Array = da.reshape(-1, da.shape[-1]).T @ x.reshape(-1, x.shape[-1])
    return total
