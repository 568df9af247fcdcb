import numpy as np
import pytest

from vizdl import style
from vizdl.mobjects.cells import SetValues
from vizdl.mobjects.triangle import GradientTriangle, brightness

FLOW = np.array([[1.0, 0, 0], [0.1, 0.5, 0], [0.001, 0.02, 0.4]])


def glow(triangle, t, k):
    return style.luminance(triangle.cell(t, k).get_fill_color().to_hex())


def test_cells_stand_in_their_row_and_column():
    triangle = GradientTriangle(FLOW, width=0.5, height=0.3)
    assert len(triangle.cells) == 6
    corner = triangle.cell(0, 0).get_center()
    for t in range(3):
        for k in range(t + 1):
            place = triangle.cell(t, k).get_center() - corner
            np.testing.assert_allclose(place, [0.5 * k, -0.3 * t, 0], atol=1e-12)


def test_the_stronger_the_brighter():
    triangle = GradientTriangle(FLOW)
    lower = list(zip(*np.tril_indices(3), strict=True))
    order = sorted(lower, key=lambda cell: FLOW[cell])
    assert np.all(np.diff([glow(triangle, *cell) for cell in order]) >= 0)
    assert triangle.cell(0, 0).get_fill_color().to_hex().lower() == style.GRADIENT.dark


def test_brightness_is_the_logarithm_above_the_floor():
    np.testing.assert_allclose(brightness([1, 0.1, 0.01, 1e-5, 0], floor=0.01), [1, 0.5, 0, 0, 0])
    np.testing.assert_allclose(brightness([2, 1, 0], log=False), [1, 0.5, 0])
    np.testing.assert_array_equal(brightness(np.zeros(3)), 0)


def test_cells_fill_only_where_the_mask_says():
    triangle = GradientTriangle(FLOW, shown=0)
    empty = glow(triangle, 2, 2)
    change = SetValues(triangle, triangle.mask([(2, 2), (2, 1)]))
    change.begin()
    change.finish()
    assert glow(triangle, 2, 2) > empty
    assert glow(triangle, 1, 1) == empty
    np.testing.assert_array_equal(triangle.values, [[0, 0, 0], [0, 0, 0], [0, 1, 1]])


def test_rows_columns_and_paths():
    triangle = GradientTriangle(FLOW)
    assert len(triangle.row(2)) == 3
    assert len(triangle.column(0)) == 3
    line, frame = triangle.path(2, 0)
    np.testing.assert_allclose(line.get_start(), triangle.cell(2, 2).get_center())
    np.testing.assert_allclose(frame.get_center(), triangle.cell(2, 0).get_center())


def test_labels_stand_beside_their_row_and_below_their_column():
    triangle = GradientTriangle(FLOW)
    for t, name in enumerate(triangle.rows):
        assert name.get_right()[0] < triangle.cell(t, 0).get_left()[0]
        assert name.get_y() == pytest.approx(triangle.cell(t, 0).get_y())
    for k, name in enumerate(triangle.columns):
        assert name.get_top()[1] < triangle.cell(2, k).get_bottom()[1]


def test_there_is_no_cell_in_the_future():
    with pytest.raises(ValueError, match="no cell"):
        GradientTriangle(FLOW).cell(0, 1)


def test_flow_must_be_square():
    with pytest.raises(ValueError, match=r"flow must have shape \(2, 2\), got \(2, 3\)"):
        GradientTriangle(np.ones((2, 3)))


def test_the_example_frames_a_path():
    assert len(GradientTriangle.example()) == 4


def test_a_lit_cell_looks_as_the_cell_does_when_it_is_full():
    empty, full = GradientTriangle(FLOW, shown=0), GradientTriangle(FLOW)
    lit = empty.lit(1, 0)
    assert lit is not empty.cell(1, 0)
    assert (
        lit.get_fill_color()
        == full.cell(1, 0).get_fill_color()
        != empty.cell(1, 0).get_fill_color()
    )
    np.testing.assert_allclose(lit.points, empty.cell(1, 0).points)
