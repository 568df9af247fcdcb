"""What a page computes of regularization: every fit of a sample, by elimination and by descent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines import regularization as engine
from vizdl.engines.regularization import Moments
from vizdl.experiments.live import Flow, Run, Table
from vizdl.experiments.regularization import (
    GRID,
    MOMENTS,
    SIZE,
    STEPS,
    STRENGTHS,
    features,
    fresh,
    norm,
    systems,
    units,
    using,
    wave,
)

LEAST_LOSS, MOST_LOSS = 1e-3, 30.0  # losses are drawn no lower, and no higher
DATA = ("gram", "cross", "square")
COUNT = SIZE + len(STRENGTHS)


def flow() -> Flow:
    """The moments of the data, then all fits by elimination, then gradient descent.

    A step of the page is one of the steps of gradient descent that are looked at.
    """
    train, test = ({f"{of}_{name}": f"{of}.{name}" for name in DATA} for of in ("train", "test"))
    return Flow(
        controls=("degree", "strength", "noise", "seed"),
        sources=(Table("unit", ("seed",), units(), exact=True),),
        runs=(
            Run("every", _every),
            Run("train", _data, {"drawn": "unit", "amount": "noise"}),
            Run("test", _data, {"drawn": "every.fresh", "amount": "noise"}),
            Run("model", lambda degree: {"used": using(degree)}, {"degree": "degree"}),
            Run("equations", _equations, {**train, "used": "model.used", "lam": "strength"}),
            Run(
                "solve",
                _eliminate,
                start={"system": "equations.all"},
                sequences={"pivot": "every.pivots"},
                most=SIZE,
            ),
            Run("fits", _fits, {"w": "solve.weights[solve.rows-1]", **train, **test}),
            Run(
                "walk",
                _descend,
                {**train, **test, "used": "model.used"},
                start={"at": np.zeros(SIZE), "count": 0.0, "low": np.inf, "where": 0.0},
                steps="every.count",
                most=STEPS + 1,
            ),
            Run("moment", lambda at: {"step": at + 0.0}, {"at": "every.moments[step]"}),
            Run(
                "here",
                _here,
                {
                    "w": "walk.w[moment.step]",
                    "train": "walk.train[moment.step]",
                    "test": "walk.test[moment.step]",
                    "number": "moment.step",
                },
            ),
            Run(
                "mine",
                _mine,
                {
                    "degree": "degree",
                    "lam": "strength",
                    "trained": "fits.train",
                    "tested": "fits.test",
                },
            ),
            Run(
                "best",
                _best,
                {
                    "tested": "fits.test",
                    "low": "walk.lowest[walk.rows-1]",
                    "where": "walk.best[walk.rows-1]",
                },
            ),
        ),
        frames="every.frames",
    )


def _every() -> dict[str, Any]:
    return {
        "fresh": fresh(),
        "pivots": np.eye(SIZE),
        "count": np.array(STEPS + 1.0),
        "frames": np.array(float(len(MOMENTS))),
        "moments": MOMENTS.astype(float),
        "shown": MOMENTS + 1.0,
        "degree": np.arange(float(SIZE)),
        "strength": STRENGTHS,
    }


def _data(drawn: Any, amount: Any) -> dict[str, Any]:
    x, y = drawn[0], wave(drawn[0], drawn[1], amount)
    found = engine.moments(features(x), y)
    return {"x": x, "y": y, **{name: getattr(found, name) for name in DATA}}


def _moments(given: Mapping[str, Any], of: str) -> Moments:
    return Moments(*(given[f"{of}_{name}"] for name in DATA))


def _equations(used: Any, lam: Any, **given: Any) -> dict[str, Any]:
    """Every degree, every strength, and in the end the model that is set (60, 16, 17)."""
    train = _moments(given, "train")
    mine = engine.system(train, used, lam)
    return {"all": anp.concatenate([systems(train, used), mine[None]], axis=0)}


def _eliminate(system: Any, pivot: Any) -> Any:
    after = engine.eliminate(system, pivot)
    return {"system": after}, {"weights": after[:, :, -1]}


def _fits(w: Any, **given: Any) -> dict[str, Any]:
    """The losses of every fit (60,), the lengths of its weights, and the last one's curve."""
    trained = engine.error(_moments(given, "train"), w)
    tested = engine.error(_moments(given, "test"), w)
    return {
        "train": trained,
        "test": tested,
        "train_height": height(trained),
        "test_height": height(tested),
        "norm": norm(w),
        "curve": anp.dot(features(GRID), w[-1]),
    }


def _descend(at: Any, count: Any, low: Any, where: Any, used: Any, **given: Any) -> Any:
    """A step of gradient descent without a penalty, and the least test loss so far."""
    train, test = _moments(given, "train"), _moments(given, "test")
    trained, tested = engine.error(train, at), engine.error(test, at)
    better = tested < low
    low = anp.where(better, tested, low)
    where = anp.where(better, count, where)
    after = at - engine.safe_rate(train) * used * engine.gradient(train, at)
    outputs = {
        "w": at,
        "train": trained,
        "test": tested,
        "train_height": height(trained),
        "test_height": height(tested),
        "lowest": low,
        "best": where,
    }
    return {"at": after, "count": count + 1, "low": low, "where": where}, outputs


def _here(w: Any, train: Any, test: Any, number: Any) -> dict[str, Any]:
    """The curve of the stopped descent, and where it stands over the steps."""
    return {
        "curve": anp.dot(features(GRID), w),
        "x": number + 1.0 + np.zeros(2),
        "y": height(anp.stack([test, train])),
    }


def _mine(degree: Any, lam: Any, trained: Any, tested: Any) -> dict[str, Any]:
    """Where the model that is set stands over the degrees and over the strengths."""
    at = anp.where(np.arange(float(SIZE)) == degree, 1.0, 0.0)
    plain = anp.stack([anp.sum(at * tested[:SIZE]), anp.sum(at * trained[:SIZE])])
    return {
        "degree_x": degree + np.zeros(2),
        "degree_y": height(plain),
        "strength_x": lam + np.zeros(2),
        "strength_y": height(anp.stack([tested[COUNT], trained[COUNT]])),
    }


def _best(tested: Any, low: Any, where: Any) -> dict[str, Any]:
    """Where the test loss is least, over degrees, strengths and steps."""
    degrees, strengths = tested[:SIZE], tested[SIZE:COUNT]
    strength = anp.where(np.arange(float(len(STRENGTHS))) == anp.argmin(strengths), STRENGTHS, 0.0)
    return {
        "degree_x": anp.reshape(anp.argmin(degrees) + 0.0, (1,)),
        "degree_y": height(anp.reshape(anp.min(degrees), (1,))),
        "strength_x": anp.reshape(anp.sum(strength), (1,)),
        "strength_y": height(anp.reshape(anp.min(strengths), (1,))),
        "step_x": anp.reshape(where + 1.0, (1,)),
        "step_y": height(anp.reshape(low, (1,))),
    }


def height(losses: Any) -> Any:
    """Losses as they are drawn on a logarithmic axis."""
    return anp.clip(losses, LEAST_LOSS, MOST_LOSS)
