"""What an embedding is and what it learns, on sentences of a small grammar.

Somebody eats, visits or feeds something: every sentence has three words, drawn from a role each.
Nobody tells the network the roles. It is trained by skip-gram with negative sampling (see
`vizdl.engines.embedding`) to tell the words that do stand near each other from words at random,
and words of one role stand near the same others. What was found:

- With two numbers a word the roles get into each other's way: for most seeds some words end up
  nearer to another role. With three that happens now and then, with four for none of five seeds.
- So the vectors have four numbers, and what is drawn is their plane of largest spread at the end
  of the training (principal components), the same plane at every moment.
- People, food, places and verbs never stand in a sentence with their like. They become neighbours
  all the same: what counts is the company that they keep.

Mikolov, Sutskever, Chen, Corrado and Dean, Distributed Representations of Words and Phrases and
their Compositionality, NIPS 2013; Firth, A Synopsis of Linguistic Theory, 1957.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Literal

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import embedding
from vizdl.engines.training import TrainingTrace
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

Word = Literal[
    "Ann", "Ben", "Eve", "Leo", "cat", "dog", "fox", "owl", "bread", "rice", "soup", "cake",
    "park", "wood", "town", "lake", "eats", "buys", "visits", "leaves", "chases", "fears", "feeds",
    "strokes",
]  # fmt: skip
ROLES = {
    "people": ("Ann", "Ben", "Eve", "Leo"),
    "animals": ("cat", "dog", "fox", "owl"),
    "food": ("bread", "rice", "soup", "cake"),
    "places": ("park", "wood", "town", "lake"),
    "verbs": ("eats", "buys", "visits", "leaves", "chases", "fears", "feeds", "strokes"),
}
WORDS = tuple(word for words in ROLES.values() for word in words)
ROLE = np.array([k for k, words in enumerate(ROLES.values()) for _ in words])  # of each word
PATTERNS = (
    ("people", ("eats", "buys"), "food"),
    ("people", ("visits", "leaves"), "places"),
    ("animals", ("chases", "fears"), "animals"),
    ("people", ("feeds", "strokes"), "animals"),
)  # of sentences, all equally likely
SNAPSHOTS = 41  # moments of the training that are kept
NEAR = 3  # neighbours that are looked at: as many as a role has besides the word itself
LEARNING_RATE = 0.03

EQUATIONS = {
    "lookup": "v_c = e_c^top W, quad e_c = (0, ..., 0, 1, 0, ..., 0)",
    "loss": "J = - log sigma(u_o dot v_c) - sum_(n = 1)^K log sigma(- u_n dot v_c)",
    "slope": "(partial J) / (partial v_c) = (sigma(u_o dot v_c) - 1) u_o "
    "+ sum_(n = 1)^K sigma(u_n dot v_c) u_n",
    "cosine": "cos(v, v') = (v dot v') / (norm(v) norm(v'))",
}


class Settings(base.Settings):
    """What may be changed: the training, and the word that is looked up."""

    seed: int = setting(0, "Seed", low=0, high=9999, step=1)
    size: int = setting(4, "Numbers in a vector", low=2, high=8, step=1)
    sentences: int = setting(400, "Sentences read", low=50, high=1000, step=50)
    window: int = setting(2, "Words on either side that count", low=1, high=2, step=1)
    negatives: int = setting(5, "Random words for each true one", low=1, high=15, step=1)
    training_steps: int = setting(400, "Training steps", low=40, high=2000, step=40)
    word: Word = setting("dog", "Word", scale="choice")


@dataclass(frozen=True)
class EmbeddingTrace(Trace):
    """The embedding of V words in D numbers at each of S moments of its training.

    sentences (N, 3) by word number and pairs (P, 2), the centre and the context of each; steps (S,)
    the training steps taken by then, losses (steps,) that of every step.

    vectors (S, V, D) is the embedding. The plane that is drawn goes through `centre` (D,) along
    `axes` (D, 2); places (S, V, 2) are the words upon it, and `shown` is the share of the spread
    that it shows. cosines (S, V, V); nearest (S, V, 3) the numbers of the nearest others.

    `chosen` is the number of the word that is looked up, one_hot (V,) its vector of ones and zeros.
    """

    settings: Settings
    sentences: Indices
    pairs: Indices
    steps: NDArray[np.int64]
    losses: Array
    vectors: Array
    centre: Array
    axes: Array
    places: Array
    shown: float
    cosines: Array
    nearest: Indices
    chosen: int
    one_hot: Array


def run(settings: Settings) -> EmbeddingTrace:
    """Read the sentences and train (once for each choice of settings), then look up the word."""
    trained, sentences, found = _trained(
        settings.seed, settings.size, settings.sentences, settings.window, settings.negatives,
        settings.training_steps,
    )  # fmt: skip
    vectors = trained.snapshots["w_in"]
    centre, axes, share = plane(vectors[-1])
    chosen = WORDS.index(settings.word)
    return EmbeddingTrace(
        settings=settings,
        sentences=sentences,
        pairs=found,
        steps=trained.snapshot_steps,
        losses=trained.losses,
        vectors=vectors,
        centre=centre,
        axes=axes,
        places=(vectors - centre) @ axes,
        shown=share,
        cosines=np.array([embedding.cosines(each) for each in vectors]),
        nearest=np.array([embedding.neighbours(each, NEAR) for each in vectors]),
        chosen=chosen,
        one_hot=embedding.one_hot(chosen, len(WORDS)),
    )


def facts(trace: EmbeddingTrace) -> Facts:
    """Measure the claims; the roles, which the training never saw, come in here."""
    V = len(WORDS)
    table = trace.vectors[-1]
    products = embedding.one_hot(np.arange(V), V) @ table
    error = float(np.abs(products - embedding.lookup(table, np.arange(V))).max())
    alike = ROLE[trace.nearest] == ROLE[:, None]  # (S, V, NEAR)
    first, last = 100 * alike[0, :, 0].mean(), 100 * alike[-1, :, 0].mean()
    three = 100 * alike[-1].mean()
    same = (ROLE[:, None] == ROLE) & ~np.eye(V, dtype=bool)
    other = ROLE[:, None] != ROLE
    strange = 100 * np.mean([not met(trace, word, trace.nearest[-1, word, 0]) for word in range(V)])
    chance = 100 * same.sum() / (V * (V - 1))
    return Facts(
        _at_most("product_error", "One-hot times matrix is the word's row, up to", error, 1e-15),
        _at_most("before", "Nearest neighbours of the same role at the start", first, 45, "%"),
        _at_least("after", "Nearest neighbours of the same role at the end", last, 95, "%"),
        _at_least("three", "Of the same role among the three nearest", three, 80, "%"),
        _at_most("chance", "Of the same role if neighbours were drawn", chance, 40, "%"),
        _at_least("within", "Mean cosine within a role", trace.cosines[-1][same].mean(), 0.6),
        _at_most("between", "Mean cosine between roles", trace.cosines[-1][other].mean(), 0.4),
        _at_least("strangers", "Neighbours that never met in a sentence", float(strange), 50, "%"),
        _at_least("shown", "Share of the spread that the plane shows", 100 * trace.shown, 60, "%"),
        Fact("words", "Words", float(V), "a row of the matrix each", len(table) == V),
    )


def met(trace: EmbeddingTrace, one: int, other: int) -> bool:
    """Whether two words ever stood in one sentence."""
    return bool(
        ((trace.sentences == one).any(axis=1) & (trace.sentences == other).any(axis=1)).any()
    )


def draw_sentences(rng: np.random.Generator, count: int) -> Indices:
    """Draw sentences of the grammar, as word numbers: (count, 3). Nobody chases himself."""
    chosen: list[list[int]] = []
    while len(chosen) < count:
        subject, verbs, thing = PATTERNS[rng.integers(len(PATTERNS))]
        words = [str(rng.choice(part)) for part in (ROLES[subject], verbs, ROLES[thing])]
        if words[0] != words[2]:
            chosen.append([WORDS.index(word) for word in words])
    return np.array(chosen)


def sides(places: Array) -> list[str]:
    """On which side of its point (V, 2) each word's name has room, among the words of its role."""
    found = [""] * len(WORDS)
    for words in (*list(ROLES.values())[:-1], *(verbs for _, verbs, _ in PATTERNS)):
        left = [WORDS.index(word) for word in words]
        ways = (("left", -1, 0), ("right", 1, 0), ("below", 0, -1), ("above", 0, 1))
        for side, *way in ways[4 - len(left) :]:
            word = left[int(np.argmax(places[left] @ way))]
            found[word] = side
            left.remove(word)
    return found


