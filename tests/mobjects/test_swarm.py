"""A swarm's arrows end where its vectors say."""

import numpy as np
import pytest

from vizdl.mobjects import Advance, Swarm

CLOUDS = np.random.default_rng(0).normal(size=(3, 40, 2))
START = [1.0, -0.5]


def tips(swarm):
    """The first corner of every arrow's head."""
    points = np.concatenate([head.points.reshape(-1, 12, 3)[:, 0] for head in swarm.heads])
    return points[np.lexsort(points.T), :2]


def expected(vectors):
    ends = np.array(START) + vectors
    return ends[np.lexsort(np.column_stack([ends, np.zeros(len(ends))]).T)]


def test_every_arrow_ends_at_its_vector():
    np.testing.assert_allclose(tips(Swarm(START, CLOUDS)), expected(CLOUDS[0]), atol=1e-9)


def test_arrows_go_straight_from_cloud_to_cloud():
    swarm = Swarm(START, CLOUDS)
    animation = Advance(swarm, to=1.25)
    animation.begin()
    animation.finish()
    between = 0.75 * CLOUDS[1] + 0.25 * CLOUDS[2]
    np.testing.assert_allclose(tips(swarm), expected(between), atol=1e-9)


def test_points_instead_of_arrows():
    swarm = Swarm(START, CLOUDS[0], arrows=False)
    assert not any(len(shaft.points) for shaft in swarm.shafts)
    rings = np.concatenate([head.points.reshape(-1, 16, 3) for head in swarm.heads])
    centres = rings[:, ::4].mean(axis=1)  # four anchors round each point
    found = centres[np.lexsort(centres.T), :2]
    np.testing.assert_allclose(found, expected(CLOUDS[0]), atol=1e-9)


def test_an_arrow_of_no_length_is_not_seen():
    swarm = Swarm(START, np.zeros((5, 2)))
    assert not len(swarm.get_all_points())


def test_refuses_what_is_no_cloud():
    with pytest.raises(ValueError, match=r"clouds must have shape \(K, N, 2\)"):
        Swarm(START, np.zeros((4, 3)))
