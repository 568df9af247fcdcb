"""Scaled dot-product attention: learnable access to a memory.

    scores = scale · q kᵀ,   weights = softmax(scores) over the keys,   output = weights v

Vaswani et al., Attention Is All You Need, NeurIPS 2017, section 3.2.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from autograd.tracer import isbox
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check
from vizdl.engines.check import Array
from vizdl.engines.losses import softmax


@dataclass(frozen=True, eq=False)
class AttentionTrace:
    """Everything one attention step computed.

    scores (…, Tq, Tk) scaled, before any mask; weights (…, Tq, Tk), each row summing to 1 and 0
    where masked; output (…, Tq, dv); and the inputs q, k, v with the scale they were used with.
    """

    scores: Array
    weights: Array
    output: Array
    q: Array
    k: Array
    v: Array
    scale: float


@dataclass(frozen=True, eq=False)
class AttentionGradients:
    """The gradient of the loss with respect to q, k, v, and to the scores and weights between."""

    q: Array
    k: Array
    v: Array
    scores: Array
    weights: Array


def attend(
    q: ArrayLike,
    k: ArrayLike,
    v: ArrayLike,
    *,
    mask: ArrayLike | None = None,
    scale: float | None = None,
) -> AttentionTrace:
    """Let every query look up the values by their keys (equations at the top of this file).

    q (…, Tq, d), k (…, Tk, d), v (…, Tk, dv), with the same leading axes. `mask` holds booleans
    that broadcast to (…, Tq, Tk), True where a query may attend to a key. `scale` is 1/√d if left
    out. Returns an `AttentionTrace`. Raises ValueError or TypeError for arrays that do not fit
    together, are not finite or not numeric, and for a query that may attend to nothing.
    """
    q = check.array("q", q)
    if q.ndim < 2:
        raise ValueError(f"q must have shape (…, Tq, d), got {q.shape}")
    *lead, _, d = q.shape
    k = check.array("k", k, (*lead, "Tk", d))
    v = check.array("v", v, (*lead, k.shape[-2], "dv"))
    factor = float(1 / np.sqrt(d)) if scale is None else check.number("scale", scale, at_least=0)

    scores = factor * (q @ np.swapaxes(k, -1, -2))  # (…, Tq, Tk)
    visible = scores if mask is None else np.where(_mask(mask, scores.shape), scores, -np.inf)
    weights = softmax(visible)
    return AttentionTrace(scores, weights, weights @ v, q, k, v, factor)


def backward(trace: AttentionTrace, doutput: ArrayLike) -> AttentionGradients:
    """Back-propagate through one attention step.

        dv = weightsᵀ doutput,   dweights = doutput vᵀ
        dscores = weights ⊙ (dweights - Σ_keys weights ⊙ dweights)      the softmax's derivative
        dq = scale · dscores k,   dk = scale · dscoresᵀ q

    doutput (…, Tq, dv) is the loss's gradient at the output. Returns `AttentionGradients`, each
    of its array's own shape. Raises ValueError or TypeError if doutput does not fit the trace.
    """
    doutput = check.array("doutput", doutput, trace.output.shape)
    dweights = doutput @ np.swapaxes(trace.v, -1, -2)  # (…, Tq, Tk)
    mean = np.sum(trace.weights * dweights, axis=-1, keepdims=True)
    dscores = trace.weights * (dweights - mean)
    return AttentionGradients(
        q=trace.scale * (dscores @ trace.k),
        k=trace.scale * (np.swapaxes(dscores, -1, -2) @ trace.q),
        v=np.swapaxes(trace.weights, -1, -2) @ doutput,
        scores=dscores,
        weights=dweights,
    )


def _mask(mask: ArrayLike, shape: tuple[int, ...]) -> NDArray[np.bool_]:
    given: Any = mask if isbox(mask) else np.asarray(mask)
    if given.dtype != bool:
        raise TypeError(f"mask must hold booleans, True = may attend, got dtype {given.dtype}")
    try:
        allowed: NDArray[np.bool_] = np.broadcast_to(given, shape)
    except ValueError:
        raise ValueError(
            f"mask must broadcast to (…, Tq, Tk), here {shape}, got {given.shape}"
        ) from None
    if isbox(allowed):  # it is being recorded: its values are not known yet
        return allowed
    blind = np.argwhere(~allowed.any(axis=-1))
    if len(blind):
        where = ", ".join(map(str, blind[0]))
        raise ValueError(
            f"mask must let every query attend to at least one key, "
            f"got a row without any at index ({where})"
        )
    return allowed
