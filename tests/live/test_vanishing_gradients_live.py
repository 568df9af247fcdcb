"""The page's walk back has Python's numbers, for any radius, activation, length and clipping."""

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vizdl.experiments import vanishing_gradients as experiment
from vizdl.experiments.vanishing_gradients import Settings
from vizdl.experiments.vanishing_gradients_flow import flow
from vizdl.figures import vanishing_gradients as figures
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    trace = experiment.run(Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@settings(max_examples=12)
@given(
    radius=st.floats(0.5, 1.5),
    activation=st.sampled_from(["tanh", "linear"]),
    length=st.integers(10, 60),
    clip=st.floats(0.01, 100),
    share=st.floats(0, 1),
)
@example(radius=1.5, activation="linear", length=60, clip=0.01, share=1.0)
@example(radius=0.5, activation="tanh", length=10, clip=100.0, share=0.0)
def test_numbers_and_words_are_pythons(recorded, radius, activation, length, clip, share):
    chosen = Settings(radius=radius, activation=activation, length=length, clip=clip)
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


def test_it_flows_from_the_experiment_alone():
    trace = experiment.run(Settings(hidden_size=5, seed=3))
    found = record_flow(flow(trace), trace.settings).values(trace.settings)
    np.testing.assert_allclose(found["back.norm"][::-1], trace.norms, rtol=1e-10)
