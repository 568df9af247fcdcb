"""Gradient descent: measure the slope in every direction, turn round, step, repeat.

    w <- w - eta dJ/dw

At the start the slope is measured in 360 directions, by finite differences of the loss alone, and
the gradient is laid beside them. Then one run from there, twelve runs from elsewhere, and 149
learning rates on a bowl, where the theory says which of them may raise the loss.

References: Goodfellow, Bengio and Courville, Deep Learning, 2016, section 4.3; Nesterov,
Introductory Lectures on Convex Optimization, 2004, section 2.1.5 (the bound 2/L).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import descent, landscapes, optimizers
from vizdl.engines.descent import DescentTrace
from vizdl.engines.landscape import Landscape
from vizdl.experiments import base, walks
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.common import Surface, sample
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

DIRECTIONS = 360
CLOSE_UP = 0.2
PROBE = 1e-5  # length of the finite differences, as a share of the map's width
STARTS = (4, 3)  # the other starts stand on a grid over the map
LONGER = 2  # times as many steps as the run from the start: some begin far out
REACHED = 0.1  # a run has reached a minimum that is nearer than this
CONVERGED = 0.01
BOWL_START = (2.0, 1.5)
BOWL_STEPS = 200
BOWL_RATES = np.setdiff1d(np.arange(1, 151), [100]) / 100  # in units of 2/L, 1 itself left out
ROUNDING = 1e-12  # of the first loss: what counts as no rise
MINIMA = 4  # that a landscape has at most

EQUATIONS = {
    "loss": landscapes.get("himmelblau").tex,
    "slope": "D_(bold(u)) J(bold(w)) = lim_(h -> 0) (J(bold(w) + h bold(u)) - J(bold(w))) / h"
    " = nabla J(bold(w)) dot bold(u)",
    "gradient": "nabla J(bold(w)) = vec((partial J) / (partial w_1), (partial J) / (partial w_2))",
    "update": "bold(w)_(t+1) = bold(w)_t - eta thin nabla J(bold(w)_t)",
    "first_order": "J(bold(w) - eta thin nabla J) approx J(bold(w)) - eta thin norm(nabla J)^2",
    "bound": "0 < eta < 2 / L",
}


Name = Literal["himmelblau", "bowl", "ravine", "rosenbrock", "beale", "saddle"]
NAMES: tuple[str, ...] = get_args(Name)


class Settings(base.Settings):
    """What can be changed: the landscape, where the run starts on its map, rate and steps."""

    landscape: Name = setting("himmelblau", "landscape")
    start_x: float = setting(0.48, "start, from left to right", low=0.0, high=1.0, step=0.01)
    start_y: float = setting(0.60, "start, from bottom to top", low=0.0, high=1.0, step=0.01)
    learning_rate: float = setting(0.01, "learning rate", low=0.0001, high=1.0, scale="log")
    steps: int = setting(20, "steps", low=1, high=200)


@dataclass(frozen=True)
class GradientDescentTrace(Trace):
    """The slopes round the start, the run from there, the runs from elsewhere, and the bowl.

    `slopes[k]` is dJ/dh along the direction `angles[k]`, measured on the loss alone. `nearest` is
    the minimum closest to where the run ended (after a divergence: where it was last seen), and
    `reached[s]` the minimum that start s reached, -1 if none.
    """

    settings: Settings
    title: str  # of the landscape
    formula: str  # of the landscape, as Typst source
    surface: Surface
    close: Surface  # the ground round the start, CLOSE_UP of the map's width across
    minima: Array  # (M, 2)
    path: DescentTrace  # positions (T+1, 2)
    angles: Array  # (360,), radians
    slopes: Array  # (360,)
    gradient: Array  # (2,), at the start
    steepest: int  # index of the largest slope
    nearest: int
    distance: float  # from the end of the run to that minimum
    starts: Array  # (S, 2)
    others: DescentTrace  # positions (2T+1, S, 2)
    reached: Indices  # (S,)
    bowl_rates: Array  # (R,), in units of 2/L
    bowl: DescentTrace  # losses (T'+1, R)


def run(settings: Settings, landscape: Landscape | None = None) -> GradientDescentTrace:
    """Probe the directions at the start, then descend from there and from everywhere else.

    A `landscape` of two weights (see `vizdl.engines.own_loss`) takes the place of the settings'.
    """
    landscape = landscape or landscapes.get(settings.landscape)
    if landscape.dimension != 2:
        raise ValueError(f"landscape must have 2 weights, got {landscape.dimension}")
    low, high = landscape.domain.T
    start = low + np.array([settings.start_x, settings.start_y]) * (high - low)
    angles = np.arange(DIRECTIONS) * 2 * np.pi / DIRECTIONS
    slopes = _slopes(landscape, start, angles)
    path = _descend(landscape, start, settings.learning_rate, settings.steps)
    ends = _ends(path)
    distances = np.linalg.norm(landscape.minima - ends, axis=-1)  # (M,)

    starts = _starts(landscape.domain)
    others = _descend(landscape, starts, settings.learning_rate, LONGER * settings.steps)
    apart = np.linalg.norm(_ends(others)[:, None] - landscape.minima, axis=-1)  # (S, M)
    near = apart.min(axis=1) < REACHED
    bowl = landscapes.get("bowl")
    assert bowl.lipschitz is not None
    return GradientDescentTrace(
        settings=settings,
        title=landscape.title,
        formula=landscape.tex,
        surface=sample(landscape),
        close=sample(landscape, _window(landscape, start), points=81),
        minima=landscape.minima,
        path=path,
        angles=angles,
        slopes=slopes,
        gradient=landscape.gradient(start),
        steepest=int(slopes.argmax()),
        nearest=int(distances.argmin()),
        distance=float(distances.min()),
        starts=starts,
        others=others,
        reached=np.where(near, apart.argmin(axis=1), -1),
        bowl_rates=BOWL_RATES,
        bowl=descent.descend(
            bowl,
            np.array(BOWL_START),
            learning_rate=BOWL_RATES * 2 / bowl.lipschitz,
            steps=BOWL_STEPS,
        ),
    )


def facts(trace: GradientDescentTrace) -> Facts:
    """What the probe, the run, the other runs and the bowl have shown."""
    length = float(np.linalg.norm(trace.gradient))
    angle, ratio = steepest_angle(trace), np.nan
    if length > 0:
        ratio = float(trace.slopes[trace.steepest]) / length
    changes = np.diff(trace.path.losses)
    made = int(np.isfinite(changes).sum())
    rate = f"{trace.settings.learning_rate:.3g}"
    rose = int((changes > ROUNDING * abs(trace.path.losses[0])).sum())
    minima, found = len(trace.minima), len(set(trace.reached) - {-1})
    below = trace.bowl_rates < 1
    falls = np.diff(trace.bowl.losses, axis=0)[:, below]
    diverged = (trace.bowl.diverged_at >= 0) | (trace.bowl.losses[-1] > trace.bowl.losses[0])
    first = float(trace.bowl_rates[diverged].min()) if diverged.any() else np.inf
    return Facts(
        Fact(
            "steepest_angle",
            "Of 360 directions, the gradient's is the steepest",
            angle,
            "angle between the two at most half a degree, half the spacing",
            angle <= 180 / DIRECTIONS + 1e-6,
            "°",
            2,
        ),
        Fact(
            "steepest_slope",
            "The steepest slope is the length of the gradient",
            ratio,
            "their ratio is 1, to within 0.001",
            abs(ratio - 1) <= 1e-3,
            digits=5,
        ),
        Fact(
            "steps_uphill",
            "Steps against the gradient that raised the loss",
            rose,
            f"none, if the learning rate is small enough (here {rate})",
            rose == 0 and made > 0,
            f"of {made}",
        ),
        Fact(
            "distance",
            "Repeated, the steps end at a minimum",
            trace.distance,
            f"at most {number(CONVERGED, 1)} from the nearest one",
            trace.distance <= CONVERGED,
        ),
        Fact(
            "minima_found",
            f"{len(trace.starts)} other starts end in different minima",
            found,
            f"at least {min(2, minima)} of the landscape's {minima}",
            found >= min(2, minima),
            "minima" if found != 1 else "minimum",
        ),
        Fact(
            "bowl_uphill",
            "On a bowl, a rate below 2/L never raises the loss",
            int((falls > 0).sum()),
            f"no step of {falls.shape[1]} runs at rates from 0.01 to 0.99 of 2/L",
            bool((falls <= 0).all()),
            f"of {falls.size}",
        ),
        Fact(
            "bowl_limit",
            "On a bowl, the first rate to diverge",
            first,
            "the first that was tried above 2/L, and every one after it",
            first == trace.bowl_rates[~below].min() and bool(diverged[~below].all()),
            "of 2/L",
        ),
    )


def steepest_angle(trace: GradientDescentTrace) -> float:
    """Degrees between the steepest direction and the gradient; NaN where the ground is flat."""
    if not np.linalg.norm(trace.gradient) > 0:
        return np.nan
    way = np.exp(1j * (trace.angles[trace.steepest])) / complex(*trace.gradient)
    return float(abs(np.degrees(np.angle(way))))


def _slopes(landscape: Landscape, point: Array, angles: Array) -> Array:
    """Return (J(w + h u) - J(w - h u)) / 2h for the unit vector u of each angle."""
    h = PROBE * float(np.ptp(landscape.domain[0]))
    step = h * np.stack([np.cos(angles), np.sin(angles)], axis=-1)  # (360, 2)
    rise: Array = landscape.value(point + step) - landscape.value(point - step)
    return rise / (2 * h)


def _window(landscape: Landscape, centre: Array) -> Array:
    half = CLOSE_UP / 2 * np.ptp(landscape.domain, axis=1)
    return np.stack([centre - half, centre + half], axis=-1)  # (2, 2)


def _descend(landscape: Landscape, start: Array, rate: float, steps: int) -> DescentTrace:
    return descent.descend(landscape, start, learning_rate=rate, steps=steps)


def _ends(walk: DescentTrace) -> Array:
    """The last point of each run, after a divergence the last that was finite: (..., 2)."""
    unseen = np.isnan(walk.positions).any(axis=-1)  # (T+1, ...)
    last = np.sum(~unseen, axis=0, keepdims=True) - 1  # NaN only after the last finite row
    ends: Array = np.take_along_axis(walk.positions, last[..., None], axis=0)[0]
    return ends


def _grid(columns: int, rows: int) -> Array:
    """The centres of equal cells of the unit square: (columns * rows, 2)."""
    x, y = (np.arange(columns) + 0.5) / columns, (np.arange(rows) + 0.5) / rows
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


# In a page


def flow(trace: GradientDescentTrace) -> Flow:
    """The run from the start and those from elsewhere, step by step, on every landscape.

    ``path`` has a row for each step, ``others`` for each of the other starts within it.
    """
    ground = {name: landscapes.get(name) for name in NAMES}
    domains = {name: each.domain for name, each in ground.items()}
    most = int(next(c.high or 0 for c in Settings.controls() if c.name == "steps"))
    return Flow(
        controls=("landscape", "learning_rate", "steps", "start_x", "start_y"),
        sources=(
            Table("domain", ("landscape",), domains, exact=True),
            Table("starts", ("landscape",), {n: _starts(box) for n, box in domains.items()}, True),
            Table("minima", ("landscape",), {n: each.minima for n, each in ground.items()}, True),
            Table("log", ("landscape",), {n: _positive(each) for n, each in ground.items()}),
        ),
        runs=(
            Run("counts", _counts, {"count": "steps"}),
            Run("start", _start, {"x": "start_x", "y": "start_y", "domain": "domain"}),
            Run(
                "path",
                {name: walks.walk(each) for name, each in ground.items()},
                {"rate": "learning_rate", "domain": "domain"},
                start={"point": "start.w", "count": 0.0, "low": np.inf, "high": -np.inf},
                by="landscape",
                steps="counts.path",
                most=_counts(most)["path"],
                stop="diverged",
            ),
            Run("end", walks.end, {"rows": "path.rows", "seen": "path.seen[path.rows-1]"}),
            Run(
                "here",
                walks.here,
                {"step": "step", "last": "end.last", "diverged": "path.diverged[path.rows-1]"},
            ),
            Run(
                "ahead",
                lambda at, then, domain: {"outline": walks.arrow(at, then, domain)},
                {"at": "path.place[step]", "then": "path.place[here.next]", "domain": "domain"},
            ),
            Run(
                "axis",
                lambda low, high, first, log, count: {
                    "loss": walks.loss_axis(low, high, first, log),
                    "step": anp.stack([-0.02 * count, 1.02 * count]),
                },
                {
                    "low": "path.lowest[path.rows-1]",
                    "high": "path.highest[path.rows-1]",
                    "first": "path.loss[0]",
                    "log": "log",
                    "count": "steps",
                },
            ),
            Run(
                "others",
                {name: _walks(each) for name, each in ground.items()},
                {"rate": "learning_rate", "domain": "domain"},
                start={"points": "starts", "known": "starts"},
                by="landscape",
                steps="counts.others",
                most=_counts(most)["others"],
            ),
            Run(
                "arrived",
                {name: _arrived(each.minima) for name, each in ground.items()},
                {"ends": "others.end[others.rows-1]"},
                by="landscape",
            ),
        ),
        frames="end.frames",
    )


def _starts(domain: Array) -> Array:
    result: Array = domain[:, 0] + _grid(*STARTS) * np.ptp(domain, axis=1)
    return result


def _positive(landscape: Landscape) -> float:
    return float(sample(landscape).height.min() >= 0)


def _counts(count: Any) -> dict[str, Any]:
    return {"path": count + 1, "longer": LONGER * count, "others": LONGER * count + 1}


def _start(x: Any, y: Any, domain: Any) -> dict[str, Any]:
    low, high = domain[:, 0], domain[:, 1]
    return {"w": low + anp.stack([x, y]) * (high - low)}


def _walks(landscape: Landscape) -> Callable[..., Any]:
    """A step of `descend` from many points (S, 2), and where each was last seen."""
    rule = optimizers.get("sgd")

    def step(points: Any, known: Any, rate: Any, domain: Any) -> Any:
        loss, gradient = landscape.value(points), landscape.gradient(points)
        after, _ = rule.update(points, gradient, (), rate)
        after = anp.where(walks.inside(points, loss, gradient)[:, None], after, anp.nan)
        known = anp.where(anp.all(anp.isfinite(points), axis=-1)[:, None], points, known)
        outputs = {"place": walks.within(points, domain), "end": known}
        return {"points": after, "known": known}, outputs

    return step


def _arrived(minima: Array) -> Callable[..., Any]:
    """Which minimum each run (S, 2) has reached, -1 if none, and how many reached each."""

    def step(ends: Any) -> dict[str, Any]:
        away = ends[:, None] - minima  # (S, M, 2)
        apart = anp.sqrt(anp.sum(away * away, axis=-1))
        near = anp.min(apart, axis=1) < REACHED
        nearest = anp.argmin(apart, axis=1)
        reached = anp.where(near, nearest, -1)  # (S,)
        there = anp.where(reached[:, None] == np.arange(MINIMA), 1.0, 0.0)  # (S, 4)
        goal = anp.dot(there[:, : len(minima)], minima)
        goal = anp.sum(
            anp.where(nearest[:, None, None] == np.arange(len(minima))[:, None], minima, 0.0),
            axis=1,
        )
        return {"reached": reached, "found": near, "counts": anp.sum(there, axis=0), "goal": goal}

    return step
