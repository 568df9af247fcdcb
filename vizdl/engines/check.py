"""Checks of what comes in: one clear sentence for whatever is wrong.

Every engine passes its arguments through these functions, so that the same mistake is
always named the same way: the argument, what was given, what is allowed.
"""

from __future__ import annotations

from collections.abc import Iterable
from numbers import Integral, Real
from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import NDArray

Array = NDArray[np.float64]
Size = int | str | None


def array(
    name: str, value: Any, shape: tuple[Size, ...] | None = None, *, copy: bool = True
) -> Array:
    """Return `value` as a finite float64 array: a copy, as `value` may change later.

    `shape` gives each axis as a number (that very size), a letter (any size of at least
    one, named so in the message) or ``None`` for any size. Without a
    `shape`, any number of axes is allowed. Of an array that is being recorded only the shape is
    checked: its numbers are not known yet.

    Raises TypeError if `value` is not numeric, ValueError if it is empty, of another
    shape, or holds NaN or infinity. Without `copy` it may be `value` itself, to be read at once.
    """
    try:
        result = value if isbox(value) else np.asarray(value)
    except ValueError:
        raise ValueError(
            f"{name} must be an array of numbers, got rows of unequal length"
        ) from None
    if result.dtype.kind not in "iufb":
        raise TypeError(f"{name} must be an array of real numbers, got dtype {result.dtype}")
    if shape is not None and not _fits(result.shape, shape):
        raise ValueError(f"{name} must have shape {_spell(shape)}, got {result.shape}")
    if result.size == 0:
        raise ValueError(f"{name} must not be empty, got shape {result.shape}")
    if isbox(result):
        return result
    result = np.array(result, dtype=np.float64, copy=copy or None)
    if not finite(result):
        raise ValueError(f"{name} must be finite, got {_first_bad(result)}")
    return result


def finite(values: Array) -> bool:
    """Return whether all values are finite."""
    # A sum of squares is found in a third of the time; it can be too large where no value is.
    return bool(np.isfinite(np.vdot(values, values)) or np.isfinite(values).all())


def integer(name: str, value: Any, at_least: int, at_most: int | None = None) -> int:
    """Return `value` as an int within the range. Raises TypeError or ValueError."""
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be a whole number, got {value!r}")
    result = int(value)
    if result < at_least or (at_most is not None and result > at_most):
        allowed = f"at least {at_least}" if at_most is None else f"between {at_least} and {at_most}"
        raise ValueError(f"{name} must be {allowed}, got {result}")
    return result


def number(
    name: str,
    value: Any,
    above: float | None = None,
    at_least: float | None = None,
    below: float | None = None,
    at_most: float | None = None,
) -> float:
    """Return `value` as a finite float within the bounds. Raises TypeError or ValueError.

    A number that is being recorded comes back as it is.
    """
    if isbox(value) and value.ndim == 0:
        return value  # type: ignore[no-any-return]
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a number, got {value!r}")
    result = float(value)
    bounds = []
    wrong = not np.isfinite(result)
    if above is not None:
        bounds.append(f"above {above:g}")
        wrong |= not result > above
    if at_least is not None:
        bounds.append(f"at least {at_least:g}")
        wrong |= not result >= at_least
    if below is not None:
        bounds.append(f"below {below:g}")
        wrong |= not result < below
    if at_most is not None:
        bounds.append(f"at most {at_most:g}")
        wrong |= not result <= at_most
    if wrong:
        raise ValueError(f"{name} must be {' and '.join(bounds) or 'finite'}, got {result:g}")
    return result


def choice(name: str, value: Any, allowed: Iterable[str]) -> str:
    """Return `value` if it is one of the `allowed` names. Raises ValueError."""
    names = list(allowed)
    if not isinstance(value, str) or value not in names:
        raise ValueError(f"{name} must be one of {', '.join(names)}, got {value!r}")
    return value


def _fits(given: tuple[int, ...], wanted: tuple[Size, ...]) -> bool:
    return len(given) == len(wanted) and all(
        not isinstance(size, int) or size == actual
        for actual, size in zip(given, wanted, strict=True)
    )


def _spell(shape: tuple[Size, ...]) -> str:
    inside = ", ".join("any" if size is None else str(size) for size in shape)
    return f"({inside},)" if len(shape) == 1 else f"({inside})"


def _first_bad(values: Array) -> str:
    index = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
    where = ", ".join(map(str, index))
    return f"{values[index]} at index ({where})" if index else f"{values[index]}"
