"""The gradient of an LSTM on its way back: along the cell state, nothing but forget gates.

An RNN, an LSTM and a GRU of the same size read letters and are asked for the first one
(`vizdl.experiments.recall`). Before any training, the gradient of the last loss walks back through
each of them. Along the LSTM's cell state it is multiplied, at every step, by the forget gate and
nothing else, which is measured twice: as a product of the gates, and by the engine's
back-propagation through the same cell with its gates held as they were. What was found:

- The cell state alone is no cure. With a forget bias of 1 a gate lets through about 0.73, and after
  20 steps next to nothing is left: such LSTMs did no better than guessing. With a bias of 4 the way
  is open. So the bias is a setting here, and 4 its default.
- A GRU carries its state in the same way, by its update gate, and learns as well.
- Over 30 steps one of three LSTMs was not yet done when training ended (it named three letters in
  four, the others all); 25 steps tell plain networks and gated ones apart without that.

Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997; Jozefowicz,
Zaremba and Sutskever, An Empirical Exploration of Recurrent Network Architectures, ICML 2015, for
the bias; Cho et al., EMNLP 2014, for the GRU.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import lstm
from vizdl.engines.lstm import LSTM, LSTMTrace
from vizdl.experiments import base, recall
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.recall import Recaller

Array = NDArray[np.float64]

SHORTEST, LONGEST = 10, 60  # steps
BATCH = 8  # sequences
BIASES = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 5.0])  # of the fan of curves
OPEN, PLAIN = 4.0, 1.0  # biases of the networks that are trained
DELAYS = (5, 12, 25)
SEEDS = 3  # networks of each kind trained for each delay
FAR = 30  # steps back at which what is left is measured

EQUATIONS = {
    "cell": "c_t = f_t dot.o c_(t-1) + i_t dot.o g_t",
    "step_back": '(partial c_t) / (partial c_(t-1)) = op("diag")(f_t)',
    "product": '(partial c_T) / (partial c_(T-k)) = op("diag")(product_(t=T-k+1)^T f_t)',
    "rnn": '(partial h_t) / (partial h_(t-1)) = op("diag")(tanh\'(a_t)) W_(h h)',
    "forget": "f_t = sigma(W_f x_t + U_f h_(t-1) + b_f)",
    "gru": "h_t = z_t dot.o h_(t-1) + (1 - z_t) dot.o n_t",
}


class Settings(base.Settings):
    """What may be changed: how far the gates are open at first, and how long the way back is."""

    forget_bias: float = setting(OPEN, "bias of the forget gates", low=-1, high=6, step=0.5)
    length: int = setting(40, "length", low=SHORTEST, high=LONGEST, step=1, unit="steps")
    hidden_size: int = setting(16, "units of each network", low=4, high=24, step=1)
    seed: int = setting(0, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class LstmGradientFlowTrace(Trace):
    """The gradient of the last loss on its way back through three networks, and their recall.

    For a length of T steps and H units, at k steps before the last state: rnn, lstm, gru (T,), the
    norm of the gradient as a share of that at k = 0, over all sequences, of the LSTM at its cell
    state; conveyor (T,), the same for the LSTM along the cell path alone.

    Of the first sequence: forget (T, H), the gates passed at each step back (the first row is
    that of the last step); products (T, H), of the gates passed so far; path (T, H), the share of
    the gradient that is left along the cell path, by back-propagation; rnn_vectors, cell_vectors
    (T, H), the gradients at the states of the RNN and of the LSTM's cell. open_gates (T, 3): the
    least, the mean and the largest of all forget gates, by step, the first one first.

    fan (N, LONGEST): `conveyor` for each of the biases (N,), over the longest sequence; at
    `far` (3,), after `FAR` steps over that sequence with the bias `OPEN`: rnn, conveyor, gru.

    recall (3, D, S): for RNN, LSTM and GRU, each of the delays (D,) and seeds, the share of fresh
    sequences in which the trained network names the letter; narrow (S,), the same for LSTMs with
    the bias `PLAIN` at the longest delay.
    """

    settings: Settings
    rnn: Array
    lstm: Array
    gru: Array
    conveyor: Array
    forget: Array
    products: Array
    path: Array
    rnn_vectors: Array
    cell_vectors: Array
    open_gates: Array
    biases: Array
    fan: Array
    far: Array
    delays: Array
    recall: Array
    narrow: Array


def run(settings: Settings) -> LstmGradientFlowTrace:
    """Walk back through the three networks, and train others (once) to recall."""
    walk = _walk(settings, settings.forget_bias, settings.length)
    fan, far = _fan(settings.hidden_size, settings.seed)
    found, narrow = _recall()
    return LstmGradientFlowTrace(
        settings=settings,
        rnn=_left(walk.rnn),
        lstm=_left(walk.cell),
        gru=_left(walk.gru),
        conveyor=_left(walk.path),
        forget=walk.states.f[::-1, 0],
        products=walk.products,
        path=walk.path[:, 0] / walk.path[0, 0],
        rnn_vectors=walk.rnn[:, 0],
        cell_vectors=walk.cell[:, 0],
        open_gates=np.stack(
            [how(walk.states.f, axis=(1, 2)) for how in (np.min, np.mean, np.max)], axis=-1
        ),
        biases=BIASES.copy(),
        fan=fan,
        far=far,
        delays=np.array(DELAYS, dtype=float),
        recall=found,
        narrow=narrow,
    )


def facts(trace: LstmGradientFlowTrace) -> Facts:
    """The product is the gradient, the cell carries it far, and that is what recall needs."""
    error = float(np.abs(trace.path - trace.products).max())
    plain, cell, state = (float(value) for value in trace.far)
    opened = np.exp(np.log(trace.fan[:, FAR]) / FAR)  # the factor of a step back
    order = bool((np.diff(opened) > 0).all())
    means = trace.recall.mean(axis=-1)  # (3, D)
    guess = 100 / recall.LETTERS
    narrow = float(trace.narrow.mean())
    far = f"after {FAR} steps back, untrained, bias {OPEN:g}"
    trained = f"mean of {SEEDS} networks trained for it; a guess is right in {guess:g}%"
    return Facts(
        _fact(
            "product_error",
            "Along the cell, gradient and product of forget gates differ by",
            error,
            "at most 10⁻¹²",
            error <= 1e-12,
            digits=2,
        ),
        _fact(
            "left_rnn",
            "Left of the gradient in the plain network",
            100 * plain,
            f"{far}: less than a thousandth",
            plain < 1e-3,
            unit="%",
            digits=2,
        ),
        _fact(
            "left_lstm",
            "Left of the gradient along the LSTM's cell",
            100 * cell,
            f"{far}: more than a quarter",
            cell > 0.25,
            unit="%",
            digits=2,
        ),
        _fact(
            "left_gru",
            "Left of the gradient at the GRU's state",
            100 * state,
            f"{far}: more than a hundredth",
            state > 0.01,
            unit="%",
            digits=2,
        ),
        _fact(
            "gate_narrow",
            f"Factor of a step back along the cell at a bias of {PLAIN:g}",
            opened[list(BIASES).index(PLAIN)],
            "the larger the bias, the nearer to one",
            order,
        ),
        _fact(
            "gate_open",
            f"The same at a bias of {OPEN:g}",
            opened[list(BIASES).index(OPEN)],
            "more than 0.95",
            opened[list(BIASES).index(OPEN)] > 0.95,
        ),
        _fact(
            "recall_rnn",
            f"Letters named after {DELAYS[-1]} steps by plain networks",
            100 * means[0, -1],
            f"{trained}: less than 70%",
            means[0, -1] < 0.7,
            unit="%",
        ),
        _fact(
            "recall_lstm",
            f"Letters named after {DELAYS[-1]} steps by LSTMs",
            100 * means[1, -1],
            f"{trained}: more than 95%",
            means[1, -1] > 0.95,
            unit="%",
        ),
        _fact(
            "recall_gru",
            f"Letters named after {DELAYS[-1]} steps by GRUs",
            100 * means[2, -1],
            f"{trained}: more than 95%",
            means[2, -1] > 0.95,
            unit="%",
        ),
        _fact(
            "recall_narrow",
            f"Letters named after {DELAYS[-1]} steps by LSTMs with gates half shut at first",
            100 * narrow,
            f"at a bias of {PLAIN:g}; at {OPEN:g} it is {number(100 * float(means[1, -1]))}%",
            narrow < means[1, -1] - 0.2,
            unit="%",
        ),
    )


def _fact(
    name: str, claim: str, value: float, target: str, holds: bool, unit: str = "", digits: int = 3
) -> Fact:
    return Fact(name, claim, float(value), target, bool(holds), unit, digits)


# One walk back


@dataclass(frozen=True, eq=False)
class _Walk:
    """Gradients (T, B, H) by steps before the last state, and the LSTM's states."""

    rnn: Array
    cell: Array
    gru: Array
    path: Array
    states: LSTMTrace

    @property
    def products(self) -> Array:
        """The product of the forget gates passed so far, for the first sequence: (T, H)."""
        passed = self.states.f[:0:-1, 0]  # (T-1, H), the last step's gate first
        return np.concatenate([np.ones((1, passed.shape[1])), np.cumprod(passed, axis=0)])


