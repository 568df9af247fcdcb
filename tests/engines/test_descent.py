import warnings

import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizdl.engines import descent, landscapes, optimizers

BOWL = landscapes.get("bowl")
CURVATURES = np.array([1.0, 3.0])


def bowl(w):
    return 0.5 * (w[0] ** 2 + 3 * w[1] ** 2)


def bowl_by_dot(w):
    return 0.5 * anp.dot(w, anp.array(CURVATURES) * w)  # does not take columns


def test_follows_the_closed_form_on_the_bowl():
    """w_t = (1 - rate * curvature)^t w_0, coordinate by coordinate."""
    trace = descent.descend(BOWL, [2.0, -1.5], learning_rate=0.3, steps=25)
    t = np.arange(26)[:, None]
    expected = (1 - 0.3 * CURVATURES) ** t * np.array([2.0, -1.5])
    np.testing.assert_allclose(trace.positions, expected, rtol=1e-10, atol=1e-15)
    np.testing.assert_allclose(trace.losses, BOWL.value(expected), rtol=1e-10)
    np.testing.assert_allclose(trace.gradients, CURVATURES * trace.positions, rtol=1e-12)
    np.testing.assert_array_equal(trace.rates, np.full((25, 2), 0.3))
    assert trace.diverged_at == -1


@given(
    start=hnp.arrays(
        st.sampled_from([np.float32, np.float64, np.int64]),
        hnp.array_shapes(min_dims=0, max_dims=2, max_side=3).map(lambda batch: (*batch, 2)),
        elements=st.integers(-3, 3),
    ),
    steps=st.integers(1, 5),
    optimizer=st.sampled_from(optimizers.names()),
    loss=st.sampled_from([BOWL, bowl, bowl_by_dot]),
    as_list=st.booleans(),
)
def test_shapes_types_and_batches(start, steps, optimizer, loss, as_list):
    """A batch of any shape and type walks as each of its points walks alone."""
    trace = descent.descend(
        loss, start.tolist() if as_list else start, optimizer=optimizer, steps=steps
    )
    batch = start.shape[:-1]
    assert trace.positions.shape == trace.gradients.shape == (steps + 1, *batch, 2)
    assert trace.losses.shape == (steps + 1, *batch)
    assert trace.rates.shape == (steps, *batch, 2)
    assert trace.diverged_at.shape == batch
    assert {a.dtype for a in (trace.positions, trace.losses, trace.gradients)} == {np.dtype(float)}
    np.testing.assert_array_equal(trace.positions[0], start)
    for index in np.ndindex(batch):
        alone = descent.descend(BOWL, start[index], optimizer=optimizer, steps=steps)
        here = (slice(None), *index)
        np.testing.assert_allclose(trace.positions[here], alone.positions, rtol=1e-12, atol=1e-14)
        np.testing.assert_allclose(trace.losses[here], alone.losses, rtol=1e-12, atol=1e-14)


def test_learning_rate_broadcasts_over_the_batch():
    rates = np.geomspace(0.01, 0.5, 7)
    trace = descent.descend(BOWL, [1.0, 1.0], learning_rate=rates, steps=10)
    assert trace.positions.shape == (11, 7, 2)
    starts = np.random.default_rng(0).normal(size=(4, 1, 2))
    grid = descent.descend(BOWL, starts, learning_rate=rates, steps=10)
    assert grid.losses.shape == (11, 4, 7)
    alone = descent.descend(BOWL, starts[2, 0], learning_rate=rates[5], steps=10)
    np.testing.assert_array_equal(grid.positions[:, 2, 5], alone.positions)


def test_bowl_falls_below_two_over_l_and_diverges_above():
    threshold = 2 / BOWL.lipschitz
    below = descent.descend(BOWL, [1.0, 1.0], learning_rate=0.99 * threshold, steps=200)
    assert (np.diff(below.losses) < 0).all()
    above = descent.descend(BOWL, [1.0, 1.0], learning_rate=1.01 * threshold, steps=1000)
    assert above.diverged_at > 0


def test_divergence_is_a_result():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        trace = descent.descend(
            landscapes.get("rosenbrock"), [[-1.0, 2.0], [-1.5, -1.0]], learning_rate=[1e-4, 0.1]
        )
    left = int(trace.diverged_at[1])
    assert trace.diverged_at[0] == -1
    assert np.isfinite(trace.positions[:, 0]).all()
    assert np.isfinite(trace.positions[:left, 1]).all()
    assert np.abs(trace.positions[left, 1]).max() > descent.DEFAULT_LIMIT
    assert np.isnan(trace.positions[left + 1 :, 1]).all()
    assert np.isnan(trace.losses[left + 1 :, 1]).all()
    assert np.isnan(trace.gradients[left + 1 :, 1]).all()
    assert np.isnan(trace.rates[left:, 1]).all()


@pytest.mark.parametrize("loss", [lambda w: anp.sum(anp.exp(w * w), axis=0), BOWL])
def test_limit_and_overflow_end_a_walk(loss):
    trace = descent.descend(loss, [[1.0, 5.0], [0.0, 0.1]], learning_rate=2.0, limit=50.0)
    assert trace.diverged_at[0] >= 1
    kept = trace.positions[: trace.diverged_at[0], 0]
    assert np.abs(kept).max() <= 50


