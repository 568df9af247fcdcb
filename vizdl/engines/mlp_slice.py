"""A trained network's loss on a plane through its weights.

    J(a, b) = loss(w + a d_1 + b d_2),   d_i random, each filter scaled to its filter's norm

Li, Xu, Taylor, Studer and Goldstein, Visualizing the Loss Landscape of Neural Nets, NeurIPS
2018. A filter is a row of a weight matrix, all that one neuron reads; biases stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import isbox

from vizdl.engines import activations, check, network
from vizdl.engines.check import Array
from vizdl.engines.landscape import Landscape

SIZES = (2, 8, 8, 1)  # small enough to walk on in a page while a slider moves
POINTS, NOISE = 128, 0.35
EPOCHS, LEARNING_RATE = 200, 0.03
SEED, PLANE_SEED = 0, 1
REACH = 1.5  # of the plane, in norms of the filters
GRID = 31  # points a side, in the search for minima
CHUNK = 64  # points at once: ten times as fast as thousands, whose arrays leave the cache

Directions = tuple[Array, ...]  # for each layer (2, out, in)


@cache
def landscape() -> Landscape:
    """Train the network (once a process) and return its loss on the plane."""
    x, y = moons(POINTS, NOISE, SEED)
    model = network.init(SIZES, "tanh", SEED)
    run = network.train(
        model, x, y, loss="binary_cross_entropy", learning_rate=LEARNING_RATE, epochs=EPOCHS
    )
    return through(run.model, x, y, PLANE_SEED)


def through(model: network.MLP, x: Any, y: Any, seed: int = 0) -> Landscape:
    """Return the binary cross-entropy of any network on a random plane through its weights.

    `x` is (N, in) and `y` (N, 1), 0 or 1; the network's one output is a logit. The minima are
    those of a grid over the domain, refined by ever smaller steps.
    """
    x = check.array("x", x, ("N", model.sizes[0]))
    y = check.array("y", y, (len(x), 1))
    plane = directions(model, seed)
    domain = numpy.array([[-REACH, REACH]] * 2)
    value, gradient = on_plane(model, plane, x, y), slope_on_plane(model, plane, x, y)
    return Landscape(
        "mlp_slice",
        "A trained network's loss",
        domain,
        _minima(value, domain),
        'J(w_1, w_2) = op("loss")(bold(theta) + w_1 bold(d)_1 + w_2 bold(d)_2)',
        None,
        value,
        gradient,
    )


def moons(points: int, noise: float, seed: int) -> tuple[Array, Array]:
    """Return points (N, 2) on two interleaved half circles, blurred, and their class (N, 1)."""
    random = numpy.random.default_rng(seed)
    label = numpy.arange(points) % 2
    angle = random.uniform(0.0, numpy.pi, points) + numpy.pi * label
    centre = numpy.stack([label - 0.5, 0.5 * label - 0.25], axis=1)
    circle = numpy.stack([numpy.cos(angle), numpy.sin(angle)], axis=1)
    blurred = circle + centre + noise * random.normal(size=(points, 2))
    return blurred, label[:, None].astype(float)


def directions(model: network.MLP, seed: int) -> Directions:
    """Return two random directions in weight space, each filter as long as the model's."""
    random = numpy.random.default_rng(check.integer("seed", seed, at_least=0))
    result = []
    for w in model.weights:
        d = random.normal(size=(2, *w.shape))  # (2, out, in)
        norms = numpy.linalg.norm(d, axis=-1, keepdims=True)
        result.append(d / norms * numpy.linalg.norm(w, axis=-1, keepdims=True))
    return tuple(result)


def network_at(model: network.MLP, plane: Directions, point: Any) -> network.MLP:
    """Return the network at a point (2,) of the plane: its weights moved along both directions."""
    a, b = point
    weights = tuple(w + a * d[0] + b * d[1] for w, d in zip(model.weights, plane, strict=True))
    return network.MLP(weights, model.biases, model.activations)


