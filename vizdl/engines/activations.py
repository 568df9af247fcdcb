"""Activation functions: what a neuron does with its weighted sum, and the slope of it.

Every function is elementwise on arrays of any shape and written with autograd.numpy, so
that it can be differentiated and recorded. Where a function has a kink at 0, its
derivative there is the one of its left side, as in PyTorch.

Reference: Goodfellow, Bengio and Courville, Deep Learning (2016), sections 6.2 and 6.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import pi, sqrt
from typing import Any

import autograd.numpy as np

from vizdl.engines import check

LEAKY_SLOPE = 0.01


@dataclass(frozen=True)
class Activation:
    """An activation a = g(z): its `value` g(z), its `derivative` g'(z), its Typst source `tex`.

    Both functions take an array of pre-activations z of any shape and return one of the
    same shape.
    """

    name: str
    value: Callable[[Any], Any]
    derivative: Callable[[Any], Any]
    tex: str


def names() -> tuple[str, ...]:
    """Return the names that `get` knows."""
    return tuple(_ACTIVATIONS)


def get(name: str) -> Activation:
    """Return the activation of that name; ValueError lists the names if there is none."""
    return _ACTIVATIONS[check.choice("activation", name, _ACTIVATIONS)]


def sigmoid(z: Any) -> Any:
    """Return 1 / (1 + e^-z), without overflow and accurate for any z."""
    # Both powers are at most 1, whatever the sign of z; choosing by sign would take twice as long.
    return np.exp(np.minimum(z, 0.0)) / (1.0 + np.exp(-np.abs(z)))


def _sigmoid_derivative(z: Any) -> Any:
    return sigmoid(z) * sigmoid(-z)  # 1 - sigmoid(z), without the cancellation


def _tanh(z: Any) -> Any:
    return np.tanh(z)


def _tanh_derivative(z: Any) -> Any:
    return 4.0 * _sigmoid_derivative(2.0 * z)  # 1 - tanh(z)^2, without the cancellation


def _relu(z: Any) -> Any:
    return np.where(z <= 0, 0.0, z)  # not maximum: its gradient at 0 is ambiguous


def _relu_derivative(z: Any) -> Any:
    return np.where(z <= 0, 0.0, 1.0)


def _leaky_relu(z: Any) -> Any:
    return np.where(z <= 0, LEAKY_SLOPE * z, z)


def _leaky_relu_derivative(z: Any) -> Any:
    return np.where(z <= 0, LEAKY_SLOPE, 1.0)


def _normal_cdf(z: Any) -> Any:
    from autograd.scipy.special import erfc  # here, as it takes longer than all of vizdl

    return 0.5 * erfc(-z / sqrt(2.0))


def _gelu(z: Any) -> Any:
    return z * _normal_cdf(z)  # the exact form of Hendrycks and Gimpel (2016), not the tanh one


def _gelu_derivative(z: Any) -> Any:
    return _normal_cdf(z) + z * np.exp(-0.5 * z * z) / sqrt(2.0 * pi)


def _identity(z: Any) -> Any:
    return 1.0 * z


def _identity_derivative(z: Any) -> Any:
    return np.ones(np.shape(z))


_ACTIVATIONS = {
    activation.name: activation
    for activation in (
        Activation("sigmoid", sigmoid, _sigmoid_derivative, "sigma(z) = 1 / (1 + e^(-z))"),
        Activation("tanh", _tanh, _tanh_derivative, "tanh(z) = (e^z - e^(-z)) / (e^z + e^(-z))"),
        Activation("relu", _relu, _relu_derivative, 'op("ReLU")(z) = max(0, z)'),
        Activation(
            "leaky_relu",
            _leaky_relu,
            _leaky_relu_derivative,
            f"g(z) = cases(z & quad z > 0, {LEAKY_SLOPE} z & quad z <= 0)",
        ),
        Activation(
            "gelu",
            _gelu,
            _gelu_derivative,
            'op("GELU")(z) = z Phi(z) = z / 2 (1 + op("erf")(z / sqrt(2)))',
        ),
        Activation("identity", _identity, _identity_derivative, "g(z) = z"),
    )
}
