"""The loss landscape on a page: the way down from any point, on any of the landscapes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.experiments.field import grid, zero_line
from vizdl.experiments.live import Flow, Run, Table
from vizdl.experiments.loss_landscape import (
    DOMAINS,
    FIELD,
    NAMES,
    PLANE,
    RATES,
    STEPS,
    Name,
    loss_of,
    points,
    says,
    slope_of,
    surface_of,
)


def flow() -> Flow:
    """The way down from the point that is set, and the model at the present step of it."""
    sides = {name: np.array([[-1.0, 1.0]] * 2) * DOMAINS[name] for name in NAMES}
    heights = {name: surface_of(name).height for name in NAMES}
    return Flow(
        controls=("surface", "x", "y", "azimuth", "elevation"),
        sources=(
            Table("domain", ("surface",), sides, exact=True),
            Table("low", ("surface",), {n: float(h.min()) for n, h in heights.items()}, exact=True),
            Table(
                "high", ("surface",), {n: float(h.max()) for n, h in heights.items()}, exact=True
            ),
        ),
        runs=(
            Run("start", _start, {"x": "x", "y": "y", "domain": "domain"}),
            Run(
                "path",
                {name: _step(name) for name in NAMES},
                start={"point": "start.w", "count": 0.0},
                by="surface",
                steps="start.rows",
                most=STEPS + 1,
            ),
            Run(
                "model",
                {name: partial(model, name=name) for name in NAMES},
                {"w": "path.w[step]"},
                by="surface",
            ),
        ),
        frames="start.rows",
    )


def _start(x: Any, y: Any, domain: Any) -> dict[str, Any]:
    low, high = domain[:, 0], domain[:, 1]
    return {"w": low + anp.stack([x, y]) * (high - low), "rows": 0 * x + STEPS + 1}


def _step(name: Name) -> Callable[..., Any]:
    """A step of gradient descent on a landscape."""
    loss, slope, rate = loss_of(name), slope_of(name), RATES[name]

    def step(point: Any, count: Any) -> Any:
        gradient = slope(point)
        outputs = {
            "number": count,
            "w": point,
            "loss": loss(point),
            "steepness": anp.sqrt(anp.sum(gradient * gradient)),
        }
        return {"point": point - rate * gradient, "count": count + 1}, outputs

    return step


def model(w: Any, name: Name) -> dict[str, Any]:
    """What the model at a point says on the plane of the inputs, and how many it gets right."""
    x, y = points()
    z = says(name, w, grid(PLANE, PLANE, FIELD))
    right = anp.where((says(name, w, x) > 0) == (y > 0.5), 1.0, 0.0)
    return {"z": z, "zero": zero_line(z, PLANE, PLANE), "right": anp.sum(right)}
