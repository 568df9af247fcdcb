"""x and y of a trace together: as feeds of a page, and as what a frame changes."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from vizdl.figures.live import Feed, Row, Take, whole


def pair(x: str, y: str) -> dict[str, Feed]:
    """Feeds for x and y from two arrays."""
    return {"x": whole(x), "y": whole(y)}


def columns(name: str, first: Row = 0, last: Row | None = None) -> dict[str, Feed]:
    """Feeds for x and y from the two columns of an array (T, 2)."""
    return {axis: Take(name, first, last, (column,)) for column, axis in enumerate("xy")}


def rows(name: str) -> dict[str, Feed]:
    """Feeds for x and y from the two rows of an array (2, N)."""
    return {axis: Take(name, row, row) for row, axis in enumerate("xy")}


def xy(x: NDArray[Any], y: NDArray[Any]) -> dict[str, NDArray[Any]]:
    """What a frame changes of a line or of marks."""
    return {"x": x, "y": y}
