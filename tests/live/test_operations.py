"""Each operation alone, on arrays of any shape: recorded and in JavaScript it is NumPy's."""

import autograd.numpy as np
import numpy
import pytest
from autograd.scipy import special
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays, mutually_broadcastable_shapes

EXAMPLES = settings(max_examples=4)
numbers = st.floats(-3, 3, allow_subnormal=False).map(lambda x: round(x, 3))
SPECIAL = numpy.array([0.0, -0.0, 1.0, -1.0, 0.5, -2.5, 1.5, numpy.inf, -numpy.inf, numpy.nan])

ONE = (
    "negative square sqrt cbrt exp exp2 expm1 log log2 log10 log1p sin cos tan arcsin "
    "arccos arctan sinh cosh tanh arcsinh arccosh arctanh absolute fabs sign floor ceil "
    "trunc rint reciprocal isfinite isnan isinf logical_not nan_to_num real conj copy"
)
TWO = (
    "add subtract multiply divide true_divide maximum minimum fmax fmin logaddexp arctan2 "
    "hypot remainder floor_divide greater greater_equal less less_equal equal not_equal "
    "logical_and logical_or logical_xor"
)
REDUCTIONS = "sum prod mean max min all any var std"


@st.composite
def pairs(draw):
    """Two arrays that broadcast against each other, either of which may be a number."""
    shapes = draw(mutually_broadcastable_shapes(num_shapes=2, max_dims=3, max_side=4)).input_shapes
    return [draw(arrays(float, shape, elements=numbers)) for shape in shapes]


def some(min_dims=0, max_dims=3, min_side=1):
    shapes = array_shapes(min_dims=min_dims, max_dims=max_dims, min_side=min_side, max_side=4)
    return shapes.flatmap(lambda shape: arrays(float, shape, elements=numbers))


@pytest.mark.parametrize("name", ONE.split())
def test_functions_of_one_array(name, assert_same):
    @given(x=some())
    @EXAMPLES
    def check(x):
        assert_same(getattr(np, name), x)

    check()
    assert_same(getattr(np, name), SPECIAL)


@pytest.mark.parametrize("name", TWO.split())
def test_functions_of_two_arrays(name, assert_same):
    @given(xy=pairs())
    @EXAMPLES
    def check(xy):
        assert_same(getattr(np, name), *xy)

    check()
    if name not in ("remainder", "floor_divide"):  # they differ from machine to machine at infinity
        assert_same(getattr(np, name), SPECIAL[:, None], SPECIAL)


@pytest.mark.parametrize("name", [*REDUCTIONS.split(), "argmax", "argmin"])
@pytest.mark.parametrize("form", ["autograd", "numpy", "method"])
def test_reductions(name, form, assert_same):
    @given(x=some(min_dims=1), data=st.data())
    @EXAMPLES
    def check(x, data):
        axes = st.integers(-x.ndim, x.ndim - 1)
        if "arg" in name:
            how = {"axis": data.draw(st.none() | axes)}
        else:
            several = st.lists(st.integers(0, x.ndim - 1), min_size=1, unique=True).map(tuple)
            how = {
                "axis": data.draw(st.none() | axes | several),
                "keepdims": data.draw(st.booleans()),
            }
        function = {
            "autograd": lambda a: getattr(np, name)(a, **how),
            "numpy": lambda a: getattr(numpy, name)(a, **how),
            "method": lambda a: getattr(a, name)(**how),
        }[form]
        assert_same(function, x)

    check()


@given(x=some(min_dims=2, max_dims=2), y=some(min_dims=1, max_dims=1))
@settings(max_examples=25)
def test_powers_by_a_number(x, y, assert_same):
    for exponent in (0, 1, 2, 3, 4, -1, 0.5, -0.5, 2.5):
        assert_same(lambda a, e=exponent: (abs(a) + 0.1) ** e, x)
    assert_same(lambda a: 1.5**a, x)
    assert_same(lambda a: a ** numpy.full(a.shape, 3.0), y)
    assert_same(lambda a: (np.abs(a) + 0.1) ** a, y)


