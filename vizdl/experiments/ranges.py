"""The range in which a loss is drawn, the same in video, figure and still."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike


@dataclass(frozen=True)
class Range:
    """The ends of an axis, and whether it is logarithmic."""

    low: float
    high: float
    log: bool


def loss_range(*losses: ArrayLike, log: bool | None = None, decades: float = 8.0) -> Range:
    """Ends for an axis on which losses (T+1, …) stand, whatever they do. NaN are left out.

    It is logarithmic where the losses are positive and span more than a factor of 30 (or as `log`
    says); then it shows at most `decades` below its top. A loss that grows without bound leaves at
    the top: the axis ends at ten times the largest first loss.
    """
    curves = [np.asarray(values, dtype=float) for values in losses]
    flat = np.concatenate([values.ravel() for values in curves])
    flat = flat[np.isfinite(flat)]
    first = max(float(np.nanmax(values[0])) for values in curves)
    low = float(flat.min())
    high = min(float(flat.max()), first + 9 * abs(first) if first else 1.0)
    if log is None:
        log = low >= 0 and high > 30 * max(low, 1e-300)
    if log:
        high = max(high, 1e-300)
        low = max(low, high * 10**-decades)
        return (
            Range(low / 1.6, high * 1.6, True) if low < high else Range(low / 10, high * 10, True)
        )
    margin = 0.08 * (high - low) or 0.5 * abs(high) or 1.0
    return Range(low - margin, high + margin, False)
