"""What attention does, measured on one that was trained to look things up.

The task is associative recall (see `vizdl.engines.associative`): eight people, each with an animal,
then one of the people again: which animal was it? Who and which are drawn afresh every time, so
only looking helps. Beside the attention, an RNN and an LSTM are trained on the same task, with
nearly three and nine times as many weights. What was found:

- Attention learns it in a few hundred steps, and where the item stands makes no difference.
- The RNN answers a little better for items that came last; the LSTM's answers hardly depend on the
  distance. What both lack is room: they have to keep all eight pairs in sixteen numbers, as
  they can't know what will be asked. That is what access to a memory mends.
- Queries, keys and values of four numbers each are enough to tell twelve people and eight animals
  apart. With two, the right item gets less of the weight, and a third of the answers is wrong.

Bahdanau, Cho and Bengio, Neural Machine Translation by Jointly Learning to Align and Translate,
ICLR 2015; Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.2.1.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Self

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from vizdl.engines import associative, draws
from vizdl.engines.associative import KEYS, VALUES, WIDTH, Memory, Sequences
from vizdl.engines.training import TrainingTrace
from vizdl.experiments import base, recall
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.recall import Recaller

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

NAMES = ("Ann", "Ben", "Eve", "Gus", "Ida", "Jim", "Kim", "Leo", "Max", "Pam", "Sue", "Tom")
ANIMALS = ("ant", "bat", "cat", "cow", "dog", "fox", "hen", "owl")
SNAPSHOTS = 51  # moments of the training that are kept
CELLS = 16  # of the RNN and of the LSTM
RATES = {"rnn": 0.01, "lstm": 0.06}  # with which they learn: of those tried, each one's best
HELD_OUT = 2000  # sequences that were not trained on
WEIGHTS = ("w_q", "w_k", "w_v", "w_o")

EQUATIONS = {
    "projections": "q = W_q x, quad k_t = W_k x_t, quad v_t = W_v x_t",
    "scores": "s_t = (q dot k_t) / (sqrt(d) tau)",
    "weights": "alpha_t = e^(s_t) / (sum_j e^(s_j))",
    "output": "o = sum_t alpha_t v_t",
    "answer": '"answer" = "softmax"(W_o o)',
    "softmax": "(partial alpha_t) / (partial s_j) = alpha_t (delta_(t j) - alpha_j)",
}


class Settings(base.Settings):
    """What may be changed: the training, and what is looked up."""

    seed: int = setting(0, "Seed", low=0, high=9999, step=1)
    training_steps: int = setting(500, "Training steps", low=50, high=1000, step=50)
    key_size: int = setting(4, "Numbers in a query and a key", low=2, high=5, step=1)
    items: int = setting(8, "Items to remember", low=4, high=10, step=1)
    sequence: int = setting(3, "Sequence shown", low=0, high=999, step=1)
    query: int = setting(3, "Item asked for", low=1, high=10, step=1)
    temperature: float = setting(1.0, "Temperature", low=0.1, high=10, scale="log")

    @model_validator(mode="after")
    def _query_exists(self) -> Self:
        if self.query > self.items:
            raise ValueError(f"query must be one of the items 1 to {self.items}, got {self.query}")
        return self


@dataclass(frozen=True)
class AttentionTrace(Trace):
    """One sequence of T items as attention sees it at each of S moments of its training.

    steps (S,) the training steps taken by then; losses (N,) that of every step; w_q, w_k (S, d,
    WIDTH), w_v (S, d, WIDTH), w_o (S, VALUES, d) the weights. names, animals (T,) the items by
    number, items (T, WIDTH) and question (WIDTH,) one-hot; `asked` is the item that is asked for.

    q (S, d); k, v (S, T, d); products (S, T, d) = q k and scores (S, T) their sums over √d times
    the temperature; weights (S, T), mixed (S, T, d) = weights v, output (S, d) their sum; chances
    (S, VALUES) of the answers. grid (S, T, T): the weights, whichever of the items is asked for.

    accuracy and mass (S, T): on held-out sequences, at temperature 1, by distance 1 to T, the share
    of right answers and the mean weight on the right item. rnn and lstm (T,) have their accuracy.
    crowded and crowded_mass are attention's with all twelve people in a sequence. sum_error and
    output_error say how far weights are from adding up to 1, and outputs from the weighted sum.
    """

    settings: Settings
    steps: NDArray[np.int64]
    losses: Array
    w_q: Array
    w_k: Array
    w_v: Array
    w_o: Array
    names: Indices
    animals: Indices
    items: Array
    question: Array
    asked: int
    q: Array
    k: Array
    v: Array
    products: Array
    scores: Array
    weights: Array
    mixed: Array
    output: Array
    chances: Array
    grid: Array
    accuracy: Array
    mass: Array
    rnn: Array
    lstm: Array
    crowded: float
    crowded_mass: float
    sum_error: float
    output_error: float


@dataclass(frozen=True)
class _Tried:
    """What the trained networks do on held-out sequences."""

    training: TrainingTrace
    accuracy: Array
    mass: Array
    rnn: Array
    lstm: Array
    crowded: float
    crowded_mass: float
    sum_error: float
    output_error: float


def run(settings: Settings) -> AttentionTrace:
    """Train (once for each choice of settings), and look up one item of one new sequence."""
    tried = _trained(settings.seed, settings.training_steps, settings.key_size, settings.items)
    names, animals = sequence(settings.sequence, settings.items)
    asked = settings.query - 1
    shown = presented(names, animals, asked)
    moments: list[dict[str, Any]] = [
        looked(shown["items"], shown["question"], settings.temperature, *weights)
        for weights in zip(*(tried.training.snapshots[name] for name in WEIGHTS), strict=True)
    ]
    kept: dict[str, Any] = {**tried.training.snapshots}
    for name in moments[0]:
        kept[name] = np.array([moment[name] for moment in moments])
    return AttentionTrace(
        settings=settings,
        steps=tried.training.snapshot_steps,
        losses=tried.training.losses,
        names=names,
        animals=animals,
        items=shown["items"],
        question=shown["question"],
        asked=asked,
        **kept,
        **{name: value for name, value in vars(tried).items() if name != "training"},
    )


def facts(trace: AttentionTrace) -> Facts:
    """Measure the claims on sequences that were not trained on."""
    T = trace.accuracy.shape[1]
    worst = 100 * trace.accuracy[-1].min()
    least = 100 * trace.mass[-1].min()
    spread = 100 * np.ptp(trace.mass[-1])
    lstm, rnn = 100 * float(trace.lstm.mean()), 100 * float(trace.rnn.mean())
    blind = 100 * trace.mass[0].mean()
    far = "at least 20 points below attention"
    return Facts(
        _at_most("sum_error", "The weights add up to 1, up to", trace.sum_error, 1e-12),
        _at_most(
            "output_error", "The output is the weighted sum, up to", trace.output_error, 1e-12
        ),
        _at_most(
            "untrained", f"Untrained, one of {T} items gets of the weight", blind, 150 / T, "%"
        ),
        _at_least("mass", "Trained, the right item gets", 100 * trace.mass[-1].mean(), 50, "%"),
        _at_least("mass_worst", "At the worst distance it still gets", least, 50, "%"),
        _at_most("mass_spread", "From one distance to another that changes by", spread, 5, "%"),
        _at_least("accuracy", "Right answers at the worst distance", worst, 95, "%"),
        Fact("lstm", "Right answers of an LSTM", lstm, far, bool(lstm <= worst - 20), "%"),
        Fact("rnn", "Right answers of an RNN", rnn, far, bool(rnn <= worst - 20), "%"),
        _at_least(
            "crowded", f"Right answers among {KEYS} items instead", 100 * trace.crowded, 95, "%"
        ),
        _at_least("crowded_mass", "There the right item gets", 100 * trace.crowded_mass, 50, "%"),
        Fact("guess", "Right answers of a guess", 100 / VALUES, "one of eight", True, "%"),
        _at_most("weights", "Learned weights of the attention", _size(trace), 1000, digits=4),
        _at_least("lstm_weights", "Learned weights of the LSTM", LSTM_SIZE, 1000, digits=5),
    )


# The shape of both recurrent networks: what they read, what they hold, what they say
LSTM_SIZE = 4 * CELLS * (WIDTH + CELLS + 1) + VALUES * (CELLS + 1)
RNN_SIZE = CELLS * (WIDTH + CELLS + 1) + VALUES * (CELLS + 1)


def _size(trace: AttentionTrace) -> float:
    return float(sum(getattr(trace, name)[0].size for name in WEIGHTS))


def _at_most(
    name: str, claim: str, value: float, limit: float, unit: str = "", digits: int = 3
) -> Fact:
    target = f"at most {base.number(limit, 2)}{unit}"
    return Fact(name, claim, float(value), target, bool(value <= limit), unit, digits)


def _at_least(
    name: str, claim: str, value: float, limit: float, unit: str = "", digits: int = 3
) -> Fact:
    target = f"at least {base.number(limit, 2)}{unit}"
    return Fact(name, claim, float(value), target, bool(value >= limit), unit, digits)


# What is looked up


def sequence(seed: int, items: int) -> tuple[Indices, Indices]:
    """People and their animals, by number (items,): the same ones here and in a page."""
    names = draws.permutations(draws.key(seed, 1), 1, KEYS)[0, :items]
    return names, draws.integers(draws.key(seed, 2), (items,), VALUES)


def presented(names: Any, animals: Any, asked: Any) -> dict[str, Any]:
    """The items (T, WIDTH) and the question (WIDTH,) as a network sees them."""
    people = anp.where(names[:, None] == np.arange(float(KEYS)), 1.0, 0.0)  # (T, KEYS)
    kinds = anp.where(animals[:, None] == np.arange(float(VALUES)), 1.0, 0.0)  # (T, VALUES)
    at = anp.where(np.arange(float(len(names))) == asked, 1.0, 0.0)  # (T,)
    return {
        "items": anp.concatenate([people, kinds], axis=1),
        "question": anp.concatenate([at @ people, np.zeros(VALUES)]),
        "at": at,
        "name": anp.sum(at * names),
        "animal": anp.sum(at * animals),
    }


def looked(
    items: Any, question: Any, temperature: Any, w_q: Any, w_k: Any, w_v: Any, w_o: Any
) -> dict[str, Any]:
    """Everything that attention does with one question, and the weights of all others."""
    memory = Memory(w_q, w_k, w_v, w_o)
    step, logits = associative.look(memory, items, question[None], temperature)
    others = anp.concatenate([items[:, :KEYS], np.zeros((len(items), VALUES))], axis=1)
    q, weights = step.q[0], step.weights[0]
    return {
        "q": q,
        "k": step.k,
        "v": step.v,
        "products": q * step.k,
        "scores": step.scores[0],
        "weights": weights,
        "mixed": weights[:, None] * step.v,
        "output": step.output[0],
        "chances": associative.chances(logits[0]),
        "grid": associative.look(memory, items, others, temperature)[0].weights,
    }


@functools.cache
def _trained(seed: int, steps: int, size: int, items: int) -> _Tried:
    training = associative.train(seed, size, items, steps, SNAPSHOTS)
    rng = np.random.default_rng([seed, 1])
    held_out = associative.draw(rng, HELD_OUT, items)
    crowd = associative.draw(rng, HELD_OUT, KEYS)
    kept = [
        _measured(Memory(*weights), held_out)
        for weights in zip(*(training.snapshots[name] for name in WEIGHTS), strict=True)
    ]
    crowded = _measured(Memory(**training.parameters), crowd)
    rnn, lstm = (
        _by_distance(
            _right(_recurrent(kind, seed, steps, items)(held_out.in_time), held_out), held_out
        )
        for kind in RATES
    )
    return _Tried(
        training=training,
        accuracy=np.array([_by_distance(each["right"], held_out) for each in kept]),
        mass=np.array([_by_distance(each["mass"], held_out) for each in kept]),
        rnn=rnn,
        lstm=lstm,
        crowded=float(crowded["right"].mean()),
        crowded_mass=float(crowded["mass"].mean()),
        sum_error=max(each["sum_error"] for each in kept),
        output_error=max(each["output_error"] for each in kept),
    )


def _recurrent(kind: str, seed: int, steps: int, items: int) -> Recaller:
    """An RNN or LSTM that was trained on as many sequences of the same task."""

    def task(rng: np.random.Generator, batch: int) -> tuple[Array, Indices]:
        drawn = associative.draw(rng, batch, items)
        return drawn.in_time, drawn.answers

    start = recall.init(kind, WIDTH, VALUES, CELLS, seed, 1.0)
    return recall.learn(start, task, steps, np.random.default_rng([seed, 0]), RATES[kind])


def _measured(memory: Memory, tried: Sequences) -> dict[str, Any]:
    """Whether each answer is right, the weight on the right item, and how exact the sums are."""
    step, logits = associative.look(memory, tried.items, tried.question[:, None])
    weights = step.weights[:, 0]  # (B, T)
    again = np.sum(weights[..., None] * (tried.items @ memory.w_v.T), axis=1)
    return {
        "right": _right(logits[:, 0], tried),
        "mass": weights[np.arange(len(weights)), tried.asked],
        "sum_error": float(np.abs(weights.sum(axis=1) - 1).max()),
        "output_error": float(np.abs(again - step.output[:, 0]).max()),
    }


def _right(logits: Array, tried: Sequences) -> Array:
    right: Array = (logits.argmax(axis=1) == tried.answers).astype(float)
    return right


def _by_distance(values: Array, tried: Sequences) -> Array:
    """The mean over the sequences of each distance: (T,)."""
    distances = range(1, tried.keys.shape[1] + 1)
    return np.array([values[tried.distance == distance].mean() for distance in distances])