@given(x=some(min_dims=1), axis=st.integers(0, 2))
@settings(max_examples=15)
def test_running_sums_and_differences(x, axis, assert_same):
    axis %= x.ndim
    assert_same(lambda a: np.cumsum(a, axis=axis), x)
    assert_same(np.cumsum, x)
    assert_same(lambda a: numpy.diff(a, axis=axis), x)


PRODUCTS = {
    "matmul": lambda a, b: np.matmul(a, b),
    "@ of a transpose": lambda a, b: a @ b.T.T,
    "dot": np.dot,
    "tensordot": lambda a, b: np.tensordot(a, b, axes=([1], [0])),
    "numpy tensordot": lambda a, b: numpy.tensordot(a, b, 1),
    "inner": lambda a, b: np.inner(a, b.T),
    "outer": lambda a, b: np.outer(a[0], b),
    "einsum": lambda a, b: np.einsum("ij,jk->ki", a, b),
    "numpy einsum": lambda a, b: numpy.einsum("...j,jk", a, b),
    "trace of a product": lambda a, b: np.einsum("ij,jk,ki->", a, b, b.T @ a.T),
    "over all": lambda a, b: np.tensordot(np.dot(a, b), a @ b, 2),
    "vector first": lambda a, b: a[0] @ b,
    "vector second": lambda a, b: np.dot(a, b[:, 0]),
    "vectors": lambda a, b: np.matmul(a[0], b[:, 0]),
    "number": lambda a, b: np.dot(a[0, 0], b),
    "nothing": lambda a, b: np.tensordot(a, b, 0),
    "diagonal": lambda a, b: np.einsum("ii,i->i", np.dot(a, a.T), a[:, 0]),
    "layers": lambda a, b: np.matmul(np.stack([a, 2 * a]), b),
    "layers of both": lambda a, b: np.matmul(np.stack([a, 2 * a]), np.stack([b, -b])[:, None]),
}


@pytest.mark.parametrize("name", PRODUCTS)
def test_products(name, assert_same):
    sizes = st.integers(1, 11)  # a product of more than 8 numbers is a loop

    @given(shape=st.tuples(sizes, sizes, sizes), seed=st.integers(0, 99))
    @EXAMPLES
    def check(shape, seed):
        random = numpy.random.default_rng(seed)
        a, b = random.normal(size=shape[:2]), random.normal(size=shape[1:])
        assert_same(PRODUCTS[name], a, b)
        assert_same(lambda x: PRODUCTS[name](x, b), a)  # one of them constant
        assert_same(lambda y: PRODUCTS[name](a, y), b)

    check()


@given(x=some(max_dims=2))
@settings(max_examples=15)
def test_special_functions(x, assert_same):
    for function in (special.erf, special.erfc, special.expit):
        assert_same(function, 2.5 * x, atol=0)
    if x.size:
        assert_same(special.logsumexp, 300 * x)
        assert_same(lambda a: special.logsumexp(a[None], axis=0), x)
        assert_same(lambda a: special.logsumexp(a[None], axis=(0,), keepdims=True), x)


def test_the_error_function_is_right_to_its_last_digits(assert_same):
    x = numpy.concatenate([numpy.linspace(-7, 7, 281), numpy.logspace(-20, 1.4, 100)])
    for function in (special.erf, special.erfc):
        assert_same(function, x, rtol=2e-13, atol=0)


def test_truth_values(assert_same):
    x = numpy.array([[0.5, -1.0], [2.0, 0.0]])
    for function in (
        lambda a: (a > 0) & (a < 1) | (a == 2),
        lambda a: ~(a > 0) ^ (a < 1),
        lambda a: (a > 0) + (a < 1),
        lambda a: (a > 0) * a,
        lambda a: (a > 0).sum(axis=0),
        lambda a: (a > 0).mean(),
        lambda a: np.where(a > 0, a, 0.1 * a),
        lambda a: numpy.where(numpy.isfinite(a) & True, a, 0),
        lambda a: (a > 0).astype(float) * 2,
        lambda a: a.astype(bool),
        lambda a: np.maximum(a > 0, a < 0),
    ):
        assert_same(function, x)
    assert_same(lambda chosen, a: np.where(chosen, a, -a), x > 0, x)
