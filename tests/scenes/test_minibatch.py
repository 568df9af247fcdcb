"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.minibatch import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"batch_size": 256, "passes": 2},  # two of the walkers never arrive
        {"learning_rate": 1.0, "noise": 2.0},  # one of them diverges
        {"noise": 0.0, "batch_size": 8},  # nobody wanders
    ],
)
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("minibatch").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
