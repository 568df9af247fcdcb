"""What a page computes of the criteria: three trained models on a sentence of the reader's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl.engines import network, rnn
from vizdl.engines.losses import softmax
from vizdl.engines.network import MLP
from vizdl.engines.vocabulary import one_hot
from vizdl.experiments import sequence_criteria as experiment
from vizdl.experiments.live import Flow, Run, Table, Tiles
from vizdl.experiments.sentiment import BAD, GOOD, LONGEST, VOCABULARY
from vizdl.experiments.sequence_criteria import FARTHEST, UNITS, WINDOWS, SequenceCriteriaTrace

TIMES = np.arange(LONGEST)


def flow(trace: SequenceCriteriaTrace) -> Flow:
    """The reader's words through all three models, with how each model does on sentences like it.

    Every array is as long as the longest sentence; after the end of a shorter one it means nothing.
    """
    seed = trace.settings.seed
    nets = {width: experiment.dense_network(width, seed) for width in WINDOWS}
    layers = {width: _padded(net) for width, net in nets.items()}
    tested = {
        width: experiment.run(trace.settings.model_copy(update={"window": width}))
        for width in WINDOWS
    }
    given = {"words": "sentence.padded", "count": "sentence.count"}
    return Flow(
        controls=("window",),
        sources=(
            Tiles("sentence", VOCABULARY, " ".join(trace.words), "Words to add", LONGEST),
            *(
                Table(f"w{k}", ("window",), {n: made[k] for n, made in layers.items()}, exact=True)
                for k in range(4)
            ),
            Table("by_length", ("window",), {n: 100 * t.by_length for n, t in tested.items()}),
            Table("by_distance", ("window",), {n: 100 * t.by_distance for n, t in tested.items()}),
        ),
        runs=(
            Run("truth", truth, given),
            Run("net", reading(trace), given),
            Run(
                "verdict",
                verdict(trace),
                {**given, **{f"w{k}": f"w{k}" for k in range(4)},
                 "read": "net.last", "mood": "truth.mood", "known": "truth.known"},
            ),
        ),
        frames="sentence.count",
    )  # fmt: skip


def truth(words: Any, count: Any) -> dict[str, Any]:
    """The mood by the rule: the last opinion counts, *not* turns the next one over.

    `known` is 0 where there is no opinion at all; `mood` 1 for good, 0 for bad; `distance` the
    words after the last opinion, `near` that or the farthest that was tested.
    """
    good, bad = (_is_one_of(words, group) for group in (GOOD, BAD))
    nots = _is_one_of(words, ("not",))
    mood, turned, last = 0.0, 0.0, -1.0
    for t in range(LONGEST):
        opinion = good[t] + bad[t]
        said = anp.where(turned > 0, 1 - good[t], good[t])
        mood = anp.where(opinion > 0, said, mood)
        last = anp.where(opinion > 0, t + 0.0, last)
        turned = anp.where(opinion > 0, 0.0, anp.where(nots[t] > 0, 1 - turned, turned))
    distance = count - 1 - last
    return {
        "mood": mood,
        "known": anp.where(last >= 0, 1.0, 0.0),
        "distance": distance,
        "near": anp.minimum(distance, FARTHEST),
    }


def reading(trace: SequenceCriteriaTrace) -> Callable[..., Any]:
    """The recurrent network over the words: states (T, H), and what it gives to good after each."""
    model = trace.model

    def read(words: Any, count: Any) -> dict[str, Any]:
        start = np.zeros((1, model.hidden_size)) + 0.0 * words[0]  # zeros that can be recorded
        done = rnn.forward(model, _hot(words)[:, None], start)
        good = softmax(done.y)[:, 0, 1]  # (T,)
        there = anp.where(count > TIMES, 1.0, anp.nan)
        return {
            "states": done.h[1:, 0] * there[:, None],
            "good": good * there,
            "percent": 100 * good,
            "number": TIMES + 1.0,
            "last": anp.sum(anp.where(count - 1 == TIMES, good, 0.0)),
        }

    return read


def verdict(trace: SequenceCriteriaTrace) -> Callable[..., Any]:
    """What each model gives to good at the end (3,), and whether it is right."""
    bag = trace.bag

    def judge(
        words: Any, count: Any, w0: Any, w1: Any, w2: Any, w3: Any, read: Any, mood: Any, known: Any
    ) -> dict[str, Any]:
        hot = _hot(words)  # (T, V)
        counted = network.forward(bag, anp.sum(hot, axis=0)[None]).output
        back = anp.where(TIMES[None, :] == count - 1 - TIMES[:, None], 1.0, 0.0)  # (T, T)
        hidden = anp.tanh(w0 @ (back @ hot).reshape(-1) + w1)
        dense = w2 @ hidden + w3
        good = anp.stack([softmax(counted)[0, 1], softmax(dense)[1], read])
        correct = anp.where((good > 0.5) == (mood > 0.5), 1.0, 0.0)
        return {
            "good": good,
            "percent": 100 * good,
            "against": 100 * (1 - good),
            "right": correct * known,
            "wrong": (1 - correct) * known,
        }

    return judge


def _hot(words: Any) -> Any:
    return one_hot(words, len(VOCABULARY))


def _is_one_of(words: Any, group: tuple[str, ...]) -> Any:
    return sum(anp.where(words == VOCABULARY.index(word), 1.0, 0.0) for word in group)


def _padded(net: MLP) -> tuple[Any, ...]:
    """Weights and biases of a dense network, its window as long as the longest sentence."""
    first, second = net.weights
    wide = np.zeros((UNITS, LONGEST * len(VOCABULARY)))
    wide[:, : first.shape[1]] = first
    return wide, net.biases[0], second, net.biases[1]
