"""What the gates of an LSTM do, measured on one that was trained to keep a value.

The task is the latch (see `vizdl.engines.latch`): remember the value that came with a *store*
flag until the next one, ignore the values in between, and output the memory where an *ask* flag
stands. So each gate has a job that can be measured: forget and store at store flags, show at ask
flags. Other designs were measured first and given up:

- Without the ask flag, the memory being asked for at every step, a single cell's output gate has
  nothing to decide and stays open, so that step 4, "output a filtered version", can't be seen.
- Four cells trained on the error alone share the value between them, and for three of ten seeds
  no cell's gates tell the story. A small price on the read-out's weights (`sparsity`) leaves the
  memory to one cell: every fact below holds for all of twelve seeds.
- A single cell gets stuck for two of ten seeds, with an input gate that opens between the flags.

Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997; Gers,
Schmidhuber and Cummins, Learning to Forget, Neural Computation 12(10), 2000.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

import autograd.numpy as anp
import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import model_validator

from vizdl.engines import check, latch, lstm, readout
from vizdl.engines.latch import Network, Sequences
from vizdl.engines.lstm import LSTM, LSTMTrace
from vizdl.engines.readout import Readout
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.live import Entries, Flow, Run

Array = NDArray[np.float64]

INPUTS = latch.INPUTS  # value, store, ask
GATES = lstm.GATES  # i, f, g, o
HELD_OUT = 256  # sequences that were not trained on
FAR = 8  # a value stored so many steps ago is long past
CLEAR = 0.3  # values further than this from 0 and from each other are told apart at a glance

EQUATIONS = {
    "memory": 'm_t = cases(v_t & "at a store flag", m_(t-1) & "otherwise")',
    "target": 'y_t = cases(m_t & "at an ask flag", 0 & "otherwise")',
    "gate": "sigma(z) = 1 / (1 + e^(-z))",
    "forget": "f_t = sigma(W_f x_t + U_f h_(t-1) + b_f)",
    "store": "i_t = sigma(W_i x_t + U_i h_(t-1) + b_i)",
    "candidate": "g_t = tanh(W_g x_t + U_g h_(t-1) + b_g)",
    "update": "c_t = f_t dot.o c_(t-1) + i_t dot.o g_t",
    "output": "o_t = sigma(W_o x_t + U_o h_(t-1) + b_o)",
    "hidden": "h_t = o_t dot.o tanh(c_t)",
    "readout": "hat(y)_t = w dot h_t + b",
    "loss": "J = 1/N sum_(n, t) (hat(y)_(n t) - y_(n t))^2 + lambda sum_k abs(w_k)",
}


class Settings(base.Settings):
    """What may be changed: the network, its training, and the sequence that it is shown."""

    seed: int = setting(5, "Seed", low=0, high=9999, step=1)
    hidden_size: int = setting(4, "Cells", low=1, high=8, step=1)
    training_steps: int = setting(500, "Training steps", low=50, high=2000, step=50)
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

    The sums behind the gates, in the order i, f, g, o: weights (4, H, 3+H+1) times operands
    (T, 3+H+1), which are the inputs, the last hidden state and 1 for the bias, are products
    (T, 4, H, 3+H+1), and those sum to z (T, 4, H).

    readout_weights (H,), readout_bias (1,); losses (N,), the mean squared error of each training
    step, without the price of the weights. correlation (H,): how closely each cell goes with the
    memory in the held-out sequences, whatever its sign. `latch` is the cell with the largest,
    `unit` the one that is shown. store_step, hold_step and ask_step are steps worth showing: a
    value is replaced, a distraction ignored, the memory asked for.
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
    network = _trained(
        settings.seed, settings.hidden_size, settings.training_steps, settings.sparsity
    )
    rng = np.random.default_rng([settings.seed, 1])
    tried = latch.draw(rng, latch.LENGTH, HELD_OUT, latch.STORE_RATE, latch.ASK_RATE)
    held_out = HeldOut(tried, *network(tried))
    correlation = _correlation(held_out)
    best = int(np.argmax(correlation))

    shown, steps = _demonstration(settings)
    cell = network.lstm
    weights = np.concatenate([cell.w_x, cell.w_h, cell.b[:, None]], axis=1)  # (4H, 3+H+1)
    weights = weights.reshape(4, cell.hidden_size, -1)  # (4, H, 3+H+1)
    return LstmGatesTrace(
        settings=settings,
        **_computed(network, weights, shown),
        weights=weights,
        readout_weights=network.readout.w[0],
        readout_bias=network.readout.b,
        losses=network.losses,
        correlation=correlation,
        latch=best,
        unit=settings.unit - 1 if settings.unit else best,
        store_step=steps[0],
        hold_step=steps[1],
        ask_step=steps[2],
        held_out=held_out,
    )


def show(trace: LstmGatesTrace, inputs: ArrayLike) -> LstmGatesTrace:
    """The same trained network on another sequence as long: inputs (T, 3) value, store, ask.

    Before the first store flag there is nothing to be remembered: 0. The steps worth showing stay
    those of the first sequence. Raises ValueError or TypeError for anything of another shape, not
    finite or not numeric, and for a flag that is neither 0 nor 1.
    """
    x = check.array("inputs", inputs, trace.inputs.shape)
    value, store, ask = x.T
    if not np.isin(x[:, 1:], (0, 1)).all():
        raise ValueError("the flags of inputs must be 0 or 1")
    memory = np.zeros(len(x))
    for t in range(len(x)):
        memory[t] = value[t] if store[t] else memory[t - 1] if t else 0.0
    sequence = Sequences(x[:, None], memory[:, None], (ask * memory)[:, None])
    return replace(trace, **_computed(_network(trace), trace.weights, sequence))


def facts(trace: LstmGatesTrace) -> Facts:
    """Measure every claim on the held-out sequences; `i`, `f`, `o` are the latching cell's."""
    tried, k = trace.held_out.lstm, trace.latch
    store, ask = trace.held_out.sequences.store, trace.held_out.sequences.ask
    replace = store.copy()
    replace[0] = False  # before the first step there is nothing to forget
    gates = np.stack([tried.i, tried.f, tried.o])
    i, f, o = gates[..., k]  # (T, B)
    c, h = tried.c[1:, :, k], tried.h[1:, :, k]
    right = np.concatenate([f[replace] < 0.5, f[~store] > 0.5]).mean()
    leak = np.abs(h[~ask]).mean() / np.abs(c[~ask]).mean()
    share = np.abs(trace.readout_weights[k]) / np.abs(trace.readout_weights).sum()
    c_replayed, h_replayed = _replay(trace.weights, tried.x)
    return Facts(
        _fact("gate_min", "No gate lets through less than nothing", gates.min(), low=0),
        _fact("gate_max", "No gate lets through more than everything", gates.max(), high=1),
        _fact("forget_at_flags", "Forget gate at a store flag: shut", f[replace].mean(), high=0.2),
        _fact("forget_between", "Forget gate between them: open", f[~store].mean(), low=0.9),
        _fact(
            "forget_right",
            "Steps with the forget gate on the right side",
            100 * right,
            99,
            unit="%",
        ),
        _fact("input_at_flags", "Input gate at a store flag: open", i[store].mean(), low=0.8),
        _fact("input_between", "Input gate between them: shut", i[~store].mean(), high=0.1),
        _fact(
            "update_error",
            "The cell is what was kept plus what was added, up to",
            np.abs(c_replayed - tried.c).max(),
            high=1e-12,
        ),
        _fact("output_at_asks", "Output gate when asked: open", o[ask].mean(), low=0.8),
        _fact("output_unasked", "Output gate when not asked: shut", o[~ask].mean(), high=0.1),
        _fact(
            "output_error",
            "The output is the cell, filtered by its gate, up to",
            np.abs(h_replayed - tried.h).max(),
            high=1e-12,
        ),
        _fact("apart", "Share of the cell that leaks out unasked", 100 * leak, high=10, unit="%"),
        _fact("correlation", "One cell follows the memory", trace.correlation[k], 0.95, digits=3),
        _fact("readout_share", "The read-out listens to that cell most", 100 * share, 50, unit="%"),
        *_recall(trace.held_out),
    )


