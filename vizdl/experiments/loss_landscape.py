"""The loss landscape: every point is a network, its height is that network's loss.

    w* = argmin_w J(w)

The same two half moons for all: a model of two weights, whose whole landscape can be drawn, and a
network of eight and eight hidden units, of whose landscape a plane through its weights is drawn
(each filter of the two directions as long as the network's own), once trained, once untrained.

The first landscape is searched twice for its lowest point: on a grid, and by going downhill.

References: Li, Xu, Taylor, Studer and Goldstein, Visualizing the Loss Landscape of Neural Nets,
NeurIPS 2018; Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.2.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import activations, descent, losses, mlp_slice, network
from vizdl.engines.activations import sigmoid
from vizdl.engines.descent import DescentTrace
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.common import Surface, levels
from vizdl.experiments.field import Span, grid

Array = NDArray[np.float64]
Name = Literal["two weights", "trained network", "untrained network"]

NAMES: tuple[Name, ...] = ("two weights", "trained network", "untrained network")
POINTS, NOISE = 128, 0.25
SIZES, SEED, PLANE_SEED = (2, 8, 8, 1), 0, 1
EPOCHS, TRAINING_RATE = 200, 0.03
DOMAINS = {"two weights": 5.0, "trained network": 1.5, "untrained network": 1.5}  # to either side
RATES = {"two weights": 2.0, "trained network": 0.08, "untrained network": 0.3}
STEPS = 40  # downhill, from the point that is chosen
SEARCH = 201  # points a side of the grid that is searched
LONG = 400  # steps, after which the descent of the search has come to rest
GRID, BANDS = 41, 10  # points a side of a surface, bands of its map
TOUR = 48  # steps of a walk once round the middle of the map
ASKED = 25  # points of each surface at which the network itself is asked
PLANE: Span = (-2.4, 2.4)  # of the inputs, both
FIELD, FULL = 41, 4.0  # points a side on which a model is asked; the score of the full colour
CROSS_ENTROPY = losses.get("binary_cross_entropy")

EQUATIONS = {
    "goal": "bold(w)^* = op('argmin', limits: #true)_(bold(w)) J(bold(w))".replace("'", '"'),
    "loss": "J(bold(w)) = 1 / N sum_(i=1)^N cal(L)(hat(y)_i, y_i)",
    "model": "hat(y) = sigma(w_1 x_1 + w_2 x_2)",
    "slice": "J(a, b) = J(bold(theta) + a thin bold(d)_1 + b thin bold(d)_2)",
    "filter": "bold(d)_(k,i) <- bold(d)_(k,i) / norm(bold(d)_(k,i)) norm(bold(theta)_i)",
}


class Settings(base.Settings):
    """What can be changed: the landscape, where on it one stands, and from where it is seen."""

    surface: Name = setting("two weights", "landscape")
    x: float = setting(0.26, "point, from left to right", low=0.0, high=1.0, step=0.01)
    y: float = setting(0.74, "point, from bottom to top", low=0.0, high=1.0, step=0.01)
    azimuth: float = setting(30.0, "turn of the surface", low=0.0, high=360.0, step=1, unit="°")
    elevation: float = setting(35.0, "seen from", low=10.0, high=80.0, step=1, unit="° above")


@dataclass(frozen=True, eq=False)
class LossLandscapeTrace(Trace):
    """The landscapes, the way down from the chosen point, and the search for the lowest.

    `surfaces` in the order of NAMES. `fields[t]` is what the model at step t says on the plane of
    the inputs, `right` the share of points that it gets right. `tour` leads from the point once
    round the middle of the map and back. `best` is the lowest of the SEARCH^2 grid points, `found`
    where a long descent ended; `below` counts the grid points that are lower. `higher` is how much
    of each network's plane lies higher than its middle.
    """

    settings: Settings
    x: Array  # (N, 2)
    y: Array  # (N,)
    surfaces: tuple[Surface, ...]
    path: DescentTrace  # positions (STEPS+1, 2)
    fields: Array  # (STEPS+1, FIELD, FIELD)
    right: Array  # (STEPS+1,)
    tour: Array  # (TOUR+1, 2)
    tour_losses: Array  # (TOUR+1,)
    tour_fields: Array  # (TOUR+1, FIELD, FIELD)
    best: Array  # (2,)
    best_loss: float
    spacing: float  # of the grid
    found: Array  # (2,)
    found_loss: float
    below: int
    higher: Array  # (2,): trained, untrained
    middle: Array  # (2,): the losses there
    height_error: float


def run(settings: Settings) -> LossLandscapeTrace:
    """Measure the landscapes, walk downhill from the point, and search the lowest one."""
    name = settings.surface
    x, y = points()
    side = DOMAINS[name]
    start = -side + np.array([settings.x, settings.y]) * (2 * side)
    path = descent.descend(loss_of(name), start, learning_rate=RATES[name], steps=STEPS)
    places = grid(PLANE, PLANE, FIELD)
    last = last_step(path)
    steps = [path.positions[min(k, last)] for k in range(STEPS + 1)]
    tour = _tour(start, side)
    surfaces = tuple(surface_of(each) for each in NAMES)
    middle = np.array([float(loss_of(each)(np.zeros(2))) for each in NAMES[1:]])
    best, spacing, found, below = _search()
    two = loss_of("two weights")
    return LossLandscapeTrace(
        settings=settings,
        x=x,
        y=y,
        surfaces=surfaces,
        path=path,
        fields=np.stack([says(name, w, places) for w in steps]),
        right=np.array([float(((says(name, w, x) > 0) == (y > 0.5)).mean()) for w in steps]),
        tour=tour,
        tour_losses=np.asarray(loss_of(name)(tour)),
        tour_fields=np.stack([says(name, w, places) for w in tour]),
        best=best,
        best_loss=float(two(best)),
        spacing=spacing,
        found=found,
        found_loss=float(two(found)),
        below=below,
        higher=np.array(
            [
                (s.height > m).sum() / (s.height.size - 1)
                for s, m in zip(surfaces[1:], middle, strict=True)
            ]
        ),
        middle=middle,
        height_error=_height_error(surfaces),
    )


def facts(trace: LossLandscapeTrace) -> Facts:
    """Heights are losses, the lowest point is found, and a trained network sits in a valley."""
    apart = float(np.linalg.norm(trace.found - trace.best))
    reach = trace.spacing / np.sqrt(2)
    trained, untrained = 100 * trace.higher
    return Facts(
        Fact(
            "height_error",
            "The height of a point is the loss of the network there",
            trace.height_error,
            f"asked at {ASKED} points of each landscape: the same to 10⁻¹²",
            trace.height_error <= 1e-12,
            digits=2,
        ),
        Fact(
            "apart",
            "Going downhill ends where a search of the whole grid ends",
            apart,
            f"at most half of a cell's diagonal, {reach:.3f}",
            bool(apart <= reach),
        ),
        Fact(
            "below",
            "Points of the grid with less loss than the end of the descent",
            trace.below,
            "none",
            trace.below == 0,
            f"of {SEARCH**2}",
        ),
        Fact(
            "trained",
            "Of the plane round it, this much lies higher than a trained network",
            float(trained),
            "at least 99%: it sits at the bottom of a valley",
            bool(trained >= 99),
            "%",
        ),
        Fact(
            "untrained",
            "And this much lies higher than the same network untrained",
            float(untrained),
            "less than 99%: there is lower ground all around it",
            bool(untrained < 99),
            "%",
        ),
    )


# The models and their losses


def points() -> tuple[Array, Array]:
    """The half moons that all models are to tell apart: (N, 2) and (N,)."""
    moons = data.moons(POINTS, noise=NOISE, seed=SEED)
    return moons.x, moons.y


def loss_of(name: Name) -> Callable[[Any], Any]:
    """The loss of a landscape as a function of points (..., 2), for autograd as well."""
    x, y = points()
    if name != "two weights":
        model, plane = networks()[name]
        return mlp_slice.on_plane(model, plane, x, y[:, None])

    def loss(w: Any) -> Any:
        score = anp.dot(w, x.T)  # (..., N)
        return anp.mean(anp.logaddexp(0.0, score) - y * score, axis=-1)

    return loss


def says(name: Name, w: Any, x: Any) -> Any:
    """The score (...) that the model at a point w (2,) gives to inputs (..., 2); 0 is undecided."""
    if name == "two weights":
        return x[..., 0] * w[0] + x[..., 1] * w[1]
    model, plane = networks()[name]
    hidden = anp.reshape(x, (-1, 2))
    layers = zip(model.weights, model.biases, plane, model.activations, strict=True)
    for weights, bias, d, activation in layers:
        moved = weights + w[0] * d[0] + w[1] * d[1]
        hidden = activations.get(activation).value(anp.dot(hidden, moved.T) + bias)
    return anp.reshape(hidden, np.shape(x)[:-1])


@functools.cache
def networks() -> dict[str, tuple[network.MLP, mlp_slice.Directions]]:
    """The trained and the untrained network, each with the plane through its weights."""
    x, y = points()
    start = network.init(SIZES, "tanh", SEED)
    trained = network.train(
        start, x, y[:, None], loss=CROSS_ENTROPY, learning_rate=TRAINING_RATE, epochs=EPOCHS
    ).model
    return {
        "trained network": (trained, mlp_slice.directions(trained, PLANE_SEED)),
        "untrained network": (start, mlp_slice.directions(start, PLANE_SEED)),
    }


@functools.cache
def surface_of(name: Name) -> Surface:
    """The landscape, sampled on a grid."""
    axis = np.linspace(-DOMAINS[name], DOMAINS[name], GRID)
    height = np.asarray(loss_of(name)(np.stack(np.meshgrid(axis, axis), axis=-1)))
    return Surface(axis, axis, height, levels(height, BANDS))


def last_step(path: DescentTrace) -> int:
    """The last step of which position and loss are known."""
    return int(np.flatnonzero(np.isfinite(path.losses))[-1])


def _tour(start: Array, side: float) -> Array:
    """Once round the middle from a point and back, within the map: (TOUR+1, 2)."""
    share = np.linspace(0, 1, TOUR + 1)
    first = float(np.hypot(*start))
    reach = min(max(first, 0.5 * side), 0.9 * side)
    radius = first + (reach - first) * np.sin(np.pi * share)
    angle = np.arctan2(start[1], start[0]) - 2 * np.pi * share
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1)


@functools.cache
def _search() -> tuple[Array, float, Array, int]:
    """The lowest point of the grid, its spacing, the end of a descent, how many are lower."""
    loss, reach = loss_of("two weights"), DOMAINS["two weights"]
    axis = np.linspace(-reach, reach, SEARCH)
    places = np.stack(np.meshgrid(axis, axis), axis=-1)
    height = np.stack([loss(row) for row in places])
    best = places.reshape(-1, 2)[height.argmin()]
    walk = descent.descend(loss, np.zeros(2), learning_rate=RATES["two weights"], steps=LONG)
    found = walk.positions[-1]
    return best, float(axis[1] - axis[0]), found, int((height < walk.losses[-1]).sum())


def _height_error(surfaces: tuple[Surface, ...]) -> float:
    """How far the surfaces are from what the models themselves cost, built and asked one by one."""
    x, y = points()
    random, worst = np.random.default_rng(SEED), 0.0
    for name, surface in zip(NAMES, surfaces, strict=True):
        for i, j in random.integers(0, GRID, (ASKED, 2)):
            w = np.array([surface.x[j], surface.y[i]])
            if name == "two weights":
                model = network.MLP((w[None],), (np.zeros(1),), ("identity",))
            else:
                model = mlp_slice.network_at(*networks()[name], w)
            cost = CROSS_ENTROPY.value(network.forward(model, x).output, y[:, None])
            worst = max(worst, abs(cost - float(surface.height[i, j])))
    return worst


def slope_of(name: Name) -> Callable[[Any], Any]:
    """The gradient of a landscape at a point (2,), written out."""
    x, y = points()
    if name == "two weights":
        return lambda w: anp.dot(sigmoid(anp.dot(x, w)) - y, x) / len(x)
    return mlp_slice.slope_on_plane(*networks()[name], x, y[:, None])
