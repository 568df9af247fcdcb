"""Linear collapse: layers without an activation are one layer, however many and however wide.

    W_L (… (W_2 (W_1 x + b_1) + b_2) …) + b_L = A x + c,    A = W_L … W_2 W_1

The points are those of exclusive or, a cloud on each corner of a square, with two of three points
left out on one corner. With four equal clouds the best that a linear network learns is nearly
nothing (tried: an output below 0.2 everywhere, and half of the points right), and where its
boundary stands is chance. So it has three corners to win, and all networks agree where.

Networks of up to five layers and 64 units are trained without an activation, and their matrices
multiplied: the product is the network, and no product does better than the best line. One network
of the same size is trained with ReLU.

Reference: Goodfellow, Bengio and Courville, Deep Learning, 2016, sections 6.1 and 6.4.1.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import best_line, draws, losses, network
from vizdl.engines.best_line import Line
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.field import grid

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

LAYERS, UNITS = 5, 64  # at most
STEPS = 200
LOSS = "binary_cross_entropy"
NOISE = 0.25
CORNER, KEPT = 3, 3  # at this corner one of so many points is kept
GIVEN = 96  # points, before some are left out
SPAN = (-2.0, 2.0)  # of the plane, both ways
CELLS = 41
MOMENTS = 25  # of the training, at which the plane is drawn
SCAN = ((1, 2), *((depth, width) for depth in (2, 5) for width in (8, 64)))  # depth, width

Name = Literal["identity", "relu"]
SPOKEN = {"identity": "no activation", "relu": "ReLU"}

EQUATIONS = {
    "layer": "bold(h)_l = g(W_l bold(h)_(l-1) + bold(b)_l) quad bold(h)_0 = bold(x)",
    "two": "W_2 (W_1 bold(x) + bold(b)_1) + bold(b)_2"
    " = (W_2 W_1) bold(x) + (W_2 bold(b)_1 + bold(b)_2)",
    "product": "A = W_L W_(L-1) dots.c W_2 W_1",
    "offset": "c = W_L (dots.c (W_2 bold(b)_1 + bold(b)_2) dots.c) + b_L",
    "line": "a_1 x_1 + a_2 x_2 + c = 0",
    "relu": 'op("ReLU")(z) = max(0, z)',
}


class Settings(base.Settings):
    """What can be changed: the activation, the size of the network, and how it is trained."""

    activation: Name = setting("identity", "activation (identity: none)")
    depth: int = setting(5, "layers", low=1, high=LAYERS)
    width: int = setting(8, "units of a hidden layer", low=2, high=UNITS)
    learning_rate: float = setting(0.02, "learning rate", low=0.002, high=0.2, scale="log")
    seed: int = setting(0, "seed of the weights", low=0, high=9)


@dataclass(frozen=True)
class Scan:
    """Linear networks of several sizes: how many points are right, and their products (S, …)."""

    depths: Whole
    widths: Whole
    parameters: Whole  # numbers in the network
    right: Whole
    lines: Array  # (S, 3): a₁, a₂, c
    errors: Array  # largest difference between network and product, of the largest output


@dataclass(frozen=True)
class LinearCollapseTrace(Trace):
    """The training of one network, its matrices and their product, and what other sizes do.

    What has a first axis of moments belongs to the steps `moments` (K,) of the training.
    """

    settings: Settings
    x: Array  # (N, 2)
    y: Array  # (N,)
    best: Line
    weights: tuple[Array, ...]  # at the end, each (out, in)
    products: tuple[Array, ...]  # W₁, W₂ W₁, …: each (out, 2), the last (1, 2)
    losses: Array  # (T+1,)
    right: Whole  # (T+1,)
    moments: Whole  # (K,)
    fields: Array  # (K, CELLS, CELLS), the output
    lines: Array  # (K, 3): a₁, a₂, c, the product of the matrices and what the biases add up to
    scan: Scan
    bent_fields: Array  # (K, CELLS, CELLS), of a network of this size with ReLU
    bent_right: Whole  # (T+1,)


def run(settings: Settings) -> LinearCollapseTrace:
    """Train the network, multiply its matrices, and train networks of other sizes."""
    x, y = points()
    run = _train(settings.activation, settings.depth, settings.width, settings)
    moments = np.linspace(0, STEPS, MOMENTS).round().astype(int)
    stages = [run.snapshots[k] for k in moments]
    outputs = [network.forward(each, x).output for each in run.snapshots]
    bent = run
    if settings.activation != "relu":
        bent = _train("relu", settings.depth, settings.width, settings)
    products = [run.model.weights[0]]
    for w in run.model.weights[1:]:
        products.append(w @ products[-1])
    return LinearCollapseTrace(
        settings=settings,
        x=x,
        y=y,
        best=best_line.find(x, y),
        weights=run.model.weights,
        products=tuple(products),
        losses=np.array([losses.get(LOSS).value(z, y[:, None]) for z in outputs]),
        right=np.array([_right(z[:, 0], y) for z in outputs]),
        moments=moments,
        fields=_fields(stages),
        lines=np.stack([collapsed(each) for each in stages]),
        scan=scan(settings.learning_rate, settings.seed),
        bent_fields=_fields([bent.snapshots[k] for k in moments]),
        bent_right=np.array(
            [_right(network.forward(each, x).output[:, 0], y) for each in bent.snapshots]
        ),
    )


def facts(trace: LinearCollapseTrace) -> Facts:
    """What the products, the linear networks and the one with ReLU have shown."""
    count, scanned = len(trace.y), trace.scan
    best = 100 * trace.best.right / count
    linear, bent = 100 * int(scanned.right.max()) / count, 100 * int(trace.bent_right[-1]) / count
    angles = np.degrees(np.arctan2(scanned.lines[:, 1], scanned.lines[:, 0]))
    turn = float(np.abs((angles - angles[0] + 180) % 360 - 180).max())
    size = f"{trace.settings.depth} layers" if trace.settings.depth > 1 else "one layer"
    return Facts(
        Fact(
            "product",
            "The product of its matrices is the network",
            float(scanned.errors.max()),
            f"to 10⁻¹² of the largest output, for {len(scanned.errors)} sizes",
            bool((scanned.errors <= 1e-12).all()),
        ),
        Fact(
            "parameters",
            f"Collapsed, {int(scanned.parameters.max())} parameters are only",
            scanned.lines.shape[1],
            f"{scanned.depths.max()} layers of {scanned.widths.max()} units, as many as one "
            "layer has",
            scanned.lines.shape[1] == int(scanned.parameters[scanned.depths == 1].min()),
            "numbers",
        ),
        Fact(
            "turn",
            "The boundaries of all sizes differ by at most",
            turn,
            "half a degree: it is the same line",
            turn <= 0.5,
            "°",
            2,
        ),
        Fact(
            "best_line",
            "Points on their side of the best of all lines",
            best,
            "below 100 %: no line separates the clouds",
            trace.best.right < count,
            "%",
        ),
        Fact(
            "linear_right",
            f"Points on their side at most, without activation, {len(scanned.right)} sizes",
            linear,
            f"at most the best line's {number(best)} %",
            bool(scanned.right.max() <= trace.best.right),
            "%",
        ),
        Fact(
            "bent_right",
            f"Points on their side with ReLU, {size} of {trace.settings.width} units",
            bent,
            "100 %: the boundary bends",
            bool(trace.bent_right[-1] == count),
            "%",
        ),
    )


# The networks


@functools.cache
def points() -> tuple[Array, Array]:
    """Points on the corners of a square (N, 2), fewer on one, and their classes (N,)."""
    given = data.xor(GIVEN, noise=NOISE)
    place = np.arange(GIVEN)
    kept = (place % 4 != CORNER) | (place // 4 % KEPT == 0)
    return given.x[kept], given.y[kept]


def sizes(depth: int, width: int) -> tuple[int, ...]:
    """Inputs, then the units of each layer."""
    return (2, *[width] * (depth - 1), 1)


def start(activation: str, depth: int, width: int, seed: int) -> network.MLP:
    """The network that training begins with: normal weights that keep the size of a signal.

    They come from a counter, so that a page draws the same; the last layer has the last draws.
    """
    shape = sizes(depth, width)
    normal = draws.normal(draws.key(seed), (LAYERS, UNITS, UNITS))[LAYERS - depth :]
    gain = gain_of(activation)
    weights = [
        draw[:outputs, :inputs] * np.sqrt(gain / inputs)
        for draw, inputs, outputs in zip(normal, shape[:-1], shape[1:], strict=True)
    ]
    biases = tuple(np.zeros(outputs) for outputs in shape[1:])
    return network.MLP(tuple(weights), biases, (activation,) * (depth - 1) + ("identity",))


def gain_of(activation: str) -> float:
    """Variance of a weight times the number of inputs: He's where half of the line is cut off."""
    return 2.0 if activation in network.RECTIFIERS else 1.0


