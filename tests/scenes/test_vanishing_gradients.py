"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.vanishing_gradients import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"radius": 1.5, "activation": "linear", "length": 60},  # it explodes
        {"radius": 0.5, "length": 10, "hidden_size": 4},  # a row of ten states
    ],
)
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("vanishing_gradients").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
