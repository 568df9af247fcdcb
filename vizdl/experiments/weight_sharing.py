"""Weight sharing: the same matrices serve at every step of a sequence.

A recurrent network reads a wave and says at each step what comes next. Its parameters are counted
for sequences of every length, and beside them those of a dense network over the whole window, with
as many hidden units and outputs at each step: one grows with the square of the length, the other
does not grow at all.

Then each step is given matrices of its own, all of them alike, and the loss is differentiated by
each copy: that is the step's share of the gradient. The shares add up to the gradient of the shared
matrices, which back-propagation through time finds without ever taking them apart.

Goodfellow, Bengio and Courville, Deep Learning, MIT Press 2016, sections 10.1 and 10.2.2.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import autograd
import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import losses, network, rnn
from vizdl.engines.rnn import RNN
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting
from vizdl.experiments.bptt import waves
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

SHORTEST, LONGEST = 2, 24  # sequences, in steps
SMALLEST, LARGEST = 2, 8  # hidden units
WAIT = 5  # steps of silence put before the sequence
ERROR = losses.get("squared_error")
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")

EQUATIONS = {
    "state": "bold(h)_t = tanh(bold(W)_(x h) x_t + bold(W)_(h h) bold(h)_(t-1) + bold(b)_h),"
    ' quad hat(y)_t = bold(w)_(h y) dot bold(h)_t + b_y quad "for every" t',
    "shared": "N = H D + H^2 + H + O H + O",
    "dense": "N(T) = T^2 H D + T H + T^2 O H + T O",
    "copies": "L(bold(W)^((1)), bold(W)^((2)), dots, bold(W)^((T))),"
    " quad bold(W)^((1)) = bold(W)^((2)) = dots = bold(W)",
    "sum": "(partial L) / (partial bold(W)) = sum_(t=1)^T (partial L) / (partial bold(W)^((t)))",
}


class Settings(base.Settings):
    """What may be changed: how long the sequence is, how many units read it."""

    length: int = setting(8, "length", low=SHORTEST, high=LONGEST, step=1, unit="steps")
    hidden_size: int = setting(4, "hidden units", low=SMALLEST, high=LARGEST, step=1)
    seed: int = setting(7, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class WeightSharingTrace(Trace):
    """A sequence through the network, and its gradient by steps. T steps, H units, D = O = 1.

    wave (T+1,): the first T values are the inputs, the last T the targets; states (T+1, H), before
    the first step and after each; outputs (T,).

    shares (T, H, H): of the gradient of W_hh, by differentiating by each step's own copy; total
    (H, H): the gradient of the shared matrix, by back-propagation through time; gathered (T, H, H):
    the shares added up from the last step back to each. errors (5,): of every parameter, how far
    the sum of its shares lies from its gradient, relative to it.

    lengths (L,), shared and dense (L,): the parameters of both networks for each. prefix: the
    largest difference between what is said of a sequence and of its beginnings; shift: between
    what is said of it and of the same sequence after some steps of silence.
    """

    settings: Settings
    wave: Array
    states: Array
    outputs: Array
    w_xh: Array
    w_hh: Array
    shares: Array
    total: Array
    gathered: Array
    errors: Array
    lengths: Indices
    shared: Indices
    dense: Indices
    prefix: float
    shift: float


def run(settings: Settings) -> WeightSharingTrace:
    """Read the wave, differentiate by each step's copy, and count."""
    model, wave = network_of(settings.hidden_size, settings.seed), wave_of(settings.seed)
    length = settings.length
    x, target = wave[:length, None, None], wave[1 : length + 1, None, None]
    read = rnn.forward(model, x)
    # L is the sum of the steps' losses, so each has the weight 1 and not 1/T.
    gradients = rnn.bptt(model, read, ERROR.gradient(read.y, target) * length)
    shares = _by_copies(model, wave[: length + 1])
    lengths = np.arange(SHORTEST, LONGEST + 1)
    hidden = settings.hidden_size
    return WeightSharingTrace(
        settings=settings,
        wave=wave[: length + 1],
        states=read.h[:, 0],
        outputs=read.y[:, 0, 0],
        w_xh=model.w_xh,
        w_hh=model.w_hh,
        shares=shares["w_hh"],
        total=gradients.w_hh,
        gathered=shares["w_hh"][::-1].cumsum(axis=0)[::-1],
        errors=np.array([_apart(shares[n].sum(axis=0), getattr(gradients, n)) for n in PARAMETERS]),
        lengths=lengths,
        shared=np.array([shared_size(hidden) for _ in lengths]),
        dense=np.array([dense_size(hidden, int(steps)) for steps in lengths]),
        prefix=_prefix(model, x, read.y),
        shift=_shift(model, x, read.y),
    )


