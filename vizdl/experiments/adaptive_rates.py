"""Adaptive rates: seven optimizers walk one landscape, each at the rate that suits it best.

    w <- w - rate_t * direction_t,    one rate for each weight where the optimizer adapts it

So that the race is fair, 81 rates are tried for each optimizer from the landscape's own start, and
the one is taken that brings the loss below 0.01 after the fewest steps and never above its first.

Found out on the way: no optimizer wins everywhere. In a ravine along the axes, rates for single
weights are just what is needed, and Adagrad is there after a few steps. Turned by 45 degrees, the
same ravine shows both weights the same gradients; then the rates of single weights are all alike,
and the lead is gone. SGD, momentum and Nesterov do not notice the turn. And the best rate of SGD is
just below the one that diverges; Adam takes a far wider range, but so does momentum, while Adagrad
and RMSProp do not.

References: as in `vizdl.engines.optimizers`; Goodfellow, Bengio and Courville, Deep Learning, 2016,
section 8.5; Wilson et al., The Marginal Value of Adaptive Gradient Methods, 2017.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import style
from vizdl.engines import descent, landscapes
from vizdl.engines.descent import DescentTrace
from vizdl.engines.landscape import Landscape
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.common import Surface, sample

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

Name = Literal["ravine", "tilted_ravine", "beale"]
Optimizer = Literal["sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam"]
Watched = Literal[
    "all", "sgd", "momentum", "nesterov", "adagrad", "adadelta", "rmsprop", "adam"
]  # fmt: skip
NAMES: tuple[str, ...] = get_args(Name)
OPTIMIZERS: tuple[str, ...] = get_args(Optimizer)
TITLES = ("SGD", "Momentum", "Nesterov", "Adagrad", "Adadelta", "RMSProp", "Adam")
ADAPTIVE = ("adagrad", "adadelta", "rmsprop", "adam")
COLOURS = (
    style.INK, style.SERIES[1], style.FORGET_GATE, style.GRADIENT,
    style.OUTPUT_GATE, style.CANDIDATE, style.HIDDEN,
)  # fmt: skip

STEPS = 150
TARGET = 0.01  # the loss that is to be reached
RATES = np.geomspace(1e-3, 10.0, 81)  # that are tried
EARLY = 20  # steps in which crossings are counted
START = (0.1, 0.85)  # where the start is by default, as a share of the box for it

EQUATIONS = {
    "loss": landscapes.get("ravine").tex,
    "update": "bold(w)_(t+1) = bold(w)_t - eta thin nabla J(bold(w)_t)",
    "momentum": "bold(v)_(t+1) = mu bold(v)_t + nabla J(bold(w)_t),"
    " quad bold(w)_(t+1) = bold(w)_t - eta thin bold(v)_(t+1)",
    "adagrad": "w_(t+1) = w_t - eta / sqrt(sum_(s <= t) g_s^2) thin g_t",
    "rmsprop": "s_t = alpha s_(t-1) + (1 - alpha) g_t^2,"
    " quad w_(t+1) = w_t - eta / sqrt(s_t) thin g_t",
    "adam": "w_(t+1) = w_t - eta / sqrt(hat(s)_t) thin hat(m)_t,"
    " quad m_t = beta_1 m_(t-1) + (1 - beta_1) g_t",
}


class Settings(base.Settings):
    """What can be changed: landscape and start, all rates together, and the two memories."""

    landscape: Name = setting("ravine", "landscape")
    start_x: float = setting(START[0], "start, from left to right", low=0.0, high=1.0, step=0.01)
    start_y: float = setting(START[1], "start, from bottom to top", low=0.0, high=1.0, step=0.01)
    scale: float = setting(1.0, "all rates, times their best", low=0.1, high=10.0, scale="log")
    momentum: float = setting(0.9, "memory for the gradient (μ, β₁)", low=0.1, high=0.99, step=0.01)
    memory: float = setting(
        0.99, "memory for its square (ρ, α, β₂)", low=0.5, high=0.999, step=0.001
    )
    watched: Watched = setting("all", "optimizer that is watched")


@dataclass(frozen=True, eq=False)
class Tuning:
    """What the trials on one landscape gave, for each of the seven optimizers.

    `steps[k, r]` is the number of steps after which optimizer k at `RATES[r]` stays below the
    target, -1 where it does not, or where its loss has been above its first. `best[k]` is the rate
    that needs the fewest (where none arrives: the one that comes nearest), and `tolerance[k]` the
    largest rate over the smallest among those that need at most twice as many.
    """

    steps: Indices  # (7, R)
    best: Array  # (7,)
    tolerance: Array  # (7,)


@dataclass(frozen=True)
class AdaptiveRatesTrace(Trace):
    """Seven walks (T+1, 7, 2) from one start, the rates they step by, and who arrives when.

    `rates[t, k]` are those that optimizer k applies to the two weights at the step from t to t+1.
    `reached[k]` is the step from which it stays below the target, -1 if it does not. `straight` and
    `turned` are the same for the two ravines, from their own starts at the best rates; `other` is
    the walk there in the one of them that the settings do not ask for.
    """

    settings: Settings
    title: str
    surface: Surface
    minimum: Array  # (2,)
    learning_rates: Array  # (7,): as they are set
    positions: Array  # (T+1, 7, 2)
    losses: Array  # (T+1, 7)
    gradients: Array  # (T+1, 7, 2)
    rates: Array  # (T+1, 7, 2)
    reached: Indices  # (7,)
    crossings: Indices  # (7,): of the floor of the valley, in the first 20 steps
    tuning: Tuning
    straight: Indices  # (7,): steps needed in the ravine, each at its best rate
    turned: Indices  # (7,): and in the tilted one
    other_surface: Surface
    other: Array  # (T+1, 7, 2)
    tried: Array  # (R,): the rates of the trials
    target: float


def run(settings: Settings) -> AdaptiveRatesTrace:
    """Tune the rates on the landscape, and let the seven walk from the settings' start."""
    landscape = ground(settings.landscape)
    tuning = tuned(settings.landscape)
    elsewhere = "ravine" if settings.landscape == "tilted_ravine" else "tilted_ravine"
    rates = settings.scale * tuning.best
    begin = start(settings.landscape, settings.start_x, settings.start_y)
    walks = _walks(landscape, begin, rates, settings)
    positions, losses, gradients = (
        np.stack([getattr(walk, part)[:-1] for walk in walks], axis=1)
        for part in ("positions", "losses", "gradients")
    )
    return AdaptiveRatesTrace(
        settings=settings,
        title=landscape.title,
        surface=surface(settings.landscape),
        minimum=landscape.minima[0],
        learning_rates=rates,
        positions=positions,
        losses=losses,
        gradients=gradients,
        rates=np.stack([walk.rates for walk in walks], axis=1),
        reached=arrivals(losses),
        crossings=_crossings(landscape, positions),
        tuning=tuning,
        straight=_fewest(tuned("ravine")),
        turned=_fewest(tuned("tilted_ravine")),
        other_surface=surface(elsewhere),
        other=np.stack([walk.positions[:-1] for walk in race(elsewhere)], axis=1),
        tried=RATES,
        target=TARGET,
    )


