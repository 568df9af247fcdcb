"""Mini-batches: what a gradient from a few random points is worth, and what it costs.

Linear regression with two weights and 512 points, so that the loss landscape and the true
gradient are known exactly. At one place, gradients of random batches are drawn for many batch
sizes; then three walkers (one point, a batch, all points a step) descend side by side.

References: Bottou, Curtis and Nocedal, Optimization Methods for Large-Scale Machine Learning,
SIAM Review 60, 2018; Goodfellow, Bengio and Courville, Deep Learning, 2016, section 8.1.3.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import draws
from vizdl.engines import minibatch as engine
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.common import Surface, sample
from vizdl.experiments.live import Draw, Flow, Run

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

POINTS = 512
DRAWS = 300  # gradients in a swarm
START = (-1.2, 3.2)  # intercept and slope, far out along the flat valley
DOMAIN = ((-2.1, 1.5), (0.1, 3.7))  # of both weights, where the landscape is drawn
ROUNDING = 1e-12  # a walker that wanders less stands still
NEAR = 0.05  # of the loss that can be removed: what counts as having arrived
MOST_PASSES = 40
BANDS = 14  # of the map on a page
STEEPER = 2.5  # heights of the rings between them rise with this power
CORNERS = 121  # of a ring
FINER = 400  # points of a loss curve
TRAIL = 120  # steps of a walk that are drawn behind it
DECADES = 5.0  # of the loss that are drawn, at most

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


# In a page


def flow() -> Flow:
    """The data and the three walks; a moment is one step of the walker with a batch.

    ``one``, ``batch`` and ``all`` have a row for each place where a walker stands, the last one
    after the last step. ``next`` has the points of the step that comes next.
    """
    ground = {name: f"data.{name}" for name in ("features", "y", "hessian", "minimum")}
    walk = {**ground, "rate": "learning_rate"}
    start = {"point": np.array(START), "number": np.array([0]), "low": np.inf}
    rows = {size: MOST_PASSES * POINTS // size + 1 for size in (1, SIZES[0], POINTS)}
    orders = (MOST_PASSES, POINTS)
    places = {name: f"{name}.w[at.{name}]" for name in ("one", "batch", "all")}
    gaps = {name: f"{name}.gap[at.{name}]" for name in ("one", "batch", "all")}
    return Flow(
        controls=("batch_size", "learning_rate", "noise", "passes", "seed"),
        sources=(
            Draw("uniform", "uniform", (POINTS,), "seed", (0,)),
            Draw("normal", "normal", (POINTS,), "seed", (1,)),
            Draw("orders.one", "permutations", orders, "seed", (1,)),
            Draw("orders.batch", "permutations", orders, "seed", ("batch_size",)),
        ),
        runs=(
            Run("counts", _counts, {"passes": "passes", "size": "batch_size"}),
            Run("data", _data, {"uniform": "uniform", "normal": "normal", "noise": "noise"}),
            Run(
                "rings",
                rings,
                {"hessian": "data.hessian", "minimum": "data.minimum", "floor": "data.floor"},
            ),
            Run(
                "one",
                _walk(1),
                {**walk, "orders": "orders.one"},
                start=start,
                steps="counts.one",
                most=rows[1],
            ),
            Run(
                "batch",
                {size: _walk(size) for size in SIZES},
                {**walk, "orders": "orders.batch"},
                start=start,
                by="batch_size",
                steps="counts.batch",
                most=rows[SIZES[0]],
            ),
            Run("all", _walk(POINTS), walk, start=start, steps="counts.all", most=rows[POINTS]),
            Run("curve", sampled, {"total": "counts.total", "size": "batch_size"}),
            Run(
                "axis",
                axis,
                {
                    "first": "all.gap[0]",
                    "lowest_batch": "batch.lowest[batch.rows-1]",
                    "lowest_all": "all.lowest[all.rows-1]",
                    "total": "counts.total",
                },
            ),
            Run(
                "at",
                lambda step, size, total: moment(step * size, size, total),
                {"step": "step", "size": "batch_size", "total": "counts.total"},
            ),
            Run(
                "next",
                {size: _upcoming(size) for size in SIZES},
                {
                    "x": "data.x",
                    "y": "data.y",
                    "one": "orders.one",
                    "batch": "orders.batch",
                    "from_one": "at.from_one",
                    "from_batch": "at.from_batch",
                    "w_one": places["one"],
                    "w_batch": places["batch"],
                },
                by="batch_size",
            ),
            Run("lines", lines, {**places, "ends": "data.ends"}),
            Run("here", here, {**gaps, "first": "all.gap[0]"}),
            Run(
                "opinion",
                opinion,
                {
                    "gradient": "batch.gradient[at.batch]",
                    "w": places["batch"],
                    "hessian": "data.hessian",
                    "minimum": "data.minimum",
                },
            ),
        ),
        frames="counts.batch",
    )


def _counts(passes: Any, size: Any) -> dict[str, Any]:
    """The places where each walker stands, from the first to the last."""
    total = passes * POINTS
    return {"total": total, "one": total + 1, "batch": total / size + 1, "all": passes + 1}


def _data(uniform: Any, normal: Any, noise: Any) -> dict[str, Any]:
    problem = engine.scattered(uniform, normal, noise)
    return {
        "x": problem.x,
        "y": problem.y + 0.0,
        "features": problem.features,
        "hessian": problem.hessian,
        "minimum": problem.minimum,
        "floor": engine.loss(problem, problem.minimum),
        **span(problem.x, problem.y),
    }


def span(x: Any, y: Any) -> dict[str, Any]:
    """The least and largest x (2,), and the ends (2,) of an axis for y and the first line."""
    ends = anp.stack([anp.min(x), anp.max(x)])
    heights = anp.concatenate([y, START[0] + START[1] * ends])
    return {"ends": ends, "heights": anp.stack([anp.min(heights) - 0.2, anp.max(heights) + 0.2])}


def rings(hessian: Any, minimum: Any, floor: Any) -> dict[str, Any]:
    """The exact rings (13, 2, 121) of equal loss between the bands of a map, and their edges (15,).

    1/2 (w - minimum)^T hessian (w - minimum) is the same along each: they are ellipses.
    """
    problem = _ground(hessian, minimum)
    corners = np.array([(x, y) for x in DOMAIN[0] for y in DOMAIN[1]])
    top = anp.max(engine.gap(problem, corners))
    heights = top * (np.arange(1, BANDS) / BANDS) ** STEEPER
    angles = np.linspace(0, 2 * np.pi, CORNERS)
    # hessian = L L^T, so that L^-T turns a circle into a ring
    side = anp.sqrt(hessian[0, 0])
    skew = hessian[0, 1] / side
    down = np.sin(angles) / anp.sqrt(hessian[1, 1] - skew * skew)
    ring = anp.stack([(np.cos(angles) - skew * down) / side, down])  # (2, 121)
    outline = minimum[:, None] + anp.sqrt(2 * heights)[:, None, None] * ring
    zero = 0.0 * heights[:1]
    edges = floor + anp.concatenate([zero, heights, zero + top])
    return {"outline": outline, "edges": edges}


def _walk(size: int) -> Callable[..., Any]:
    """A step of `engine.compare` with so many points; without `orders`, with all of them."""
    last = MOST_PASSES * POINTS // size - 1

    def step(
        point: Any,
        number: Any,
        low: Any,
        features: Any,
        y: Any,
        hessian: Any,
        minimum: Any,
        rate: Any,
        orders: Any = None,
    ) -> Any:
        problem = engine.Regression(features[:, 1], y, features, hessian, minimum)
        points: Any = slice(None)
        if orders is not None:
            points = engine.batch(orders, anp.minimum(number, last), size)
        gradient, after = engine.update(problem, point, points, rate)
        gap = engine.gap(problem, point)
        low = anp.where(gap > 0, anp.minimum(low, gap), low)
        outputs = {"w": point + 0.0, "gap": gap, "gradient": gradient, "lowest": low}
        near = anp.all(anp.abs(point) <= engine.LIMIT)  # from beyond, no step is taken
        state = {"point": anp.where(near, after, np.nan), "number": number + 1, "low": low}
        return state, outputs

    return step


def sampled(total: Any, size: Any) -> dict[str, Any]:
    """Costs (400,) spread evenly over a logarithmic axis, and each walker's step at each."""
    cost = anp.rint(total ** (np.arange(FINER) / (FINER - 1)))
    return {"cost": cost, "one": cost, "batch": _whole(cost, size), "all": _whole(cost, POINTS)}