def facts(trace: WeightSharingTrace) -> Facts:
    """The sum is the gradient, the count does not grow, and a step is like any other."""
    at = int(np.flatnonzero(trace.lengths == trace.settings.length)[0])
    shared, dense = trace.shared, trace.dense
    slope = float(np.polyfit(np.log(trace.lengths), np.log(dense), 1)[0])
    ratio = float(dense[at] / shared[at])
    worst = float(trace.errors.max())
    reused = max(trace.prefix, trace.shift)
    return Facts(
        Fact(
            "sum",
            "The gradient of the shared weights is the sum of each step's share",
            worst,
            "largest relative difference, of all five parameters: below 10⁻¹²",
            worst <= 1e-12,
            digits=2,
        ),
        Fact(
            "shared",
            "The number of parameters does not depend on the length",
            int(shared[-1]),
            f"the same at every length from {SHORTEST} to {LONGEST} steps",
            bool((shared == shared[0]).all()),
            "parameters",
        ),
        Fact(
            "dense",
            "With weights for every step of its own, a network grows and grows",
            int(dense[at]),
            f"parameters of a dense network over {trace.settings.length} steps, "
            f"{number(ratio)} times as many; more at every step",
            bool((np.diff(dense) > 0).all() and ratio > 1),
            "parameters",
        ),
        Fact(
            "square",
            "It grows with the square of the length",
            slope,
            "slope of its size against the length, both as logarithms: 2, to within 0.1",
            abs(slope - 2) <= 0.1,
        ),
        Fact(
            "anywhere",
            "What is learned at one step holds at every step",
            reused,
            f"largest difference where the sequence ends earlier or begins {WAIT} steps later: "
            "below 10⁻¹²",
            reused <= 1e-12,
            digits=2,
        ),
    )


def network_of(hidden_size: int, seed: int) -> RNN:
    """The network, as it is before training: its biases are 0."""
    return rnn.init(1, hidden_size, 1, seed)


def wave_of(seed: int) -> Array:
    """The wave (LONGEST + 1,), of which a sequence takes the beginning."""
    x, target = waves(np.random.default_rng((seed, 1)), LONGEST, 1)
    return np.append(x[:, 0, 0], target[-1, 0, 0])


def shared_size(hidden: int) -> int:
    """The parameters of the recurrent network, by counting them."""
    model = network_of(hidden, 0)
    return sum(getattr(model, name).size for name in PARAMETERS)


def dense_size(hidden: int, length: int) -> int:
    """Those of a dense network over the window: as many units and outputs at each step."""
    model = network.init((length, length * hidden, length), "tanh", 0)
    return sum(part.size for part in (*model.weights, *model.biases))


def _by_copies(model: RNN, wave: Array) -> dict[str, Array]:
    """The gradient by each step's own copy of every parameter: (T, …) each, by autograd."""
    length = len(wave) - 1

    def loss(copies: dict[str, Any]) -> Any:
        h, total = np.zeros(model.hidden_size), 0.0
        for t in range(length):
            p = {name: copies[name][t] for name in PARAMETERS}
            h = anp.tanh(anp.dot(p["w_xh"], wave[t : t + 1]) + anp.dot(p["w_hh"], h) + p["b_h"])
            said = anp.dot(p["w_hy"], h) + p["b_y"]
            total = total + anp.sum((said - wave[t + 1]) ** 2)
        return total

    copies = {name: np.stack([getattr(model, name)] * length) for name in PARAMETERS}
    found: dict[str, Array] = autograd.grad(loss)(copies)
    return found


def _apart(found: Array, expected: Array) -> float:
    return float(np.linalg.norm(found - expected)) / max(float(np.linalg.norm(expected)), 1e-300)


