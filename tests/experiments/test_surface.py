"""A surface seen from any side: what is near hides what is far, and lengths stay what they are."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.experiments import surface

ANGLE = st.floats(0, 360)


def test_seen_from_above_it_is_a_map():
    points = np.array([[1.0, 2.0, 5.0], [-0.5, 0.25, 1.0]])
    np.testing.assert_allclose(surface.project(points, 0, 90), points[:, :2], atol=1e-12)


def test_seen_from_the_side_heights_are_heights():
    seen = surface.project(np.array([[0.3, 0.9, 0.7]]), 0, 0)
    np.testing.assert_allclose(seen, [[0.3, 0.7]])


@given(ANGLE, st.floats(0, 90), st.tuples(*[st.floats(-1, 1)] * 3))
def test_projection_shortens_and_never_stretches(azimuth, elevation, point):
    seen = surface.project(np.array(point), azimuth, elevation)
    assert np.linalg.norm(seen) <= np.linalg.norm(point) + 1e-12
    turned = surface.project(np.array(point), azimuth + 360, elevation)
    np.testing.assert_allclose(seen, turned, atol=1e-9)


@given(ANGLE)
def test_the_furthest_strips_come_first(azimuth):
    squares = surface.squares(surface.solid(np.zeros((7, 7))))
    strips = surface.strips(squares, azimuth)
    x, y = strips.mean(axis=2)[..., 0], strips.mean(axis=2)[..., 1]
    a = np.radians(azimuth)
    depth = (y * np.cos(a) - x * np.sin(a)).mean(axis=1)
    assert (np.diff(depth) <= 1e-12).all()
    assert sorted(map(tuple, squares.reshape(36, -1))) == sorted(map(tuple, strips.reshape(36, -1)))


def test_a_solid_has_its_heights():
    height = np.array([[0.0, 1.0], [2.0, 4.0]])
    tall = surface.solid(height)[..., 2]
    np.testing.assert_allclose(tall, height / 4 * surface.RISE)
    cut = surface.solid(height, 1.0, 2.0)[..., 2]
    np.testing.assert_allclose(cut, surface.RISE * np.array([[0, 0], [1, 1]]))
    assert not surface.solid(np.ones((3, 3)))[..., 2].any()


@pytest.mark.parametrize("height", [np.zeros((1, 5)), np.zeros(4)])
def test_refuses_what_is_no_surface(height):
    with pytest.raises(ValueError, match="height must have"):
        surface.solid(height)
