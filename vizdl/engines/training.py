"""The training loop, once for every model: gradients in, better parameters out.

    w ← optimizer(w, dJ/dw, learning_rate)        again and again

A model's parameters are a dictionary of arrays. The optimizers are elementwise, so the loop
keeps all of them in one long vector and makes one update a step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import check, optimizers
from vizdl.engines.check import Array
from vizdl.engines.optimizers import Optimizer

Parameters = dict[str, Array]
Gradients = Callable[[Parameters, int], tuple[float, Mapping[str, ArrayLike]]]

# Bytes asked for and freed at once: glibc then keeps twice as many that become free for the next
# step, instead of handing them back to the system, and a step of 64 cells takes two thirds of its
# time. More than 32 MiB has no such effect (mallopt(3), M_MMAP_THRESHOLD).
_KEPT = 2**25 - 2**13


@dataclass(frozen=True, eq=False)
class TrainingTrace:
    """What a training run passed through.

    losses (N,) and gradient_norms (N,), each step's, before its update (and before clipping);
    snapshots: for each parameter an array (S, …) of its values over training, of which the first
    is the start and the last the end; snapshot_steps (S,), the updates made before each;
    parameters, those at the end; diverged, the step at which loss, gradient or parameters left
    the range of numbers, or None. N is the number of steps asked for, or fewer if it diverged:
    everything here is finite.
    """

    parameters: Parameters
    losses: Array
    gradient_norms: Array
    snapshots: Parameters
    snapshot_steps: NDArray[np.int64]
    diverged: int | None


def train(
    parameters: Mapping[str, ArrayLike],
    gradients: Gradients,
    *,
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 0.01,
    steps: int,
    clip: float | None = None,
    snapshots: int = 2,
) -> TrainingTrace:
    """Train any model by the gradients of its loss.

    `gradients(parameters, step)` returns the loss, a number, and a gradient for each parameter,
    of its shape. `optimizer` is a name or what `optimizers.get` returned. With `clip`, a
    gradient longer than that, over all parameters together, is shortened to it (Pascanu, Mikolov
    and Bengio, ICML 2013). `snapshots` is how many are kept, evenly spaced, start and end among
    them.

    A run that diverges ends there and says so in the trace; if the loss isn't finite its
    gradients are not looked at. Raises ValueError or TypeError for settings out of range, and
    for gradients that do not match the parameters.
    """
    start = {name: check.array(name, value) for name, value in parameters.items()}
    if not start:
        raise ValueError("parameters must hold at least one array, got none")
    shapes = {name: value.shape for name, value in start.items()}
    rule = optimizers.get(optimizer) if isinstance(optimizer, str) else optimizer
    rate = check.number("learning_rate", learning_rate, above=0)
    steps = check.integer("steps", steps, 1)
    longest = np.inf if clip is None else check.number("clip", clip, above=0)
    check.integer("snapshots", snapshots, 2)
    keep_at = set(np.linspace(0, steps, snapshots).round().astype(int).tolist())

    np.empty(_KEPT, np.uint8)
    position = _join(start)
    state = rule.init(position)
    kept, kept_at = [position], [0]
    losses: list[float] = []
    norms: list[float] = []
    diverged = None
    with np.errstate(over="ignore", invalid="ignore"):  # divergence is a result, not an accident
        for step in range(steps):
            loss, given = gradients(_split(position, shapes), step)
            if np.ndim(loss) != 0:
                raise ValueError(f"the loss must be one number, got shape {np.shape(loss)}")
            if np.isfinite(loss):
                gradient = _join(_matching(given, shapes))
                norm = float(np.linalg.norm(gradient))
                if norm > longest:
                    gradient = gradient * (longest / norm)
                moved, state = rule.update(position, gradient, state, rate)
                del given, gradient  # the next step finds their memory free
            if not (np.isfinite(loss) and np.isfinite(norm) and check.finite(moved)):
                diverged = step
                break
            position = moved
            losses.append(float(loss))
            norms.append(norm)
            if step + 1 in keep_at:
                kept.append(position)
                kept_at.append(step + 1)
    if kept_at[-1] != len(losses):
        kept.append(position)
        kept_at.append(len(losses))
    return TrainingTrace(
        parameters=_split(position, shapes),
        losses=np.array(losses),
        gradient_norms=np.array(norms),
        snapshots=_split(np.array(kept), shapes),
        snapshot_steps=np.array(kept_at),
        diverged=diverged,
    )


def _join(arrays: Parameters) -> Array:
    """All parameters one after the other in one vector (P,)."""
    return np.concatenate(list(arrays.values()), axis=None)


def _split(vectors: Array, shapes: Mapping[str, tuple[int, ...]]) -> Parameters:
    """The parameters in a vector (P,), or in each of S vectors (S, P), as views of it."""
    result = {}
    first = 0
    for name, shape in shapes.items():
        last = first + int(np.prod(shape))
        result[name] = vectors[..., first:last].reshape((*vectors.shape[:-1], *shape))
        first = last
    return result


def _matching(given: Mapping[str, ArrayLike], shapes: Mapping[str, tuple[int, ...]]) -> Parameters:
    """The gradients in the order of the parameters, or an error naming the one that misfits."""
    if set(given) != set(shapes):
        raise ValueError(
            f"gradients must be given for the parameters {', '.join(shapes)}, "
            f"got {', '.join(given) or 'none'}"
        )
    result = {}
    for name, shape in shapes.items():
        result[name] = np.asarray(given[name], dtype=np.float64)
        if result[name].shape != shape:
            raise ValueError(
                f"the gradient of {name} must have shape {shape}, got {result[name].shape}"
            )
    return result
