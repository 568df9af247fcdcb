"""Dropout: in training, units are left out at random; what is left is scaled up to make good.

    a_l = m_l ⊙ g_l(z_l) / (1 - p),   m = 1 with probability 1 - p, else 0

for every hidden layer. As the expectation of m / (1 - p) is 1, nothing has to be scaled when the
network is used: then all units are there (inverted dropout).

Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov, Dropout: A Simple Way to Prevent Neural
Networks from Overfitting, JMLR 15, 2014.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, network
from vizdl.engines.check import Array
from vizdl.engines.losses import Loss
from vizdl.engines.network import MLP, NetworkGradients, NetworkTrace, NetworkTraining
from vizdl.engines.optimizers import Optimizer

Masks = Sequence[ArrayLike]


@dataclass(frozen=True, eq=False)
class DropoutTraining(NetworkTraining):
    """A network trained with dropout, and which units were there at every step.

    masks, for each hidden layer (N, B, units) of 0 and 1: the step, the sample, the unit. The
    losses are those of the thinned networks.
    """

    masks: tuple[NDArray[np.uint8], ...]


def draw(model: MLP, p: float, batch: int, rng: np.random.Generator) -> tuple[Array, ...]:
    """Draw a mask for each sample and each hidden layer: (batch, units), 0 with probability p."""
    p = _share(p)
    batch = check.integer("batch", batch, 1)
    return tuple((rng.random((batch, units)) >= p).astype(float) for units in model.sizes[1:-1])


def forward(model: MLP, x: ArrayLike, masks: Masks, p: float) -> NetworkTrace:
    """Run the network with some units left out (equation at the top of this file).

    x is (B, in), masks one (B, units) or (1, units) for each hidden layer, of 0 and 1. Returns a
    `NetworkTrace`, whose post[l+1] is what is left of the layer, scaled. Raises ValueError or
    TypeError where shapes do not fit, and for a p outside of 0 ≤ p < 1.
    """
    x = check.array("x", x, ("B", model.sizes[0]))
    return network.forward(model, x, _scales(model, masks, p, len(x)))


def backward(
    model: MLP, trace: NetworkTrace, masks: Masks, p: float, y: ArrayLike, loss: str | Loss
) -> NetworkGradients:
    """Back-propagate through the thinned network: what was left out has no gradient.

        dz_l = g_l'(z_l) ⊙ m_l / (1 - p) ⊙ da_l

    and all else as in `network.backward`. `trace` is what `forward` returned for these masks.
    """
    return network.backward(model, trace, y, loss, _scales(model, masks, p, len(trace.post[0])))


def train(
    model: MLP,
    x: ArrayLike,
    y: ArrayLike,
    *,
    p: float,
    loss: str | Loss,
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 0.01,
    steps: int,
    seed: int = 0,
    snapshots: int = 11,
) -> DropoutTraining:
    """Train the network on x (B, in) and its targets y (B, …), with new masks at every step.

    Each step takes all samples at once, each through a thinned network of its own. With p = 0 this
    is `network.train`. Raises ValueError or TypeError as that does.
    """
    x = check.array("x", x, ("B", model.sizes[0]))
    y = check.array("y", y)
    if y.ndim == 0 or len(y) != len(x):
        raise ValueError(f"y must hold a target for each of {len(x)} samples, got shape {y.shape}")
    steps = check.integer("steps", steps, 1)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    masks = [draw(model, p, len(x), rng) for _ in range(steps)]
    run = network.fit(
        model,
        lambda step: (x, y, _scales(model, masks[step], p, len(x))),
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        steps=steps,
        snapshots=snapshots,
    )
    hidden = range(len(model.sizes) - 2)
    kept = tuple(np.array([each[layer] for each in masks], dtype=np.uint8) for layer in hidden)
    return DropoutTraining(**vars(run), masks=kept)


def without(model: MLP, layer: int, unit: int) -> MLP:
    """Return the network without one hidden unit: what it passes on is 0.

    `layer` counts the hidden layers from 0. Raises TypeError or ValueError for a unit that is not
    there.
    """
    layer = check.integer("layer", layer, 0, len(model.sizes) - 3)
    unit = check.integer("unit", unit, 0, model.sizes[layer + 1] - 1)
    weights = list(model.weights)
    weights[layer + 1] = weights[layer + 1].copy()
    weights[layer + 1][:, unit] = 0.0
    return MLP(tuple(weights), model.biases, model.activations)


def _scales(model: MLP, masks: Masks, p: float, batch: int) -> tuple[Array, ...]:
    """m / (1 - p) for each hidden layer, and 1 for the output."""
    p = _share(p)
    hidden = model.sizes[1:-1]
    if len(masks) != len(hidden):
        raise ValueError(
            f"masks must hold one for each of {len(hidden)} hidden layers, got {len(masks)}"
        )
    result = []
    for layer, (mask, units) in enumerate(zip(masks, hidden, strict=True)):
        given = check.array(f"masks[{layer}]", mask, ("B", units))
        if len(given) not in (1, batch):
            raise ValueError(
                f"masks[{layer}] must have 1 row or {batch}, one for each sample, got {len(given)}"
            )
        result.append(given / (1 - p))
    return (*result, np.ones((1, 1)))


def _share(p: float) -> float:
    return check.number("p", p, at_least=0, below=1)
