"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.weight_sharing import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize("changed", [(24, 8), (2, 2)])
def test_other_settings_are_laid_out_as_well(changed):
    length, hidden = changed
    scene = catalog.load(catalog.get("weight_sharing").scene)
    assert lint(scene.with_settings(Settings(length=length, hidden_size=hidden))) == []
