"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.feature_hierarchy import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
def test_other_settings_are_laid_out_as_well():
    scene = catalog.load(catalog.get("feature_hierarchy").scene)
    changed = Settings(digit="blank", labels=20, seed=1)  # no ink, and other digits as clouds
    assert lint(scene.with_settings(changed)) == []
