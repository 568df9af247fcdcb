"""The scene tells a true story in good order for settings at the edges of what is allowed."""

import pytest
from vizdl.scenes.dropout import Dropout

from vizdl.experiments.dropout import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize("changed", [{"drop": 0, "seed": 4}, {"drop": 60, "seed": 3}])
def test_the_layout_holds(changed):
    assert lint(Dropout.with_settings(Settings(**changed))) == []
