"""Activation functions: five of them with their slopes, and a plane folded until a line will do.

    a = g(z)

Two half circles reach into each other, so that no line separates them: the best of all lines is
found and counted. A 2-4-1 network is trained on them, once with an activation and once without. Its
hidden layer puts every point of the plane somewhere else, and the output is a line there. The four
hidden numbers of a point are drawn in two: upwards its distance to that line, and across the
direction in which they change most from left to right. So the line is exact in the picture.

How far the plane is folded is measured on straight lines through it: without an activation their
ends stay as far apart as they are along the line. The best of all lines (107 of 120) is better than
the network without activation (101): training makes the loss small, not the number of errors.

Reference: Goodfellow, Bengio and Courville, Deep Learning, 2016, section 6.1 (the same on
exclusive or) and 6.3.
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
from vizdl.engines import activations, best_line, losses, network
from vizdl.engines.best_line import Cuts, Line
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.field import Span, grid, zero_pieces

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

SIZES = (2, 4, 1)
POINTS = 120
LOSS = "binary_cross_entropy"
MOMENTS = 31  # of the training, at which the plane is drawn
CELLS = 49  # of the plane, a side
X, Y = (-2.0, 2.0), (-1.6, 1.6)  # the plane that is drawn
LINES, ALONG = 9, 33  # of the mesh on the plane each way, and points on each line
CURVE = np.linspace(-4, 4, 160)  # without 0, where ReLU has no slope
PROBE = 1e-5  # of z, to either side, to measure a slope with
DIRECTIONS = 181
MARKED = (1.1, 0.2)  # a point of the plane that is followed

Name = Literal["sigmoid", "tanh", "relu", "leaky_relu", "gelu", "identity"]
NAMES: tuple[str, ...] = get_args(Name)
BENT = NAMES[:-1]
SPOKEN = {
    "sigmoid": "sigmoid",
    "tanh": "tanh",
    "relu": "ReLU",
    "leaky_relu": "leaky ReLU",
    "gelu": "GELU",
    "identity": "no activation",
}

EQUATIONS = {
    "activation": "a = g(z)",
    **{name: activations.get(name).tex for name in BENT},
    "network": "bold(h) = g(W_1 bold(x) + bold(b)_1) quad z = bold(w)_2 dot bold(h) + b_2",
    "plain": "z = bold(w)_2 dot (W_1 bold(x) + bold(b)_1) + b_2"
    " = (bold(w)_2 W_1) dot bold(x) + (bold(w)_2 dot bold(b)_1 + b_2)",
    "line": "bold(w)_2 dot bold(h) + b_2 = 0",
}


class Settings(base.Settings):
    """What can be changed: activation, training, noise, and where the weights start."""

    activation: Name = setting("tanh", "activation of the hidden units")
    learning_rate: float = setting(0.2, "learning rate", low=0.01, high=1.0, scale="log")
    steps: int = setting(150, "steps of training", low=10, high=300)
    noise: float = setting(0.1, "noise", low=0.0, high=0.3, step=0.01)
    seed: int = setting(0, "seed of the weights", low=0, high=9)


@dataclass(frozen=True)
class Learnt:
    """A training, step by step: parameters (T+1, P), losses (T+1,), points on their side (T+1,)."""

    parameters: Array
    losses: Array
    right: Whole


@dataclass(frozen=True)
class ActivationsTrace(Trace):
    """The functions and their slopes, the best line, the training, and the plane as it is folded.

    What has a first axis of moments belongs to the steps `moments` (K,) of the training. Places in
    the hidden space are those of `places`.
    """

    settings: Settings
    x: Array  # (N, 2)
    y: Array  # (N,)
    z: Array  # (Z,)
    values: Array  # (5, Z), of each function in BENT
    slopes: Array  # (5, Z)
    measured: Array  # (5, Z), the slopes by finite differences
    cuts: Cuts  # the best line in each of DIRECTIONS over half a turn
    best: Line
    learnt: Learnt
    plain: Learnt  # without an activation
    moments: Whole  # (K,)
    fields: Array  # (K, CELLS, CELLS), the output z
    plain_field: Array  # (CELLS, CELLS), at the end
    mesh: Array  # (M, 2), straight lines over the plane, NaN between them
    mesh_places: Array  # (K, M, 2), where they are in the hidden space
    point_places: Array  # (K, N, 2)
    marked: Array  # (2,), a point of the plane
    marked_places: Array  # (K, 2)
    boundary: Array  # (B, 2), where the output is zero at the end: pieces of a line, NaN between
    boundary_places: Array  # (B, 2), in the hidden space
    plain_mesh_places: Array  # (M, 2), at the end
    plain_point_places: Array  # (N, 2)
    folds: Array  # (L,), 1 - chord / way of each line of the mesh, at the end
    plain_folds: Array  # (L,)


def run(settings: Settings) -> ActivationsTrace:
    """Tabulate the functions, find the best line, train with the activation and without."""
    x, y = points(settings.noise)
    functions = [activations.get(name) for name in BENT]
    learnt = _learn(settings, settings.activation, x, y)
    plain = _learn(settings, "identity", x, y)
    moments = np.linspace(0, settings.steps, min(MOMENTS, settings.steps + 1)).round().astype(int)
    cells, lines, marked = grid(X, Y, CELLS).reshape(-1, 2), mesh(), np.array([MARKED])
    stages = learnt.parameters[moments]
    folded = [functools.partial(_place, settings.activation, each, x) for each in stages]
    fields = [output_of(settings.activation, each, cells) for each in stages]
    fields = [each.reshape(CELLS, CELLS) for each in fields]
    edge = _in_order(zero_pieces(fields[-1], X, Y), folded[-1])
    sheared = functools.partial(_place, "identity", plain.parameters[-1], x)
    return ActivationsTrace(
        settings=settings,
        x=x,
        y=y,
        z=CURVE,
        values=np.stack([each.value(CURVE) for each in functions]),
        slopes=np.stack([each.derivative(CURVE) for each in functions]),
        measured=np.stack(
            [
                (each.value(CURVE + PROBE) - each.value(CURVE - PROBE)) / (2 * PROBE)
                for each in functions
            ]
        ),
        cuts=_half_turn(x, y),
        best=best_line.find(x, y),
        learnt=learnt,
        plain=plain,
        moments=moments,
        fields=np.stack(fields),
        plain_field=output_of("identity", plain.parameters[-1], cells).reshape(CELLS, CELLS),
        mesh=lines,
        mesh_places=np.stack([place(lines) for place in folded]),
        point_places=np.stack([place(x) for place in folded]),
        marked=marked[0],
        marked_places=np.stack([place(marked)[0] for place in folded]),
        boundary=edge,
        boundary_places=folded[-1](edge),
        plain_mesh_places=sheared(lines),
        plain_point_places=sheared(x),
        folds=_folds(settings.activation, learnt.parameters[-1]),
        plain_folds=_folds("identity", plain.parameters[-1]),
    )


def facts(trace: ActivationsTrace) -> Facts:
    """What the functions, the lines and the two networks have shown."""
    count = len(trace.y)
    best = 100 * trace.best.right / count
    right, plain = (100 * each.right[-1] / count for each in (trace.learnt, trace.plain))
    name = SPOKEN[trace.settings.activation]
    error = float(np.abs(trace.slopes - trace.measured).max())
    fold, flat = float(trace.folds.max()), float(trace.plain_folds.max())
    return Facts(
        Fact(
            "slope_error",
            "Each slope is what a tiny change of z measures",
            error,
            "the largest difference, over all five functions, at most 10⁻⁸",
            error <= 1e-8,
        ),
        Fact(
            "best_line",
            "Points on their side of the best of all lines",
            best,
            "below 100 %: no line separates the half circles",
            trace.best.right < count,
            "%",
        ),
        Fact(
            "right",
            f"Points on their side for a network with {name}",
            right,
            f"more than the best line's {number(best)} %",
            bool(trace.learnt.right[-1] > trace.best.right),
            "%",
        ),
        Fact(
            "plain_right",
            "Points on their side without an activation",
            plain,
            f"at most the best line's {number(best)} %",
            bool(trace.plain.right[-1] <= trace.best.right),
            "%",
        ),
        Fact(
            "fold",
            "A straight line is folded: its ends come closer by",
            100 * fold,
            "more than 1 % of the way along it",
            fold > 0.01,
            "%",
        ),
        Fact(
            "plain_fold",
            "Without an activation they come closer by",
            100 * flat,
            "nothing: at most 10⁻¹⁰ %, of any line of the mesh",
            flat <= 1e-12,
            "%",
        ),
    )


# The network


def points(noise: Any) -> tuple[Any, Array]:
    """Points on two half circles (N, 2), class 1 the upper one, and their classes (N,)."""
    clean, blurred = data.moons(POINTS, noise=0.0), data.moons(POINTS, noise=1.0)
    return clean.x + noise * (blurred.x - clean.x), 1 - clean.y


def start(activation: str, seed: int) -> Array:
    """The parameters that training begins with, one after the other: (P,)."""
    model = network.init(SIZES, activation, seed)
    result: Array = flat(model.weights, model.biases)
    return result


def flat(weights: Any, biases: Any) -> Any:
    """W₁ (4, 2), b₁ (4,), w₂ (1, 4), b₂ (1,) one after the other: (P,)."""
    parts = (weights[0], biases[0], weights[1], biases[1])
    return anp.concatenate([anp.ravel(part) for part in parts])


def model_of(activation: str, parameters: Any) -> network.MLP:
    """The network that has these parameters (P,)."""
    inputs, hidden, _ = SIZES
    first, second = inputs * hidden, (inputs + 1) * hidden
    weights = (
        anp.reshape(parameters[:first], (hidden, inputs)),
        anp.reshape(parameters[second : second + hidden], (1, hidden)),
    )
    biases = (parameters[first:second], parameters[second + hidden :])
    return network.MLP(weights, biases, (activation, "identity"))


def hidden_of(activation: str, parameters: Any, x: Any) -> Any:
    """What the hidden units make of inputs x (B, 2): (B, 4)."""
    return network.forward(model_of(activation, parameters), x).post[1]


def output_of(activation: str, parameters: Any, x: Any) -> Any:
    """The output z, above 0 for class 1, for inputs x (B, 2): (B,)."""
    return network.forward(model_of(activation, parameters), x).output[:, 0]


def places(parameters: Any, hidden: Any, data_hidden: Any, x: Any) -> Any:
    """Where hidden numbers (B, 4) are drawn: (B, 2), the second above 0 for class 1.

    Upwards is the distance to where the output is zero, across the direction in which the hidden
    numbers of the data (N, 4) change with x₁, made square to the first. The data reach to 1.
    """
    model = model_of("identity", parameters)
    w, bias = model.weights[1][0], model.biases[1]
    length = anp.sqrt(anp.sum(w * w)) + 1e-300
    normal = w / length
    middle = anp.mean(data_hidden, axis=0)
    way = anp.dot(x[:, 0] - anp.mean(x[:, 0]), data_hidden - middle)  # (4,)
    way = way - anp.sum(way * normal) * normal
    way = way / (anp.sqrt(anp.sum(way * way)) + 1e-300)

    def place(h: Any) -> Any:
        return anp.stack([anp.dot(h - middle, way), anp.dot(h, normal) + bias[0] / length], axis=1)

    return place(hidden) / anp.max(anp.abs(place(data_hidden)))


def _place(activation: str, parameters: Array, x: Array, points: Array) -> Array:
    """Where points of the plane (B, 2) are drawn in the hidden space; NaN stays NaN."""
    known = hidden_of(activation, parameters, x)
    result = np.full(points.shape, np.nan)
    seen = np.isfinite(points[:, 0])
    if seen.any():
        hidden = hidden_of(activation, parameters, points[seen])
        result[seen] = places(parameters, hidden, known, x)
    return result


def _in_order(pieces: Array, place: Callable[[Array], Array]) -> Array:
    """Pieces of a line (3 K, 2) from left to right in the hidden space."""
    across = place(pieces)[::3, 0]
    result: Array = pieces.reshape(-1, 3, 2)[np.argsort(across)].reshape(-1, 2)
    return result


def mesh() -> Array:
    """Straight lines over the plane, upright and across: (M, 2), NaN after each."""
    across, up = np.linspace(*X, LINES), np.linspace(*Y, LINES)
    lines = [_between((at, Y[0]), (at, Y[1])) for at in across]
    lines += [_between((X[0], at), (X[1], at)) for at in up]
    return np.concatenate([np.concatenate([line, [[np.nan, np.nan]]]) for line in lines])


def _between(first: Span, last: Span) -> Array:
    return np.linspace(first, last, ALONG)


def _learn(settings: Settings, activation: str, x: Array, y: Array) -> Learnt:
    model = network.init(SIZES, activation, settings.seed)
    run = network.train(
        model,
        x,
        y[:, None],
        loss=LOSS,
        learning_rate=settings.learning_rate,
        epochs=settings.steps,
        snapshots=settings.steps + 1,
    )
    outputs = [network.forward(each, x).output for each in run.snapshots]
    return Learnt(
        parameters=np.stack([flat(each.weights, each.biases) for each in run.snapshots]),
        losses=np.array([loss_of(each, y) for each in outputs]),
        right=np.array([int(((each[:, 0] > 0) == y).sum()) for each in outputs]),
    )


def loss_of(output: Any, y: Array) -> Any:
    """The mean cross-entropy of outputs (N, 1)."""
    return losses.get(LOSS).value(output, y[:, None])


def _half_turn(x: Array, y: Array) -> Cuts:
    """The best line in each direction of half a turn, whichever side class 1 is on."""
    angles = np.linspace(0, np.pi, DIRECTIONS)
    here, there = best_line.along(x, y, angles), best_line.along(x, y, angles + np.pi)
    turned = there.right > here.right
    return Cuts(
        angles,
        np.where(turned, -there.offsets, here.offsets),
        np.where(turned, there.right, here.right),
    )


def _folds(activation: str, parameters: Array) -> Array:
    """1 - chord / way of each line of the mesh in the hidden space: (L,)."""
    lines = np.nan_to_num(mesh())
    hidden = hidden_of(activation, parameters, lines).reshape(2 * LINES, ALONG + 1, -1)[:, :-1]
    way = np.linalg.norm(np.diff(hidden, axis=1), axis=-1).sum(axis=1)
    chord = np.linalg.norm(hidden[:, -1] - hidden[:, 0], axis=-1)
    folds: Array = 1 - chord / np.maximum(way, 1e-300)
    return folds
