"""A dense layer: every output is a perceptron over all inputs, and the layer is a matrix product.

    z = W x + b,   a = g(z);   for a batch, one example a row:   Z = X Wᵀ + b

A small network, 4 → 3 → 2, has learned to tell a six from a nine by the ink in the four quarters of
the picture. On pictures that it has never seen, its layers are taken apart: every output is
computed by a perceptron of its own, term by term; every input is nudged, to see which outputs move
and by how much; and the whole batch goes through in one product.

Reference: Goodfellow, Bengio and Courville, Deep Learning, 2016, sections 2.2 and 6.1.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import activations, network
from vizdl.engines.network import MLP
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Name = Literal["tanh", "sigmoid", "relu"]

NAMES: tuple[str, ...] = get_args(Name)
CLASSES = (6, 9)
QUARTERS = ("upper left", "upper right", "lower left", "lower right")
SIZES = (4, 3, 2)
TRAINED_ON = 250  # pictures; the others are kept for the measurements
EPOCHS, RATE = 150, 0.05  # of Adam, all pictures at once
STEPS = sum(SIZES[1:])  # the inputs, then one output after the other
SEEDS = 4
BATCH = 12  # pictures that are shown
NUDGE = 1e-6
EXACT = 1e-12
MOVED = 1e-6  # an output that moves by less, for each unit of the input, is taken not to move

EQUATIONS = {
    "row": "z_i = sum_j W_(i j) x_j + b_i",
    "layer": "bold(z) = W bold(x) + bold(b) quad quad bold(a) = g(bold(z))",
    "shapes": "vec(z_1, z_2, z_3) = mat(W_11, W_12, W_13, W_14; W_21, W_22, W_23, W_24;"
    " W_31, W_32, W_33, W_34) vec(x_1, x_2, x_3, x_4) + vec(b_1, b_2, b_3)",
    "cell": "(partial z_i) / (partial x_j) = W_(i j)",
    "batch": "Z = X W^top + bold(b)",
}


class Settings(base.Settings):
    """What can be changed: the picture, the hidden units' activation, the seed of the training."""

    example: int = setting(1, "picture", low=1, high=BATCH)
    activation: Name = setting("tanh", "activation of the hidden units")
    seed: int = setting(1, "seed of the training", low=0, high=SEEDS - 1)


@dataclass(frozen=True)
class Layer:
    """One dense layer on one input and on the batch, and what was measured of it."""

    weights: Array  # (out, in)
    bias: Array  # (out,)
    inputs: Array  # (in,)
    products: Array  # (out, in)
    sums: Array  # (out,)
    outputs: Array  # (out,)
    batch: Array  # (B, in), what comes in
    batch_sums: Array  # (B, out), of one matrix product
    batch_outputs: Array  # (B, out)
    one_by_one: Array  # (B, out), the sums of perceptrons, each by itself
    slopes: Array  # (out, in), how far each sum moves for each unit of an input


@dataclass(frozen=True)
class DenseLayerTrace(Trace):
    """The picture, both layers, and how often the network is right on what it has not seen."""

    settings: Settings
    picture: Array  # (8, 8), grey from 0 to 1
    label: int  # 6 or 9
    pictures: Array  # (B, 8, 8)
    labels: Array  # (B,)
    first: Layer
    second: Layer
    fresh: int  # pictures that it has not seen
    right: float  # share of them that it tells right


def run(settings: Settings) -> DenseLayerTrace:
    """Run the trained network on the picture and on the batch, and take its layers apart."""
    model = trained(settings.activation, settings.seed)
    _, fresh = pictures()
    inputs = quarters(fresh.x)
    batch, at = inputs[:BATCH], settings.example - 1
    through = network.forward(model, batch)
    said = network.forward(model, inputs).output.argmax(axis=1)
    layers = [
        _taken_apart(model, layer, through.post[layer], through.pre[layer], at) for layer in (0, 1)
    ]
    shown = fresh.x[:BATCH].reshape(-1, 8, 8)
    return DenseLayerTrace(
        settings=settings,
        picture=shown[at],
        label=int(fresh.y[at]),
        pictures=shown,
        labels=fresh.y[:BATCH],
        first=layers[0],
        second=layers[1],
        fresh=len(fresh),
        right=float((np.array(CLASSES)[said] == fresh.y).mean()),
    )


def facts(trace: DenseLayerTrace) -> Facts:
    """What the perceptrons, the nudges and the batch have shown, on both layers."""
    layers = (trace.first, trace.second)
    alone = max(float(np.abs(one.one_by_one - one.batch_sums).max()) for one in layers)
    cells = max(float(np.abs(one.slopes - one.weights).max()) for one in layers)
    edges = sum(one.weights.size for one in layers)
    moved = sum(int((np.abs(one.slopes) > MOVED).sum()) for one in layers)
    rows = [one.weights @ x + one.bias for one in layers for x in one.batch]
    whole = [z for one in layers for z in one.batch_sums]
    batch = max(float(np.abs(a - b).max()) for a, b in zip(rows, whole, strict=True))
    tiny = number(EXACT, 1)
    return Facts(
        Fact(
            "perceptron_error",
            "Each output is a perceptron over all the inputs",
            alone,
            f"at most {tiny} between the layer and perceptrons, each by itself",
            alone <= EXACT,
            digits=2,
        ),
        Fact(
            "connections",
            "Inputs that were nudged, and outputs that moved",
            moved,
            "every output of a layer moves with every input",
            moved == edges,
            f"of {edges} pairs",
        ),
        Fact(
            "cell_error",
            "How far output i moves with input j is the cell (i, j)",
            cells,
            "at most 10⁻⁸ between what the nudges show and the matrices",
            cells <= 1e-8,
            digits=2,
        ),
        Fact(
            "batch_error",
            f"One matrix product does {len(trace.labels)} pictures at once",
            batch,
            f"at most {tiny} from one picture after the other",
            batch <= EXACT,
            digits=2,
        ),
        Fact(
            "right",
            "Of pictures it has never seen, the network tells right",
            100 * trace.right,
            f"more than 95 % of {trace.fresh}",
            trace.right > 0.95,
            "%",
        ),
    )


