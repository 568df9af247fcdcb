"""The data that several concepts need: seeded, each with its source and licence.

    moons(200, noise=0.2, seed=0).x  # (200, 2)

All but the digits are made here, from a seed. Features stand in x, one example a row; what is to be
said of it stands in y, a class as 0 or 1 (for the digits 0 to 9) or a number.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, mlp_slice

Array = NDArray[np.float64]

MADE_HERE = "made by vizdl from a seed", "CC0 1.0"
DIGITS = (
    "8 × 8 images of handwritten digits, the test set of Alpaydin and Kaynak (1998), Optical "
    "Recognition of Handwritten Digits, UCI Machine Learning Repository, "
    "doi:10.24432/C50P49, as scikit-learn ships it",
    "CC BY 4.0",
)
CORNERS = np.array([[-1.0, -1.0], [-1.0, 1.0], [1.0, -1.0], [1.0, 1.0]])
LECTURES, HOURS = 12, 30  # there were so many lectures; most spent fewer hours on the project
PASSING = (0.45, 0.2, -5.5)  # log-odds of passing: for each lecture, each hour, and to begin with


@dataclass(frozen=True, eq=False)
class DataSet:
    """Examples x (N, D) with their targets y (N,), their names, and where they are from."""

    name: str
    x: Array
    y: Array
    features: tuple[str, ...]
    target: str
    source: str
    licence: str

    def __len__(self) -> int:
        return len(self.x)

    def split(self, count: int, seed: int = 0) -> tuple[DataSet, DataSet]:
        """Two parts without a common example, the first of `count` examples, drawn by the seed.

        Raises ValueError where either part would be empty.
        """
        count = check.integer("count", count, at_least=1)
        if count >= len(self):
            raise ValueError(f"count must be below the {len(self)} examples there are, got {count}")
        order = np.random.default_rng(seed).permutation(len(self))
        first, second = (
            replace(self, x=self.x[rows], y=self.y[rows]) for rows in (order[:count], order[count:])
        )
        return first, second


def moons(count: int = 200, *, noise: float = 0.15, seed: int = 0) -> DataSet:
    """Two half circles of radius 1 that reach into each other, as many points on either.

    `noise` is the standard deviation of what is added to each coordinate. x is (count, 2), y the
    half circle, 0 or 1. No line separates them.
    """
    count = check.integer("count", count, at_least=2)
    x, y = mlp_slice.moons(count, check.number("noise", noise, at_least=0), seed)
    return _made("moons", x, y[:, 0], ("x₁", "x₂"), "half circle")


def xor(count: int = 4, *, noise: float = 0.0, seed: int = 0) -> DataSet:
    """The corners of a square, of class 1 where the signs of the coordinates differ.

    `count` examples, dealt to the four corners in turn; `noise` as in `moons`. x is (count, 2).
    """
    count = check.integer("count", count, at_least=1)
    corner = CORNERS[np.arange(count) % len(CORNERS)]
    y = (corner[:, 0] * corner[:, 1] < 0).astype(float)
    x = corner + _scatter(np.random.default_rng(seed), corner, noise)
    return _made("xor", x, y, ("x₁", "x₂"), "the signs differ")


def students(count: int = 8, *, seed: int = 0) -> DataSet:
    """Students: lectures attended (of 12), hours on the project, and whether they passed.

    They pass at random, more likely the more they did: the log-odds are 0.45 a lecture and 0.2 an
    hour, less 5.5. x is (count, 2) of whole numbers, y is 1 for passed.
    """
    count = check.integer("count", count, at_least=1)
    random = np.random.default_rng(seed)
    lectures = random.binomial(LECTURES, random.beta(1.5, 1.5, count))
    hours = np.round(random.uniform(0, HOURS, count))
    by_lecture, by_hour, start = PASSING
    odds = by_lecture * lectures + by_hour * hours + start
    passed = random.random(count) < 1 / (1 + np.exp(-odds))
    x = np.stack([lectures, hours], axis=1).astype(float)
    return _made("students", x, passed, ("lectures attended", "hours on the project"), "passed")


def sine(count: int = 20, *, noise: float = 0.25, seed: int = 0) -> DataSet:
    """Points on one wave of a sine, sin(2πx) for x from 0 to 1, with noise added to y.

    x is (count, 1), drawn evenly; y (count,).
    """
    count = check.integer("count", count, at_least=1)
    random = np.random.default_rng(seed)
    x = np.sort(random.uniform(0, 1, count))
    y = np.sin(2 * np.pi * x)
    return _made("sine", x[:, None], y + _scatter(random, y, noise), ("x",), "sin 2πx and noise")


@functools.cache
def digits() -> DataSet:
    """1797 handwritten digits: x (1797, 64), grey from 0 to 1, rows of 8 pixels; y 0 to 9."""
    from sklearn.datasets import load_digits  # takes half a second

    x, y = load_digits(return_X_y=True)
    features = tuple(f"row {row}, column {column}" for row in range(8) for column in range(8))
    return DataSet("digits", x / 16.0, y.astype(float), features, "digit", *DIGITS)


SETS: dict[str, Callable[[], DataSet]] = {
    "moons": moons,
    "xor": xor,
    "students": students,
    "sine": sine,
    "digits": digits,
}


def get(name: str) -> DataSet:
    """The data set of that name as it is by default. Raises ValueError."""
    return SETS[check.choice("name", name, SETS)]()


def _scatter(random: np.random.Generator, like: Array, noise: float) -> Array:
    return check.number("noise", noise, at_least=0) * random.normal(size=like.shape)


def _made(name: str, x: Array, y: ArrayLike, features: tuple[str, ...], target: str) -> DataSet:
    return DataSet(name, x, np.asarray(y, dtype=float), features, target, *MADE_HERE)
