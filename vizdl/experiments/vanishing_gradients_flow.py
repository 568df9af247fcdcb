"""What the page of `vanishing_gradients` computes: letters forward, the gradient back, one step.

The network reads letter by letter, so that the page holds one step of each kind, whatever the
length; the way back takes the steps in reverse. Rows are in the order of the sequence: the state k
steps before the last is row ``left`` where k is the step that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np

from vizdl.engines import rnn
from vizdl.engines.rnn import RNN
from vizdl.experiments import recall
from vizdl.experiments import vanishing_gradients as experiment
from vizdl.experiments.live import Flow, Run, Table
from vizdl.experiments.vanishing_gradients import (
    ACTIVATIONS,
    BATCH,
    LONGEST,
    PARAMETERS,
    RATE,
    VanishingGradientsTrace,
)

LETTERS = recall.LETTERS


def flow(trace: VanishingGradientsTrace) -> Flow:
    """The walk back for every radius, activation, length and clipping."""
    chosen = trace.settings
    H = chosen.hidden_size
    zero = np.zeros((BATCH, H))
    first = np.eye(LETTERS)[experiment.letters(chosen.seed)[0]]  # (B, LETTERS)
    tables = {"fan": np.log10(trace.fan), "factors": trace.factors}
    by_kind = {
        name: {kind: values[row] for row, kind in enumerate(ACTIVATIONS)}
        for name, values in tables.items()
    }

    def ahead(name: str, parameters: str) -> Run:
        given = {n: f"{parameters}_{n}" for n in PARAMETERS} | {"letters": "net.letters"}
        steps = {kind: _forward(kind) for kind in ACTIVATIONS}
        start = {"h": zero, "count": 0.0}
        return Run(name, steps, given, start=start, by="activation", steps="length", most=LONGEST)

    slopes = {f"d_{n}": f"back.of_{n}[0]" for n in ("w_xh", "w_hh", "b_h")}
    slopes |= {f"d_{n}": f"loss.d_{n}" for n in ("w_hy", "b_y")}
    return Flow(
        controls=("radius", "activation", "length", "clip"),
        sources=tuple(Table(name, ("activation",), values) for name, values in by_kind.items()),
        runs=(
            Run("net", _scaled(chosen), {"radius": "radius"}),
            ahead("ahead", "net.now"),
            Run(
                "loss",
                _lost(first),
                {"h": "ahead.state[ahead.rows-1]", "w": "net.now_w_hy", "b": "net.now_b_y"},
            ),
            Run(
                "back",
                _backward,
                {"w_hh": "net.now_w_hh"},
                start={
                    "dh": "loss.dh",
                    "d_w_xh": np.zeros((H, recall.INPUTS)),
                    "d_w_hh": np.zeros((H, H)),
                    "d_b_h": np.zeros(H),
                    "lag": 0.0,
                    "sum": 0.0,
                },
                sequences={name: f"ahead.{name}" for name in ("x", "before", "slope")},
                most=LONGEST,
                reverse=True,
            ),
            Run(
                "step",
                _stepped,
                {n: f"net.now_{n}" for n in PARAMETERS} | slopes | {"clip": "clip"},
            ),
            Run(
                "walk",
                along,
                {"first": "back.norm[back.rows-1]", "total": "back.so_far[0]", "radius": "radius",
                 "cut": "step.cut"},
                sequences={"norm": "back.norm", "gathered": "back.so_far", "lag": "back.away"},
                most=LONGEST,
            ),
            ahead("plain", "step.plain"),
            ahead("clipped", "step.clipped"),
            *(
                Run(
                    f"{name}_loss",
                    _lost(first),
                    {"h": f"{name}.state[{name}.rows-1]", "w": f"step.{name}_w_hy",
                     "b": f"step.{name}_b_y"},
                )
                for name in ("plain", "clipped")
            ),
        ),
        frames="length",
    )  # fmt: skip


def _scaled(chosen: experiment.Settings) -> Callable[..., Any]:
    """The network with the radius that is asked for, and the letters that it reads."""
    unit = experiment.network(chosen.hidden_size, chosen.seed, 1.0, "tanh")
    shown = np.eye(LETTERS)[experiment.letters(chosen.seed)].reshape(LONGEST, -1)

    def scaled(radius: Any) -> dict[str, Any]:
        found = {f"now_{name}": getattr(unit, name) + 0.0 for name in PARAMETERS}
        return {**found, "now_w_hh": radius * unit.w_hh, "letters": shown + 0.0}

    return scaled


def _forward(kind: str) -> Callable[..., Any]:
    """One step of the network: it reads the letters of its turn, the first ones with the flag."""

    def step(
        h: Any, count: Any, letters: Any, w_xh: Any, w_hh: Any, b_h: Any, w_hy: Any, b_y: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        turn = np.where(np.arange(float(LONGEST)) == count, 1.0, 0.0)
        flag = np.where(count == 0, 1.0, 0.0) * np.ones((BATCH, 1))
        x = np.concatenate([(turn @ letters).reshape(BATCH, LETTERS), flag], axis=1)
        model = RNN(w_xh, w_hh, b_h, w_hy, b_y, ACTIVATIONS[kind])
        new = rnn.forward(model, x[None], h).h[1]
        slope = 1 - new * new if kind == "tanh" else np.ones((BATCH, 1)) + 0 * new
        return {"h": new, "count": count + 1}, {
            "state": new, "before": h + 0.0, "slope": slope, "x": x,
        }  # fmt: skip

    return step


def _lost(first: Any) -> Callable[..., Any]:
    """The loss of the last state, and its gradient there and in the read-out."""
    cross_entropy = recall.CROSS_ENTROPY

    def lost(h: Any, w: Any, b: Any) -> dict[str, Any]:
        logits = h @ w.T + b
        dy = cross_entropy.gradient(logits, first)
        value = cross_entropy.value(logits, first)
        return {
            "value": np.where(value < 1e300, value, np.inf),  # not a number is beyond as well
            "dh": dy @ w,
            "d_w_hy": dy.T @ h,
            "d_b_y": np.sum(dy, axis=0),
        }

    return lost


def _backward(
    dh: Any, d_w_xh: Any, d_w_hh: Any, d_b_h: Any, lag: Any, sum: Any,
    w_hh: Any, x: Any, before: Any, slope: Any,
) -> tuple[dict[str, Any], dict[str, Any]]:  # fmt: skip
    """One step back: what arrives at the state, this step's part of the weights' gradient."""
    da = slope * dh
    share = da.T @ before
    size = np.sqrt(np.sum(share * share))
    d_w_xh, d_w_hh, d_b_h = d_w_xh + da.T @ x, d_w_hh + share, d_b_h + np.sum(da, axis=0)
    gathered = sum + size
    state = {
        "dh": da @ w_hh, "d_w_xh": d_w_xh, "d_w_hh": d_w_hh, "d_b_h": d_b_h, "lag": lag + 1,
        "sum": gathered,
    }  # fmt: skip
    return state, {
        "norm": np.sqrt(np.sum(dh * dh)), "away": lag + 0.0, "share": size, "so_far": gathered,
        "of_w_xh": d_w_xh, "of_w_hh": d_w_hh, "of_b_h": d_b_h,
    }  # fmt: skip


def along(
    norm: Any, gathered: Any, lag: Any, first: Any, total: Any, radius: Any, cut: Any
) -> dict[str, Any]:
    """What is left of the gradient at a state, what the rule foretells, what has been gathered.

    A `power` is the logarithm to the base of 10.
    """
    left = norm / first
    return {
        "left": left,
        "percent": 100 * left,
        "share": 100 * gathered / total,
        "rule": radius**lag,
        "rule_percent": 100 * radius**lag,
        "more": np.where(left > 1, 1.0, 0.0),
        "power": np.log10(left),
        "rule_power": lag * np.log10(radius),
        "cut_power": np.log10(left * cut),
    }


def _stepped(clip: Any, **given: Any) -> dict[str, Any]:
    """The norm of the whole gradient, by how much it is cut, and the weights after one step."""
    norm = np.sqrt(sum(np.sum(given[f"d_{n}"] * given[f"d_{n}"]) for n in PARAMETERS))
    cut = np.minimum(1.0, clip / norm)
    found: dict[str, Any] = {
        "norm": norm,
        "cut": cut,
        "kept": cut * norm,
        "acts": np.where(cut < 1, 1.0, 0.0),
    }
    for name, factor in (("plain", 1.0), ("clipped", cut)):
        for n in PARAMETERS:
            found[f"{name}_{n}"] = given[n] - RATE * factor * given[f"d_{n}"]
    return found
