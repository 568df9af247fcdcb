"""A loss of one's own behaves like a landscape of the house."""

import autograd.numpy as np
import pytest
from numpy.testing import assert_allclose

from vizdl.engines import landscapes, own_loss
from vizdl.engines.descent import descend


def himmelblau(w):
    return (w[0] ** 2 + w[1] - 11) ** 2 + (w[0] + w[1] ** 2 - 7) ** 2


def test_it_finds_the_minima_that_are_known():
    known = landscapes.get("himmelblau")
    own = own_loss.landscape(himmelblau, known.domain)
    assert own.minima.shape == known.minima.shape
    apart = np.linalg.norm(own.minima[:, None] - known.minima, axis=-1)
    assert apart.min(axis=0).max() < 1e-3


def test_values_and_gradients_are_those_of_the_formula_for_any_batch():
    known = landscapes.get("himmelblau")
    own = own_loss.landscape(himmelblau, known.domain)
    points = np.random.default_rng(0).uniform(-4, 4, (3, 5, 2))
    assert_allclose(own.value(points), known.value(points), rtol=1e-12)
    assert_allclose(own.gradient(points), known.gradient(points), rtol=1e-10)
    assert_allclose(own.value(points[0, 0]), known.value(points[0, 0]), rtol=1e-12)


def test_a_loss_that_takes_one_point_at_a_time_walks_as_well():
    matrix = np.array([[2.0, 0.5], [0.5, 1.0]])
    own = own_loss.landscape(lambda w: w @ matrix @ w, [(-1, 2), (-1, 2)])
    assert_allclose(own.minima, [[0, 0]], atol=1e-6)
    walk = descend(own, [1.0, 1.0], learning_rate=0.1, steps=50)
    assert walk.losses[-1] < 1e-4 * walk.losses[0]


def test_a_slope_without_a_minimum_gives_the_lowest_point_reached():
    own = own_loss.landscape(lambda w: w[0] + 0.0 * w[1] ** 2, [(0, 1), (0, 1)])
    assert own.minima.shape == (1, 2)
    assert own.minima[0, 0] < 0


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ([(1, 0), (0, 1)], "domain must hold pairs of low < high"),
        ([0, 1], r"domain must have shape \(D, 2\)"),
        ([(0, float("inf")), (0, 1)], "domain must be finite"),
    ],
)
def test_a_wrong_domain_gets_one_sentence(domain, sentence):
    with pytest.raises(ValueError, match=sentence):
        own_loss.landscape(himmelblau, domain)


def test_a_loss_that_cannot_be_differentiated_is_named():
    with pytest.raises(TypeError, match="can't be differentiated"):
        own_loss.landscape(lambda w: 3.0, [(0, 1), (0, 1)])
