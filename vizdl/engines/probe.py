"""Probes: what a linear classifier reads off a layer, and how far the classes stand apart there.

A probe is the same simple classifier on every layer, so that what it reads is a measure of the
layer and not of the classifier. Here it is least squares with a price on the weights,

    min over W, b   1/N Σ_n ‖W f_n + b - e(y_n)‖² + penalty ‖W‖²,   f = (h - centre) / scale

where e(y) is 1 for the class y and 0 for the others; it answers with the largest of W f + b. The
centre is the mean of the features, the scale their root mean squared distance from it, so that
the price is the same for layers of any size.

Alain and Bengio, Understanding Intermediate Layers Using Linear Classifier Probes, 2016; Bishop,
Pattern Recognition and Machine Learning, 2006, sections 4.1.3 and 4.1.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check
from vizdl.engines.check import Array

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Probe:
    """A fitted probe: w (C, H), b (C,), and the centre (H,) and scale of the features."""

    w: Array
    b: Array
    centre: Array
    scale: float

    def scores(self, features: Any) -> Any:
        """Return W f + b for features (…, H): (…, C), the largest one is the answer."""
        return ((features - self.centre) / self.scale) @ self.w.T + self.b


def fit(features: ArrayLike, labels: ArrayLike, classes: int, penalty: float = 0.03) -> Probe:
    """Fit a probe to features (N, H) and their labels (N,), whole numbers below `classes`.

    Raises ValueError or TypeError if they do not fit together, and where all features are alike.
    """
    h = check.array("features", features, ("N", "H"))
    count = check.integer("classes", classes, 2)
    y = _labels(labels, len(h), count)
    price = check.number("penalty", penalty, above=0)
    centre = h.mean(axis=0)
    scale = float(np.sqrt(((h - centre) ** 2).sum(axis=1).mean()))
    if scale == 0:
        raise ValueError("features must differ from each other, got the same in every row")
    f, target = (h - centre) / scale, np.eye(count)[y]
    b = target.mean(axis=0)
    gram = f.T @ f / len(f) + price * np.eye(f.shape[1])
    w = np.linalg.solve(gram, f.T @ (target - b) / len(f)).T
    return Probe(w, b, centre, scale)


def accuracy(probe: Probe, features: ArrayLike, labels: ArrayLike) -> float:
    """Return the share of features (N, H) whose label (N,) the probe names.

    Raises ValueError or TypeError if they do not fit together.
    """
    h = check.array("features", features, ("N", len(probe.centre)))
    y = _labels(labels, len(h), len(probe.b))
    return float((probe.scores(h).argmax(axis=1) == y).mean())


def with_few_labels(
    features: ArrayLike,
    labels: ArrayLike,
    classes: int,
    *,
    each: int,
    draws: int,
    seed: int,
    penalty: float = 0.03,
) -> Array:
    """Return the accuracy of probes that know few labels, each probe on all the other examples.

    For each of `draws`, `each` examples of every class are drawn by the seed, the same ones
    whatever the features. Shape (draws,). Raises ValueError or TypeError for settings out of
    range, and where a class has not more examples than are to be drawn.
    """
    h = check.array("features", features, ("N", "H"))
    y = _labels(labels, len(h), check.integer("classes", classes, 2))
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    found = []
    for _ in range(check.integer("draws", draws, 1)):
        known = _drawn(rng, y, classes, each)
        rest = np.setdiff1d(np.arange(len(y)), known)
        probe = fit(h[known], y[known], classes, penalty)
        found.append(accuracy(probe, h[rest], y[rest]))
    return np.array(found)


def separation(features: ArrayLike, labels: ArrayLike) -> float:
    """Return how far the classes stand apart, measured by how wide each one is.

        tr S_B / tr S_W,   S_B = Σ_c N_c (m_c - m)(m_c - m)ᵀ,   S_W = Σ_n (h_n - m_y)(h_n - m_y)ᵀ

    the scatter of the classes' means over the scatter within the classes (Fisher, 1936), for
    features (N, H). Infinite where no class has any width.
    """
    between, within = _scatters(features, labels)
    return float(between.sum() / within.sum()) if within.any() else np.inf


def explained(features: ArrayLike, labels: ArrayLike) -> Array:
    """Return of each feature the share of its variance that the class explains: (H,), 0 to 1.

    It is the correlation ratio S_B / (S_B + S_W) of that feature alone; NaN for one that is
    always the same.
    """
    between, within = _scatters(features, labels)
    total = between + within
    return np.divide(between, total, out=np.full_like(total, np.nan), where=total > 0)


@dataclass(frozen=True, eq=False)
class Projection:
    """The two directions in which features scatter the most: centre (H,), axes (2, H)."""

    centre: Array
    axes: Array

    def of(self, features: Any) -> Any:
        """Return the place of features (…, H) on the plane: (…, 2)."""
        return (features - self.centre) @ self.axes.T


def project(features: ArrayLike) -> Projection:
    """Find the plane of the first two principal components of features (N, H), H at least 2.

    Of each axis the entry of largest size is positive. Pearson, On Lines and Planes of Closest
    Fit, Philosophical Magazine 2(11), 1901.
    """
    h = check.array("features", features, ("N", "H"))
    if h.shape[1] < 2:
        raise ValueError(f"features must have at least 2 numbers each, got {h.shape[1]}")
    centre = h.mean(axis=0)
    _, axes = np.linalg.eigh((h - centre).T @ (h - centre))  # eigenvalues rise
    axes = axes[:, :-3:-1].T
    largest = np.take_along_axis(axes, np.abs(axes).argmax(axis=1)[:, None], axis=1)
    return Projection(centre, axes * np.sign(largest))


def _drawn(rng: np.random.Generator, labels: Indices, classes: int, each: int) -> Indices:
    known = []
    for label in range(classes):
        members = np.flatnonzero(labels == label)
        check.integer("each", each, 1, len(members) - 1)
        known.append(rng.permutation(members)[:each])
    return np.concatenate(known)


def _scatters(features: ArrayLike, labels: ArrayLike) -> tuple[Array, Array]:
    """The scatter of each feature between the classes and within them: (H,) each."""
    h = check.array("features", features, ("N", "H"))
    y = _labels(labels, len(h))
    between, within = np.zeros(h.shape[1]), np.zeros(h.shape[1])
    for label in np.unique(y):
        members = h[y == label]
        mean = members.mean(axis=0)
        between += len(members) * (mean - h.mean(axis=0)) ** 2
        within += ((members - mean) ** 2).sum(axis=0)
    return between, within


def _labels(labels: ArrayLike, count: int, classes: int | None = None) -> Indices:
    given = check.array("labels", labels, (count,))
    whole = given.astype(np.int64)
    top = np.inf if classes is None else classes - 1
    if (whole != given).any() or whole.min() < 0 or whole.max() > top:
        allowed = "from 0 on" if classes is None else f"from 0 to {classes - 1}"
        bad = given[(whole != given) | (given < 0) | (given > top)][0]
        raise ValueError(f"labels must be whole numbers {allowed}, got {bad:g}")
    return whole
