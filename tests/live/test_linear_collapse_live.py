"""What the page computes for the linear collapse is what Python computes, for every size."""

import numpy as np
import pytest

from vizdl.experiments import linear_collapse as experiment
from vizdl.experiments.linear_collapse import STEPS, Settings
from vizdl.experiments.linear_collapse_flow import WIDEST, flow
from vizdl.live.flow import record_flow

FIRST = Settings()


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(experiment.run(FIRST)), FIRST)


@pytest.mark.parametrize(
    "asked",
    [
        Settings(depth=5, width=WIDEST, seed=4),
        Settings(activation="relu", depth=3, width=5, seed=3),
        Settings(activation="relu", depth=1, learning_rate=0.1),
        Settings(depth=2, width=2, learning_rate=0.05),
    ],
    ids=str,
)
def test_one_program_trains_every_size(recorded, assert_close, asked):
    trace = experiment.run(asked)
    values = recorded.values(asked, step=STEPS)
    assert values["frames"] == STEPS + 1
    assert_close(values["train.loss"], trace.losses)
    np.testing.assert_array_equal(values["train.right"], trace.right)
    assert_close(values["plane.z"], trace.fields[-1])
    assert_close([*values["product.a"], values["product.c"]], trace.lines[-1])
    count = sum(w.size + len(w) for w in trace.weights)
    assert values["mask.parameters"] == count
    shown = values["product.matrices"]
    last = trace.weights[-1]  # it stands at the left, its row on top
    assert_close(shown[-1, : last.shape[1]], last[0])
    assert np.isfinite(shown).sum() == sum(w.size for w in trace.weights)


def test_the_training_is_the_same_in_javascript(node, recorded, assert_close):
    trace = experiment.run(FIRST)
    values = recorded.values(FIRST)
    run = node.run(
        recorded.programs["train"],
        STEPS + 1,
        w=values["begin.w"],
        own=values["mask.own"],
        biased=values["mask.biased"],
        bent=values["mask.bends"],
        rate=FIRST.learning_rate,
    )
    assert_close(run.outputs["loss"], trace.losses)
    np.testing.assert_array_equal(run.outputs["right"], trace.right)
