"""The best line is the best: no other has more points on their side."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import data
from vizdl.engines import best_line

seeds = st.integers(0, 10_000)


def count(x, y, angle, offset):
    above = np.cos(angle) * x[:, 0] + np.sin(angle) * x[:, 1] > offset
    return int((above == y).sum())


@given(seeds, st.integers(1, 14))
def test_no_random_line_is_better(seed, points):
    random = np.random.default_rng(seed)
    x, y = random.normal(size=(points, 2)), random.integers(0, 2, points)
    line = best_line.find(x, y)
    assert count(x, y, line.angle, line.offset) == line.right
    angles, offsets = random.uniform(0, 2 * np.pi, 400), random.normal(size=400)
    assert max(count(x, y, *pair) for pair in zip(angles, offsets, strict=True)) <= line.right


@given(seeds)
def test_points_that_a_line_separates_are_separated(seed):
    random = np.random.default_rng(seed)
    x, normal = random.normal(size=(30, 2)), random.normal(size=2)
    y = x @ normal > 0.1
    assert best_line.find(x, y).right == 30


@given(seeds, st.floats(0, 2 * np.pi))
def test_the_cut_of_a_direction_has_its_points_on_its_side(seed, angle):
    x, y = np.random.default_rng(seed).normal(size=(12, 2)), np.arange(12) % 2
    cuts = best_line.along(x, y, [angle])
    assert count(x, y, angle, cuts.offsets[0]) == cuts.right[0] >= 6


def test_exclusive_or_gets_three_of_four():
    corners = data.xor()
    assert best_line.find(corners.x, corners.y).right == 3


def test_no_line_goes_between_equal_points():
    assert best_line.find([[0, 0], [0, 0]], [0, 1]).right == 1


def test_refuses_other_classes():
    with pytest.raises(ValueError, match="y must hold 0 and 1 only, got 2"):
        best_line.find([[0, 0], [1, 0]], [0, 2])
