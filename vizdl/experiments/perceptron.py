"""The perceptron: weigh the inputs and add them up, add a bias, apply a non-linearity.

    z = w_1 x_1 + w_2 x_2 + b,   y = g(z)

One neuron with two inputs, its three steps one at a time, and its output all over the plane of
inputs. Where the plane splits is found from the outputs alone, by bisection, and laid beside the
line on which the weighted sum is zero.

References: Rosenblatt, The Perceptron, Psychological Review 65, 1958; Goodfellow, Bengio and
Courville, Deep Learning, 2016, section 6.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import activations, network
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.field import grid
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Name = Literal["sigmoid", "tanh", "relu", "identity"]

NAMES: tuple[str, ...] = get_args(Name)
SPAN = (-3.0, 3.0)  # of either input: the plane
POINTS = 49  # of the grid, a side
SCANS = 121  # lines each way along which the split is looked for
HALVINGS = 60
CURVE = np.linspace(-16, 16, 641)  # sums that the activation is drawn for: there are no larger
FULL = {"sigmoid": 0.5, "tanh": 1.0, "relu": 3.0, "identity": 3.0}  # output above g(0): full colour
TOLERANCE = 1e-9
FAINTEST = 1e-6  # tint of an output that is that of a sum of zero, below the line
BENT = 0.01
STEPS = 5  # two products, their sum, the bias, the activation

EQUATIONS = {
    "sum": "z = w_1 x_1 + w_2 x_2 + b",
    "vector": "z = bold(w) dot bold(x) + b",
    "output": "hat(y) = g(z)",
    "sigmoid": activations.get("sigmoid").tex,
    "line": "w_1 x_1 + w_2 x_2 + b = 0",
}


class Settings(base.Settings):
    """What can be changed: the two inputs, their weights, the bias, the activation."""

    x1: float = setting(2.0, "input x₁", low=-3.0, high=3.0, step=0.1)
    x2: float = setting(1.0, "input x₂", low=-3.0, high=3.0, step=0.1)
    w1: float = setting(1.2, "weight w₁", low=-2.0, high=2.0, step=0.1)
    w2: float = setting(-0.8, "weight w₂", low=-2.0, high=2.0, step=0.1)
    bias: float = setting(-0.5, "bias b", low=-3.0, high=3.0, step=0.1)
    activation: Name = setting("sigmoid", "activation")


@dataclass(frozen=True)
class PerceptronTrace(Trace):
    """The three steps of one neuron, and what it says all over the plane of its inputs.

    `sums` holds 0, then the sum after either product and after the bias; `crossings` are where the
    output passes `middle`, its value at a sum of zero, found without a look at the weights.
    """

    settings: Settings
    inputs: Array  # (2,)
    weights: Array  # (2,)
    products: Array  # (2,)
    sums: Array  # (4,)
    output: float
    middle: float
    plane: Array  # (P, P, 2), rows from the lowest x2
    plane_sums: Array  # (P, P)
    plane_outputs: Array  # (P, P)
    tint: Array  # (P, P), output above `middle`, of the sum's sign, 1 where the colour is full
    crossings: Array  # (M, 2)
    curve: Array  # (641,), the activation on CURVE


def run(settings: Settings) -> PerceptronTrace:
    """Take the three steps for one input, then for all of the plane, and look for the split."""
    step = neuron(settings.activation)
    inputs = np.array([settings.x1, settings.x2])
    weights = np.array([settings.w1, settings.w2])
    one = step(settings.x1, settings.x2, settings.w1, settings.w2, settings.bias)
    plane = grid(SPAN, SPAN, POINTS)
    all_over = field(settings.activation)(settings.w1, settings.w2, settings.bias)

    def output(x: Array) -> Array:
        return np.asarray(step(x[..., 0], x[..., 1], *weights, settings.bias)["output"])

    middle = float(activations.get(settings.activation).value(np.array(0.0)))
    return PerceptronTrace(
        settings=settings,
        inputs=inputs,
        weights=weights,
        products=one["products"],
        sums=one["sums"],
        output=float(one["output"]),
        middle=middle,
        plane=plane,
        plane_sums=all_over["sums"],
        plane_outputs=all_over["outputs"],
        tint=all_over["tint"],
        crossings=_crossings(lambda x: output(x) > middle),
        curve=activations.get(settings.activation).value(CURVE),
    )


def facts(trace: PerceptronTrace) -> Facts:
    """What the three steps, the split of the plane and the bend of the outputs have shown."""
    settings = trace.settings
    model = network.MLP(
        (trace.weights[None],), (np.array([settings.bias]),), (settings.activation,)
    )
    engine = network.forward(model, trace.plane.reshape(-1, 2)).output[:, 0]
    error = float(np.abs(engine - trace.plane_outputs.ravel()).max())
    length = float(np.linalg.norm(trace.weights))
    away, angle = np.nan, np.nan
    if len(trace.crossings) > 1 and length > 0:
        away = float(np.abs(trace.crossings @ trace.weights + settings.bias).max()) / length
        angle = float(
            np.degrees(np.arccos(abs(_direction(trace.crossings) @ trace.weights) / length))
        )
    bend = _bend(trace)
    tiny = number(TOLERANCE, 1)
    return Facts(
        Fact(
            "steps_error",
            "Three steps, one by one, give the neuron's output",
            error,
            "at most 10⁻¹² from a layer of one unit, anywhere on the plane",
            error <= 1e-12,
            digits=2,
        ),
        Fact(
            "line_error",
            "The plane splits along the line where the sum is zero",
            away,
            f"at most {tiny} between that line and the split that the outputs show",
            away <= TOLERANCE,
            digits=2,
        ),
        Fact(
            "angle",
            "That line stands square to the weights",
            angle,
            "90°, to within a millionth",
            abs(angle - 90) <= 1e-6,
            "°",
        ),
        Fact(
            "bend",
            "The last step is no straight one: the best plane misses it by",
            bend,
            f"more than {BENT:g} somewhere",
            bend > BENT,
            digits=2,
        ),
    )


def neuron(name: str) -> Callable[..., dict[str, Any]]:
    """The three steps with that activation, as a function of x1, x2, w1, w2 and the bias.

    It returns products (2, …), sums (4, …) from 0 on, and the output (…), and is written for
    arrays of any shape, in Python and in a page.
    """
    activation = activations.get(name)

    def step(x1: Any, x2: Any, w1: Any, w2: Any, bias: Any) -> dict[str, Any]:
        first, second = w1 * x1, w2 * x2  # weigh
        both = first + second  # and add up
        total = both + bias
        return {
            "products": anp.stack([first, second]),
            "sums": anp.stack([0 * first, first, both, total]),
            "output": activation.value(total),
        }

    return step


def field(name: str) -> Callable[..., dict[str, Any]]:
    """What the neuron says on the grid, as a function of w1, w2 and the bias: (P, P) each."""
    plane, step = grid(SPAN, SPAN, POINTS), neuron(name)
    middle = activations.get(name).value(np.array(0.0))

    def all_over(w1: Any, w2: Any, bias: Any) -> dict[str, Any]:
        found = step(plane[..., 0], plane[..., 1], w1, w2, bias)
        sums, outputs = found["sums"][-1], found["output"]
        tint = (outputs - middle) / FULL[name]
        below = anp.minimum(tint, -FAINTEST)  # relu says nothing below zero: keep it on its side
        return {
            "sums": sums,
            "outputs": outputs,
            "tint": anp.where(sums < 0, below, tint),
        }

    return all_over


def _crossings(above: Callable[[Array], NDArray[np.bool_]]) -> Array:
    """Where `above` turns over, on a raster of lines each way across the plane: (M, 2)."""
    low, high = SPAN
    ticks = np.linspace(low, high, SCANS)
    found = []
    for axis in (0, 1):
        first, last = np.empty((2, SCANS, 2))
        first[:, axis], last[:, axis] = low, high
        first[:, 1 - axis] = last[:, 1 - axis] = ticks
        sign = above(first)
        turns = sign != above(last)
        first, last, sign = first[turns], last[turns], sign[turns]
        for _ in range(HALVINGS):
            middle = (first + last) / 2
            same = (above(middle) == sign)[:, None]
            first, last = np.where(same, middle, first), np.where(same, last, middle)
        found.append((first + last) / 2)
    result: Array = np.concatenate(found)
    return result


def _direction(points: Array) -> Array:
    """The direction along which points (M, 2) lie: a unit vector."""
    way: Array = np.linalg.svd(points - points.mean(axis=0), full_matrices=False)[2][0]
    return way


def _bend(trace: PerceptronTrace) -> float:
    """How far the outputs lie from the plane a + b x1 + c x2 that fits them best, at most."""
    flat = trace.plane.reshape(-1, 2)
    design = np.column_stack([np.ones(len(flat)), flat])
    best = np.linalg.lstsq(design, trace.plane_outputs.ravel(), rcond=None)[0]
    return float(np.abs(design @ best - trace.plane_outputs.ravel()).max())


# In a page


def flow(trace: PerceptronTrace) -> Flow:
    """The neuron for the point that is dragged, and its output all over the plane."""
    parameters = {"w1": "w1", "w2": "w2", "bias": "bias"}
    curves = {name: activations.get(name).value(CURVE) for name in NAMES}
    return Flow(
        controls=("x1", "x2", "w1", "w2", "bias", "activation"),
        sources=(
            Table("curve", ("activation",), curves, exact=True),
            Table("count", ("activation",), dict.fromkeys(NAMES, STEPS + 1.0), exact=True),
        ),
        runs=(
            Run(
                "neuron",
                {name: neuron(name) for name in NAMES},
                {"x1": "x1", "x2": "x2", **parameters},
                by="activation",
            ),
            Run("plane", {name: field(name) for name in NAMES}, parameters, by="activation"),
        ),
        frames="count",
    )
