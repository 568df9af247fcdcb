"""Fields in print."""

import numpy as np
import pytest

from vizdl.experiments.field import grid
from vizdl.stills.base import canvas, panel
from vizdl.stills.field import draw_field, draw_points

SPAN = (-1.0, 1.0)
Z = grid(SPAN, SPAN, 15).sum(axis=-1)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_line_stands_where_the_output_is_zero(theme):
    ax = panel(canvas(theme), theme=theme)
    draw_field(ax, Z, SPAN, SPAN, theme)
    (line,) = [path for c in ax.collections for path in c.get_paths() if len(path)]
    np.testing.assert_allclose(line.vertices.sum(axis=1), 0, atol=1e-9)
    np.testing.assert_array_equal(ax.images[0].get_array(), Z)


def test_points_of_two_classes_have_two_shapes():
    ax = panel(canvas())
    draw_points(ax, [[0, 0], [0.5, 0.5], [1, 0]], [1, 0, 1])
    zero, one = ax.lines
    assert zero.get_marker() != one.get_marker()
    assert (len(zero.get_xdata()), len(one.get_xdata())) == (1, 2)


def test_a_field_of_one_sign_has_no_line():
    ax = panel(canvas())
    draw_field(ax, np.ones((4, 4)), SPAN, SPAN)
    assert not ax.collections
