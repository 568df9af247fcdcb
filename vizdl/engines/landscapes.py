"""Loss landscapes: functions of one or two weights that gradient descent walks on.

Values and gradients are written out by hand with autograd.numpy, so that a step on them can
be recorded. Their powers are squares and products, which every machine rounds alike. All of them
take whole batches of points at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np
import numpy

from vizdl.engines import check
from vizdl.engines.check import Array
from vizdl.engines.landscape import Landscape

# The false minimum of double_well: a dip in the parabola 1/2 w^2, so sharp that gradient descent
# from w = 3 is caught by it at rates below 0.2 only. The parabola itself throws out rates above 2.
WELL_AT, WELL_DEPTH, WELL_WIDTH = 2.0, 1.25, 0.3


def names() -> tuple[str, ...]:
    """Return the names that `get` knows."""
    return (*_FORMULAS, "mlp_slice")


def get(name: str) -> Landscape:
    """Return the landscape of that name; ValueError lists the names if there is none.

    The first call for "mlp_slice" trains its network.
    """
    if check.choice("landscape", name, names()) == "mlp_slice":
        from vizdl.engines import mlp_slice  # only here, as it trains a network

        return mlp_slice.landscape()
    return _FORMULAS[name]


def quadratic(curvatures: tuple[float, ...]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """Return J(w) = 1/2 sum_d c_d w_d^2 and its gradient c * w."""
    c = numpy.array(curvatures)
    return lambda x: 0.5 * np.sum(c * x * x, axis=-1), lambda x: c * x


def _rosenbrock(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    return (1.0 - w1) ** 2 + 100.0 * (w2 - w1**2) ** 2


def _rosenbrock_gradient(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    above = w2 - w1**2  # height above the valley's floor, a parabola
    return np.stack([-2.0 * (1.0 - w1) - 400.0 * w1 * above, 200.0 * above], axis=-1)


def _beale_terms(x: Any) -> tuple[Any, Any, Any]:
    w1, w2 = x[..., 0], x[..., 1]
    return (
        1.5 - w1 + w1 * w2,
        2.25 - w1 + w1 * w2**2,
        2.625 - w1 + w1 * w2 * w2**2,
    )


def _beale(x: Any) -> Any:
    a, b, c = _beale_terms(x)
    return a**2 + b**2 + c**2


def _beale_gradient(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    a, b, c = _beale_terms(x)
    return np.stack(
        [
            2.0 * (a * (w2 - 1.0) + b * (w2**2 - 1.0) + c * (w2 * w2**2 - 1.0)),
            2.0 * w1 * (a + 2.0 * b * w2 + 3.0 * c * w2**2),
        ],
        axis=-1,
    )


def _himmelblau(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    return (w1**2 + w2 - 11.0) ** 2 + (w1 + w2**2 - 7.0) ** 2


def _himmelblau_gradient(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    a, b = w1**2 + w2 - 11.0, w1 + w2**2 - 7.0
    return np.stack([4.0 * w1 * a + 2.0 * b, 2.0 * a + 4.0 * w2 * b], axis=-1)


def _saddle(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    return 0.5 * w1**2 - 0.5 * w2**2 + 0.25 * (w2**2) ** 2


def _saddle_gradient(x: Any) -> Any:
    w1, w2 = x[..., 0], x[..., 1]
    return np.stack([w1, w2 * w2**2 - w2], axis=-1)


def _well(x: Any) -> Any:
    return WELL_DEPTH * np.exp(-0.5 * ((x - WELL_AT) / WELL_WIDTH) ** 2)


def _double_well(x: Any) -> Any:
    return (0.5 * x**2 - _well(x))[..., 0]


def _double_well_gradient(x: Any) -> Any:
    return x + (x - WELL_AT) / WELL_WIDTH**2 * _well(x)


def _newton(gradient: Callable[[Any], Any], guesses: Any) -> Array:
    """Return the zeros (M, D) of a gradient near the guesses (M, D), by Newton's method."""
    points: Array = numpy.array(guesses, dtype=float)
    h = 1e-6
    for _ in range(20):
        columns = [
            (gradient(points + h * e) - gradient(points - h * e)) / (2.0 * h)
            for e in numpy.eye(points.shape[-1])
        ]
        hessian = numpy.stack(columns, axis=-1)  # (M, D, D)
        points = points - numpy.linalg.solve(hessian, gradient(points)[..., None])[..., 0]
    return points


_FORMULAS = {
    landscape.name: landscape
    for landscape in (
        Landscape(
            "bowl",
            "Bowl",
            numpy.array([[-2.5, 2.5], [-2.0, 2.0]]),
            numpy.array([[0.0, 0.0]]),
            "J(bold(w)) = 1/2 (w_1^2 + 3 w_2^2)",
            3.0,
            *quadratic((1.0, 3.0)),
        ),
        Landscape(
            "ravine",
            "Ravine",
            numpy.array([[-4.0, 4.0], [-2.0, 2.0]]),
            numpy.array([[0.0, 0.0]]),
            "J(bold(w)) = 1/2 (w_1^2 + 25 w_2^2)",
            25.0,
            *quadratic((1.0, 25.0)),
        ),
        Landscape(
            "rosenbrock",
            "Rosenbrock's valley",
            numpy.array([[-2.0, 2.0], [-1.0, 3.0]]),
            numpy.array([[1.0, 1.0]]),
            "J(bold(w)) = (1 - w_1)^2 + 100 (w_2 - w_1^2)^2",
            None,
            _rosenbrock,
            _rosenbrock_gradient,
        ),
        Landscape(
            "beale",
            "Beale's function",
            numpy.array([[-4.5, 4.5], [-4.5, 4.5]]),
            numpy.array([[3.0, 0.5]]),
            "J(bold(w)) = (1.5 - w_1 + w_1 w_2)^2 + (2.25 - w_1 + w_1 w_2^2)^2"
            " + (2.625 - w_1 + w_1 w_2^3)^2",
            None,
            _beale,
            _beale_gradient,
        ),
        Landscape(
            "himmelblau",
            "Himmelblau's function",
            numpy.array([[-5.5, 5.5], [-5.5, 5.5]]),
            _newton(_himmelblau_gradient, [[3.0, 2.0], [-2.8, 3.1], [-3.8, -3.3], [3.6, -1.8]]),
            "J(bold(w)) = (w_1^2 + w_2 - 11)^2 + (w_1 + w_2^2 - 7)^2",
            None,
            _himmelblau,
            _himmelblau_gradient,
        ),
        Landscape(
            "saddle",
            "Saddle between two valleys",
            numpy.array([[-2.0, 2.0], [-1.7, 1.7]]),
            numpy.array([[0.0, 1.0], [0.0, -1.0]]),
            "J(bold(w)) = 1/2 w_1^2 - 1/2 w_2^2 + 1/4 w_2^4",
            None,
            _saddle,
            _saddle_gradient,
        ),
        Landscape(
            "double_well",
            "A false minimum",
            numpy.array([[-3.5, 3.5]]),
            _newton(_double_well_gradient, [[0.0], [1.9]]),
            f"J(w) = 1/2 w^2 - {WELL_DEPTH} exp(-1/2 ((w - {WELL_AT:g}) / {WELL_WIDTH})^2)",
            None,
            _double_well,
            _double_well_gradient,
        ),
    )
}