def plane(vectors: Array) -> tuple[Array, Array, float]:
    """The plane of largest spread of (V, D): its centre (D,), axes (D, 2), and share of the spread.

    Each axis points so that its largest number is above zero.
    """
    centre = vectors.mean(axis=0)
    _, sizes, directions = np.linalg.svd(vectors - centre)
    axes = directions[:2].T
    axes = axes * np.sign(axes[np.abs(axes).argmax(axis=0), [0, 1]])
    return centre, axes, float((sizes[:2] ** 2).sum() / (sizes**2).sum())


@functools.cache
def _trained(
    seed: int, size: int, count: int, window: int, negatives: int, steps: int
) -> tuple[TrainingTrace, Indices, Indices]:
    sentences = draw_sentences(np.random.default_rng([seed, 1]), count)
    found = embedding.pairs(sentences.tolist(), window)
    trained = embedding.train(
        found,
        len(WORDS),
        size=size,
        negatives=negatives,
        seed=seed,
        learning_rate=LEARNING_RATE,
        steps=steps,
        snapshots=SNAPSHOTS,
    )
    for array in (sentences, found, trained.losses, *trained.snapshots.values()):
        array.setflags(write=False)  # it is shared by all later runs
    return trained, sentences, found


def _at_most(name: str, claim: str, value: float, limit: float, unit: str = "") -> Fact:
    target = f"at most {base.number(limit, 2)}{unit}"
    return Fact(name, claim, float(value), target, bool(value <= limit), unit)


