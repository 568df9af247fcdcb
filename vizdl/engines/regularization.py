"""Regularization of a model that is linear in its weights: ridge regression and early stopping.

    J(w) = 1/N |X w - y|^2 + lambda |w without its constant|^2

The features are Legendre polynomials, scaled to a mean square of one over the interval: a basis in
which a polynomial of degree 15 is still well-conditioned, unlike the powers of x. All that a page
repeats is written with autograd.numpy.

References: Hoerl and Kennard, Ridge Regression, Technometrics 12, 1970; Goodfellow, Bengio and
Courville, Deep Learning, 2016, sections 7.1 and 7.8 (early stopping acts like ridge).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import autograd.numpy as np
import numpy
from numpy.typing import NDArray

from vizdl.engines import check
from vizdl.engines.check import Array


@dataclass(frozen=True, eq=False)
class Moments:
    """What the mean squared error on data needs to know of them: J(w) = w'Aw - 2 b'w + c.

    `gram` is A = X'X / N, (D, D); `cross` is b = X'y / N, (D,); `square` is c = y'y / N.
    """

    gram: Any
    cross: Any
    square: Any


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent from zero on the mean squared error, with the error on other data.

    weights (T+1, D), train (T+1,), test (T+1,); `best` is the step of the least test error.
    """

    weights: Array
    train: Array
    test: Array
    best: int


def legendre(x: Any, degree: int) -> Any:
    """Legendre polynomials up to `degree` on [0, 1], of mean square 1 there: (N, degree + 1).

    x (N,). P_0 = 1, P_1 = u, (k+1) P_(k+1) = (2k+1) u P_k - k P_(k-1), with u = 2x - 1
    (Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, 22.7.10).
    """
    degree = check.integer("degree", degree, at_least=0)
    u = 2.0 * x - 1.0
    columns = [1.0 + 0.0 * u, u]
    for k in range(1, degree):
        columns.append(((2 * k + 1) * u * columns[k] - k * columns[k - 1]) / (k + 1))
    scaled = [numpy.sqrt(2 * k + 1) * columns[k] for k in range(degree + 1)]
    return np.stack(scaled, axis=-1)


def moments(features: Any, y: Any) -> Moments:
    """The moments of features (N, D) and targets (N,)."""
    count = features.shape[0]
    return Moments(
        np.dot(features.T, features) / count, np.dot(features.T, y) / count, np.mean(y * y)
    )


def error(data: Moments, weights: Any) -> Any:
    """The mean squared error of weights (..., D) on data: (...), by their moments."""
    return (
        np.sum(np.dot(weights, data.gram) * weights, axis=-1)
        - 2.0 * np.dot(weights, data.cross)
        + data.square
    )


def system(data: Moments, used: Any, strength: Any) -> Any:
    """The equations of ridge regression on some of the features, as (..., D, D + 1).

        (A + lambda I) w = b

    `used` (..., D) is 1 for the features that may be used, 0 for the others, whose weights come out
    as zero. The first feature, the constant, is not penalized. `strength` is lambda (...).
    """
    both = used[..., :, None] * used[..., None, :]
    penalty = np.concatenate([np.zeros(1), np.ones(data.gram.shape[0] - 1)])
    added = np.reshape(strength, (*np.shape(strength), 1))
    diagonal = used * penalty * added + (1.0 - used)
    matrix = both * data.gram + np.eye(data.gram.shape[0]) * diagonal[..., None, :]
    column = used * data.cross + 0.0 * diagonal  # of the shape of all of them
    return np.concatenate([matrix, column[..., None]], axis=-1)


def eliminate(rows: Any, pivot: Any) -> Any:
    """One step of Gauss-Jordan elimination on systems (..., D, D + 1).

    `pivot` (D,) is 1 at the row and column of the step, else 0. Without exchanging rows, which a
    positive definite matrix does not need (Golub and Van Loan, Matrix Computations, 2013, 4.2).
    """
    size = rows.shape[-2]
    row = np.sum(pivot[:, None] * rows, axis=-2)  # (..., D + 1)
    head = np.sum(pivot * row[..., :size], axis=-1)
    row = row / head[..., None]
    column = np.sum(pivot * rows[..., :size], axis=-1)  # (..., D)
    rest = rows - column[..., None] * row[..., None, :]
    return rest + pivot[:, None] * (row[..., None, :] - rest)


def solve(rows: Any) -> Any:
    """The solutions (..., D) of systems (..., D, D + 1), positive definite, by elimination."""
    for pivot in numpy.eye(rows.shape[-2]):
        rows = eliminate(rows, pivot)
    return rows[..., -1]


def ridge(features: Any, y: Any, strength: Any) -> Any:
    """The weights of ridge regression (..., D), for one strength or an array of them (...).

    `features` (N, D), of which the first is the constant, and `y` (N,). Raises ValueError for a
    strength below 0 and for shapes that do not fit.
    """
    features = check.array("features", features, ("N", "D"))
    y = check.array("y", y, (len(features),))
    strength = check.array("strength", strength)
    if strength.min() < 0:
        raise ValueError(f"strength must be at least 0, got {strength.min():g}")
    return solve(system(moments(features, y), np.ones(features.shape[1]), strength))


def gradient(data: Moments, weights: Any) -> Any:
    """dJ/dw of the mean squared error (D,): 2 (A w - b)."""
    return 2.0 * (np.dot(data.gram, weights) - data.cross)


def safe_rate(data: Moments) -> Any:
    """A learning rate at which gradient descent on the error can't diverge: 1 / (2 trace A).

    The curvature is nowhere larger than twice the largest eigenvalue of A, which is at most its
    trace.
    """
    return 0.5 / np.sum(np.eye(data.gram.shape[0]) * data.gram)


def descend(train: Moments, test: Moments, used: Array, steps: int) -> Descent:
    """Descend on the training error from zero weights, and watch the error on the test data.

        w_(t+1) = w_t - eta dJ/dw,    in the eigenvectors of A:  w_t = (1 - (1 - 2 eta s)^t) b / s

    with their eigenvalues s and the safe rate eta (Goodfellow et al., 2016, equation 7.40), so
    that thousands of steps cost as much as one. `used` (D,) as in `system`. Raises ValueError for
    `steps` below 1.
    """
    steps = check.integer("steps", steps, at_least=1)
    rate = float(safe_rate(train))
    values, vectors = numpy.linalg.eigh(used[:, None] * train.gram * used)
    values = numpy.maximum(values, 0.0)
    t = numpy.arange(steps + 1.0)[:, None]
    pace = 2 * rate * values  # below 1, as the rate is safe
    flat = pace < 1e-15
    grown = -numpy.expm1(t * numpy.log1p(-pace)) / numpy.where(flat, 1.0, values)
    grown = numpy.where(flat, 2 * rate * t, grown)  # (T+1, D)
    weights = used * ((grown * (vectors.T @ (used * train.cross))) @ vectors.T)
    tested = error(test, weights)
    return Descent(weights, error(train, weights), tested, int(tested.argmin()))


def early_stop(losses: NDArray[numpy.float64], patience: int) -> int:
    """The step at which training would stop: none of the next `patience` steps is better.

    losses (T+1,) on data that are not trained on. Without such a step, the last one.
    """
    losses = check.array("losses", losses, ("T",))
    patience = check.integer("patience", patience, at_least=1)
    best = 0
    for t in range(len(losses)):
        if losses[t] < losses[best]:
            best = t
        if t - best >= patience:
            break
    return best
