"""Embeddings: an index becomes a vector of fixed size, learned from what stands around it.

Skip-gram with negative sampling gives each word c two vectors, v_c as a centre and u_c as a
context, and learns to tell the words o that do stand near c from K words n drawn at random:

    J = - log σ(u_o · v_c) - Σ_n log σ(-u_n · v_c)

    dJ/dv_c = (σ(u_o · v_c) - 1) u_o + Σ_n σ(u_n · v_c) u_n
    dJ/du_o = (σ(u_o · v_c) - 1) v_c,   dJ/du_n = σ(u_n · v_c) v_c

The embedding is the matrix of the v. Mikolov, Sutskever, Chen, Corrado and Dean, Distributed
Representations of Words and Phrases and their Compositionality, NIPS 2013.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, training
from vizdl.engines.activations import sigmoid
from vizdl.engines.check import Array
from vizdl.engines.training import Parameters, TrainingTrace

Indices = NDArray[np.int64]

SMOOTHED = 0.75  # the power of the counts by which negatives are drawn, from the paper
SPREAD = 0.1  # of the first centre vectors


@dataclass(frozen=True, eq=False)
class Embedding:
    """Centre vectors w_in (V, D), which are the embedding, and context vectors w_out (V, D).

    Raises ValueError or TypeError if they do not fit together.
    """

    w_in: Array
    w_out: Array

    def __post_init__(self) -> None:
        object.__setattr__(self, "w_in", check.array("w_in", self.w_in, ("V", "D")))
        object.__setattr__(self, "w_out", check.array("w_out", self.w_out, self.w_in.shape))


def one_hot(index: ArrayLike, size: int) -> Array:
    """Return a 1 among zeros for each index (…): (…, size). Raises ValueError or TypeError."""
    return np.eye(check.integer("size", size, 1))[_indices("index", index, size)]


def lookup(matrix: ArrayLike, index: ArrayLike) -> Array:
    """Return the rows (…, D) of a matrix (V, D) at the indices (…).

    It is the product of the one-hot vectors and the matrix, without the zeros.
    """
    matrix = check.array("matrix", matrix, ("V", "D"))
    rows: Array = matrix[_indices("index", index, len(matrix))]
    return rows


def cosines(matrix: ArrayLike) -> Array:
    """Return the cosine of the angle between each two rows of a matrix (V, D): (V, V)."""
    matrix = check.array("matrix", matrix, ("V", "D"))
    unit = matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-300)
    result: Array = unit @ unit.T
    return result


def neighbours(matrix: ArrayLike, count: int = 1) -> Indices:
    """Return for each row of (V, D) the `count` others of the largest cosine, nearest first."""
    near = cosines(matrix)
    count = check.integer("count", count, 1, len(near) - 1)
    np.fill_diagonal(near, -np.inf)
    nearest: Indices = np.argsort(-near, axis=1, kind="stable")[:, :count]
    return nearest


def pairs(sentences: Sequence[Sequence[int]], window: int) -> Indices:
    """Return every (centre, context) of words at most `window` apart in a sentence: (P, 2)."""
    window = check.integer("window", window, 1)
    found = [
        (sentence[i], sentence[j])
        for sentence in sentences
        for i in range(len(sentence))
        for j in range(max(0, i - window), min(len(sentence), i + window + 1))
        if i != j
    ]
    if not found:
        raise ValueError("sentences must hold at least one of two words, got none")
    return np.array(found)


def init(words: int, size: int, seed: int) -> Embedding:
    """Draw an embedding: small random centre vectors, context vectors of zeros."""
    words, size = check.integer("words", words, 2), check.integer("size", size, 1)
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    return Embedding(rng.normal(0, SPREAD, (words, size)), np.zeros((words, size)))


def gradients(
    model: Embedding, centre: ArrayLike, context: ArrayLike, negatives: ArrayLike
) -> tuple[float, dict[str, Array]]:
    """Return the mean loss of pairs and its gradients (equations at the top of this file).

    `centre` and `context` are indices (B,), `negatives` (B, K). A word that stands several times
    in the batch collects all its gradients. Raises ValueError or TypeError for an index that no
    word has and for arrays that do not fit together.
    """
    words = len(model.w_in)
    centre, context = _indices("centre", centre, words), _indices("context", context, words)
    wrong = _indices("negatives", negatives, words)
    B = len(centre)
    if context.shape != (B,) or wrong.ndim != 2 or len(wrong) != B:
        raise ValueError(
            f"context and negatives must have shapes ({B},) and ({B}, K), "
            f"got {context.shape} and {wrong.shape}"
        )
    v, u = model.w_in[centre], model.w_out[context]  # (B, D)
    n = model.w_out[wrong]  # (B, K, D)
    right_score = np.sum(u * v, axis=1)  # (B,)
    wrong_score = np.einsum("bkd,bd->bk", n, v)  # (B, K)
    loss = np.logaddexp(0, -right_score).sum() + np.logaddexp(0, wrong_score).sum()

    right = (sigmoid(right_score) - 1) / B
    false = sigmoid(wrong_score) / B
    dv = right[:, None] * u + np.einsum("bk,bkd->bd", false, n)
    w_in, w_out = np.zeros_like(model.w_in), np.zeros_like(model.w_out)
    np.add.at(w_in, centre, dv)
    np.add.at(w_out, context, right[:, None] * v)
    np.add.at(w_out, wrong, false[..., None] * v[:, None])
    return float(loss) / B, {"w_in": w_in, "w_out": w_out}


def train(
    found: ArrayLike,
    words: int,
    *,
    size: int = 2,
    negatives: int = 5,
    seed: int = 0,
    learning_rate: float = 0.05,
    steps: int = 1000,
    batch: int = 128,
    snapshots: int = 2,
) -> TrainingTrace:
    """Train an embedding of `words` words on the pairs `found` (P, 2) by Adam.

    Each step draws `batch` pairs, and for each `negatives` words by their counts to the power
    of three quarters. Parameters, losses and snapshots are as `training.train` gives them, under
    the names w_in and w_out. Raises ValueError or TypeError for what is out of range.
    """
    known = _indices("found", found, words)
    if known.ndim != 2 or known.shape[1] != 2:
        raise ValueError(f"found must hold pairs, of shape (P, 2), got {known.shape}")
    count = check.integer("negatives", negatives, 1)
    batch = check.integer("batch", batch, 1)
    start = init(words, size, seed)
    rng = np.random.default_rng([seed, 0])
    often = np.bincount(known[:, 1], minlength=words) ** SMOOTHED
    up_to = np.cumsum(often / often.sum())

    def slopes(p: Parameters, step: int) -> tuple[float, Mapping[str, Array]]:
        drawn = known[rng.integers(len(known), size=batch)]
        wrong = np.searchsorted(up_to, rng.random((batch, count)) * up_to[-1], side="right")
        return gradients(Embedding(p["w_in"], p["w_out"]), drawn[:, 0], drawn[:, 1], wrong)

    return training.train(
        {"w_in": start.w_in, "w_out": start.w_out},
        slopes,
        learning_rate=learning_rate,
        steps=steps,
        snapshots=snapshots,
    )


def _indices(name: str, given: ArrayLike, below: int) -> Indices:
    found = np.asarray(given)
    if found.dtype.kind not in "iu":
        raise TypeError(f"{name} must hold whole numbers, got dtype {found.dtype}")
    if found.size and (found.min() < 0 or found.max() >= below):
        wrong = found.min() if found.min() < 0 else found.max()
        raise ValueError(f"{name} must hold indices from 0 to {below - 1}, got {wrong}")
    return found.astype(np.int64)
