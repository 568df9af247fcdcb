"""The still draws both tests, and the same words in two orders."""

import numpy as np
import pytest

from vizdl.experiments import sequence_criteria as experiment
from vizdl.stills import sequence_criteria as stills


@pytest.mark.parametrize(("example", "rows"), [("good_not_bad", 2), ("long_ago", 1)])
def test_it_shows_the_measured_shares_and_verdicts(example, rows):
    trace = experiment.run(experiment.Settings(example=example))
    orders, by_length, by_distance = stills.draw(trace, "dark").axes
    for ax, shares in ((by_length, trace.by_length), (by_distance, trace.by_distance)):
        for line, share in zip(ax.lines, shares, strict=False):
            np.testing.assert_allclose(line.get_ydata(), 100 * share)
    texts = [text.get_text() for text in orders.texts]
    assert sum(text.startswith("“") for text in texts) == rows
    for value in trace.said:
        assert f"{experiment.number(100 * float(value))}%" in texts
