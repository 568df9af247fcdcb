"""Short sentences whose mood depends on the order of their words, made from a small grammar.

The last opinion counts, and *not* turns the next one over:

    good but dull → bad       dull but good → good       bad not good → bad       not dull → good

An opinion may stand anywhere, with words before and after it that say nothing. Two opinions are
rare words: sentences to train on have them only near their end, so that it can be measured who
knows them elsewhere.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import sequence_labels
from vizdl.engines.sequence_labels import UNASKED, Trained
from vizdl.engines.vocabulary import Vocabulary

Array = NDArray[np.float64]
Sentence = tuple[str, ...]
T = TypeVar("T")

GOOD = ("good", "great", "lovely", "superb")
BAD = ("bad", "dull", "awful", "feeble")
RARE = ("superb", "feeble")
NEAR = 3  # words that may stand after a rare one in a sentence to train on
SUBJECTS = (("the", "film", "was"), ("the", "song", "was"), ("it", "was"), ())
PHRASES = (("we", "saw", "it"), ("last", "night"), ("in", "town"), ("with", "friends"), ("again",))
VOCABULARY = Vocabulary(
    (*GOOD, *BAD, "not", "very", "but", "and", "the", "film", "song", "it", "was", "we", "saw",
     "last", "night", "in", "town", "with", "friends", "again")
)  # fmt: skip
MOODS = ("bad", "good")  # the two classes, 0 and 1

SHORTEST, LONGEST = 3, 15  # words of a sentence
LONGEST_SEEN = 12  # words of a sentence to train on
POOL = 3000  # sentences to train on
SHUFFLED = 0.3  # of them, the share whose words stand in any order
LEARNING_RATE = 0.02


def mood(words: Iterable[str]) -> int:
    """1 if the last opinion is good, 0 if it is bad; -1 if there is none."""
    found, turned = UNASKED, False
    for word in words:
        if word == "not":
            turned = not turned
        elif word in GOOD or word in BAD:
            found, turned = int((word in GOOD) != turned), False
    return found


def distance(words: Sequence[str]) -> int:
    """How many words stand after the last opinion; as many as there are if there is none."""
    return next(
        (k for k, word in enumerate(reversed(words)) if word in GOOD or word in BAD), len(words)
    )


def draw(
    random: np.random.Generator,
    length: int,
    after: int | None = None,
    opinions: tuple[Sequence[str], Sequence[str]] = (BAD, GOOD),
) -> Sentence:
    """Draw a sentence of that many words, with so many after its last opinion if `after` is given.

    `opinions` are the words to choose from, bad and good ones.
    """
    while True:
        core = _core(random, opinions)
        head = _pick(random, SUBJECTS)
        free = length - len(head) - len(core)
        if free < (after or 0):
            continue
        tail = int(random.integers(free + 1)) if after is None else after
        return (*_filler(random, free - tail), *head, *core, *_filler(random, tail))


def pair(random: np.random.Generator) -> tuple[Sentence, Sentence]:
    """Draw two sentences of the same words, in an order that turns the mood over."""
    good, bad = _pick(random, GOOD[:3]), _pick(random, BAD[:3])
    between = _pick(random, ("but", "not"))
    head, tail = _pick(random, SUBJECTS[:3]), _filler(random, int(random.integers(4)))
    first, second = ((*head, a, between, b, *tail) for a, b in ((good, bad), (bad, good)))
    return first, second


@dataclass(frozen=True, eq=False)
class Sentences:
    """Sentences side by side: places (T, B) in the vocabulary, lengths and moods (B,)."""

    words: tuple[Sentence, ...]
    places: NDArray[np.int64]
    lengths: NDArray[np.int64]
    moods: NDArray[np.int64]

    @classmethod
    def of(cls, sentences: Iterable[Sentence]) -> Sentences:
        """Put them side by side."""
        words = tuple(sentences)
        return cls(
            words,
            VOCABULARY.padded(words),
            np.array([len(sentence) for sentence in words]),
            np.array([mood(sentence) for sentence in words]),
        )

    @property
    def inputs(self) -> Array:
        """One vector a word: (T, B, V)."""
        return VOCABULARY.one_hot(self.places)

    @property
    def targets(self) -> NDArray[np.int64]:
        """The mood at each sentence's last word, nothing asked before: (T, B)."""
        targets = np.full(self.places.shape, UNASKED)
        targets[self.lengths - 1, np.arange(len(self.words))] = self.moods
        return targets

    def at_the_end(self, values: Array) -> Array:
        """Of values (T, B, …) those at each sentence's last word: (B, …)."""
        found: Array = values[self.lengths - 1, np.arange(len(self.words))]
        return found


