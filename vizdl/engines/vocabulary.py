"""Words as numbers: their places in a vocabulary, and one-hot vectors.

The vector of the word at place i is (0, …, 0, 1, 0, …, 0), with the 1 at i; a word is nothing more
to a network than that. Jurafsky and Martin, Speech and Language Processing, chapter 6.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import ArrayLike, NDArray

from vizdl.engines.check import Array

Indices = NDArray[np.int64]

NONE = -1  # where there is no word


class UnknownWord(ValueError):
    """A word that is not in the vocabulary; the sentence says which one, and which is like it."""


@dataclass(frozen=True)
class Vocabulary:
    """The words that a model knows, each at its place.

    >>> Vocabulary(("good", "bad", "not")).indices("not bad")
    array([2, 1])

    Raises ValueError for no words, a word twice, and one that is empty or has a space in it.
    """

    words: tuple[str, ...]

    def __post_init__(self) -> None:
        if not self.words:
            raise ValueError("a vocabulary must hold at least one word, got none")
        for word in self.words:
            if word.split() != [word]:
                raise ValueError(f"a word must be letters without a space, got {word!r}")
        if len(self._places) != len(self.words):
            twice = next(word for word in self.words if self.words.count(word) > 1)
            raise ValueError(f"a vocabulary must hold each word once, got {twice!r} twice")

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: object) -> bool:
        return word in self._places

    def index(self, word: str) -> int:
        """The place of a word, from 0. Raises UnknownWord."""
        if word not in self._places:
            near = difflib.get_close_matches(word, self.words, n=1, cutoff=0.6)
            hint = f"did you mean {near[0]!r}?" if near else f"there are: {', '.join(self.words)}"
            raise UnknownWord(f"{word!r} is not among the {len(self)} words known here; {hint}")
        return self._places[word]

    def indices(self, words: str | Iterable[str]) -> Indices:
        """The places of words, given one by one or as a text with spaces between: (T,)."""
        split = words.lower().split() if isinstance(words, str) else words
        return np.array([self.index(word) for word in split], dtype=np.int64)

    def spell(self, indices: ArrayLike) -> tuple[str, ...]:
        """The words at those places (T,); where there is none, nothing."""
        places = np.asarray(indices, dtype=np.int64).ravel()
        return tuple(self.words[place] for place in places if place != NONE)

    def one_hot(self, indices: ArrayLike) -> Array:
        """The vector of each word: (…) to (…, V), zeros where there is none (-1)."""
        places = np.asarray(indices, dtype=np.int64)
        if places.size and not (places.min() >= NONE and places.max() < len(self)):
            raise ValueError(f"indices must be from {NONE} to {len(self) - 1}")
        return one_hot(places, len(self))

    def padded(self, sentences: Sequence[str | Iterable[str]], steps: int = 0) -> Indices:
        """Sentences of different lengths side by side: (T, B), -1 after the end of each.

        T is the longest, or `steps` if that is more.
        """
        rows = [self.indices(sentence) for sentence in sentences]
        result = np.full((max([steps, *map(len, rows)]), len(rows)), NONE, dtype=np.int64)
        for column, row in enumerate(rows):
            result[: len(row), column] = row
        return result

    @cached_property
    def _places(self) -> dict[str, int]:
        return {word: place for place, word in enumerate(self.words)}


def one_hot(indices: ArrayLike, size: int) -> Array:
    """A 1 at the place of each index among zeros: (…) to (…, size). It can be recorded."""
    places: Any = indices if isbox(indices) else np.asarray(indices)
    hot: Array = np.where(places[..., None] == np.arange(size), 1.0, 0.0)
    return hot
