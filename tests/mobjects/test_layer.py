"""A layer's product shows exactly its own sums, row after row."""

import numpy as np
import pytest
from manim import Scene, tempconfig

from vizdl.mobjects import Advance, LayerProduct

W = np.array([[1.0, -2.0, 0.5, 0.0], [0.25, 3.0, -1.0, 2.0], [0.0, 1.0, 1.0, -1.0]])
X, B = np.array([0.5, 0.25, -1.0, 2.0]), np.array([0.5, -0.25, 1.0])


@pytest.fixture(scope="module")
def layer():
    return LayerProduct(W, X, B)


@pytest.mark.parametrize("step", [0, 1, 2, 3])
def test_after_a_row_its_sum_is_known_and_no_later_one(layer, step):
    layer.set_step(step)
    known = np.arange(3) < step
    np.testing.assert_allclose(layer.z.values[:, 0], np.where(known, W @ X + B, 0))
    seen = [number.get_fill_opacity() for number in layer.z.numbers]
    np.testing.assert_array_equal(seen, known)
    assert layer.w.outline.get_stroke_width() == 0


def test_a_sum_ticks_from_product_to_product_and_the_bias_comes_last(layer):
    row = np.cumsum(W[1] * X)
    for products in (1, 2, 3, 4):
        layer.set_step(1 + 0.8 * products / 4)
        assert layer.z.values[1, 0] == pytest.approx(row[products - 1])
    layer.set_step(1.9)
    assert layer.z.values[1, 0] == pytest.approx(row[-1] + 0.5 * B[1])


@pytest.mark.parametrize("column", range(4))
def test_the_outline_stands_on_the_pair_that_is_multiplied(layer, column):
    layer.set_step(1 + 0.8 * (column + 0.5) / 4)
    for outline, cell in (
        (layer.w.outline, layer.w.cell(1, column)),
        (layer.x.outline, layer.x.cell(column, 0)),
        (layer.z.outline, layer.z.cell(1, 0)),
    ):
        np.testing.assert_allclose(outline.get_center(), cell.get_center(), atol=1e-9)
        assert outline.get_stroke_width() > 0


def test_it_is_played_in_place_and_points_at_what_it_is_told():
    layer = LayerProduct(W, X, B)
    with tempconfig({"dry_run": True, "verbosity": "ERROR", "progress_bar": "none"}):
        Scene().play(Advance(layer, to=3), run_time=0.2)
    np.testing.assert_allclose(layer.z.values[:, 0], W @ X + B)
    layer.point_at(row=2, column=1)
    np.testing.assert_allclose(layer.w.outline.get_center(), layer.w.cell(2, 1).get_center())
    layer.point_at(column=0)
    assert layer.w.outline.height == pytest.approx(layer.w.cells.height + 0.06)
    layer.point_at()
    assert layer.z.outline.get_stroke_width() == 0
