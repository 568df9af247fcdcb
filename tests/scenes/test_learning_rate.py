"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.learning_rate import LearningRate

from vizdl.experiments.learning_rate import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"learning_rate": 4.0, "start": -3.4, "steps": 20},  # thrown out by the first step
        {"learning_rate": 1.85, "start": 0.0, "steps": 200},  # nearly flat: no step at all
    ],
)
def test_the_layout_holds(changed):
    assert lint(LearningRate.with_settings(Settings(**changed))) == []
