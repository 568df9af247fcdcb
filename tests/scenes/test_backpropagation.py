"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.backpropagation import Backpropagation

from vizdl.experiments.backpropagation import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"w1": -2, "w2": 2, "target": -1, "learning_rate": 1},
        {"w1": 0, "w2": 0, "target": 0},  # nothing has a say
    ],
)
def test_the_layout_holds(changed):
    assert lint(Backpropagation.with_settings(Settings(**changed))) == []
