"""A lighter still is the same drawing."""

import re

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vizdl.gallery.lighter import TOLERANCE, lighter

COORDINATES = st.floats(-900, 900).map(lambda x: round(x, 6))
LINES = arrays.arrays(np.float64, st.tuples(st.integers(1, 40), st.just(2)), elements=COORDINATES)


def drawn(parts, closed=False):
    """An SVG path as Matplotlib writes it."""
    text = " ".join(
        " ".join(f"{'L' if k else 'M'} {x:.6f} {y:.6f} \n" for k, (x, y) in enumerate(part))
        + (" z \n" if closed else "")
        for part in parts
    )
    return f'<g><path d="{text}" style="fill: none"/></g>'


def corners(svg):
    """The corners of each part of the one path, read as SVG has it."""
    found = []
    for part in re.findall(r"M[^M]+", re.search(r' d="([^"]*)"', svg)[1]):
        numbers = [float(n) for n in re.findall(r"-?(?:\d+\.?\d*|\.\d+)", part)]
        points = np.array(numbers).reshape(-1, 2)
        found.append(points.cumsum(axis=0) if "l" in part else points)
    return found


def distance(point, line):
    """From a point to a line through corners (N, 2)."""
    if len(line) == 1:
        return np.hypot(*(point - line[0]))
    way, off = np.diff(line, axis=0), point - line[:-1]
    along = np.clip((off * way).sum(1) / np.maximum((way**2).sum(1), 1e-300), 0, 1)
    return np.hypot(*(off - along[:, None] * way).T).min()


@given(st.lists(LINES, min_size=1, max_size=3), st.booleans())
def test_no_corner_is_further_from_the_line_than_allowed(parts, closed):
    made = lighter(drawn(parts, closed))
    found = corners(made)
    assert len(found) == len(parts)
    assert made.count("z") == len(parts) * closed
    for was, now in zip(parts, found, strict=True):
        assert len(now) <= len(was)
        rounding = TOLERANCE * 2**-0.5
        assert max(distance(point, now) for point in was) <= TOLERANCE + rounding + 1e-6
        np.testing.assert_allclose(now[[0, -1]], was[[0, -1]], atol=0.05 + 1e-6)


def test_a_circle_of_many_points_is_much_shorter():
    turn = np.linspace(0, 2 * np.pi, 2000)
    svg = drawn([100 * np.stack([np.cos(turn), np.sin(turn)], axis=1)], closed=True)
    assert len(lighter(svg)) < len(svg) / 20
    assert 20 < len(corners(lighter(svg))[0]) < 200


def test_curves_and_everything_else_are_left_alone():
    svg = (
        '<svg width="3.25"><defs><path id="a" d="M 1.234567 2 Q 3 4 5.55555 6 z"/></defs>'
        '<path d="M 0 0 C 1 1 2 2 3.141592 3" />'
        '<use x="1.23456" xlink:href="#a"/><path d=""/></svg>'
    )
    assert lighter(svg) == svg


def test_numbers_are_spelled_as_short_as_can_be():
    svg = drawn([np.array([[0.04, -0.96], [10.0, -1.0], [10.5, 20.25]])])
    assert 'd="M0-1l10 0 .5 21.2"' in lighter(svg)
