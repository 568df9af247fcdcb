"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.linear_collapse import LinearCollapse

from vizdl.experiments.linear_collapse import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"depth": 1, "width": 2, "learning_rate": 0.002},  # nothing to multiply, hardly trained
        {"activation": "relu", "depth": 5, "width": 64, "learning_rate": 0.2},
    ],
)
def test_the_layout_holds(changed):
    assert lint(LinearCollapse.with_settings(Settings(**changed))) == []
