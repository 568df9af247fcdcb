"""Random numbers in the page are those of Python."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import draws

seeds = st.integers(0, draws.LARGEST)
paths = st.lists(seeds, max_size=2)


def in_the_page(node, seed, path, call):
    key = ", ".join(map(str, [seed, *path]))
    code = f"(function (d) {{ var key = d.key({key}); return Array.from({call}); }})"
    return np.array(node.value(f"{code}(vizdlRuntime.draws)"))


@given(counter=st.tuples(seeds, seeds), key=st.tuples(seeds, seeds))
@settings(max_examples=30)
def test_words_are_the_same(node, counter, key):
    code = f"Array.from(vizdlRuntime.draws.threefry({json.dumps(key)}, {counter[0]}, {counter[1]}))"
    words = draws.threefry(key, *(np.array([half]) for half in counter))
    expected = [int(word[0]) for word in words]
    assert [word % 2**32 for word in node.value(code)] == expected


@given(seed=seeds, path=paths, count=st.integers(0, 30))
@settings(max_examples=30)
def test_draws_are_the_same(node, seed, path, count):
    key = draws.key(seed, *path)
    room = f"new Float64Array({count})"
    uniform = in_the_page(node, seed, path, f"d.uniform(key, {room}, -1, 2)")
    np.testing.assert_array_equal(uniform, draws.uniform(key, count, -1, 2))
    whole = in_the_page(node, seed, path, f"d.integers(key, {room}, 512)")
    np.testing.assert_array_equal(whole, draws.integers(key, count, 512))
    normal = in_the_page(node, seed, path, f"d.normal(key, {room})")
    np.testing.assert_allclose(normal, draws.normal(key, count), rtol=0, atol=1e-14)


@given(seed=seeds, path=paths, row=st.integers(0, 3), count=st.integers(1, 30))
@settings(max_examples=30)
def test_orders_are_the_same(node, seed, path, row, count):
    order = in_the_page(node, seed, path, f"d.permutation(key, new Int32Array({count}), {row})")
    np.testing.assert_array_equal(order, draws.permutations(draws.key(seed, *path), 4, count)[row])


@pytest.mark.parametrize("seed", [0, 999])
def test_many_draws_are_the_same(node, seed):
    found = in_the_page(node, seed, [], "d.normal(key, new Float64Array(5000))")
    np.testing.assert_allclose(found, draws.normal(draws.key(seed), 5000), rtol=0, atol=1e-14)
