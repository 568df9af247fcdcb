"""The scene keeps the layout rules when a lecturer changes its settings."""

import pytest

from vizdl import catalog
from vizdl.experiments.lstm_gradient_flow import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"forget_bias": -1.0, "length": 60, "hidden_size": 24},  # the gates are shut
        {"forget_bias": 6.0, "length": 12, "hidden_size": 4},  # wide open, over few steps
    ],
)
def test_other_settings_are_laid_out_as_well(changed):
    scene = catalog.load(catalog.get("lstm_gradient_flow").scene)
    assert lint(scene.with_settings(Settings(**changed))) == []
