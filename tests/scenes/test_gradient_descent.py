"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.gradient_descent import GradientDescent

from vizdl.experiments.gradient_descent import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"landscape": "saddle", "start_x": 0.5, "start_y": 0.5},  # flat: no direction, no step
        {"landscape": "beale", "learning_rate": 1.0, "steps": 1, "start_x": 0.0, "start_y": 0.0},
        {"landscape": "bowl", "learning_rate": 1.0},  # diverges
    ],
)
def test_the_layout_holds(changed):
    assert lint(GradientDescent.with_settings(Settings(**changed))) == []