def _recall(held_out: HeldOut) -> list[Fact]:
    """Root mean square errors where the network was asked, and what guessing would give."""
    tried, ask = held_out.sequences, held_out.sequences.ask
    errors = held_out.predictions - tried.targets
    recall, far = _rms(errors[ask]), _rms(errors[ask & (tried.age >= FAR)])
    guess = float(tried.targets[ask].std())  # the error of always saying their mean
    mean = f"{number(guess, 2)}, the error of guessing the mean"
    found = [
        Fact(name, claim, value, f"at most a quarter of {mean}", value < guess / 4, digits=2)
        for name, claim, value in (
            ("recall_error", "Answers miss what was stored by", recall),
            ("recall_far", f"Answers {FAR} or more steps later miss it by", far),
        )
    ]
    most = "at least four times the network's error"
    told = "Guessing the mean would err by"
    return [*found, Fact("guess_error", told, guess, most, guess > 4 * recall, digits=2)]


def _fact(
    name: str,
    claim: str,
    value: float,
    low: float | None = None,
    high: float = np.inf,
    unit: str = "",
    digits: int = 2,
) -> Fact:
    """A fact whose value has to be at least `low`, or at most `high`."""
    target = f"at most {_short(high)}" if low is None else f"at least {_short(low)}"
    holds = bool(value <= high and (low is None or value >= low))
    return Fact(name, claim, float(value), target + unit, holds, unit, digits)