def _at_least(name: str, claim: str, value: float, limit: float, unit: str = "") -> Fact:
    target = f"at least {base.number(limit, 2)}{unit}"
    return Fact(name, claim, float(value), target, bool(value >= limit), unit)


# In a page


def flow(trace: EmbeddingTrace) -> Flow:
    """The words at each moment of the training, which ``step`` counts, and a word's neighbours.

    The word that the reader points at is looked up instead of the chosen one.
    """
    by, seed = ("seed",), trace.settings.seed
    return Flow(
        controls=("word",),
        sources=(
            Table(
                "number", ("word",), {word: float(k) for k, word in enumerate(WORDS)}, exact=True
            ),
            Table("called", by, {seed: list(WORDS)}),
            Table("moments", by, {seed: float(len(trace.steps))}, exact=True),
            Table("steps", by, {seed: trace.steps.astype(float)}, exact=True),
            Table("vectors", by, {seed: trace.vectors}, exact=True),
        ),
        runs=(
            Run("asked", asked, {"number": "number", "hover": "hover"}),
            Run(
                "near",
                lambda table, at: near(table, at, trace.centre, trace.axes),
                {"table": "vectors[step]", "at": "asked.at"},
            ),
        ),
        frames="moments",
    )


def asked(number: Any, hover: Any) -> dict[str, Any]:
    """The word that is looked up: its number, and a 1 among zeros (V,)."""
    word = anp.where(hover >= 0, hover, number)
    return {"word": word, "at": anp.where(np.arange(float(len(WORDS))) == word, 1.0, 0.0)}


def near(table: Any, at: Any, centre: Any, axes: Any) -> dict[str, Any]:
    """The row of a word in the table (V, D), where all words are drawn, and the three nearest."""
    V = len(WORDS)
    size = anp.sqrt(anp.sum(table**2, axis=1))
    row = at @ table
    cosine = table @ row / (size * anp.sum(at * size))  # (V,)
    others = anp.where(at > 0, -2.0, cosine)
    ahead = anp.sum(anp.where(others[None] > others[:, None], 1.0, 0.0), axis=1)  # (V,): its rank
    chosen = anp.where(ahead[None] == np.arange(float(NEAR))[:, None], 1.0, 0.0)  # (NEAR, V)
    numbers = chosen @ np.arange(float(V))
    return {
        "row": row,
        "matrix": table + 0.0,
        "cosine": cosine,
        "places": (table - centre) @ axes,
        "picked": chosen,
        "first": numbers[0],
        "second": numbers[1],
        "third": numbers[2],
        "cosines": chosen @ cosine,
        "alike": anp.sum(chosen @ (1.0 * (ROLE[:, None] == ROLE)) @ at),
    }
