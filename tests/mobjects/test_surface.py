"""A surface shows its heights from any side, and what lies on it turns with it."""

import numpy as np
import pytest
from manim import RIGHT, UP

from vizdl import style
from vizdl.experiments import surface as space
from vizdl.mobjects import LossSurface, SetValues, SurfacePath

AXIS = np.linspace(-1, 1, 9)
BOWL = AXIS**2 + AXIS[:, None] ** 2


def corners(part):
    return np.array([square.points[[0, 4, 8, 12]] for square in part.mesh])


def test_the_mesh_is_the_surface_projected():
    part = LossSurface(BOWL, azimuth=40, elevation=30, unit=2, cells=8)
    expected = space.strips(space.squares(space.solid(BOWL)), 40).reshape(-1, 4, 3)
    np.testing.assert_allclose(
        corners(part)[..., :2], 2 * space.project(expected, 40, 30), atol=1e-12
    )


def test_it_turns_in_place_as_if_it_had_been_made_so():
    part = LossSurface(BOWL, cells=8).shift(RIGHT + UP)
    part.set_values([200, 50, 0.5])
    fresh = LossSurface(BOWL, azimuth=200, elevation=50, rise=0.5, cells=8).shift(RIGHT + UP)
    np.testing.assert_allclose(corners(part), corners(fresh), atol=1e-9)
    for ours, theirs in zip(part.mesh, fresh.mesh, strict=True):
        assert ours.get_fill_color() == theirs.get_fill_color()


def test_it_ticks_through_what_lies_between():
    part = LossSurface(BOWL, azimuth=0, elevation=30, cells=8)
    animation = SetValues(part, [90, 30, 1], rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.5)
    np.testing.assert_allclose(part.values, [45, 30, 1])


def test_flat_it_lies_on_its_plane():
    part = LossSurface(BOWL, azimuth=0, elevation=90, rise=0, unit=3, cells=8)
    np.testing.assert_allclose(part.mesh.width, 6, atol=1e-9)
    np.testing.assert_allclose(part.mesh.height, 6, atol=1e-9)


def test_the_low_is_dark_and_the_high_is_bright():
    part = LossSurface(BOWL, cells=8)
    tall = space.strips(space.squares(space.solid(BOWL))[..., 2].mean(axis=-1), 30).ravel()
    bright = [style.luminance(square.get_fill_color().to_hex()) for square in part.mesh]
    assert np.corrcoef(tall, bright)[0, 1] > 0.9


def test_another_height_takes_its_place():
    part = LossSurface(BOWL, cells=8)
    part.set_height(BOWL[::-1] / 2)
    fresh = LossSurface(BOWL[::-1] / 2, cells=8, low=0, high=2)
    np.testing.assert_allclose(corners(part), corners(fresh), atol=1e-12)


def test_a_path_lies_on_the_surface_and_turns_with_it():
    part = LossSurface(BOWL, cells=8)
    x, y = np.array([1.0, 0.5, 0.0]), np.array([0.5, 0.25, 0.0])
    path = SurfacePath(part, x, y, x**2 + y**2, step=1)
    for view in ([30, 35, 1], [120, 60, 1], [120, 60, 0]):
        part.set_values(view)
        top = space.RISE * (0.25 + 0.0625) / 2 * view[2]
        np.testing.assert_allclose(path.ball.get_center(), part.place([0.5, 0.25, top]), atol=1e-9)
    path.set_step(0.5)
    np.testing.assert_allclose(
        path.line.points[-1], part.place(part.lift(0.75, 0.375, 0)), atol=1e-9
    )
    assert path.steps == 2


def test_refuses_what_is_no_surface():
    with pytest.raises(ValueError, match=r"height must have shape \(H, W\)"):
        LossSurface(AXIS)
