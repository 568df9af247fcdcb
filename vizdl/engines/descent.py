"""Gradient descent, and every optimizer built on it, for many starts and rates at once.

    w_{t+1} = w_t - learning_rate * dJ/dw (w_t)

Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), section 4.3.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from autograd.core import VJPNode, backward_pass
from autograd.tracer import trace
from numpy.typing import NDArray

from vizdl.engines import check, optimizers
from vizdl.engines.check import Array
from vizdl.engines.landscape import Landscape

Loss = Landscape | Callable[[Any], Any]
ValueAndGradient = Callable[[Array], tuple[Array, Array]]

DEFAULT_LIMIT = 1e6


@dataclass(frozen=True, eq=False)
class DescentTrace:
    """A walk of T steps, for every member of the batch axes (...).

    `rates[t]` is the learning rate that the step from t to t+1 applied to each coordinate.
    `diverged_at` is the first step whose point lies outside the limit or has no finite loss
    or gradient, -1 if there is none. That row is the last one kept; the later ones are NaN.
    """

    positions: Array  # (T+1, ..., D)
    losses: Array  # (T+1, ...)
    gradients: Array  # (T+1, ..., D)
    rates: Array  # (T, ..., D)
    diverged_at: NDArray[np.int64]  # (...)


@dataclass(frozen=True, eq=False)
class Step:
    """One step of walks at points (..., D): what there is at the points, and what comes next.

    `inside` (...) tells which walks are within the limit, where loss and gradient are finite.
    `rates` are those applied to each coordinate; they and the next `position` are NaN for the
    walks that are not inside.
    """

    value: Any  # (...)
    gradient: Any  # (..., D)
    inside: Any  # (...)
    rates: Any  # (..., D)
    position: Any  # (..., D)
    state: optimizers.State


def descend(
    loss: Loss,
    start: Any,
    *,
    optimizer: str = "sgd",
    learning_rate: Any = 0.1,
    steps: int = 100,
    limit: float = DEFAULT_LIMIT,
    **hyper: Any,
) -> DescentTrace:
    """Walk down a loss: w <- w - learning_rate * dJ/dw, or as the optimizer has it.

    `loss` is a `Landscape` or a function of a (D,) array written with autograd.numpy that
    returns one number. `start` is a point (D,) or any batch of them (..., D), and
    `learning_rate` a number or an array that broadcasts over the batch axes. `hyper` are the
    optimizer's hyper-parameters, named as in torch.optim.

    Diverging is a result, not an error: a member whose coordinates exceed `limit` stops
    there, and the others go on.

    Raises ValueError or TypeError for an argument that is not allowed, TypeError for a loss
    that can't be differentiated.
    """
    start = check.array("start", start)
    if start.ndim == 0:
        raise ValueError(f"start must be a point (D,) or points (..., D), got the number {start:g}")
    if isinstance(loss, Landscape) and start.shape[-1] != loss.dimension:
        raise ValueError(
            f"start must have shape (..., {loss.dimension}) on {loss.name}, got {start.shape}"
        )
    rule = optimizers.get(optimizer, **hyper)
    steps = check.integer("steps", steps, at_least=1)
    limit = check.number("limit", limit, above=0)
    if np.abs(start).max() > limit:
        raise ValueError(f"start must lie within limit {limit:g}, got {np.abs(start).max():g}")
    rate = check.array("learning_rate", learning_rate)
    if rate.min() < 0:
        raise ValueError(f"learning_rate must be at least 0, got {rate.min():g}")
    try:
        batch = np.broadcast_shapes(start.shape[:-1], rate.shape)
    except ValueError:
        raise ValueError(
            f"learning_rate must broadcast over the batch {start.shape[:-1]} of start, "
            f"got shape {rate.shape}"
        ) from None
    dimension = start.shape[-1]
    points = np.broadcast_to(start, (*batch, dimension)).reshape(-1, dimension)  # (B, D)
    rate = np.broadcast_to(rate, batch).reshape(-1, 1)  # (B, 1)

    # Leaving the range is a result and a constant loss gets its own sentence: no warnings.
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Output seems independent")
        evaluate = evaluator(loss, points)
        walk = _walk(evaluate, points, rule, rate, steps, limit)
    if np.all(walk.diverged_at == 0):
        raise ValueError("loss must be finite with a finite gradient at start, got NaN or infinity")
    return DescentTrace(
        walk.positions.reshape(steps + 1, *batch, dimension),
        walk.losses.reshape(steps + 1, *batch),
        walk.gradients.reshape(steps + 1, *batch, dimension),
        walk.rates.reshape(steps, *batch, dimension),
        walk.diverged_at.reshape(batch),
    )


def value_and_gradient(loss: Callable[[Any], Any], x: Any) -> tuple[Any, Array]:
    """Return loss(x) and the gradient of its sum, both by one run through autograd.

    Raises TypeError if the loss can't be differentiated, as it leaves autograd's recording or
    does not depend on x, and ValueError if it returns a list.
    """
    try:
        value, node = trace(VJPNode.new_root(), loss, x)
    except (TypeError, NotImplementedError) as error:
        raise TypeError(
            "loss can't be differentiated, write it with autograd.numpy "
            f"(it raised {type(error).__name__}: {error})"
        ) from error
    if isinstance(value, list | tuple):
        raise ValueError(f"loss must return one real number, got a {type(value).__name__}")
    if node is None:
        raise TypeError(
            "loss can't be differentiated, write it with autograd.numpy "
            f"(its result {value!r} does not depend on its argument)"
        )
    try:
        return value, backward_pass(np.ones(np.shape(value)), node)
    except NotImplementedError as error:
        raise TypeError(f"loss can't be differentiated ({error})") from error


def step(
    evaluate: ValueAndGradient,
    rule: optimizers.Optimizer,
    points: Any,
    state: optimizers.State,
    rate: Any,
    limit: float = DEFAULT_LIMIT,
) -> Step:
    """Take one step from points (..., D): what `descend` repeats, and what a page records.

    `evaluate` gives losses (...) and gradients (..., D), `state` is the optimizer's, `rate` the
    learning rate, which broadcasts with the points. Nothing is checked here.
    """
    value, gradient = evaluate(points)
    near = (np.abs(points) <= limit).all(axis=-1)
    inside = near & np.isfinite(value) & np.isfinite(gradient).all(axis=-1)
    moved, state, rates = rule.update_with_rate(points, gradient, state, rate)
    stays = inside[..., None]
    return Step(
        value,
        gradient,
        inside,
        np.where(stays, rates, np.nan),
        np.where(stays, moved, np.nan),
        state,
    )


def _walk(
    evaluate: ValueAndGradient,
    points: Array,
    rule: optimizers.Optimizer,
    rate: Array,
    steps: int,
    limit: float,
) -> DescentTrace:
    count, dimension = points.shape
    positions = np.full((steps + 1, count, dimension), np.nan)
    losses = np.full((steps + 1, count), np.nan)
    gradients = np.full_like(positions, np.nan)
    rates = np.full((steps, count, dimension), np.nan)
    diverged_at = np.full(count, -1)
    state = rule.init(points)
    for t in range(steps + 1):
        now = step(evaluate, rule, points, state, rate, limit)
        positions[t] = _finite_or_nan(points)
        losses[t] = _finite_or_nan(now.value)
        gradients[t] = _finite_or_nan(now.gradient)
        diverged_at[~now.inside & (diverged_at < 0)] = t
        if t == steps or not now.inside.any():
            break
        rates[t] = now.rates
        points, state = now.position, now.state
    return DescentTrace(positions, losses, gradients, rates, diverged_at)


def _finite_or_nan(values: Array) -> Array:
    return np.where(np.isfinite(values), values, np.nan)


def evaluator(loss: Loss, points: Array) -> ValueAndGradient:
    """Return what gives the losses (B,) and gradients (B, D) of points (B, D)."""
    if isinstance(loss, Landscape):
        return lambda x: (loss.value(x), loss.gradient(x))
    if not callable(loss):
        raise TypeError(f"loss must be a Landscape or a function of an array, got {loss!r}")

    def one_by_one(x: Array) -> tuple[Array, Array]:
        values, gradients = np.full(len(x), np.nan), np.full(x.shape, np.nan)
        for b in np.flatnonzero(np.isfinite(x).all(axis=1)):  # a member that left is NaN
            values[b], gradients[b] = value_and_gradient(loss, x[b])
        return values, gradients

    def as_columns(x: Array) -> tuple[Array, Array]:
        value, gradient = value_and_gradient(loss, x.T)
        return value, gradient.T

    _check_single(loss, points[0])
    return as_columns if _takes_columns(one_by_one, as_columns, points) else one_by_one


def _check_single(loss: Callable[[Any], Any], point: Array) -> None:
    try:
        value, _ = value_and_gradient(loss, point)
    except Exception as error:
        if isinstance(error, TypeError) or str(error).startswith("loss must"):
            raise
        raise ValueError(
            f"loss must take a point of shape {point.shape}, "
            f"but it raised {type(error).__name__}: {error}"
        ) from error
    if np.shape(value) != () or np.iscomplexobj(value):
        raise ValueError(
            f"loss must return one real number for a point of shape {point.shape}, "
            f"got shape {np.shape(value)} and dtype {np.asarray(value).dtype}"
        )


def _takes_columns(one_by_one: ValueAndGradient, as_columns: ValueAndGradient, x: Array) -> bool:
    """Tell whether the loss, given points as columns (D, B), treats each as if it were alone.

    Tried on scattered points, every other one negative, so that a loss that mixes its columns
    or takes one branch for all of them shows.
    """
    if len(x) == 1:
        return False
    signs = np.where(np.arange(len(x)) % 2, -1.0, 1.0)[:, None]
    scattered = signs * (1.0 + np.abs(x)) * np.random.default_rng(0).uniform(0.5, 1.5, x.shape)
    some = np.unique([0, 1, len(x) - 1])
    try:
        values, gradients = as_columns(scattered)
        if np.shape(values) != (len(x),):
            return False
        value, gradient = one_by_one(scattered[some])
    except Exception:  # a user's function may fail in any way when given columns
        return False
    return np.allclose(values[some], value, rtol=1e-9, equal_nan=True) and np.allclose(
        gradients[some], gradient, rtol=1e-9, equal_nan=True
    )
