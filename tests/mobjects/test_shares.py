"""Shares stand at their places, and fly into their sum."""

import numpy as np
import pytest

from vizdl.mobjects import Shares, SignedMatrix

PLACES = [(0, 0, 0), (1, 0.5, 0), (2, 0, 0)]
VALUES = np.arange(12.0).reshape(3, 2, 2)


def test_each_stands_at_its_place_and_is_empty():
    shares = Shares(2, PLACES, width=0.8, limit=1)
    assert [share.width for share in shares] == pytest.approx([0.8] * 3, abs=0.05)
    for share, place in zip(shares, PLACES, strict=True):
        np.testing.assert_allclose(share.get_center(), place, atol=1e-9)
        np.testing.assert_array_equal(share.values, np.zeros((2, 2)))


def test_the_sum_goes_through_what_is_there_after_each():
    shares, total = Shares(2, PLACES, width=0.8, limit=1), SignedMatrix(np.ones((2, 2)))
    flights, sum_up = shares.gather(total, np.cumsum(VALUES, axis=0))
    assert len(flights.animations) == 3
    for animation in (flights, sum_up):
        animation.begin()
    np.testing.assert_allclose(total.values, np.zeros((2, 2)))
    sum_up.interpolate(0.5)  # one and a half of them
    np.testing.assert_allclose(total.values, VALUES[0] + VALUES[1] / 2)
    sum_up.finish()
    np.testing.assert_allclose(total.values, VALUES.sum(axis=0))


def test_sums_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"sums must have shape \(3, 2, 2\), got \(2, 2, 2\)"):
        Shares(2, PLACES, width=0.8, limit=1).gather(SignedMatrix(np.eye(2)), VALUES[:2])
