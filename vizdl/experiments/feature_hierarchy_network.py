"""The network of `feature_hierarchy`: trained once and kept, and all that does not depend on the
digit that is shown.

Which digits are held out, what training starts from and which labels a probe is told follow from
the seed.
"""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.data import DataSet
from vizdl.engines import excitation, network, optimizers, probe
from vizdl.engines.network import MLP, NetworkTrace

Array = NDArray[np.float64]

SIDE = 8  # pixels across and down
SIZES = (SIDE * SIDE, 32, 16, 10)
CLASSES = SIZES[-1]
UNITS = sum(SIZES[1:])
LAYERS = ("pixels", "layer 1", "layer 2")  # what is probed
SEEN = 1000  # digits to learn from; the others are held out
RATE, DECAY, EPOCHS, BATCH = 0.05, 0.003, 40, 50
DRAWS = 20  # of the few labels that a probe is told
SAMPLES = 5  # held-out digits of each class to choose from
CLOUDS = (
    3  # classes whose held-out digits are drawn as clouds: those that are hardest to tell apart
)
LIKED = 3  # digits shown of those that a unit likes best


@dataclass(frozen=True, eq=False)
class Plane:
    """The plane of a layer's clouds: centre (H,), axes (2, H), lined up with the layer before."""

    centre: Array
    axes: Array

    def of(self, features: Any) -> Any:
        """The place of features (…, H): (…, 2), in root mean squares of the clouds."""
        return (features - self.centre) @ self.axes.T


@dataclass(frozen=True, eq=False)
class Known:
    """All that does not depend on the digit, of one network: see `FeatureHierarchyTrace`."""

    model: MLP
    favourites: Array
    radius: float
    liked: Array
    planes: tuple[Plane, ...]
    clouds: Array


@functools.cache
def digits(seed: int) -> tuple[DataSet, DataSet]:
    """What is learned from, and what is held out."""
    return data.digits().split(SEEN, seed=seed)


@functools.cache
def sheets(seed: int) -> dict[tuple[str, int], Array]:
    """The pictures to choose from, by digit and sample: held-out ones, and the blank sheet."""
    _, held = digits(seed)
    found = {("blank", sample): np.zeros(SIZES[0]) for sample in range(1, SAMPLES + 1)}
    for label in range(CLASSES):
        members = held.x[held.y == label]
        found |= {(str(label), sample + 1): members[sample] for sample in range(SAMPLES)}
    return found


@functools.cache
def models(seed: int) -> tuple[MLP, MLP]:
    """The network before and after training."""
    seen, _ = digits(seed)
    start = network.init(SIZES, "relu", seed)
    trained = network.train(
        start,
        seen.x,
        seen.y,
        loss="softmax_cross_entropy",
        optimizer=optimizers.get("momentum", weight_decay=DECAY),
        learning_rate=RATE,
        epochs=EPOCHS,
        batch_size=BATCH,
        seed=seed,
        snapshots=2,
    )
    return start, trained.model


@functools.cache
def known(trained: bool, seed: int) -> Known:
    """What the units of a network look for, and the clouds in its layers."""
    model = models(seed)[trained]
    seen, held = digits(seed)
    radius = float(np.linalg.norm(seen.x, axis=1).mean())
    means = np.stack([seen.x[seen.y == label].mean(axis=0) for label in range(CLASSES)])
    layers = range(len(model.weights))
    searched = [excitation.favourites(model, layer, means, radius)[0] for layer in layers]
    answers = np.concatenate(_held(trained, seed).pre, axis=1)  # (N, 58)
    best = np.argsort(-answers, axis=0, kind="stable")[:LIKED].T  # (58, LIKED)
    planes: list[Plane] = []
    clouds: list[Array] = []
    for h in network.forward(model, clouded(seed).x).post[: len(LAYERS)]:
        found = probe.project(h)
        place = found.of(h)  # (C, 2)
        axes = found.axes / np.sqrt((place**2).sum(axis=1).mean())
        plane = Plane(found.centre, _turn(place, clouds[-1] if clouds else place) @ axes)
        planes.append(plane)
        clouds.append(plane.of(h))
    return Known(
        model=model,
        favourites=np.concatenate(searched),
        radius=radius,
        liked=held.x[best],
        planes=tuple(planes),
        clouds=np.stack(clouds),
    )


@functools.cache
def clouded(seed: int) -> DataSet:
    """The held-out digits of the classes that, as pixels, stand apart the least."""
    _, held = digits(seed)
    own = [held.x[held.y == label] for label in range(CLASSES)]
    means = np.stack([x.mean(axis=0) for x in own])
    counts = np.array([len(x) for x in own])
    within = np.array([((x - x.mean(axis=0)) ** 2).sum() for x in own])

    def apart(labels: tuple[int, ...]) -> float:
        n, m = counts[[*labels]], means[[*labels]]
        between = n @ ((m - n @ m / n.sum()) ** 2).sum(axis=1)
        return float(between / within[[*labels]].sum())

    hardest = min(itertools.combinations(range(CLASSES), CLOUDS), key=apart)
    rows = np.concatenate([np.flatnonzero(held.y == label) for label in hardest])
    return replace(held, x=held.x[rows], y=held.y[rows])


def _turn(cloud: Array, onto: Array) -> Array:
    """The turn (2, 2), with or without a flip, that brings a cloud (N, 2) closest to another.

    The orthogonal Procrustes problem (Schönemann, Psychometrika 31, 1966): distances stay.
    """
    u, _, v = np.linalg.svd(onto.T @ cloud)
    turn: Array = u @ v
    return turn


@functools.cache
def accuracies(trained: bool, labels: int, seed: int) -> Array:
    """How well probes that know few labels read each layer of a network: (3, D)."""
    _, held = digits(seed)
    told = {"each": labels, "draws": DRAWS, "seed": seed}
    layers = _held(trained, seed).post[: len(LAYERS)]
    return np.array([probe.with_few_labels(h, held.y, CLASSES, **told) for h in layers])


@dataclass(frozen=True, eq=False)
class Spread:
    """How each layer holds the held-out digits apart, and how many the network names rightly."""

    separations: Array  # (3,)
    explained: Array  # (3,)
    right: float


@functools.cache
def spread(trained: bool, seed: int) -> Spread:
    """Measure a network on the held-out digits."""
    _, held = digits(seed)
    passed = _held(trained, seed)
    layers = passed.post[: len(LAYERS)]
    return Spread(
        np.array([probe.separation(h, held.y) for h in layers]),
        np.array([np.nanmean(probe.explained(h, held.y)) for h in layers]),
        float((passed.output.argmax(axis=1) == held.y).mean()),
    )


@functools.cache
def _held(trained: bool, seed: int) -> NetworkTrace:
    """The held-out digits in a network."""
    return network.forward(models(seed)[trained], digits(seed)[1].x)
