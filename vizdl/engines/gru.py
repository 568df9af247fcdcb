"""The gated recurrent unit over a sequence, forward and back through time.

Two gates, and no cell beside the hidden state: what is kept and what is new share one whole.

    r_t = σ(W_r x_t + U_r h_{t-1} + b_r)                reset: how much of the past is looked at
    z_t = σ(W_z x_t + U_z h_{t-1} + b_z)                update: how much of the past is kept
    n_t = tanh(W_n x_t + b_n + r_t ⊙ (U_n h_{t-1} + c_n))
    h_t = z_t ⊙ h_{t-1} + (1 - z_t) ⊙ n_t

Cho et al., Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
Translation, EMNLP 2014; the reset gate stands behind the product with U_n, as in cuDNN and
PyTorch, so that all three blocks are one matrix product.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.activations import sigmoid
from vizdl.engines.check import Array
from vizdl.engines.through_time import Steps, aligned, driven, fitting, summed_outer, transposed

GATES = ("r", "z", "n")  # reset, update, candidate: the order of the blocks


@dataclass(frozen=True, eq=False)
class GRU:
    """The parameters of a GRU layer, its blocks stacked in the order r, z, n.

    w_x (3H, D), w_h (3H, H), b (3H,), and c_n (H,), the bias behind the reset gate. Raises
    ValueError or TypeError if they do not fit together.
    """

    w_x: Array
    w_h: Array
    b: Array
    c_n: Array

    def __post_init__(self) -> None:
        w_x = check.array("w_x", self.w_x, ("3H", "D"))
        if len(w_x) % 3:
            raise ValueError(f"w_x must have 3H rows, H for each block, got {len(w_x)}")
        H = len(w_x) // 3
        object.__setattr__(self, "w_x", w_x)
        object.__setattr__(self, "w_h", check.array("w_h", self.w_h, (3 * H, H)))
        object.__setattr__(self, "b", check.array("b", self.b, (3 * H,)))
        object.__setattr__(self, "c_n", check.array("c_n", self.c_n, (H,)))

    @property
    def input_size(self) -> int:
        """D, the number of inputs."""
        return len(self.w_x.T)

    @property
    def hidden_size(self) -> int:
        """H, the number of units."""
        return len(self.w_h.T)


@dataclass(frozen=True, eq=False)
class GRUTrace:
    """Everything a forward pass computed; `h[t]` stands before step t, `h[t+1]` after it.

    r, z, n (T, B, H) the gates and the candidate; past (T, B, H) = U_n h_{t-1} + c_n, what the
    reset gate is multiplied with; h (T+1, B, H) the states, the first one being the initial
    state; x (T, B, D) the input.
    """

    r: Array
    z: Array
    n: Array
    past: Array
    h: Array
    x: Array


@dataclass(frozen=True, eq=False)
class GRUGradients:
    """The gradient of the loss with respect to every parameter, input, state and pre-activation.

    w_x (3H, D), w_h (3H, H), b (3H,), c_n (H,), x (T, B, D), a (T, B, 3H) the pre-activations of
    r, z and n, h (T+1, B, H). `h[t+1]` is the total gradient at the state after step t: over
    every path that leads from it to the loss.
    """

    w_x: Array
    w_h: Array
    b: Array
    c_n: Array
    x: Array
    a: Array
    h: Array


def init(input_size: int, hidden_size: int, seed: int, update_bias: float = 1.0) -> GRU:
    """Draw a GRU: weights uniform in ±1/√H, biases 0 except the update gate's.

    The update bias opens the way along the state, as the forget bias of an LSTM does
    (`vizdl.engines.lstm.init`).
    """
    inputs = check.integer("input_size", input_size, 1)
    hidden = check.integer("hidden_size", hidden_size, 1)
    bias = check.number("update_bias", update_bias)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    bound = 1 / np.sqrt(hidden)
    w_x = rng.uniform(-bound, bound, (3 * hidden, inputs))
    w_h = rng.uniform(-bound, bound, (3 * hidden, hidden))
    b = np.zeros(3 * hidden)
    b[hidden : 2 * hidden] = bias
    return GRU(w_x, w_h, b, np.zeros(hidden))


def forward(model: GRU, x: ArrayLike, h0: ArrayLike | None = None) -> GRUTrace:
    """Run the GRU over a batch of sequences (equations at the top of this file).

    x is (T, B, D), the initial state h0 (B, H), zeros if left out. Returns a `GRUTrace`. Raises
    ValueError or TypeError for anything of another shape, not finite, or not numeric.
    """
    H = model.hidden_size
    x = check.array("x", x, ("T", "B", model.input_size))
    shape = (x.shape[1], H)
    h_t = np.zeros(shape) if h0 is None else check.array("h0", h0, shape)
    T, B, _ = x.shape
    w_h = transposed(model.w_h)
    gates, h = Steps(aligned(T, B, 2 * H)), Steps(aligned(T + 1, B, H))
    n, past = map(Steps, aligned(2, T, B, H))
    h.append(h_t)
    for drive in driven(x, model.w_x, model.b):  # (B, 3H)
        recurrent = h_t @ w_h  # (B, 3H)
        gates_t = gates.append(sigmoid(drive[:, : 2 * H] + recurrent[:, : 2 * H]))  # (B, 2H)
        past_t = past.put(np.add, recurrent[:, 2 * H :], model.c_n)
        n_t = n.put(np.tanh, drive[:, 2 * H :] + gates_t[:, :H] * past_t)
        z_t = gates_t[:, H:]
        h_t = h.put(np.add, z_t * h_t, (1 - z_t) * n_t)
    both = gates.together()  # (T, B, 2H)
    return GRUTrace(both[..., :H], both[..., H:], n.together(), past.together(), h.together(), x)


def bptt(model: GRU, trace: GRUTrace, dh: ArrayLike) -> GRUGradients:
    """Back-propagate through time, from the last step to the first.

        dh_t = ∂L/∂h_t + z_{t+1} ⊙ dh_{t+1} + U_rᵀ da_r + U_zᵀ da_z + U_nᵀ (r ⊙ da_n)
        (along the state itself, nothing but the update gate stands in the way)
        da_n = dh ⊙ (1 - z) ⊙ (1 - n²)
        da_z = dh ⊙ (h_{t-1} - n) ⊙ z (1 - z)
        da_r = da_n ⊙ (U_n h_{t-1} + c_n) ⊙ r (1 - r)

    The da on the first line are those of step t+1. dh (T, B, H) is the loss's direct gradient at
    the state after each step. Returns `GRUGradients`. Raises ValueError or TypeError if trace,
    model and gradient do not fit together.
    """
    T, B, H = fitting(model, trace)
    direct = check.array("dh", dh, (T, B, H))
    h = trace.h
    grad_h = direct[T - 1]  # (B, H), at the state after the step
    hs = Steps(aligned(T + 1, B, H), backwards=True)
    steps_a, steps_u = (Steps(places, backwards=True) for places in aligned(2, T, B, 3 * H))
    for t in reversed(range(T)):
        r, z, n = trace.r[t], trace.z[t], trace.n[t]
        da_z, da_n = grad_h * ((h[t] - n) * z * (1 - z)), grad_h * ((1 - z) * (1 - n**2))
        da_r = da_n * (trace.past[t] * r * (1 - r))
        grad_u = steps_u.append(da_r, da_z, da_n * r)  # (B, 3H), at U h_{t-1}
        hs.append(grad_h)
        steps_a.append(da_r, da_z, da_n)
        grad_h = grad_h * z + grad_u @ model.w_h
        if t:
            grad_h = grad_h + direct[t - 1]
    hs.append(grad_h)
    grad_a, all_u = steps_a.together(), steps_u.together()  # (T, B, 3H)
    return GRUGradients(
        w_x=summed_outer(grad_a, trace.x),
        w_h=summed_outer(all_u, h[:-1]),
        b=grad_a.sum(axis=(0, 1)),
        c_n=all_u[..., 2 * H :].sum(axis=(0, 1)),
        x=grad_a @ model.w_x,
        a=grad_a,
        h=hs.together(),
    )
