"""Matrices and vectors show exactly the values they are given."""

import numpy as np
import pytest
from manim import RIGHT

from vizdl import style
from vizdl.mobjects import NumberColumn, SetValues, SignedMatrix

W = np.array([[0.5, -1.0, 0.0], [0.25, 0.1, -0.02]])


def colours(matrix):
    return [cell.get_fill_color().to_hex().lower() for cell in matrix.cells]


def test_colours_are_the_values():
    matrix = SignedMatrix(W)
    assert colours(matrix) == [style.signed_colour(v, 1.0) for v in W.flat]
    matrix.set_values(-W)
    assert colours(matrix) == [style.signed_colour(-v, 1.0) for v in W.flat]
    assert matrix.shape == (2, 3)


def test_numbers_are_the_values_and_stay_in_their_cells():
    matrix = SignedMatrix(W, cell=1, numbers=True, places=2).scale(0.8).shift(RIGHT)
    matrix.set_values(2 * W)
    texts = [number.text for number in matrix.numbers]
    assert texts == ["1.00", "−2.00", "0.00", "0.50", "0.20", "−0.04"]
    for number, cell in zip(matrix.numbers, matrix.cells, strict=True):
        np.testing.assert_allclose(number.get_center(), cell.get_center(), atol=1e-9)
        assert number.width < cell.width


def test_numbers_can_be_read_on_every_shade():
    values = np.linspace(-1, 1, 41)
    matrix = SignedMatrix(values, numbers=True)
    for number, colour in zip(matrix.numbers, colours(matrix), strict=True):
        ink = number[0].get_fill_color().to_hex().lower()
        assert style.contrast(ink, colour) >= style.LEAST_CONTRAST


def test_rows_and_columns():
    matrix = SignedMatrix(W, cell=1, numbers=True)
    assert len(matrix.row(0)) == len(W.T) * 2
    assert {round(cell.get_x(), 6) for cell in matrix.column(2)[:2]} == {1.0}
    np.testing.assert_allclose(matrix.cell(1, 2).get_center(), [1, -0.5, 0], atol=1e-9)


def test_selection_lies_round_what_is_selected():
    matrix = SignedMatrix(W, cell=1)
    matrix.select(row=1)
    np.testing.assert_allclose(matrix.outline.get_center(), [0, -0.5, 0], atol=1e-9)
    assert matrix.outline.width == pytest.approx(3.06)
    matrix.select(column=0.5)  # half-way between two columns
    np.testing.assert_allclose(matrix.outline.get_center(), [-0.5, 0, 0], atol=1e-9)
    matrix.select(0, 2)
    assert matrix.outline.width == matrix.outline.height == pytest.approx(1.06)
    assert matrix.select().outline.get_stroke_width() == 0


def test_column_shows_its_values_right_aligned():
    column = NumberColumn([0.5, -12.25, 3.0])
    assert [number.text for number in column.numbers] == ["0.50", "−12.25", "3.00"]
    edges = [number.get_right()[0] for number in column.numbers]
    column.set_values([100.0, 0.0, -1.0])
    assert [number.text for number in column.numbers] == ["100.00", "0.00", "−1.00"]
    np.testing.assert_allclose(
        [number.get_right()[0] for number in column.numbers], edges, atol=0.02
    )


def test_column_can_be_read_whatever_the_value():
    column = NumberColumn(np.linspace(-1, 1, 21))
    for number in column.numbers:
        ink = number[0].get_fill_color().to_hex()
        assert style.contrast(ink, style.BACKGROUND.dark) >= style.LEAST_CONTRAST


@pytest.mark.parametrize("horizontal", [False, True])
def test_brackets_hold_the_numbers(horizontal):
    column = NumberColumn([0.5, -0.75, 1.0, 0.25], horizontal=horizontal)
    assert (column.width > column.height) == horizontal
    assert column.brackets.get_left()[0] < column.numbers.get_left()[0]
    assert column.brackets.get_right()[0] > column.numbers.get_right()[0]
    assert column.brackets.height > column.numbers.height


@pytest.mark.parametrize("part", [SignedMatrix(W, numbers=True), NumberColumn(W[0])])
def test_values_tick_through_what_lies_between(part):
    first = part.values.copy()
    animation = SetValues(part, first + 1, rate_func=lambda t: t)
    animation.begin()
    animation.interpolate(0.25)
    np.testing.assert_allclose(part.values, first + 0.25)
    animation.finish()
    np.testing.assert_allclose(part.values, first + 1)


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: SignedMatrix(np.zeros((2, 2, 2))), r"w must have shape \(R, C\)"),
        (lambda: SignedMatrix([[1.0, np.nan]]), "w must be finite, got nan"),
        (lambda: NumberColumn(W), r"v must have shape \(N,\), got \(2, 3\)"),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
