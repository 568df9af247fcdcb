"""The empirical loss: a loss for each student, and the mean of them all.

    J(w) = 1/N sum_i loss(y_hat_i, y_i)

Eight students, a model of two weights and a bias that says who will pass, and what each of its
answers costs. The model begins by counting lectures alone, and is then trained on the mean.

The students are one sample of `vizdl.data.students`. Its seed was chosen, out of a hundred, so that
the first model makes one confident mistake. Training makes the mean small, not each loss: the
losses of some students rise while it falls.

References: Goodfellow, Bengio and Courville, Deep Learning, 2016, sections 5.5 and 8.1.1; Vapnik,
The Nature of Statistical Learning Theory, 1995 (empirical risk).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import descent, losses
from vizdl.engines.activations import sigmoid
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.field import Span, grid, zero_line
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Kind = Literal["cross-entropy", "squared error"]

STUDENTS = 8
TRAINING = 100  # steps of gradient descent on the mean
RATE = 0.01
SEEDS = 100  # classes of students to choose from
LECTURES: Span = (-0.9, 12.9)  # the plane on which students stand
HOURS: Span = (-2.2, 32.2)
GRID = 41  # points a side, on which the model is asked
FULL = 4.0  # the score at which the plane has its full colour
KINDS: tuple[Kind, ...] = ("cross-entropy", "squared error")
CROSS_ENTROPY, SQUARED_ERROR = losses.get("binary_cross_entropy"), losses.get("squared_error")

EQUATIONS = {
    "model": "hat(y) = sigma(w_1 x_1 + w_2 x_2 + b)",
    "cross_entropy": "cal(L)(hat(y), y) = -y log hat(y) - (1 - y) log(1 - hat(y))",
    "squared_error": "cal(L)(hat(y), y) = (hat(y) - y)^2",
    "mean": "J(bold(w)) = 1 / N sum_(i=1)^N cal(L)(hat(y)_i, y_i)",
    "update": "bold(w) <- bold(w) - eta thin nabla J(bold(w))",
}


class Settings(base.Settings):
    """What can be changed: the model's weights, the loss, training, and who the students are."""

    per_lecture: float = setting(0.9, "weight of a lecture", low=-1.0, high=1.5, step=0.01)
    per_hour: float = setting(0.0, "weight of an hour", low=-0.5, high=0.5, step=0.01)
    bias: float = setting(-4.5, "bias", low=-10.0, high=5.0, step=0.1)
    loss: Kind = setting("cross-entropy", "loss of one student")
    steps: int = setting(0, "steps of training", low=0, high=TRAINING)
    seed: int = setting(21, "class of students", low=0, high=SEEDS - 1)


@dataclass(frozen=True)
class EmpiricalLossTrace(Trace):
    """The students, and what the model says of them at each step of its training.

    `given` is the probability that the model gives to what happened: the prediction if a student
    passed, the rest of it if not. `each` is the loss that is trained on, one of the other two;
    `mean` their mean over the students. Of T + 1 rows, the one at ``settings.steps`` is shown.
    """

    settings: Settings
    x: Array  # (N, 2): lectures, hours
    y: Array  # (N,), 1 for passed
    weights: Array  # (T+1, 3): of a lecture, of an hour, bias
    scores: Array  # (T+1, N)
    predictions: Array  # (T+1, N)
    given: Array  # (T+1, N)
    cross_entropy: Array  # (T+1, N)
    squared_error: Array  # (T+1, N)
    each: Array  # (T+1, N)
    mean: Array  # (T+1,)
    one_by_one: Array  # (2,): the mean at the start by both losses, summed student by student
    drawn_with: Array  # (3,): the weights and the bias by which the students were drawn


def run(settings: Settings) -> EmpiricalLossTrace:
    """Judge the model student by student, then train it on the mean of the losses."""
    students = data.students(STUDENTS, seed=settings.seed)
    x, y = students.x, students.y
    start = np.array([settings.per_lecture, settings.per_hour, settings.bias])
    walk = descent.descend(
        lambda w: judge(w, x, y, settings.loss)["mean"], start, learning_rate=RATE, steps=TRAINING
    )
    judged = [judge(w, x, y, settings.loss) for w in walk.positions]
    rows = {name: np.stack([row[name] for row in judged]) for name in judged[0]}
    both = {
        kind: np.stack([judge(w, x, y, kind)["each"] for w in walk.positions]) for kind in KINDS
    }
    return EmpiricalLossTrace(
        settings=settings,
        x=x,
        y=y,
        weights=walk.positions,
        scores=rows["score"],
        predictions=rows["prediction"],
        given=rows["given"],
        cross_entropy=both["cross-entropy"],
        squared_error=both["squared error"],
        each=rows["each"],
        mean=walk.losses,
        one_by_one=_one_by_one(start, x, y),
        drawn_with=np.array(data.PASSING),
    )


