"""What the bias does: it shifts an activation left or right, and the crossing stands at -b/w.

    y = g(w x + b) = g(w (x + b/w))

Where a curve crosses is found by bisection on its outputs, for a row of biases, and laid beside
-b/w. Then one neuron learns from the hours that students spent on a project who passed, once with
a bias and once without, from the same weight: all hours are above zero, so a curve that is nailed
to the origin can only say much the same of everybody.

A first version fitted all activations to the same end. ReLU is different: nailed to the origin it
is still a straight line through it, and that fits these students almost as well as one that may
shift. The claim that a bias is needed is therefore made for sigmoid and tanh.

References: Goodfellow, Bengio and Courville, Deep Learning, 2016, section 6.1; Kingma and Ba,
Adam, ICLR 2015.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import activations, optimizers
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Name = Literal["sigmoid", "tanh", "relu"]

NAMES: tuple[str, ...] = get_args(Name)
X = np.linspace(-4, 4, 81)  # where the curves are drawn
BIASES = np.linspace(-6, 6, 25)  # for which the crossing is looked for
SHOWN = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])  # biases whose curves are drawn side by side
FAR = 50.0  # it is looked for from -FAR to FAR
HALVINGS = 60
STUDENTS, SEED = 60, 0
HOUR = 0.1  # hours are counted in tens
TARGETS = {"sigmoid": (0.0, 1.0), "tanh": (-1.0, 1.0), "relu": (0.0, 1.0)}  # of failed, passed
STEPS, RATE = 120, 0.05  # of Adam
FREE = np.array([[1.0, 1.0], [1.0, 0.0]])  # what may change: weight and bias, the weight alone
NUDGE = 1e-6
TOLERANCE = 1e-9

EQUATIONS = {
    "neuron": "y = g(w x + b)",
    "shifted": 'g(w x + b) = g(w (x - x_0)) quad upright("with") quad x_0 = -b / w',
    "crossing": "w x + b = 0 quad arrow.double.long quad x = -b / w",
    "slope": "(d y) / (d x) = w thin g'(w x + b)",
    "loss": "J(w, b) = 1 / N sum_(n=1)^N (g(w x_n + b) - y_n)^2",
}


class Settings(base.Settings):
    """What can be changed: the activation, and the weight and bias with which learning begins."""

    activation: Name = setting("sigmoid", "activation")
    weight: float = setting(2.0, "weight w", low=-4.0, high=4.0, step=0.1)
    bias: float = setting(0.0, "bias b", low=-6.0, high=6.0, step=0.1)


@dataclass(frozen=True)
class BiasShiftTrace(Trace):
    """The curve as its neuron learns, with a bias (0) and without (1), and where it crosses.

    `path[t, k]` is (w, b) after t steps; `found[t]` are the crossings for all of BIASES with the
    weight of the neuron with a bias, NaN where there is none within FAR.
    """

    settings: Settings
    hours: Array  # (N,), in tens
    passed: Array  # (N,), 0 or 1
    targets: Array  # (N,)
    path: Array  # (T+1, 2, 2)
    losses: Array  # (T+1, 2)
    curves: Array  # (T+1, 2, 81), on X
    crossings: Array  # (T+1, 2), -b/w
    found: Array  # (T+1, 25)
    answers: Array  # (2, N), whether it says passed, after the last step
    shifted: Array  # (5, 81), the curves for SHOWN with the first weight, on X
    places: Array  # (5,), where they cross, as found
    heights: Array  # (41,), without a bias at x = 0, for as many weights
    slopes: Array  # (2,), just right of the crossing, for the weight and for twice the weight


def run(settings: Settings) -> BiasShiftTrace:
    """Learn with and without a bias, and look for the crossing along the way."""
    students = learners()
    step, start = fit(settings.activation), begin(settings.weight, settings.bias)
    state, rows = start, []
    for _ in range(STEPS + 1):
        state, outputs = step(**state)
        rows.append(outputs)
    path = np.stack([row["params"] for row in rows])
    losses = np.stack([row["loss"] for row in rows])
    value = activations.get(settings.activation).value
    drawn = [curve(settings.activation)(at) for at in path]
    last = path[-1][:, :1] * students[0] + path[-1][:, 1:]
    weights = np.linspace(-4, 4, 41)
    return BiasShiftTrace(
        settings=settings,
        hours=students[0],
        passed=students[1],
        targets=targets(settings.activation),
        path=path,
        losses=losses,
        curves=np.stack([one["y"] for one in drawn]),
        crossings=np.stack([one["crossing"] for one in drawn]),
        found=find(settings.activation, path[:, 0, :1], BIASES),
        answers=value(last) > np.mean(TARGETS[settings.activation]),
        shifted=value(settings.weight * X + SHOWN[:, None]),
        places=find(settings.activation, settings.weight, SHOWN),
        heights=value(weights * 0.0),
        slopes=_slopes(settings),
    )


def facts(trace: BiasShiftTrace) -> Facts:
    """What the crossings, the shapes and the two fits have shown."""
    name = trace.settings.activation
    error = _crossing_error(trace)
    shift = _shift_error(trace)
    spread = float(np.ptp(trace.heights))
    ratio = float(trace.slopes[1] / trace.slopes[0]) if trace.slopes[0] else np.nan
    most = 100 * max(trace.passed.mean(), 1 - trace.passed.mean())
    right = 100 * (trace.answers == trace.passed).mean(axis=1)
    alike = int(max(trace.answers[1].sum(), (~trace.answers[1]).sum()))
    return Facts(
        Fact(
            "crossing_error",
            "The activation crosses at −b/w",
            error,
            f"at most 10⁻⁹ from the crossing found, for {len(NAMES)} activations "
            f"and {len(BIASES)} biases",
            error <= TOLERANCE,
            digits=2,
        ),
        Fact(
            "shift_error",
            "A bias shifts the curve and leaves its shape alone",
            shift,
            "at most 10⁻¹² between the curve and the one without a bias, moved by −b/w",
            shift <= 1e-12,
            digits=2,
        ),
        Fact(
            "slope_ratio",
            "Twice the weight makes the curve steeper at its crossing by",
            ratio,
            "a factor of 2, to within a thousandth",
            abs(ratio - 2) <= 1e-3,
            "times",
        ),
        Fact(
            "nailed",
            "Without a bias, the heights at which curves pass x = 0 differ by",
            spread,
            f"nothing, for {len(trace.heights)} weights",
            spread == 0,
        ),
        Fact(
            "alike",
            "Without a bias, it says the same of",
            alike,
            f"all but a few of {STUDENTS} students",
            alike >= 0.9 * STUDENTS,
            f"of {STUDENTS}",
        ),
        Fact(
            "right_without",
            "Without a bias, it is right about",
            float(right[1]),
            "no more than who says the same of everybody",
            bool(right[1] <= most),
            "%",
        ),
        Fact(
            "right_with",
            "With a bias, it is right about",
            float(right[0]),
            "more than without one, and more than who says the same of everybody",
            bool(right[0] > max(right[1], most)),
            "%",
        ),
        Fact(
            "loss_ratio",
            f"The bias lowers the loss of the {name}, to",
            100 * float(trace.losses[-1, 0] / trace.losses[-1, 1]),
            "less than 80 % of what is left without it",
            bool(trace.losses[-1, 0] < 0.8 * trace.losses[-1, 1]),
            "%",
        ),
    )


def learners() -> tuple[Array, Array]:
    """Hours of the students, in tens, and whether they passed: (N,) each."""
    students = data.students(STUDENTS, seed=SEED)
    return HOUR * students.x[:, 1], students.y


def targets(name: str) -> Array:
    """What the activation of that name should say of each student."""
    low, high = TARGETS[name]
    result: Array = low + (high - low) * learners()[1]
    return result


def begin(weight: Any, bias: Any) -> dict[str, Any]:
    """The state in which learning begins: weight and bias of both neurons, Adam's memory."""
    return {
        "at": anp.stack([anp.stack([weight, bias]), anp.stack([weight, 0.0 * bias])]),
        "mean": np.zeros((2, 2)),
        "squares": np.zeros((2, 2)),
        "count": 0.0,
    }