def test_a_loss_that_is_undefined_somewhere_stops_only_there():
    def loss(w):
        return -anp.log(w[0]) + w[0]

    trace = descent.descend(loss, [[0.5], [-1.0]], steps=200)
    np.testing.assert_array_equal(trace.diverged_at, [-1, 0])
    assert trace.positions[-1, 0, 0] == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize(
    "loss",
    [
        lambda w: w[0] ** 2 + 3 * w[1] ** 2 + anp.mean(w**2),  # a mean over all columns
        lambda w: anp.sum(anp.array([1.0, 3.0]) * w * w),  # one number whatever the columns
        lambda w: bowl(w) if w[0] > 0 else 2 * bowl(w),  # a branch
        lambda w: bowl(w) if anp.all(w[0] > 0) else 2 * bowl(w),  # a branch that takes columns
        lambda w: anp.dot(anp.array([[1.0, 2.0], [0.0, 1.0]]) @ w, w),
        lambda w: anp.sum(anp.array([1.0, 3.0]) * w * w, axis=-1),  # (2, 2) fits by chance
    ],
)
@pytest.mark.parametrize("starts", [[[1.0, 1.0], [-1.0, 2.0]], [[1.0, 1.0]] * 3])
def test_a_loss_that_mixes_its_columns_is_run_point_by_point(loss, starts):
    trace = descent.descend(loss, starts, steps=5, learning_rate=0.05)
    for b, start in enumerate(starts):
        alone = descent.descend(loss, start, steps=5, learning_rate=0.05)
        np.testing.assert_allclose(trace.positions[:, b], alone.positions, rtol=1e-12)


def test_a_loss_that_takes_columns_is_called_once_a_step():
    calls = []

    def counted(w):
        calls.append(w.shape)
        return bowl(w)

    descent.descend(counted, np.ones((50, 2)), steps=20)
    assert sum(shape == (2, 50) for shape in calls) == 22  # 21 rows and the trial
    assert len(calls) < 30


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"start": [np.nan, 1.0]}, ValueError, r"start must be finite, got nan at index \(0\)"),
        (
            {"start": [[0.0, np.inf]]},
            ValueError,
            r"start must be finite, got inf at index \(0, 1\)",
        ),
        ({"start": []}, ValueError, r"start must not be empty, got shape \(0,\)"),
        ({"start": 1.0}, ValueError, r"start must be a point \(D,\) .* got the number 1"),
        ({"start": ["a", "b"]}, TypeError, "start must be an array of real numbers"),
        ({"start": [[1.0], [1.0, 2.0]]}, ValueError, "start must .* rows of unequal length"),
        ({"start": [1.0, 2.0, 3.0]}, ValueError, r"\(..., 2\) on bowl, got \(3,\)"),
        ({"start": [2e6, 0.0]}, ValueError, r"start must lie within limit 1e\+06, got 2e\+06"),
        ({"optimizer": "sdg"}, ValueError, "optimizer must be one of sgd, momentum, .* got 'sdg'"),
        ({"beta": 1}, ValueError, "hyper-parameter of sgd must be one of momentum, .* got 'beta'"),
        ({"learning_rate": -0.1}, ValueError, "learning_rate must be at least 0, got -0.1"),
        ({"learning_rate": np.nan}, ValueError, "learning_rate must be finite, got nan"),
        (
            {"learning_rate": [0.1, 0.2], "start": np.ones((3, 2))},
            ValueError,
            r"learning_rate must broadcast over the batch \(3,\) of start, got shape \(2,\)",
        ),
        ({"steps": 0}, ValueError, "steps must be at least 1, got 0"),
        ({"steps": 1.5}, TypeError, "steps must be a whole number, got 1.5"),
        ({"limit": 0}, ValueError, "limit must be above 0, got 0"),
        ({"loss": "bowl"}, TypeError, "loss must be a Landscape or a function of an array"),
        ({"loss": lambda w: w**2}, ValueError, r"one real number .* got shape \(2,\)"),
        ({"loss": lambda w: w[0] * 1j}, ValueError, "one real number .* dtype complex128"),
        ({"loss": lambda w: [w[0], w[1]]}, ValueError, "one real number, got a list"),
        ({"loss": lambda w: w[5]}, ValueError, r"shape \(2,\), but it raised IndexError"),
        ({"loss": lambda w: 3.0}, TypeError, "can't be differentiated.*3.0 does not depend"),
        (
            {"loss": lambda w: float(w[0])},
            TypeError,
            "can't be differentiated.*it raised TypeError",
        ),
        ({"loss": lambda w: anp.floor(w[0])}, TypeError, "can't be differentiated.* not depend"),
        ({"loss": lambda w: anp.nanmax(w)}, TypeError, "can't be differentiated"),
        ({"loss": lambda w: anp.log(w[0] - 9)}, ValueError, "loss must be finite .* at start"),
    ],
)
def test_refuses_with_one_sentence(change, error, sentence):
    arguments = {"loss": BOWL, "start": [1.0, 1.0]} | change
    with pytest.raises(error, match=sentence) as caught:
        descent.descend(arguments.pop("loss"), arguments.pop("start"), **arguments)
    assert "\n" not in str(caught.value)