@functools.cache
def pictures() -> tuple[data.DataSet, data.DataSet]:
    """Sixes and nines: those to learn from, and those never seen."""
    digits = data.digits()
    mine = np.isin(digits.y, CLASSES)
    both = data.DataSet(
        "sixes and nines", digits.x[mine], digits.y[mine], digits.features, digits.target,
        digits.source, digits.licence,
    )  # fmt: skip
    return both.split(TRAINED_ON)


def quarters(x: Array) -> Array:
    """The mean ink in each quarter of pictures (N, 64), as named in QUARTERS: (N, 4)."""
    result: Array = x.reshape(-1, 2, 4, 2, 4).mean(axis=(2, 4)).reshape(-1, 4)
    return result


@functools.cache
def trained(activation: str, seed: int) -> MLP:
    """The network 4 → 3 → 2 after its training; its two outputs are sigmoids."""
    seen, _ = pictures()
    target = np.eye(2)[(seen.y == CLASSES[1]).astype(int)]
    start = network.init(SIZES, activation, seed, "sigmoid")
    return network.train(
        start, quarters(seen.x), target, loss="squared_error", learning_rate=RATE, epochs=EPOCHS
    ).model


def _taken_apart(model: MLP, layer: int, batch: Array, sums: Array, at: int) -> Layer:
    """The layer on the batch: by one product, by perceptrons, and by nudges of the input `at`."""
    activation = activations.get(model.activations[layer])
    weights, bias, x = model.weights[layer], model.biases[layer], batch[at]
    alone = np.array(
        [[_perceptron(row, b, x) for row, b in zip(weights, bias, strict=True)] for x in batch]
    )
    nudges = NUDGE * np.eye(len(x))
    moved = [
        ((weights @ (x + n) + bias) - (weights @ (x - n) + bias)) / (2 * NUDGE) for n in nudges
    ]
    return Layer(
        weights=weights,
        bias=bias,
        inputs=x,
        products=weights * x,
        sums=sums[at],
        outputs=np.asarray(activation.value(sums[at])),
        batch=batch,
        batch_sums=sums,
        batch_outputs=np.asarray(activation.value(sums)),
        one_by_one=alone,
        slopes=np.stack(moved, axis=1),
    )


def _perceptron(weights: Array, bias: float, x: Array) -> float:
    """Weigh, add up, add the bias: one term after the other."""
    total = 0.0
    for weight, value in zip(weights, x, strict=True):
        total += weight * value
    return float(total + bias)


# In a page


def layers(name: str) -> Callable[..., dict[str, Any]]:
    """Both layers on one input, as a function of it and of all weights."""
    hidden, last = activations.get(name), activations.get("sigmoid")

    def through(x: Any, w1: Any, b1: Any, w2: Any, b2: Any) -> dict[str, Any]:
        first = w1 * x  # (3, 4)
        z1 = anp.sum(first, axis=1) + b1
        a1 = hidden.value(z1)
        second = w2 * a1  # (2, 3)
        z2 = anp.sum(second, axis=1) + b2
        return {
            "products1": first,
            "z1": z1,
            "a1": a1,
            "products2": second,
            "z2": z2,
            "a2": last.value(z2),
        }

    return through


def flow() -> Flow:
    """The network on the picture that is chosen: at first its inputs, then output after output."""
    _, fresh = pictures()
    inputs = quarters(fresh.x[:BATCH])
    numbers = range(1, BATCH + 1)
    both = [(name, seed) for name in NAMES for seed in range(SEEDS)]
    nets = {key: trained(*key) for key in both}
    parameters = {
        "w1": {key: net.weights[0] for key, net in nets.items()},
        "b1": {key: net.biases[0] for key, net in nets.items()},
        "w2": {key: net.weights[1] for key, net in nets.items()},
        "b2": {key: net.biases[1] for key, net in nets.items()},
    }
    return Flow(
        controls=("example", "activation", "seed"),
        sources=(
            Table("x", ("example",), {k: inputs[k - 1] for k in numbers}, exact=True),
            Table("grey", ("example",), {k: fresh.x[k - 1] for k in numbers}),
            Table("label", ("example",), {k: fresh.y[k - 1] for k in numbers}, exact=True),
            *(
                Table(name, ("activation", "seed"), values, exact=True)
                for name, values in parameters.items()
            ),
            Table("count", ("activation",), dict.fromkeys(NAMES, float(STEPS + 1)), True),
        ),
        runs=(
            Run(
                "net",
                {name: layers(name) for name in NAMES},
                {"x": "x", "w1": "w1", "b1": "b1", "w2": "w2", "b2": "b2"},
                by="activation",
            ),
        ),
        frames="count",
    )
