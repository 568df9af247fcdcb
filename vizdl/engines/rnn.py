"""The vanilla recurrent network, forward and back through time.

    h_t = φ(W_xh x_t + W_hh h_{t-1} + b_h)
    y_t = W_hy h_t + b_y

Elman, Finding Structure in Time, Cognitive Science 14(2), 1990. Back-propagation through time:
Werbos, Backpropagation Through Time, Proceedings of the IEEE 78(10), 1990.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from autograd.tracer import isbox
from numpy.typing import ArrayLike

from vizdl.engines import check
from vizdl.engines.check import Array
from vizdl.engines.through_time import Steps, aligned, driven, fitting, summed_outer, transposed

ACTIVATIONS = ("tanh", "identity")


@dataclass(frozen=True, eq=False)
class RNN:
    """The parameters of a recurrent network with a linear read-out at every step.

    w_xh (H, D), w_hh (H, H), b_h (H,), w_hy (O, H), b_y (O,); `activation` is "tanh" or
    "identity". Raises ValueError or TypeError if they do not fit together.
    """

    w_xh: Array
    w_hh: Array
    b_h: Array
    w_hy: Array
    b_y: Array
    activation: str = "tanh"

    def __post_init__(self) -> None:
        w_xh = check.array("w_xh", self.w_xh, ("H", "D"))
        w_hy = check.array("w_hy", self.w_hy, ("O", len(w_xh)))
        object.__setattr__(self, "w_xh", w_xh)
        object.__setattr__(self, "w_hh", check.array("w_hh", self.w_hh, (len(w_xh), len(w_xh))))
        object.__setattr__(self, "b_h", check.array("b_h", self.b_h, (len(w_xh),)))
        object.__setattr__(self, "w_hy", w_hy)
        object.__setattr__(self, "b_y", check.array("b_y", self.b_y, (len(w_hy),)))
        check.choice("activation", self.activation, ACTIVATIONS)

    @property
    def input_size(self) -> int:
        """D, the number of inputs."""
        return len(self.w_xh.T)

    @property
    def hidden_size(self) -> int:
        """H, the number of hidden units."""
        return len(self.w_xh)

    @property
    def output_size(self) -> int:
        """O, the number of outputs."""
        return len(self.w_hy)


@dataclass(frozen=True, eq=False)
class RNNTrace:
    """Everything a forward pass computed; `h[t]` stands before step t, `h[t+1]` after it.

    h (T+1, B, H) the states, the first one being the initial state; a (T, B, H) their
    pre-activations; y (T, B, O) the outputs; x (T, B, D) the input. Where a linear network left
    the range of numbers, `diverged` is that step and T counts the steps before it.
    """

    h: Array
    a: Array
    y: Array
    x: Array
    diverged: int | None = None


@dataclass(frozen=True, eq=False)
class RNNShares:
    """What each step contributes to the gradient of the shared weights: summed over the first
    axis they are that gradient.

    w_xh (T, H, D), w_hh (T, H, H), b_h (T, H), w_hy (T, O, H), b_y (T, O).
    """

    w_xh: Array
    w_hh: Array
    b_h: Array
    w_hy: Array
    b_y: Array


@dataclass(frozen=True, eq=False)
class RNNGradients:
    """The gradient of L = Σ_t L_t with respect to every parameter, input, state, pre-activation.

    w_xh (H, D), w_hh (H, H), b_h (H,), w_hy (O, H), b_y (O,), a (T, B, H), h (T+1, B, H),
    x (T, B, D). `h[t+1]` is the total gradient at the state after step t.

    `flow`, `flow_vectors`, `shares` and `parts` take the sum apart; they and `x` are computed when
    first read, since training needs none of them.
    """

    w_xh: Array
    w_hh: Array
    b_h: Array
    w_hy: Array
    b_y: Array
    a: Array
    h: Array
    _model: RNN
    _trace: RNNTrace
    _dy: Array

    @cached_property
    def x(self) -> Array:
        """The gradient with respect to the inputs (T, B, D)."""
        x: Array = self.a @ self._model.w_xh
        return x

    @cached_property
    def flow(self) -> Array:
        """flow[t, k] = ‖dL_t/dh_k‖: how strongly the loss at step t reaches the state after step k.

        (T, T), 0 for k > t. The norm is the Euclidean one over all units of all sequences of the
        batch, as h_k is one (B, H) array. For a norm a sequence, take it of `flow_vectors`.
        """
        columns = [
            np.concatenate([np.zeros(k), np.sqrt(np.einsum("tbh,tbh->t", v, v))])  # (T,)
            for k, v in self._walk_back()
        ]
        flow: Array = np.stack(columns[::-1], axis=1)
        return flow

    @cached_property
    def flow_vectors(self) -> Array:
        """flow_vectors[t, k] = dL_t/dh_k, the vectors whose norm is `flow`: (T, T, B, H)."""
        columns = [
            np.concatenate([np.zeros((k, *v.shape[1:])), v])  # (T, B, H)
            for k, v in self._walk_back()
        ]
        vectors: Array = np.stack(columns[::-1], axis=1)
        return vectors

    @cached_property
    def shares(self) -> RNNShares:
        """Each step's own term of the gradients' sum over time."""
        by_step = "tbi,tbj->tij"
        return RNNShares(
            w_xh=np.einsum(by_step, self.a, self._trace.x),
            w_hh=np.einsum(by_step, self.a, self._trace.h[:-1]),
            b_h=self.a.sum(axis=1),
            w_hy=np.einsum(by_step, self._dy, self._trace.h[1:]),
            b_y=self._dy.sum(axis=1),
        )

    @cached_property
    def parts(self) -> Array:
        """parts[t, k] = what the loss at step t asks of w_hh by its use at step k.

        (T, T, H, H); the sum over t is `shares.w_hh`, the sum over both is `w_hh`.
        """
        da = self.flow_vectors * _slope(self._model, self._trace.h[1:])  # (T, T, B, H)
        parts: Array = np.einsum("tkbi,kbj->tkij", da, self._trace.h[:-1])
        return parts

    def _walk_back(self) -> Iterator[tuple[int, Array]]:
        """Yield k = T-1 … 0 with dL_t/dh_k for every t ≥ k at once: (T-k, B, H)."""
        direct = self._dy @ self._model.w_hy  # (T, B, H), dL_k/dh_k
        slope = _slope(self._model, self._trace.h[1:])
        vectors = direct[-1:]
        yield len(direct) - 1, vectors
        for k in reversed(range(len(direct) - 1)):
            vectors = (vectors * slope[k + 1]) @ self._model.w_hh
            vectors = np.concatenate([direct[k : k + 1], vectors])
            yield k, vectors


def init(
    input_size: int,
    hidden_size: int,
    output_size: int,
    seed: int,
    radius: float | None = None,
    activation: str = "tanh",
) -> RNN:
    """Draw a network: weights uniform in ±1/√H, biases 0.

    With `radius`, w_hh is Gaussian and scaled so that its spectral radius (the largest absolute
    eigenvalue) is `radius`: below 1 a linear network forgets, above 1 it explodes (Pascanu,
    Mikolov and Bengio, On the Difficulty of Training Recurrent Neural Networks, ICML 2013).
    """
    inputs = check.integer("input_size", input_size, 1)
    hidden = check.integer("hidden_size", hidden_size, 1)
    outputs = check.integer("output_size", output_size, 1)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    bound = 1 / np.sqrt(hidden)
    w_xh = rng.uniform(-bound, bound, (hidden, inputs))
    w_hy = rng.uniform(-bound, bound, (outputs, hidden))
    if radius is None:
        w_hh = rng.uniform(-bound, bound, (hidden, hidden))
    else:
        w_hh = rng.normal(size=(hidden, hidden))
        w_hh *= check.number("radius", radius, at_least=0) / spectral_radius(w_hh)
    return RNN(w_xh, w_hh, np.zeros(hidden), w_hy, np.zeros(outputs), activation)


def spectral_radius(w: ArrayLike) -> float:
    """Return the largest absolute eigenvalue of the square matrix w."""
    w = check.array("w", w, ("H", "H"))
    check.array("w", w, (len(w), len(w)))
    return float(np.abs(np.linalg.eigvals(w)).max())


def forward(model: RNN, x: ArrayLike, h0: ArrayLike | None = None) -> RNNTrace:
    """Run the network over a batch of sequences (equations at the top of this file).

    x is (T, B, D), the initial state h0 (B, H), zeros if left out. Returns an `RNNTrace`. Raises
    ValueError or TypeError for anything of another shape, not finite, or not numeric.
    """
    x = check.array("x", x, ("T", "B", model.input_size))
    shape = (x.shape[1], model.hidden_size)
    h_t = np.zeros(shape) if h0 is None else check.array("h0", h0, shape)
    steps_h = Steps(aligned(len(x) + 1, *shape))
    steps_a = Steps(driven(x, model.w_xh, model.b_h))  # to which the states are added
    steps_h.append(h_t)
    w_hh, linear = transposed(model.w_hh), model.activation == "identity"
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is a result, not an accident
        for _ in range(len(x)):
            a_t = steps_a.add(h_t @ w_hh)  # (B, H)
            h_t = steps_h.append(a_t) if linear else steps_h.put(np.tanh, a_t)
        a, h = steps_a.together(), steps_h.together()
        y = h[1:] @ model.w_hy.T + model.b_y  # (T, B, O)
    if isbox(y) or np.isfinite(y).all():  # a box: it is being recorded
        return RNNTrace(h, a, y, x)
    finite = np.isfinite(y).all(axis=(1, 2))  # (T,), no infinite state has a finite output
    end = int(np.argmin(finite))
    return RNNTrace(h[: end + 1], a[:end], y[:end], x[:end], diverged=end)


def bptt(model: RNN, trace: RNNTrace, dy: ArrayLike) -> RNNGradients:
    """Back-propagate through time, from the last step to the first.

        dh_t = W_hyᵀ dy_t + W_hhᵀ da_{t+1}          from this step's loss, and from the next step
        da_t = φ'(a_t) ⊙ dh_t
        dW_xh = Σ_t da_t x_tᵀ,  dW_hh = Σ_t da_t h_{t-1}ᵀ,  db_h = Σ_t da_t

    dy (T, B, O) holds the gradient of each step's loss with respect to that step's output.
    Returns `RNNGradients`, `flow` (T, T) among them. Raises ValueError or TypeError if trace,
    model and dy do not fit together.

    Goodfellow, Bengio and Courville, Deep Learning, MIT Press 2016, section 10.2.2.
    """
    T, B, H = fitting(model, trace)
    dy = check.array("dy", dy, (T, B, model.output_size))
    direct = dy @ model.w_hy  # (T, B, H), from each step's own loss
    steps_h = Steps(aligned(T + 1, B, H), backwards=True)
    steps_a = Steps(aligned(T, B, H), backwards=True)
    dh = direct[T - 1]
    steps_h.append(dh)
    for t in reversed(range(T)):
        da = steps_a.put(np.multiply, _slope(model, trace.h[t + 1]), dh)
        if t:
            dh = steps_h.put(np.add, da @ model.w_hh, direct[t - 1])
        else:
            steps_h.put(np.matmul, da, model.w_hh)
    grad_a, grad_h = steps_a.together(), steps_h.together()

    return RNNGradients(
        w_xh=summed_outer(grad_a, trace.x),  # (H, D)
        w_hh=summed_outer(grad_a, trace.h[:-1]),  # (H, H)
        b_h=grad_a.sum(axis=(0, 1)),
        w_hy=summed_outer(dy, trace.h[1:]),  # (O, H)
        b_y=dy.sum(axis=(0, 1)),
        a=grad_a,
        h=grad_h,
        _model=model,
        _trace=trace,
        _dy=dy,
    )


def _slope(model: RNN, h: Array) -> Array:
    """φ'(a) where the states φ(a) are h (…, H)."""
    if model.activation == "identity":
        return np.ones_like(h)
    return 1 - h**2  # tanh' = 1 - tanh²