def collapsed(model: network.MLP) -> Array:
    """A = (a₁, a₂) and c, to which the network's layers multiply without an activation: (3,)."""
    product, offset = np.eye(2), np.zeros(2)
    for w, b in zip(model.weights, model.biases, strict=True):
        product, offset = w @ product, w @ offset + b
    return np.append(product[0], offset)


@functools.lru_cache(maxsize=32)
def scan(learning_rate: float, seed: int) -> Scan:
    """Train linear networks of the sizes in SCAN and multiply their matrices."""
    x, y = points()
    cells = grid(SPAN, SPAN, CELLS).reshape(-1, 2)
    settings = Settings(learning_rate=learning_rate, seed=seed)
    models = [_train("identity", depth, width, settings, 2).model for depth, width in SCAN]
    lines = np.stack([collapsed(model) for model in models])
    errors = []
    for model, (a, b, c) in zip(models, lines, strict=True):
        output = network.forward(model, cells).output[:, 0]
        errors.append(np.abs(output - (cells @ [a, b] + c)).max() / np.abs(output).max())
    return Scan(
        depths=np.array([depth for depth, _ in SCAN]),
        widths=np.array([width for _, width in SCAN]),
        parameters=np.array(
            [sum(w.size for w in (*model.weights, *model.biases)) for model in models]
        ),
        right=np.array([_right(network.forward(model, x).output[:, 0], y) for model in models]),
        lines=lines,
        errors=np.array(errors),
    )


def _train(
    activation: str, depth: int, width: int, settings: Settings, snapshots: int = STEPS + 1
) -> network.NetworkTraining:
    x, y = points()
    return network.train(
        start(activation, depth, width, settings.seed),
        x,
        y[:, None],
        loss=LOSS,
        learning_rate=settings.learning_rate,
        epochs=STEPS,
        snapshots=snapshots,
    )


def _fields(models: Sequence[network.MLP]) -> Array:
    """The output of each network over the plane: (K, CELLS, CELLS)."""
    cells = grid(SPAN, SPAN, CELLS).reshape(-1, 2)
    return np.stack([network.forward(each, cells).output.reshape(CELLS, -1) for each in models])


def _right(output: Array, y: Array) -> int:
    return int(((output > 0) == y).sum())
