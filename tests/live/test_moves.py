"""What only moves numbers, and the gradients of everything: recorded and in JavaScript."""

import autograd
import autograd.numpy as np
import numpy
import pytest
from autograd.scipy.special import logsumexp
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, basic_indices

MOVES = {
    "row": lambda a: a[1],
    "column": lambda a: a[:, -1],
    "number": lambda a: a[-1, 2],
    "back": lambda a: a[::-1, ::-2],
    "steps": lambda a: a[::2, 1:3],
    "none": lambda a: a[:0],
    "new axis": lambda a: a[:, None],
    "ellipsis": lambda a: a[..., 0],
    "list": lambda a: a[[0, 2, 1, 0]],
    "lists": lambda a: a[[0, 2], [3, 1]],
    "mask": lambda a: a[numpy.array([True, False, True])],
    "transpose": lambda a: a.T,
    "reshape": lambda a: a.reshape(4, 3),
    "reshape by -1": lambda a: np.reshape(a, (2, -1)),
    "reshape of a transpose": lambda a: a.T.reshape(2, 6),
    "fortran": lambda a: np.reshape(a, (6, 2), order="F"),
    "ravel": lambda a: a.T.ravel(),
    "flatten": lambda a: a.flatten(),
    "swapaxes": lambda a: a.swapaxes(0, 1),
    "moveaxis": lambda a: np.moveaxis(a[None], 0, -1),
    "expand_dims": lambda a: np.expand_dims(a, -1),
    "squeeze": lambda a: np.squeeze(a[:, None], 1),
    "broadcast_to": lambda a: numpy.broadcast_to(a, (2, 3, 4)),
    "repeat": lambda a: np.repeat(a, 2, axis=1),
    "tile": lambda a: np.tile(a, (2, 1)),
    "roll": lambda a: np.roll(a, 1, axis=1),
    "flip": lambda a: numpy.flip(a),
    "diagonal": lambda a: np.diagonal(a[:, :3]),
    "stack": lambda a: np.stack([a, a + 1]),
    "numpy stack": lambda a: numpy.stack([a, a * 2, a], axis=-1),
    "concatenate": lambda a: numpy.concatenate([a, a * 2], axis=1),
    "with a constant": lambda a: np.concatenate([a * 3, numpy.zeros((1, 4)), a]),
    "joins of joins": lambda a: np.stack([np.concatenate([a * 2, a]), np.concatenate([a, a * 2])]),
    "vstack": lambda a: np.vstack([a, a[0]]),
    "hstack": lambda a: numpy.hstack([a, a]),
    "array": lambda a: np.array([a[0], a[1] * 2]),
    "array of numbers": lambda a: np.array([[a[0, 0], 1.0], [2.0, a[1, 1]]]),
    "split": lambda a: np.split(a, 2, axis=1)[1],
    "array_split": lambda a: numpy.array_split(a, 3, axis=1)[0],
    "take": lambda a: numpy.take(a, [2, 0], axis=1),
    "triu": lambda a: numpy.triu(a),
    "tril": lambda a: np.tril(a, -1),
    "clip": lambda a: np.clip(a, -0.5, 0.5),
    "clip method": lambda a: a.clip(None, 0.5),
    "full": lambda a: np.full((2, 2), a[0, 0]),
    "iteration": lambda a: sum(row * k for k, row in enumerate(a)),
    "zeros_like": lambda a: numpy.zeros_like(a) + a,
    "length": lambda a: len(a) * a[: len(a.T) // 2],
    "norm": lambda a: numpy.linalg.norm(a),
    "norm of rows": lambda a: np.linalg.norm(a, axis=1),
    "an input itself": lambda a: a,
    "a constant": lambda a: numpy.ones(3),
    "constants": lambda a: numpy.arange(5.0),
}


@pytest.mark.parametrize("name", MOVES)
def test_moves(name, assert_same):
    x = numpy.random.default_rng(0).normal(size=(3, 4))
    assert_same(MOVES[name], x)
    assert_same(lambda a: MOVES[name](2 * a.T.T) + 1, x)  # of what is computed


@given(data=st.data(), shape=array_shapes(min_dims=1, max_dims=4, min_side=0, max_side=4))
@settings(max_examples=60)
def test_slices_of_slices(data, shape, assert_same):
    first = data.draw(basic_indices(shape, allow_newaxis=True, max_dims=5))
    x = numpy.random.default_rng(0).normal(size=shape)
    then = data.draw(basic_indices(x[first].shape, allow_newaxis=True, max_dims=5))
    assert_same(lambda a: a[first][then] * 1, x)
    assert_same(lambda a: (a + 1)[first][then].sum(), x)


@given(data=st.data(), shape=array_shapes(min_dims=1, max_dims=3, max_side=4))
@settings(max_examples=30)
def test_recorded_indices(data, shape, assert_same):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    places = st.integers(-shape[axis], shape[axis] - 1)
    chosen = numpy.array(data.draw(st.lists(places, min_size=1, max_size=5)))
    x = numpy.random.default_rng(0).normal(size=shape)
    assert_same(lambda a, k: np.take(a, k, axis=axis), x, chosen)
    assert_same(lambda a, k: np.take(a.T, k[None], axis=-1 - axis), x, chosen)
    assert_same(lambda k: np.take(x, k, axis=axis), chosen)
    if axis in (0, -len(shape)):
        assert_same(lambda a, k: (2 * a)[k] + 1, x, chosen)


def _softmax(a):
    powers = np.exp(a - np.max(a, axis=1, keepdims=True))
    return powers / np.sum(powers, axis=1, keepdims=True)


LOSSES = {
    "softmax": lambda a: np.sum(np.log(_softmax(a)) * numpy.arange(4.0)),
    "logsumexp": lambda a: np.sum(logsumexp(30 * a, axis=1)),
    "slices": lambda a: np.sum(a[0] * a[1]) + np.sum(a[::2] ** 3) + a[1, 1] * a[1, 2],
    "lists": lambda a: np.sum(a[[0, 2, 0], [0, 1, 0]] ** 2),
    "products": lambda a: np.sum(np.tanh(np.dot(a, a.T))),
    "matmul": lambda a: np.sum(np.matmul(a, a.T)[0] ** 2),
    "matrix by vector": lambda a: np.sum(np.matmul(a.T, a[:, 0]) ** 2) + np.dot(a[0], a[1]) ** 2,
    "tensordot": lambda a: np.sum(np.tensordot(a, a, ([0], [0])) ** 2) + np.tensordot(a, a, 2),
    "einsum": lambda a: np.sum(np.einsum("ij,kj->ik", a, a) ** 2),
    "inner and outer": lambda a: np.sum(np.inner(a, a) ** 2) + np.sum(np.outer(a[0], a[1]) ** 2),
    "largest": lambda a: np.max(a) + np.sum(np.maximum(a, 0.1)) + np.min(a, axis=0)[0],
    "spread": lambda a: np.std(a) + np.var(a, axis=0)[0] + np.mean(a**2, axis=1)[1],
    "constant slopes": lambda a: np.sum(a * 2 + a * 3) + np.sum(a * a[0, 0]),
    "running sum": lambda a: np.sum(np.cumsum(a, axis=1) ** 2),
    "where": lambda a: np.sum(np.where(a > 0, a * a, a)) + np.sum(np.clip(a, -0.5, 0.5) ** 2),
    "stack": lambda a: np.sum(np.stack([a[:, 0], a[:, 1]]) ** 2 * numpy.arange(3)),
    "concatenate": lambda a: np.sum(np.concatenate([a, a * 2], axis=1) ** 2),
    "array": lambda a: np.sum(np.array([a[0, 0], a[1, 1] ** 2]) ** 2),
    "split": lambda a: np.sum(np.split(a, 2, axis=1)[0] ** 2),
    "moves": lambda a: np.sum(np.repeat(a, 2, axis=1) ** 2) + np.sum(np.tile(a.T, 2)[0] ** 2),
    "norm": lambda a: np.linalg.norm(a) + np.sum(np.abs(a)),
    "broadcast": lambda a: np.sum(a[:, :1] * a) + np.sum(a / (2 + a[0] ** 2)),
    "powers": lambda a: np.sum((np.abs(a) + 0.1) ** 1.5) + np.sum(2.0**a) + np.sum(a**2 / 3),
    "functions": lambda a: np.sum(
        np.sin(a) * np.cos(a) + np.log1p(a**2) + np.expm1(a) + np.arctan(a) + np.sqrt(a**2 + 1)
    ),
    "logaddexp": lambda a: np.sum(np.logaddexp(0, a)) + np.sum(np.logaddexp(a, a.T[:, :3].T[0])),
}


@pytest.mark.parametrize("name", LOSSES)
def test_gradients(name, assert_same):
    random = numpy.random.default_rng(1)
    assert_same(autograd.grad(LOSSES[name]), random.normal(size=(3, 4)))


def test_gradients_of_gradients(assert_same):
    def loss(w):
        return np.sum(w[0] ** 2 * w[1]) + np.sum(np.sin(w[2]) * w[1])

    def curvature(w, along):
        return autograd.grad(lambda v: np.sum(autograd.grad(loss)(v) * along))(w)

    random = numpy.random.default_rng(1)
    assert_same(curvature, random.normal(size=(3, 4)), random.normal(size=(3, 4)))
    assert_same(autograd.grad(lambda v: np.sum(v[0] * v[1]) * v[2, 0]), random.normal(size=(3, 4)))
