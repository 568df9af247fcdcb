"""Word tiles stand in order without touching, are lit by their values, and change places."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.mobjects import Reorder, SetValues, WordTiles

WORDS = ("the", "film", "was", "very", "good")


def edges(row):
    return [(float(tile.get_left()[0]), float(tile.get_right()[0])) for tile in row.tiles]


def played(animation):
    animation.begin()
    animation.interpolate(0.5)
    animation.interpolate(1)
    animation.finish()


@settings(max_examples=12)
@given(order=st.permutations(range(5)), pitch=st.sampled_from([None, 1.2]))
def test_tiles_stand_side_by_side_in_any_order(order, pitch):
    row = WordTiles(WORDS, pitch=pitch).scale(0.8)
    before = row.width, row.get_left()[0]
    row.put(order)
    assert row.words == tuple(WORDS[place] for place in order)
    assert [tile.label.text for tile in row.tiles] == list(row.words)
    ends = edges(row)
    gaps = [right[0] - left[1] for left, right in itertools.pairwise(ends)]
    np.testing.assert_allclose(gaps, 0.8 * 0.16, atol=1e-6)
    np.testing.assert_allclose((row.width, row.get_left()[0]), before, atol=1e-2)


def test_a_reordering_ends_where_the_new_row_stands_and_passes_above_and_below():
    order = [4, 1, 2, 3, 0]
    row, there = WordTiles(WORDS), WordTiles(WORDS).put(order)
    turn = Reorder(row, order)
    turn.begin()
    turn.interpolate(0.5)
    heights = {tile.label.text: tile.get_y() for tile in row.tiles}
    assert heights["the"] > 0.5 > 0 > -0.5 > heights["good"]
    turn.interpolate(1)
    turn.finish()
    assert row.words == there.words
    np.testing.assert_allclose(
        [t.get_center() for t in row.tiles], [t.get_center() for t in there.tiles], atol=1e-9
    )


def test_values_light_tiles_and_move_with_them():
    row = WordTiles(WORDS)
    dark = [tile.box.get_fill_color().to_hex() for tile in row.tiles]
    played(SetValues(row, row.only(1, 4)))
    lit = [tile.box.get_fill_color().to_hex() for tile in row.tiles]
    assert [a != b for a, b in zip(dark, lit, strict=True)] == [False, True, False, False, True]
    row.put([4, 3, 2, 1, 0])
    np.testing.assert_array_equal(row.values, [1, 0, 0, 1, 0])
    row.set_values(row.values)
    assert [tile.box.get_fill_color().to_hex() for tile in row.tiles] == lit[::-1]


def test_words_are_on_one_line_and_within_their_tiles():
    row = WordTiles(["was", "very", "incomprehensible"], pitch=1.1)
    was, very, long = (tile.label for tile in row.tiles)
    assert was.get_bottom()[1] > very.get_bottom()[1]  # the y hangs below the line
    assert abs(was.get_top()[1] - very.get_top()[1]) < 0.03
    assert long.width <= row.tiles[2].box.width - 0.1 + 1e-9


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: WordTiles([]), "at least one word"),
        (lambda: WordTiles(WORDS, color=["#ffffff"]), "color must be 5"),
        (lambda: WordTiles(WORDS).put([0, 1, 2, 3, 3]), "each of 5 places once"),
        (lambda: Reorder(WordTiles(WORDS), [1, 0]), "each of 5 places once"),
    ],
)
def test_what_does_not_fit_is_refused(make, message):
    with pytest.raises(ValueError, match=message):
        make()
