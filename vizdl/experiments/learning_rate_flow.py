"""What a page computes of the learning rate: the four runs step by step, the 400 in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines import optimizers
from vizdl.experiments import walks
from vizdl.experiments.learning_rate import (
    CHOSEN,
    GROUND,
    SWEEP,
    Settings,
    axes,
    concluded,
    four,
    height,
    look,
    place,
    unseen,
)
from vizdl.experiments.live import Flow, Run


def flow() -> Flow:
    """The four runs step by step; the 400 in one go, which only start and steps change."""
    most = int(next(c.high or 0 for c in Settings.controls() if c.name == "steps")) + 1
    return Flow(
        controls=("learning_rate", "start", "steps"),
        runs=(
            Run("every", lambda: {"rate": SWEEP}),
            Run("counts", lambda count: {"rows": count + 1.0}, {"count": "steps"}),
            Run("rates", lambda rate: {"all": four(rate)}, {"rate": "learning_rate"}),
            Run("begin", _begin(len(SWEEP)), {"place": "start"}),
            Run("axis", axes, {"steps": "steps"}),
            Run(
                "path",
                _roll(4),
                {"rate": "rates.all"},
                start={"points": "begin.four", "count": 0.0, "known": unseen(4)},
                steps="counts.rows",
                most=most,
            ),
            Run(
                "here",
                lambda w: {"lost": anp.where(anp.isfinite(w), 0.0, 1.0)},
                {"w": f"path.w[step,{CHOSEN}]"},
            ),
            Run("verdict", _conclude, _end("path")),
            Run(
                "many",
                _roll(len(SWEEP)),
                {"rate": "every.rate"},
                start={"points": "begin.many", "count": 0.0, "known": unseen(len(SWEEP))},
                steps="counts.rows",
                most=most,
            ),
            Run("sweep", _conclude, _end("many")),
            Run("tally", lambda found: {"count": anp.sum(found, axis=0)}, {"found": "sweep.is"}),
            Run(
                "mine",
                lambda at, fate, above: {
                    "rate": anp.reshape(at, (1,)),
                    "outcome": anp.reshape(fate, (1,)),
                    "height": anp.reshape(above, (1,)),
                },
                {
                    "at": "learning_rate",
                    "fate": f"verdict.outcome[{CHOSEN}]",
                    "above": f"verdict.height[{CHOSEN}]",
                },
            ),
        ),
        frames="path.rows",
    )


def _end(name: str) -> dict[str, str]:
    """What is known at the end of the runs of that name."""
    counted = {"calm": "calm", "away": "away", "rising": "rises", "across": "crossings"}
    last = {given: f"{name}.{kept}[{name}.rows-1]" for given, kept in counted.items()}
    return {**last, "steps": "steps"}


def _begin(count: int) -> Callable[..., Any]:
    """All runs at the start, and where that is on the ground."""

    def step(place: Any) -> dict[str, Any]:
        at = place + np.zeros((1, 1))
        return {
            "four": place + np.zeros((4, 1)),
            "many": place + np.zeros((count, 1)),
            "w": at[:, 0],
            "loss": GROUND.value(at),
        }

    return step


def _roll(count: int) -> Callable[..., Any]:
    """A step of `descend` from `count` points, each at its own rate."""
    rule = optimizers.get("sgd")

    def step(points: Any, count: Any, known: Any, rate: Any) -> Any:
        w = points[:, 0]
        loss, gradient = GROUND.value(points), GROUND.gradient(points)
        known = look(known, w, loss)
        after, _ = rule.update(points, gradient, (), rate[:, None])
        after = anp.where(walks.inside(points, loss, gradient)[:, None], after, anp.nan)
        x, y = place(w, loss)
        shown = {"number": count, "w": w, "loss": loss, "x": x, "y": y}
        counted = {name: known[name] for name in ("calm", "away", "rises", "crossings")}
        return {"points": after, "count": count + 1, "known": known}, {**shown, **counted}

    return step


def _conclude(calm: Any, away: Any, rising: Any, across: Any, steps: Any) -> dict[str, Any]:
    known = {"calm": calm, "away": away, "rises": rising, "crossings": across}
    found = concluded(known, steps)
    return {
        **found,
        "is": anp.where(found["outcome"][:, None] == np.arange(5.0), 1.0, 0.0),  # (N, 5)
        "height": height(found["settled"], steps),
    }
