import warnings

import autograd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import minibatch

PROBLEM = minibatch.make_problem()
START = np.array([-1.0, 0.0])
SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512]
weights = st.lists(st.floats(-5, 5), min_size=2, max_size=2).map(np.array)


def test_problem_is_what_it_says():
    assert PROBLEM.x.shape == PROBLEM.y.shape == (512,)
    assert (PROBLEM.x >= -1).all()
    assert (PROBLEM.x <= 2).all()
    residuals = PROBLEM.y - PROBLEM.features @ minibatch.TRUE_WEIGHTS
    assert residuals.std() == pytest.approx(0.5, rel=0.1)
    expected = np.linalg.lstsq(PROBLEM.features, PROBLEM.y)[0]
    np.testing.assert_allclose(PROBLEM.minimum, expected, rtol=1e-10)
    np.testing.assert_array_equal(minibatch.make_problem(seed=0).y, PROBLEM.y)
    assert (minibatch.make_problem(seed=1).y != PROBLEM.y).any()


def test_without_noise_the_minimum_is_the_truth():
    exact = minibatch.make_problem(noise=0)
    np.testing.assert_allclose(exact.minimum, minibatch.TRUE_WEIGHTS, rtol=1e-12)
    assert minibatch.loss(exact, exact.minimum) == pytest.approx(0, abs=1e-25)


@given(w=weights, indices=st.none() | st.lists(st.integers(0, 511), min_size=1, max_size=9))
def test_gradient_is_autograds_and_the_finite_difference(w, indices):
    gradient = minibatch.gradient(PROBLEM, w, indices)
    by_autograd = autograd.grad(lambda v: minibatch.loss(PROBLEM, v, indices))(w)
    np.testing.assert_allclose(gradient, by_autograd, rtol=1e-10, atol=1e-12)
    h = 1e-4 * np.eye(2)  # exact for a quadratic, whatever h
    numeric = [
        (minibatch.loss(PROBLEM, w + e, indices) - minibatch.loss(PROBLEM, w - e, indices)) / 2e-4
        for e in h
    ]
    np.testing.assert_allclose(gradient, numeric, atol=1e-8)


@given(w=weights)
def test_landscape_is_the_loss(w):
    landscape = minibatch.landscape(PROBLEM)
    assert landscape.value(w) == pytest.approx(minibatch.loss(PROBLEM, w), rel=1e-10)
    np.testing.assert_allclose(
        landscape.gradient(w), minibatch.gradient(PROBLEM, w), rtol=1e-9, atol=1e-12
    )


def test_landscape_knows_its_curvature_and_minimum():
    landscape = minibatch.landscape(PROBLEM)
    hessian = autograd.hessian(lambda w: minibatch.loss(PROBLEM, w))(START)
    np.testing.assert_allclose(PROBLEM.hessian, hessian, rtol=1e-10)
    assert landscape.lipschitz == pytest.approx(np.linalg.eigvalsh(hessian).max(), rel=1e-10)
    np.testing.assert_allclose(landscape.gradient(landscape.minima), 0, atol=1e-14)
    low, high = landscape.domain.T
    assert (low < PROBLEM.minimum).all()
    assert (PROBLEM.minimum < high).all()


def test_batches_of_batches():
    indices = np.arange(12).reshape(3, 4)
    gradients = minibatch.gradient(PROBLEM, START, indices)
    losses = minibatch.loss(PROBLEM, START, indices)
    assert gradients.shape == (3, 2)
    for row, gradient, loss in zip(indices, gradients, losses, strict=True):
        np.testing.assert_allclose(gradient, minibatch.gradient(PROBLEM, START, row), rtol=1e-12)
        assert loss == pytest.approx(minibatch.loss(PROBLEM, START, row), rel=1e-12)


def test_gradients_at_are_unbiased():
    truth = minibatch.gradient(PROBLEM, START)
    cloud = minibatch.gradients_at(PROBLEM, START, 8, draws=4000, seed=1)
    assert cloud.shape == (4000, 2)
    error = cloud.std(axis=0) / np.sqrt(4000)
    assert (np.abs(cloud.mean(axis=0) - truth) < 4 * error).all()
    np.testing.assert_array_equal(
        cloud, minibatch.gradients_at(PROBLEM, START, 8, draws=4000, seed=1)
    )


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("at", [START, PROBLEM.minimum])
def test_spread_falls_as_one_over_the_root_of_the_batch_size(at, seed):
    spread = minibatch.spread(PROBLEM, at, SIZES, draws=300, seed=seed)
    assert spread.slope == pytest.approx(-0.5, abs=0.05)
    np.testing.assert_allclose(spread.measured, spread.exact, rtol=0.2)
    np.testing.assert_allclose(spread.exact * np.sqrt(SIZES), spread.exact[0], rtol=1e-12)


