"""Words of a map stand where their places say, and drift in place."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import RIGHT

from vizdl.mobjects import Through
from vizdl.mobjects.word_map import WordMap

NAMES = ["a", "b", "c"]
PLACES = np.array([[-1.0, 0.0], [1.0, 0.5], [0.0, -0.5]])
place = st.tuples(st.floats(-1, 1), st.floats(-1, 1))


@settings(max_examples=15, deadline=None)
@given(st.lists(place, min_size=3, max_size=3))
def test_dots_stand_at_their_places_wherever_the_map_is(places):
    words = WordMap(NAMES, PLACES, width=6, height=4).shift(2 * RIGHT).set_values(places)
    for dot, (x, y) in zip(words.dots, places, strict=True):
        np.testing.assert_allclose(dot.get_center(), [2 + 3 * x, 2 * y, 0], atol=1e-9)


@settings(max_examples=6, deadline=None)
@given(st.lists(place, min_size=7, max_size=7), st.floats(0.01, 1))
def test_settled_names_cover_neither_each_other_nor_dots(places, closeness):
    places = closeness * np.array(places)
    words = WordMap(["word"] * 7, places, width=9, height=6).settle(places)
    boxes = [(part.get_center(), part.width / 2, part.height / 2) for part in words.labels]
    dots = [(part.get_center(), 0.09, 0.09) for part in words.dots]
    for k, (at, width, height) in enumerate(boxes):
        for other, w, h in (*boxes[:k], *dots[:k], *dots[k + 1 :]):
            away = np.abs(at - other)
            assert away[0] > width + w or away[1] > height + h
        assert (np.abs(at[:2]) + np.array([width, height]) <= [4.5, 3]).all()  # within the plane


def test_words_drift_through_a_training_and_their_links_follow():
    words = WordMap(NAMES, PLACES)
    moves = Through(words, np.array([PLACES, -PLACES]))
    moves.begin()
    moves.interpolate(1)
    np.testing.assert_allclose(words.values, -PLACES)
    (line,) = words.links(0, [2])
    np.testing.assert_allclose(line.get_start(), words.dots[0].get_center(), atol=1e-9)
    np.testing.assert_allclose(line.get_end(), words.dots[2].get_center(), atol=1e-9)


def test_what_lies_beyond_stands_at_the_edge():
    words = WordMap(["a"], [[5.0, 0.0]], reach=2, width=6)
    assert words.dots[0].get_x() == pytest.approx(3)
    with pytest.raises(ValueError, match=r"places must have shape \(2, 2\)"):
        WordMap(["a", "b"], [[0.0, 0.0]])