def fit(name: str) -> Callable[..., Any]:
    """A step of Adam on the mean squared error, of both neurons at once.

    It takes and returns the state that `begin` makes, and puts out where both stand and their loss.
    """
    rule, activation = optimizers.get("adam"), activations.get(name)
    hours, goal = learners()[0], targets(name)

    def step(at: Any, mean: Any, squares: Any, count: Any) -> Any:
        z = at[:, :1] * hours + at[:, 1:]  # (2, N)
        miss = activation.value(z) - goal
        pull = 2 * miss * activation.derivative(z) / len(goal)
        gradient = FREE * anp.stack([anp.sum(pull * hours, axis=1), anp.sum(pull, axis=1)], axis=1)
        memory = (mean, squares, squares, count)
        after, (mean, squares, _, count) = rule.update(at, gradient, memory, RATE)
        state = {"at": after, "mean": mean, "squares": squares, "count": count}
        return state, {"params": at, "loss": anp.mean(miss * miss, axis=1)}

    return step


def curve(name: str) -> Callable[[Any], dict[str, Any]]:
    """Both neurons' curves on X, and where they cross: NaN without a weight."""
    value = activations.get(name).value

    def drawn(at: Any) -> dict[str, Any]:
        weight, bias = at[:, 0], at[:, 1]
        return {
            "y": value(at[:, :1] * X + at[:, 1:]),  # (2, 81)
            "crossing": -bias / anp.where(weight == 0, anp.nan, weight),
            "middle": value(0.0 * bias[1:]),  # (1,), the height of a crossing
            "lost": weight[0] == 0,
        }

    return drawn


