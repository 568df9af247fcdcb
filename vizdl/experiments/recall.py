"""Delayed recall: keep the first letter while others go by, and name it at the end.

The first step shows a letter with a flag; more letters follow, drawn from the same few; after
`delay` steps the network has to name the first. Nothing but the memory of it helps, and the loss
stands at the last step alone, so its gradient has to come all the way back for the network to learn
what to keep. A task of this kind is in Hochreiter and Schmidhuber, Long Short-Term Memory, Neural
Computation 9(8), 1997, section 5.2.

`train` trains any of the recurrent `CELLS`, of the same size, in the same way, on this task, or by
`learn` on another one that asks at the end.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import check, gru, losses, lstm, readout, rnn, training
from vizdl.engines.gru import GRU
from vizdl.engines.lstm import LSTM
from vizdl.engines.readout import Readout
from vizdl.engines.rnn import RNN

Array = NDArray[np.float64]
Draw = Callable[[np.random.Generator, int], tuple[Array, NDArray[np.int64]]]

CELLS = ("rnn", "lstm", "gru")
LETTERS = 4  # so that a guess is right in a quarter of all cases
INPUTS = LETTERS + 1  # one for each letter, and the flag
BATCH = 32  # sequences in a training step, each drawn afresh
HELD_OUT = 500  # sequences on which a network is judged
LEARNING_RATE = 0.02
CLIP = 1.0
CROSS_ENTROPY = losses.get("softmax_cross_entropy")
_PARAMETERS = {
    "rnn": ("w_xh", "w_hh", "b_h", "w_hy", "b_y"),
    "lstm": ("w_x", "w_h", "b"),
    "gru": ("w_x", "w_h", "b", "c_n"),
}


@dataclass(frozen=True, eq=False)
class Recaller:
    """A recurrent network with a linear read-out of its last state, as it was trained.

    `kind` is one of `CELLS`; losses (N,) and gradient_norms (N,) are those of each training step,
    the norms before clipping. An RNN has its read-out in itself, so its `readout` holds the same.
    """

    kind: str
    cell: RNN | LSTM | GRU
    readout: Readout
    losses: Array
    gradient_norms: Array

    def __call__(self, x: Array) -> Array:
        """The logits after the last step, (B, O), for sequences x (T, B, D)."""
        return readout.forward(self.readout, self.states(x)[-1])

    def states(self, x: Array) -> Array:
        """The hidden states, before the first step and after each: (T+1, B, H)."""
        cell = self.cell
        if isinstance(cell, RNN):
            return rnn.forward(cell, x).h
        return lstm.forward(cell, x).h if isinstance(cell, LSTM) else gru.forward(cell, x).h

    def accuracy(self, x: Array, target: NDArray[np.int64]) -> float:
        """The share of sequences whose target has the largest logit."""
        return float((self(x).argmax(axis=-1) == target).mean())

    def gradients(
        self, x: Array, target: NDArray[np.int64]
    ) -> tuple[float, dict[str, Array], Array]:
        """The loss at the last step, its gradient in every parameter, and in every state.

        The states' is (T+1, B, H), the first one's being the initial state's.
        """
        cell = self.cell
        if isinstance(cell, RNN):
            trace = rnn.forward(cell, x)
            dy = np.zeros_like(trace.y)
            dy[-1] = CROSS_ENTROPY.gradient(trace.y[-1], target)
            back = rnn.bptt(cell, trace, dy)
            value = CROSS_ENTROPY.value(trace.y[-1], target)
            return value, {name: getattr(back, name) for name in _PARAMETERS["rnn"]}, back.h
        states = lstm.forward(cell, x) if isinstance(cell, LSTM) else gru.forward(cell, x)
        h = states.h
        logits = readout.forward(self.readout, h[-1])
        up = readout.backward(self.readout, h[-1], CROSS_ENTROPY.gradient(logits, target))
        dh = np.zeros_like(h[1:])
        dh[-1] = up.h
        down = _back(cell, states, dh)
        found = {name: getattr(down, name) for name in _PARAMETERS[self.kind]}
        return CROSS_ENTROPY.value(logits, target), {**found, "w_y": up.w, "b_o": up.b}, down.h

    def parameters(self) -> dict[str, Array]:
        """Every parameter by name; `gradients` has the same names."""
        found = {name: getattr(self.cell, name) for name in _PARAMETERS[self.kind]}
        own = self.kind == "rnn"
        return found if own else {**found, "w_y": self.readout.w, "b_o": self.readout.b}

    def with_parameters(self, parameters: Mapping[str, Array]) -> Recaller:
        """The same network with other numbers in it."""
        given = {name: parameters[name] for name in _PARAMETERS[self.kind]}
        cell = replace(self.cell, **given)  # type: ignore[arg-type]
        out = ("w_hy", "b_y") if self.kind == "rnn" else ("w_y", "b_o")
        return replace(self, cell=cell, readout=Readout(*(parameters[name] for name in out)))


def _back(cell: LSTM | GRU, states: Any, dh: Array) -> lstm.LSTMGradients | gru.GRUGradients:
    return lstm.bptt(cell, states, dh) if isinstance(cell, LSTM) else gru.bptt(cell, states, dh)


def draw(
    rng: np.random.Generator, delay: int, batch: int, letters: int = LETTERS
) -> tuple[Array, NDArray[np.int64]]:
    """Draw sequences of `delay` + 1 letters: inputs (delay+1, B, letters+1), targets (B,).

    The target is the number of the first letter, the one with the flag.
    """
    delay = check.integer("delay", delay, 0)
    shape = (delay + 1, check.integer("batch", batch, 1))
    shown = rng.integers(0, check.integer("letters", letters, 2), shape)
    x = np.zeros((*shape, letters + 1))
    x[..., :letters] = shown[..., None] == np.arange(letters)
    x[0, :, letters] = 1
    return x, shown[0]


def init(kind: str, inputs: int, outputs: int, hidden: int, seed: int, bias: float) -> Recaller:
    """Draw a network; `bias` is that of the gate that keeps: an LSTM's forget, a GRU's update."""
    check.choice("kind", kind, CELLS)
    nothing = np.zeros(0)
    if kind == "rnn":
        model = rnn.init(inputs, hidden, outputs, seed)
        return Recaller(kind, model, Readout(model.w_hy, model.b_y), nothing, nothing)
    make = lstm.init if kind == "lstm" else gru.init
    top = readout.init(hidden, outputs, seed + 1)
    return Recaller(kind, make(inputs, hidden, seed, bias), top, nothing, nothing)


def learn(
    start: Recaller,
    task: Draw,
    steps: int,
    rng: np.random.Generator,
    learning_rate: float = LEARNING_RATE,
) -> Recaller:
    """Train a network by Adam: `task(rng, batch)` draws inputs (T, B, D) and targets (B,)."""

    def gradients(p: training.Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        value, found, _ = start.with_parameters(p).gradients(*task(rng, BATCH))
        return value, found

    if not steps:
        return start
    done = training.train(
        start.parameters(), gradients, learning_rate=learning_rate, steps=steps, clip=CLIP
    )
    trained = start.with_parameters(done.parameters)
    return replace(trained, losses=done.losses, gradient_norms=done.gradient_norms)


@functools.cache
def train(
    kind: str, delay: int, seed: int, hidden: int = 16, steps: int = 200, bias: float = 1.0
) -> Recaller:
    """A network of `hidden` units trained on recall over `delay` steps; kept for the next time."""
    start = init(kind, INPUTS, LETTERS, hidden, seed, bias)
    rng = np.random.default_rng((seed, delay, 0))
    return learn(start, lambda rng, batch: draw(rng, delay, batch), steps, rng)


@functools.cache
def accuracy(
    kind: str, delay: int, seed: int, hidden: int = 16, steps: int = 200, bias: float = 1.0
) -> float:
    """The share of `HELD_OUT` fresh sequences in which the trained network names the letter."""
    network = train(kind, delay, seed, hidden, steps, bias)
    return network.accuracy(*draw(np.random.default_rng((seed, delay, 1)), delay, HELD_OUT))
