"""A walker stands where its walk is, and draws no more than its trail."""

import numpy as np
import pytest

from vizdl import style
from vizdl.mobjects import PlotArea, Walker

WALK = np.cumsum(np.random.default_rng(0).normal(scale=0.02, size=(5001, 2)), axis=0)


@pytest.fixture
def area():
    return PlotArea((-10, 10), (-10, 10))


def drawn(walker):
    """The ends of all drawn segments, oldest first."""
    points = [line.points.reshape(-1, 4, 3)[:, -1] for line in walker.shades if len(line.points)]
    return np.concatenate(points) if points else np.zeros((0, 3))


@pytest.mark.parametrize("step", [0, 7, 40, 5000])
def test_ball_and_trail(area, step):
    walker = Walker(area, WALK, trail=30, step=step)
    np.testing.assert_allclose(walker.ball.get_center(), area.place(*WALK[step]), atol=1e-9)
    trail = drawn(walker)
    assert len(trail) <= 31
    expected = WALK[max(0, step - 30) + 1 : step + 1]
    np.testing.assert_allclose(trail[: len(expected)], area.place(*expected.T), atol=1e-9)


def test_older_is_fainter(area):
    walker = Walker(area, WALK, step=500)
    opacity = [line.get_stroke_opacity() for line in walker.shades]
    assert opacity == sorted(opacity)
    assert opacity[0] < opacity[-1]


def test_between_two_steps_the_ball_is_on_its_way(area):
    walker = Walker(area, WALK).set_step(10.25)
    between = 0.75 * WALK[10] + 0.25 * WALK[11]
    np.testing.assert_allclose(walker.ball.get_center(), area.place(*between), atol=1e-9)


def test_a_walk_that_has_left_is_not_seen(area):
    gone = WALK[:20].copy()
    gone[10:] = np.nan
    walker = Walker(area, gone, color=style.SERIES[1].dark, step=5)
    assert walker.ball.get_fill_opacity() == 1
    walker.set_step(15)
    assert walker.ball.get_fill_opacity() == 0
    assert np.isfinite(walker.get_all_points()).all()