def network(kind: str, settings: Settings, bias: float) -> Recaller:
    """The untrained network of that kind."""
    return recall.init(
        kind, recall.INPUTS, recall.LETTERS, settings.hidden_size, settings.seed, bias
    )


def letters(seed: int) -> NDArray[np.int64]:
    """The letters that are read, of which a shorter walk takes the first: (LONGEST, BATCH)."""
    x, _ = recall.draw(np.random.default_rng((seed, 0)), LONGEST - 1, BATCH)
    shown: NDArray[np.int64] = x[..., : recall.LETTERS].argmax(axis=-1)
    return shown


def _walk(settings: Settings, bias: float, length: int) -> _Walk:
    x, target = recall.draw(np.random.default_rng((settings.seed, 0)), LONGEST - 1, BATCH)
    x = x[:length]
    nets = {kind: network(kind, settings, bias) for kind in recall.CELLS}
    cell = nets["lstm"].cell
    assert isinstance(cell, LSTM)
    states = lstm.forward(cell, x)
    dh = np.zeros_like(states.h[1:])
    logits = nets["lstm"](x)
    dh[-1] = recall.CROSS_ENTROPY.gradient(logits, target) @ nets["lstm"].readout.w
    back = lstm.bptt(cell, states, dh)
    return _Walk(
        rnn=nets["rnn"].gradients(x, target)[2][:0:-1],
        cell=back.c[:0:-1],
        gru=nets["gru"].gradients(x, target)[2][:0:-1],
        path=_cell_path(states, back.c[-1])[:0:-1],
        states=states,
    )


