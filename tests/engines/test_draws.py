import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import draws

# Known answers of Threefry-2x32 with 20 rounds, as published with Random123: counter, key, words.
KNOWN = [
    ((0x00000000, 0x00000000), (0x00000000, 0x00000000), (0x6B200159, 0x99BA4EFE)),
    ((0xFFFFFFFF, 0xFFFFFFFF), (0xFFFFFFFF, 0xFFFFFFFF), (0x1CB996FC, 0xBB002BE7)),
    ((0x243F6A88, 0x85A308D3), (0x13198A2E, 0x03707344), (0xC4923A9C, 0x483DF7A0)),
]
seeds = st.integers(0, draws.LARGEST)


@pytest.mark.parametrize(("counter", "key", "words"), KNOWN)
def test_threefry_gives_the_published_words(counter, key, words):
    first, second = draws.threefry(key, *(np.array([half]) for half in counter))
    assert (int(first[0]), int(second[0])) == words


@given(seed=seeds, path=st.lists(seeds, max_size=2), count=st.integers(0, 20))
def test_a_draw_depends_on_key_and_place_alone(seed, path, count):
    key = draws.key(seed, *path)
    whole = draws.uniform(key, 20)
    np.testing.assert_array_equal(draws.uniform(key, count), whole[:count])
    np.testing.assert_array_equal(draws.uniform(key, (4, 5)), whole.reshape(4, 5))
    assert ((whole >= 0) & (whole < 1)).all()
    assert (draws.uniform(draws.key(seed, *path, 1), 20) != whole).any()


def test_uniform_numbers_fill_their_range_evenly():
    numbers = draws.uniform(draws.key(1), 100_000, -1, 3)
    counts, _ = np.histogram(numbers, np.linspace(-1, 3, 21))
    assert np.abs(counts - 5000).max() < 5 * np.sqrt(5000)
    assert abs(np.corrcoef(numbers[:-1], numbers[1:])[0, 1]) < 0.02


def test_normal_numbers_are_normal():
    numbers = draws.normal(draws.key(2), 100_000)
    assert abs(numbers.mean()) < 0.02
    assert abs(numbers.std() - 1) < 0.01
    assert abs((numbers**4).mean() - 3) < 0.15
    assert np.mean(np.abs(numbers) > 1.959964) == pytest.approx(0.05, abs=0.003)


def test_whole_numbers_are_equally_likely():
    counts = np.bincount(draws.integers(draws.key(3), 60_000, 6), minlength=6)
    assert len(counts) == 6
    assert np.abs(counts - 10_000).max() < 5 * np.sqrt(10_000)


@given(seed=seeds, rows=st.integers(1, 4), count=st.integers(1, 40))
def test_orders_hold_every_item_once(seed, rows, count):
    orders = draws.permutations(draws.key(seed), rows, count)
    np.testing.assert_array_equal(np.sort(orders, axis=1), np.tile(np.arange(count), (rows, 1)))


def test_orders_are_equally_likely():
    orders = draws.permutations(draws.key(4), 24_000, 4)
    _, counts = np.unique(orders, axis=0, return_counts=True)
    assert len(counts) == 24
    assert np.abs(counts - 1000).max() < 5 * np.sqrt(1000)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5, True])
def test_seeds_are_words(seed):
    with pytest.raises((TypeError, ValueError), match="seed must be"):
        draws.key(seed)