def facts(trace: EmpiricalLossTrace) -> Facts:
    """The mean is a mean; one student can carry most of it; training lowers it, not every loss."""
    both = trace.cross_entropy, trace.squared_error
    apart = max(abs(values[0].mean() - m) for values, m in zip(both, trace.one_by_one, strict=True))
    worst = int(trace.cross_entropy[0].argmax())
    share, squared = (float(100 * values[0, worst] / values[0].sum()) for values in both)
    rises = int((np.diff(trace.mean) > 0).sum())
    fallen = float(trace.mean[-1] / trace.mean[0])
    rose = int((trace.each[-1] > trace.each[0]).sum())
    count = len(trace.y)
    return Facts(
        Fact(
            "mean_error",
            "The empirical loss is the mean of all the losses",
            float(apart),
            f"{count} losses summed one by one, divided by {count}: the same to 10⁻¹²",
            apart <= 1e-12,
            digits=2,
        ),
        Fact(
            "share",
            "One confident mistake carries most of the cross-entropy",
            share,
            f"more than half of the sum, from one student of {count}",
            share > 50,
            "%",
            2,
        ),
        Fact(
            "squared_share",
            "By squared error, the same mistake carries less",
            squared,
            "less than its share of the cross-entropy",
            squared < share,
            "%",
            2,
        ),
        Fact(
            "fallen",
            "Training on the mean leaves this share of it",
            100 * fallen,
            f"below 100%, and no step of {TRAINING} raised it",
            fallen < 1 and rises == 0,
            "%",
            2,
        ),
        Fact(
            "rose",
            "Meanwhile, the losses of single students may rise",
            rose,
            f"at least one of {count}: it is the mean that is made small",
            rose >= 1,
            f"of {count}",
        ),
    )


def judge(weights: Any, x: Any, y: Any, loss: Kind) -> dict[str, Any]:
    """What a model says of each student, and what that costs: (N,) each, and their mean.

    `score` is w_1 x_1 + w_2 x_2 + b and `prediction` its sigmoid.
    """
    score = anp.dot(x, weights[:2]) + weights[2]
    prediction = sigmoid(score)
    given = sigmoid(anp.where(y > 0.5, score, -score))
    if loss == "cross-entropy":
        each = CROSS_ENTROPY.each(score[:, None], y[:, None])
    else:
        each = SQUARED_ERROR.each(prediction[:, None], y[:, None])
    return {
        "score": score,
        "prediction": prediction,
        "given": given,
        "each": each,
        "mean": anp.mean(each),
    }


def field(model: Any) -> dict[str, Any]:
    """The model's score all over the plane, and where it is zero."""
    places = grid(LECTURES, HOURS, GRID)
    z = model[0] * places[..., 0] + model[1] * places[..., 1] + model[2]
    return {"z": z, "zero": zero_line(z, LECTURES, HOURS)}


def _one_by_one(weights: Array, x: Array, y: Array) -> Array:
    """Both means as a textbook writes them: one student after the other, one number at a time."""
    sums = [0.0, 0.0]
    for (lectures, hours), passed in zip(x.tolist(), y.tolist(), strict=True):
        score = weights[0] * lectures + weights[1] * hours + weights[2]
        says = 1 / (1 + math.exp(-score)), 1 / (1 + math.exp(score))  # passes, fails
        sums[0] -= math.log(says[0] if passed else says[1])
        sums[1] += (says[0] - passed) ** 2
    return np.array(sums) / len(y)


# In a page


def flow(trace: EmpiricalLossTrace) -> Flow:
    """The training from the weights that are set, and the model after so many steps of it.

    The moments are the students, one after the other, and in the end their mean.
    """
    classes = {seed: data.students(STUDENTS, seed=seed) for seed in range(SEEDS)}
    return Flow(
        controls=("per_lecture", "per_hour", "bias", "loss", "steps", "seed"),
        sources=(
            Table("x", ("seed",), {seed: each.x for seed, each in classes.items()}, exact=True),
            Table("y", ("seed",), {seed: each.y for seed, each in classes.items()}, exact=True),
        ),
        runs=(
            Run(
                "start",
                lambda lecture, hour, bias, steps: {
                    "w": anp.stack([lecture, hour, bias]),
                    "rows": steps + 1,
                    "moments": 0 * steps + STUDENTS + 1,
                },
                {"lecture": "per_lecture", "hour": "per_hour", "bias": "bias", "steps": "steps"},
            ),
            Run(
                "walk",
                {kind: _step(kind) for kind in KINDS},
                {"x": "x", "y": "y"},
                start={"w": "start.w"},
                by="loss",
                steps="start.rows",
                most=TRAINING + 1,
            ),
            Run(
                "now",
                tally,
                {
                    name: f"walk.{name}[walk.rows-1]"
                    for name in ("weights", "score", "given", "each")
                },
            ),
        ),
        frames="start.moments",
    )


def tally(weights: Any, score: Any, given: Any, each: Any) -> dict[str, Any]:
    """The losses (N,), their sums up to each student, their mean and their shares in per cent."""
    sums = anp.cumsum(each)
    return {
        "model": weights,
        "logit": score,
        "truth": given,
        "loss": each,
        "sums": sums,
        "total": sums[-1],
        "mean": sums[-1] / STUDENTS,
        "share": 100 * each / anp.maximum(sums[-1], 1e-300),
    }


def _step(kind: Kind) -> Callable[..., Any]:
    """A step of gradient descent on the mean, the gradient written out."""

    def step(w: Any, x: Any, y: Any) -> Any:
        judged = judge(w, x, y, kind)
        prediction = judged["prediction"]
        if kind == "cross-entropy":
            slope = CROSS_ENTROPY.gradient(judged["score"][:, None], y[:, None])[:, 0]
        else:
            at_output = SQUARED_ERROR.gradient(prediction[:, None], y[:, None])[:, 0]
            slope = at_output * prediction * sigmoid(-judged["score"])
        gradient = anp.concatenate([anp.dot(slope, x), anp.sum(slope)[None]])
        return {"w": w - RATE * gradient}, {"weights": w, **judged}

    return step