def _cell_path(states: LSTMTrace, last: Array) -> Array:
    """The gradient at every cell state along the cell alone: (T+1, B, H).

    An LSTM that is given the pre-activations as its input, with no weights from its own output,
    has the very same gates and cells, but no path except the one along the cell. Its gradient is
    the engine's.
    """
    width = states.z.shape[-1]
    held = LSTM(np.eye(width), np.zeros((width, width // 4)), np.zeros(width))
    again = lstm.forward(held, states.z, (states.h[0], states.c[0]))
    path: Array = lstm.bptt(held, again, np.zeros_like(again.h[1:]), last).c
    return path


def _left(gradients: Array) -> Array:
    """The norm at each step back, over all sequences, as a share of the first: (T,)."""
    norms = np.sqrt(np.sum(gradients**2, axis=(1, 2)))
    left: Array = norms / norms[0]
    return left


@functools.cache
def _fan(hidden: int, seed: int) -> tuple[Array, Array]:
    """The conveyor at every bias (N, LONGEST), and what is left far back in each network (3,)."""
    settings = Settings(hidden_size=hidden, seed=seed)
    fan = np.array([_left(_walk(settings, float(bias), LONGEST).path) for bias in BIASES])
    walk = _walk(settings, OPEN, LONGEST)
    far = np.array([_left(found)[FAR] for found in (walk.rnn, walk.path, walk.gru)])
    for array in (fan, far):
        array.setflags(write=False)
    return fan, far


@functools.cache
def _recall() -> tuple[Array, Array]:
    """The accuracy of every trained network (3, D, S), and of LSTMs with a small bias (S,)."""
    found = np.array(
        [
            [
                [
                    recall.accuracy(kind, delay, seed, bias=PLAIN if kind == "rnn" else OPEN)
                    for seed in range(SEEDS)
                ]
                for delay in DELAYS
            ]
            for kind in recall.CELLS
        ]
    )
    narrow = np.array(
        [recall.accuracy("lstm", DELAYS[-1], seed, bias=PLAIN) for seed in range(SEEDS)]
    )
    for array in (found, narrow):
        array.setflags(write=False)
    return found, narrow
