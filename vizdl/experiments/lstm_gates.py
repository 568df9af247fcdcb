"""An LSTM trained to latch: it keeps a value until told to replace it, and shows it when asked.

Each step brings a value and two flags, *store* and *ask*. With a store flag the value is to be
remembered until the next store flag; the values in between are distractions. With an ask flag
the remembered value is to be output, and nothing (0) otherwise:

    memory_t = value_t if store_t else memory_{t-1},      target_t = ask_t · memory_t

So each gate has a job that can be measured: to forget and to store at store flags, to show at ask
flags. Two things were learned by measuring other designs first, over ten seeds each:

- Without the ask flag (target = memory) the output gate has nothing to decide and just stays
  open at about 0.9, so step 4, "output a filtered version", could not be seen.
- Four cells trained on the error alone solve the task as well, but share the value between them,
  and no single cell's gates can be read. A small price on the read-out's weights (`sparsity`,
  an L1 penalty) leaves the memory to one cell, for every one of the ten seeds. A network of one
  cell needs no such price but gets stuck for some seeds: it stores between the flags.

Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997; Gers,
Schmidhuber and Cummins, Learning to Forget, Neural Computation 12(10), 2000.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from vizdl.engines import losses, lstm, readout, training
from vizdl.engines.lstm import LSTM, LSTMTrace
from vizdl.engines.readout import Readout
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

INPUTS = ("value", "store", "ask")
GATES = lstm.GATES  # i, f, g, o
STORE_RATE = 0.2  # share of flagged steps in training and in the held-out batch
ASK_RATE = 0.3
LENGTH = 20  # of a training sequence
BATCH = 32
HELD_OUT = 256  # sequences never trained on
LEARNING_RATE = 0.04
CLIP = 1.0
CLEAR = 0.3  # values further from 0, or from each other, can be told apart at a glance
FAR = 8  # a store flag so many steps ago is long past

EQUATIONS = {
    "gate": "sigma(z) = 1 / (1 + e^(-z))",
    "forget": "f_t = sigma(W_f x_t + U_f h_(t-1) + b_f)",
    "store": "i_t = sigma(W_i x_t + U_i h_(t-1) + b_i)",
    "candidate": "g_t = tanh(W_g x_t + U_g h_(t-1) + b_g)",
    "update": "c_t = f_t dot.o c_(t-1) + i_t dot.o g_t",
    "output": "o_t = sigma(W_o x_t + U_o h_(t-1) + b_o)",
    "hidden": "h_t = o_t dot.o tanh(c_t)",
    "readout": "hat(y)_t = w dot h_t + b",
    "memory": 'm_t = cases(v_t & "at a store flag", m_(t-1) & "otherwise")',
}


class Settings(base.Settings):
    """What may be changed: the network, its training, and the sequence that it is shown."""

    seed: int = setting(5, "Seed", low=0, high=9999, step=1)
    hidden_size: int = setting(4, "Cells", low=1, high=8, step=1)
    training_steps: int = setting(500, "Training steps", low=50, high=2000, scale="log")
    sparsity: float = setting(0.002, "Price of read-out weights", low=0, high=0.02, step=0.001)
    length: int = setting(20, "Steps shown", low=12, high=32, step=1)
    store_rate: float = setting(0.2, "Share of store flags shown", low=0.1, high=0.5, step=0.05)
    ask_rate: float = setting(0.3, "Share of ask flags shown", low=0.1, high=0.6, step=0.05)
    unit: int = setting(0, "Cell shown (0: the one that latches)", low=0, high=8, step=1)

    @model_validator(mode="after")
    def _unit_exists(self) -> Self:
        if self.unit > self.hidden_size:
            raise ValueError(
                f"unit must be 0 or one of the cells 1 to {self.hidden_size}, got {self.unit}"
            )
        return self


@dataclass(frozen=True)
class Sequences:
    """Sequences of the latch task: inputs (T, B, 3) and, each (T, B), memory and targets."""

    inputs: Array
    memory: Array
    targets: Array

    @property
    def store(self) -> Flags:
        """Where a store flag stands: (T, B)."""
        return self.inputs[..., 1] > 0

    @property
    def ask(self) -> Flags:
        """Where an ask flag stands: (T, B)."""
        return self.inputs[..., 2] > 0


@dataclass(frozen=True)
class HeldOut:
    """What the trained network does on sequences it was not trained on; predictions (T, B)."""

    sequences: Sequences
    lstm: LSTMTrace
    predictions: Array


@dataclass(frozen=True)
class LstmGatesTrace(Trace):
    """The trained network, and everything it does on one sequence of T steps with H cells.

    inputs (T, 3) value, store flag, ask flag; memory, targets, predictions (T,);
    i, f, g, o (T, H); c, h (T+1, H), the first before any step; kept = f c_{t-1}, added = i g
    and squashed = tanh c, each (T, H).

    The sums behind the gates, order i, f, g, o: weights (4, H, 3+H+1) times operands (T, 3+H+1),
    which are the inputs, the last hidden state and 1 for the bias, are products
    (T, 4, H, 3+H+1), and those sum to z (T, 4, H).

    readout_weights (H,), readout_bias (1,); losses (N,), the mean squared error of each training
    step, without the price of the weights. correlation (H,): how each cell goes with the memory,
    in the held-out sequences (absolute value). `latch` is the cell with the largest, `unit` the
    one that is shown. store_step, hold_step and ask_step are steps worth showing: a value is
    replaced, a distraction ignored, the memory asked for.
    """

    inputs: Array
    memory: Array
    targets: Array
    predictions: Array
    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    h: Array
    kept: Array
    added: Array
    squashed: Array
    weights: Array
    operands: Array
    products: Array
    z: Array
    readout_weights: Array
    readout_bias: Array
    losses: Array
    correlation: Array
    latch: int
    unit: int
    store_step: int
    hold_step: int
    ask_step: int
    held_out: HeldOut


def run(settings: Settings) -> LstmGatesTrace:
    """Train the LSTM (once for each choice of settings) and run it on one new sequence."""
    model, output, errors = _trained(
        settings.seed, settings.hidden_size, settings.training_steps, settings.sparsity
    )
    held_out = _held_out(model, output, np.random.default_rng([settings.seed, 1]))
    correlation = _correlation(held_out)
    latch = int(np.argmax(correlation))

    rng = np.random.default_rng([settings.seed, 2])
    shown, steps = _demonstration(settings, rng)
    states = lstm.forward(model, shown.inputs)
    i, f, g, o = (gate[:, 0] for gate in (states.i, states.f, states.g, states.o))  # (T, H)
    c, h = states.c[:, 0], states.h[:, 0]  # (T+1, H)
    weights = np.concatenate([model.w_x, model.w_h, model.b[:, None]], axis=1)  # (4H, 3+H+1)
    weights = weights.reshape(4, settings.hidden_size, -1)  # (4, H, 3+H+1)
    one = np.ones((settings.length, 1))
    operands = np.concatenate([shown.inputs[:, 0], h[:-1], one], axis=1)  # (T, 3+H+1)
    return LstmGatesTrace(
        settings=settings,
        inputs=shown.inputs[:, 0],
        memory=shown.memory[:, 0],
        targets=shown.targets[:, 0],
        predictions=readout.forward(output, h[1:])[:, 0],
        i=i,
        f=f,
        g=g,
        o=o,
        c=c,
        h=h,
        kept=f * c[:-1],
        added=i * g,
        squashed=np.tanh(c[1:]),
        weights=weights,
        operands=operands,
        products=weights * operands[:, None, None],
        z=states.z[:, 0].reshape(settings.length, 4, -1),
        readout_weights=output.w[0],
        readout_bias=output.b,
        losses=errors,
        correlation=correlation,
        latch=latch,
        unit=settings.unit - 1 if settings.unit else latch,
        store_step=steps[0],
        hold_step=steps[1],
        ask_step=steps[2],
        held_out=held_out,
    )


def facts(trace: LstmGatesTrace) -> Facts:
    """Measure every claim on held-out sequences; the gates are those of the cell that latches."""
    tried, k = trace.held_out.lstm, trace.latch
    store, ask = trace.held_out.sequences.store, trace.held_out.sequences.ask
    between = ~store
    replace = store.copy()
    replace[0] = False  # before the first step there is nothing to forget
    gates = np.stack([tried.i, tried.f, tried.o])
    i, f, o = gates[..., k]  # (T, B)
    c, h = tried.c[1:, :, k], tried.h[1:, :, k]
    update = np.abs(tried.c[1:] - (tried.f * tried.c[:-1] + tried.i * tried.g)).max()
    output = np.abs(tried.h[1:] - tried.o * np.tanh(tried.c[1:])).max()
    right_side = np.concatenate([f[replace] < 0.5, f[between] > 0.5]).mean()
    shown = np.abs(h[~ask]).mean() / np.abs(c[~ask]).mean()

    targets, predictions = trace.held_out.sequences.targets, trace.held_out.predictions
    errors = predictions - targets
    recall = _rms(errors[ask])
    far = _rms(errors[ask & (_age(store) >= FAR)])
    guess = float(targets[ask].std())  # the error of always saying their mean
    return Facts(
        _fact("gate_min", "No gate lets through less than nothing", gates.min(), low=0),
        _fact("gate_max", "No gate lets through more than everything", gates.max(), high=1),
        _fact("forget_at_flags", "At a store flag the cell forgets", f[replace].mean(), high=0.2),
        _fact("forget_between", "Between store flags the cell keeps", f[between].mean(), low=0.9),
        _fact(
            "forget_right",
            "The forget gate stands on the right side of one half",
            100 * right_side,
            low=99,
            unit="% of steps",
        ),
        _fact("input_at_flags", "At a store flag the input gate opens", i[store].mean(), low=0.8),
        _fact("input_between", "Between them it stays shut", i[between].mean(), high=0.1),
        _fact("update_error", "The cell is what was kept plus what was added", update, high=1e-12),
        _fact("output_at_asks", "When asked the output gate opens", o[ask].mean(), low=0.8),
        _fact("output_unasked", "Otherwise it stays shut", o[~ask].mean(), high=0.1),
        _fact("output_error", "The output is the cell through its gate", output, high=1e-12),
        _fact(
            "apart",
            "Unasked, this share of the cell's size leaks out",
            100 * shown,
            high=10,
            unit="%",
        ),
        _fact(
            "correlation",
            "One cell follows the value to be remembered",
            trace.correlation[k],
            low=0.95,
        ),
        Fact(
            "recall_error",
            "What is recalled is what was stored",
            recall,
            f"less than a quarter of {number(guess)}, the error of guessing the mean",
            recall < guess / 4,
        ),
        Fact(
            "recall_far",
            f"The same when it was stored {FAR} or more steps ago",
            far,
            f"less than a quarter of {number(guess)}, the error of guessing the mean",
            far < guess / 4,
        ),
        Fact(
            "guess_error",
            "Guessing the mean would err by this much",
            guess,
            "more than four times the network's error",
            guess > 4 * recall,
        ),
    )


def _fact(
    name: str,
    claim: str,
    value: float,
    *,
    low: float | None = None,
    high: float | None = None,
    unit: str = "",
) -> Fact:
    """A fact whose value has to reach `low`, or must not exceed `high`."""
    if low is not None:
        target, holds = f"at least {number(low)}", value >= low
    else:
        assert high is not None
        target, holds = f"at most {number(high)}", value <= high
    return Fact(name, claim, float(value), f"{target} {unit}".strip(), bool(holds), unit)


# The task


def draw(
    rng: np.random.Generator, length: int, batch: int, store_rate: float, ask_rate: float
) -> Sequences:
    """Draw sequences of the latch task: values uniform in ±1, flags at random, one at the start."""
    value = rng.uniform(-1, 1, (length, batch))
    store = rng.random((length, batch)) < store_rate
    ask = rng.random((length, batch)) < ask_rate
    store[0] = True
    memory = value.copy()
    for t in range(1, length):
        memory[t] = np.where(store[t], value[t], memory[t - 1])
    return Sequences(np.stack([value, store, ask], axis=-1), memory, ask * memory)


def _demonstration(
    settings: Settings, rng: np.random.Generator
) -> tuple[Sequences, tuple[int, int, int]]:
    """Draw one sequence that has something to show, and the steps of it that show it.

    These are: a store flag that replaces a value by one of the other sign, later a distraction,
    and later still a question that only memory can answer; of all such, the longest wait.
    """
    while True:
        drawn = draw(rng, settings.length, 1, settings.store_rate, settings.ask_rate)
        store, ask = drawn.store[:, 0], drawn.ask[:, 0]
        value, memory = drawn.inputs[:, 0, 0], drawn.memory[:, 0]
        before = np.roll(memory, 1)
        clear = (np.abs(memory) > CLEAR) & (np.abs(before) > CLEAR) & (memory * before < 0)
        starts = np.flatnonzero(store & ~ask & clear)
        starts = starts[starts > 0]
        tempting = ~store & (np.abs(value - memory) > CLEAR)
        last = np.arange(settings.length) - _age(drawn.store)[:, 0]  # the flag in force
        found = [
            (int(s), int(t), int(q))
            for s in starts
            for t in np.flatnonzero(tempting & ~ask & (last == s))
            for q in np.flatnonzero(tempting & ask & (last == s))
            if t < q
        ]
        if found:
            return drawn, max(found, key=lambda steps: (steps[2] - steps[0], abs(value[steps[1]])))


def _age(store: Flags) -> NDArray[np.int64]:
    """Steps since the last store flag: (T, B)."""
    steps = np.arange(len(store))[:, None]
    return steps - np.maximum.accumulate(np.where(store, steps, 0), axis=0)


# The network


@functools.cache
def _trained(seed: int, cells: int, steps: int, sparsity: float) -> tuple[LSTM, Readout, Array]:
    """Train LSTM and read-out on fresh sequences; returns them with the error of each step."""
    rng = np.random.default_rng([seed, 0])
    first, top = lstm.init(len(INPUTS), cells, seed), readout.init(cells, 1, seed + 1)
    start = {"w_x": first.w_x, "w_h": first.w_h, "b": first.b, "w_y": top.w, "b_y": top.b}
    loss = losses.get("squared_error")

    def gradients(p: training.Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        model, output = LSTM(p["w_x"], p["w_h"], p["b"]), Readout(p["w_y"], p["b_y"])
        batch = draw(rng, LENGTH, BATCH, STORE_RATE, ASK_RATE)
        states = lstm.forward(model, batch.inputs)
        hidden, target = states.h[1:], batch.targets[..., None]  # (T, B, H), (T, B, 1)
        y = readout.forward(output, hidden)
        dy = readout.backward(output, hidden, loss.gradient(y, target))
        d = lstm.bptt(model, states, dy.h)
        w_y = dy.w + sparsity * np.sign(output.w)  # the slope of sparsity · Σ|w|
        return loss.value(y, target), {
            "w_x": d.w_x,
            "w_h": d.w_h,
            "b": d.b,
            "w_y": w_y,
            "b_y": dy.b,
        }

    trained = training.train(
        start, gradients, optimizer="adam", learning_rate=LEARNING_RATE, steps=steps, clip=CLIP
    )
    p = trained.parameters
    return LSTM(p["w_x"], p["w_h"], p["b"]), Readout(p["w_y"], p["b_y"]), trained.losses


def _held_out(model: LSTM, output: Readout, rng: np.random.Generator) -> HeldOut:
    sequences = draw(rng, LENGTH, HELD_OUT, STORE_RATE, ASK_RATE)
    states = lstm.forward(model, sequences.inputs)
    return HeldOut(sequences, states, readout.forward(output, states.h[1:])[..., 0])


def _correlation(held_out: HeldOut) -> Array:
    """How closely each cell goes with the memory, 0 to 1, whatever its sign: (H,)."""
    cells = held_out.lstm.c[1:].reshape(-1, held_out.lstm.c.shape[-1])  # (T·B, H)
    memory = held_out.sequences.memory.ravel()
    pairs = [np.corrcoef(cell, memory)[0, 1] for cell in cells.T]
    return np.abs(np.array(pairs))


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))
