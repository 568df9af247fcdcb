import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizdl.engines import check


@given(
    value=hnp.arrays(
        st.sampled_from([np.int32, np.float32, np.float64, np.bool_]),
        hnp.array_shapes(min_dims=0, max_dims=3),
        elements=st.integers(0, 1),
    ),
    as_list=st.booleans(),
)
def test_array_gives_float64_of_the_same_values(value, as_list):
    result = check.array("x", value.tolist() if as_list else value)
    assert result.dtype == np.float64
    assert result.shape == value.shape
    np.testing.assert_array_equal(result, value)


def test_array_is_a_copy():
    given_array = np.ones(3)
    check.array("x", given_array)[0] = 5
    assert given_array[0] == 1


@pytest.mark.parametrize(
    ("value", "shape", "error", "sentence"),
    [
        (
            [1, [2, 3]],
            None,
            ValueError,
            "x must be an array of numbers, got rows of unequal length",
        ),
        (["a"], None, TypeError, "x must be an array of real numbers, got dtype <U1"),
        ([1j], None, TypeError, "x must be an array of real numbers, got dtype complex128"),
        (None, None, TypeError, "x must be an array of real numbers, got dtype object"),
        (np.ones(3), (2,), ValueError, r"x must have shape \(2,\), got \(3,\)"),
        (np.ones(3), ("B", 2), ValueError, r"x must have shape \(B, 2\), got \(3,\)"),
        (np.ones((1, 3)), (None, 2), ValueError, r"x must have shape \(any, 2\), got \(1, 3\)"),
        (np.ones((0, 2)), ("B", 2), ValueError, r"x must not be empty, got shape \(0, 2\)"),
        ([1, np.nan], None, ValueError, r"x must be finite, got nan at index \(1\)"),
        ([[1, -np.inf]], None, ValueError, r"x must be finite, got -inf at index \(0, 1\)"),
        (np.inf, None, ValueError, "x must be finite, got inf$"),
    ],
)
def test_array_refuses(value, shape, error, sentence):
    with pytest.raises(error, match=sentence):
        check.array("x", value, shape)


@pytest.mark.parametrize("shape", [("B", 2), (3, 2), (None, None), None])
def test_array_accepts_what_fits(shape):
    assert check.array("x", np.ones((3, 2)), shape).shape == (3, 2)


@given(
    hnp.arrays(
        np.float64,
        hnp.array_shapes(min_dims=0, max_dims=3),
        elements=st.one_of(
            st.floats(), st.sampled_from([0.0, 1e200, -1e308, np.inf, -np.inf, np.nan])
        ),
    )
)
def test_finite_is_what_it_says_for_values_of_any_size(values):
    for view in (values, values.T, values[..., None][..., 0]):
        assert check.finite(view) == np.isfinite(view).all()


@pytest.mark.filterwarnings("error")
def test_values_whose_squares_are_too_large_are_finite_without_a_warning():
    assert check.finite(np.full(1000, 1e200))
    assert not check.finite(np.array([1e200, np.inf]))


@pytest.mark.parametrize("value", [1, np.int64(1), np.uint8(1)])
def test_integer(value):
    result = check.integer("n", value, 1, 3)
    assert result == 1
    assert type(result) is int


@pytest.mark.parametrize(
    ("value", "at_most", "error", "sentence"),
    [
        (0, None, ValueError, "n must be at least 1, got 0"),
        (4, 3, ValueError, "n must be between 1 and 3, got 4"),
        (1.0, None, TypeError, "n must be a whole number, got 1.0"),
        (True, None, TypeError, "n must be a whole number, got True"),
        ("1", None, TypeError, "n must be a whole number, got '1'"),
    ],
)
def test_integer_refuses(value, at_most, error, sentence):
    with pytest.raises(error, match=sentence):
        check.integer("n", value, 1, at_most)


@pytest.mark.parametrize("value", [0.5, np.float32(0.5)])
def test_number(value):
    result = check.number("p", value, at_least=0, below=1)
    assert result == 0.5
    assert type(result) is float


@pytest.mark.parametrize(
    ("value", "bounds", "error", "sentence"),
    [
        (0, {"above": 0}, ValueError, "p must be above 0, got 0"),
        (1, {"at_least": 0, "below": 1}, ValueError, "p must be at least 0 and below 1, got 1"),
        (-1, {"at_least": 0}, ValueError, "p must be at least 0, got -1"),
        (1.5, {"at_most": 1}, ValueError, "p must be at most 1, got 1.5"),
        (np.nan, {}, ValueError, "p must be finite, got nan"),
        (np.inf, {"above": 0}, ValueError, "p must be above 0, got inf"),
        ("a", {}, TypeError, "p must be a number, got 'a'"),
        (True, {}, TypeError, "p must be a number, got True"),
        (1j, {}, TypeError, r"p must be a number, got 1j"),
    ],
)
def test_number_refuses(value, bounds, error, sentence):
    with pytest.raises(error, match=sentence):
        check.number("p", value, **bounds)


def test_choice():
    assert check.choice("kind", "a", ["a", "b"]) == "a"
    with pytest.raises(ValueError, match="kind must be one of a, b, got 'c'"):
        check.choice("kind", "c", ["a", "b"])
    with pytest.raises(ValueError, match=r"kind must be one of a, b, got \['a'\]"):
        check.choice("kind", ["a"], ["a", "b"])
