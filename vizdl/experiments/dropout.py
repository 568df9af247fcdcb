"""Dropout: units left out at random in training, so that no single one is relied upon.

    a = m ⊙ g(z) / (1 - p),   m = 1 with probability 1 - p, else 0

A network of 24 hidden units learns two noisy half circles from few points, once for each share of
units that is dropped. Then its losses on the training points and on many new ones are compared, and
every unit is removed in turn.

Dropout closes the gap between the two losses here, but hardly changes how many new points are
right: the half circles reach into each other, and nine in ten is about what can be had. The network
without dropout is as often right and much too sure of itself when it is wrong.

Reference: Srivastava et al., Dropout: A Simple Way to Prevent Neural Networks from Overfitting,
JMLR 15, 2014.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import draws, dropout, losses, network
from vizdl.engines.network import MLP
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.field import grid

Array = NDArray[np.float64]
Whole = NDArray[np.int64]

UNITS = 24
POINTS, NEW = 80, 2000  # to train on, and to test on
NOISE = 0.3
STEPS, RATE = 300, 0.03
LOSS = "binary_cross_entropy"
X, Y = (-2.4, 2.4), (-2.0, 2.0)  # of the plane
CELLS = 41
DRAWN = 40  # masks that are shown one by one
AVERAGED = 2000  # masks over which the output is averaged
STEP_MASKS = 12  # last steps of the training, whose masks are kept for the first point

Share = Literal[0, 20, 40, 60]
SHARES: tuple[int, ...] = get_args(Share)

EQUATIONS = {
    "mask": 'm_j = cases(1 & quad "with probability" 1 - p, 0 & quad "otherwise")',
    "dropout": "a_j = m_j thin g(z_j) / (1 - p)",
    "mean": "EE[a_j] = (1 - p) dot g(z_j) / (1 - p) + p dot 0 = g(z_j)",
    "gap": 'J_"new" - J_"train"',
}


class Settings(base.Settings):
    """What can be changed: how many units are dropped, and the seed of weights and masks."""

    drop: Share = setting(40, "units dropped in training", unit="%")
    seed: int = setting(0, "seed of weights and masks", low=0, high=4)


@dataclass(frozen=True)
class Measured:
    """What a trained network does: its losses, and the share of new points right without each unit.

    `lost` (UNITS,) is the share of new points, in percent, that go wrong when that unit is removed.
    """

    train_loss: float
    test_loss: float
    right: float  # percent of the new points
    lost: Array  # (UNITS,)


@dataclass(frozen=True)
class DropoutTrace(Trace):
    """Networks trained with every share of units dropped, and thinned ones of the one asked for."""

    settings: Settings
    x: Array  # (N, 2), to train on
    y: Array  # (N,)
    shares: Whole  # (P,), percent
    train_losses: Array  # (P,)
    test_losses: Array  # (P,)
    rights: Array  # (P,), percent of the new points
    lost: Array  # (P, UNITS), percentage points, without that unit
    chosen: int  # place of the settings' share among them
    parameters: Array  # (P, 97), each network's
    step_masks: Array  # (STEP_MASKS, UNITS), of the first point in the last steps of the training
    masks: Array  # (DRAWN + 1, UNITS), the first of all units
    fields: Array  # (DRAWN + 1, CELLS, CELLS), the output with each of the masks
    thin_rights: Array  # (DRAWN + 1,), percent of the new points
    outputs: Array  # (AVERAGED,), the output at one point, of one thinned network each
    means: Array  # (AVERAGED,), of the outputs so far
    whole: float  # the output of the whole network there


def run(settings: Settings) -> DropoutTrace:
    """Train with every share, thin the network of the one asked for, and remove each unit."""
    trained = [_train(share, settings.seed) for share in SHARES]
    found = [measure(share, settings.seed) for share in SHARES]
    chosen = SHARES.index(settings.drop)
    run = trained[chosen]
    new = tested()
    x, y = points()
    p = settings.drop / 100
    masks = masks_of(settings.drop, settings.seed)
    cells = grid(X, Y, CELLS).reshape(-1, 2)
    parameters = flat(run.model)
    thinned = [output_of(parameters, cells, mask, p if k else 0.0) for k, mask in enumerate(masks)]
    rights = [
        _percent(output_of(parameters, new.x, mask, p if k else 0.0), new.y)
        for k, mask in enumerate(masks)
    ]
    many = dropout.draw(run.model, p, AVERAGED, np.random.default_rng(settings.seed))[0]
    outputs = output_of(parameters, np.repeat(x[:1], AVERAGED, axis=0), many, p)
    return DropoutTrace(
        settings=settings,
        x=x,
        y=y,
        shares=np.array(SHARES),
        train_losses=np.array([each.train_loss for each in found]),
        test_losses=np.array([each.test_loss for each in found]),
        rights=np.array([each.right for each in found]),
        lost=np.stack([each.lost for each in found]),
        chosen=chosen,
        parameters=np.stack([flat(each.model) for each in trained]),
        step_masks=run.masks[0][-STEP_MASKS:, 0].astype(float),
        masks=masks,
        fields=np.stack(thinned).reshape(-1, CELLS, CELLS),
        thin_rights=np.array(rights),
        outputs=outputs,
        means=np.cumsum(outputs) / np.arange(1, AVERAGED + 1),
        whole=float(output_of(parameters, x[:1], np.ones(UNITS), 0.0)[0]),
    )


def facts(trace: DropoutTrace) -> Facts:
    """What averaging, the two losses and the removals have shown."""
    share, k = trace.settings.drop, trace.chosen
    gaps = trace.test_losses - trace.train_losses
    needed = trace.lost.max(axis=1)
    error = float(trace.outputs.std() / np.sqrt(AVERAGED))
    away = abs(float(trace.means[-1]) - trace.whole)
    off = away / error if share else away  # without dropout the thinned networks are the whole one
    return Facts(
        Fact(
            "mean",
            f"The mean of {AVERAGED} thinned outputs, in standard errors",
            off,
            "away from the output of the whole network: at most 3",
            off <= 3,
            digits=2,
        ),
        Fact(
            "gap_without",
            "Loss on new points above that on old ones, without dropout",
            float(gaps[0]),
            "above 0: the network has learnt its points by heart",
            bool(gaps[0] > 0),
        ),
        Fact(
            "gap",
            f"Loss on new points above that on old ones, {share} % dropped",
            float(gaps[k]),
            f"less than the {number(float(gaps[0]))} without dropout",
            bool(gaps[k] < gaps[0]),
        ),
        Fact(
            "needed_without",
            "Removing the most needed unit, without dropout, costs",
            float(needed[0]),
            "of the new points, which are right no longer",
            bool(needed[0] > 0),
            "%",
        ),
        Fact(
            "needed",
            f"Removing the most needed unit, with {share} % dropped, costs",
            float(needed[k]),
            f"less than the {number(float(needed[0]))} % without dropout",
            bool(needed[k] < needed[0]),
            "%",
        ),
    )


# The networks


@functools.cache
def points() -> tuple[Array, Array]:
    """The points to train on (N, 2), class 1 the upper half circle, and their classes (N,)."""
    given = data.moons(POINTS, noise=NOISE, seed=1)
    return given.x, 1 - given.y


@functools.cache
def tested() -> data.DataSet:
    """Many new points from the same half circles; y is 1 for the upper one."""
    given = data.moons(NEW, noise=NOISE, seed=2)
    return data.DataSet(
        given.name, given.x, 1 - given.y, given.features, given.target, given.source, given.licence
    )


@functools.cache
def _train(share: int, seed: int) -> dropout.DropoutTraining:
    x, y = points()
    return dropout.train(
        network.init((2, UNITS, 1), "relu", seed),
        x,
        y[:, None],
        p=share / 100,
        loss=LOSS,
        learning_rate=RATE,
        steps=STEPS,
        seed=seed,
        snapshots=2,
    )


def network_of(share: int, seed: int) -> Array:
    """The parameters (97,) of the network that was trained with that share dropped."""
    return flat(_train(share, seed).model)


@functools.cache
def measure(share: int, seed: int) -> Measured:
    """What the network trained with that share dropped does, whole and without each unit."""
    model, new = _train(share, seed).model, tested()
    x, y = points()
    output = network.forward(model, new.x).output
    value = losses.get(LOSS).value
    right = _percent(output[:, 0], new.y)
    without = [
        _percent(network.forward(dropout.without(model, 0, unit), new.x).output[:, 0], new.y)
        for unit in range(UNITS)
    ]
    return Measured(
        train_loss=value(network.forward(model, x).output, y[:, None]),
        test_loss=value(output, new.y[:, None]),
        right=right,
        lost=right - np.array(without),
    )


def masks_of(share: int, seed: int) -> Array:
    """All units, then `DRAWN` masks, the same ones here and in a page: (DRAWN + 1, UNITS)."""
    uniform = draws.uniform(draws.key(seed), (DRAWN, UNITS))
    return np.concatenate([np.ones((1, UNITS)), np.where(uniform >= share / 100, 1.0, 0.0)])


def flat(model: MLP) -> Array:
    """W₁ (24, 2), b₁ (24,), w₂ (1, 24), b₂ (1,) one after the other: (97,)."""
    (w1, w2), (b1, b2) = model.weights, model.biases
    return np.concatenate([w1.ravel(), b1, w2.ravel(), b2])


def output_of(parameters: Any, x: Any, mask: Any, p: Any) -> Any:
    """The output (B,) of the network thinned by a mask (24,), or one for each input (B, 24)."""
    w1 = anp.reshape(parameters[: 2 * UNITS], (UNITS, 2))
    b1, w2 = parameters[2 * UNITS : 3 * UNITS], parameters[3 * UNITS : 4 * UNITS]
    z = anp.dot(x, w1.T) + b1
    return anp.dot(mask * anp.where(z <= 0, 0.0, z) / (1 - p), w2) + parameters[-1]


def _percent(output: Array, y: Array) -> float:
    return 100 * float(((output > 0) == y).mean())
