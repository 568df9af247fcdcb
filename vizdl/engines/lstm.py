"""The LSTM cell over a sequence, forward and back through time.

Four gates read the input and the last hidden state, and decide what the cell state keeps:

    z_t = W_x x_t + W_h h_{t-1} + b                 the four blocks i, f, g, o
    i = σ(z_i),  f = σ(z_f),  g = tanh(z_g),  o = σ(z_o)
    c_t = f ⊙ c_{t-1} + i ⊙ g                       forget, then store
    h_t = o ⊙ tanh(c_t)                             show a filtered version

Hochreiter and Schmidhuber, Long Short-Term Memory, Neural Computation 9(8), 1997; the forget
gate is from Gers, Schmidhuber and Cummins, Learning to Forget, Neural Computation 12(10), 2000.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.check import Array
from vizdl.engines.through_time import Steps, aligned, fitting, summed_outer

GATES = ("i", "f", "g", "o")  # input, forget, candidate, output: the order of the blocks


@dataclass(frozen=True, eq=False)
class LSTM:
    """The parameters of an LSTM layer, its gates' blocks stacked in the order i, f, g, o.

    w_x (4H, D), w_h (4H, H), b (4H,). Raises ValueError or TypeError if they do not fit together.
    """

    w_x: Array
    w_h: Array
    b: Array

    def __post_init__(self) -> None:
        w_x = check.array("w_x", self.w_x, ("4H", "D"))
        if len(w_x) % 4:
            raise ValueError(f"w_x must have 4H rows, H for each gate, got {len(w_x)}")
        object.__setattr__(self, "w_x", w_x)
        object.__setattr__(self, "w_h", check.array("w_h", self.w_h, (len(w_x), len(w_x) // 4)))
        object.__setattr__(self, "b", check.array("b", self.b, (len(w_x),)))

    @property
    def input_size(self) -> int:
        """D, the number of inputs."""
        return len(self.w_x.T)

    @property
    def hidden_size(self) -> int:
        """H, the number of cells."""
        return len(self.w_h.T)


@dataclass(frozen=True, eq=False)
class LSTMTrace:
    """Everything a forward pass computed; `c[t]` and `h[t]` stand before step t, `c[t+1]` after.

    i, f, g, o (T, B, H) the gates; c, h (T+1, B, H) the states, the first one being the initial
    state; x (T, B, D) the input; seen (T, B, H+D+1) what each step reads, h_{t-1}, x_t and 1.
    """

    i: Array
    f: Array
    g: Array
    o: Array
    c: Array
    h: Array
    x: Array
    seen: Array
    _w: Array

    @cached_property
    def z(self) -> Array:
        """The gates' pre-activations (T, B, 4H), worked out as in the pass when asked for."""
        z: Array = self.seen @ self._w
        return z


@dataclass(frozen=True, eq=False)
class LSTMGradients:
    """The gradient of the loss with respect to every parameter, input, state and pre-activation.

    w_x (4H, D), w_h (4H, H), b (4H,), z (T, B, 4H), c and h (T+1, B, H), x (T, B, D).
    `c[t+1]` and `h[t+1]` are total gradients at the state after step t: over every path that
    leads from it to the loss.
    """

    w_x: Array
    w_h: Array
    b: Array
    z: Array
    c: Array
    h: Array
    _w_x: Array

    @cached_property
    def x(self) -> Array:
        """The gradient with respect to the inputs (T, B, D), worked out when asked for."""
        x: Array = self.z @ self._w_x
        return x


def init(input_size: int, hidden_size: int, seed: int, forget_bias: float = 1.0) -> LSTM:
    """Draw an LSTM: weights uniform in ±1/√H, biases 0 except the forget gate's.

    A forget bias of 1 opens the forget gate at the start, so that gradients can flow before
    anything is learned: Jozefowicz, Zaremba and Sutskever, An Empirical Exploration of Recurrent
    Network Architectures, ICML 2015.
    """
    inputs = check.integer("input_size", input_size, 1)
    hidden = check.integer("hidden_size", hidden_size, 1)
    bias = check.number("forget_bias", forget_bias)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    bound = 1 / np.sqrt(hidden)
    w_x = rng.uniform(-bound, bound, (4 * hidden, inputs))
    w_h = rng.uniform(-bound, bound, (4 * hidden, hidden))
    b = np.zeros(4 * hidden)
    b[hidden : 2 * hidden] = bias
    return LSTM(w_x, w_h, b)