def halve(name: str) -> Callable[..., Any]:
    """A step of the bisection for where g(w x + b) passes g(0), for many w and b at once."""
    value = activations.get(name).value
    middle = value(np.array(0.0))

    def step(low: Any, high: Any, weight: Any, bias: Any) -> Any:
        at = (low + high) / 2
        above = value(weight * at + bias) > middle
        at_end = value(weight * high + bias) > middle
        high, low = anp.where(above == at_end, at, high), anp.where(above == at_end, low, at)
        turns = at_end != (value(weight * low + bias) > middle)
        return {"low": low, "high": high}, {"x": anp.where(turns, (low + high) / 2, anp.nan)}

    return step


def find(name: str, weight: Any, bias: Array) -> Array:
    """Where g(w x + b) passes g(0), by bisection between -FAR and FAR; NaN where it does not."""
    shape = np.broadcast_shapes(np.shape(weight), np.shape(bias))
    state, outputs = {"low": np.full(shape, -FAR), "high": np.full(shape, FAR)}, {}
    step = halve(name)
    for _ in range(HALVINGS):
        state, outputs = step(**state, weight=weight, bias=bias)
    return np.asarray(outputs["x"])


def _crossing_error(trace: BiasShiftTrace) -> float:
    """The largest distance of a crossing found from -b/w, of all activations; NaN if none is."""
    weight = trace.settings.weight
    if not weight:
        return np.nan
    found = np.stack([find(name, weight, BIASES) for name in NAMES])
    away = np.concatenate([np.abs(found + BIASES / weight).ravel(), _on_the_way(trace)])
    return float(np.nanmax(away)) if np.isfinite(away).any() else np.nan


def _on_the_way(trace: BiasShiftTrace) -> Array:
    weight = trace.path[:, 0, :1]
    result: Array = np.abs(trace.found + BIASES / np.where(weight == 0, np.nan, weight)).ravel()
    return result


def _shift_error(trace: BiasShiftTrace) -> float:
    """The largest distance between g(w x + b) and g(w (x - x0)), x0 = -b/w, along the way."""
    value = activations.get(trace.settings.activation).value
    weight, place = trace.path[:, 0, :1], trace.crossings[:, :1]
    away = np.abs(trace.curves[:, 0] - value(weight * (X - place)))
    return float(np.nanmax(away)) if np.isfinite(away).any() else np.nan


def _slopes(settings: Settings) -> Array:
    """dy/dx just right of the crossing, for the weight and for twice the weight."""
    value = activations.get(settings.activation).value
    weights = np.array([settings.weight, 2 * settings.weight])
    sums = np.stack([np.zeros(2), weights * NUDGE])
    if settings.activation == "relu":  # to the left of its kink, where the weight is negative
        sums = np.abs(sums)
    result: Array = np.diff(value(sums), axis=0)[0] / NUDGE
    return result


# In a page


def flow() -> Flow:
    """Both neurons as they learn; where the present one would cross with any bias.

    ``fit`` has a row for each step, the first before it; ``family`` a row for each halving.
    """
    steps = {name: fit(name) for name in NAMES}
    places = np.full(len(BIASES), FAR)
    return Flow(
        controls=("activation", "weight", "bias"),
        sources=(
            Table("count", ("activation",), dict.fromkeys(NAMES, STEPS + 1.0), exact=True),
            Table("halvings", ("activation",), dict.fromkeys(NAMES, float(HALVINGS)), exact=True),
            Table("targets", ("activation",), {n: np.array(TARGETS[n]) for n in NAMES}, exact=True),
        ),
        runs=(
            Run("start", begin, {"weight": "weight", "bias": "bias"}),
            Run(
                "fit",
                steps,
                start={
                    "at": "start.at",
                    "mean": "start.mean",
                    "squares": "start.squares",
                    "count": "start.count",
                },
                by="activation",
                steps="count",
                most=STEPS + 1,
            ),
            Run(
                "here",
                {name: curve(name) for name in NAMES},
                {"at": "fit.params[step]"},
                by="activation",
            ),
            Run(
                "family",
                {name: _family(name) for name in NAMES},
                {"weight": "fit.params[step,0,0]"},
                start={"low": -places, "high": places},
                by="activation",
                steps="halvings",
                most=HALVINGS,
            ),
        ),
        frames="count",
    )


def _family(name: str) -> Callable[..., Any]:
    """A halving for all of BIASES with one weight."""
    step = halve(name)

    def family(low: Any, high: Any, weight: Any) -> Any:
        return step(low, high, weight * np.ones(len(BIASES)), BIASES)

    return family