def _short(limit: float) -> str:
    """A limit with one figure if that is all it has, else with two."""
    return number(limit, 1 if float(f"{limit:.0e}") == limit else 2)


def _computed(network: Network, weights: Array, shown: Sequences) -> dict[str, Any]:
    """Everything that the network does on one sequence, by its name in the trace."""
    states, predictions = network(shown)
    i, f, g, o = (gate[:, 0] for gate in (states.i, states.f, states.g, states.o))  # (T, H)
    c, h = states.c[:, 0], states.h[:, 0]  # (T+1, H)
    T, H = i.shape
    operands = np.concatenate([shown.inputs[:, 0], h[:-1], np.ones((T, 1))], axis=1)  # (T, 3+H+1)
    return {
        "inputs": shown.inputs[:, 0],
        "memory": shown.memory[:, 0],
        "targets": shown.targets[:, 0],
        "predictions": predictions[:, 0],
        "i": i,
        "f": f,
        "g": g,
        "o": o,
        "c": c,
        "h": h,
        "kept": f * c[:-1],
        "added": i * g,
        "squashed": np.tanh(c[1:]),
        "operands": operands,
        "products": weights * operands[:, None, None],
        "z": states.z[:, 0].reshape(T, 4, H),
    }


def _network(trace: LstmGatesTrace) -> Network:
    """The trained network, put together again from the trace's weights."""
    D = len(INPUTS)
    rows = trace.weights.reshape(-1, trace.weights.shape[-1])  # (4H, 3+H+1)
    return Network(
        LSTM(rows[:, :D], rows[:, D:-1], rows[:, -1]),
        Readout(trace.readout_weights[None], trace.readout_bias),
        trace.losses,
    )


@functools.cache
def _trained(seed: int, cells: int, steps: int, sparsity: float) -> Network:
    network = latch.train(seed, cells, steps, sparsity)
    for array in (network.lstm.w_x, network.lstm.w_h, network.lstm.b, network.losses):
        array.setflags(write=False)  # it is shared by all later runs
    return network


def _demonstration(settings: Settings) -> tuple[Sequences, tuple[int, int, int]]:
    """Draw one sequence that has something to show, and the steps of it that show it.

    These are: a store flag that replaces a value by one of the other sign, later a distraction,
    and later still a question that only memory can answer; of all such, the longest wait.
    """
    rng = np.random.default_rng([settings.seed, 2])
    while True:
        drawn = latch.draw(rng, settings.length, 1, settings.store_rate, settings.ask_rate)
        store, ask, age = drawn.store[:, 0], drawn.ask[:, 0], drawn.age[:, 0]
        value, memory = drawn.inputs[:, 0, 0], drawn.memory[:, 0]
        before = np.concatenate([[0.0], memory[:-1]])
        clear = (np.abs(memory) > CLEAR) & (np.abs(before) > CLEAR) & (memory * before < 0)
        tempting = ~store & (np.abs(value - memory) > CLEAR)
        found = [
            (int(s), int(d), int(q))
            for q in np.flatnonzero(tempting & ask)
            for s in [q - age[q]]
            for d in np.flatnonzero(tempting & ~ask)
            if store[s] and clear[s] and not ask[s] and s < d < q
        ]
        if found:
            return drawn, max(found, key=lambda steps: (steps[2] - steps[0], abs(value[steps[1]])))


