"""The grid over a plane, and the line on it where numbers are zero."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import style
from vizdl.experiments.field import grid, tints, zero_line

X, Y = (-1.0, 2.0), (0.0, 1.5)


def test_the_grid_runs_row_by_row_from_the_lowest_y():
    points = grid(X, Y, 7)
    assert points.shape == (7, 7, 2)
    np.testing.assert_allclose(points[0, :, 0], np.linspace(*X, 7))
    np.testing.assert_allclose(points[:, 0, 1], np.linspace(*Y, 7))
    assert (points[0, :, 1] == Y[0]).all()


def test_a_range_that_falls_is_refused():
    with pytest.raises(ValueError, match=r"x and y must be \(low, high\), got \(1, 0\) and"):
        grid((1, 0), Y)


@given(a=st.floats(-2, 2), b=st.floats(-2, 2), c=st.floats(-1, 1))
def test_the_line_of_a_linear_output_is_straight_and_exact(a, b, c):
    points = grid(X, Y, 9)
    line = zero_line(a * points[..., 0] + b * points[..., 1] + c, X, Y)
    seen = line[np.isfinite(line[:, 0])]
    assert len(seen) % 2 == 0
    np.testing.assert_allclose(seen @ [a, b] + c, 0, atol=1e-9)
    low, high = np.array([X[0], Y[0]]), np.array([X[1], Y[1]])
    assert ((seen >= low - 1e-12) & (seen <= high + 1e-12)).all()


def test_a_ring_is_found_whole():
    points = grid((-1, 1), (-1, 1), 41)
    pieces = zero_line((points**2).sum(axis=-1) - 0.5, (-1, 1), (-1, 1)).reshape(-1, 3, 2)
    pieces = pieces[np.isfinite(pieces[:, 0, 0]), :2]
    np.testing.assert_allclose(np.linalg.norm(pieces, axis=-1), np.sqrt(0.5), atol=1e-3)
    length = np.linalg.norm(pieces[:, 1] - pieces[:, 0], axis=1).sum()
    assert length == pytest.approx(2 * np.pi * np.sqrt(0.5), rel=2e-3)


def test_where_nothing_is_zero_there_is_no_line():
    assert np.isnan(zero_line(np.ones((4, 5)), X, Y)).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_tint_has_an_edge_at_zero_and_points_stand_out(theme):
    stops = tints(theme)
    assert [at for at, _ in stops] == [0.0, 0.5, 0.5, 1.0]
    assert stops[1][1] != stops[2][1]
    for (_, tint), role in ((stops[0], style.NEGATIVE), (stops[-1], style.POSITIVE)):
        assert style.contrast(tint, role.on(theme)) > 1.8
        assert style.contrast(tint, style.INK.on(theme)) > style.LEAST_CONTRAST
