"""Bars are as long as their numbers say, wherever they stand and however they change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import ORIGIN, RIGHT, UP

from vizdl.mobjects import Bars, SetValues

VALUES = [0.5, 2.0, 1.0]


def lengths(bars):
    return [bar.width if bars.horizontal else bar.height for bar in bars.bars]


@pytest.mark.parametrize("horizontal", [False, True])
def test_lengths_are_the_values(horizontal):
    bars = Bars(VALUES, ["a", "b", "c"], length=4, horizontal=horizontal)
    np.testing.assert_allclose(lengths(bars), [1, 4, 2])
    assert [number.text for number in bars.numbers] == ["0.50", "2.00", "1.00"]


@settings(max_examples=15, deadline=None)
@given(st.lists(st.floats(-1, 3), min_size=3, max_size=3), st.floats(0.3, 2), st.booleans())
def test_they_change_in_place_after_they_were_moved(values, scale, horizontal):
    bars = Bars(VALUES, high=2, low=-0.5, length=5, horizontal=horizontal)
    bars.scale(scale, about_point=ORIGIN).shift(2 * RIGHT + UP)
    bars.set_values(values)
    np.testing.assert_allclose(
        lengths(bars), 2 * scale * np.abs(np.clip(values, -0.5, 2)), atol=1e-9
    )
    fresh = Bars(values, high=2, low=-0.5, length=5, horizontal=horizontal)
    fresh.scale(scale, about_point=ORIGIN).shift(2 * RIGHT + UP)
    for index, bar in enumerate(bars.bars):
        np.testing.assert_allclose(bar.points, fresh.bars[index].points, atol=1e-9)
        assert bars.numbers[index].text == fresh.numbers[index].text


def test_numbers_ride_on_the_ends():
    bars = Bars(VALUES, length=4)
    for values in (VALUES, [2, 0, 1.5]):
        bars.set_values(values)
        for index, number in enumerate(bars.numbers):
            assert number.get_bottom()[1] == pytest.approx(bars.end(index)[1] + 0.12, abs=0.02)
            assert number.get_x() == pytest.approx(bars.bars[index].get_x(), abs=0.02)


def test_a_bar_beyond_the_end_stops_there_and_its_number_goes_on():
    bars = Bars(VALUES, high=2, length=4).set_values([9.5, 0, 0])
    assert lengths(bars)[0] == pytest.approx(4)
    assert bars.numbers[0].text == "9.50"


def test_values_tick_and_places_are_found():
    bars = Bars(VALUES, ["a", "b", "c"], length=4, numbers=False)
    animation = SetValues(bars, [1.5, 1.0, 1.0], rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.5)
    np.testing.assert_allclose(bars.values, [1.0, 1.5, 1.0])
    np.testing.assert_allclose(bars.end(1), bars.bars[1].get_top(), atol=1e-9)
    assert bars.place(0.5, 0)[0] == pytest.approx((bars.bars[0].get_x() + bars.bars[1].get_x()) / 2)
    assert len(bars.parts(1)) == 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: Bars([[1.0]]), r"values must have shape \(N,\)"),
        (lambda: Bars(VALUES, ["a"]), "labels must be 3, one for each value, got 1"),
        (lambda: Bars(VALUES, colors=["#ffffff"]), "colors must be 3, one for each value, got 1"),
        (lambda: Bars([-1.0, -2.0]), "bars must hold 0 between low and high, got 0 to -1"),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
