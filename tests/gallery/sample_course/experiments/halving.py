"""Halve a number again and again: the smallest experiment that a page can show."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting

EQUATIONS = {
    "step": "{{ x_(t+1) : next }} = r thin x_t, quad x_0 = 1",
    "sum": "sum_(t=0)^infinity r^t = 1 / (1 - r)",
}


class Settings(base.Settings):
    """What can be changed."""

    rate: float = setting(0.5, "rate <of decay>", low=0.1, high=0.9, step=0.1)
    steps: int = setting(24, "steps", low=1, high=100, unit="steps")
    slow: bool = setting(False, "slow")


@dataclass(frozen=True)
class HalvingTrace(Trace):
    """`values[t]` is what is left after t steps."""

    values: NDArray[np.float64]  # (steps+1,)


def run(settings: Settings) -> HalvingTrace:
    """Multiply by the rate at every step."""
    return HalvingTrace(settings, settings.rate ** np.arange(settings.steps + 1.0))


def facts(trace: HalvingTrace) -> Facts:
    """That it falls, and what it adds up to."""
    largest = float(np.max(np.diff(trace.values)))
    total = float(trace.values.sum())
    limit = 1 / (1 - trace.settings.rate)
    return Facts(
        Fact("falls", "every step lowers it", largest, "below 0", largest < 0),
        Fact("total", "it adds up to a <finite> sum", total, f"at most {limit:g}", total <= limit),
    )
