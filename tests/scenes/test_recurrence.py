"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.recurrence import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"length": 16, "hidden_size": 6},  # the longest row
        {"length": 4, "hidden_size": 2, "training_steps": 0, "loop": False},
    ],
)
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("recurrence").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
