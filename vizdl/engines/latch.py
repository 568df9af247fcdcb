"""The latch: a task that can only be solved by keeping a value, and an LSTM trained to do it.

Each step brings a value and two flags, *store* and *ask*. With a store flag the value is to be
remembered until the next store flag; the values in between are distractions. With an ask flag
the remembered value is to be output, without one nothing (0):

    m_t = v_t at a store flag, m_{t-1} otherwise        the memory
    y_t = m_t at an ask flag, 0 otherwise               the target

A task of this kind, with a value to be kept for a time given by markers in the input, is the
adding problem of Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9(8),
1997, section 5.4.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import check, losses, lstm, readout, training
from vizdl.engines.check import Array
from vizdl.engines.lstm import LSTM, LSTMTrace
from vizdl.engines.readout import Readout

INPUTS = ("value", "store", "ask")
STORE_RATE = 0.2  # share of steps with a flag, in training
ASK_RATE = 0.3
LENGTH = 20  # of a training sequence, in steps
BATCH = 32  # sequences a training step, each drawn afresh
LEARNING_RATE = 0.04
CLIP = 1.0


@dataclass(frozen=True, eq=False)
class Sequences:
    """Sequences of the task: inputs (T, B, 3), and memory and targets (T, B)."""

    inputs: Array
    memory: Array
    targets: Array

    @property
    def store(self) -> NDArray[np.bool_]:
        """Where a store flag stands: (T, B)."""
        return self.inputs[..., 1] > 0

    @property
    def ask(self) -> NDArray[np.bool_]:
        """Where an ask flag stands: (T, B)."""
        return self.inputs[..., 2] > 0

    @property
    def age(self) -> NDArray[np.int64]:
        """Steps since the last store flag: (T, B)."""
        steps = np.arange(len(self.inputs))[:, None]
        age: NDArray[np.int64] = steps - np.maximum.accumulate(steps * self.store, axis=0)
        return age


@dataclass(frozen=True, eq=False)
class Network:
    """An LSTM with a linear read-out, and the mean squared error of each training step (N,)."""

    lstm: LSTM
    readout: Readout
    losses: Array

    def __call__(self, sequences: Sequences) -> tuple[LSTMTrace, Array]:
        """Run over sequences: what the LSTM did, and the predictions (T, B)."""
        states = lstm.forward(self.lstm, sequences.inputs)
        return states, readout.forward(self.readout, states.h[1:])[..., 0]


def draw(
    rng: np.random.Generator, length: int, batch: int, store_rate: float, ask_rate: float
) -> Sequences:
    """Draw sequences: values uniform in ±1, flags at random, a store flag at the first step.

    Raises ValueError or TypeError for a length or batch below 1 and a rate outside 0 to 1.
    """
    shape = (check.integer("length", length, 1), check.integer("batch", batch, 1))
    value = rng.uniform(-1, 1, shape)
    store = rng.random(shape) < check.number("store_rate", store_rate, at_least=0, at_most=1)
    ask = rng.random(shape) < check.number("ask_rate", ask_rate, at_least=0, at_most=1)
    store[0] = True
    memory = value.copy()
    for t in range(1, length):
        memory[t] = np.where(store[t], value[t], memory[t - 1])
    return Sequences(np.stack([value, store, ask], axis=-1), memory, ask * memory)


def train(seed: int, cells: int, steps: int, sparsity: float) -> Network:
    """Train an LSTM by Adam on the mean squared error, with a price on the read-out's weights.

        J = mean (ŷ - y)² + sparsity · Σ |w|

    The price, an L1 penalty, leaves the memory to as few cells as the task needs: one. `losses`
    of the result is the first term alone. Raises ValueError or TypeError for `cells` or `steps`
    below 1, a negative `seed` or `sparsity`.
    """
    rng = np.random.default_rng([check.integer("seed", seed, 0), 0])
    price = check.number("sparsity", sparsity, at_least=0)
    cell, top = lstm.init(len(INPUTS), cells, seed), readout.init(cells, 1, seed + 1)
    start = {"w_x": cell.w_x, "w_h": cell.w_h, "b": cell.b, "w_y": top.w, "b_y": top.b}
    error = losses.get("squared_error")

    def gradients(p: training.Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        model, output = LSTM(p["w_x"], p["w_h"], p["b"]), Readout(p["w_y"], p["b_y"])
        batch = draw(rng, LENGTH, BATCH, STORE_RATE, ASK_RATE)
        states = lstm.forward(model, batch.inputs)
        hidden, y = states.h[1:], batch.targets[..., None]  # (T, B, H), (T, B, 1)
        predicted = readout.forward(output, hidden)  # (T, B, 1)
        up = readout.backward(output, hidden, error.gradient(predicted, y))
        down = lstm.bptt(model, states, up.h)
        w_y = up.w + price * np.sign(output.w)
        slopes = {"w_x": down.w_x, "w_h": down.w_h, "b": down.b, "w_y": w_y, "b_y": up.b}
        return error.value(predicted, y), slopes

    trained = training.train(
        start, gradients, optimizer="adam", learning_rate=LEARNING_RATE, steps=steps, clip=CLIP
    )
    p = trained.parameters
    return Network(LSTM(p["w_x"], p["w_h"], p["b"]), Readout(p["w_y"], p["b_y"]), trained.losses)