@given(
    points=st.integers(2, 40),
    sizes=st.lists(st.integers(1, 40), min_size=1, max_size=3),
    passes=st.integers(1, 3),
    seed=st.integers(0, 99),
)
def test_every_pass_visits_every_point_once(points, sizes, passes, seed):
    sizes = [min(size, points) for size in sizes]
    problem = minibatch.make_problem(points, seed=seed)
    trace = minibatch.compare(problem, sizes, start=START, passes=passes, seed=seed)
    assert [walk.batch_size for walk in trace.walks] == sizes
    for walk in trace.walks:
        updates = len(walk.batches)
        assert updates == passes * -(-points // walk.batch_size)
        assert walk.positions.shape == (updates + 1, 2)
        assert walk.losses.shape == walk.evaluations.shape == (updates + 1,)
        assert walk.evaluations[-1] == passes * points
        for one_pass in walk.batches.reshape(passes, -1):
            np.testing.assert_array_equal(np.sort(one_pass[one_pass >= 0]), np.arange(points))


@pytest.mark.parametrize("size", [1, 32, 100, 512])
def test_walk_follows_its_own_batches(size):
    walk = minibatch.compare(PROBLEM, [size], start=START, learning_rate=0.1, passes=2).walks[0]
    position = START
    for u, batch in enumerate(walk.batches):
        gradient = minibatch.gradient(PROBLEM, position, batch[batch >= 0])
        np.testing.assert_allclose(walk.gradients[u], gradient, rtol=1e-9, atol=1e-12)
        position = position - 0.1 * gradient
        np.testing.assert_allclose(walk.positions[u + 1], position, rtol=1e-9)
    np.testing.assert_allclose(walk.losses, minibatch.loss(PROBLEM, walk.positions), rtol=1e-9)
    assert walk.diverged_at == -1


def test_passes_are_reshuffled_and_seeds_differ():
    def batches(seed):
        return minibatch.compare(PROBLEM, [512], start=START, passes=2, seed=seed).walks[0].batches

    first, second = batches(0)
    assert (first != second).any()
    np.testing.assert_array_equal(batches(0)[0], first)
    assert (batches(1)[0] != first).any()


def test_full_batch_is_gradient_descent():
    walk = minibatch.compare(PROBLEM, [512], start=START, learning_rate=0.5, passes=20).walks[0]
    away = np.linalg.matrix_power(np.eye(2) - 0.5 * PROBLEM.hessian, 20) @ (START - PROBLEM.minimum)
    np.testing.assert_allclose(walk.positions[-1], PROBLEM.minimum + away, rtol=1e-9)
    assert (np.diff(walk.losses) < 0).all()


def test_smaller_batches_learn_more_from_one_pass_but_stay_noisy():
    trace = minibatch.compare(PROBLEM, (1, 32, 512), start=START, learning_rate=0.1, passes=20)
    floor = minibatch.loss(PROBLEM, PROBLEM.minimum)
    single, middle, full = (
        np.interp(PROBLEM.x.size, walk.evaluations, walk.losses) - floor for walk in trace.walks
    )
    assert single < full
    assert middle < full
    jitter = [np.ptp(walk.losses[len(walk.losses) // 2 :]) for walk in trace.walks[:2]]
    assert jitter[0] > 3 * jitter[1]


def test_divergence_is_a_result():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = minibatch.compare(PROBLEM, (1, 512), start=START, learning_rate=1.0, passes=40)
    single, full = trace.walks
    assert single.diverged_at > 0  # one point's curvature is up to 5, all points' is 1.7
    assert np.isnan(single.positions[single.diverged_at + 1 :]).all()
    assert np.isnan(single.losses[single.diverged_at + 1 :]).all()
    assert np.isfinite(single.positions[: single.diverged_at + 1]).all()
    np.testing.assert_allclose(full.positions[-1], PROBLEM.minimum, rtol=1e-3)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (
            lambda: minibatch.loss(PROBLEM, [1.0, 2.0, 3.0]),
            ValueError,
            r"weights must have shape \(..., 2\), got \(3,\)",
        ),
        (lambda: minibatch.make_problem(1), ValueError, "points must be at least 2, got 1"),
        (lambda: minibatch.make_problem(2.5), TypeError, "points must be a whole number, got 2.5"),
        (lambda: minibatch.make_problem(noise=-1), ValueError, "noise must be at least 0, got -1"),
        (lambda: minibatch.make_problem(seed=-1), ValueError, "seed must be at least 0, got -1"),
        (
            lambda: minibatch.gradient(PROBLEM, START, [512]),
            ValueError,
            "indices must be between 0 and 511, got 512 to 512",
        ),
        (
            lambda: minibatch.loss(PROBLEM, START, [-1]),
            ValueError,
            "indices must be between 0 and 511, got -1 to -1",
        ),
        (lambda: minibatch.loss(PROBLEM, START, []), ValueError, r"indices must be a non-empty"),
        (lambda: minibatch.loss(PROBLEM, START, [0.5]), ValueError, "indices .* dtype float64"),
        (
            lambda: minibatch.gradients_at(PROBLEM, [0, 0, 0], 1, 1),
            ValueError,
            r"weights must have shape \(2,\), got \(3,\)",
        ),
        (
            lambda: minibatch.gradients_at(PROBLEM, START, 0, 1),
            ValueError,
            "batch_size must be at least 1, got 0",
        ),
        (
            lambda: minibatch.gradients_at(PROBLEM, START, 1, 0),
            ValueError,
            "draws must be at least 1, got 0",
        ),
        (
            lambda: minibatch.spread(PROBLEM, START, [4, 4]),
            ValueError,
            "batch_sizes must hold at least two different sizes",
        ),
        (
            lambda: minibatch.compare(PROBLEM, [], start=START),
            ValueError,
            "batch_sizes must not be empty",
        ),
        (
            lambda: minibatch.compare(PROBLEM, [513], start=START),
            ValueError,
            "batch_sizes must be between 1 and 512, got 513",
        ),
        (
            lambda: minibatch.compare(PROBLEM, start=[0, np.nan]),
            ValueError,
            "start must be finite, got nan",
        ),
        (
            lambda: minibatch.compare(PROBLEM, start=START, learning_rate=-1),
            ValueError,
            "learning_rate must be at least 0, got -1",
        ),
        (
            lambda: minibatch.compare(PROBLEM, start=START, passes=0),
            ValueError,
            "passes must be at least 1, got 0",
        ),
    ],
)
def test_refuses_with_one_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
