"""An experiment that is no concept of the course: what stories inside a test tell."""

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from vizdl.experiments import base


@dataclass(frozen=True)
class OneTrace(base.Trace):
    """One number."""

    numbers: np.ndarray


@pytest.fixture(scope="session")
def plain_experiment():
    """An experiment as small as can be, for stories that are written inside a test."""
    return SimpleNamespace(
        Settings=base.Settings,
        run=lambda settings: OneTrace(settings, np.ones(1)),
        facts=lambda trace: base.Facts(
            base.Fact("one", "One is", float(trace.numbers[0]), "exactly 1", True)
        ),
    )