def _replay(weights: Array, x: Array) -> tuple[Array, Array]:
    """The LSTM's four equations once more, read off the recorded weights: c, h (T+1, B, H)."""
    T, B, _ = x.shape
    c, h = np.zeros((2, T + 1, B, weights.shape[1]))
    for t in range(T):
        operands = np.concatenate([x[t], h[t], np.ones((B, 1))], axis=1)  # (B, 3+H+1)
        z_i, z_f, z_g, z_o = np.einsum("ghk,bk->gbh", weights, operands)  # (B, H) each
        c[t + 1] = c[t] / (1 + np.exp(-z_f)) + np.tanh(z_g) / (1 + np.exp(-z_i))
        h[t + 1] = np.tanh(c[t + 1]) / (1 + np.exp(-z_o))
    return c, h


def _correlation(held_out: HeldOut) -> Array:
    """How closely each cell goes with the memory, 0 to 1, whatever its sign: (H,)."""
    cells = held_out.lstm.c[1:]  # (T, B, H)
    memory = held_out.sequences.memory.ravel()
    pairs = [np.corrcoef(cells[..., k].ravel(), memory)[0, 1] for k in range(cells.shape[-1])]
    correlation: Array = np.abs(np.array(pairs))
    return correlation


def _rms(errors: Array) -> float:
    return float(np.sqrt(np.mean(errors**2)))


# In a page


def flow(trace: LstmGatesTrace) -> Flow:
    """The trained network over the sequence that the reader edits, and the cell that is looked at.

    Step t of ``step`` is the moment after the t-th item of the sequence; 0 is before the first.
    """
    T, H = trace.f.shape
    value, store, ask = trace.inputs.T
    return Flow(
        controls=("unit",),
        highest={"unit": H},
        sources=(
            Entries("value", value, "Value at this step", -1, 1, 0.05, at="step-1"),
            Entries("store", store, "Store flag at this step", 0, 1, 1, at="step-1"),
            Entries("ask", ask, "Ask flag at this step", 0, 1, 1, at="step-1"),
        ),
        runs=(
            Run("shown", _shown(trace), {"asked": "unit"}),
            Run(
                "net",
                _step(trace),
                start={"last": np.zeros(H), "cell": np.zeros(H), "held": 0.0, "count": 0.0},
                sequences={"value": "value", "store": "store", "ask": "ask"},
                most=T,
            ),
        ),
        frames="shown.frames",
    )


def _shown(trace: LstmGatesTrace) -> Callable[..., Any]:
    """The cell that is looked at: its index, and a 1 among zeros at its place."""
    T, H = trace.f.shape

    def step(asked: Any) -> dict[str, Any]:
        index = anp.where(asked > 0, asked - 1.0, float(trace.latch))
        at = anp.where(anp.arange(float(H)) == index, 1.0, 0.0)
        return {"unit": index, "at": at, "frames": T + 1.0, "readout": trace.readout_weights}

    return step


def _step(trace: LstmGatesTrace) -> Callable[..., Any]:
    """One step of the network, and every number that the figure shows of it."""
    network, D = _network(trace), len(INPUTS)
    H = network.lstm.hidden_size

    def step(
        last: Any, cell: Any, held: Any, count: Any, value: Any, store: Any, ask: Any
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        x = anp.stack([value, store, ask])
        states = lstm.forward(network.lstm, x[None, None], (last[None], cell[None]))
        i, f, g, o = (gate[0, 0] for gate in (states.i, states.f, states.g, states.o))  # (H,)
        c, h = states.c[1, 0], states.h[1, 0]
        parts = trace.weights * anp.concatenate([x, last, anp.ones(1)])  # (4, H, 3+H+1)
        sums = [anp.sum(parts[..., :D], -1), anp.sum(parts[..., D:-1], -1), parts[..., -1]]
        memory = anp.where(store > 0, value, held)
        outputs = {
            "number": count + 1,
            "memory": memory,
            "target": ask * memory,
            "predicted": readout.forward(network.readout, states.h[1])[0, 0],
            "both": store * ask,
            "i": i,
            "f": f,
            "g": g,
            "o": o,
            "before": cell + 0.0,
            "c": c,
            "h": h,
            "kept": f * cell,
            "added": i * g,
            "squashed": anp.tanh(c),
            "says": trace.readout_weights * h,
            "z": states.z[0, 0].reshape(4, H),
            "sums": anp.stack(sums, axis=-1),  # (4, H, 3)
        }
        return {"last": h, "cell": c, "held": memory, "count": count + 1}, outputs

    return step
