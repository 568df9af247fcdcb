"""Contour maps, paths, curves, arrows and fans draw the numbers that they are given."""

import numpy as np
import pytest

from vizdl import style
from vizdl.engines import landscapes
from vizdl.experiments.common import sample
from vizdl.mobjects import (
    Advance,
    ContourMap,
    Curve,
    DescentPath,
    DirectionFan,
    LossCurve,
    PlotArea,
    Swing,
    VectorArrow,
    loss_area,
)

AREA = PlotArea((0, 10), (0, 10), width=5, height=5, x_ticks=[], y_ticks=[])
WAY = np.array([[1.0, 1.0], [2.0, 4.0], [6.0, 4.0], [9.0, 9.0]])


def play(animation, share=1.0):
    animation.begin()
    animation.interpolate(share)


@pytest.fixture(scope="module")
def ground():
    return ContourMap(sample(landscapes.get("himmelblau"), points=81), width=4, height=4)


def weights_at(ground, points):
    """The weights at points of the frame: the inverse of `place`."""
    corner = ground.place(np.array([ground.surface.x[0], ground.surface.y[0]]))
    low = np.array([ground.surface.x[0], ground.surface.y[0]])
    return low + (points - corner)[:, :2] / ground.unit


def test_contours_are_as_high_as_their_level(ground):
    landscape = landscapes.get("himmelblau")
    assert len(ground.lines) == len(ground.surface.levels)
    for line, level in zip(ground.lines, ground.surface.levels, strict=True):
        at = weights_at(ground, line.points[::4])
        slope = np.linalg.norm(landscape.gradient(at), axis=-1)
        spacing = ground.surface.x[1] - ground.surface.x[0]
        assert (np.abs(landscape.value(at) - level) < 0.15 * spacing * slope + 2).all()


def test_bands_rise_from_dark_to_bright(ground):
    shades = [style.luminance(str(band.get_fill_color().to_hex())) for band in ground.bands]
    assert len(shades) == len(ground.surface.levels) + 1
    assert (np.diff(shades) > 0).all()


def test_a_map_keeps_the_units_of_both_axes_equal():
    wide = ContourMap(sample(landscapes.get("ravine"), points=21), width=4, height=4)
    assert wide.area.frame.width == pytest.approx(4)
    assert wide.area.frame.height == pytest.approx(2)


def test_a_path_grows_step_by_step():
    path = DescentPath(AREA, WAY)
    assert path.steps == 3
    play(Advance(path, to=3), 0.5)
    assert path.step == 1.5
    np.testing.assert_allclose(path.ball.get_center(), AREA.place(4, 4), atol=1e-9)
    np.testing.assert_allclose(path.line.points[-1], AREA.place(4, 4), atol=1e-9)
    assert len(path.dots.points) == 2 * 16  # at steps 0 and 1


def test_advance_begins_where_the_part_stands_then():
    path = DescentPath(AREA, WAY)
    animation = Advance(path, to=3)
    path.set_step(2)
    play(animation, 0.5)
    assert path.step == 2.5


def test_a_run_that_leaves_is_seen_to_leave():
    path = DescentPath(AREA, [[5, 5], [5, 25], [np.nan, np.nan]], step=2)
    assert path.line.points[-1][1] == pytest.approx(AREA.frame.get_top()[1])
    assert path.ball.get_fill_opacity() == 0
    path.set_step(0)
    assert path.ball.get_fill_opacity() == 1


def test_the_arrow_at_the_ball_points_downhill():
    gradients = np.array([[0.0, -2.0], [1.0, 0.0], [0.0, 0.0], [np.nan, np.nan]])
    path = DescentPath(AREA, WAY, gradients=gradients)
    np.testing.assert_allclose(path.arrow.vector, [0, 1.1, 0])
    path.set_step(1.5)
    assert path.arrow.vector[0] < 0 == path.arrow.vector[1]
    path.set_step(2)  # no slope, no arrow
    assert not path.arrow.vector.any()


def test_positions_of_another_shape_are_refused():
    with pytest.raises(ValueError, match=r"positions must have shape \(T\+1, 2\), got \(3,\)"):
        DescentPath(AREA, [1, 2, 3])


def test_a_curves_tip_is_its_value():
    curve = Curve(PlotArea((0, 3), (0, 10)), [8.0, 4.0, 2.0, 1.0])
    curve.set_step(1)
    assert curve.tip.text == "4"
    curve.set_step(1.5)
    assert (curve.tip.text, curve.at(1.5)) == ("3", (1.5, 3.0))
    np.testing.assert_allclose(curve.line.points[-1], curve.area.place(1.5, 3), atol=1e-9)


def test_between_steps_a_curve_is_straight_on_logarithmic_paper():
    curve = Curve(PlotArea((0, 2), (0.01, 100), log_y=True), [100.0, 1.0, 1e-9])
    assert curve.at(0.5)[1] == pytest.approx(10)
    curve.set_step(2)
    assert curve.dot.get_fill_opacity() == 0  # below the axis
    assert curve.line.points[-1][1] == pytest.approx(curve.area.frame.get_bottom()[1])


