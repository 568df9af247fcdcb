"""Adaptive rates: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl.engines import descent
from vizdl.experiments import adaptive_rates as experiment
from vizdl.experiments.adaptive_rates import (
    NAMES,
    OPTIMIZERS,
    RATES,
    STEPS,
    TARGET,
    Settings,
    arrivals,
    facts,
    ground,
    run,
    tuned,
)
from vizdl.experiments.base import SettingsError

SGD, MOMENTUM, NESTEROV, ADAGRAD, ADADELTA, RMSPROP, ADAM = range(7)


def test_the_best_rate_is_the_best_of_those_tried(trace):
    for k, name in enumerate(OPTIMIZERS):
        hyper = experiment.hyper(name, 0.9, 0.99)
        reached = []
        for rate in RATES[::4]:
            walk = descent.descend(
                ground("ravine"), [-3.2, 1.4], optimizer=name, learning_rate=rate, steps=STEPS,
                **hyper,
            )  # fmt: skip
            late = np.flatnonzero(~(walk.losses < TARGET)).max(initial=-1) + 1
            if late <= STEPS and (walk.losses <= walk.losses[0]).all():
                reached.append(late)
        assert trace.straight[k] <= min(reached)
        assert trace.reached[k] == trace.straight[k]  # by default the race is run at those rates


def test_plain_descent_crosses_the_valley_with_every_step(trace):
    across = np.diff(np.sign(trace.positions[:21, SGD, 1])) != 0
    assert across.all()
    assert (trace.positions[:21, SGD, 0] < 0).all()  # and has not come along it


@given(st.floats(0.05, 0.95), st.floats(0.05, 0.95), st.sampled_from(NAMES))
@hypothesis(max_examples=5)
def test_rates_are_one_number_or_one_for_each_weight(x, y, name):
    trace = run(Settings(landscape=name, start_x=x, start_y=y))
    rates, first = trace.rates, trace.gradients[0, 0]
    plain = rates[:, :3]
    known = np.isfinite(plain[..., 0])
    assert (plain[known][:, 0] == plain[known][:, 1]).all()
    np.testing.assert_allclose(plain[0, :, 0], trace.learning_rates[:3])
    if np.abs(first).min() > 1e-3:
        # At first an adaptive rate is inverse to the size of the gradient.
        ratio = rates[0, ADAGRAD:, 0] / rates[0, ADAGRAD:, 1]
        np.testing.assert_allclose(ratio, abs(first[1] / first[0]), rtol=1e-2)


def test_adagrads_rate_is_the_rate_over_the_root_of_the_sum_of_squares(trace):
    squares = np.cumsum(trace.gradients[:, ADAGRAD] ** 2, axis=0)
    np.testing.assert_allclose(
        trace.rates[:, ADAGRAD], trace.learning_rates[ADAGRAD] / np.sqrt(squares), rtol=1e-6
    )


def test_the_turn_costs_adaptive_rates_their_lead_and_the_others_nothing(trace):
    np.testing.assert_array_equal(trace.straight[:3], trace.turned[:3])
    assert trace.straight[ADAGRAD] == trace.straight[RMSPROP] == 4
    assert min(trace.turned[ADAGRAD], trace.turned[RMSPROP]) > 50
    assert trace.turned[ADADELTA] == -1 < trace.straight[ADADELTA]


def test_turned_walks_are_the_straight_ones_turned(trace):
    turned = run(Settings(landscape="tilted_ravine"))
    for k in (SGD, MOMENTUM, NESTEROV):
        along, across = trace.positions[:, k].T
        # The floor of the turned ravine runs along (-1, 1), its steep direction along (1, 1).
        expected = np.sqrt(0.5) * np.stack([along - across, -along - across], axis=-1)
        np.testing.assert_allclose(turned.positions[:, k], expected, atol=1e-9)


def test_tolerance_is_the_span_of_the_good_rates(trace):
    steps = trace.tuning.steps[ADAM]
    good = RATES[(steps >= 0) & (steps <= 2 * steps[steps >= 0].min())]
    assert trace.tuning.tolerance[ADAM] == pytest.approx(good[-1] / good[0])
    worse = dataclasses.replace(trace.tuning, tolerance=np.full(7, 2.0))
    assert not facts(dataclasses.replace(trace, tuning=worse))["tolerance"].holds


def test_too_large_a_scale_throws_sgd_out():
    trace = run(Settings(scale=2.0))
    assert trace.reached[SGD] == -1
    assert trace.losses[-1, SGD] > trace.losses[0, SGD] or np.isnan(trace.losses[-1, SGD])
    assert trace.reached[ADAM] > 0  # Adam takes it


def test_arrivals_are_the_steps_from_which_losses_stay_low():
    losses = np.array([[1.0, 1, 1, 0], [0.001, 1, 0.001, 0], [1, 0.001, 0.001, 0]])
    assert arrivals(losses).tolist() == [-1, 2, 1, 0]


@pytest.mark.parametrize("name", NAMES)
def test_every_start_is_on_its_map(name):
    box, domain = experiment.boxes()[name], experiment.DOMAINS[name]
    default = experiment.start(name, *experiment.START)
    np.testing.assert_allclose(default, experiment._STARTS[name])
    assert (domain[:, 0] - 0.05 <= box[:, 0]).all()
    assert (box[:, 1] <= domain[:, 1] + 0.05).all()
    assert (tuned(name).steps.max(axis=1) >= 0).sum() >= 6  # all but Adadelta arrive everywhere


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"landscape": "alps"}, "landscape must be one of ravine, tilted_ravine, beale"),
        ({"scale": 20}, "scale must be a number from 0.1 to 10, got 20"),
        ({"watched": "lion"}, "watched must be one of all, sgd"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
