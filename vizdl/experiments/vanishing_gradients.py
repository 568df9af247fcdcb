"""Vanishing and exploding gradients: what is left of a gradient after many steps back.

A recurrent network that is still untrained reads letters and is asked for the first one
(`vizdl.experiments.recall`). Its recurrent weights are scaled so that their spectral radius, the
largest absolute eigenvalue, is exactly what the setting says, and the gradient of the last loss
walks back through all the states. Without the tanh each step multiplies it by the same matrix, so
that in the long run its norm changes by the radius at every step. Two findings of the first tries:

- Over 40 steps the measured factor was up to 1.4 % off the radius, as a random matrix needs a while
  until its largest eigenvalues rule; over 60 steps, of which the first quarter is left out of the
  fit, it is within 0.2 %.
- With the tanh, a radius of 1.2 does not make gradients explode: the slope of the tanh takes off
  about what the weights add. The explosion, and the clipping, are measured without the tanh.

Bengio, Simard and Frasconi, Learning Long-Term Dependencies with Gradient Descent is Difficult,
IEEE Transactions on Neural Networks 5(2), 1994; Pascanu, Mikolov and Bengio, On the Difficulty of
Training Recurrent Neural Networks, ICML 2013.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vizdl.engines import rnn
from vizdl.engines.rnn import RNN
from vizdl.experiments import base, recall
from vizdl.experiments.base import Fact, Facts, Trace, number, setting

Array = NDArray[np.float64]

LONGEST = 60  # steps
BATCH = 16  # sequences
RADII = np.arange(5, 16) / 10  # of the fan of curves
ACTIVATIONS = {"tanh": "tanh", "linear": "identity"}  # as settings and engine call them
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
RECENT = 10  # steps
VANISHING, EXPLODING = 0.8, 1.2  # radii at which the claims are measured
CLIP, RATE = 1.0, 0.1  # of the one step of gradient descent by which clipping is measured
DELAYS = (2, 5, 10, 15, 20, 30)
SEEDS = 5  # networks trained for each delay

EQUATIONS = {
    "state": "h_t = phi(W_(h h) h_(t-1) + W_(x h) x_t + b_h)",
    "step_back": "(partial L) / (partial h_(t-1))"
    " = W_(h h)^top (phi'(a_t) dot.o (partial L) / (partial h_t))",
    "product": "(partial L_T) / (partial h_(T-k))"
    ' = (product_(t=T-k+1)^T W_(h h)^top op("diag")(phi\'(a_t))) (partial L_T) / (partial h_T)',
    "linear": "norm((partial L_T) / (partial h_(T-k))) approx rho^k norm((partial L_T) / "
    "(partial h_T))",
    "radius": "rho = max_i abs(lambda_i (W_(h h)))",
    "clip": "g arrow.l g dot min(1, c / norm(g))",
}


class Settings(base.Settings):
    """What may be changed: the network, how long the way back is, and where gradients are cut."""

    radius: float = setting(0.8, "spectral radius", low=0.5, high=1.5, step=0.05)
    activation: Literal["tanh", "linear"] = setting("tanh", "activation")
    length: int = setting(40, "length", low=10, high=LONGEST, step=1, unit="steps")
    clip: float = setting(1.0, "clipped to", low=0.01, high=100, scale="log")
    hidden_size: int = setting(16, "hidden units", low=4, high=32, step=1)
    seed: int = setting(0, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class VanishingGradientsTrace(Trace):
    """One walk back of the chosen network, the fan of curves, and recall by delay.

    For a length of T steps and H units: norms (T,), the norm of dL_T/dh_(T-k) at k, over all
    sequences; left (T,), the same as a share of that at k = 0; vectors (T, H), that gradient for
    the first sequence, at k; shares (T,), the norm of each step's own part in the gradient of
    W_hh, and gathered (T,), the sum of those up to k as a share of the sum of all.

    fan (2, R, LONGEST) has `left` for the tanh and the linear network at each of the radii (R,),
    and factors (2, R) by how much a step back multiplies it, fitted without the first quarter.
    recent (2, R) is `gathered` of the `RECENT` last steps.

    gradient_norm is that of all parameters together, clipped_norm the same after clipping;
    stepped (3,): the loss before a step of rate `RATE` along the gradient, after it, and after the
    same with the clipped one (infinite where it left the range of numbers). The same at the
    radius `EXPLODING`, linear, over `LONGEST` steps, clipped to `CLIP`: exploded_norm, exploded.

    recall (D, S): of trained networks, for each of the delays (D,) and seeds, the share of fresh
    sequences in which the letter was named.
    """

    settings: Settings
    norms: Array
    left: Array
    vectors: Array
    shares: Array
    gathered: Array
    radii: Array
    fan: Array
    factors: Array
    recent: Array
    gradient_norm: float
    clipped_norm: float
    stepped: Array
    exploded_norm: float
    exploded: Array
    delays: Array
    recall: Array


def run(settings: Settings) -> VanishingGradientsTrace:
    """Walk back once with the settings, and with every radius of the fan."""
    chosen = _walk(settings, settings.radius, settings.activation, settings.length)
    fan, factors, recent = _fan(settings.hidden_size, settings.seed)
    exploding = _walk(settings, EXPLODING, "linear", LONGEST)
    return VanishingGradientsTrace(
        settings=settings,
        norms=chosen.norms,
        left=chosen.norms / chosen.norms[0],
        vectors=chosen.vectors,
        shares=chosen.shares,
        gathered=chosen.gathered,
        radii=RADII.copy(),
        fan=fan,
        factors=factors,
        recent=recent,
        gradient_norm=chosen.norm,
        clipped_norm=min(chosen.norm, settings.clip),
        stepped=chosen.step(settings.clip),
        exploded_norm=exploding.norm,
        exploded=exploding.step(CLIP),
        delays=np.array(DELAYS, dtype=float),
        recall=_recall(),
    )


def facts(trace: VanishingGradientsTrace) -> Facts:
    """The factor is the radius, little comes from far back, explosions are tamed, recall fails."""
    tanh, linear = trace.factors
    off = float(np.abs(linear / trace.radii - 1).max())
    slope = float(np.polyfit(np.log(trace.radii), np.log(linear), 1)[0])
    low, high = (int(np.argmin(np.abs(trace.radii - r))) for r in (VANISHING, EXPLODING))
    before, plain, clipped = (float(value) for value in trace.exploded)
    means = trace.recall.mean(axis=1)
    guess = 1 / recall.LETTERS
    spread = float(trace.recall[-1].max() - trace.recall[-1].min())
    return Facts(
        _fact(
            "law",
            "Without tanh, a step back multiplies by the radius, to within",
            100 * off,
            "of 11 radii from 0.5 to 1.5, the worst: at most 3%",
            off <= 0.03,
            unit="%",
            digits=2,
        ),
        _fact(
            "slope",
            "Slope of the log of the factor over the log of the radius",
            slope,
            "1 to within 0.01",
            abs(slope - 1) < 0.01,
            digits=4,
        ),
        _fact(
            "vanished",
            f"Left after {LONGEST - 1} steps at a radius of {VANISHING:g}, with tanh",
            trace.fan[0, low, -1],
            "less than a thousandth",
            trace.fan[0, low, -1] < 1e-3,
            digits=2,
        ),
        _fact(
            "exploded",
            f"Times larger after {LONGEST - 1} steps at a radius of {EXPLODING:g}, linear",
            trace.fan[1, high, -1],
            "more than a thousand",
            trace.fan[1, high, -1] > 1e3,
            digits=2,
        ),
        _fact(
            "tanh",
            "Radii at which the tanh takes off some more",
            int((tanh < linear).sum()),
            "all 11",
            bool((tanh < linear).all()),
        ),
        _fact(
            "recent",
            f"Of the weights' gradient, from the last {RECENT} of {LONGEST} steps",
            100 * trace.recent[0, low],
            f"at a radius of {VANISHING:g}, with tanh: more than 90%",
            trace.recent[0, low] > 0.9,
            unit="%",
        ),
        _fact(
            "unclipped",
            "Loss after one step along an exploded gradient",
            plain,
            f"more than the {number(before)} before it",
            plain > before,
        ),
        _fact(
            "clipped",
            "Loss after the same step with the gradient clipped",
            clipped,
            f"less than the {number(before)} before it",
            clipped < before,
        ),
        _fact(
            "recall_near",
            f"Trained to recall over {DELAYS[1]} steps: letters named",
            100 * means[1],
            f"mean of {SEEDS} networks: more than 95%",
            means[1] > 0.95,
            unit="%",
        ),
        _fact(
            "recall_far",
            f"Trained to recall over {DELAYS[-1]} steps: letters named",
            100 * means[-1],
            f"mean of {SEEDS} networks; a guess is right in {100 * guess:g}%: less than 70%",
            means[-1] < 0.7,
            unit="%",
        ),
        _fact(
            "spread",
            f"Between the best and the worst network at {DELAYS[-1]} steps",
            100 * spread,
            "percentage points: more than 10, so that one network says little",
            spread > 0.1,
        ),
    )


def _fact(
    name: str, claim: str, value: float, target: str, holds: bool, unit: str = "", digits: int = 3
) -> Fact:
    return Fact(name, claim, value, target, bool(holds), unit, digits)


# One walk back


@dataclass(frozen=True, eq=False)
class _Walk:
    """A network, its sequences, and the gradient of their last losses."""

    model: RNN
    x: Array
    target: NDArray[np.int64]
    gradients: rnn.RNNGradients
    loss: float

    @property
    def vectors(self) -> Array:
        """The gradient at each state for the first sequence, the last state first: (T, H)."""
        return self.gradients.h[:0:-1, 0]

    @property
    def norms(self) -> Array:
        """The norm of the gradient at each state, the last one first: (T,)."""
        norms: Array = np.sqrt(np.sum(self.gradients.h[:0:-1] ** 2, axis=(1, 2)))
        return norms

    @property
    def shares(self) -> Array:
        """The norm of each step's part in the gradient of W_hh, the last step first: (T,)."""
        shares: Array = np.sqrt(np.sum(self.gradients.shares.w_hh[::-1] ** 2, axis=(1, 2)))
        return shares

    @property
    def gathered(self) -> Array:
        """The shares up to each step, of all of them: (T,)."""
        total: Array = np.cumsum(self.shares) / np.sum(self.shares)
        return total

    @property
    def norm(self) -> float:
        """The norm of the gradient of all parameters."""
        return float(np.sqrt(sum(np.sum(value**2) for value in self._slopes().values())))

    def step(self, clip: float) -> Array:
        """The loss before a step of gradient descent, after it, after a clipped one: (3,)."""
        cut = min(1.0, clip / self.norm) if self.norm else 1.0
        found = [self.loss]
        for factor in (1.0, cut):
            moved = {
                name: getattr(self.model, name) - RATE * factor * slope
                for name, slope in self._slopes().items()
            }
            trace = rnn.forward(replace(self.model, **moved), self.x)
            found.append(
                recall.CROSS_ENTROPY.value(trace.y[-1], self.target)
                if trace.diverged is None
                else np.inf
            )
        return np.array(found)

    def _slopes(self) -> Mapping[str, Array]:
        return {name: getattr(self.gradients, name) for name in PARAMETERS}