def facts(trace: AdaptiveRatesTrace) -> Facts:
    """What the walks and the trials have shown."""
    sgd, momentum, adam = (OPTIMIZERS.index(name) for name in ("sgd", "momentum", "adam"))
    adaptive = [OPTIMIZERS.index(name) for name in ADAPTIVE]
    first = trace.rates[0, adam]
    steep = np.abs(trace.gradients[0, adam])
    ratio = float((first[0] / first[1]) * (steep[0] / steep[1])) if steep.all() else np.nan
    plain = trace.rates[:, :3]
    alike = bool((plain[..., 0] == plain[..., 1])[np.isfinite(plain[..., 0])].all())
    arrived = [k for k in adaptive if trace.reached[k] >= 0]
    winner = min(arrived, key=lambda k: int(trace.reached[k]), default=adaptive[0])
    lead = min(
        (k for k in adaptive if trace.straight[k] >= 0), key=lambda k: int(trace.straight[k])
    )
    same = bool((trace.straight[:3] == trace.turned[:3]).all())
    tolerance = trace.tuning.tolerance
    slow = number(int(trace.reached[sgd])) if trace.reached[sgd] >= 0 else f"more than {STEPS}"
    return Facts(
        Fact(
            "zigzag",
            "One rate for all: SGD zig-zags across the valley",
            int(trace.crossings[sgd]),
            f"with most of its first {EARLY} steps",
            trace.crossings[sgd] > EARLY / 2,
            f"of {EARLY} steps",
        ),
        Fact(
            "rates",
            "Adam's first rates times the gradients they meet, in ratio",
            ratio,
            "1: where the gradient is large the rate is small; SGD has one rate for both",
            abs(ratio - 1) < 1e-6 and alike,
        ),
        Fact(
            "winner",
            f"{TITLES[winner]} adapts its rates and is below {TARGET:g} after",
            int(trace.reached[winner]),
            f"sooner than SGD, which needs {slow}",
            0 <= trace.reached[winner] < (trace.reached[sgd] if trace.reached[sgd] >= 0 else STEPS),
            "steps" if trace.reached[winner] != 1 else "step",
        ),
        Fact(
            "turned",
            f"In the ravine turned by 45°, {TITLES[lead]} needs",
            int(trace.turned[lead]),
            f"{trace.straight[lead]} before; SGD, momentum and Nesterov as many as before",
            trace.turned[lead] > 4 * trace.straight[lead] and same,
            "steps",
        ),
        Fact(
            "tolerance",
            "Adam's rate may be wrong by a factor of",
            float(tolerance[adam]),
            f"and still need at most twice its best steps; SGD's by {number(tolerance[sgd], 2)}",
            tolerance[adam] > 3 * tolerance[sgd],
        ),
        Fact(
            "momentum",
            f"Momentum, with one rate for both, is below {TARGET:g} after",
            int(trace.reached[momentum]),
            "arrives, too: adapting rates is not the only way",
            trace.reached[momentum] >= 0,
            "steps",
        ),
    )


