"""What a page computes of the mini-batches: data, walks, curves and the next step's points."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines import minibatch as engine
from vizdl.experiments.live import Draw, Flow, Run
from vizdl.experiments.minibatch import DOMAIN, MOST_PASSES, NEAR, POINTS, ROUNDING, SIZES, START

BANDS = 14  # of the map on a page
STEEPER = 2.5  # heights of the rings between them rise with this power
CORNERS = 121  # of a ring
FINER = 400  # points of a loss curve
TRAIL = 120  # steps of a walk that are drawn behind it
DECADES = 5.0  # of the loss that are drawn, at most


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
