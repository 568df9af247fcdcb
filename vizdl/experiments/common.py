"""What experiments of several concepts share: a loss sampled on a map, the range to draw it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check
from vizdl.engines.landscape import Landscape

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Surface:
    """The loss J at each point of a grid, and the heights at which contour lines stand.

    `height[i, j]` is J(x[j], y[i]); `levels` rises.
    """

    x: Array  # (W,)
    y: Array  # (H,)
    height: Array  # (H, W)
    levels: Array  # (K,)


def sample(landscape: Landscape, domain: Any = None, points: int = 141, bands: int = 14) -> Surface:
    """Sample a landscape of two weights on points x points over `domain`, (2, 2): low, high.

    Raises ValueError if the landscape has another number of weights.
    """
    if landscape.dimension != 2:
        raise ValueError(
            f"landscape must have two weights to be a map, got {landscape.dimension} "
            f"on {landscape.name}"
        )
    domain = check.array("domain", landscape.domain if domain is None else domain, (2, 2))
    points = check.integer("points", points, at_least=2)
    x, y = (np.linspace(low, high, points) for low, high in domain)
    height = landscape.value(np.stack(np.meshgrid(x, y), axis=-1))  # (H, W)
    return Surface(x, y, height, levels(height, bands))


def levels(height: Any, bands: int = 14) -> Array:
    """Heights that cut a surface into `bands`, closer together towards its lowest point.

        level_k = low + (high - low) (k / bands)^p

    with p (1 to 6) such that half of the map lies in the lower half of the bands: a valley shows
    its rings whether its walls are twice or a million times as high. Returns (bands - 1,).
    """
    height = check.array("height", height)
    bands = check.integer("bands", bands, at_least=2)
    low, high = height.min(), height.max()
    if low == high:
        return np.array([], dtype=float)
    middle = (np.median(height) - low) / (high - low)
    power = float(np.clip(np.log(max(middle, 1e-300)) / np.log(0.5), 1.0, 6.0))
    share = np.arange(1, bands) / bands
    result: Array = low + (high - low) * share**power
    return result


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