# Landscapes and starts


def ground(name: str) -> Landscape:
    """The landscape of that name."""
    return _TILTED if name == "tilted_ravine" else landscapes.get(name)


@functools.cache
def surface(name: str) -> Surface:
    """The map on which the walks are drawn."""
    return sample(ground(name), DOMAINS[name])


def start(name: str, x: Any, y: Any) -> Any:
    """The point (2,) at these shares of the box of starts."""
    low, high = boxes()[name].T
    return low + anp.stack([x, y]) * (high - low)


@functools.cache
def boxes() -> dict[str, Array]:
    """Where starts may lie (2, 2), for each landscape: the default share is its own start."""
    made = {}
    for name, own in _STARTS.items():
        low = own - np.array(START) * _SIZES[name]
        made[name] = np.stack([low, low + _SIZES[name]], axis=-1)
    return made


_C = float(np.sqrt(0.5))
_MATRIX = np.array([[13.0, 12.0], [12.0, 13.0]])  # curvatures 1 and 25, along the diagonals
_TILTED = Landscape(
    "tilted_ravine",
    "Ravine, turned by 45°",
    np.array([[-4.4, 4.4], [-3.6, 3.6]]),
    np.array([[0.0, 0.0]]),
    "J(bold(w)) = 1/2 (13 w_1^2 + 24 w_1 w_2 + 13 w_2^2)",
    25.0,
    lambda x: 0.5 * anp.sum(x * anp.dot(x, _MATRIX), axis=-1),
    lambda x: anp.dot(x, _MATRIX),
)
_STARTS = {
    "ravine": np.array([-3.2, 1.4]),
    "tilted_ravine": _C * np.array([-3.2 - 1.4, 3.2 - 1.4]),  # the same place in the ravine
    "beale": np.array([1.0, 1.0]),
}
_SIZES = {
    "ravine": np.array([8.0, 4.0]),
    "tilted_ravine": np.array([7.5, 4.8]),
    "beale": np.array([3.5, 2.2]),
}
DOMAINS = {
    "ravine": np.array([[-4.0, 4.0], [-2.0, 2.0]]),
    "tilted_ravine": np.array([[-4.4, 4.4], [-3.6, 3.6]]),
    "beale": np.array([[0.5, 4.5], [-1.2, 1.8]]),
}


