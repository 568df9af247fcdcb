"""Walks on a landscape: what a page computes is what `descend` gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import descent, landscapes
from vizdl.experiments import walks

BOX = np.array([[-2.0, 2.0], [-1.0, 3.0]])


@given(st.floats(-0.9, 0.9), st.floats(0.001, 0.3))
def test_a_step_is_that_of_descend(x, rate):
    landscape = landscapes.get("bowl")
    walk = descent.descend(landscape, [x, 0.5], learning_rate=rate, steps=5)
    step, state = walks.walk(landscape), {"point": np.array([x, 0.5]), "count": 0.0}
    state |= {"low": np.inf, "high": -np.inf}
    for t in range(6):
        state, shown = step(**state, rate=rate, domain=landscape.domain)
        np.testing.assert_allclose(shown["w"], walk.positions[t], rtol=1e-14)
        assert shown["loss"] == pytest.approx(walk.losses[t], rel=1e-14)
        assert shown["lowest"] == pytest.approx(walk.losses[: t + 1].min())
        assert not shown["diverged"]


def test_a_place_far_away_is_moved_to_where_axes_can_count():
    far = walks.within(np.array([1e300, -1e300]), BOX)
    assert far.tolist() == [2 + 20 * 4, -1 - 20 * 4]
    assert walks.within(np.array([0.3, 0.4]), BOX).tolist() == [0.3, 0.4]


def test_an_arrow_ends_at_its_goal_and_vanishes_with_its_length():
    outline = walks.arrow(np.array([0.0, 0.0]), np.array([1.0, 0.0]), BOX)
    assert outline[:, 3].tolist() == [1.0, 0.0]
    assert np.ptp(walks.arrow(np.zeros(2), np.zeros(2), BOX)) == 0


@given(st.floats(1e-9, 1e3), st.floats(1, 1e6))
def test_an_axis_holds_its_losses(low, times):
    for log in (0.0, 1.0):
        bottom, top = walks.loss_axis(low, low * times, low * times, log)
        assert bottom < top
        ends = np.log10([low, low * times]) if log else np.array([low, low * times])
        assert top >= ends[1]
        assert bottom <= ends[0] or (log and ends[1] - ends[0] > 7)
