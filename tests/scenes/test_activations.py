"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.activations import Activations

from vizdl.experiments.activations import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"activation": "identity", "steps": 10, "learning_rate": 0.01, "noise": 0.3},
        {"activation": "relu", "learning_rate": 1.0, "steps": 300, "noise": 0.0},
    ],
)
def test_the_layout_holds(changed):
    assert lint(Activations.with_settings(Settings(**changed))) == []