@functools.cache
def to_train_on(seed: int) -> Sentences:
    """Different sentences of 3 to 12 words, rare words near the end alone.

    Some have their words shuffled, as a reader may put any words in any order.
    """
    random = np.random.default_rng((seed, 1))
    found: dict[Sentence, None] = {}
    while len(found) < POOL:
        sentence = draw(random, int(random.integers(SHORTEST, LONGEST_SEEN + 1)))
        if random.random() < SHUFFLED:
            sentence = tuple(sentence[k] for k in random.permutation(len(sentence)))
        if not is_rare(sentence):
            found[sentence] = None
    return Sentences.of(found)


def held_out(random: np.random.Generator, seed: int, count: int, **asked: int) -> Sentences:
    """Different sentences as `draw` makes them that were not trained on, common words alone."""
    seen = set(to_train_on(seed).words)
    found: dict[Sentence, None] = {}
    for _ in range(100 * count):  # of the shortest there are few
        if len(found) == count:
            break
        sentence = draw(random, **asked, opinions=(BAD[:3], GOOD[:3]))
        if sentence not in seen:
            found[sentence] = None
    return Sentences.of(found)


def is_rare(sentence: Sentence) -> bool:
    """Whether a rare word stands further from the end than in any sentence to train on."""
    return any(word in RARE for word in sentence[: len(sentence) - NEAR - 1])


@functools.cache
def trained(hidden_size: int, steps: int, seed: int) -> Trained:
    """The network, trained on `to_train_on` to say the mood after the last word."""
    pool = to_train_on(seed)
    return sequence_labels.train(
        pool.inputs,
        pool.targets,
        len(MOODS),
        hidden_size,
        steps=steps,
        seed=seed,
        learning_rate=LEARNING_RATE,
    )


def _core(random: np.random.Generator, opinions: tuple[Sequence[str], Sequence[str]]) -> Sentence:
    """One opinion, or two of which the last counts."""
    meant = int(random.integers(2))
    kind = int(random.integers(4))
    if kind == 0:
        return _opinion(random, opinions, meant)
    if kind == 1:
        other = _opinion(random, opinions, 1 - meant)
        return (*other, "but", *_opinion(random, opinions, meant))
    if kind == 2:
        return (*_opinion(random, opinions, meant), "and", *_opinion(random, opinions, meant))
    return (_pick(random, opinions[meant]), "not", _pick(random, opinions[1 - meant]))


def _opinion(
    random: np.random.Generator, opinions: tuple[Sequence[str], Sequence[str]], meant: int
) -> Sentence:
    turned = int(random.random() < 0.4)
    word = _pick(random, opinions[meant ^ turned])
    return ("not",) * turned + ("very",) * int(random.random() < 0.25) + (word,)


def _filler(random: np.random.Generator, words: int) -> Sentence:
    """That many words that say nothing."""
    found: Sentence = ()
    while len(found) < words:
        found += _pick(random, PHRASES)
    return found[:words]


def _pick(random: np.random.Generator, choices: Sequence[T]) -> T:
    return choices[int(random.integers(len(choices)))]
