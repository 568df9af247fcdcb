"""Back-propagation on a page: Python's numbers and words, whatever is set."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import backpropagation as experiment
from vizdl.experiments.backpropagation import Settings
from vizdl.experiments.backpropagation_flow import MOMENTS
from vizdl.figures import backpropagation as figures
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    return record_flow(figures.live(experiment.run(Settings())).flow, Settings())


@settings(max_examples=15, deadline=None)
@given(
    st.builds(
        Settings,
        w1=st.floats(-2, 2),
        w2=st.floats(-2, 2),
        target=st.floats(-1, 1),
        nudged=st.sampled_from(["w1", "w2"]),
        nudge=st.floats(1e-5, 1),
        learning_rate=st.floats(0.01, 1),
    ),
    st.integers(0, MOMENTS - 1),
)
def test_numbers_and_words_are_pythons(recorded, chosen, step):
    trace = experiment.run(chosen)
    values = dict(recorded.values(chosen, step=step))
    expected = figures._moment(figures._numbers(trace), step)
    for name, number in expected.items():
        np.testing.assert_allclose(
            np.asarray(values[name], dtype=float), np.asarray(number, dtype=float),
            rtol=1e-9, atol=1e-9, err_msg=name,
        )  # fmt: skip
    np.testing.assert_allclose(values["chain.values"], trace.values, rtol=1e-12)
    np.testing.assert_allclose(values["shift.after"], trace.shifted, rtol=1e-12)
    row = 0 if chosen.nudged == "w1" else 1
    np.testing.assert_allclose(values["try.ratios"], trace.ratios[row], rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(values["try.curve"], trace.curves[row], rtol=1e-12, atol=1e-14)
    assert values["frames"] == MOMENTS
    assert figures.SENTENCE.fill(values) == figures.SENTENCE.fill(expected)
    for k in range(4):
        assert figures.STORY.fill(values, i=k) == figures.STORY.fill(expected, i=k)