def on_plane(model: network.MLP, plane: Directions, x: Array, y: Array) -> Callable[[Any], Any]:
    """Return the loss as a function of points (..., 2) on the plane, for autograd as well."""

    def at(point: Any) -> Any:
        a, b = point[..., 0, None, None], point[..., 1, None, None]
        hidden = x
        for w, bias, d, name in zip(
            model.weights, model.biases, plane, model.activations, strict=True
        ):
            moved = w + a * d[0] + b * d[1]  # (..., out, in)
            z = np.matmul(hidden, np.swapaxes(moved, -1, -2)) + bias  # (..., N, out)
            hidden = activations.get(name).value(z)
        return np.mean(np.logaddexp(0.0, hidden) - y * hidden, axis=(-2, -1))

    def value(points: Any) -> Any:
        if isbox(points) or points.size <= 2 * CHUNK:
            return at(points)
        flat = points.reshape(-1, 2)
        parts = [at(flat[first : first + CHUNK]) for first in range(0, len(flat), CHUNK)]
        return numpy.concatenate(parts).reshape(points.shape[:-1])

    return value


def slope_on_plane(
    model: network.MLP, plane: Directions, x: Array, y: Array
) -> Callable[[Any], Array]:
    """Return the gradient of that loss as a function of points (..., 2), by back-propagation."""

    def at(point: Array) -> Array:
        moved = tuple(
            w + numpy.tensordot(point, d, axes=1) for w, d in zip(model.weights, plane, strict=True)
        )
        here = network.MLP(moved, model.biases, model.activations)
        slopes = network.backward(here, network.forward(here, x), y, "binary_cross_entropy")
        along = [numpy.tensordot(d, g, axes=2) for d, g in zip(plane, slopes.weights, strict=True)]
        total: Array = sum(along[1:], start=along[0])  # (2,)
        return total

    def gradient(points: Array) -> Array:
        if isbox(points):  # it is being recorded: one point after the other
            rows = [at(row) for row in points.reshape(-1, 2)]
            return np.stack(rows).reshape(points.shape)  # type: ignore[no-any-return]
        result = numpy.full(points.shape, numpy.nan)
        for index in numpy.ndindex(points.shape[:-1]):
            if numpy.isfinite(points[index]).all():
                result[index] = at(points[index])
        return result

    return gradient


def _minima(value: Callable[[Any], Any], domain: Array) -> Array:
    """Return the local minima (M, 2) inside the domain, the lowest first."""
    axes = [numpy.linspace(low, high, GRID) for low, high in domain]
    grid = numpy.stack(numpy.meshgrid(*axes, indexing="ij"), axis=-1)  # (G, G, 2)
    height = value(grid)
    inner = height[1:-1, 1:-1]
    lowest = numpy.ones(inner.shape, bool)
    for i, j in numpy.ndindex(3, 3):  # no neighbour is lower
        lowest &= inner <= height[i : i + GRID - 2, j : j + GRID - 2]
    spacing = float(axes[0][1] - axes[0][0])
    found = [_polished(value, start, spacing) for start in grid[1:-1, 1:-1][lowest]]
    inside = [
        point for point in found if (domain[:, 0] < point).all() and (point < domain[:, 1]).all()
    ]
    distinct = {tuple(point.round(4)): point for point in inside}
    minima = numpy.array(list(distinct.values())).reshape(-1, 2)
    return minima[numpy.argsort(value(minima))]


def _polished(value: Callable[[Any], Any], point: Array, spacing: float) -> Array:
    """Follow the lowest of the eight neighbours, halving their distance where none is lower."""
    around = numpy.stack(numpy.meshgrid([0, -1, 1], [0, -1, 1], indexing="ij"), axis=-1)
    offsets = around.reshape(-1, 2)  # the first is the point itself
    while spacing > 1e-9:
        best = int(numpy.argmin(value(point + spacing * offsets)))
        point = point + spacing * offsets[best]
        spacing = spacing if best else spacing / 2
    return point
