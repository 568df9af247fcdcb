"""The line of zero is the same in the page, gaps included."""

import numpy as np

from vizdl.experiments.field import grid, zero_line

SPAN = (-1.5, 1.5)


def test_the_line_of_zero_is_computed_in_the_page(assert_same):
    points = grid(SPAN, SPAN, 9)
    z = np.sin(2 * points[..., 0]) * points[..., 1] + 0.1
    assert_same(lambda z: zero_line(z, SPAN, SPAN), z)
