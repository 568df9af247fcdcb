"""Axes of figures with several panels: one a line, in a row where it is wide, stacked where not."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

QUIET: dict[str, Any] = {"zeroline": False, "showgrid": False}


def axis(
    title: str = "",
    ends: Iterable[float] | None = None,
    domain: Iterable[float] | None = None,
    anchor: str | None = None,
    **more: Any,
) -> dict[str, Any]:
    """An axis from one of its `ends` to the other, over a share (`domain`) of the figure.

    `anchor` is the axis that it stands at; `more` as Plotly has it (``tickvals=[0, 1]``).
    """
    made: dict[str, Any] = {"title": {"text": title}} if title else {}
    if ends is not None:
        made["range"] = list(ends)
    if domain is not None:
        made["domain"] = list(domain)
    if anchor is not None:
        made["anchor"] = anchor
    return {**made, **more}


def square(x: str = "x") -> dict[str, Any]:
    """What gives a y axis the units of the axis `x`: angles are seen as they are."""
    return {"scaleanchor": x, "constrain": "domain", "constraintoward": "top"}


def panel(x: int, y: int | None = None) -> dict[str, Any]:
    """The axes of a trace that lies in panel `x`, by number; `y` may be another one's."""
    return {"xaxis": f"x{x}", "yaxis": f"y{x if y is None else y}"}


def stacked(*heights: Iterable[float]) -> dict[str, Any]:
    """What a narrow page changes: each panel as wide as the figure, at its share of the height."""
    made: dict[str, Any] = {}
    for number, height in enumerate(heights, start=1):
        place = "" if number == 1 else str(number)
        made[f"xaxis{place}.domain"] = [0, 1]
        made[f"yaxis{place}.domain"] = list(height)
    return made
