"""Associative recall: which value goes with this key? And attention that learns to answer.

A sequence brings items, each a key with a value; then a question brings a key alone:

    (key_1, value_1), …, (key_T, value_T), key      the answer is value_t, where key_t = key

The keys of a sequence are all different and are drawn afresh, like the values, so that nothing
can be learned by heart: a network has to look up. One does it by attention,

    q = W_q x,  k_t = W_k x_t,  v_t = W_v x_t,  logits = W_o attend(q, k, v)

with x the question and x_t the items.

The task is from Graves, Wayne and Danihelka, Neural Turing Machines, 2014, section 4.3, in the
form of Ba et al., Using Fast Weights to Attend to the Recent Past, NIPS 2016, section 4.1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import attention, check, losses, training
from vizdl.engines.attention import AttentionTrace
from vizdl.engines.check import Array
from vizdl.engines.losses import softmax
from vizdl.engines.training import Parameters, TrainingTrace

KEYS, VALUES = 12, 8  # how many there are of either
WIDTH = KEYS + VALUES  # of an item: one-hot key, then one-hot value
BATCH = 32  # sequences a training step, each drawn afresh
SPREAD = 0.5  # of the first queries' and keys' weights: so small that all scores are alike
LEARNING_RATE = 0.01
CLIP = 1.0

Indices = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of the task: keys and values (B, T) by number, and which item is asked for (B,)."""

    keys: Indices
    values: Indices
    asked: Indices

    @property
    def items(self) -> Array:
        """Each item as a key and a value, one-hot: (B, T, WIDTH)."""
        return np.concatenate([np.eye(KEYS)[self.keys], np.eye(VALUES)[self.values]], axis=-1)

    @property
    def question(self) -> Array:
        """The key that is asked for, without a value: (B, WIDTH)."""
        key = np.eye(KEYS)[self.keys[self._rows, self.asked]]
        return np.concatenate([key, np.zeros((len(key), VALUES))], axis=-1)

    @property
    def in_time(self) -> Array:
        """The items one by one, then the question, for a recurrent network: (T+1, B, WIDTH)."""
        steps = np.concatenate([self.items, self.question[:, None]], axis=1)
        return np.ascontiguousarray(np.swapaxes(steps, 0, 1))

    @property
    def answers(self) -> Indices:
        """The right value's number: (B,)."""
        right: Indices = self.values[self._rows, self.asked]
        return right

    @property
    def distance(self) -> Indices:
        """How many steps before the question the item came, from 1 to T: (B,)."""
        back: Indices = self.keys.shape[1] - self.asked
        return back

    @property
    def _rows(self) -> Indices:
        return np.arange(len(self.keys))


@dataclass(frozen=True, eq=False)
class Memory:
    """What attention learns: w_q, w_k (d, WIDTH), w_v (e, WIDTH), w_o (VALUES, e)."""

    w_q: Array
    w_k: Array
    w_v: Array
    w_o: Array


def draw(rng: np.random.Generator, batch: int, items: int) -> Sequences:
    """Draw sequences of so many items. Raises ValueError or TypeError for sizes out of range."""
    batch = check.integer("batch", batch, 1)
    items = check.integer("items", items, 1, KEYS)
    keys = np.argsort(rng.random((batch, KEYS)), axis=1)[:, :items]
    return Sequences(
        keys, rng.integers(VALUES, size=(batch, items)), rng.integers(items, size=batch)
    )


def init(size: int, seed: int) -> Memory:
    """Draw the weights: queries, keys and values of `size` numbers each."""
    size = check.integer("size", size, 1)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    w_q, w_k, w_v = rng.normal(0, 1 / np.sqrt(size), (3, size, WIDTH))
    return Memory(SPREAD * w_q, SPREAD * w_k, w_v, rng.normal(0, 1 / np.sqrt(size), (VALUES, size)))


def look(
    memory: Memory, items: Array, questions: Array, temperature: float = 1.0
) -> tuple[AttentionTrace, Array]:
    """Let questions (…, Q, WIDTH) look up items (…, T, WIDTH): what attention did, and the logits.

    The scores are q · k / (√d temperature): above 1 the weights are spread out, below 1 they are
    drawn together. The logits are (…, Q, VALUES).
    """
    scale = 1 / (np.sqrt(len(memory.w_q)) * temperature)
    trace = attention.attend(
        questions @ memory.w_q.T, items @ memory.w_k.T, items @ memory.w_v.T, scale=scale
    )
    return trace, trace.output @ memory.w_o.T


def chances(logits: Array) -> Array:
    """Return how likely each value is held to be: softmax over the last axis."""
    return softmax(logits)


def gradients(memory: Memory, sequences: Sequences) -> tuple[float, dict[str, Array]]:
    """Return the mean cross-entropy of the answers, and its gradient for each of the weights."""
    error = losses.get("softmax_cross_entropy")
    x, question = sequences.items, sequences.question
    trace, logits = look(memory, x, question[:, None])
    dlogits = error.gradient(logits[:, 0], sequences.answers)  # (B, VALUES)
    back = attention.backward(trace, (dlogits @ memory.w_o)[:, None])

    def summed(d: Array, given: Array) -> Array:
        return d.reshape(-1, d.shape[-1]).T @ given.reshape(-1, given.shape[-1])

    return error.value(logits[:, 0], sequences.answers), {
        "w_q": summed(back.q, question),
        "w_k": summed(back.k, x),
        "w_v": summed(back.v, x),
        "w_o": summed(dlogits, trace.output),
    }


def train(seed: int, size: int, items: int, steps: int, snapshots: int) -> TrainingTrace:
    """Train attention by Adam on sequences of so many items; snapshots as `training.train` has."""
    rng = np.random.default_rng([seed, 0])

    def slopes(p: Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        return gradients(Memory(**p), draw(rng, BATCH, items))

    return training.train(
        vars(init(size, seed)),
        slopes,
        learning_rate=LEARNING_RATE,
        steps=steps,
        clip=CLIP,
        snapshots=snapshots,
    )
