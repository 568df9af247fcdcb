"""A still in fewer bytes: the page has to load it before anything else is seen.

Contour lines come with far more points than a screen shows. Each straight-sided path keeps those
that it needs to stay within a tenth of a point of what it was, rounded to a tenth.

Reference: Douglas and Peucker, Algorithms for the Reduction of the Number of Points Required to
Represent a Digitized Line or Its Caricature, Cartographica 10(2), 1973.
"""

from __future__ import annotations

import re

import numpy as np
from numpy.typing import NDArray

TOLERANCE = 0.1  # points, of which the page's still is about 920 wide

_PATH = re.compile(r'(<path\b[^>]*? d=")([MLZz\d\s.eE+-]+)(")')
_PART = re.compile(r"M[^MZz]+[Zz]?")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")


def lighter(svg: str) -> str:
    """The same drawing with its straight-sided paths made shorter."""
    return _PATH.sub(lambda found: found[1] + _shorter(found[2]) + found[3], svg)


def _shorter(path: str) -> str:
    return "".join(_part(found[0]) for found in _PART.finditer(path))


def _part(text: str) -> str:
    points = np.array([float(n) for n in _NUMBER.findall(text)]).reshape(-1, 2)
    kept = np.rint(points[_needed(points)] / TOLERANCE).astype(int)
    moved = np.diff(kept, axis=0).tolist()
    steps = "".join(f"{_spell(x)}{_joined(y)}" if k == 0 else f"{_joined(x)}{_joined(y)}"
                    for k, (x, y) in enumerate(moved))  # fmt: skip
    x, y = kept[0].tolist()
    ending = "z" if text.rstrip()[-1] in "zZ" else ""
    return f"M{_spell(x)}{_joined(y)}" + (f"l{steps}" if steps else "") + ending


def _needed(points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which points (N, 2) keep the line where it is; of a closed one the first and the last."""
    needed = np.zeros(len(points), dtype=bool)
    needed[[0, -1]] = True
    spans = [(0, len(points) - 1)]
    while spans:
        first, last = spans.pop()
        if last - first < 2:
            continue
        way, inner = points[last] - points[first], points[first + 1 : last] - points[first]
        length = float(np.hypot(*way))
        if length > 0:
            along = np.clip(inner @ way / length**2, 0, 1)
            away = np.hypot(*(inner - along[:, None] * way).T)
        else:
            away = np.hypot(*inner.T)
        farthest = int(away.argmax())
        if away[farthest] > TOLERANCE:
            middle = first + 1 + farthest
            needed[middle] = True
            spans += [(first, middle), (middle, last)]
    return needed


def _spell(tenths: int) -> str:
    """A number of tenths, as short as can be."""
    text = f"{abs(tenths) // 10}.{abs(tenths) % 10}".removesuffix(".0")
    return ("-" if tenths < 0 else "") + (text.removeprefix("0") if "." in text else text)


def _joined(tenths: int) -> str:
    """The same after another number: a minus parts them, else a space."""
    text = _spell(tenths)
    return text if text.startswith("-") else f" {text}"
