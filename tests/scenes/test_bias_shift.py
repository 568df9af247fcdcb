"""The scene of the bias holds its layout at the edges of what is allowed."""

import pytest
from vizdl.scenes.bias_shift import BiasShift

from vizdl.experiments.bias_shift import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"activation": "relu", "weight": -4.0, "bias": 6.0},
        {"activation": "tanh", "weight": 0.0, "bias": -6.0},
    ],
)
def test_the_layout_holds(changed):
    assert lint(BiasShift.with_settings(Settings(**changed))) == []