def axis(first: Any, lowest_batch: Any, lowest_all: Any, total: Any) -> dict[str, Any]:
    """The ends (2,) of the axes of cost and loss, as logarithms, and when one has arrived.

    The loss is shown down to where the batch or all points get, but for `DECADES` at most.
    """
    low = anp.minimum(lowest_batch, lowest_all)
    low = anp.minimum(anp.maximum(low, 10**-DECADES * first), 0.1 * first)
    return {
        "cost": anp.stack([0.0 * total - 0.05, anp.log10(1.2 * total)]),
        "loss": anp.log10(anp.stack([0.7 * low, 2 * first])),
        "near": anp.stack([NEAR * first, NEAR * first]),
        "span": anp.stack([0.0 * total + 1, total]),
    }


def moment(spent: Any, size: Any, total: Any) -> dict[str, Any]:
    """How many steps each walker has taken for that many gradients, and what is drawn of it.

    ``from_one`` and ``from_batch`` number the batch of the next step, at the end the last one.
    """
    batch, all_ = _whole(spent, size), _whole(spent, POINTS)
    return {
        "spent": spent,
        "shown": anp.maximum(spent, 1.0),  # on a logarithmic axis
        "one": spent + 0.0,
        "batch": batch,
        "all": all_,
        "tail_one": anp.maximum(spent - TRAIL, 0.0),
        "tail_batch": anp.maximum(batch - TRAIL, 0.0),
        "tail_all": anp.maximum(all_ - TRAIL, 0.0),
        "from_one": anp.minimum(spent, total - 1),
        "from_batch": anp.minimum(batch, total / size - 1),
    }


