"""The learning rate: four of them roll from one start, then 400 at once.

    w <- w - eta dJ/dw

The ground has one weight and two minima: a bowl with a sharp dip in its side, the false minimum.
Every rate has the same start, the same gradient there and the same number of steps, so that all
the difference is the rate's. A run has settled when its last steps lie all within 0.01 of one
minimum; it diverges when its last steps lie all outside of the map.

Found out on the way: between the rates that settle and those that diverge there are some that do
neither. They overshoot by nearly as much as they gain, and each time they come across the dip it
throws them back. They are counted apart, as restless. And the bound 2/L holds for either minimum
with its own L: no rate above that of the false minimum gets stuck in it.

References: Goodfellow, Bengio and Courville, Deep Learning, 2016, sections 4.3 and 8.3; Nesterov,
Introductory Lectures on Convex Optimization, 2004, section 2.1.5 (the bound 2/L).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import style
from vizdl.engines import descent, landscapes
from vizdl.engines.descent import DescentTrace
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

GROUND = landscapes.get("double_well")
TINY, SMALL, LARGE = 0.003, 0.05, 2.1  # the rates beside that of the settings
CHOSEN = 2  # the place of the settings' rate among the four
SWEEP = np.geomspace(0.001, 4.0, 400)
FAR = 1e4  # on either axis: a run that diverges is drawn no further out
NEAR = 0.01  # of a minimum: there a run may have settled
PATIENT = 500  # steps that the tiny rate is given in the end
LAST = 10  # steps that all must lie there, or outside of the map
EDGE = float(GROUND.domain[0, 1])
TRUE, FALSE = 0, 1  # the minima by their rows
_H = 1e-4
CURVATURES = (  # L at the lowest and at the false minimum, by central differences of the gradient
    (GROUND.gradient(GROUND.minima + _H) - GROUND.gradient(GROUND.minima - _H))[:, 0] / (2 * _H)
)
LIMITS = 2 / CURVATURES
# How a run ends: in the lowest minimum, in the false one, or
GOOD, STUCK, SLOW, RESTLESS, GONE = range(5)
COLOURS = (style.SERIES[2], style.SERIES[1], style.MUTED, style.SERIES[0], style.LOSS)  # of each

EQUATIONS = {
    "loss": GROUND.tex,
    "update": "w_(t+1) = w_t - eta thin (dif J) / (dif w) (w_t)",
    "quadratic": "J(w) approx L / 2 (w - w^*)^2",
    "factor": "w_(t+1) - w^* = (1 - eta L) (w_t - w^*)",
    "bound": "abs(1 - eta L) < 1 quad arrow.l.r.double quad 0 < eta < 2 / L",
}


class Settings(base.Settings):
    """What can be changed: the rate that is looked at, the start of all runs, their steps."""

    learning_rate: float = setting(
        0.6, "learning rate", low=0.001, high=4.0, step=0.01, scale="log"
    )
    start: float = setting(3.0, "start", low=-3.4, high=3.4, step=0.05)
    steps: int = setting(60, "steps", low=20, high=200)


@dataclass(frozen=True, eq=False)
class Verdict:
    """How each of N runs ends, one of GOOD, STUCK, SLOW, RESTLESS, GONE, and what led to it.

    `settled` is the number of steps after which a run stays within 0.01 of one minimum, -1 if it
    does not; `rises` counts steps that raised the loss, `crossings` those that passed over the
    lowest minimum.
    """

    outcome: Indices  # (N,)
    settled: Indices  # (N,)
    rises: Indices  # (N,)
    crossings: Indices  # (N,)


@dataclass(frozen=True)
class LearningRateTrace(Trace):
    """Four runs from one start, 400 more, and the ground on which they walk."""

    settings: Settings
    ground: Array  # (2, P): weights and their losses
    minima: Array  # (2, 1): the lowest and the false one
    slope: float  # dJ/dw at the start
    rates: Array  # (4,)
    runs: DescentTrace  # positions (T+1, 4, 1)
    verdict: Verdict
    sweep_rates: Array  # (400,)
    sweep: DescentTrace  # positions (T+1, 400, 1)
    sweep_verdict: Verdict
    patience: int  # steps until the tiny rate has settled, given far more of them; -1 if it hasn't


def run(settings: Settings) -> LearningRateTrace:
    """Let the four rates and the 400 descend, and judge how each run ends."""
    rates = four(settings.learning_rate)
    runs, sweep = (
        descent.descend(
            GROUND, np.array([settings.start]), learning_rate=chosen, steps=settings.steps
        )
        for chosen in (rates, SWEEP)
    )
    low, high = GROUND.domain[0]
    w = np.linspace(float(low), float(high), 281)
    return LearningRateTrace(
        settings=settings,
        ground=np.stack([w, GROUND.value(w[:, None])]),
        minima=GROUND.minima,
        slope=float(GROUND.gradient(np.array([settings.start]))[0]),
        rates=rates,
        runs=runs,
        verdict=judge(runs),
        sweep_rates=SWEEP,
        sweep=sweep,
        sweep_verdict=judge(sweep),
        patience=_patience(settings.start),
    )


def facts(trace: LearningRateTrace) -> Facts:
    """What the four runs and the 400 have shown."""
    v, rates = trace.verdict, trace.rates
    many, ends = trace.sweep_verdict, trace.runs.losses[-1]
    lengths = np.abs(trace.sweep.positions[1] - trace.sweep.positions[0])[:, 0]
    measured = lengths > 0
    slope = np.nan
    if measured.any():
        logs = np.log(trace.sweep_rates[measured]), np.log(lengths[measured])
        slope = float(np.polyfit(*logs, 1)[0])
    good = trace.sweep_rates[many.outcome == GOOD]
    gone = trace.sweep_rates[many.outcome == GONE]
    first = float(gone.min()) if len(gone) else np.inf
    below = trace.sweep_rates[trace.sweep_rates < first]
    stuck = trace.sweep_rates[many.outcome == STUCK]
    trapped = float(stuck.max()) if len(stuck) else np.nan
    free = trace.sweep_rates[trace.sweep_rates > trapped]
    bracket = len(below) > 0 and below.max() <= LIMITS[TRUE] <= first
    after = trace.sweep_rates >= first
    chosen = int(v.settled[CHOSEN])
    return Facts(
        Fact(
            "scale",
            "The first step grows with the rate, to the power",
            slope,
            "1: double the rate and the step is twice as long",
            abs(slope - 1) < 1e-6,
        ),
        Fact(
            "slow",
            f"A rate of {TINY:g} is slow: it settles only after",
            trace.patience,
            f"more than ten times as many as a rate of {SMALL:g} needs",
            v.outcome[0] == SLOW and trace.patience > 10 * v.settled[1] > 0,
            "steps",
        ),
        Fact(
            "stuck",
            f"A rate of {SMALL:g} gets stuck: its loss at the end",
            float(ends[1]),
            f"that of the false minimum, {number(float(GROUND.value(trace.minima[FALSE])))}",
            v.outcome[1] == STUCK,
        ),
        Fact(
            "good",
            f"A rate of {rates[CHOSEN]:.3g} settles in the lowest minimum",
            chosen,
            "after few steps, none of which raises the loss",
            v.outcome[CHOSEN] == GOOD and v.rises[CHOSEN] == 0,
            "steps" if chosen != 1 else "step",
        ),
        Fact(
            "overshoot",
            f"A rate of {LARGE:g} overshoots: steps across the minimum",
            int(v.crossings[3]),
            "every one; the loss rises, and the run diverges",
            v.outcome[3] == GONE and v.crossings[3] == _made(trace.runs)[3],
            f"of {_made(trace.runs)[3]}",
        ),
        Fact(
            "limit",
            "Of 400 rates, the first that diverges",
            first / LIMITS[TRUE],
            "the first that was tried above 2/L, and every one after it",
            bool(bracket and (many.outcome[after] == GONE).all()),
            "of 2/L",
        ),
        Fact(
            "trap",
            "Of 400 rates, the last that gets stuck",
            trapped / LIMITS[FALSE],
            "the last that was tried below 2/L, with L the curvature of the false minimum",
            len(free) > 0 and trapped <= LIMITS[FALSE] <= free.min(),
            "of 2/L",
        ),
        Fact(
            "range",
            "The largest good rate over the smallest",
            float(good.max() / good.min()) if len(good) else np.nan,
            "good ones lie between those that get stuck and those that diverge",
            len(good) > 0
            and bool((many.outcome[trace.sweep_rates < good.min()] != GOOD).all())
            and float(good.max()) < first,
        ),
    )


def four(rate: Any) -> Any:
    """The four rates (4,): tiny, small, the one that is looked at, large."""
    return anp.stack([TINY, SMALL, rate, LARGE])


def _made(runs: DescentTrace) -> Indices:
    """How many steps each run has made: fewer than asked for where it has left the limit."""
    made: Indices = np.isfinite(runs.positions[..., 0]).sum(axis=0) - 1
    return made


def _patience(start: float) -> int:
    runs = descent.descend(GROUND, np.array([[start]]), learning_rate=TINY, steps=PATIENT)
    return int(judge(runs).settled[0])


# The verdict, for Python and for the page


def unseen(count: int) -> dict[str, Array]:
    """What is known of `count` runs before their first step."""
    return {
        "calm": np.zeros((count, 2)),
        "away": np.zeros(count),
        "loss": np.full(count, np.inf),
        "w": np.zeros(count),
        "rises": np.zeros(count),
        "crossings": np.zeros(count),
    }


def look(known: Mapping[str, Any], w: Any, loss: Any) -> dict[str, Any]:
    """What is known of runs at w (N,) with a loss (N,): for how long each has been calm, or away.

    `calm` counts the steps since which it has been near either minimum (N, 2), `away` those since
    which it has been outside of the map.
    """
    near = anp.abs(w[:, None] - GROUND.minima[:, 0]) < NEAR
    across = known["w"] * w < 0  # the lowest minimum is at 0, to within a hundred millionth
    return {
        "calm": anp.where(near, known["calm"] + 1, 0.0),
        "away": anp.where(anp.abs(w) <= EDGE, 0.0, known["away"] + 1),
        "loss": loss,
        "w": w,
        "rises": known["rises"] + anp.where(loss > known["loss"] + 1e-12, 1.0, 0.0),
        "crossings": known["crossings"] + anp.where(across & anp.isfinite(w), 1.0, 0.0),
    }


def concluded(known: Mapping[str, Any], steps: Any) -> dict[str, Any]:
    """The numbers of a `Verdict` on runs of that many steps."""
    calm = known["calm"]
    there = calm >= LAST  # (N, 2)
    restless = anp.where(known["rises"] > 0, float(RESTLESS), float(SLOW))
    outcome = anp.where(known["away"] >= LAST, float(GONE), restless)
    outcome = anp.where(there[:, FALSE], float(STUCK), outcome)
    outcome = anp.where(there[:, TRUE], float(GOOD), outcome)
    longest = anp.max(calm, axis=1)
    settled = anp.where(longest >= LAST, steps + 1 - longest, -1.0)
    return {
        "outcome": outcome,
        "settled": settled,
        "rises": known["rises"],
        "crossings": known["crossings"],
    }


def judge(runs: DescentTrace) -> Verdict:
    """The verdict on runs of positions (T+1, N, 1)."""
    steps, count, _ = np.shape(runs.positions)
    known: Mapping[str, Any] = unseen(count)
    for w, loss in zip(runs.positions[..., 0], runs.losses, strict=True):
        known = look(known, w, loss)
    found = concluded(known, float(steps - 1))
    return Verdict(**{name: np.asarray(value, dtype=np.int64) for name, value in found.items()})


# Where it is drawn


def axes(steps: Any) -> dict[str, Any]:
    """The ends of the axis of steps, and of that on which the steps to settle stand."""
    return {
        "step": anp.stack([-0.02 * steps, 1.02 * steps]),
        "sweep": anp.stack([-0.08 * steps, 1.08 * steps]),
        "bounds": steps * np.array([-0.08, 1.08, np.nan, -0.08, 1.08]),
    }


def height(settled: Any, steps: Any) -> Any:
    """Where runs stand over their rates: at the steps until they settle, else at all there are."""
    return anp.where(settled >= 0, settled, steps)


def place(w: Any, loss: Any) -> tuple[Any, Any]:
    """Where runs stand on the ground, moved to where axes can still count."""
    return anp.clip(w, -FAR, FAR), anp.clip(loss, -FAR, FAR)
