"""What the engines' tests share: how near is near, and slopes by finite differences."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def assert_close():
    """Agreement to 1e-10 relative; entries that cancel to almost 0 by the array's largest."""

    def check(actual, expected, rtol=1e-10):
        expected = np.asarray(expected)
        assert np.shape(actual) == expected.shape
        atol = rtol * 1e-2 * np.max(np.abs(expected))
        np.testing.assert_allclose(actual, expected, rtol=rtol, atol=atol)

    return check


@pytest.fixture(scope="session")
def assert_slope():
    """Agreement with central differences of `function` at `point`.

    Looser than 1e-10, at 1e-6 of the largest entry: a central difference of step 1e-5 errs by its
    square times the third derivative, and by the rounding error 1e-16 divided by 1e-5.
    """

    def check(function, point, gradient):
        point = np.asarray(point, dtype=float)
        slope = np.empty_like(point)
        for index in np.ndindex(point.shape):
            step = np.zeros_like(point)
            step[index] = 1e-5
            slope[index] = (function(point + step) - function(point - step)) / 2e-5
        scale = max(1.0, np.abs(slope).max())
        np.testing.assert_allclose(gradient, slope, rtol=0, atol=1e-6 * scale)

    return check
