"""Recurrence: the output depends on the input and on the past, which a state carries on.

A lamp with one button: *press* turns it over, *wait* leaves it as it is. Is it on? The last word
does not say, so that no network can that sees the last word alone. A recurrent network of a few
units reads the words one by one, updates its state at each of them,

    h_t = tanh(W_xh x_t + W_hh h_{t-1} + b)

and is trained to say at every step whether the lamp is on. Then it is asked after every possible
past of six words, and once more with its loop cut.

Training begins with sequences of two words, which grow to ten: on long ones alone the network often
finds nothing to begin with. With a seed in ten or so it does not get there all the same.

Reference: Elman, Finding Structure in Time, Cognitive Science 14(2), 1990.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import autograd.numpy as anp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, losses, rnn, training
from vizdl.engines.rnn import RNN
from vizdl.engines.vocabulary import Vocabulary
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.live import Flow, Run, Table, Tiles

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

WORDS = Vocabulary(("wait", "press"))
WAIT, PRESS = 0, 1
PATTERN = (WAIT, PRESS, WAIT, WAIT, PRESS, WAIT, PRESS, WAIT, PRESS, WAIT)  # of the shown sequence
SHORTEST, LONGEST = 4, 16  # sequences, in words
GROWING = 8  # words by which the sequences of the training grow, from two on
BATCH, RATE, CLIP = 64, 0.02, 1.0
STEPS, EVERY = 1600, 200  # of the training, and between the networks that are kept of it
PAST = 6  # words
FRESH, LONG = 300, 30  # sequences, not seen in training, and their length in words
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
ERROR = losses.get("squared_error")

EQUATIONS = {
    "state": "bold(h)_t = tanh(bold(W)_(x h) bold(x)_t + bold(W)_(h h) bold(h)_(t-1) + bold(b)_h)",
    "output": "hat(y)_t = bold(w)_(h y) dot bold(h)_t + b_y",
    "alone": "hat(y)_t = f(bold(x)_t)",
    "past": "hat(y)_t = f(bold(x)_t, bold(h)_(t-1)) = f(bold(x)_t, bold(x)_(t-1), dots, bold(x)_1)",
}

Trained = Literal[0, 200, 400, 600, 800, 1000, 1200, 1400, 1600]


class Settings(base.Settings):
    """What may be changed. Without its loop the network is the same, but forgets its state."""

    length: int = setting(9, "words", low=SHORTEST, high=LONGEST, step=1)
    hidden_size: int = setting(4, "hidden units", low=2, high=6, step=1)
    training_steps: Trained = setting(STEPS, "training steps")
    loop: bool = setting(True, "with its loop")
    seed: int = setting(0, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class RecurrenceTrace(Trace):
    """One sequence through the network, and what the past means to it. T words, H units.

    words (T,): 0 wait, 1 press; lamps (T,): 1 on, -1 off. states (T+1, H), before the first word
    and after each; from_words and from_states (T, H), the two parts of what the tanh is taken of,
    beside the bias; says (T,), above 0 for on. model as shown: without its loop, W_hh is zero.
    alone_states (T, H) and alone_says (T,): the same without the loop, in any case.

    pasts (64, 6): all there are; answers (64,), what the network, with its loop, says of the same
    *wait* after each; truths (64,), as lamps. by_hand (T, H): the states by the equation, unit by
    unit. right (2,): of fresh, longer sequences the share of steps at which the network says what
    is so, without its loop and with it; alone: the same for the best of all answers to the last
    word alone. longest_seen: words in the longest sequences of the training.
    """

    settings: Settings
    words: Indices
    lamps: Array
    states: Array
    from_words: Array
    from_states: Array
    says: Array
    alone_states: Array
    alone_says: Array
    model: RNN
    pasts: Indices
    answers: Array
    truths: Array
    by_hand: Array
    right: Array
    alone: float
    longest_seen: int


def run(settings: Settings) -> RecurrenceTrace:
    """Train the network (once) and let it read the sequence, and every past."""
    whole = trained(settings.hidden_size, settings.seed)[settings.training_steps // EVERY]
    words = np.resize(PATTERN, settings.length)
    pasts = np.indices((2,) * PAST).reshape(PAST, -1).T  # (64, 6)
    asked = np.concatenate([pasts, np.full((len(pasts), 1), WAIT)], axis=1)
    fresh = np.random.default_rng((settings.seed, 1)).integers(2, size=(FRESH, LONG))
    truth = lamp(fresh)
    trace = RecurrenceTrace(
        settings=settings,
        words=words,
        lamps=lamp(words),
        states=np.zeros((1, settings.hidden_size)),
        from_words=np.zeros((0, settings.hidden_size)),
        from_states=np.zeros((0, settings.hidden_size)),
        says=np.zeros(0),
        alone_states=np.zeros((0, settings.hidden_size)),
        alone_says=np.zeros(0),
        model=whole if settings.loop else cut(whole),
        pasts=pasts,
        answers=_say(whole, asked)[:, -1],
        truths=lamp(pasts)[:, -1],
        by_hand=np.zeros((0, settings.hidden_size)),
        right=np.array([_right(_say(each, fresh), truth) for each in (cut(whole), whole)]),
        alone=_best_alone(fresh, truth),
        longest_seen=_words_at(STEPS - 1),
    )
    return show(trace, words)


def show(trace: RecurrenceTrace, words: ArrayLike) -> RecurrenceTrace:
    """The same trace with another sequence of words (T,), 0 for wait and 1 for press."""
    given = check.array("words", words, ("T",)).astype(np.int64)
    x = np.eye(len(WORDS))[given]
    read, alone = through(trace.model, x), through(cut(trace.model), x)
    return replace(
        trace,
        words=given,
        lamps=lamp(given),
        states=np.concatenate([np.zeros_like(read["states"][:1]), read["states"]]),
        from_words=read["from_words"],
        from_states=read["from_states"],
        says=read["says"],
        alone_states=alone["states"],
        alone_says=alone["says"],
        by_hand=_by_hand(trace.model, given),
    )


def through(model: RNN, x: Any) -> dict[str, Any]:
    """A sequence x (T, 2) through a network: states, their parts (T, H), and what it says (T,)."""
    read = rnn.forward(model, x[:, None])
    states = read.h[1:, 0]
    before = read.h[:-1, 0]
    return {
        "states": states,
        "from_words": x @ model.w_xh.T,
        "from_states": before @ model.w_hh.T,
        "says": read.y[:, 0, 0],
    }


def facts(trace: RecurrenceTrace) -> Facts:
    """The past decides, the state carries it, and without the loop it is lost."""
    on, off = trace.answers[trace.truths > 0], trace.answers[trace.truths < 0]
    gap = float(on.min() - off.max())
    named = int(((trace.answers > 0) == (trace.truths > 0)).sum())
    missed = float(np.abs(trace.states[1:] - trace.by_hand).max())
    without, loop = 100 * trace.right
    return Facts(
        Fact(
            "pasts",
            "The same word after every past: the answer is the past's",
            named,
            f"right after all {len(trace.pasts)} pasts of {PAST} words, when asked at the same "
            "“wait”",
            named == len(trace.pasts),
            f"of {len(trace.pasts)}",
        ),
        Fact(
            "apart",
            "The same input after two pasts gives two outputs",
            gap,
            "least distance between an output that says on and one that says off: above 1",
            gap > 1,
        ),
        Fact(
            "update",
            "The state follows its equation at every step",
            missed,
            "largest error, computed by hand, unit by unit: below 10⁻¹²",
            missed <= 1e-12,
            digits=2,
        ),
        Fact(
            "loop",
            "With its loop it is right, on longer sequences as well",
            float(loop),
            f"of the steps of {FRESH} fresh sequences of {LONG} words, more than in training: at "
            "least 99%",
            bool(loop >= 99),
            "%",
        ),
        Fact(
            "alone",
            "Without the loop it forgets",
            float(without),
            f"of the same steps: at most 60%. Whoever sees the last word alone gets at most "
            f"{base.number(100 * trace.alone)}%",
            bool(without <= 60),
            "%",
        ),
    )


def lamp(words: ArrayLike) -> Array:
    """Whether the lamp is on after each word (…, T): 1 on, -1 off, which it is to begin with."""
    pressed = np.cumsum(np.asarray(words) == PRESS, axis=-1)
    return np.where(pressed % 2 == 1, 1.0, -1.0)


def cut(model: RNN) -> RNN:
    """The network without its loop."""
    return replace(model, w_hh=0 * model.w_hh)


@functools.cache
def trained(hidden_size: int, seed: int) -> tuple[RNN, ...]:
    """The network before training and after every two hundred steps of it."""
    start = rnn.init(len(WORDS), hidden_size, 1, seed)
    random = np.random.default_rng((seed, 0))

    def gradients(
        parameters: training.Parameters, step: int
    ) -> tuple[float, Mapping[str, ArrayLike]]:
        model = _network(parameters)
        words = random.integers(2, size=(BATCH, _words_at(step)))
        x, target = np.eye(len(WORDS))[words.T], lamp(words).T[..., None]  # (T, B, 2), (T, B, 1)
        read = rnn.forward(model, x)
        found = rnn.bptt(model, read, ERROR.gradient(read.y, target))
        return ERROR.value(read.y, target), {name: getattr(found, name) for name in PARAMETERS}

    kept = training.train(
        {name: getattr(start, name) for name in PARAMETERS},
        gradients,
        learning_rate=RATE,
        steps=STEPS,
        clip=CLIP,
        snapshots=STEPS // EVERY + 1,
    ).snapshots
    stages = range(STEPS // EVERY + 1)
    return tuple(_network({name: kept[name][k] for name in PARAMETERS}) for k in stages)


def _words_at(step: int) -> int:
    """How many words the sequences of a training step have."""
    return 2 + step * GROWING // STEPS


def _network(p: Mapping[str, Array]) -> RNN:
    return RNN(p["w_xh"], p["w_hh"], p["b_h"], p["w_hy"], p["b_y"])


def _say(model: RNN, words: Indices) -> Array:
    """What the network says (B, T) of sequences (B, T)."""
    said: Array = rnn.forward(model, np.eye(len(WORDS))[words.T]).y[..., 0].T
    return said


def _right(said: Array, truth: Array) -> float:
    return float(((said > 0) == (truth > 0)).mean())


def _best_alone(words: Indices, truth: Array) -> float:
    """How often the best answer to the last word alone is right: on, or off, for each word."""
    share = [(truth[words == word] > 0).mean() for word in (WAIT, PRESS)]
    count = [(words == word).mean() for word in (WAIT, PRESS)]
    return float(sum(c * max(s, 1 - s) for c, s in zip(count, share, strict=True)))


def _by_hand(model: RNN, words: Indices) -> Array:
    """The states (T, H) by the equation as it is written, one number after the other."""
    units = range(model.hidden_size)
    state = [0.0 for _ in units]
    rows = []
    for word in words:
        state = [
            np.tanh(
                model.w_xh[i, word] + sum(model.w_hh[i, j] * state[j] for j in units) + model.b_h[i]
            )
            for i in units
        ]
        rows.append(state)
    return np.array(rows)


# In a page


def flow(trace: RecurrenceTrace) -> Flow:
    """Words that the reader puts in a row, through the network of any stage of its training.

    The network reads as many words as there can be; after the last one there is nothing to read.
    """
    chosen = trace.settings
    networks = trained(chosen.hidden_size, chosen.seed)
    stages = {EVERY * k: model for k, model in enumerate(networks)}
    tables = {name: {s: getattr(m, name) for s, m in stages.items()} for name in PARAMETERS}
    typed = " ".join(WORDS.spell(trace.words))
    return Flow(
        controls=("training_steps", "loop"),
        sources=(
            Tiles("typed", WORDS, typed, "Words to put in the row", LONGEST),
            *(Table(name, ("training_steps",), each, exact=True) for name, each in tables.items()),
        ),
        runs=(
            Run("net", _read, {
                "words": "typed.padded", "loop": "loop", **{name: name for name in PARAMETERS},
            }),
            Run("lamp", _lamps, {"words": "typed.padded"}),
        ),
        frames="typed.count",
    )  # fmt: skip


def _read(
    words: Any, loop: Any, w_xh: Any, w_hh: Any, b_h: Any, w_hy: Any, b_y: Any
) -> dict[str, Any]:
    x = anp.stack([anp.where(words == word, 1.0, 0.0) for word in (WAIT, PRESS)], axis=-1)
    return shown(through(RNN(w_xh, loop * w_hh, b_h, w_hy, b_y), x), b_h)


def shown(read: dict[str, Any], bias: Any) -> dict[str, Any]:
    """What is shown of a run: each number of the states, all in a row (T H,), and the answers."""
    states = read["states"]
    return {
        "states": states,
        "cells": anp.reshape(states, (-1,)),
        "word": anp.reshape(read["from_words"], (-1,)),
        "state": anp.reshape(read["from_states"], (-1,)),
        "bias": anp.reshape(bias + 0 * states, (-1,)),
        "says": read["says"],
        "on": anp.where(read["says"] > 0, 1.0, 0.0),
    }


def _lamps(words: Any) -> dict[str, Any]:
    """1 for on and -1 for off after each word: every press turns the sign."""
    pressed = anp.where(words == PRESS, 1.0, 0.0)
    times = np.tril(np.ones((LONGEST, LONGEST))) @ pressed
    on = -anp.cos(np.pi * times)
    return {"on": on, "is": anp.where(on > 0, 1.0, 0.0)}
