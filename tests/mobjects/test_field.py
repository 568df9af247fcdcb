"""A decision field shows its numbers: regions on their side, the line where they are zero."""

import numpy as np
import pytest
from manim import Dot

from vizdl.experiments.field import grid
from vizdl.mobjects import DecisionField, Mesh, Number, PlotArea, Points, SetValues, Through

SPAN = (-1.0, 1.0)
GRID = grid(SPAN, SPAN, 21)
SLOPE = GRID[..., 0] + 0.5 * GRID[..., 1]


def numbers_at(field, points):
    """The inputs that points of the frame stand for."""
    low, high = field.place([[-1, -1], [1, 1]])[:, :2]
    return 2 * (points[:, :2] - low) / (high - low) - 1


def test_the_line_is_where_the_output_is_zero():
    field = DecisionField(SLOPE, SPAN, SPAN)
    at = numbers_at(field, field.line.points)
    assert len(at)
    np.testing.assert_allclose(at @ [1, 0.5], 0, atol=1e-9)


def test_each_band_lies_on_its_side():
    field = DecisionField(SLOPE, SPAN, SPAN, bands=3)
    for k, band in enumerate(field.bands):
        side, level = (-1, field.levels[k]) if k < 3 else (1, field.levels[k - 3])
        assert (side * numbers_at(field, band.points) @ [1, 0.5] >= level - 1e-9).all()


def test_it_is_changed_in_place():
    field = DecisionField(SLOPE, SPAN, SPAN)
    family = field.get_family()
    animation = SetValues(field, SLOPE + 0.5)
    animation.begin()
    animation.finish()
    assert field.get_family() == family
    np.testing.assert_allclose(numbers_at(field, field.line.points) @ [1, 0.5], -0.5, atol=1e-9)


def test_an_area_that_is_given_is_not_added():
    area = PlotArea(SPAN, SPAN)
    field = DecisionField(SLOPE, SPAN, SPAN, area=area)
    assert field.area is area
    assert area not in field.get_family()


def test_points_stand_where_they_are_and_leave_with_the_area():
    area = PlotArea(SPAN, SPAN)
    x = np.array([[0.0, 0.5], [0.3, -0.2], [-0.9, 0.1]])
    points = Points(x, [0, 1, 1], area, radius=0.05)
    np.testing.assert_allclose(points[0].get_center(), area.place(0.0, 0.5), atol=1e-9)
    centres = points[1].points.reshape(2, -1, 3)[:, ::4].mean(axis=1)
    np.testing.assert_allclose(centres, area.place(*x[1:].T), atol=1e-6)
    points.set_values(x + np.array([[2.0, 0.0], [0.0, 0.0], [0.0, 0.0]]))
    assert not len(points[0].points)


def test_a_mesh_has_its_lines_with_gaps_between():
    area = PlotArea(SPAN, SPAN)
    gap = [np.nan, np.nan]
    mesh = Mesh([[0, 0], [0.5, 0.5], gap, [-1, 0], [-1, 1]], area)
    corners = mesh.points.reshape(-1, 4, 3)[:, [0, 3]]
    np.testing.assert_allclose(corners[0], area.place([0, 0.5], [0, 0.5]), atol=1e-9)
    np.testing.assert_allclose(corners[1], area.place([-1, -1], [0, 1]), atol=1e-9)


def test_through_a_row_of_arrays_in_place():
    area = PlotArea(SPAN, SPAN)
    row = np.array([[[0.0, 0.0]], [[0.4, 0.0]], [[0.4, 0.8]]])
    points = Points(row[0], [1], area)
    animation = Through(points, row)
    animation.begin()
    seen = []
    for share in (0.25, 0.5, 0.75, 1.0):
        animation.interpolate(share)
        seen.append(points.values[0].tolist())
    np.testing.assert_allclose(seen, [[0.2, 0], [0.4, 0], [0.4, 0.4], [0.4, 0.8]], atol=1e-12)


def test_through_numbers_and_places():
    number, dot = Number(5.0), Dot()
    moves = Through(number, [1.0, 2.0, 4.0]), Through(dot, [[0, 0, 0], [1, 0, 0], [1, 2, 0]])
    for move in moves:
        move.begin()
        move.interpolate(0.75)
    assert number.value == 3.0
    np.testing.assert_allclose(dot.get_center(), [1, 1, 0], atol=1e-12)
    with pytest.raises(ValueError, match=r"row must have shape \(K, 3\), got \(2,\)"):
        Through(dot, [1, 2])


def test_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match=r"y must have shape \(2,\)"):
        Points([[0, 0], [1, 1]], [0, 1, 1], PlotArea(SPAN, SPAN))
    with pytest.raises(ValueError, match=r"row must hold arrays \(K, …\), got shape \(3,\)"):
        Through(Points([[0, 0]], [1], PlotArea(SPAN, SPAN)), [1, 2, 3])
    with pytest.raises(ValueError, match="limit must be above 0"):
        DecisionField(SLOPE, SPAN, SPAN, limit=0)


def test_a_field_wider_than_its_area_is_cut_off():
    wide = (-2.0, 2.0)
    values = grid(wide, wide, 21).sum(axis=-1)
    area = PlotArea(SPAN, SPAN)
    field = DecisionField(values, wide, wide, area=area)
    low, high = area.place([-1, 1], [-1, 1])
    for part in (*field.bands, field.line):
        assert (part.points >= low - 1e-9).all()
        assert (part.points <= high + 1e-9).all()
