import autograd
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizdl.engines import descent, landscapes

NAMES = landscapes.names()
FORMULAS = [name for name in NAMES if name != "mlp_slice"]


def inside(landscape, shape=(), seed=0):
    """Random points of the domain, (*shape, D)."""
    low, high = landscape.domain.T
    return np.random.default_rng(seed).uniform(low, high, (*shape, landscape.dimension))


def test_all_eight_are_there():
    assert set(NAMES) == {
        *("bowl", "ravine", "rosenbrock", "beale", "himmelblau", "saddle"),
        *("double_well", "mlp_slice"),
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("seed", range(3))
def test_gradient_is_autograds(name, seed):
    landscape = landscapes.get(name)
    points = inside(landscape, (20,), seed)
    np.testing.assert_allclose(
        landscape.gradient(points),
        [autograd.grad(landscape.value)(point) for point in points],
        rtol=1e-10,
        atol=1e-12,
    )


@pytest.mark.parametrize("name", NAMES)
def test_gradient_is_the_finite_difference(name):
    landscape = landscapes.get(name)
    points = inside(landscape, (20,))
    h = 1e-5
    for d, step in enumerate(h * np.eye(landscape.dimension)):
        numeric = (landscape.value(points + step) - landscape.value(points - step)) / (2 * h)
        np.testing.assert_allclose(landscape.gradient(points)[:, d], numeric, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("name", NAMES)
def test_minima_are_minima(name):
    landscape = landscapes.get(name)
    low, high = landscape.domain.T
    assert landscape.minima.shape == (len(landscape.minima), landscape.dimension)
    assert ((low < landscape.minima) & (landscape.minima < high)).all()
    np.testing.assert_allclose(landscape.gradient(landscape.minima), 0, atol=1e-7)
    heights = landscape.value(landscape.minima)
    assert (np.diff(heights) > -1e-12).all()
    for point in landscape.minima:
        curvatures = np.linalg.eigvalsh(autograd.hessian(landscape.value)(point))
        assert curvatures.min() > 0


@pytest.mark.parametrize("name", NAMES)
def test_no_lower_point_on_a_grid(name):
    landscape = landscapes.get(name)
    axes = [np.linspace(low, high, 101) for low, high in landscape.domain]
    grid = np.stack(np.meshgrid(*axes), axis=-1)
    assert landscape.value(grid).min() >= landscape.value(landscape.minima[0]) - 1e-12


@pytest.mark.parametrize("name", FORMULAS)
@given(data=st.data())
def test_any_batch_shape_and_type(name, data):
    landscape = landscapes.get(name)
    shapes = hnp.array_shapes(min_dims=0, max_dims=3, max_side=3)
    kinds = st.sampled_from([np.float64, np.float32, np.int64])
    points = data.draw(
        hnp.arrays(
            kinds,
            shapes.map(lambda batch: (*batch, landscape.dimension)),
            elements=st.integers(-3, 3),
        )
    )
    value, gradient = landscape.value(points), landscape.gradient(points.tolist())
    assert value.shape == points.shape[:-1]
    assert gradient.shape == points.shape
    for index in np.ndindex(value.shape):
        assert value[index] == pytest.approx(landscape.value(points[index]), rel=1e-12)
        np.testing.assert_allclose(gradient[index], landscape.gradient(points[index]), rtol=1e-12)


@pytest.mark.parametrize("name", ["bowl", "ravine"])
def test_lipschitz_is_the_largest_curvature(name):
    landscape = landscapes.get(name)
    hessian = autograd.hessian(landscape.value)(np.array([0.3, -0.7]))
    assert np.linalg.eigvalsh(hessian).max() == pytest.approx(landscape.lipschitz, rel=1e-12)


@pytest.mark.parametrize(
    ("name", "point", "value"),
    [  # as the literature gives them
        ("rosenbrock", [-1.0, 1.0], 4.0),
        ("rosenbrock", [0.0, 0.0], 1.0),
        ("beale", [0.0, 0.0], 14.203125),
        ("himmelblau", [0.0, 0.0], 170.0),
        ("himmelblau", [3.584428, -1.848126], 0.0),
        ("saddle", [0.0, 0.0], 0.0),
        ("double_well", [-2.0], 2.0),
    ],
)
def test_values(name, point, value):
    assert landscapes.get(name).value(point) == pytest.approx(value, abs=1e-9)


def test_double_well_has_exactly_one_false_minimum():
    landscape = landscapes.get("double_well")
    slopes = landscape.gradient(np.linspace(*landscape.domain[0], 20001)[:, None])[:, 0]
    assert (np.diff(np.sign(slopes)) > 0).sum() == len(landscape.minima) == 2
    good, false = landscape.value(landscape.minima)
    assert false > good + 0.5


def test_double_well_shows_the_four_fates_of_a_learning_rate():
    landscape = landscapes.get("double_well")
    good, false = landscape.minima[:, 0]
    trace = descent.descend(landscape, [3.0], learning_rate=[0.05, 0.5, 1.99, 2.01], steps=2000)
    end = trace.positions[-1, :, 0]
    assert end[0] == pytest.approx(false, abs=1e-9)
    assert end[1] == pytest.approx(good, abs=1e-9)
    signs = np.sign(trace.positions[10:50, 2, 0])
    assert (signs[1:] != signs[:-1]).all()  # it overshoots at every step
    assert (trace.diverged_at >= 0).tolist() == [False, False, False, True]


def test_a_point_that_left_stays_nan():
    for name in NAMES:
        landscape = landscapes.get(name)
        points = np.full((2, landscape.dimension), np.nan)
        points[1] = landscape.minima[0]
        assert np.isnan(landscape.gradient(points)).all(axis=1).tolist() == [True, False]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: landscapes.get("hill"), "landscape must be one of bowl, ravine, .*mlp_slice, got"),
        (
            lambda: landscapes.get("bowl").value([1.0, 2.0, 3.0]),
            r"x must have shape \(..., 2\) on bowl, got \(3,\)",
        ),
        (
            lambda: landscapes.get("double_well").gradient(1.0),
            r"x must have shape \(..., 1\) on double_well, got \(\)",
        ),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
