"""Features are learned, and come in a hierarchy: strokes, parts, digits.

A network 64-32-16-10 learns to name handwritten digits of 8 × 8 pixels. Then every layer is asked
the same: how well does a small linear classifier, told the label of very few digits, read the digit
off this layer (a probe), and how far do the ten classes stand apart in it? Both rise from layer to
layer, and both fall in the same network before training. What a unit looks for is shown by its
favourite input: of all pictures with as much ink as a digit, the one that excites it most.

The units of the first layer look for strokes and edges. What the second layer's look for is, up to
a few per cent, a sum of those strokes, weighted by its weights: the strokes of the units that are
on. It is not so exactly where the search ends on a kink, with a unit just about to turn on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, excitation, losses, network
from vizdl.engines.network import MLP, NetworkTrace
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.feature_hierarchy_network import (
    CLASSES,
    LAYERS,
    SAMPLES,
    SIZES,
    UNITS,
    Known,
    accuracies,
    clouded,
    digits,
    known,
    sheets,
    spread,
)

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

RANDOM, LEARNED = 0, 1  # the network before and after training, where both are measured

EQUATIONS = {
    "layer": "bold(h)_l = max(0, bold(W)_l bold(h)_(l-1) + bold(b)_l), quad bold(h)_0 = bold(x)",
    "favourite": 'bold(x)^* = limits(op("arg max"))_(norm(bold(x)) = R) z_k (bold(x))',
    "stroke": "z_k (bold(x)) = bold(w)_k dot bold(x) + b_k"
    " quad arrow.r.double quad bold(x)^* = R bold(w)_k / norm(bold(w)_k)",
    "part": "bold(x)^* prop (partial z_k) / (partial bold(x))"
    ' = sum_(j "on") w_(k j) thin bold(w)_j',
    "probe": "min_(bold(W), bold(b)) 1/N sum_n norm(bold(W) bold(h)_n + bold(b) - bold(e)_(y_n))^2"
    " + lambda norm(bold(W))^2",
    "separation": "s = (sum_c N_c norm(bold(m)_c - bold(m))^2)"
    " / (sum_n norm(bold(h)_n - bold(m)_(y_n))^2)",
}

Digit = Literal["blank", "0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class Settings(base.Settings):
    """Which digit and which unit are shown, of which network, and how many labels a probe knows."""

    digit: Digit = setting("3", "digit")
    sample: int = setting(1, "which of them", low=1, high=SAMPLES, step=1)
    unit: int = setting(0, "unit (0: the most excited)", low=0, high=UNITS, step=1)
    trained: bool = setting(True, "trained")
    labels: Literal[1, 2, 5, 20] = setting(2, "labels of each digit that a probe is told")
    seed: int = setting(3, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class FeatureHierarchyTrace(Trace):
    """One digit in the network, what its units look for, and what every layer makes of digits.

    label: the digit that is shown, -1 for none; pixels (64,); passed: all activations, B = 1;
    chances (10,), what the network gives each digit. Units are counted through the layers, the
    second's after the first's, then the outputs: excitement (58,), of those the pre-activations.

    Of the network that is shown, trained or not: weights and biases in `model`; favourites
    (58, 64), each unit's favourite input, of length `radius`; combined (16, 64), what the sum of
    strokes gives for the second layer's, of the same length; liked (58, 3, 64), the held-out
    digits that excite it most. clouds (3, C, 2): the held-out digits of the three classes that are
    hardest to tell apart as pixels, in each layer on the plane of their largest scatter; classes
    (C,), which they are; place (3, 2), the digit that is shown.

    Before and after training (2, …): accuracies (2, 3, D) of probes with few labels in each layer,
    separations (2, 3), explained (2, 3), the share of a unit's variance that the digit explains,
    on average. right (2,): the share of held-out digits that the network names rightly. counts
    (2,): digits that it learned from, and held-out ones.
    """

    settings: Settings
    label: int
    pixels: Array
    passed: NetworkTrace
    chances: Array
    excitement: Array
    model: MLP
    favourites: Array
    radius: float
    combined: Array
    liked: Array
    clouds: Array
    place: Array
    classes: Indices
    accuracies: Array
    separations: Array
    explained: Array
    right: Array
    counts: Indices


def run(settings: Settings) -> FeatureHierarchyTrace:
    """Train (once), run the chosen digit through the network and probe every layer."""
    label, pixels = _sheet(settings.digit, settings.sample, settings.seed)
    own = known(settings.trained, settings.seed)
    both = [spread(trained, settings.seed) for trained in (False, True)]
    blank = network.forward(own.model, np.zeros((1, SIZES[0])))
    trace = FeatureHierarchyTrace(
        settings=settings,
        label=label,
        pixels=pixels,
        passed=blank,
        chances=np.zeros(CLASSES),
        excitement=np.zeros(UNITS),
        model=own.model,
        favourites=own.favourites,
        radius=own.radius,
        combined=_combined(own),
        liked=own.liked,
        clouds=own.clouds,
        place=np.zeros((len(LAYERS), 2)),
        classes=clouded(settings.seed).y.astype(np.int64),
        accuracies=np.array(
            [accuracies(trained, settings.labels, settings.seed) for trained in (False, True)]
        ),
        separations=np.array([each.separations for each in both]),
        explained=np.array([each.explained for each in both]),
        right=np.array([each.right for each in both]),
        counts=np.array([len(part) for part in digits(settings.seed)]),
    )
    return show(trace, pixels)


def show(trace: FeatureHierarchyTrace, pixels: ArrayLike) -> FeatureHierarchyTrace:
    """The same trace with another picture, (64,) numbers from 0 to 1, in the network."""
    x = check.array("pixels", pixels, (SIZES[0],))
    passed = network.forward(trace.model, x[None])
    planes = known(trace.settings.trained, trace.settings.seed).planes
    return replace(
        trace,
        pixels=x,
        passed=passed,
        chances=losses.softmax(passed.output)[0],
        excitement=np.concatenate([z[0] for z in passed.pre]),
        place=np.array([plane.of(h)[0] for plane, h in zip(planes, passed.post, strict=False)]),
    )


def facts(trace: FeatureHierarchyTrace) -> Facts:
    """Accuracy and separation rise with depth, only after training; parts are sums of strokes."""
    untrained, learned = trace.accuracies.mean(axis=-1)  # (3,) each
    apart = trace.separations[LEARNED]
    shares = 100 * trace.explained[LEARNED]
    likeness = cosine(trace.favourites[SIZES[1] : SIZES[1] + SIZES[2]], trace.combined)
    told = trace.settings.labels
    return Facts(
        Fact(
            "probe",
            "The deeper the layer, the better a linear probe reads the digit",
            100 * float(learned[-1]),
            f"layer 2, above {_percent(learned[1])} in layer 1 and {_percent(learned[0])} in the "
            f"pixels, with {told} label{'s' * (told > 1)} a digit",
            bool((np.diff(learned) > 0).all()),
            "%",
        ),
        Fact(
            "separation",
            "The classes stand further and further apart",
            float(apart[-1]),
            f"scatter between over within: layer 2 above {base.number(float(apart[1]))} in layer "
            f"1 and {base.number(float(apart[0]))} in the pixels",
            bool((np.diff(apart) > 0).all()),
        ),
        Fact(
            "learned",
            "Before training the layers were of no help: the features are learned",
            100 * float(untrained[-1]),
            f"the same probe on the untrained layer 2: below the {_percent(untrained[0])} in the "
            "pixels",
            bool(untrained[-1] < untrained[0] < learned[-1]),
            "%",
        ),
        Fact(
            "abstract",
            "Later units care more about which digit it is",
            float(shares[-1]),
            f"of a unit's variance in layer 2, above {base.number(float(shares[1]), 2)}% in "
            f"layer 1 and {base.number(float(shares[0]), 2)}% of a pixel's",
            bool((np.diff(shares) > 0).all()),
            "%",
        ),
        Fact(
            "parts",
            "What a second-layer unit looks for is a weighted sum of strokes",
            float(np.median(likeness)),
            f"cosine of the two pictures, the median of {SIZES[2]} units: above 0.95",
            bool(np.median(likeness) > 0.95),
            digits=4,
        ),
        Fact(
            "right",
            "The network names digits that it has never seen",
            100 * float(trace.right[LEARNED]),
            "of the held-out digits: above 90%",
            bool(trace.right[LEARNED] > 0.9),
            "%",
        ),
    )


def cosine(first: Array, second: Array) -> Array:
    """The cosine between the rows of two arrays (N, D): (N,); 0 where one of them is nothing."""
    lengths = np.linalg.norm(first, axis=1) * np.linalg.norm(second, axis=1)
    found: Array = (first * second).sum(axis=1)
    return found / np.where(lengths > 0, lengths, 1.0)


def _percent(share: float) -> str:
    return f"{base.number(100 * float(share))}%"


def _sheet(digit: str, sample: int, seed: int) -> tuple[int, Array]:
    return -1 if digit == "blank" else int(digit), sheets(seed)[digit, sample]


def _combined(own: Known) -> Array:
    """The strokes of the units that are on at each second-layer favourite, summed: (16, 64)."""
    favourites = own.favourites[SIZES[1] : SIZES[1] + SIZES[2]]
    slope = excitation.gradient(own.model, 1, np.arange(SIZES[2]), favourites)
    length = np.linalg.norm(slope, axis=1, keepdims=True)
    return own.radius * slope / np.where(length > 0, length, 1.0)
