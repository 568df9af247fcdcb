"""The scene of the perceptron holds its layout at the edges of what is allowed."""

import pytest
from vizdl.scenes.perceptron import Perceptron

from vizdl.experiments.perceptron import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"w1": 0.0, "w2": 0.0, "activation": "tanh"},  # no line splits the plane
        {"x1": -3.0, "x2": 3.0, "w1": -2.0, "w2": -2.0, "bias": -3.0, "activation": "relu"},
    ],
)
def test_the_layout_holds(changed):
    assert lint(Perceptron.with_settings(Settings(**changed))) == []
