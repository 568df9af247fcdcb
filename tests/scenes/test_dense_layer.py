"""The scene of the dense layer holds its layout at the edges of what is allowed."""

import pytest
from vizdl.scenes.dense_layer import DenseLayer

from vizdl.experiments.dense_layer import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [{"example": 4, "activation": "relu", "seed": 0}, {"example": 12, "activation": "sigmoid"}],
)
def test_the_layout_holds(changed):
    assert lint(DenseLayer.with_settings(Settings(**changed))) == []
