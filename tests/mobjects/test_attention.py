"""Arcs and grids of attention are as wide and as bright as the weights."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import RIGHT

from vizdl import style
from vizdl.mobjects import SetValues
from vizdl.mobjects.attention import AttentionArcs, AttentionGrid, Card

ENDS = [[x, 0.0, 0.0] for x in (-3, -1, 1)]
START = [3.0, 0.0, 0.0]
weights = st.lists(st.floats(0, 1), min_size=3, max_size=3)


@settings(max_examples=15, deadline=None)
@given(weights)
def test_arcs_are_as_wide_as_their_weights(values):
    arcs = AttentionArcs(START, ENDS, [0.1, 0.2, 0.7]).set_values(values)
    widths = [arc.get_stroke_width() for arc in arcs]
    np.testing.assert_allclose(widths, 1 + arcs.full * np.array(values))
    fresh = AttentionArcs(START, ENDS, values)
    assert [arc.get_color() for arc in arcs] == [arc.get_color() for arc in fresh]


def test_arcs_lead_from_the_question_to_each_item_and_rise():
    arcs = AttentionArcs(START, ENDS, [1, 0, 0], height=2.0)
    for arc, end in zip(arcs, ENDS, strict=True):
        np.testing.assert_allclose(arc.points[0], START, atol=1e-9)
        np.testing.assert_allclose(arc.points[-1], end, atol=1e-9)
    assert [round(float(arc.get_top()[1]), 2) for arc in arcs] == [2.0, 1.33, 0.67]


def test_a_grid_shows_weights_from_nothing_to_the_full_colour():
    grid = AttentionGrid([[0, 1], [0.5, 0.5]], ["a?", "b?"], ["a", "b"]).shift(RIGHT)
    shades = [cell.get_fill_color().to_hex().lower() for cell in grid.cells]
    assert shades[:2] == [style.BACKGROUND.dark, style.QUERY.dark]
    assert shades[2] == shades[3] == style.mix(style.BACKGROUND.dark, style.QUERY.dark, 0.5)
    animation = SetValues(grid, [[1, 0], [0, 1]])
    animation.begin()
    animation.interpolate(1)
    assert grid.values.tolist() == [[1, 0], [0, 1]]
    assert grid.cells[0].get_fill_color().to_hex().lower() == style.QUERY.dark


def test_a_row_is_outlined_where_it_stands():
    grid = AttentionGrid(np.eye(3), cell=0.5).shift(2 * RIGHT).select(1)
    np.testing.assert_allclose(grid.outline.get_center(), grid.cells[4].get_center(), atol=1e-9)
    assert grid.outline.get_stroke_width() > 0
    assert grid.select().outline.get_stroke_width() == 0


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="rows must be 2 names, got 1"):
        AttentionGrid(np.eye(2), ["a"])
    with pytest.raises(ValueError, match=r"weights must have shape \(3,\), got \(2,\)"):
        AttentionArcs(START, ENDS, [0.5, 0.5])


def test_a_question_is_a_card_without_a_value():
    assert not len(Card("Ben?").value)
    assert Card("Ben", "hen").light().box.get_stroke_width() == 4
