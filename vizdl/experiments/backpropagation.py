"""Back-propagation: nudge a weight and see; then the same by the chain rule, for all at once.

    dJ/dw_2 = dJ/dy_hat · dy_hat/dw_2,   dJ/dw_1 = dJ/dy_hat · dy_hat/dz · dz/dw_1

First a chain of two weights, x -> z -> y_hat -> J, whose local derivatives can be written down.
Then a small network with all its weights and biases, by the engine's back-propagation. Both are
held against nudges: each weight moved a little, the loss computed again.

References: Rumelhart, Hinton and Williams, Learning Representations by Back-Propagating Errors,
Nature 323, 1986; Goodfellow, Bengio and Courville, Deep Learning, 2016, section 6.5.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Literal

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import losses, network
from vizdl.engines.network import MLP, NetworkGradients, NetworkTrace
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting

Array = NDArray[np.float64]
Weight = Literal["w1", "w2"]

INPUT = 0.8  # x of the chain
LARGEST, SMALLEST = 0, -5  # powers of ten of the nudges
NUDGES = np.logspace(LARGEST, SMALLEST, 31)
FITTED = slice(6, None)  # the nudges of at most 0.1: to these the slope is fitted
RULE = 1e-3  # nudges of the five-point rule, which errs by about RULE**4
AROUND = np.linspace(-3.2, 3.2, 129)  # values of a weight, for which the loss is drawn
SIZES, SEED = (2, 3, 1), 4  # of the small network
EXAMPLE, TARGET = np.array([[1.0, -0.5]]), np.array([[0.8]])
SHIFTS = 20  # of the small network, one after the other
MEASURE = losses.get("squared_error")

EQUATIONS = {
    "forward": "z = tanh(w_1 x), quad hat(y) = w_2 z, quad J = (hat(y) - y)^2",
    "nudge": "(partial J) / (partial w) = lim_(h -> 0) (J(w + h) - J(w)) / h",
    "second": "(partial J) / (partial w_2)"
    " = (partial J) / (partial hat(y)) dot (partial hat(y)) / (partial w_2)"
    " = 2 (hat(y) - y) dot z",
    "first": "(partial J) / (partial w_1)"
    " = (partial J) / (partial hat(y)) dot (partial hat(y)) / (partial z)"
    " dot (partial z) / (partial w_1)"
    " = 2 (hat(y) - y) dot w_2 dot (1 - z^2) x",
    "shift": "w <- w - eta thin (partial J) / (partial w)",
}


class Settings(base.Settings):
    """What can be changed: the two weights, the target, the nudge, and the learning rate."""

    w1: float = setting(0.9, "weight w₁", low=-2.0, high=2.0, step=0.01)
    w2: float = setting(-0.7, "weight w₂", low=-2.0, high=2.0, step=0.01)
    target: float = setting(0.5, "target y", low=-1.0, high=1.0, step=0.01)
    nudged: Weight = setting("w2", "nudged weight")
    nudge: float = setting(0.5, "nudge", low=1e-5, high=1.0, scale="log")
    learning_rate: float = setting(0.1, "learning rate", low=0.01, high=1.0, scale="log")


@dataclass(frozen=True, eq=False)
class BackpropagationTrace(Trace):
    """The chain forward and back, the nudges, and a small network with all its gradients.

    `values` are x, z, y_hat and J; `local` the derivatives dJ/dy_hat, dy_hat/dw_2, dy_hat/dz and
    dz/dw_1; `products` what they make up to there: dJ/d of y_hat, w_2, z and w_1. Rows of the
    nudges and the curves are w_1 and w_2. `shifted` has the chain's values after one shift.

    Of the small network, `graph_gradients` is every parameter's derivative in one row, and
    `graph_nudged` the same by nudging; `graph_losses` are its losses over the shifts.
    """

    settings: Settings
    values: Array  # (4,)
    local: Array  # (4,)
    products: Array  # (4,)
    nudges: Array  # (K,)
    ratios: Array  # (2, K)
    chosen_ratio: float  # of the settings' nudge of the settings' weight
    limits: Array  # (2,), dJ/dw_1 and dJ/dw_2 by the five-point rule, without any derivative
    curves: Array  # (2, P), the loss for each value of AROUND of either weight
    new_weights: Array  # (2,)
    shifted: Array  # (4,)
    model: MLP
    graph: NetworkTrace
    gradients: NetworkGradients
    graph_gradients: Array  # (parameters,)
    graph_nudged: Array  # (parameters,)
    graph_runs: int  # of the network, that nudging each parameter once takes
    after: MLP  # the network after one shift
    graph_after: NetworkTrace
    graph_losses: Array  # (SHIFTS+1,)


def run(settings: Settings) -> BackpropagationTrace:
    """Go forward and back along the chain and through the network, and nudge every weight."""
    w, y = np.array([settings.w1, settings.w2]), settings.target
    told = chain(w[0], w[1], y)

    def loss(weights: Array) -> float:
        return float(chain(weights[0], weights[1], y)["values"][3])

    ratios = np.array(
        [
            [(loss(w + h * unit) - loss(w)) / h for h in NUDGES]
            for unit in np.eye(2)
        ]
    )  # fmt: skip
    which = 0 if settings.nudged == "w1" else 1
    h = settings.nudge * np.eye(2)[which]
    new = w - settings.learning_rate * told["products"][[3, 1]]
    model = network.init(SIZES, "tanh", SEED)
    graph = network.forward(model, EXAMPLE)
    gradients = network.backward(model, graph, TARGET, MEASURE)
    nudged, runs = _nudged(model)
    networks = [model]
    for _ in range(SHIFTS):
        networks.append(_shift(networks[-1], settings.learning_rate))
    return BackpropagationTrace(
        settings=settings,
        values=np.asarray(told["values"]),
        local=np.asarray(told["local"]),
        products=np.asarray(told["products"]),
        nudges=NUDGES,
        ratios=ratios,
        chosen_ratio=(loss(w + h) - loss(w)) / settings.nudge,
        limits=_limits(loss, w),
        curves=np.array(
            [[loss(np.array([a, w[1]])) for a in AROUND],
             [loss(np.array([w[0], a])) for a in AROUND]]
        ),
        new_weights=new,
        shifted=np.asarray(chain(new[0], new[1], y)["values"]),
        model=model,
        graph=graph,
        gradients=gradients,
        graph_gradients=_flat(gradients.weights, gradients.biases),
        graph_nudged=nudged,
        graph_runs=runs,
        after=networks[1],
        graph_after=network.forward(networks[1], EXAMPLE),
        graph_losses=np.array([_loss(each) for each in networks]),
    )  # fmt: skip


def facts(trace: BackpropagationTrace) -> Facts:
    """The ratio tends to the derivative, the chain rule gives it, and the shift lowers the loss."""
    by_chain = trace.products[[3, 1]]
    slopes = [
        np.polyfit(np.log(NUDGES[FITTED]), np.log(error[FITTED]), 1)[0]
        for error in np.abs(trace.ratios - by_chain[:, None])
        if (error[FITTED] > 0).all()
    ]
    slope = float(max(slopes, key=lambda s: abs(s - 1))) if slopes else np.nan  # the worse one
    chained = _apart(by_chain, trace.limits)
    graph = _apart(trace.graph_gradients, trace.graph_nudged)
    left = float(trace.graph_losses[1] / trace.graph_losses[0])
    parameters = len(trace.graph_gradients)
    rate = f"{trace.settings.learning_rate:.3g}"
    return Facts(
        Fact(
            "nudge_slope",
            "Halve the nudge, and its ratio is half as far from the derivative",
            slope,
            "slope of the error against the nudge, both logarithmic: 1 ± 0.02",
            abs(slope - 1) <= 0.02,
        ),
        Fact(
            "chain_error",
            "The chain rule gives the number that the nudges tend to",
            chained,
            "relative difference, for both weights: within 10⁻¹⁰",
            chained <= 1e-10,
            digits=2,
        ),
        Fact(
            "graph_error",
            f"One walk back gives all {parameters} derivatives of a network",
            graph,
            "largest difference from nudging each, relative: within 10⁻¹⁰",
            graph <= 1e-10,
            digits=2,
        ),
        Fact(
            "runs",
            "Nudging needs a run of the network for each parameter",
            trace.graph_runs,
            f"{parameters} and one without a nudge, against one forward and one back",
            trace.graph_runs == parameters + 1,
            "runs",
        ),
        Fact(
            "left",
            "One shift against the derivatives leaves of the loss",
            100 * left,
            f"less than all of it, for a learning rate that is small enough (here {rate})",
            left < 1,
            "%",
        ),
    )


def chain(w1: Any, w2: Any, y: Any) -> dict[str, Any]:
    """The chain forward, then back: `values`, `local` derivatives and their `products`, (4,) each.

    The products reuse what is known: dJ/dy_hat serves both w_2 and z, and dJ/dz serves w_1.
    """
    x = INPUT + 0 * w1
    z = anp.tanh(w1 * x)
    output = w2 * z
    by_output = 2 * (output - y)  # dJ/dy_hat
    by_z = by_output * w2
    local = [by_output, z, w2 + 0 * z, (1 - z * z) * x]
    return {
        "values": anp.stack([x, z, output, (output - y) ** 2]),
        "local": anp.stack(local),
        "products": anp.stack([by_output, by_output * z, by_z, by_z * local[3]]),
    }


def five_point(value: Callable[[float], float], h: float = RULE) -> float:
    """The derivative of f at 0 by four nudges: (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h."""
    inner, outer = value(h) - value(-h), value(2 * h) - value(-2 * h)
    return (8 * inner - outer) / (12 * h)


def _loss(model: MLP) -> float:
    return MEASURE.value(network.forward(model, EXAMPLE).output, TARGET)


def _shift(model: MLP, rate: float) -> MLP:
    """The network after one step against its gradient."""
    found = network.backward(model, network.forward(model, EXAMPLE), TARGET, MEASURE)
    return replace(
        model,
        weights=tuple(w - rate * g for w, g in zip(model.weights, found.weights, strict=True)),
        biases=tuple(b - rate * g for b, g in zip(model.biases, found.biases, strict=True)),
    )


def _flat(weights: tuple[Array, ...], biases: tuple[Array, ...]) -> Array:
    return np.concatenate([np.ravel(part) for part in (*weights, *biases)])


def _nudged(model: MLP) -> tuple[Array, int]:
    """Each parameter's derivative by the five-point rule, and the runs that one nudge takes."""
    flat = _flat(model.weights, model.biases)
    shapes = [part.shape for part in (*model.weights, *model.biases)]
    ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
    half = len(model.weights)

    def loss(parameters: Array) -> float:
        parts = [
            part.reshape(shape)
            for part, shape in zip(np.split(parameters, ends), shapes, strict=True)
        ]
        return _loss(replace(model, weights=tuple(parts[:half]), biases=tuple(parts[half:])))

    once = [loss(flat), *[loss(flat + RULE * unit) for unit in np.eye(len(flat))]]
    return _limits(loss, flat), len(once)


def _limits(loss: Callable[[Array], float], at: Array) -> Array:
    """The derivative of a loss with respect to each of the weights `at` (D,), by nudging it."""

    def along(unit: Array) -> float:
        return five_point(lambda e: loss(at + e * unit))

    return np.array([along(unit) for unit in np.eye(len(at))])


def _apart(found: Array, expected: Array) -> float:
    """The largest difference, relative to the largest number."""
    return float(np.abs(found - expected).max() / max(np.abs(expected).max(), 1e-300))