def network(hidden: int, seed: int, radius: float, activation: str) -> RNN:
    """The untrained network; only the scale of W_hh depends on the radius."""
    return rnn.init(recall.INPUTS, hidden, recall.LETTERS, seed, radius, ACTIVATIONS[activation])


def letters(seed: int) -> NDArray[np.int64]:
    """The letters that are read, of which a shorter walk takes the first: (LONGEST, BATCH)."""
    x, _ = recall.draw(np.random.default_rng((seed, 0)), LONGEST - 1, BATCH)
    shown: NDArray[np.int64] = x[..., : recall.LETTERS].argmax(axis=-1)
    return shown


def _walk(settings: Settings, radius: float, activation: str, length: int) -> _Walk:
    model = network(settings.hidden_size, settings.seed, radius, activation)
    x, target = recall.draw(np.random.default_rng((settings.seed, 0)), LONGEST - 1, BATCH)
    x = x[:length]
    trace = rnn.forward(model, x)
    dy = np.zeros_like(trace.y)
    dy[-1] = recall.CROSS_ENTROPY.gradient(trace.y[-1], target)
    loss = recall.CROSS_ENTROPY.value(trace.y[-1], target)
    return _Walk(model, x, target, rnn.bptt(model, trace, dy), loss)


@functools.cache
def _fan(hidden: int, seed: int) -> tuple[Array, Array, Array]:
    """What is left (2, R, LONGEST), by which factor it changes, how much is recent (2, R)."""
    settings = Settings(hidden_size=hidden, seed=seed)
    walks = [[_walk(settings, r, kind, LONGEST) for r in RADII] for kind in ACTIVATIONS]
    norms = np.array([[walk.norms for walk in row] for row in walks])
    fan = norms / norms[..., :1]
    late = np.arange(LONGEST // 4, LONGEST)
    lines = np.polyfit(late, np.log(fan[..., late]).reshape(-1, len(late)).T, 1)
    factors = np.exp(lines[0]).reshape(fan.shape[:2])
    recent = np.array([[walk.gathered[RECENT - 1] for walk in row] for row in walks])
    for array in (fan, factors, recent):
        array.setflags(write=False)
    return fan, factors, recent


@functools.cache
def _recall() -> Array:
    """The accuracy of every trained network: (D, S)."""
    found = [[recall.accuracy("rnn", delay, seed) for seed in range(SEEDS)] for delay in DELAYS]
    result = np.array(found)
    result.setflags(write=False)
    return result
