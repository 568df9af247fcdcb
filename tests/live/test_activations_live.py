"""What the page computes for the activations is what Python computes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import activations as experiment
from vizdl.experiments.activations_flow import flow
from vizdl.live.flow import record_flow

FIRST = experiment.Settings(steps=20)
SETTINGS = st.builds(
    experiment.Settings,
    activation=st.sampled_from(experiment.NAMES),
    learning_rate=st.floats(0.01, 0.3),
    steps=st.integers(10, 40),
    noise=st.floats(0, 0.3),
    seed=st.integers(0, 9),
)


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(experiment.run(FIRST)), FIRST)


@settings(max_examples=12, deadline=None)
@given(SETTINGS)
def test_the_page_trains_and_folds_as_python_does(recorded, assert_close, asked):
    trace = experiment.run(asked)
    values = recorded.values(asked, step=asked.steps)
    assert values["frames"] == asked.steps + 1
    assert_close(values["points.x"], trace.x)
    assert_close(values["train.w"], trace.learnt.parameters)
    assert_close(values["train.loss"], trace.learnt.losses)
    np.testing.assert_array_equal(values["train.right"], trace.learnt.right)
    assert_close(values["plane.z"], trace.fields[-1])
    assert_close(values["hidden.points"], trace.point_places[-1])
    assert_close(values["probe.place"][0], trace.marked_places[-1])
    np.testing.assert_allclose(values["hidden.mesh"], trace.mesh_places[-1], atol=1e-8)
    pieces = values["line.zero"].reshape(-1, 3, 2)
    assert np.isfinite(pieces[:, 0, 0]).sum() == len(trace.boundary) // 3


def test_the_training_is_the_same_in_javascript(node, recorded, assert_close):
    trace = experiment.run(FIRST)
    program = recorded.programs["train:tanh"]
    begin = experiment.start("tanh", FIRST.seed)
    run = node.run(program, 21, parameters=begin, x=trace.x, rate=FIRST.learning_rate)
    assert_close(run.outputs["w"], trace.learnt.parameters)
    assert_close(run.outputs["loss"], trace.learnt.losses)


def test_the_ring_stands_where_it_is_put(recorded):
    values = recorded.values(FIRST, probe_x=[-1.0], probe_y=[0.5])
    np.testing.assert_allclose(values["probe.at"], [[-1.0, 0.5]])
    output = experiment.output_of("tanh", values["train.w"][0], values["probe.at"])
    assert values["probe.output"] == pytest.approx(output[0], rel=1e-12)


def test_programs_stay_small(recorded):
    """Tables that six programs need are given to them, not written into each."""
    assert sum(len(program.js()) for program in recorded.programs.values()) < 300_000
