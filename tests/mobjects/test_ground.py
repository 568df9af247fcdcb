"""The ground, points of several kinds, counters and assignments show the numbers they are given."""

import math

import numpy as np
import pytest

from vizdl.mobjects import Advance, Assignment, Counter, Ground, PlotArea, Scatter

AREA = PlotArea((0, 10), (0, 10), width=5, height=5, x_ticks=[], y_ticks=[])
W = np.linspace(-2, 2, 41)


def play(animation, share=1.0):
    animation.begin()
    animation.interpolate(share)


def test_the_ground_is_the_loss():
    ground = Ground(W, W**2, width=4, height=3)
    ends = np.concatenate([ground.line.points[::4], ground.line.points[-1:]])
    np.testing.assert_allclose(ends, ground.place(W, W**2), atol=1e-9)
    assert ground.area.frame.width == 4


def test_a_ball_steps_from_place_to_place_on_it():
    ground = Ground(W, W**2)
    walk = ground.walk([1.0, -0.5, 9.0], [1.0, 0.25, 81.0])
    play(Advance(walk, to=1))
    np.testing.assert_allclose(walk.ball.get_center(), ground.place(-0.5, 0.25), atol=1e-9)
    play(Advance(walk, to=2))
    assert walk.ball.get_fill_opacity() == 0  # it has left


def test_a_ground_of_two_lengths_is_refused():
    with pytest.raises(ValueError, match=r"w and loss must be of one length \(P,\)"):
        Ground([0, 1], [0, 1, 2])


def test_points_appear_in_their_order_and_colour():
    x, kinds = np.arange(1.0, 9.0), [0, 1, 0, 1, 0, 1, 0, 1]
    points = Scatter(AREA, x, x, kinds, ["#ff0000", "#00ff00"])
    play(Advance(points, to=5))
    first, second = (dots.points.reshape(-1, 16, 3).mean(axis=1) for dots in points.kinds)
    np.testing.assert_allclose(first, AREA.place([1, 3, 5], [1, 3, 5]), atol=0.01)
    np.testing.assert_allclose(second, AREA.place([2, 4], [2, 4]), atol=0.01)


def test_points_outside_are_left_out_and_unknown_kinds_refused():
    points = Scatter(AREA, [5.0, 50.0], [5.0, 5.0], step=2)
    assert len(points.kinds[0].points) == 16
    with pytest.raises(ValueError, match="kinds must be from 0 to 0, got 1"):
        Scatter(AREA, [1.0, 2.0], [1.0, 2.0], [0, 1])
    with pytest.raises(ValueError, match="must be of one length"):
        Scatter(AREA, [1.0, 2.0], [1.0])


def test_a_counter_counts_whole_steps():
    counter = Counter("step")
    left = counter.number.get_left()[0]
    counter.set_step(12.7)
    assert counter.number.value == 12
    assert counter.number.get_left()[0] == pytest.approx(left, abs=0.05)


def test_an_assignment_ticks_from_the_old_to_the_new():
    row = Assignment("w", "3 − 0.6 · 3.05", 3, 1.17).arrange_at(0, 4, 1)
    assert row.symbol.get_left()[0] == pytest.approx(0)
    tick = row.tick()
    play(tick, 0.0)
    assert row.number.value == 3
    play(tick)
    assert row.number.value == pytest.approx(1.17)
    gone = Assignment("w", "", 1, math.inf)
    play(gone.tick())
    assert gone.number.text == "∞"
