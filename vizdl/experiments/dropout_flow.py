"""What a page computes for dropout: a trained network, thinned by masks and by hand."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.experiments import dropout as experiment
from vizdl.experiments.dropout import (
    CELLS,
    DRAWN,
    SHARES,
    UNITS,
    DropoutTrace,
    Settings,
    X,
    Y,
)
from vizdl.experiments.field import grid, zero_line
from vizdl.experiments.live import Draw, Entries, Flow, Run, Table

Array = NDArray[np.float64]
COLUMNS, ROWS = 6, 4  # of the units, far enough apart for fingers
FOOT, RISE = 0.18, 0.62 / 16  # of a row: where a bar begins, and how high it is for each percent
GONE, OUT, THERE = 0, 1, 2  # a unit: taken away by the reader, left out by the mask, there


def flow(trace: DropoutTrace) -> Flow:
    """The network of the settings, at each moment with another mask; at the first with none."""
    seeds = next(control for control in Settings.controls() if control.name == "seed")
    choices = [(s, k) for s in SHARES for k in range(int(seeds.high or 0) + 1)]
    runs = {choice: experiment.network_of(*choice) for choice in choices}
    measured = {choice: experiment.measure(*choice) for choice in choices}
    by_seed = {
        seed: np.array([[m.train_loss, m.test_loss] for (_, k), m in measured.items() if k == seed])
        for seed in range(int(seeds.high or 0) + 1)
    }
    return Flow(
        controls=("drop", "seed"),
        sources=(
            Table("parameters", ("drop", "seed"), runs, exact=True),
            Table("lost", ("drop", "seed"), {c: m.lost for c, m in measured.items()}, exact=True),
            Table("right", ("drop", "seed"), {c: m.right for c, m in measured.items()}),
            Table(
                "losses",
                ("drop", "seed"),
                {c: np.array([m.train_loss, m.test_loss]) for c, m in measured.items()},
                exact=True,
            ),
            Table("by_share", ("seed",), by_seed, exact=True),
            Draw("uniform", "uniform", (DRAWN, UNITS), "seed"),
            Entries("keep", np.ones(UNITS), "unit", 0, 1, 1),
        ),
        runs=(
            Run("masks", _masks, {"uniform": "uniform", "percent": "drop"}),
            Run(
                "here",
                _here,
                {"drawn": "masks.all[step]", "keep": "keep", "step": "step", "percent": "drop"},
            ),
            Run(
                "plane",
                _plane,
                {"parameters": "parameters", "mask": "here.mask", "p": "here.p"},
            ),
            Run("line", lambda z: {"zero": zero_line(z, X, Y)}, {"z": "plane.z"}),
            Run("new", _new, {"parameters": "parameters", "mask": "here.mask", "p": "here.p"}),
            Run(
                "chosen",
                lambda percent: {"x": anp.stack([percent, percent])},
                {"percent": "drop"},
            ),
            Run("curves", lambda by: {"train": by[:, 0], "new": by[:, 1]}, {"by": "by_share"}),
            Run(
                "stems",
                lambda percent: {"y": stems(percent), "most": anp.max(percent)},
                {"percent": "lost"},
            ),
        ),
        frames="masks.count",
    )


def _masks(uniform: Any, percent: Any) -> dict[str, Any]:
    drawn = anp.where(uniform >= percent / 100, 1.0, 0.0)
    return {
        "all": anp.concatenate([np.ones((1, UNITS)), drawn]),
        "count": DRAWN + 1.0 + 0 * percent,
    }


def _here(drawn: Any, keep: Any, step: Any, percent: Any) -> dict[str, Any]:
    """The mask with what the reader has taken away, and p: 0 where the whole network is used."""
    left = drawn * keep
    state = anp.where(keep > 0, anp.where(drawn > 0, float(THERE), float(OUT)), float(GONE))
    return {
        "mask": left,
        "p": anp.where(step > 0, percent / 100, 0.0),
        "state": state,
        "there": anp.sum(left),
        "gone": UNITS - anp.sum(keep),
    }


def _plane(parameters: Any, mask: Any, p: Any) -> dict[str, Any]:
    cells = grid(X, Y, CELLS).reshape(-1, 2)
    z = experiment.output_of(parameters, cells, mask, p)
    return {"z": anp.reshape(z, (CELLS, CELLS))}


def _new(parameters: Any, mask: Any, p: Any) -> dict[str, Any]:
    """How many new points are right, in percent."""
    new = experiment.tested()
    right = (experiment.output_of(parameters, new.x, mask, p) > 0) == (new.y > 0)
    return {"right": 100 * anp.mean(anp.where(right, 1.0, 0.0))}


def places() -> Array:
    """Where the units stand: (UNITS, 2)."""
    unit = np.arange(UNITS)
    return np.stack([unit % COLUMNS, ROWS - 1 - unit // COLUMNS], axis=1).astype(float)


def stems(lost: Any) -> Any:
    """Heights of a bar on each unit, as what is lost without it: (3 UNITS,), with gaps."""
    foot, gap = places()[:, 1] + FOOT, np.full(UNITS, np.nan)
    return anp.ravel(anp.stack([foot + 0.0 * lost, foot + RISE * lost, gap], axis=1))
