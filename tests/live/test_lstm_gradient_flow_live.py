"""The page's three walks back have Python's numbers, for any forget bias and length."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.experiments.lstm_gradient_flow import Settings
from vizdl.figures import lstm_gradient_flow as figures
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    trace = experiment.run(Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@settings(max_examples=8)
@given(bias=st.floats(-1, 6), length=st.integers(10, 60), share=st.floats(0, 1))
@example(bias=-1.0, length=60, share=1.0)
@example(bias=6.0, length=10, share=0.0)
def test_numbers_and_words_are_pythons(recorded, bias, length, share):
    chosen = Settings(forget_bias=bias, length=length)
    step = round(share * (length - 1))
    found = recorded.values(chosen, step=step)
    numbers = figures._numbers(experiment.run(chosen))
    assert found["frames"] == length
    for name, expected in numbers.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-8, atol=1e-12, err_msg=name)
    places = {"step": step, "left": length - 1 - step}
    assert figures.SENTENCE.fill(found, **places) == figures.SENTENCE.fill(numbers, **places)
    for _, text in figures.TABLE:
        assert text.fill(found, **places) == text.fill(numbers, **places)
