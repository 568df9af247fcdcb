"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.loss_landscape import LossLandscape

from vizdl.experiments.loss_landscape import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed", [{"surface": "trained network", "x": 1.0, "y": 0.0}, {"x": 0.5, "y": 0.5}]
)
def test_the_layout_holds(changed):
    assert lint(LossLandscape.with_settings(Settings(**changed))) == []
