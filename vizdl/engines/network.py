"""The multilayer perceptron: forward, back-propagation, training.

    z_l = a_{l-1} W_lᵀ + b_l,   a_l = g_l(z_l),   a_0 = x

Rumelhart, Hinton and Williams, Learning Representations by Back-Propagating Errors, Nature 323,
1986.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import activations, check, losses, training
from vizdl.engines.check import Array
from vizdl.engines.losses import Loss
from vizdl.engines.optimizers import Optimizer

Scales = Sequence[
    Array
]  # for each layer (B, out) or (1, out): what its activation is multiplied by
Batch = tuple[Array, Array, Scales | None]  # inputs, targets, scales

RECTIFIERS = ("relu", "leaky_relu", "gelu")  # half of the line is cut off: He's variance


@dataclass(frozen=True, eq=False)
class MLP:
    """The parameters of a multilayer perceptron: weights[l] (out, in), biases[l] (out,).

    `activations` names each layer's, as `vizdl.engines.activations` knows them. Raises
    ValueError or TypeError if the layers do not fit on each other.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    activations: tuple[str, ...]

    def __post_init__(self) -> None:
        counts = len(self.weights), len(self.biases), len(self.activations)
        if len(set(counts)) > 1 or isinstance(self.activations, str) or not self.weights:
            raise ValueError(
                "weights, biases and activations must hold one item for each layer, "
                f"got {counts[0]}, {counts[1]} and {self.activations!r}"
            )
        weights: list[Array] = []
        for layer, w in enumerate(self.weights):
            inputs = len(weights[-1]) if weights else "in"
            weights.append(check.array(f"weights[{layer}]", w, ("out", inputs)))
        biases = [
            check.array(f"biases[{layer}]", b, (len(w),))
            for layer, (w, b) in enumerate(zip(weights, self.biases, strict=True))
        ]
        for name in self.activations:
            activations.get(name)
        object.__setattr__(self, "weights", tuple(weights))
        object.__setattr__(self, "biases", tuple(biases))
        object.__setattr__(self, "activations", tuple(self.activations))

    @property
    def sizes(self) -> tuple[int, ...]:
        """The number of inputs, then the number of units of each layer."""
        return (len(self.weights[0].T), *(len(b) for b in self.biases))


@dataclass(frozen=True, eq=False)
class NetworkTrace:
    """Everything a forward pass computed.

    pre[l] (B, out) what layer l sums up; post[0] (B, in) the input and post[l+1] (B, out) what
    layer l passes on, so that weights[l] leads from post[l] to pre[l].
    """

    pre: tuple[Array, ...]
    post: tuple[Array, ...]

    @property
    def output(self) -> Array:
        """The network's output (B, out): the last layer's activation."""
        return self.post[-1]


@dataclass(frozen=True, eq=False)
class NetworkGradients:
    """The gradient of the empirical loss with respect to everything, in the shape of each.

    weights, biases as in `MLP`; pre, post as in `NetworkTrace`.
    """

    weights: tuple[Array, ...]
    biases: tuple[Array, ...]
    pre: tuple[Array, ...]
    post: tuple[Array, ...]

    @property
    def x(self) -> Array:
        """The gradient with respect to the input (B, in)."""
        return self.post[0]


@dataclass(frozen=True, eq=False)
class NetworkTraining:
    """A trained network and the way to it.

    losses (N,), the loss of each step's batch before its update; snapshots, S networks over
    training from the start to the end; snapshot_steps (S,), the updates made before each; model,
    the last one; diverged, the step at which training left the range of numbers, or None.
    """

    model: MLP
    losses: Array
    snapshots: tuple[MLP, ...]
    snapshot_steps: NDArray[np.int64]
    diverged: int | None


def init(
    sizes: Sequence[int], activation: str, seed: int, output_activation: str = "identity"
) -> MLP:
    """Draw a network of these sizes, inputs first; biases are 0.

    Before a rectifier weights are normal with variance 2 / in (He et al., Delving Deep into
    Rectifiers, ICCV 2015), before anything else uniform in ±√(6 / (in + out)) (Glorot and
    Bengio, AISTATS 2010), so that signals keep their size from layer to layer.
    """
    if len(sizes) < 2:
        raise ValueError(f"sizes must hold at least inputs and outputs, got {list(sizes)}")
    checked = [check.integer(f"sizes[{i}]", size, 1) for i, size in enumerate(sizes)]
    names = [activation] * (len(checked) - 2) + [output_activation]
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    weights = []
    for inputs, outputs, name in zip(checked[:-1], checked[1:], names, strict=True):
        if name in RECTIFIERS:
            weights.append(rng.normal(0, sqrt(2 / inputs), (outputs, inputs)))
        else:
            bound = sqrt(6 / (inputs + outputs))
            weights.append(rng.uniform(-bound, bound, (outputs, inputs)))
    return MLP(tuple(weights), tuple(np.zeros(size) for size in checked[1:]), tuple(names))


def forward(model: MLP, x: ArrayLike, scales: Scales | None = None) -> NetworkTrace:
    """Run the network on a batch (equation at the top of this file).

    x is (B, in). With `scales`, one (B, out) or (1, out) for each layer, what a layer passes on is
    multiplied by them (`vizdl.engines.dropout`). Returns a `NetworkTrace`. Raises ValueError or
    TypeError for another shape, and for what is not finite or not numeric.
    """
    return _forward(model, check.array("x", x, ("B", model.sizes[0])), scales)