def test_numbers_that_are_missing_are_not_drawn():
    curve = Curve(PlotArea((0, 3), (0, 10)), [1.0, np.nan, 2.0, 3.0], step=3)
    assert np.isfinite(curve.line.points).all()
    curve.set_step(0.5)
    assert curve.dot.get_fill_opacity() == 0


def test_names_of_curves_that_meet_are_moved_apart():
    same = np.linspace(5, 1, 11)
    loss = LossCurve([same, same * 1.001, same], names=["one", "two", "three"], step=10)
    heights = sorted(curve.tip.get_center()[1] for curve in loss.curves)
    assert (np.diff(heights) > 0.3).all()


def test_all_curves_advance_together():
    loss = LossCurve([[4.0, 2.0, 1.0], [3.0, 3.0, 3.0]])
    play(Advance(loss, to=2))
    assert [curve.step for curve in loss.curves] == [2, 2]
    with pytest.raises(ValueError, match="at least one curve, got none"):
        LossCurve([])


def test_axes_are_chosen_for_the_losses():
    assert loss_area(np.geomspace(100, 1e-3, 30)).y_span.log
    assert not loss_area(np.linspace(1, -1, 30)).y_span.log
    assert loss_area([1.0, 2.0], x_max=40).x_span.high == 40


def test_an_arrow_ends_where_its_vector_does():
    arrow = VectorArrow([1, 2], [3, -1])
    np.testing.assert_allclose(arrow.head.points[0], [4, 1, 0])
    np.testing.assert_allclose(arrow.end, [4, 1, 0])
    arrow.place(vector=[0, 0])
    assert not len(arrow.get_all_points())


def test_an_arrow_swings_by_its_angle_and_keeps_its_start():
    arrow = VectorArrow([1, 2], [2, 0])
    animation = Swing(arrow, to=[0, 1], rate_func=lambda share: share)
    play(animation, 0.5)
    angle, length = np.arctan2(*arrow.vector[1::-1]), np.linalg.norm(arrow.vector)
    assert (np.degrees(angle), length) == (pytest.approx(45), pytest.approx(1.5))
    play(animation)
    np.testing.assert_allclose(arrow.vector, [0, 1, 0], atol=1e-9)
    np.testing.assert_allclose(arrow.start, [1, 2, 0])


@pytest.mark.parametrize(("first", "last"), [([0, 0], [0, 2]), ([2, 0], [0, 0])])
def test_an_arrow_swings_from_and_to_nothing(first, last):
    arrow = VectorArrow([0, 0], first)
    play(Swing(arrow, to=last))
    np.testing.assert_allclose(arrow.vector[:2], last, atol=1e-9)


def test_a_fans_rays_are_as_long_as_their_slopes():
    angles = np.arange(8) * np.pi / 4
    slopes = np.cos(angles)
    fan = DirectionFan([0, 0], angles, slopes, radius=2, inner=0.2, step=8)
    ends = np.concatenate([line.points[3::4] for line in fan.submobjects if len(line.points)])
    reach = np.sort(np.linalg.norm(ends, axis=1))
    np.testing.assert_allclose(reach, np.sort(0.2 + 1.8 * np.abs(slopes)), atol=1e-9)
    colours = {str(line.get_stroke_color()).lower() for line in fan.submobjects if len(line.points)}
    assert {style.POSITIVE.dark, style.NEGATIVE.dark} <= colours


def test_a_fan_opens_ray_by_ray_behind_its_needle():
    angles = np.arange(8) * np.pi / 4
    fan = DirectionFan([0, 0], angles, np.ones(8), radius=1)
    play(Advance(fan, to=8), 0.5)
    rays = sum(len(line.points) for line in fan.submobjects if line is not fan.needle) / 4
    assert rays == 4
    np.testing.assert_allclose(fan.needle.points[-1], [-1, 0, 0], atol=1e-9)
    with pytest.raises(ValueError, match="of one length"):
        DirectionFan([0, 0], angles, np.ones(3))


def test_flat_ground_has_a_fan_without_rays():
    fan = DirectionFan([0, 0], [0, 1, 2], [0.0, 0.0, 0.0], inner=0.2, step=3)
    points = fan.get_all_points()
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 0.2)


def test_without_its_dots_a_path_is_a_line_and_a_ball():
    path = DescentPath(AREA, WAY, dots=False, step=3)
    np.testing.assert_allclose(path.line.points[-1], AREA.place(9, 9), atol=1e-9)
    assert path.dots not in path.get_family()
    assert path.ball in path.get_family()


def test_loss_curves_are_as_wide_as_asked():
    loss = LossCurve([np.arange(3.0), np.arange(3.0) ** 2], width=2.5)
    assert [curve.line.get_stroke_width() for curve in loss.curves] == [2.5, 2.5]
