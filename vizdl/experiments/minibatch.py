"""Mini-batches: what a gradient from a few random points is worth, and what it costs.

Linear regression with two weights and 512 points, so that the loss landscape and the true
gradient are known exactly. At one place, gradients of random batches are drawn for many batch
sizes; then three walkers (one point, a batch, all points a step) descend side by side.

References: Bottou, Curtis and Nocedal, Optimization Methods for Large-Scale Machine Learning,
SIAM Review 60, 2018; Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.1.3.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import draws
from vizdl.engines import minibatch as engine
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.common import Surface, sample

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

POINTS = 512
DRAWS = 300  # gradients in a swarm
START = (-1.2, 3.2)  # intercept and slope, far out along the flat valley
DOMAIN = ((-2.1, 1.5), (0.1, 3.7))  # of both weights, where the landscape is drawn
ROUNDING = 1e-12  # a walker that wanders less stands still
NEAR = 0.05  # of the loss that can be removed: what counts as having arrived
MOST_PASSES = 40

EQUATIONS = {
    "loss": "J(bold(w)) = 1/(2 N) sum_(n=1)^N (w_1 + w_2 x_n - y_n)^2",
    "gradient": "bold(g)_B (bold(w)) = 1/B sum_(n in cal(B)) (w_1 + w_2 x_n - y_n) vec(1, x_n)",
    "unbiased": "EE [bold(g)_B] = nabla J (bold(w))",
    "spread": "sqrt(EE lr(|bold(g)_B - nabla J|)^2) = sigma / sqrt(B)",
    "update": "bold(w) <- bold(w) - eta thin bold(g)_B (bold(w))",
}


Size = Literal[2, 4, 8, 16, 32, 64, 128, 256]
SIZES: tuple[int, ...] = get_args(Size)


class Settings(base.Settings):
    """What can be changed: the batch between one and all, the step, the data."""

    batch_size: Size = setting(32, "batch size", unit="points")
    learning_rate: float = setting(0.2, "learning rate", low=0.01, high=1.0, scale="log")
    noise: float = setting(0.6, "noise of the data", low=0.0, high=2.0, step=0.1)
    passes: int = setting(20, "passes over the data", low=2, high=MOST_PASSES)
    seed: int = setting(0, "seed", low=0, high=999)


@dataclass(frozen=True)
class MinibatchTrace(Trace):
    """Swarms of batch gradients at one place, then three walks down the same landscape.

    A swarm's arrow i is the mean over the first B of its own 512 random points, for every B: the
    same draws, so that each arrow can be followed as the batch grows. `spread` is the root mean
    square distance of a swarm from `truth`, `predicted` is sigma / sqrt(B) with the exact sigma,
    and `slope` is fitted to log(spread) against log(B).
    """

    settings: Settings
    problem: engine.Regression
    surface: Surface  # the loss over both weights
    floor: float  # the least loss
    probe: Array  # (2,), where the swarms are drawn and the walks begin
    truth: Array  # (2,), gradient over all points
    batch_sizes: Indices  # (K,)
    drawn: Indices  # (300,), the first point of each arrow: all that a batch of 1 holds
    swarms: Array  # (K, 300, 2)
    spread: Array  # (K,)
    predicted: Array  # (K,)
    slope: float
    walks: tuple[engine.Walk, ...]  # one point, a batch, all points
    gaps: tuple[Array, ...]  # (U+1,) each: loss above the least loss
    near: float  # the share of the first gap below which a walker has arrived


def run(settings: Settings) -> MinibatchTrace:
    """Draw the swarms and walk the three walks."""
    problem = engine.make_problem(POINTS, settings.noise, settings.seed)
    probe = np.array(START)
    truth = engine.gradient(problem, probe)
    single = engine.gradient(problem, probe, np.arange(POINTS)[:, None])  # (N, 2)
    sizes = np.unique(np.round(2 ** np.arange(0, 9.01, 0.25)).astype(np.int64))
    drawn, swarms = _swarms(single, sizes, settings.seed)
    spread = np.sqrt(np.mean(np.sum((swarms - truth) ** 2, axis=-1), axis=-1))
    sigma = np.sqrt(np.mean(np.sum((single - truth) ** 2, axis=-1)))

    floor = float(engine.loss(problem, problem.minimum))
    walks = engine.compare(
        problem,
        (1, settings.batch_size, POINTS),
        start=probe,
        learning_rate=settings.learning_rate,
        passes=settings.passes,
        seed=settings.seed,
    ).walks
    return MinibatchTrace(
        settings=settings,
        problem=problem,
        surface=sample(engine.landscape(problem), DOMAIN),
        floor=floor,
        probe=probe,
        truth=truth,
        batch_sizes=sizes,
        drawn=drawn,
        swarms=swarms,
        spread=spread,
        predicted=sigma / np.sqrt(sizes),
        slope=float(np.polyfit(np.log(sizes), np.log(spread), 1)[0]),
        walks=walks,
        gaps=tuple(engine.gap(problem, walk.positions) for walk in walks),
        near=NEAR,
    )


def _swarms(single: Array, sizes: Indices, seed: int) -> tuple[Indices, Array]:
    drawn = draws.integers(draws.key(seed, DRAWS), (DRAWS, sizes[-1]), POINTS)
    sums = np.cumsum(single[drawn], axis=1)[:, sizes - 1]  # (300, K, 2)
    return drawn[:, 0], np.moveaxis(sums / sizes[:, None], 1, 0)  # (300,), (K, 300, 2)


def facts(trace: MinibatchTrace) -> Facts:
    """What one point a step, a batch and all points a step turned out to be."""
    size = trace.settings.batch_size
    angles = misses(trace)
    one_angle, batch_angle = (
        float(np.median(angles[list(trace.batch_sizes).index(b)])) for b in (1, size)
    )
    costs = [
        _cost(walk, gap, trace.near) for walk, gap in zip(trace.walks, trace.gaps, strict=True)
    ]
    downhill = [float(np.mean(np.diff(gap) < 0)) for gap in trace.gaps]
    left = [float(np.mean(gap[-len(gap) // 4 :])) for gap in trace.gaps]
    wander = [_wandering(walk) for walk in trace.walks]
    astray = [_straying(walk, trace.walks[2]) for walk in trace.walks]
    bias = _bias(trace)
    every = number(size)
    return Facts(
        Fact(
            "unbiased",
            "On average a batch's gradient is the true one",
            bias,
            "mean off by less than 4 standard errors, every B",
            bias < 4,
            "standard errors",
            2,
        ),
        Fact(
            "spread_slope",
            "The spread falls as one over the root of B",
            trace.slope,
            "log-log slope within 0.05 of −1/2",
            abs(trace.slope + 0.5) <= 0.05,
        ),
        Fact(
            "single_angle",
            "One point's gradient typically misses the direction by",
            one_angle,
            f"more than the gradient of {every} points",
            one_angle > batch_angle,
            "°",
            2,
        ),
        Fact(
            "batch_angle",
            f"The gradient of {every} points misses it by",
            batch_angle,
            "less than that of one point",
            batch_angle < one_angle,
            "°",
            2,
        ),
        Fact(
            "astray_single",
            "Step for step, one point strays from the path of all by",
            100 * astray[0],
            f"more than {every} points do",
            astray[0] > astray[1],
            "% of its length",
            2,
        ),
        Fact(
            "astray_batch",
            f"{every} points stray from the path of all by",
            100 * astray[1],
            "less than one point does",
            astray[1] < astray[0],
            "% of its length",
            2,
        ),
        Fact(
            "cost_single",
            "One point a step arrives after",
            costs[0],
            f"fewer gradient evaluations than {every} points a step",
            costs[0] < costs[1],
            "evaluations",
        ),
        Fact(
            "cost_batch",
            f"{every} points a step arrive after",
            costs[1],
            "fewer gradient evaluations than all points a step",
            costs[1] < costs[2],
            "evaluations",
        ),
        Fact(
            "cost_full",
            "All points a step arrive after",
            costs[2],
            "most gradient evaluations of the three",
            costs[2] > max(costs[:2]),
            "evaluations",
        ),
        Fact(
            "downhill_single",
            "Steps of one point that lower the loss",
            100 * downhill[0],
            "a smaller share than of all points",
            downhill[0] < downhill[2],
            "%",
            2,
        ),
        Fact(
            "downhill_full",
            "Steps of all points that lower the loss",
            100 * downhill[2],
            "all of them",
            downhill[2] == 1,
            "%",
        ),
        Fact(
            "left_single",
            "One point a step stays above the least loss by",
            left[0],
            f"more than {every} points a step",
            left[0] > left[1],
            digits=2,
        ),
        Fact(
            "left_batch",
            f"{every} points a step stay above it by",
            left[1],
            "less than one point a step",
            left[1] < left[0],
            digits=2,
        ),
        Fact(
            "wandering",
            f"Near the minimum, one point a step wanders wider than {every}",
            wander[0] / wander[1] if wander[1] > ROUNDING else np.nan,
            "by a factor above 2",
            wander[0] > 2 * wander[1],
            "times",
            2,
        ),
        Fact(
            "saving",
            f"A batch of {every} arrives on fewer gradients than all points",
            costs[2] / costs[1] if np.isfinite(costs[1]) else 0.0,
            "by a factor above 1",
            costs[1] < costs[2],
            "times",
            2,
        ),
    )


def misses(trace: MinibatchTrace) -> Array:
    """Angle in degrees between each gradient of each swarm and the true one. Shape (K, 300)."""
    lengths = np.linalg.norm(trace.swarms, axis=-1) * np.linalg.norm(trace.truth)
    cosine = trace.swarms @ trace.truth / np.maximum(lengths, np.finfo(float).tiny)
    degrees: Array = np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    return degrees


def _bias(trace: MinibatchTrace) -> float:
    """Largest distance of a swarm's mean from the truth, in its own standard errors."""
    distances = []
    for swarm in trace.swarms:
        off = swarm.mean(axis=0) - trace.truth
        distances.append(off @ np.linalg.solve(np.cov(swarm.T) / DRAWS, off))
    return float(np.sqrt(max(distances)))


def _cost(walk: engine.Walk, gap: Array, near: float) -> float:
    """Gradient evaluations until the gap is first below `near` of its start; inf if never."""
    arrived = np.flatnonzero(gap < near * gap[0])
    return float(walk.evaluations[arrived[0]]) if arrived.size else np.inf


def _straying(walk: engine.Walk, guide: engine.Walk) -> float:
    """Largest distance from `guide` after equally many steps, as a share of its path's length."""
    path = guide.positions
    away = np.linalg.norm(walk.positions[: len(path)] - path, axis=1)
    away = np.where(np.isnan(away), np.inf, away)  # it has diverged
    return float(away.max() / np.linalg.norm(np.diff(path, axis=0), axis=1).sum())


def _wandering(walk: engine.Walk) -> float:
    """Root mean square distance from its own mean, over the last quarter of a walk."""
    last = walk.positions[-max(2, len(walk.positions) // 4) :]
    return float(np.sqrt(np.mean(np.sum((last - last.mean(axis=0)) ** 2, axis=-1))))
