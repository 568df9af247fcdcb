"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.attention import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"items": 10, "query": 10, "key_size": 5, "temperature": 10},
        {"items": 4, "query": 1, "key_size": 2, "temperature": 0.1, "training_steps": 50},
    ],
)
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("attention").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
