"""What a model of sequences has to do, measured on one that does it and two that do not.

Three models are trained on the same short sentences (see `sentiment`) to say whether their mood is
good or bad: a bag of words, that counts words; a dense network over the last few words, with
weights of its own for each place; and a recurrent network. The four criteria are four tests:
sentences longer than any seen, opinions far from the end, pairs of sentences of the same words, and
words at places where they never stood in training.

The bag cannot fail at the last one, as it knows no places; so the dense network is tested there,
with a window as long as the longest sentence, which alone gets every word to see.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import network, rnn, sequence_labels
from vizdl.engines.losses import softmax
from vizdl.engines.network import MLP
from vizdl.engines.rnn import RNN
from vizdl.engines.vocabulary import NONE
from vizdl.experiments import base, sentiment
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.sentiment import LONGEST, LONGEST_SEEN, SHORTEST, VOCABULARY, Sentences

Array = NDArray[np.float64]
Places = NDArray[np.int64]
Said = Callable[[Sentences], Array]

WINDOWS = (3, 5, 8, LONGEST)  # words that the dense network may see
UNITS = 8  # of its hidden layer
EPOCHS, BATCH, RATE = 15, 64, 0.02  # of the two models that are no sequence models
COUNT = 150  # sentences of each length and each distance, held out
PAIRS = 100  # of the same words
FARTHEST = 10  # words after the last opinion
EXAMPLES = {
    "good_not_bad": "the film was good not bad",
    "bad_not_good": "the film was bad not good",
    "short": "not bad",
    "long_ago": "it was lovely we saw it in town with friends last night",
}
PARTNER = {"good_not_bad": "bad_not_good", "bad_not_good": "good_not_bad"}
MODELS = ("bag of words", "dense network", "recurrent network")

EQUATIONS = {
    "bag": 'hat(y) = op("softmax")(A sum_(t=1)^T x_t + a)',
    "dense": 'hat(y) = op("softmax")(U tanh(sum_(j=1)^w V_j x_(T-j+1) + v) + u)',
    "state": "h_t = tanh(W_(x h) x_t + W_(h h) h_(t-1) + b_h)",
    "output": 'hat(y) = op("softmax")(W_(h y) h_T + b_y)',
}


class Settings(base.Settings):
    """What may be changed: the sentence shown, how much the dense network sees, the training."""

    example: Literal["good_not_bad", "bad_not_good", "short", "long_ago"] = setting(
        "good_not_bad", "example"
    )
    window: Literal[3, 5, 8, 15] = setting(5, "window of the dense network", unit="words")
    hidden_size: int = setting(16, "hidden units", low=4, high=24, step=1)
    training_steps: int = setting(800, "training steps", low=50, high=1200, step=50)
    seed: int = setting(0, "seed", low=0, high=99, step=1)


@dataclass(frozen=True, eq=False)
class Reading:
    """One of `EXAMPLES` with T words: states (T+1, H) of the recurrent network, the probability
    good (T,) it gives to the mood good after each word, and what each of `MODELS` says: said (3,).
    """

    words: tuple[str, ...]
    states: Array
    good: Array
    said: Array


@dataclass(frozen=True, eq=False)
class SequenceCriteriaTrace(Trace):
    """Three trained models, what they say of one sentence of T words, and how they do on tests.

    words, the sentence; states (T+1, H), good (T,) and said (3,) as in `Reading`; swapped and
    swapped_said, the same words in the other order, if there is one. readings has all examples, as
    `EXAMPLES` does.

    lengths (L,), by_length (3, L): the share of right answers on held-out sentences so long;
    distances (D,), by_distance (3, D): with so many words after the last opinion. pair_good
    (2, PAIRS, 3): what each model gives to good for both sentences of each pair, pair_moods
    (2, PAIRS) the truth, bags_differ how many pairs have different bags. elsewhere (2,): the share
    of right answers where words stand at places new to them, of the recurrent network and of the
    dense one over whole sentences. parameters (2, L), of both, by the length they have to take.
    """

    settings: Settings
    words: tuple[str, ...]
    swapped: tuple[str, ...]
    states: Array
    good: Array
    said: Array
    swapped_said: Array
    readings: tuple[Reading, ...]
    lengths: Places
    by_length: Array
    distances: Places
    by_distance: Array
    pair_good: Array
    pair_moods: Places
    bags_differ: int
    elsewhere: Array
    parameters: Array
    losses: Array
    model: RNN
    bag: MLP
    dense: MLP

    pool: ClassVar[int] = sentiment.POOL
    pairs: ClassVar[int] = PAIRS
    shortest: ClassVar[int] = SHORTEST
    longest: ClassVar[int] = LONGEST
    longest_seen: ClassVar[int] = LONGEST_SEEN


def run(settings: Settings) -> SequenceCriteriaTrace:
    """Train the three models (once for each choice of settings) and test them."""
    trained = sentiment.trained(settings.hidden_size, settings.training_steps, settings.seed)
    model, bag = trained.model, _bag(settings.seed)
    dense = dense_network(settings.window, settings.seed)
    tests = _tests(settings.seed)
    every: tuple[Said, ...] = (
        lambda s: probability_by_bag(bag, s),
        lambda s: probability_by_window(dense, s),
        lambda s: probability_by_reading(model, s),
    )
    first, second = tests.pairs
    readings = {name: _read(model, text, every) for name, text in EXAMPLES.items()}
    shown = readings[settings.example]
    other = readings[PARTNER.get(settings.example, settings.example)]
    differ = (bags(first) != bags(second)).any(axis=1)
    whole = dense_network(LONGEST, settings.seed)
    lengths = np.arange(SHORTEST, LONGEST + 1)
    return SequenceCriteriaTrace(
        settings=settings,
        words=shown.words,
        swapped=other.words,
        states=shown.states,
        good=shown.good,
        said=shown.said,
        swapped_said=other.said,
        readings=tuple(readings.values()),
        lengths=lengths,
        by_length=np.array([[right(said, s) for s in tests.by_length] for said in every]),
        distances=np.arange(FARTHEST + 1),
        by_distance=np.array([[right(said, s) for s in tests.by_distance] for said in every]),
        pair_good=np.array([[said(half) for said in every] for half in tests.pairs]).swapaxes(1, 2),
        pair_moods=np.stack([first.moods, second.moods]),
        bags_differ=int(differ.sum()),
        elsewhere=np.array(
            [
                right(lambda s: probability_by_reading(model, s), tests.elsewhere),
                right(lambda s: probability_by_window(whole, s), tests.elsewhere),
            ]
        ),
        parameters=np.array(
            [
                [_size(model) for _ in lengths],
                [len(VOCABULARY) * n * UNITS + UNITS + 2 * UNITS + 2 for n in lengths],
            ],
            dtype=float,
        ),
        losses=trained.losses,
        model=model,
        bag=bag,
        dense=dense,
    )


def facts(trace: SequenceCriteriaTrace) -> Facts:
    """Each criterion: the recurrent network meets it, and another model does not."""
    unseen = trace.by_length[:, trace.lengths > LONGEST_SEEN].mean(axis=1)
    window = trace.settings.window
    far = trace.by_distance[:, -3:].mean(axis=1)  # (3,), 8 words and more after the last opinion
    told_right = (trace.pair_good > 0.5) == (trace.pair_moods[..., None] == 1)  # (2, PAIRS, 3)
    both = told_right.all(axis=0).mean(axis=0)  # (3,)
    spread = float(np.abs(trace.pair_good[0] - trace.pair_good[1])[:, 0].max())
    reads, dense = trace.elsewhere
    growth = float(trace.parameters[0].max() - trace.parameters[0].min())
    fewer = "at least 15% fewer right than the recurrent network"
    return Facts(
        _share("longer", "It reads sentences longer than any it was trained on", unseen[2], 0.9),
        Fact(
            "longer_dense",
            f"A dense network over {window} words gets of these",
            100 * float(unseen[1]),
            fewer,
            bool(unseen[1] < unseen[2] - 0.15),
            unit="%",
        ),
        _share("far", f"It keeps an opinion for {FARTHEST - 2} words and more", far[2], 0.85),
        Fact(
            "far_dense",
            f"A dense network over {window} words gets of these",
            100 * float(far[1]),
            fewer,
            bool(far[1] < far[2] - 0.15),
            unit="%",
        ),
        Fact(
            "same_bags",
            f"Of {PAIRS} pairs of the same words, bags that differ",
            float(trace.bags_differ),
            "none: both sentences are one bag, whatever is made of it",
            trace.bags_differ == 0 and spread < 1e-12,
        ),
        _share("order", "It gets both sentences of such a pair right", both[2], 0.9),
        Fact(
            "order_bag",
            "A bag of words gets both right in",
            100 * float(both[0]),
            "none of the pairs",
            bool(both[0] == 0),
            unit="%",
        ),
        _share("shared", "It knows words at places where they never stood", reads, 0.85),
        Fact(
            "shared_dense",
            f"A dense network with weights for each of {LONGEST} places does not",
            100 * float(dense),
            fewer,
            bool(dense < reads - 0.15),
            unit="%",
        ),
        Fact(
            "parameters",
            f"Its weights, whether for {SHORTEST} words or {LONGEST}",
            float(trace.parameters[0, 0]),
            f"the same number; the dense network's grow to {number(trace.parameters[1, -1])}",
            growth == 0 and bool((np.diff(trace.parameters[1]) > 0).all()),
        ),
    )


def _share(name: str, claim: str, value: float, least: float) -> Fact:
    target = f"right answers on sentences held out: at least {number(100 * least)}%"
    return Fact(name, claim, 100 * float(value), target, bool(value >= least), unit="%")


# What the models see


def bags(sentences: Sentences) -> Array:
    """How often each word stands in each sentence: (B, V)."""
    counts: Array = sentences.inputs.sum(axis=0)
    return counts


def windows(sentences: Sentences, width: int) -> Array:
    """One vector for each of the last `width` words, the last one first: (B, width V).

    Zeros where a sentence has no word any more.
    """
    back = np.full((width, len(sentences.words)), NONE)  # (width, B)
    columns = np.arange(len(sentences.words))
    for j in range(width):
        there = sentences.lengths > j
        back[j, there] = sentences.places[sentences.lengths[there] - 1 - j, columns[there]]
    return VOCABULARY.one_hot(back.T).reshape(len(sentences.words), -1)


def probability_by_bag(model: MLP, sentences: Sentences) -> Array:
    """What the bag of words gives to the mood good: (B,)."""
    return softmax(network.forward(model, bags(sentences)).output)[:, 1]


def probability_by_window(model: MLP, sentences: Sentences) -> Array:
    """What a dense network over the last words gives to the mood good: (B,)."""
    width = model.sizes[0] // len(VOCABULARY)
    return softmax(network.forward(model, windows(sentences, width)).output)[:, 1]


def probability_by_reading(model: RNN, sentences: Sentences) -> Array:
    """What the recurrent network gives to the mood good after the last word: (B,)."""
    said = sequence_labels.probabilities(model, sentences.inputs)
    return sentences.at_the_end(said)[:, 1]


def right(said: Said, sentences: Sentences) -> float:
    """The share of sentences whose mood is told right."""
    return float(((said(sentences) > 0.5) == (sentences.moods == 1)).mean())


def _read(model: RNN, text: str, every: tuple[Said, ...]) -> Reading:
    one = Sentences.of([tuple(text.split())])
    read = rnn.forward(model, one.inputs)
    said = np.array([said(one)[0] for said in every])
    return Reading(one.words[0], read.h[:, 0], softmax(read.y)[:, 0, 1], said)


def _size(model: RNN) -> int:
    return sum(getattr(model, name).size for name in sequence_labels.PARAMETERS)


# Training and tests


@functools.cache
def _bag(seed: int) -> MLP:
    """Counts to moods: one weight for each word and mood."""
    return _fitted(network.init((len(VOCABULARY), 2), "tanh", seed), bags, seed)


@functools.cache
def dense_network(width: int, seed: int) -> MLP:
    """The last `width` words to moods, by one hidden layer."""
    start = network.init((width * len(VOCABULARY), UNITS, 2), "tanh", seed)
    return _fitted(start, lambda sentences: windows(sentences, width), seed)


def _fitted(start: MLP, seen: Callable[[Sentences], Array], seed: int) -> MLP:
    pool = sentiment.to_train_on(seed)
    return network.train(
        start, seen(pool), pool.moods, loss="softmax_cross_entropy", learning_rate=RATE,
        epochs=EPOCHS, batch_size=BATCH, seed=seed, snapshots=2,
    ).model  # fmt: skip


@dataclass(frozen=True, eq=False)
class _Tests:
    by_length: tuple[Sentences, ...]
    by_distance: tuple[Sentences, ...]
    pairs: tuple[Sentences, Sentences]
    elsewhere: Sentences


@functools.cache
def _tests(seed: int) -> _Tests:
    """Sentences that were not trained on, for each of the four tests."""
    random = np.random.default_rng((seed, 2))
    seen = set(sentiment.to_train_on(seed).words)
    pairs: dict[sentiment.Sentence, sentiment.Sentence] = {}
    while len(pairs) < PAIRS:
        first, second = sentiment.pair(random)
        if not {first, second} & seen and second not in pairs:
            pairs[first] = second
    rare = (sentiment.RARE[1:], sentiment.RARE[:1])
    return _Tests(
        tuple(
            sentiment.held_out(random, seed, COUNT, length=n) for n in range(SHORTEST, LONGEST + 1)
        ),
        tuple(
            sentiment.held_out(random, seed, COUNT, length=LONGEST, after=n)
            for n in range(FARTHEST + 1)
        ),
        (Sentences.of(pairs.keys()), Sentences.of(pairs.values())),
        Sentences.of(
            sentiment.draw(random, LONGEST, int(random.integers(5, FARTHEST + 1)), rare)
            for _ in range(COUNT)
        ),
    )