# Tuning


def hyper(name: str, momentum: Any, memory: Any) -> dict[str, Any]:
    """The hyper-parameters of an optimizer that the two memories set."""
    given: Mapping[str, dict[str, Any]] = {
        "momentum": {"momentum": momentum},
        "nesterov": {"momentum": momentum},
        "adadelta": {"rho": memory},
        "rmsprop": {"alpha": memory},
        "adam": {"betas": (momentum, memory)},
    }
    return given.get(name, {})


@functools.cache
def tuned(name: str) -> Tuning:
    """Try every rate of every optimizer from the landscape's own start."""
    landscape, defaults = ground(name), Settings()
    steps = np.full((len(OPTIMIZERS), len(RATES)), -1)
    best = np.zeros(len(OPTIMIZERS))
    for k, optimizer in enumerate(OPTIMIZERS):
        walk = descent.descend(
            landscape, _STARTS[name], optimizer=optimizer, learning_rate=RATES, steps=STEPS,
            **hyper(optimizer, defaults.momentum, defaults.memory),
        )  # fmt: skip
        steady = (walk.losses <= walk.losses[0]).all(axis=0)
        found = np.where(steady, arrivals(walk.losses), -1)
        steps[k] = found
        if (found >= 0).any():
            best[k] = RATES[np.where(found >= 0, found, STEPS + 1).argmin()]
        else:
            best[k] = RATES[np.where(steady, walk.losses[-1], np.inf).argmin()]
    return Tuning(steps, best, _tolerance(steps))


def race(name: str) -> list[DescentTrace]:
    """The seven walks on a landscape from its own start, each at its best rate."""
    return _walks(ground(name), _STARTS[name], tuned(name).best, Settings())


def _walks(
    landscape: Landscape, begin: Array, rates: Array, settings: Settings
) -> list[DescentTrace]:
    # One step more than is shown: the last one's rates are shown as well.
    return [
        descent.descend(
            landscape, begin, optimizer=name, learning_rate=rate, steps=STEPS + 1,
            **hyper(name, settings.momentum, settings.memory),
        )
        for name, rate in zip(OPTIMIZERS, rates, strict=True)
    ]  # fmt: skip


def _tolerance(steps: Indices) -> Array:
    result = np.full(len(steps), np.nan)
    for k, found in enumerate(steps):
        if (found >= 0).any():
            fine = RATES[(found >= 0) & (found <= 2 * found[found >= 0].min())]
            result[k] = fine.max() / fine.min()
    return result


def _fewest(tuning: Tuning) -> Indices:
    found = np.where(tuning.steps >= 0, tuning.steps, STEPS + 1).min(axis=1)
    return np.where(found <= STEPS, found, -1)


def arrivals(losses: Array) -> Indices:
    """The step from which losses (T+1, N) stay below the target, -1 where they do not: (N,)."""
    with np.errstate(invalid="ignore"):
        below = losses < TARGET
    count = np.where(below.all(axis=0), len(losses), np.argmax(~below[::-1], axis=0))
    result: Indices = np.where(count > 0, len(losses) - count, -1)
    return result


def _crossings(landscape: Landscape, positions: Array) -> Indices:
    """How often each walk (T+1, N, 2) has passed over the line of least curvature, early on."""
    minimum, h = landscape.minima[0], 1e-4
    hessian = np.stack(
        [
            (landscape.gradient(minimum + h * e) - landscape.gradient(minimum - h * e)) / (2 * h)
            for e in np.eye(2)
        ]
    )
    steep = np.linalg.eigh(hessian)[1][:, 1]
    side = np.sign((positions[: EARLY + 1] - minimum) @ steep)  # (21, N)
    return np.asarray((side[1:] * side[:-1] < 0).sum(axis=0))
