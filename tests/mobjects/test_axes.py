"""Axes place numbers where they belong, and cut off what leaves them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import RIGHT, UP

from vizdl.mobjects.axes import PlotArea, ValueLine
from vizdl.mobjects.paper import Span, clipped

anywhere = st.floats(-5, 5)


def test_corners_lie_in_the_corners():
    area = PlotArea((0, 10), (-1, 1), width=4, height=2).shift(RIGHT + 2 * UP)
    np.testing.assert_allclose(area.place(0, -1), [-1, 1, 0], atol=1e-12)
    np.testing.assert_allclose(area.place([10, 5], [1, 0]), [[3, 3, 0], [1, 2, 0]], atol=1e-12)


def test_an_area_that_is_moved_or_scaled_takes_its_points_along():
    area = PlotArea((0, 1), (0, 1), width=4, height=2)
    area.scale(0.5).shift(3 * RIGHT)
    np.testing.assert_allclose(np.ptp(area.place([0, 1], [0, 1]), axis=0), [2, 1, 0])


def test_a_logarithmic_axis_gives_each_decade_the_same_length():
    area = PlotArea((0, 1), (1e-3, 10), log_y=True)
    heights = area.place(0, np.array([1e-3, 1e-2, 0.1, 1, 10]))[:, 1]
    np.testing.assert_allclose(np.diff(heights), np.diff(heights)[0])


@pytest.mark.parametrize(
    ("span", "words"),
    [
        (Span(0, 30), ["0", "10", "20", "30"]),
        (Span(-5.5, 5.5), ["−4", "−2", "0", "2", "4"]),
        (Span(0, 0.01), ["0", "0.002", "0.004", "0.006", "0.008", "0.01"]),
        (Span(0, 4e6), ["0", "1.0×10⁶", "2.0×10⁶", "3.0×10⁶", "4.0×10⁶"]),
        (Span(1e-4, 100, log=True), ["10⁻⁴", "0.01", "1", "100"]),
    ],
)
def test_ticks_are_round_numbers(span, words):
    assert [span.spell(tick) for tick in span.ticks()] == words


def test_axes_that_do_not_rise_are_refused():
    with pytest.raises(ValueError, match="an axis must rise, got 1 to 1"):
        PlotArea((1, 1), (0, 1))
    with pytest.raises(ValueError, match="a logarithmic axis must start above 0, got 0"):
        PlotArea((0, 1), (0, 1), log_y=True)


@given(anywhere, anywhere, anywhere, anywhere)
def test_what_is_cut_off_lies_on_the_segment_and_in_the_square(x0, y0, x1, y1):
    start, stop = np.array([[x0, y0]]), np.array([[x1, y1]])
    first, last = clipped(start, stop)
    dense = start + np.linspace(0, 1, 2001)[:, None] * (stop - start)
    inside = dense[((dense > 1e-9) & (dense < 1 - 1e-9)).all(axis=1)]
    if not len(first):
        assert not len(inside)
        return
    ends = np.concatenate([first, last])
    assert ((ends >= -1e-9) & (ends <= 1 + 1e-9)).all()
    way = stop[0] - start[0]
    for end in ends:  # on the line, between its ends
        away = end - start[0]
        assert abs(way[0] * away[1] - way[1] * away[0]) < 1e-9 * max(1, way @ way)
    if len(inside):  # nothing that is inside is lost
        low, high = np.minimum(first, last)[0], np.maximum(first, last)[0]
        assert (inside >= low - 1e-9).all()
        assert (inside <= high + 1e-9).all()


def test_lines_with_numbers_missing_or_infinite_are_drawn_as_far_as_they_go():
    area = PlotArea((0, 4), (0, 1), width=4, height=1)
    drawn = area.outline([0, 1, 2, 3, 4], [0.5, 0.5, np.nan, 0.5, np.inf])
    assert np.isfinite(drawn).all()
    # 0 to 1 in full; from 3 upwards, and so out of the area at once
    np.testing.assert_allclose(drawn[:4, 0] - drawn[0, 0], [0, 1 / 3, 2 / 3, 1])
    np.testing.assert_allclose(np.ptp(drawn[4:, 0]), 0, atol=1e-5)
    assert drawn[-1, 1] == pytest.approx(area.frame.get_top()[1])


def test_holds_tells_what_lies_within():
    area = PlotArea((0, 1), (1, 10), log_y=True)
    held = area.holds([0.5, 0.5, 2, np.nan], [1, -1, 5, 5])
    assert held.tolist() == [True, False, False, False]


def test_a_value_line_follows_its_value():
    line = ValueLine(0.01, 1, value=0.1, log=True)
    middle = line.marker.get_center()[0]
    assert middle == pytest.approx(line.line.get_center()[0])
    line.set_value(1)
    assert line.marker.get_center()[0] == pytest.approx(line.line.get_right()[0])
    line.set_value(50)  # beyond: the marker waits at the end, the number goes on
    assert line.marker.get_center()[0] == pytest.approx(line.line.get_right()[0])
    assert (line.get_value(), line.number.text) == (50, "50.00")
