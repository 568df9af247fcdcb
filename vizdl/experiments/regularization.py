"""Regularization: a curve through noisy points, too simple, right, too complex; and held back.

    J(w) = 1/N |X w - y|^2 + lambda |w|^2

Twenty noisy points on one wave of a sine, polynomials of degree 0 to 15 in a well-conditioned
basis, and 200 fresh points as the test. Four ways to choose how complex the model may be: its
degree, the strength of the penalty on its weights, the step at which gradient descent is stopped;
that last one with a small network as well. And, as a check that nothing hangs on one lucky sample,
the polynomials again for 20 samples.

Found out on the way: regularization makes the complex model nearly as good as the simple one of the
right degree, which is seldom known, but rarely better. Early stopping does about as well as the
penalty; in two of the 20 samples the test loss still falls at the last of 3000 steps.

References: Hoerl and Kennard, Ridge Regression, Technometrics 12, 1970; Goodfellow, Bengio and
Courville, Deep Learning, 2016, sections 5.2, 7.1 and 7.8.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl import data
from vizdl.engines import network
from vizdl.engines import regularization as engine
from vizdl.engines.regularization import Moments
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, number, setting

Array = NDArray[np.float64]
Indices = NDArray[np.int64]

POINTS, TESTS = 20, 200
SAMPLES = 20  # that may be drawn
TEST_SEED = 1000
HIGHEST = 15  # degree
SIZE = HIGHEST + 1
DEGREES = np.arange(SIZE)
LEAST = 1e-6  # strength: as good as none
STRENGTHS = np.geomspace(LEAST, 10.0, 43)
STEPS = 3000  # of gradient descent
MOMENTS = np.unique(np.round(np.geomspace(1, STEPS + 1, 61)).astype(int)) - 1  # that are looked at
WIDTH, EPOCHS, NETWORK_RATE = 32, 1500, 0.02  # of the network and its training by Adam
GRID = np.linspace(0.0, 1.0, 121)

EQUATIONS = {
    "model": "hat(y)(x) = sum_(k = 0)^d w_k P_k (x)",
    "loss": "J(bold(w)) = 1 / N sum_(n = 1)^N (hat(y)(x_n) - y_n)^2 + lambda sum_(k = 1)^d w_k^2",
    "solution": "(1 / N bold(X)^top bold(X) + lambda bold(I)) bold(w) = 1 / N bold(X)^top bold(y)",
    "decay": "bold(w)_(t+1) = (1 - 2 eta lambda) bold(w)_t - eta thin nabla J_0 (bold(w)_t)",
    "stop": 't^* = op("argmin", limits: #true)_t J_"test" (bold(w)_t)',
}


class Settings(base.Settings):
    """What can be changed: how complex the model may be, and the sample that it is fitted to."""

    degree: int = setting(15, "degree", low=0, high=HIGHEST)
    strength: float = setting(0.01, "strength of the penalty", low=LEAST, high=10.0, scale="log")
    noise: float = setting(0.25, "noise", low=0.0, high=1.0, step=0.01)
    seed: int = setting(0, "sample", low=0, high=SAMPLES - 1)


@dataclass(frozen=True, eq=False)
class Fits:
    """The models of one sample, by degree, by strength and by step of gradient descent.

    Losses are mean squared errors without the penalty, `train` and `test`; `norms` are the lengths
    of the weights but for the constant.
    """

    degree_train: Array  # (16,), with hardly any penalty
    degree_test: Array  # (16,)
    strength_weights: Array  # (S, 16), at the degree that is set
    strength_train: Array  # (S,)
    strength_test: Array  # (S,)
    strength_norms: Array  # (S,)
    descent_weights: Array  # (T+1, 16)
    descent_train: Array  # (T+1,)
    descent_test: Array  # (T+1,)

    @property
    def best_degree(self) -> int:
        """The degree of the least test loss."""
        return int(self.degree_test.argmin())

    @property
    def best_strength(self) -> int:
        """The place among `STRENGTHS` of the least test loss."""
        return int(self.strength_test.argmin())

    @property
    def best_step(self) -> int:
        """The step of gradient descent of the least test loss."""
        return int(self.descent_test.argmin())


@dataclass(frozen=True)
class RegularizationTrace(Trace):
    """A sample, the curves that were fitted to it, and their losses."""

    settings: Settings
    x: Array  # (20,)
    y: Array  # (20,)
    test_x: Array  # (200,)
    test_y: Array  # (200,)
    truth: Array  # (121,): the wave, over GRID
    weights: Array  # (16,): at the degree and the strength that are set
    curve: Array  # (121,)
    train: float
    test: float
    fits: Fits
    degree_curves: Array  # (16, 121): with hardly any penalty
    strength_curves: Array  # (S, 121)
    descent_curves: Array  # (M, 121), at MOMENTS
    everywhere: Indices  # (20, 3): for each sample the best degree, strength and step, by place
    network_width: int
    network_steps: Indices  # (E+1,): updates of a small network that was trained on the sample
    network_train: Array  # (E+1,)
    network_test: Array  # (E+1,)


def run(settings: Settings) -> RegularizationTrace:
    """Fit the sample in every way, and measure each fit on the fresh points."""
    x, y = sample(settings.seed, settings.noise)
    test_x, test_y = tests(settings.noise)
    fits = fit(x, y, test_x, test_y, settings.degree)
    used = using(settings.degree)
    train, test = (engine.moments(features(a), b) for a, b in ((x, y), (test_x, test_y)))
    steps, trained, tested = _network(settings.seed, settings.noise)
    weights = engine.solve(engine.system(train, used, settings.strength))
    degrees = engine.solve(engine.system(train, _degrees(), np.full(SIZE, LEAST)))
    drawn = features(GRID).T  # (16, 121)
    return RegularizationTrace(
        settings=settings,
        x=x,
        y=y,
        test_x=test_x,
        test_y=test_y,
        truth=np.sin(2 * np.pi * GRID),
        weights=weights,
        curve=weights @ drawn,
        train=float(engine.error(train, weights)),
        test=float(engine.error(test, weights)),
        fits=fits,
        degree_curves=degrees @ drawn,
        strength_curves=fits.strength_weights @ drawn,
        descent_curves=fits.descent_weights[MOMENTS] @ drawn,
        everywhere=_everywhere(settings.degree, settings.noise),
        network_width=WIDTH,
        network_steps=steps,
        network_train=trained,
        network_test=tested,
    )


def facts(trace: RegularizationTrace) -> Facts:
    """What degree, penalty and early stopping have done to the loss on fresh points."""
    fits = trace.fits
    degree, strength, step = fits.best_degree, fits.best_strength, fits.best_step
    last = len(STRENGTHS) - 1
    high, low = fits.degree_test[-1], fits.degree_test[degree]
    least, best = fits.strength_test[0], fits.strength_test[strength]
    falls = fits.strength_norms[1:] < fits.strength_norms[:-1]
    turn = int(trace.network_test.argmin())
    inside = (trace.everywhere > 0) & (trace.everywhere < [HIGHEST, last, STEPS])
    return Facts(
        Fact(
            "degree",
            f"Of the degrees up to {HIGHEST}, the best on fresh points is",
            degree,
            f"inside the range: its test loss is {number(float(low))}, the last one's "
            f"{number(float(high))}",
            0 < degree < HIGHEST and fits.degree_test[0] > low < high,
        ),
        Fact(
            "train",
            "Degrees at which the loss on the training points rose",
            int((np.diff(fits.degree_train) > 1e-9).sum()),
            "none: more complex always fits better what it has seen",
            bool((np.diff(fits.degree_train) <= 1e-9).all()),
            f"of {HIGHEST}",
        ),
        Fact(
            "strength",
            f"Degree {trace.settings.degree}: test loss at the best strength",
            float(best),
            f"inside the range, at {number(float(STRENGTHS[strength]), 2)}; "
            f"with no penalty it is {number(float(least))}",
            0 < strength < last and best < least and best < fits.strength_test[-1],
        ),
        Fact(
            "norm",
            "The stronger the penalty, the smaller the weights: steps down",
            int(falls.sum()),
            f"all of them: from {number(float(fits.strength_norms[0]), 2)} "
            f"to {number(float(fits.strength_norms[-1]), 2)}",
            bool(falls.all()),
            f"of {last}",
        ),
        Fact(
            "stop",
            "Without a penalty, stop when the test loss turns: after",
            step,
            f"its test loss is {number(float(fits.descent_test[step]))}, "
            f"in the end {number(float(fits.descent_test[-1]))}",
            0 < step < STEPS and bool(fits.descent_test[-1] > fits.descent_test[step]),
            "steps",
        ),
        Fact(
            "network",
            "A small network is best on fresh points after",
            int(trace.network_steps[turn]),
            f"then its test loss is {number(float(trace.network_test[turn]))}, "
            f"in the end {number(float(trace.network_test[-1]))}",
            0 < turn < len(trace.network_test) - 1
            and bool(trace.network_train[-1] < trace.network_train[turn]),
            "steps",
        ),
        Fact(
            "samples",
            "Samples in which all three turn inside their range",
            int(inside.all(axis=1).sum()),
            f"at least nine in ten; degree and strength in {int(inside[:, :2].all(axis=1).sum())}",
            bool(inside.all(axis=1).mean() >= 0.9 and inside[:, :2].all()),
            f"of {SAMPLES}",
        ),
    )


# Data and features


@functools.cache
def _unit(seed: int, count: int) -> tuple[Array, Array]:
    """Where the points of a sample are (N,), and their noise (N,), of standard deviation 1."""
    drawn = data.sine(count, noise=1.0, seed=seed)
    x = drawn.x[:, 0]
    return x, drawn.y - np.sin(2 * np.pi * x)


def units() -> dict[int, Array]:
    """For each sample its points and their noise, (2, 20)."""
    return {seed: np.stack(_unit(seed, POINTS)) for seed in range(SAMPLES)}


def fresh() -> Array:
    """The fresh points and their noise, (2, 200)."""
    return np.stack(_unit(TEST_SEED, TESTS))


def sample(seed: int, noise: float) -> tuple[Array, Array]:
    """The points x, y (20,) of a sample."""
    x, error = _unit(seed, POINTS)
    return x, wave(x, error, noise)


def tests(noise: float) -> tuple[Array, Array]:
    """The fresh points x, y (200,), the same for all samples."""
    x, error = _unit(TEST_SEED, TESTS)
    return x, wave(x, error, noise)


def wave(x: Any, error: Any, noise: Any) -> Any:
    """One wave of a sine, and its noise."""
    return anp.sin(2 * np.pi * x) + noise * error


def features(x: Any) -> Any:
    """Every feature of points (N,): (N, 16)."""
    return engine.legendre(x, HIGHEST)


def using(degree: Any) -> Any:
    """For each feature 1 where a model of that degree uses it, else 0: (16,)."""
    return anp.where(np.arange(float(SIZE)) <= degree, 1.0, 0.0)


def _degrees() -> Array:
    return np.stack([using(degree) for degree in DEGREES])


# Fitting


def fit(x: Array, y: Array, test_x: Array, test_y: Array, degree: int) -> Fits:
    """Every degree, every strength at `degree`, and gradient descent at it."""
    train, test = (engine.moments(features(a), b) for a, b in ((x, y), (test_x, test_y)))
    swept = sweeps(train, using(degree))
    by_degree, by_strength = swept[:SIZE], swept[SIZE:]
    walk = engine.descend(train, test, using(degree), STEPS)
    return Fits(
        degree_train=engine.error(train, by_degree),
        degree_test=engine.error(test, by_degree),
        strength_weights=by_strength,
        strength_train=engine.error(train, by_strength),
        strength_test=engine.error(test, by_strength),
        strength_norms=norm(by_strength),
        descent_weights=walk.weights,
        descent_train=walk.train,
        descent_test=walk.test,
    )


def systems(train: Moments, used: Any) -> Any:
    """The equations for every degree with hardly any penalty, then for every strength."""
    every = anp.concatenate([_degrees(), used + np.zeros((len(STRENGTHS), SIZE))], axis=0)
    return engine.system(train, every, np.concatenate([np.full(SIZE, LEAST), STRENGTHS]))


def sweeps(train: Moments, used: Any) -> Any:
    """The weights for every degree, then for every strength: (16 + S, 16)."""
    return engine.solve(systems(train, used))


def norm(weights: Any) -> Any:
    """The length of weights (..., 16) but for the constant."""
    return anp.sqrt(anp.sum(weights[..., 1:] * weights[..., 1:], axis=-1))


@functools.cache
def _network(seed: int, noise: float) -> tuple[Indices, Array, Array]:
    """A network of two hidden layers, trained on a sample: steps, training and test losses."""
    (x, y), (u, v) = sample(seed, noise), tests(noise)
    trained = network.train(
        network.init((1, WIDTH, WIDTH, 1), "tanh", seed=0),
        _centred(x),
        y[:, None],
        loss="squared_error",
        learning_rate=NETWORK_RATE,
        epochs=EPOCHS,
        snapshots=EPOCHS // 20 + 1,
    )
    losses = [
        [float(np.mean((network.forward(model, _centred(a)).post[-1][:, 0] - b) ** 2))
         for a, b in ((x, y), (u, v))]
        for model in trained.snapshots
    ]  # fmt: skip
    train, test = np.array(losses).T
    return trained.snapshot_steps, train, test


def _centred(x: Array) -> Array:
    """Inputs from -2 to 2 (N, 1), where tanh bends."""
    return (4 * x - 2)[:, None]


@functools.cache
def _everywhere(degree: int, noise: float) -> Indices:
    found = []
    for seed in range(SAMPLES):
        fits = fit(*sample(seed, noise), *tests(noise), degree)
        found.append([fits.best_degree, fits.best_strength, fits.best_step])
    return np.array(found)