def backward(
    model: MLP,
    trace: NetworkTrace,
    y: ArrayLike,
    loss: str | Loss,
    scales: Scales | None = None,
) -> NetworkGradients:
    """Back-propagate the empirical loss J from the output to the input.

        da_L = ∂J/∂a_L                  the loss's own derivative at the output
        dz_l = g_l'(z_l) ⊙ da_l
        dW_l = dz_lᵀ a_{l-1},   db_l = Σ_batch dz_l
        da_{l-1} = dz_l W_l             and so on, one layer down

    y is the target that `loss` (a name or a `Loss`) asks for; `scales` are those of `forward`, by
    which dz_l is multiplied too. Returns `NetworkGradients`. Raises
    ValueError or TypeError if model, trace and y do not fit together.

    Goodfellow, Bengio and Courville, Deep Learning, MIT Press 2016, algorithm 6.4.
    """
    given = tuple(a.shape[-1] for a in trace.post)
    if given != model.sizes:
        raise ValueError(
            f"trace must come from this model of layer sizes {model.sizes}, got {given}"
        )
    measure = losses.get(loss) if isinstance(loss, str) else loss
    post = [measure.gradient(trace.output, y)]
    pre: list[Array] = []
    for layer in reversed(range(len(model.weights))):
        slope = activations.get(model.activations[layer]).derivative(trace.pre[layer])
        if scales is not None:
            slope = slope * scales[layer]
        pre.insert(0, slope * post[0])  # (B, out)
        post.insert(0, pre[0] @ model.weights[layer])  # (B, in)
    return NetworkGradients(
        weights=tuple(dz.T @ a for dz, a in zip(pre, trace.post[:-1], strict=True)),
        biases=tuple(dz.sum(axis=0) for dz in pre),
        pre=tuple(pre),
        post=tuple(post),
    )


def train(
    model: MLP,
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss,
    optimizer: str | Optimizer = "adam",
    learning_rate: float = 0.01,
    epochs: int,
    batch_size: int | None = None,
    seed: int = 0,
    snapshots: int = 11,
) -> NetworkTraining:
    """Train the network on x (N, in) and its targets y (N, …).

    Each epoch passes once over all samples in a new random order, `batch_size` at a time (all
    at once if left out); a last batch may be smaller. `snapshots` networks are kept, evenly
    spaced. Returns `NetworkTraining`; a run that diverges ends there and says so. Raises
    ValueError or TypeError for settings out of range and data that do not fit the model.
    """
    x = check.array("x", x, ("N", model.sizes[0]))
    y = check.array("y", y)
    if y.ndim == 0 or len(y) != len(x):
        raise ValueError(f"y must hold a target for each of {len(x)} samples, got shape {y.shape}")
    epochs = check.integer("epochs", epochs, 1)
    size = len(x) if batch_size is None else check.integer("batch_size", batch_size, 1, len(x))
    rng = np.random.default_rng(check.integer("seed", seed, 0))
    batches: list[NDArray[np.int64]] = []
    for _ in range(epochs):
        order = rng.permutation(len(x)) if size < len(x) else np.arange(len(x))
        batches.extend(order[first : first + size] for first in range(0, len(x), size))

    return fit(
        model,
        lambda step: (x[batches[step]], y[batches[step]], None),
        loss=loss,
        optimizer=optimizer,
        learning_rate=learning_rate,
        steps=len(batches),
        snapshots=snapshots,
    )


def fit(
    model: MLP,
    batch: Callable[[int], Batch],
    *,
    loss: str | Loss,
    optimizer: str | Optimizer,
    learning_rate: float,
    steps: int,
    snapshots: int,
) -> NetworkTraining:
    """Train the network on what `batch(step)` gives: inputs, targets, and scales or None.

    They are taken as they are, without a check; all else as in `train`.
    """
    measure = losses.get(loss) if isinstance(loss, str) else loss

    def gradients(parameters: training.Parameters, step: int) -> tuple[float, training.Parameters]:
        current = _from_parameters(model, parameters)
        x, y, scales = batch(step)
        trace = _forward(current, x, scales)
        if not np.isfinite(trace.output).all():
            return np.inf, {}
        found = backward(current, trace, y, measure, scales)
        return measure.value(trace.output, y), _parameters(found)

    run = training.train(
        _parameters(model),
        gradients,
        optimizer=optimizer,
        learning_rate=learning_rate,
        steps=steps,
        snapshots=snapshots,
    )
    stages = range(len(run.snapshot_steps))
    return NetworkTraining(
        model=_from_parameters(model, run.parameters),
        losses=run.losses,
        snapshots=tuple(
            _from_parameters(model, {name: v[s] for name, v in run.snapshots.items()})
            for s in stages
        ),
        snapshot_steps=run.snapshot_steps,
        diverged=run.diverged,
    )


def _forward(model: MLP, x: Array, scales: Scales | None) -> NetworkTrace:
    pre: list[Array] = []
    post = [x]
    for layer, (w, b) in enumerate(zip(model.weights, model.biases, strict=True)):
        pre.append(post[-1] @ w.T + b)  # (B, out)
        a = activations.get(model.activations[layer]).value(pre[-1])
        post.append(a if scales is None else a * scales[layer])
    return NetworkTrace(tuple(pre), tuple(post))


def _parameters(source: MLP | NetworkGradients) -> training.Parameters:
    """Weights and biases by name, as the training loop wants them."""
    weights = {f"weights[{layer}]": w for layer, w in enumerate(source.weights)}
    biases = {f"biases[{layer}]": b for layer, b in enumerate(source.biases)}
    return weights | biases


def _from_parameters(model: MLP, parameters: training.Parameters) -> MLP:
    layers = range(len(model.weights))
    return MLP(
        tuple(parameters[f"weights[{layer}]"] for layer in layers),
        tuple(parameters[f"biases[{layer}]"] for layer in layers),
        model.activations,
    )
