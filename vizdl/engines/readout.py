"""A linear read-out: what a sequence model's hidden states say, at every step alike.

    y_t = W h_t + b

With `lstm.forward` below it and `training.train` around it, this trains an LSTM tagger.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.check import Array


@dataclass(frozen=True, eq=False)
class Readout:
    """The parameters w (O, H) and b (O,). Raises ValueError or TypeError if they do not fit."""

    w: Array
    b: Array

    def __post_init__(self) -> None:
        w = check.array("w", self.w, ("O", "H"))
        object.__setattr__(self, "w", w)
        object.__setattr__(self, "b", check.array("b", self.b, (len(w),)))


@dataclass(frozen=True, eq=False)
class ReadoutGradients:
    """The gradient of the loss with respect to w (O, H), b (O,) and the states h (…, H)."""

    w: Array
    b: Array
    h: Array


def init(hidden_size: int, output_size: int, seed: int) -> Readout:
    """Draw a read-out: weights uniform in ±1/√H, biases 0."""
    hidden = check.integer("hidden_size", hidden_size, 1)
    outputs = check.integer("output_size", output_size, 1)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    bound = 1 / np.sqrt(hidden)
    return Readout(rng.uniform(-bound, bound, (outputs, hidden)), np.zeros(outputs))


def forward(model: Readout, h: ArrayLike) -> Array:
    """Return y (…, O) for the states h (…, H). Raises ValueError or TypeError if h does not fit."""
    y: Array = _states(model, h) @ model.w.T + model.b
    return y


def backward(model: Readout, h: ArrayLike, dy: ArrayLike) -> ReadoutGradients:
    """Back-propagate: dW = Σ dy_t h_tᵀ,  db = Σ dy_t,  dh_t = Wᵀ dy_t, sums over all steps.

    h is (…, H), dy (…, O) the loss's gradient at the output. `h` of the result is what
    `lstm.bptt` takes as `dh`. Raises ValueError or TypeError if they do not fit together.
    """
    h = _states(model, h)
    dy = check.array("dy", dy, (*h.shape[:-1], len(model.b)), copy=False)
    rows = dy.reshape(-1, len(model.b))  # (N, O)
    return ReadoutGradients(
        w=rows.T @ h.reshape(len(rows), -1),
        b=rows.sum(axis=0),
        h=(rows @ model.w).reshape(h.shape),
    )


def _states(model: Readout, h: ArrayLike) -> Array:
    size = len(model.w.T)
    h = check.array("h", h, copy=False)
    if h.shape[-1:] != (size,):
        raise ValueError(f"h must have shape (…, {size}), got {h.shape}")
    return h
