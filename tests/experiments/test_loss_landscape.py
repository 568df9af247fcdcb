"""The loss landscape: each claim would fail if it were false, and holds where it should."""

import dataclasses

import autograd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import loss_landscape as experiment
from vizdl.experiments.base import SettingsError
from vizdl.experiments.loss_landscape import DOMAINS, NAMES, STEPS, Settings, facts, run

SHARE = st.floats(0, 1).map(lambda x: round(x, 3))


@pytest.mark.parametrize("name", NAMES)
def test_heights_are_the_losses_and_slopes_their_gradients(name):
    loss, slope = experiment.loss_of(name), experiment.slope_of(name)
    surface = experiment.surface_of(name)
    assert surface.height[3, 30] == pytest.approx(
        float(loss(np.array([surface.x[30], surface.y[3]]))), rel=1e-12
    )
    for w in np.random.default_rng(0).uniform(-1, 1, (3, 2)) * DOMAINS[name]:
        np.testing.assert_allclose(slope(w), autograd.grad(loss)(w), rtol=1e-9, atol=1e-12)


def test_a_height_that_is_wrong_fails_the_fact(trace):
    surface = trace.surfaces[1]
    bent = dataclasses.replace(surface, height=surface.height + 1e-9)
    error = experiment._height_error((trace.surfaces[0], bent, trace.surfaces[2]))
    assert error == pytest.approx(1e-9, rel=1e-3)
    assert not facts(dataclasses.replace(trace, height_error=error))["height_error"].holds


def test_the_lowest_point_is_one(trace):
    gradient = experiment.slope_of("two weights")(trace.found)
    assert np.linalg.norm(gradient) < 1e-6
    assert trace.found_loss <= trace.best_loss
    elsewhere = facts(dataclasses.replace(trace, found=trace.found + 0.2, below=7))
    assert not elsewhere["apart"].holds
    assert not elsewhere["below"].holds


def test_a_trained_network_sits_lower_than_its_plane_and_an_untrained_one_does_not(trace):
    middle = len(trace.surfaces[1].x) // 2
    for surface, loss in zip(trace.surfaces[1:], trace.middle, strict=True):
        assert surface.height[middle, middle] == pytest.approx(loss, rel=1e-12)
    assert trace.surfaces[1].height.min() == pytest.approx(trace.middle[0], rel=1e-12)
    assert trace.surfaces[2].height.min() < trace.middle[1]
    turned = facts(dataclasses.replace(trace, higher=trace.higher[::-1]))
    assert not turned["trained"].holds
    assert not turned["untrained"].holds


@settings(max_examples=8, deadline=None)
@given(st.sampled_from(NAMES), SHARE, SHARE)
def test_the_way_goes_down_from_the_point(name, x, y):
    trace = run(Settings(surface=name, x=x, y=y))
    start = DOMAINS[name] * (2 * np.array([x, y]) - 1)
    np.testing.assert_allclose(trace.path.positions[0], start)
    assert trace.path.losses[-1] <= trace.path.losses[0]
    assert len(trace.fields) == len(trace.right) == STEPS + 1


def test_opposite_points_have_the_same_line(trace):
    x = trace.x
    w = np.array([1.3, -2.4])
    np.testing.assert_allclose(
        experiment.says("two weights", w, x), -experiment.says("two weights", -w, x)
    )
    assert not experiment.says("two weights", np.zeros(2), x).any()  # without an opinion


def test_what_the_page_says_of_hollows_and_slopes():
    stuck = run(Settings(surface="trained network", x=0.2, y=0.8))
    assert stuck.path.losses[-1] > 3 * stuck.middle[0]
    assert stuck.path.losses[-1] < stuck.path.losses[0]
    down = run(Settings(surface="untrained network", x=0.5, y=0.5))
    assert down.path.losses[-1] < down.path.losses[0]
    assert np.linalg.norm(down.path.positions[-1]) > 0.5


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"surface": "alps"}, "surface must be one of two weights, trained network"),
        ({"elevation": 5}, "elevation must be a number from 10 to 80, got 5"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
