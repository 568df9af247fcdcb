import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizdl.engines import landscapes, mlp_slice, network


def inside(landscape, shape=(), seed=0):
    """Random points of the domain, (*shape, 2)."""
    return np.random.default_rng(seed).uniform(*landscape.domain[0], (*shape, 2))


def test_is_built_once():
    assert landscapes.get("mlp_slice") is landscapes.get("mlp_slice")


def test_is_the_networks_loss():
    x, y = mlp_slice.moons(40, 0.3, 1)
    model = network.init((2, 5, 1), "tanh", 3)
    landscape = mlp_slice.through(model, x, y, seed=4)
    plane = mlp_slice.directions(model, 4)
    for a, b in inside(landscape, (5,)):
        moved = network.MLP(
            tuple(w + a * d[0] + b * d[1] for w, d in zip(model.weights, plane, strict=True)),
            model.biases,
            model.activations,
        )
        logit = network.forward(moved, x).output
        expected = -np.mean(
            y * np.log(1 / (1 + np.exp(-logit))) + (1 - y) * np.log(1 - 1 / (1 + np.exp(-logit)))
        )
        assert landscape.value([a, b]) == pytest.approx(expected, rel=1e-10)


def test_directions_are_filter_normalised():
    model = network.init((2, 5, 3, 1), "tanh", 3)
    for w, d in zip(model.weights, mlp_slice.directions(model, 0), strict=True):
        for direction in d:
            np.testing.assert_allclose(
                np.linalg.norm(direction, axis=1), np.linalg.norm(w, axis=1), rtol=1e-12
            )


def test_is_really_trained():
    """At its middle stands the trained network, far below where its training began."""
    landscape = landscapes.get("mlp_slice")
    x, y = mlp_slice.moons(mlp_slice.POINTS, mlp_slice.NOISE, mlp_slice.SEED)
    start = mlp_slice.through(network.init(mlp_slice.SIZES, "tanh", mlp_slice.SEED), x, y)
    assert landscape.value([0, 0]) < 0.4 * start.value([0, 0])
    assert np.linalg.norm(landscape.minima[0]) < 0.05


@settings(max_examples=5, deadline=None)
@given(batch=hnp.array_shapes(min_dims=0, max_dims=2, max_side=3), seed=st.integers(0, 9))
def test_batches(batch, seed):
    landscape = landscapes.get("mlp_slice")
    points = inside(landscape, batch, seed)
    assert landscape.value(points).shape == batch
    assert landscape.gradient(points).shape == (*batch, 2)


def test_value_in_chunks():
    landscape = landscapes.get("mlp_slice")
    points = inside(landscape, (3, 50))
    alone = [[landscape.value(point) for point in row] for row in points]
    np.testing.assert_allclose(landscape.value(points), alone, rtol=1e-12)


def test_of_a_flat_network_may_have_no_minimum():
    x, y = mlp_slice.moons(40, 0.3, 1)
    linear = network.init((2, 1), "identity", 0)
    landscape = mlp_slice.through(linear, x, y, seed=0)
    assert landscape.minima.shape[1] == 2
    assert np.isfinite(landscape.value(inside(landscape, (9,)))).all()


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (
            lambda: mlp_slice.through(network.init((2, 1), "tanh", 0), [[0, 0]], [0]),
            r"y must have shape \(1, 1\), got \(1,\)",
        ),
        (
            lambda: mlp_slice.directions(network.init((2, 1), "tanh", 0), -1),
            "seed must be at least 0, got -1",
        ),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
