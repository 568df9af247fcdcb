"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.adaptive_rates import AdaptiveRates

from vizdl.experiments.adaptive_rates import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [
        {"landscape": "beale", "scale": 10.0, "start_x": 0.0, "start_y": 1.0, "watched": "adagrad"},
        {"landscape": "tilted_ravine", "watched": "sgd", "scale": 0.1},
    ],
)
def test_the_layout_holds(changed):
    assert lint(AdaptiveRates.with_settings(Settings(**changed))) == []
