"""A recurrent network that says one of several classes at some steps of its sequences.

    p_t = softmax(W_hy h_t + b_y),    L = - Σ_t log p_t[target_t]    over the steps that are asked

The steps at which something is asked make the pattern: the only one, the last, all after the first,
all from some point on. Sequences of different lengths stand side by side, with nothing after the
end of a shorter one: as no loss stands there, no gradient comes from there.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, rnn, training
from vizdl.engines.check import Array
from vizdl.engines.losses import softmax
from vizdl.engines.rnn import RNN, RNNGradients
from vizdl.engines.vocabulary import one_hot

Targets = NDArray[np.int64]

UNASKED = -1
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
BATCH = 64  # sequences in a training step
CLIP = 1.0  # no gradient of a training step is longer


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network, and the mean loss of a sequence in each training step: losses (N,)."""

    model: RNN
    losses: Array


def probabilities(model: RNN, x: ArrayLike) -> Array:
    """What the network says at every step: x (T, B, D) to (T, B, O), each row summing to 1."""
    return softmax(rnn.forward(model, x).y)


def loss_and_gradients(model: RNN, x: ArrayLike, targets: ArrayLike) -> tuple[float, RNNGradients]:
    """The loss, a mean over the sequences, and its gradients by going back through time.

    x is (T, B, D), targets (T, B) the class that is asked for, -1 where none is. Raises ValueError
    or TypeError for what does not fit together, and where nothing is asked.
    """
    trace = rnn.forward(model, x)
    asked = _targets(targets, trace.y.shape)
    there = asked != UNASKED
    said = softmax(trace.y)  # (T, B, O)
    batch = said.shape[1]
    loss = -float(np.log(said[there, asked[there]]).sum()) / batch
    slope = (said - one_hot(asked, said.shape[-1])) * there[..., None] / batch
    return loss, rnn.bptt(model, trace, slope)


def train(
    x: ArrayLike,
    targets: ArrayLike,
    classes: int,
    hidden_size: int,
    *,
    steps: int,
    seed: int,
    learning_rate: float = 0.01,
) -> Trained:
    """Train a network on sequences x (T, N, D) with targets (T, N), by Adam on random batches.

    W_hh begins with the spectral radius 1, so that a state neither fades nor grows at first.
    Raises ValueError or TypeError for arrays that do not fit together.
    """
    x = check.array("x", x, ("T", "N", "D"))
    asked = _targets(targets, (*x.shape[:2], check.integer("classes", classes, 2)))
    start = rnn.init(x.shape[2], hidden_size, classes, seed, radius=1.0)
    random = np.random.default_rng((seed, 0))
    last = len(asked) - (asked != UNASKED)[::-1].argmax(axis=0)  # (N,), steps up to the last asked

    def gradients(p: training.Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        rows = random.integers(0, x.shape[1], BATCH)
        T = int(last[rows].max())
        loss, found = loss_and_gradients(_network(p), x[:T, rows], asked[:T, rows])
        return loss, {name: getattr(found, name) for name in PARAMETERS}

    trained = training.train(
        {name: getattr(start, name) for name in PARAMETERS},
        gradients,
        learning_rate=learning_rate,
        steps=steps,
        clip=CLIP,
    )
    return Trained(_network(trained.parameters), trained.losses)


def _network(p: training.Parameters) -> RNN:
    return RNN(p["w_xh"], p["w_hh"], p["b_h"], p["w_hy"], p["b_y"])


def _targets(targets: ArrayLike, shape: tuple[int, ...]) -> Targets:
    """The targets as whole numbers. Raises ValueError."""
    given = check.array("targets", targets, shape[:2])
    allowed = np.arange(UNASKED, shape[2])
    if not np.isin(given, allowed).all():
        wrong = given[~np.isin(given, allowed)][0]
        raise ValueError(f"targets must be classes from 0 to {shape[2] - 1} or -1, got {wrong:g}")
    if (given == UNASKED).all(axis=0).any():
        raise ValueError("targets must ask for something in every sequence")
    return given.astype(np.int64)
