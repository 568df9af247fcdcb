import warnings

import autograd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import special

from vizdl.engines import activations

NAMES = activations.names()
KINKED = ("relu", "leaky_relu")
Z = np.concatenate([np.linspace(-8, 8, 101), [1e-9, -1e-9, 30.0, -30.0]])


def test_all_six_are_there():
    assert set(NAMES) == {"sigmoid", "tanh", "relu", "leaky_relu", "gelu", "identity"}
    assert all(activations.get(name).name == name for name in NAMES)


@pytest.mark.parametrize(
    ("name", "reference"),
    [
        ("sigmoid", special.expit),
        ("tanh", np.tanh),
        ("relu", lambda z: np.maximum(z, 0)),
        ("leaky_relu", lambda z: np.maximum(z, 0) + 0.01 * np.minimum(z, 0)),
        ("gelu", lambda z: z * special.ndtr(z)),
        ("identity", lambda z: z),
    ],
)
def test_values(name, reference):
    np.testing.assert_allclose(activations.get(name).value(Z), reference(Z), rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_is_autograds(name):
    activation = activations.get(name)
    np.testing.assert_allclose(
        activation.derivative(Z), autograd.elementwise_grad(activation.value)(Z), rtol=1e-10
    )


@pytest.mark.parametrize("name", NAMES)
def test_derivative_is_the_finite_difference(name):
    activation = activations.get(name)
    z, h = Z[np.abs(Z) > 1e-3], 1e-6
    numeric = (activation.value(z + h) - activation.value(z - h)) / (2 * h)
    np.testing.assert_allclose(activation.derivative(z), numeric, atol=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_derivative_at_zero(name):
    """Also at the kink, where it is the left one, and where a careless form would give 0."""
    expected = {"sigmoid": 0.25, "tanh": 1, "relu": 0, "leaky_relu": 0.01, "gelu": 0.5}
    activation = activations.get(name)
    assert activation.derivative(np.zeros(1))[0] == expected.get(name, 1)
    assert autograd.elementwise_grad(activation.value)(np.zeros(1))[0] == expected.get(name, 1)


@pytest.mark.parametrize("name", NAMES)
@given(
    z=hnp.arrays(
        st.sampled_from([np.float64, np.float32, np.int64]),
        hnp.array_shapes(min_dims=0, max_dims=3, max_side=4),
        elements=st.integers(-1000, 1000),
    )
)
def test_any_shape_and_size_without_a_warning(name, z):
    activation = activations.get(name)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        value, derivative = activation.value(z), activation.derivative(z)
    assert np.shape(value) == np.shape(derivative) == z.shape
    assert np.isfinite(value).all()
    assert np.isfinite(derivative).all()


def test_sigmoid_is_accurate_far_out():
    np.testing.assert_allclose(activations.sigmoid(np.array([-700.0])), np.exp(-700.0), rtol=1e-12)
    assert activations.sigmoid(np.array([-1e5, 1e5])).tolist() == [0.0, 1.0]


@pytest.mark.parametrize("name", NAMES)
def test_nan_is_not_hidden(name):
    assert np.isnan(activations.get(name).value(np.array([np.nan]))).all()


@pytest.mark.parametrize("name", ["swish", None, ""])
def test_unknown_name(name):
    with pytest.raises(
        ValueError, match=r"activation must be one of sigmoid, tanh, .*identity, got"
    ):
        activations.get(name)
