"""Ridge regression and early stopping, against NumPy, PyTorch, autograd and differences."""

from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial import legendre as reference

from vizdl.engines import regularization as engine

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "regularization.npz")


def problem(seed=0, count=20, size=8):
    random = np.random.default_rng(seed)
    x = random.uniform(0, 1, count)
    return engine.legendre(x, size - 1), np.sin(6 * x) + 0.3 * random.normal(size=count)


def penalised(features, y, strength):
    def loss(w):
        error = anp.dot(features, w) - y
        return anp.mean(error * error) + strength * anp.sum(w[1:] * w[1:])

    return loss


@given(st.integers(0, 15), st.integers(1, 30))
def test_legendre_polynomials_are_numpys(degree, count):
    x = np.linspace(0, 1, count)
    expected = reference.legvander(2 * x - 1, degree) * np.sqrt(2 * np.arange(degree + 1) + 1)
    np.testing.assert_allclose(engine.legendre(x, degree), expected, atol=1e-10)


def test_their_mean_square_is_one_and_they_are_orthogonal():
    nodes, weights = reference.leggauss(40)
    features = engine.legendre((nodes + 1) / 2, 15)
    gram = features.T @ (weights[:, None] / 2 * features)
    np.testing.assert_allclose(gram, np.eye(16), atol=1e-12)


@given(st.integers(0, 50), st.floats(1e-6, 10))
def test_ridge_solves_its_equations(seed, strength):
    features, y = problem(seed)
    w = engine.ridge(features, y, strength)
    penalty = np.diag([0.0] + [strength] * 7)
    gram = features.T @ features / len(y) + penalty
    expected = np.linalg.solve(gram, features.T @ y / len(y))
    np.testing.assert_allclose(w, expected, rtol=1e-7, atol=1e-9)


@given(st.integers(0, 20), st.floats(1e-3, 10))
def test_at_the_solution_the_gradient_is_zero(seed, strength):
    features, y = problem(seed)
    loss = penalised(features, y, strength)
    w = engine.ridge(features, y, strength)
    assert np.abs(autograd.grad(loss)(w)).max() < 1e-9
    step = np.random.default_rng(seed).normal(size=len(w))
    assert loss(w + 1e-3 * step) > loss(w) < loss(w - 1e-3 * step)


def test_ridge_gradients_and_the_way_down_are_pytorchs():
    features, y, path = (REFERENCE[name] for name in ("features", "targets", "path"))
    solved = engine.ridge(features, y, REFERENCE["strength"])
    np.testing.assert_allclose(solved, REFERENCE["ridge"], rtol=1e-10)
    data = engine.moments(features, y)
    for weights, slope in zip(path, REFERENCE["gradients"], strict=False):
        np.testing.assert_allclose(engine.gradient(data, weights), slope, rtol=1e-10, atol=1e-15)
    found = engine.descend(data, data, np.ones(features.shape[1]), len(path) - 1)
    np.testing.assert_allclose(found.weights, path, rtol=1e-10, atol=1e-15)


def test_many_strengths_at_once_are_each_its_own():
    features, y = problem()
    strengths = np.array([[1e-3, 0.1], [1.0, 10.0]])
    many = engine.ridge(features, y, strengths)
    assert many.shape == (2, 2, 8)
    for index in np.ndindex(2, 2):
        np.testing.assert_allclose(
            many[index], engine.ridge(features, y, strengths[index]), rtol=1e-10
        )


def test_a_feature_that_is_not_used_has_no_weight_and_no_part():
    features, y = problem()
    used = np.array([1.0, 1, 1, 0, 1, 0, 0, 0])
    data = engine.moments(features, y)
    w = engine.solve(engine.system(data, used, np.array(0.01)))
    assert (w[used == 0] == 0).all()
    np.testing.assert_allclose(
        w[used == 1], engine.ridge(features[:, used == 1], y, 0.01), rtol=1e-9
    )


@given(st.integers(0, 20))
def test_the_error_by_moments_is_the_mean_squared_error(seed):
    features, y = problem(seed)
    w = np.random.default_rng(seed).normal(size=(3, 8))
    expected = ((w @ features.T - y) ** 2).mean(axis=-1)
    np.testing.assert_allclose(engine.error(engine.moments(features, y), w), expected, rtol=1e-10)


def test_the_gradient_is_autograds_and_that_of_differences():
    features, y = problem()
    data, w = engine.moments(features, y), np.linspace(-1, 1, 8)
    found = engine.gradient(data, w)
    np.testing.assert_allclose(found, autograd.grad(penalised(features, y, 0.0))(w), rtol=1e-10)
    h = 1e-6
    slopes = [
        (engine.error(data, w + h * e) - engine.error(data, w - h * e)) / (2 * h) for e in np.eye(8)
    ]
    np.testing.assert_allclose(found, slopes, rtol=1e-6, atol=1e-8)


@given(st.integers(0, 20))
def test_descent_never_raises_the_training_error(seed):
    features, y = problem(seed)
    data = engine.moments(features, y)
    assert engine.safe_rate(data) <= 1 / np.linalg.eigvalsh(2 * data.gram).max() + 1e-12
    walk = engine.descend(data, engine.moments(*problem(seed + 1)), np.ones(8), 300)
    assert (np.diff(walk.train) <= 1e-12).all()
    assert walk.best == walk.test.argmin()
    np.testing.assert_allclose(walk.weights[0], 0)


@given(st.integers(0, 20), st.integers(1, 8))
def test_descent_is_step_after_step_against_the_gradient(seed, count):
    data = engine.moments(*problem(seed))
    used = (np.arange(8) < count).astype(float)
    walk = engine.descend(data, data, used, 60)
    w = np.zeros(8)
    for t in range(61):
        np.testing.assert_allclose(walk.weights[t], w, atol=1e-12)
        w = w - engine.safe_rate(data) * used * engine.gradient(data, w)


def test_descent_ends_where_the_equations_say():
    features, y = problem(size=3)
    data = engine.moments(features, y)
    walk = engine.descend(data, data, np.ones(3), 3000)
    np.testing.assert_allclose(walk.weights[-1], engine.ridge(features, y, 0.0), atol=1e-6)


def test_early_stopping_waits_for_as_long_as_it_is_told():
    losses = np.array([5.0, 4, 3, 3.5, 3.4, 2, 9, 9])
    assert engine.early_stop(losses, 2) == 2
    assert engine.early_stop(losses, 3) == 5
    assert engine.early_stop(losses[:3], 5) == 2


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: engine.ridge([[1.0, 2]], [1.0], -1), "strength must be at least 0, got -1"),
        (lambda: engine.ridge([[1.0, 2]], [1.0, 2], 1), r"y must have shape \(1,\), got \(2,\)"),
        (lambda: engine.legendre(np.ones(2), -1), "degree must be at least 0"),
        (lambda: engine.early_stop([1.0], 0), "patience must be at least 1"),
    ],
)
def test_bad_input_is_named(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
