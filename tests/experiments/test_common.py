import numpy as np
import pytest

from vizdl.engines import landscapes
from vizdl.experiments.common import levels, loss_range, sample

MAPS = ["bowl", "ravine", "rosenbrock", "beale", "himmelblau", "saddle"]


@pytest.mark.parametrize("name", MAPS)
def test_heights_are_those_of_the_landscape_at_x_and_y(name):
    landscape = landscapes.get(name)
    surface = sample(landscape, points=21)
    for i, j in ((0, 0), (3, 17), (20, 5)):
        point = np.array([surface.x[j], surface.y[i]])
        assert surface.height[i, j] == landscape.value(point)
    np.testing.assert_array_equal(surface.x[[0, -1]], landscape.domain[0])
    np.testing.assert_array_equal(surface.y[[0, -1]], landscape.domain[1])


def test_a_domain_of_ones_own():
    surface = sample(landscapes.get("bowl"), [[0, 1], [2, 3]], points=5)
    assert (surface.x.min(), surface.x.max(), surface.y.min(), surface.y.max()) == (0, 1, 2, 3)


@pytest.mark.parametrize("name", MAPS)
def test_half_of_the_map_lies_in_the_lower_half_of_the_bands(name):
    surface = sample(landscapes.get(name), points=61, bands=14)
    found = surface.levels
    assert len(found) == 13
    assert (np.diff(found) > 0).all()
    assert surface.height.min() < found[0]
    assert found[-1] < surface.height.max()
    share = (surface.height < found[6]).mean()
    if name == "beale":  # its walls are too high for half: the power is bounded
        assert share > 0.5
    else:
        assert share == pytest.approx(0.5, abs=0.02)


def test_flat_ground_has_no_levels():
    assert levels(np.ones((3, 3))).shape == (0,)


def test_what_is_no_map_is_refused():
    with pytest.raises(ValueError, match=r"two weights to be a map, got 1 on double_well"):
        sample(landscapes.get("double_well"))
    with pytest.raises(ValueError, match=r"domain must have shape \(2, 2\)"):
        sample(landscapes.get("bowl"), [0, 1])


def test_losses_that_fall_far_stand_on_a_logarithmic_axis():
    axis = loss_range(np.geomspace(100, 1e-3, 20))
    assert axis.log
    assert axis.low < 1e-3
    assert axis.high > 100
    assert loss_range(np.geomspace(100, 1e-30, 20), decades=6).low > 1e-5


def test_losses_below_zero_stand_on_a_linear_axis():
    axis = loss_range(np.linspace(5, -1, 20))
    assert not axis.log
    assert axis.low < -1
    assert axis.high > 5


def test_a_loss_without_bound_leaves_at_the_top():
    grown = np.array([1.0, 100.0, 1e30, np.nan])
    axis = loss_range(grown, log=False)
    assert 10 <= axis.high < 20
    assert np.isfinite([axis.low, axis.high]).all()


@pytest.mark.parametrize("flat", [[0.0, 0.0], [3.0, 3.0], [-2.0, -2.0]])
def test_a_loss_that_stands_still_has_a_range_too(flat):
    axis = loss_range(np.array(flat))
    assert axis.low < flat[0] < axis.high
