"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.regularization import Regularization

from vizdl.experiments.regularization import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"degree": 0, "strength": 10.0, "noise": 0.0, "seed": 19},  # nothing to hold back
        {"noise": 1.0, "seed": 12},
    ],
)
def test_the_layout_holds(changed):
    assert lint(Regularization.with_settings(Settings(**changed))) == []
