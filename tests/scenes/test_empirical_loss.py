"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.empirical_loss import EmpiricalLoss

from vizdl.experiments.empirical_loss import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"loss": "squared error", "seed": 3, "per_hour": -0.5, "bias": -10},  # all is lost
        {"per_lecture": 1.5, "per_hour": 0.5, "bias": 5, "steps": 100},
    ],
)
def test_the_layout_holds(changed):
    assert lint(EmpiricalLoss.with_settings(Settings(**changed))) == []
