"""Random numbers by a counter: the same ones here and in a page.

Number i of a key is a function of the two alone: Threefry-2x32 with 20 rounds, which needs only
32-bit additions, rotations and exclusive ors. ``vizdl/live/draws.js`` has the same functions,
with the same names, and gives the same numbers: whole numbers, orders and uniform ones bit for
bit, normal ones to the last digits of logarithm and cosine.

References: Salmon, Moraes, Dror and Shaw, Parallel Random Numbers: As Easy as 1, 2, 3, SC 2011;
Box and Muller, A Note on the Generation of Random Normal Deviates, Annals of Mathematical
Statistics 29, 1958; Durstenfeld, Algorithm 235: Random Permutation, Communications of the ACM 7,
1964.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import check
from vizdl.engines.check import Array

Words = NDArray[np.uint32]
Indices = NDArray[np.int64]
Key = tuple[int, int]
Shape = int | tuple[int, ...]

ROTATIONS = (13, 15, 26, 6, 17, 29, 16, 24)
PARITY = 0x1BD11BDA
LARGEST = 2**32 - 1


def key(seed: int, *path: int) -> Key:
    """Return the key of a seed, or of one of the streams that the numbers of `path` lead to.

    Raises TypeError or ValueError unless all are whole numbers from 0 to 2^32 - 1.
    """
    result = (check.integer("seed", seed, 0, LARGEST), 0)
    for part in path:
        step = check.integer("path", part, 0, LARGEST)
        words = threefry(result, np.array([step]), np.array([1]))  # counters of draws have a 0 here
        result = (int(words[0][0]), int(words[1][0]))
    return result


def threefry(
    key: Key, first: NDArray[np.generic], second: NDArray[np.generic]
) -> tuple[Words, Words]:
    """Return two words for each counter, of which `first` and `second` are the halves (N,)."""
    keys = [np.uint32(key[0]), np.uint32(key[1]), np.uint32(key[0] ^ key[1] ^ PARITY)]
    x0 = first.astype(np.uint32) + keys[0]
    x1 = second.astype(np.uint32) + keys[1]
    for r in range(20):
        turn = ROTATIONS[r % 8]
        x0 += x1
        x1 = x1 << np.uint32(turn) | x1 >> np.uint32(32 - turn)
        x1 ^= x0
        if r % 4 == 3:
            s = r // 4 + 1
            x0 += keys[s % 3]
            x1 += keys[(s + 1) % 3]
            x1 += np.uint32(s)
    return x0, x1


def uniform(key: Key, shape: Shape, low: float = 0.0, high: float = 1.0) -> Array:
    """Return numbers in [low, high), 53 random bits each."""
    counters = np.arange(np.prod(shape, dtype=np.int64))
    first, second = threefry(key, counters, np.zeros_like(counters))
    bits = (first >> np.uint32(5)) * 67108864.0 + (second >> np.uint32(6))
    result: Array = (low + (high - low) * (bits / 9007199254740992.0)).reshape(shape)
    return result


def normal(key: Key, shape: Shape) -> Array:
    """Return numbers of mean 0 and variance 1: sqrt(-2 log(1 - u)) cos(2 pi v)."""
    count = int(np.prod(shape, dtype=np.int64))
    u, v = uniform(key, (count, 2)).T
    result: Array = (np.sqrt(-2.0 * np.log(1.0 - u)) * np.cos(2.0 * np.pi * v)).reshape(shape)
    return result


def integers(key: Key, shape: Shape, below: int) -> Indices:
    """Return whole numbers from 0 to below - 1, each as likely to within 2^-53 below."""
    return np.floor(uniform(key, shape) * check.integer("below", below, 1)).astype(np.int64)


def permutations(key: Key, rows: int, count: int) -> Indices:
    """Return `rows` random orders of 0 … count - 1: (rows, count)."""
    orders = np.tile(np.arange(count), (rows, 1))
    left = np.arange(count, 0, -1)  # items not yet in their place, from the last one down
    chosen = np.floor(uniform(key, (rows, count)) * left).astype(np.int64)
    for order, choices in zip(orders, chosen.tolist(), strict=True):
        items = order.tolist()
        for last, k in zip(range(count - 1, 0, -1), choices, strict=False):
            items[last], items[k] = items[k], items[last]
        order[:] = items
    return orders