def forward(model: LSTM, x: ArrayLike, state: Sequence[ArrayLike] | None = None) -> LSTMTrace:
    """Run the LSTM over a batch of sequences (equations at the top of this file).

    x is (T, B, D); `state` is the pair (h, c) before the first step, each (B, H), zeros if left
    out. Returns an `LSTMTrace`. Raises ValueError or TypeError for anything of another shape, not
    finite, or not numeric.
    """
    H = model.hidden_size
    x = check.array("x", x, ("T", "B", model.input_size))
    shape = (x.shape[1], H)
    if state is None:
        state = (np.zeros(shape), np.zeros(shape))
    if len(state) != 2:
        raise ValueError(f"state must be the pair (h, c), got {len(state)} arrays")
    h_t = check.array("the h of state", state[0], shape)  # (B, H), as all of a step below
    c_t = check.array("the c of state", state[1], shape)

    T, B, _ = x.shape
    w = np.concatenate([model.w_h.T, model.w_x.T, model.b[None]])  # (H+D+1, 4H), b meets a 1
    one = np.ones((B, 1))
    seen = Steps(aligned(T, B, len(w)))
    i, f, g, o = map(Steps, aligned(4, T, B, H))
    h, c = map(Steps, aligned(2, T + 1, B, H))
    h.append(h_t)
    c.append(c_t)
    with np.errstate(over="ignore"):  # where e^-z is too large a number, the gate is 0
        for x_t in x:
            z_t = seen.append(h_t, x_t, one) @ w  # (B, 4H)
            i_t = i.put(_gate, z_t[:, :H])
            f_t = f.put(_gate, z_t[:, H : 2 * H])
            g_t = g.put(np.tanh, z_t[:, 2 * H : 3 * H])
            o_t = o.put(_gate, z_t[:, 3 * H :])
            c_t = c.put(np.add, f_t * c_t, i_t * g_t)
            h_t = h.put(np.multiply, o_t, np.tanh(c_t))
    return LSTMTrace(
        i.together(), f.together(), g.together(), o.together(),
        c.together(), h.together(), x, seen.together(), w,
    )  # fmt: skip


def _gate(z: Array, out: Array | None = None) -> Array:
    """Return σ(z) = 1 / (1 + e^-z), every step of it in `out` if given."""
    power = np.exp(np.negative(z, out=out), out=out)
    return np.divide(1, np.add(1, power, out=out), out=out)


def bptt(
    model: LSTM, trace: LSTMTrace, dh: ArrayLike, dc_last: ArrayLike | None = None
) -> LSTMGradients:
    """Back-propagate through time, from the last step to the first.

        dh_t     = ∂L/∂h_t + W_hᵀ dz_{t+1}                 from this step's loss, and from the next
        dc_t     = dh_t ⊙ o ⊙ (1 - tanh² c_t) + f_{t+1} ⊙ dc_{t+1}
        (along the cell, nothing but the forget gate stands in the way)
        di = dc ⊙ g,  df = dc ⊙ c_{t-1},  dg = dc ⊙ i,  do = dh ⊙ tanh c_t
        dz = each of these times the slope of its gate
        dW_x = Σ_t dz_t x_tᵀ,  dW_h = Σ_t dz_t h_{t-1}ᵀ,  db = Σ_t dz_t

    dh (T, B, H) is the loss's direct gradient at the hidden state after each step; `dc_last`
    (B, H) that at the last cell state, 0 if left out. Returns `LSTMGradients`. Raises ValueError
    or TypeError if trace, model and gradients do not fit together.

    Greff et al., LSTM: A Search Space Odyssey, IEEE TNNLS 28(10), 2017, appendix A.
    """
    T, B, H = fitting(model, trace)
    c = trace.c
    direct = check.array("dh", dh, (T, B, H), copy=False)
    grad_h = direct[T - 1]  # (B, H), at the state after the step
    grad_c = (
        np.zeros((B, H)) if dc_last is None else check.array("dc_last", dc_last, (B, H), copy=False)
    )

    all_z = Steps(aligned(T, B, 4 * H), backwards=True)
    all_h, all_c = (Steps(places, backwards=True) for places in aligned(2, T + 1, B, H))
    all_h.append(grad_h)
    for t in reversed(range(T)):
        i, f, g, o = trace.i[t], trace.f[t], trace.g[t], trace.o[t]
        tanh_c = np.tanh(c[t + 1])
        through_o = grad_h * o
        grad_c = all_c.put(np.add, grad_c, through_o * (1 - tanh_c**2))
        through_i, through_f = grad_c * i, grad_c * f
        grad_z = all_z.append(  # (B, 4H), with the slopes of the gates: i (1 - i), …
            through_i * (g * (1 - i)),
            through_f * (c[t] * (1 - f)),
            through_i * (1 - g**2),
            through_o * (tanh_c * (1 - o)),
        )
        grad_c = through_f
        if t:
            grad_h = all_h.put(np.add, grad_z @ model.w_h, direct[t - 1])
        else:
            all_h.put(np.matmul, grad_z, model.w_h)
    all_c.append(grad_c)

    dz = all_z.together()  # (T, B, 4H)
    dw = summed_outer(dz, trace.seen)  # (4H, H+D+1), all three in one product
    return LSTMGradients(
        w_x=dw[:, H:-1],
        w_h=dw[:, :H],
        b=dw[:, -1],
        z=dz,
        c=all_c.together(),
        h=all_h.together(),
        _w_x=model.w_x,
    )
