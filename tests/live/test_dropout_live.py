"""What the page computes for dropout is what Python computes."""

import numpy as np
import pytest

from vizdl.experiments import dropout as experiment
from vizdl.experiments.dropout import DRAWN, UNITS, Settings
from vizdl.experiments.dropout_flow import GONE, OUT, THERE, flow
from vizdl.live.flow import record_flow

FIRST = Settings()


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(experiment.run(FIRST)), FIRST)


@pytest.mark.parametrize(
    "asked", [FIRST, Settings(drop=0, seed=1), Settings(drop=60, seed=3)], ids=str
)
def test_every_mask_and_its_plane(recorded, assert_close, asked):
    trace = experiment.run(asked)
    for step in (0, 1, DRAWN):
        values = recorded.values(asked, step=step)
        assert values["frames"] == DRAWN + 1
        np.testing.assert_array_equal(values["here.mask"], trace.masks[step])
        assert_close(values["plane.z"], trace.fields[step])
        assert values["new.right"] == pytest.approx(trace.thin_rights[step], abs=1e-9)
    np.testing.assert_array_equal(values["lost"], trace.lost[trace.chosen])
    assert_close(values["curves.new"], trace.test_losses)
    assert_close(values["curves.train"], trace.train_losses)


def test_a_unit_that_is_taken_away_costs_what_was_measured(recorded):
    asked = Settings(drop=0)
    trace = experiment.run(asked)
    unit = int(trace.lost[0].argmax())
    keep = np.ones(UNITS)
    keep[unit] = 0
    values = recorded.values(asked, keep=keep)
    assert trace.rights[0] - values["new.right"] == pytest.approx(trace.lost[0, unit], abs=1e-9)
    assert values["here.state"][unit] == GONE
    assert values["here.there"] == UNITS - 1
    thinned = recorded.values(FIRST, step=1, keep=keep)
    states = set(thinned["here.state"])
    assert states == {GONE, OUT, THERE}


def test_the_output_is_the_same_in_javascript(node, recorded, assert_close):
    trace = experiment.run(FIRST)
    given = {"parameters": trace.parameters[trace.chosen], "mask": trace.masks[3], "p": 0.4}
    found = node.run(recorded.programs["plane"], **given).outputs["z"][0]
    assert_close(found, trace.fields[3])