def _upcoming(size: int) -> Callable[..., Any]:
    """Where the points of the next step lie; those of a batch (256,) are followed by NaN."""
    none = np.full(SIZES[-1] - size, np.nan)

    def step(
        x: Any,
        y: Any,
        one: Any,
        batch: Any,
        from_one: Any,
        from_batch: Any,
        w_one: Any,
        w_batch: Any,
    ) -> dict[str, Any]:
        point = anp.take(one, _index(from_one) + np.arange(1))
        points = anp.take(batch, _index(from_batch * size) + np.arange(size))
        x_batch = anp.concatenate([anp.take(x, points), none])
        y_batch = anp.concatenate([anp.take(y, points), none])
        x_one, y_one = anp.take(x, point), anp.take(y, point)
        return {
            "x_one": x_one,
            "y_one": y_one,
            "x_batch": x_batch,
            "y_batch": y_batch,
            **{f"{key}_one": value for key, value in pulls(x_one, y_one, w_one).items()},
            **{f"{key}_batch": value for key, value in pulls(x_batch, y_batch, w_batch).items()},
        }

    return step


def pulls(x: Any, y: Any, w: Any) -> dict[str, Any]:
    """From each point (B,) straight to the line, and a gap: both coordinates as (B, 3)."""
    gap = 0.0 * x + np.nan
    return {
        "pull_x": anp.stack([x, x, gap], axis=1),
        "pull_y": anp.stack([y, w[0] + w[1] * x, gap], axis=1),
    }


def _index(place: Any) -> Any:
    """The whole number that a float holds, a place among all passes, as an index can be."""
    row = _whole(place, POINTS)
    found = anp.argmax(np.arange(MOST_PASSES) == row) * POINTS
    return found + anp.argmax(np.arange(POINTS) == place - POINTS * row)


def _whole(number: Any, divisor: Any) -> Any:
    return anp.floor(number / divisor)


def lines(one: Any, batch: Any, all: Any, ends: Any) -> dict[str, Any]:
    """The fitted line of each walker at both ends of the data: (3, 2)."""
    w = anp.stack([one, batch, all])
    return {"y": w[:, :1] + w[:, 1:] * ends}


def here(one: Any, batch: Any, all: Any, first: Any) -> dict[str, Any]:
    """What each walker has left above the least loss, rounding left out, and who has diverged."""
    gaps = anp.stack([one, batch, all])
    gone = anp.isnan(gaps)
    return {
        "left": anp.where(anp.abs(gaps) < ROUNDING * first, 0.0, gaps),
        "gone_one": gone[0],
        "gone_batch": gone[1],
        "gone": anp.logical_and(gone[0], gone[1]),
    }


def opinion(gradient: Any, w: Any, hessian: Any, minimum: Any) -> dict[str, Any]:
    """The gradient of a batch (2,), that of all points there, and the angle between, in degrees."""
    truth = engine.slope(_ground(hessian, minimum), w)
    cross = gradient[0] * truth[1] - gradient[1] * truth[0]
    angle = anp.arctan2(anp.abs(cross), anp.sum(gradient * truth))
    return {"batch": gradient + 0.0, "all": truth, "angle": angle * (180 / np.pi)}


def _ground(hessian: Any, minimum: Any) -> engine.Regression:
    """A problem of which only the landscape is known."""
    none = np.zeros((0, 2))
    return engine.Regression(none[:, 1], none[:, 1], none, hessian, minimum)
