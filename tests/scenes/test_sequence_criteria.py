"""The scene keeps the layout rules at the edges of its settings."""

import pytest
from vizdl.scenes.sequence_criteria import SequenceCriteria

from vizdl.experiments.sequence_criteria import Settings
from vizdl.render.lint import lint


@pytest.mark.slow
@pytest.mark.parametrize(
    "changed", [{"window": 15, "hidden_size": 24}, {"window": 3, "hidden_size": 4}]
)
def test_the_layout_holds(changed):
    assert lint(SequenceCriteria.with_settings(Settings(**changed))) == []
