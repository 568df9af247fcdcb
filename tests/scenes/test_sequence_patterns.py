"""The scene keeps the layout rules for other inputs and other networks."""

import pytest
from vizdl.scenes.sequence_patterns import SequencePatterns

from vizdl.experiments.sequence_patterns import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed",
    [{"lectures": 12, "hours": 30, "size": "small", "colour": "yellow", "shape": "square"}],
)
def test_the_layout_holds(changed):
    assert lint(SequencePatterns.with_settings(Settings(**changed))) == []
