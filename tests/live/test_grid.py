"""Arrays made beforehand travel as few bytes and arrive as they were, nearly or exactly."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from vizdl import live
from vizdl.live import grid

NUMBERS = st.one_of(st.just(np.nan), st.floats(-1e12, 1e12))
SHAPES = arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=5)
ARRAYS = st.lists(SHAPES.flatmap(lambda s: arrays.arrays(np.float64, s, elements=NUMBERS)))


@given(ARRAYS)
def test_nearly_the_same_arrives(given):
    found = grid.unpack(json.loads(json.dumps(grid.pack(given))))
    assert len(found) == len(given)
    for was, now in zip(given, found, strict=True):
        assert now.shape == was.shape
        np.testing.assert_array_equal(np.isnan(now), np.isnan(was))
        known = was[~np.isnan(was)]
        if known.size:
            step = np.ptp(known) / grid.STEPS
            np.testing.assert_allclose(now, was, rtol=1e-12, atol=0.51 * step + 1e-15)


@given(ARRAYS)
def test_exact_ones_arrive_to_the_last_bit(given):
    for was, now in zip(given, grid.unpack(grid.pack(given, exact=True)), strict=True):
        np.testing.assert_array_equal(now, was)


def test_ends_and_constants_are_kept():
    (found,) = grid.unpack(grid.pack([[-3.0, 0.5, 7.0]]))
    np.testing.assert_allclose(found[[0, 2]], [-3.0, 7.0], rtol=1e-15)
    np.testing.assert_array_equal(grid.unpack(grid.pack([np.full(3, 2.5)]))[0], np.full(3, 2.5))
    assert grid.unpack(grid.pack([])) == []


def test_sixteen_bits_a_number():
    packed = grid.pack([np.arange(3000.0)])
    assert len(packed["bdata"]) == 8000  # of 6 bits each
    assert len(grid.pack([np.arange(3000.0)], exact=True)["bdata"]) == 32000


def test_infinity_is_refused():
    with pytest.raises(ValueError, match="array 1 of a grid must hold finite numbers"):
        grid.pack([[1.0], [np.inf]])


def test_the_page_unpacks_the_same(node):
    given = [np.array([[0.5, np.nan], [-2.0, 1e6]]), np.array(3.0), np.zeros(0), np.arange(6.0)]
    node.value((live.files("vizdl.live") / "player/flow.js").read_text("utf-8") + "; 1")
    for exact in (False, True):
        packed = grid.pack(given, exact)
        spec = {
            "controls": [], "frames": "k", "runs": [], "sources": [
                {"kind": "table", "name": "t", "by": ["k"], "choices": list("0123"), "grid": packed}
            ],
        }  # fmt: skip
        code = f"""(() => {{ const flow = new vizdl.Flow({json.dumps(spec)}, {{}}, {{k: 0}});
            return [0, 1, 2, 3].map(k => {{ flow.update({{k: k}}); const t = flow.values.t;
            return t.data ? [[...t.data].map(v => v === v ? v : null), [t.rows, ...t.shape]]
                          : [[t], []]; }}); }})()"""
        for (numbers, shape), wanted in zip(node.value(code), grid.unpack(packed), strict=True):
            found = np.array([np.nan if n is None else n for n in numbers]).reshape(shape)
            np.testing.assert_array_equal(found, wanted)
