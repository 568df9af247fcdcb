"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.embedding import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize("changed", [{"size": 3, "word": "strokes"}, {"size": 8, "word": "Ann"}])
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("embedding").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
