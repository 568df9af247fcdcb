"""The dot product ticks up to the sum that NumPy finds."""

import numpy as np
import pytest

from vizdl.mobjects import DotProduct

ROW, COLUMN = np.array([0.5, -2.0, 1.5]), np.array([1.0, 0.25, -2.0])


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_sum_of_the_first_products(step):
    dot = DotProduct(ROW, COLUMN, step=step)
    assert dot.sum.get_value() == pytest.approx(ROW[:step] @ COLUMN[:step])


def test_sum_ticks_from_one_product_to_the_next():
    dot = DotProduct(ROW, COLUMN)
    values = [dot.set_step(step).sum.get_value() for step in np.linspace(2, 3, 30)]
    assert (np.diff(values) <= 1e-12).all()  # the last product is negative
    assert values[0] == pytest.approx(0.0)
    assert values[-1] == pytest.approx(-3.0)
    assert len(set(np.round(values, 6))) > 10


def test_row_and_column_are_swept_together():
    dot = DotProduct(ROW, COLUMN, step=1.2)
    np.testing.assert_allclose(
        dot.row.outline.get_center(), dot.row.cell(0, 1).get_center(), atol=1e-9
    )
    np.testing.assert_allclose(
        dot.column.outline.get_center(), dot.column.cell(1, 0).get_center(), atol=1e-9
    )
    texts = [number.text for number in (*dot.factors, dot.product)]
    assert texts == ["−2.00", "0.25", "−0.50"]
    dot.set_step(1.9)  # on its way to the next pair
    x = [dot.row.cell(0, k).get_x() for k in (1, 2)]
    assert x[0] < dot.row.outline.get_x() < x[1]


def test_nothing_is_outlined_before_and_after():
    for step in (0, 3, 99):
        dot = DotProduct(ROW, COLUMN, step=step)
        assert dot.row.outline.get_stroke_width() == 0
    assert DotProduct(ROW, COLUMN, step=0).product[0].get_fill_opacity() == 0


def test_lengths_must_agree():
    with pytest.raises(ValueError, match=r"column must have shape \(3,\), got \(2,\)"):
        DotProduct(ROW, COLUMN[:2])
