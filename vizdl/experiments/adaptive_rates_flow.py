"""What a page computes of the adaptive rates: one step of all seven optimizers at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, get_args

import autograd.numpy as anp
import numpy as np

from vizdl.engines import optimizers
from vizdl.engines.landscape import Landscape
from vizdl.experiments import walks
from vizdl.experiments.adaptive_rates import (
    DOMAINS,
    NAMES,
    OPTIMIZERS,
    STEPS,
    TARGET,
    TITLES,
    Watched,
    boxes,
    ground,
    hyper,
    tuned,
)
from vizdl.experiments.live import Flow, Run, Table

LOWEST, HIGHEST = 1e-6, 1e6  # losses are drawn no lower, and no higher
COUNT = len(OPTIMIZERS)


def flow() -> Flow:
    """The seven walks on every landscape, a row a step, and who has arrived when."""
    watched = get_args(Watched)
    places = {name: OPTIMIZERS.index(name) if name != "all" else 0 for name in watched}
    return Flow(
        controls=("landscape", "start_x", "start_y", "scale", "momentum", "memory", "watched"),
        sources=(
            Table("domain", ("landscape",), {name: DOMAINS[name] for name in NAMES}, exact=True),
            Table("box", ("landscape",), boxes(), exact=True),
            Table("best", ("landscape",), {name: tuned(name).best for name in NAMES}, exact=True),
            Table(
                "minimum", ("landscape",), {name: ground(name).minima for name in NAMES}, exact=True
            ),
            Table("watch.shown", ("watched",), {name: shown(name) for name in watched}, exact=True),
            Table("watch.place", ("watched",), places, exact=True),
            Table("watch.one", ("watched",), {n: float(n != "all") for n in watched}, exact=True),
            Table("titles", ("landscape",), {key: list(TITLES) for key in NAMES}),
            Table("watch.title", ("watched",), {n: TITLES[k] for n, k in places.items()}),
        ),
        runs=(
            Run("counts", lambda: {"rows": np.array(STEPS + 1.0)}),
            Run(
                "rates",
                lambda scale, best: {"all": scale * best},
                {"scale": "scale", "best": "best"},
            ),
            Run("start", _start, {"x": "start_x", "y": "start_y", "box": "box"}),
            Run(
                "path",
                {name: _steps(ground(name)) for name in NAMES},
                {
                    "rate": "rates.all", "domain": "domain",
                    "momentum": "momentum", "memory": "memory",
                },
                start={
                    "points": "start.all",
                    "count": 0.0,
                    "since": np.zeros(COUNT),
                    "memos": _memos(),
                },
                by="landscape",
                steps="counts.rows",
                most=STEPS + 1,
            ),
            Run(
                "score",
                lambda since, rows: {
                    "reached": anp.where(since > 0, rows - since, -1.0),
                    "late": anp.where(since > 0, 0.0, 1.0),
                },
                {"since": "path.below[path.rows-1]", "rows": "path.rows"},
            ),
            Run(
                "here",
                here,
                {
                    "place": "path.place[step]",
                    "losses": "path.height[step]",
                    "rates": "path.rates[step]",
                    "number": "path.number[step]",
                },
            ),
            Run("axis", _axis, {"first": "path.height[0,0]"}),
        ),
        frames="path.rows",
    )  # fmt: skip


def shown(watched: str) -> Any:
    """For each optimizer whether it is to be seen well (7,)."""
    return np.array([float(watched in ("all", name)) for name in OPTIMIZERS])


def _start(x: Any, y: Any, box: Any) -> dict[str, Any]:
    low, high = box[:, 0], box[:, 1]
    w = low + anp.stack([x, y]) * (high - low)
    return {"w": w, "all": w + np.zeros((COUNT, 2))}


def _memos() -> dict[str, dict[str, Any]]:
    """What each optimizer remembers before its first step."""
    made = {}
    for name in OPTIMIZERS:
        state = optimizers.get(name).init(np.zeros(2))
        made[name] = {f"{name}{k}": np.asarray(part) for k, part in enumerate(state)}
    return {name: memo for name, memo in made.items() if memo}


def _steps(landscape: Landscape) -> Callable[..., Any]:
    """A step of `descend` for each optimizer, from points (7, 2)."""

    def step(
        points: Any, count: Any, since: Any, memos: Any,
        rate: Any, domain: Any, momentum: Any, memory: Any,
    ) -> Any:  # fmt: skip
        losses, gradients = landscape.value(points), landscape.gradient(points)
        after, rates, kept = [], [], {}
        for k, name in enumerate(OPTIMIZERS):
            rule = optimizers.get(name)
            rule = replace(rule, hyper={**rule.hyper, **hyper(name, momentum, memory)})
            memo = tuple(memos[name].values()) if name in memos else ()
            moved, memo, applied = rule.update_with_rate(
                points[k], gradients[k], memo, rate[k] + np.zeros(2)
            )
            after.append(moved)
            rates.append(applied)
            if name in memos:
                kept[name] = dict(zip(memos[name], memo, strict=True))
        goes_on = walks.inside(points, losses, gradients)[:, None]
        since = anp.where(losses < TARGET, since + 1, 0.0)
        outputs = {
            "number": count,
            "w": points,
            "loss": anp.where(anp.isfinite(losses), losses, np.inf),
            "gradient": gradients,
            "place": walks.within(points, domain),
            "height": height(losses),
            "rates": anp.where(goes_on, anp.stack(rates), np.nan),
            "below": since,
        }
        after = anp.where(goes_on, anp.stack(after), np.nan)
        return {"points": after, "count": count + 1, "since": since, "memos": kept}, outputs

    return step


def height(losses: Any) -> Any:
    """Losses as they are drawn on a logarithmic axis."""
    return anp.clip(losses, LOWEST, HIGHEST)


def here(place: Any, losses: Any, rates: Any, number: Any) -> dict[str, Any]:
    """Where the seven are at one step: places (7, 2), losses as drawn (7,), rates (7, 2)."""
    return {
        "x": place[:, 0],
        "y": place[:, 1],
        "step": number + np.zeros(COUNT),
        "height": losses + 0.0,
        "first": rates[:, 0],
        "second": rates[:, 1],
        "joined": joined(rates),
    }


def joined(rates: Any) -> Any:
    """Pairs of rates (7, 2) as one line with a gap after each pair (21,)."""
    return anp.reshape(anp.concatenate([rates, np.full((COUNT, 1), np.nan)], axis=1), (3 * COUNT,))


def _axis(first: Any) -> dict[str, Any]:
    return {"loss": loss_ends(first), "target": np.array([TARGET, TARGET])}


def loss_ends(first: Any) -> Any:
    """The ends of the axis of losses (2,), as logarithms: from a tenth of the target upwards."""
    return anp.stack([np.log10(TARGET / 30), anp.log10(anp.maximum(first, 1.0)) + 0.4])
