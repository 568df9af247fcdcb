"""What can't be recorded, made beforehand for every choice: many arrays as one buffer of bytes.

Each array travels as 16 bits a number, between its own least and largest value:

    value = offset + scale * stored,    stored = 0 … 65534, and 65535 where there is no number

so it is off by at most 1/131068 of its range. Exact ones take 64 bits a number.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

NOTHING = 65535  # what stands for NaN
STEPS = NOTHING - 1


def pack(arrays: Sequence[ArrayLike], exact: bool = False) -> dict[str, Any]:
    """The arrays as JSON: one base64 text, and of each its shape, offset and scale.

    Raises ValueError for numbers that are not finite, NaN excepted.
    """
    given = [np.asarray(values, dtype=np.float64) for values in arrays]
    shapes = [list(values.shape) for values in given]
    if exact:
        flat = np.concatenate([values.ravel() for values in given] or [np.zeros(0)])
        return {"dtype": "f8", "shapes": shapes, "bdata": _text(flat.astype("<f8"))}
    stored, offsets, scales = [], [], []
    for index, values in enumerate(given):
        known = values[~np.isnan(values)]
        if not np.isfinite(known).all():
            raise ValueError(
                f"array {index} of a grid must hold finite numbers or NaN, got infinity"
            )
        low, high = (float(known.min()), float(known.max())) if known.size else (0.0, 0.0)
        scale = (high - low) / STEPS or 1.0
        rounded = np.rint(np.nan_to_num(values - low) / scale)
        stored.append(np.where(np.isnan(values), NOTHING, rounded).ravel().astype("<u2"))
        offsets.append(low)
        scales.append(scale)
    flat = np.concatenate([*stored, np.zeros(0, "<u2")])
    return {
        "dtype": "u2", "shapes": shapes, "offsets": offsets, "scales": scales,
        "bdata": _text(flat),
    }  # fmt: skip


def unpack(packed: dict[str, Any]) -> list[Array]:
    """The arrays, as the page gets them."""
    exact = packed["dtype"] == "f8"
    flat = np.frombuffer(base64.b64decode(packed["bdata"]), "<f8" if exact else "<u2")
    arrays: list[Array] = []
    at = 0
    for index, shape in enumerate(packed["shapes"]):
        part = flat[at : at + prod(shape)].reshape(shape).astype(np.float64)
        at += prod(shape)
        if not exact:
            part = np.where(
                part == NOTHING, np.nan, packed["offsets"][index] + packed["scales"][index] * part
            )
        arrays.append(part)
    return arrays


def _text(values: NDArray[Any]) -> str:
    return base64.b64encode(values.tobytes()).decode()
