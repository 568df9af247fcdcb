"""Losses: how wrong a prediction is, and which way is better.

A loss is one number for each sample, summed over the sample's outputs; the empirical loss is
their mean over the batch. Both cross-entropies take logits, the numbers before the sigmoid or
the softmax, so that no logarithm of 0 can occur.

Reference: Goodfellow, Bengio and Courville, Deep Learning, MIT Press 2016, sections 5.5 and 6.2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from autograd.tracer import isbox
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.activations import sigmoid
from vizdl.engines.check import Array


@dataclass(frozen=True)
class Loss:
    """A loss with its derivative, and its Typst source `tex` for one sample.

    Predictions are (…, O), usually (B, O) or (T, B, O). A target has the prediction's shape, or
    for softmax_cross_entropy also (…), whole numbers that name the right class. All three
    methods raise ValueError or TypeError if prediction and target do not fit together.
    """

    name: str
    tex: str
    _each: Callable[[Array, Array], Array]
    _slope: Callable[[Array, Array], Array]
    _target: Callable[[ArrayLike, tuple[int, ...]], Array]

    def each(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        """Return the loss of each sample: (…)."""
        return self._each(*self._checked(prediction, target))

    def value(self, prediction: ArrayLike, target: ArrayLike) -> float:
        """Return the empirical loss: the mean of `each` over all samples."""
        mean = self.each(prediction, target).mean()
        return mean if isbox(mean) else float(mean)  # a box: it is being recorded

    def gradient(self, prediction: ArrayLike, target: ArrayLike) -> Array:
        """Return the gradient of `value` with respect to the prediction: (…, O)."""
        prediction, target = self._checked(prediction, target)
        samples = prediction.size // prediction.shape[-1]
        slope: Array = self._slope(prediction, target) / samples
        return slope

    def _checked(self, prediction: ArrayLike, target: ArrayLike) -> tuple[Array, Array]:
        prediction = check.array("prediction", prediction)
        if prediction.ndim == 0:
            raise ValueError("prediction must have shape (…, O), got ()")
        return prediction, self._target(target, prediction.shape)


def names() -> tuple[str, ...]:
    """Return the names that `get` knows."""
    return tuple(_LOSSES)


def get(name: str) -> Loss:
    """Return the loss of that name; ValueError lists the names if there is none."""
    return _LOSSES[check.choice("loss", name, _LOSSES)]


def softmax(scores: Array) -> Array:
    """Return exp(s) / Σ exp(s) over the last axis; a score of -inf gives exactly 0."""
    powers = np.exp(scores - scores.max(axis=-1, keepdims=True))  # largest power 1: no overflow
    probabilities: Array = powers / powers.sum(axis=-1, keepdims=True)
    return probabilities


def log_softmax(scores: Array) -> Array:
    """Return s - log Σ exp(s) over the last axis, without overflow."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    logs: Array = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return logs


def _squared_error(prediction: Array, target: Array) -> Array:
    total: Array = np.sum((prediction - target) ** 2, axis=-1)
    return total


def _squared_error_slope(prediction: Array, target: Array) -> Array:
    return 2 * (prediction - target)


def _binary_cross_entropy(logit: Array, target: Array) -> Array:
    # -log σ(z) = log(1 + e^-z), and -log(1 - σ(z)) = log(1 + e^z)
    wrong = target * np.logaddexp(0, -logit) + (1 - target) * np.logaddexp(0, logit)
    total: Array = np.sum(wrong, axis=-1)
    return total


def _binary_cross_entropy_slope(logit: Array, target: Array) -> Array:
    slope: Array = sigmoid(logit) - target
    return slope


def _softmax_cross_entropy(logits: Array, target: Array) -> Array:
    total: Array = -np.sum(target * log_softmax(logits), axis=-1)
    return total


def _softmax_cross_entropy_slope(logits: Array, target: Array) -> Array:
    return softmax(logits) - target


def _any_number(target: ArrayLike, shape: tuple[int, ...]) -> Array:
    return check.array("target", target, shape)


def _probability(target: ArrayLike, shape: tuple[int, ...]) -> Array:
    target = check.array("target", target, shape)
    if isbox(target):
        return target
    if target.min() < 0 or target.max() > 1:
        outside = target.min() if target.min() < 0 else target.max()
        raise ValueError(f"target must lie between 0 and 1, got {outside:g}")
    return target


def _distribution(target: ArrayLike, shape: tuple[int, ...]) -> Array:
    if np.ndim(target) == len(shape) - 1:
        return _one_hot(target, shape)
    target = _probability(target, shape)
    if isbox(target):
        return target
    total = target.sum(axis=-1)
    if not np.allclose(total, 1):
        worst = total.flat[np.argmax(np.abs(total - 1))]
        raise ValueError(f"target must sum to 1 over the classes, got a sum of {worst:g}")
    return target


def _one_hot(target: ArrayLike, shape: tuple[int, ...]) -> Array:
    target = check.array("target", target, shape[:-1])
    classes = np.arange(shape[-1])
    if not isbox(target) and not np.isin(target, classes).all():
        wrong = target[~np.isin(target, classes)].flat[0]
        raise ValueError(
            f"target must name classes by whole numbers from 0 to {classes[-1]}, got {wrong:g}"
        )
    return np.where(target[..., None] == classes, 1.0, 0.0)


_LOSSES = {
    loss.name: loss
    for loss in (
        Loss(
            "squared_error",
            "sum_o (hat(y)_o - y_o)^2",
            _squared_error,
            _squared_error_slope,
            _any_number,
        ),
        Loss(
            "binary_cross_entropy",
            "- sum_o (y_o log sigma(z_o) + (1 - y_o) log(1 - sigma(z_o)))",
            _binary_cross_entropy,
            _binary_cross_entropy_slope,
            _probability,
        ),
        Loss(
            "softmax_cross_entropy",
            "- sum_o y_o log (e^(z_o) / (sum_p e^(z_p)))",
            _softmax_cross_entropy,
            _softmax_cross_entropy_slope,
            _distribution,
        ),
    )
}
