"""Mini-batches: the gradient of a few random points instead of all of them.

    g_B(w) = 1/B sum_{n in batch} dJ_n/dw,    spread of g_B ~ 1 / sqrt(B)

The problem is linear regression with two weights, so that the landscape, its minimum and the
spread are known exactly.

References: Bottou, Curtis and Nocedal, Optimization Methods for Large-Scale Machine Learning
(2018), section 3; Goodfellow, Bengio and Courville, Deep Learning (2016), section 8.1.3.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
import numpy
from autograd.tracer import isbox

from vizdl.engines import check
from vizdl.engines.check import Array
from vizdl.engines.draws import Indices, Key, integers, key, normal, permutations, uniform
from vizdl.engines.landscape import Landscape

TRUE_WEIGHTS = (0.5, 1.5)  # intercept and slope
INPUT_RANGE = (-1.0, 2.0)  # not centred, so that the two weights interact
LIMIT = 1e6  # a weight beyond this has diverged


@dataclass(frozen=True, eq=False)
class Regression:
    """Points (x_n, y_n) and the loss J(w) = 1/2 mean_n (w_1 + w_2 x_n - y_n)^2.

    `hessian` is the constant matrix of second derivatives and `minimum` the least-squares
    solution: J(w) = J(minimum) + 1/2 (w - minimum)^T hessian (w - minimum).
    """

    x: Array  # (N,)
    y: Array  # (N,)
    features: Array  # (N, 2): 1 and x
    hessian: Array  # (2, 2)
    minimum: Array  # (2,)


@dataclass(frozen=True, eq=False)
class Spread:
    """How far gradients of random batches scatter about the true one, for each batch size.

    `measured` is the root mean square distance over the draws, `exact` the same for
    infinitely many: sqrt(trace of the covariance of one point's gradient / B). `slope` is
    fitted to log(measured) against log(B); theory says -1/2.
    """

    batch_sizes: Indices  # (K,)
    measured: Array  # (K,)
    exact: Array  # (K,)
    slope: float


@dataclass(frozen=True, eq=False)
class Walk:
    """Stochastic gradient descent with one batch size: U updates.

    `batches` holds the points used in each update, padded with -1 where the last batch of a
    pass is short; `evaluations` counts the single-point gradients computed so far.
    `diverged_at` is the first update outside the range, -1 if none; the later rows are NaN.
    """

    batch_size: int
    positions: Array  # (U+1, 2)
    losses: Array  # (U+1,), over all points
    gradients: Array  # (U, 2), of the batches
    batches: Indices  # (U, B)
    evaluations: Indices  # (U+1,)
    diverged_at: int


@dataclass(frozen=True, eq=False)
class MinibatchTrace:
    """One `Walk` for each batch size, all from one start and for equally many passes."""

    problem: Regression
    passes: int
    walks: tuple[Walk, ...]


def make_problem(points: int = 512, noise: float = 0.5, seed: int = 0) -> Regression:
    """Draw points y = 0.5 + 1.5 x + noise * normal, x uniform between -1 and 2.

    Raises TypeError or ValueError if `points` is below 2 or `noise` below 0.
    """
    points = check.integer("points", points, at_least=2)
    noise = check.number("noise", noise, at_least=0)
    seed = check.integer("seed", seed, at_least=0)
    return scattered(uniform(key(seed, 0), points), normal(key(seed, 1), points), noise)


def scattered(uniform: Any, normal: Any, noise: Any) -> Regression:
    """Return the problem made of uniform and of normal random numbers, both (N,).

    y = 0.5 + 1.5 x + noise * normal, x from -1 to 2.
    """
    low, high = INPUT_RANGE
    x = low + (high - low) * uniform
    return regression(x, TRUE_WEIGHTS[0] + TRUE_WEIGHTS[1] * x + noise * normal)


def regression(x: Any, y: Any) -> Regression:
    """Return the problem of the points (x_n, y_n), both (N,), with its least-squares solution."""
    features = np.stack([np.ones(np.shape(x)), x], axis=1)  # (N, 2)
    hessian = np.dot(features.T, features) / len(x)
    apart = x - np.mean(x)
    slope = np.sum(apart * (y - np.mean(y))) / np.sum(apart**2)
    minimum = np.array([np.mean(y) - slope * np.mean(x), slope])
    return Regression(x, y, features, hessian, minimum)


def loss(problem: Regression, weights: Any, indices: Any = None) -> Any:
    """Return 1/2 mean (w_1 + w_2 x_n - y_n)^2 over the points n in `indices` (all if None).

    `weights` is (..., 2) and `indices` (B,) or (..., B); the result is (...).
    """
    features, y = _chosen(problem, indices)
    return 0.5 * np.mean(_residuals(features, y, weights) ** 2, axis=-1)


def gradient(problem: Regression, weights: Any, indices: Any = None) -> Any:
    """Return dJ/dw = mean (w_1 + w_2 x_n - y_n) (1, x_n), shapes as for `loss`, as (..., 2)."""
    features, y = _chosen(problem, indices)
    return np.mean(_residuals(features, y, weights)[..., None] * features, axis=-2)


def landscape(problem: Regression) -> Landscape:
    """Return the exact loss over all points as a landscape, drawn around its minimum."""
    reach = numpy.array([[-2.0, 2.0], [-2.0, 2.0]])
    floor = loss(problem, problem.minimum)

    return Landscape(
        "regression",
        "Linear regression",
        problem.minimum[:, None] + reach,
        problem.minimum[None],
        "J(bold(w)) = 1/(2 N) sum_n (w_1 + w_2 x_n - y_n)^2",
        float(numpy.linalg.eigvalsh(problem.hessian)[-1]),
        lambda w: floor + gap(problem, w),
        lambda w: slope(problem, w),
    )


def gap(problem: Regression, weights: Any) -> Any:
    """Return the loss above the least, 1/2 (w - minimum)^T hessian (w - minimum): (...)."""
    away = weights - problem.minimum
    return 0.5 * np.sum(np.dot(away, problem.hessian) * away, axis=-1)


def slope(problem: Regression, weights: Any) -> Any:
    """Return the gradient over all points, hessian (w - minimum): (..., 2)."""
    return np.dot(weights - problem.minimum, problem.hessian)


def gradients_at(
    problem: Regression, weights: Any, batch_size: int, draws: int, seed: int = 0
) -> Array:
    """Return the gradients (draws, 2) of that many random batches at one point (2,).

    Every batch is drawn with replacement: its points are then independent, and the spread is
    exactly sqrt(trace(covariance) / B) for every B. Without replacement the finite data set
    shows: the spread shrinks by sqrt((N - B) / (N - 1)) more, down to 0 for B = N, which
    says something about the data set's size and nothing about the batch's.
    """
    weights = check.array("weights", weights, (2,))
    batch_size = check.integer("batch_size", batch_size, at_least=1)
    draws = check.integer("draws", draws, at_least=1)
    seed = check.integer("seed", seed, at_least=0)
    return _cloud(problem, weights, batch_size, draws, key(seed, batch_size))


def spread(
    problem: Regression, weights: Any, batch_sizes: Sequence[int], draws: int = 300, seed: int = 0
) -> Spread:
    """Measure the spread of batch gradients at one point (2,) for each batch size.

    sqrt(mean over draws of |g_B - g|^2), batches drawn as `gradients_at` says, each batch
    size with random numbers of its own. Raises ValueError for fewer than two batch sizes.
    """
    weights = check.array("weights", weights, (2,))
    sizes = _checked_sizes(batch_sizes)
    if len(set(sizes)) < 2:
        raise ValueError(f"batch_sizes must hold at least two different sizes, got {sizes}")
    seed = check.integer("seed", seed, at_least=0)
    truth = gradient(problem, weights)
    clouds = [_cloud(problem, weights, size, draws, key(seed, size)) for size in sizes]
    measured = numpy.array([_root_mean_square(cloud - truth) for cloud in clouds])
    single = gradient(problem, weights, numpy.arange(len(problem.x))[:, None])  # (N, 2)
    exact = _root_mean_square(single - truth) / numpy.sqrt(sizes)
    slope = numpy.polyfit(numpy.log(sizes), numpy.log(measured), 1)[0]
    return Spread(numpy.array(sizes), measured, exact, float(slope))


def compare(
    problem: Regression,
    batch_sizes: Sequence[int] = (1, 32, 512),
    *,
    start: Any,
    learning_rate: float = 0.1,
    passes: int = 10,
    seed: int = 0,
) -> MinibatchTrace:
    """Walk from one start (2,) with each batch size, over the data equally many times.

    Each pass visits every point once, in an order shuffled anew (without replacement, as
    training loops do). Diverging is a result: see `Walk.diverged_at`.

    Raises TypeError or ValueError for an argument that is not allowed, such as a batch size
    above the number of points.
    """
    start = check.array("start", start, (2,))
    rate = check.number("learning_rate", learning_rate, at_least=0)
    passes = check.integer("passes", passes, at_least=1)
    seed = check.integer("seed", seed, at_least=0)
    sizes = _checked_sizes(batch_sizes, at_most=len(problem.x))
    walks = tuple(_walk(problem, size, start, rate, passes, key(seed, size)) for size in sizes)
    return MinibatchTrace(problem, passes, walks)


def batch(orders: Any, number: Any, size: int) -> Any:
    """Return the points (B,) of one batch, counted from 0, where passes (P, N) go on and on."""
    return np.take(orders, number * size + numpy.arange(size))


def update(problem: Regression, weights: Any, batch: Any, rate: Any) -> tuple[Any, Any]:
    """Return the gradient (2,) of the points in `batch` (B,) and the weights (2,) after a step.

        g = 1/B sum_{n in batch} (w_1 + w_2 x_n - y_n) (1, x_n),   w <- w - rate g

    It is the innermost loop, so nothing is checked.
    """
    if isbox(batch):
        features, y = _chosen(problem, batch)
    else:
        features, y = problem.features[batch], problem.y[batch]  # (B, 2), (B,)
    gradient = (features @ weights - y) @ features / len(y)
    return gradient, weights - rate * gradient


def _walk(
    problem: Regression,
    batch_size: int,
    start: Array,
    rate: float,
    passes: int,
    own: Key,
) -> Walk:
    batches = list(_shuffled(len(problem.x), batch_size, passes, own))
    updates = len(batches)
    padded = numpy.full((updates, batch_size), -1)
    for row, batch in zip(padded, batches, strict=True):
        row[: len(batch)] = batch
    positions = numpy.full((updates + 1, 2), numpy.nan)
    gradients = numpy.full((updates, 2), numpy.nan)
    positions[0] = start
    diverged_at = -1
    for u, batch in enumerate(batches):
        gradients[u], moved = update(problem, positions[u], batch, rate)
        positions[u + 1] = moved
        if abs(moved[0]) > LIMIT or abs(moved[1]) > LIMIT:  # a fifth of the time of abs().max()
            diverged_at = u + 1
            break
    evaluations = numpy.cumsum([0, *(len(batch) for batch in batches)])
    losses = landscape(problem).value(positions)
    return Walk(batch_size, positions, losses, gradients, padded, evaluations, diverged_at)


def _cloud(problem: Regression, weights: Array, size: int, draws: int, own: Key) -> Array:
    cloud: Array = gradient(problem, weights, integers(own, (draws, size), len(problem.x)))
    return cloud


def _shuffled(points: int, batch_size: int, passes: int, own: Key) -> Iterator[Indices]:
    for order in permutations(own, passes, points):
        for first in range(0, points, batch_size):
            yield order[first : first + batch_size]


def _chosen(problem: Regression, indices: Any) -> tuple[Any, Any]:
    if indices is None:
        return problem.features, problem.y
    if isbox(indices):  # they are being recorded: their values are not known yet
        return np.take(problem.features, indices, axis=0), np.take(problem.y, indices, axis=0)
    indices = numpy.asarray(indices)
    if indices.dtype.kind not in "iu" or indices.ndim == 0 or indices.size == 0:
        raise ValueError(
            "indices must be a non-empty array of whole numbers, "
            f"got shape {indices.shape} and dtype {indices.dtype}"
        )
    if indices.min() < 0 or indices.max() >= len(problem.x):
        raise ValueError(
            f"indices must be between 0 and {len(problem.x) - 1}, "
            f"got {indices.min()} to {indices.max()}"
        )
    return problem.features[indices], problem.y[indices]


def _residuals(features: Array, y: Array, weights: Any) -> Any:
    if not isbox(weights):  # a box is an array that autograd is recording
        weights = numpy.asarray(weights, dtype=numpy.float64)
    if weights.ndim == 0 or weights.shape[-1] != 2:
        raise ValueError(f"weights must have shape (..., 2), got {weights.shape}")
    return weights[..., 0:1] * features[..., 0] + weights[..., 1:2] * features[..., 1] - y


def _checked_sizes(batch_sizes: Sequence[int], at_most: int | None = None) -> list[int]:
    sizes = [check.integer("batch_sizes", size, 1, at_most) for size in batch_sizes]
    if not sizes:
        raise ValueError("batch_sizes must not be empty")
    return sizes


def _root_mean_square(vectors: Array) -> float:
    return float(numpy.sqrt(numpy.mean(numpy.sum(vectors**2, axis=-1))))
