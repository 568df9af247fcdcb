"""What excites a unit the most: the input of a given length for which it is largest.

    x* = argmax z_k(x)   over all x with ‖x‖ = R

For a unit of the first layer it is R w / ‖w‖, its own weights. Deeper it is searched: from the
start each step goes along the gradient, and back onto the sphere,

    x ← R (x + ε R g / ‖g‖) / ‖…‖,   g = ∂z_k/∂x

and at a maximum x points where g does, as there is no way up that stays on the sphere. g is a sum
of the first layer's weights: with rectifiers, those of the units that are on.

Erhan, Bengio, Courville and Vincent, Visualizing Higher-Layer Features of a Deep Network, 2009.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from vizdl.engines import activations, check, network
from vizdl.engines.check import Array
from vizdl.engines.network import MLP

STEP = 0.3  # ε at first; it shrinks to nothing, so that the search comes to rest


def favourites(
    model: MLP, layer: int, starts: ArrayLike, radius: float, steps: int = 300
) -> tuple[Array, Array]:
    """Search the favourite input of every unit of a layer (0 is the first), from several starts.

    starts is (S, in). Returns the inputs (units, in), of the length `radius`, and the units'
    pre-activations there (units,): of each unit the best that any start led to. Raises ValueError
    or TypeError for arguments out of range.
    """
    layer = check.integer("layer", layer, 0, len(model.weights) - 1)
    x = check.array("starts", starts, ("S", model.sizes[0]))
    length = check.number("radius", radius, above=0)
    steps = check.integer("steps", steps, 1)
    units = model.sizes[layer + 1]
    which = np.repeat(np.arange(units), len(x))  # (U S,)
    x = _onto_sphere(np.tile(x, (units, 1)), length)  # (U S, in)
    for step in range(steps):
        rate = STEP * length * (1 - step / steps)
        x = _onto_sphere(x + rate * _onto_sphere(gradient(model, layer, which, x), 1.0), length)
    found = network.forward(model, x).pre[layer][np.arange(len(x)), which].reshape(units, -1)
    best = found.argmax(axis=1)
    rows = np.arange(units)
    return x.reshape(units, -1, x.shape[1])[rows, best], found[rows, best]


def gradient(model: MLP, layer: int, units: ArrayLike, x: ArrayLike) -> Array:
    """Return ∂z_k/∂x for each row: of the unit units[n] of that layer, at x[n] (N, in)."""
    trace = network.forward(model, x)
    slope: Array = model.weights[layer][np.asarray(units)]  # (N, before)
    for below in reversed(range(layer)):
        through = activations.get(model.activations[below]).derivative(trace.pre[below])
        slope = (slope * through) @ model.weights[below]
    return slope


def _onto_sphere(x: Array, radius: float) -> Array:
    """The rows of x with the length `radius`; a row of zeros stays."""
    length = np.linalg.norm(x, axis=-1, keepdims=True)
    return radius * x / np.where(length > 0, length, 1.0)
