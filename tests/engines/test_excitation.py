"""The favourite input of a unit: its weights in the first layer, a maximum in the next ones."""

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import excitation, network

STARTS = np.random.default_rng(7).normal(size=(8, 6))


def pre(model, layer, unit, x):
    """The pre-activation of a unit, written out for autograd."""
    for below in range(layer):
        z = anp.dot(model.weights[below], x) + model.biases[below]
        x = anp.maximum(z, 0) if model.activations[below] == "relu" else anp.tanh(z)
    return anp.dot(model.weights[layer][unit], x) + model.biases[layer][unit]


@settings(max_examples=25)
@given(
    activation=st.sampled_from(["relu", "tanh"]), layer=st.integers(0, 2), seed=st.integers(0, 99)
)
def test_the_gradient_is_autograds(activation, layer, seed, assert_close):
    model = network.init([6, 5, 4, 3], activation, seed)
    units = np.arange(model.sizes[layer + 1])
    x = np.random.default_rng(seed).normal(size=(len(units), 6))
    found = excitation.gradient(model, layer, units, x)
    for unit in units:
        expected = autograd.grad(lambda v, k=unit: pre(model, layer, k, v))(x[unit])
        assert_close(found[unit], expected)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_in_the_first_layer_it_is_the_weights(activation):
    model = network.init([6, 5, 3], activation, 1)
    x, value = excitation.favourites(model, 0, STARTS, 2.5)
    w = model.weights[0]
    length = np.linalg.norm(w, axis=1)
    np.testing.assert_allclose(x, 2.5 * w / length[:, None], atol=1e-3)
    np.testing.assert_allclose(value, 2.5 * length + model.biases[0], rtol=1e-6)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize("layer", [1, 2])
def test_deeper_nothing_near_and_no_start_does_better(activation, layer):
    model = network.init([6, 5, 4, 3], activation, 2)
    x, value = excitation.favourites(model, layer, STARTS, 2.0)
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), 2.0)
    random = np.random.default_rng(0)
    for unit, (best, at) in enumerate(zip(value, x, strict=True)):
        assert best == pytest.approx(pre(model, layer, unit, at))
        others = np.concatenate([STARTS, at + 0.05 * random.normal(size=(200, 6))])
        others *= 2.0 / np.linalg.norm(others, axis=1, keepdims=True)
        assert best >= max(pre(model, layer, unit, other) for other in others) - 1e-3


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"layer": 2}, "layer must be between 0 and 1, got 2"),
        ({"starts": STARTS[:, :5]}, r"starts must have shape \(S, 6\), got \(8, 5\)"),
        ({"radius": 0}, "radius must be above 0, got 0"),
        ({"steps": 0}, "steps must be at least 1, got 0"),
    ],
)
def test_refuses_with_one_sentence(change, sentence):
    given = {"layer": 0, "starts": STARTS, "radius": 1.0, **change}
    with pytest.raises(ValueError, match=sentence):
        excitation.favourites(network.init([6, 5, 3], "relu", 1), **given)