def _prefix(model: RNN, x: Array, said: Array) -> float:
    """How much what is said of the beginning changes where the sequence ends there."""
    ends = range(1, len(x))
    return max(float(np.abs(rnn.forward(model, x[:end]).y - said[:end]).max()) for end in ends)


def _shift(model: RNN, x: Array, said: Array) -> float:
    """How much what is said changes where the sequence begins some steps of silence later."""
    silence = np.zeros((WAIT, *x.shape[1:]))
    later = rnn.forward(model, np.concatenate([silence, x])).y[WAIT:]
    return float(np.abs(later - said).max())


# In a page


def flow(trace: WeightSharingTrace) -> Flow:
    """The gradient by steps for every length and size; a smaller network has zeros in the rest.

    A step of the page is one more share that joins the sum, from the last step of the sequence on.
    """
    seed = trace.settings.seed
    sizes = range(SMALLEST, LARGEST + 1)
    models = {size: network_of(size, seed) for size in sizes}
    tables = {name: {n: padded(models[n])[name] for n in sizes} for name in PARAMETERS}
    return Flow(
        controls=("length", "hidden_size"),
        sources=tuple(
            Table(name, ("hidden_size",), each, exact=True) for name, each in tables.items()
        ),
        runs=(
            Run("back", lambda length, **given: by_steps(wave_of(seed), length, **given), {
                "length": "length", **{name: name for name in PARAMETERS},
            }),
            Run("sum", gathered, {"shares": "back.shares", "left": "left"}),
            Run("size", sizes_of, {"hidden": "hidden_size", "length": "length"}),
        ),
        frames="length",
    )  # fmt: skip


def padded(model: RNN) -> dict[str, Array]:
    """The parameters with zeros for the units that a smaller network lacks."""
    more = LARGEST - model.hidden_size
    return {
        "w_xh": np.pad(model.w_xh, ((0, more), (0, 0))),
        "w_hh": np.pad(model.w_hh, ((0, more), (0, more))),
        "b_h": np.pad(model.b_h, (0, more)),
        "w_hy": np.pad(model.w_hy, ((0, 0), (0, more))),
        "b_y": model.b_y,
    }


def by_steps(
    wave: Array, length: Any, w_xh: Any, w_hh: Any, b_h: Any, w_hy: Any, b_y: Any
) -> dict[str, Any]:
    """Each step's share of the gradient of W_hh (24, 8, 8), zeros after the end, and its norm."""
    model = RNN(w_xh, w_hh, b_h, w_hy, b_y)
    x, target = wave[:-1, None, None], wave[1:, None, None]
    lasting = anp.where(np.arange(LONGEST) < length, 1.0, 0.0)
    read = rnn.forward(model, x)
    slope = ERROR.gradient(read.y, target) * LONGEST * lasting[:, None, None]
    shares = rnn.bptt(model, read, slope).shares.w_hh
    return {
        "shares": shares,
        "norms": anp.sqrt(anp.sum(anp.sum(shares * shares, axis=-1), axis=-1)),
    }


def gathered(shares: Any, left: Any) -> dict[str, Any]:
    """This step's share, counted from 0, and the sum of it and all later ones: (8, 8) each."""
    steps = np.arange(LONGEST)
    this = anp.where(steps == left, 1.0, 0.0)[:, None, None]
    since = anp.where(steps >= left, 1.0, 0.0)[:, None, None]
    share, total = anp.sum(this * shares, axis=0), anp.sum(since * shares, axis=0)
    return {
        "share": share,
        "total": total,
        "norm": anp.sqrt(anp.sum(share * share)),
        "size": anp.sqrt(anp.sum(total * total)),
    }


def sizes_of(hidden: Any, length: Any) -> dict[str, Any]:
    """The parameters of both networks at this length, and of the dense one at every length."""
    steps = np.arange(SHORTEST, LONGEST + 1)

    def dense(steps: Any) -> Any:
        return 2 * steps**2 * hidden + steps * hidden + steps

    shared = hidden * hidden + 3 * hidden + 1
    return {
        "shared": shared + 0 * steps,
        "dense": dense(steps),
        "now": anp.stack([shared, dense(length)]),
        "ratio": dense(length) / shared,
    }
