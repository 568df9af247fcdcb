"""Regularization: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl import data
from vizdl.engines import regularization as engine
from vizdl.experiments import regularization as experiment
from vizdl.experiments.base import SettingsError
from vizdl.experiments.regularization import (
    HIGHEST,
    LEAST,
    MOMENTS,
    STEPS,
    STRENGTHS,
    Settings,
    facts,
    features,
    fit,
    run,
    sample,
)
from vizdl.experiments.regularization import tests as fresh_points


@given(st.integers(0, 19), st.floats(0, 1))
@hypothesis(max_examples=10)
def test_the_sample_is_the_courses_own(seed, noise):
    x, y = sample(seed, noise)
    drawn = data.sine(20, noise=noise, seed=seed)
    np.testing.assert_array_equal(x, drawn.x[:, 0])
    np.testing.assert_allclose(y, drawn.y, atol=1e-12)


@given(st.integers(0, 19), st.integers(0, HIGHEST), st.floats(0.05, 1))
@hypothesis(max_examples=4)
def test_losses_are_mean_squared_errors_of_the_fits(seed, degree, noise):
    (x, y), (u, v) = sample(seed, noise), fresh_points(noise)
    fits = fit(x, y, u, v, degree)
    for k in (0, 20, 42):
        w = fits.strength_weights[k]
        assert (w[degree + 1 :] == 0).all()
        assert fits.strength_train[k] == pytest.approx(np.mean((features(x) @ w - y) ** 2))
        assert fits.strength_test[k] == pytest.approx(np.mean((features(u) @ w - v) ** 2))
        assert fits.strength_norms[k] == pytest.approx(np.linalg.norm(w[1:]))
    assert (np.diff(fits.degree_train) <= 1e-4).all()  # but for what the least penalty costs
    assert (np.diff(fits.descent_train) <= 1e-12).all()
    assert (np.diff(fits.strength_train) >= -1e-12).all()
    if degree:
        assert (np.diff(fits.strength_norms) < 0).all()


def test_the_model_that_is_set_is_ridge_regression(trace):
    settings = trace.settings
    expected = engine.ridge(features(trace.x), trace.y, settings.strength)
    np.testing.assert_allclose(trace.weights, expected, rtol=1e-9)
    assert trace.test == pytest.approx(
        np.mean((features(trace.test_x) @ expected - trace.test_y) ** 2)
    )
    np.testing.assert_allclose(trace.curve, features(experiment.GRID) @ expected)


def test_the_training_loss_falls_while_the_test_loss_turns(trace):
    fits = trace.fits
    best = fits.best_degree
    assert best == 3
    assert fits.degree_test[0] > 5 * fits.degree_test[best]
    assert fits.degree_test[-1] > 50 * fits.degree_test[best]
    assert fits.degree_train[-1] < fits.degree_train[best] / 5


def test_penalty_and_stopping_bring_the_large_model_near_the_best_degree(trace):
    fits = trace.fits
    for least in (fits.strength_test.min(), fits.descent_test.min()):
        assert fits.degree_test.min() < least < 1.3 * fits.degree_test.min()
        assert least < fits.degree_test[-1] / 50
    assert 0 < fits.best_step < STEPS
    assert fits.descent_test[-1] > 1.5 * fits.descent_test.min()


def test_a_network_overfits_as_well_and_is_best_stopped_early(trace):
    best = trace.network_test.argmin()
    assert 0 < best < len(trace.network_test) // 2
    assert trace.network_test[-1] > 1.2 * trace.network_test[best]
    assert trace.network_train[-1] < trace.network_train[best]
    assert trace.network_steps[-1] == experiment.EPOCHS
    falling = np.linspace(1, 0.1, len(trace.network_test))
    found = facts(dataclasses.replace(trace, network_test=falling))
    assert not found["network"].holds


def test_it_is_no_luck(trace):
    assert trace.everywhere.shape == (20, 3)
    degrees, strengths, steps = trace.everywhere.T
    assert ((degrees > 0) & (degrees < HIGHEST)).all()
    assert ((strengths > 0) & (strengths < len(STRENGTHS) - 1)).all()
    assert (steps < STEPS).sum() >= 18
    assert (steps > 0).all()


def test_a_test_loss_that_only_falls_fails_the_facts(trace):
    falling = np.linspace(1, 0.1, STEPS + 1)
    fits = dataclasses.replace(
        trace.fits, descent_test=falling, strength_test=np.linspace(0.1, 1, len(STRENGTHS))
    )
    found = facts(dataclasses.replace(trace, fits=fits))
    assert not found["stop"].holds
    assert not found["strength"].holds


def test_without_noise_there_is_nothing_to_hold_back():
    trace = run(Settings(noise=0.0))
    assert trace.fits.best_degree > 5
    assert trace.fits.degree_test.min() < 1e-4


def test_moments_are_steps_in_order():
    assert MOMENTS[0] == 0
    assert MOMENTS[-1] == STEPS
    assert (np.diff(MOMENTS) > 0).all()
    assert STRENGTHS[0] == LEAST


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"degree": 16}, "degree must be a whole number from 0 to 15, got 16"),
        ({"strength": 0}, "strength must be a number from 1e-06 to 10, got 0"),
        ({"seed": 20}, "seed must be a whole number from 0 to 19, got 20"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
