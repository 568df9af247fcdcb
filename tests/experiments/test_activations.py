"""Activations: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import activations as experiment
from vizdl.experiments.activations import BENT, NAMES, POINTS, Settings, facts, run
from vizdl.gallery import maths

SETTINGS = st.builds(
    Settings,
    activation=st.sampled_from(NAMES),
    learning_rate=st.floats(0.01, 1.0),
    steps=st.integers(10, 60),
    noise=st.floats(0, 0.3),
    seed=st.integers(0, 9),
)


def test_slopes_are_measured_without_their_formulas(trace):
    assert len(trace.values) == len(BENT) == 5
    wrong = dataclasses.replace(trace, slopes=trace.slopes + 1e-6)
    assert not facts(wrong)["slope_error"].holds
    assert not np.array_equal(trace.slopes, trace.measured)


def test_no_line_separates_the_points_and_the_network_does(trace):
    assert trace.best.right < POINTS == trace.learnt.right[-1]
    assert trace.cuts.right.max() <= trace.best.right
    as_good = dataclasses.replace(trace.best, right=POINTS)
    assert not facts(dataclasses.replace(trace, best=as_good))["best_line"].holds
    assert not facts(dataclasses.replace(trace, learnt=trace.plain))["right"].holds


@settings(max_examples=10, deadline=None)
@given(SETTINGS)
def test_without_an_activation_nothing_beats_the_best_line(asked):
    trace = run(asked)
    found = facts(trace)
    assert (trace.plain.right <= trace.best.right).all()
    assert found["plain_right"].holds
    assert found["plain_fold"].holds
    assert found["slope_error"].holds
    if asked.activation == "identity":
        assert not found["right"].holds
        assert not found["fold"].holds


@pytest.mark.parametrize("name", BENT)
def test_every_activation_folds_and_beats_the_best_line(name):
    found = facts(run(Settings(activation=name)))
    assert found["right"].holds
    assert found["fold"].holds


def test_the_line_of_the_hidden_space_is_exact(trace):
    """What is drawn above it is what the network calls class 1."""
    output = experiment.output_of("tanh", trace.learnt.parameters[-1], trace.x)
    np.testing.assert_array_equal(trace.point_places[-1][:, 1] > 0, output > 0)
    seen = np.isfinite(trace.boundary[:, 0])
    assert seen.sum() > 20
    np.testing.assert_allclose(trace.boundary_places[seen, 1], 0, atol=0.02)
    across = trace.boundary_places[::3, 0]
    assert (np.diff(across) >= 0).all()  # from left to right


def test_places_are_a_projection_and_reach_to_one(trace):
    np.testing.assert_allclose(np.abs(trace.point_places).max(axis=(1, 2)), 1, atol=1e-12)
    hidden = experiment.hidden_of("tanh", trace.learnt.parameters[-1], trace.x)
    apart = np.linalg.norm(hidden[:, None] - hidden, axis=-1)
    drawn = np.linalg.norm(trace.point_places[-1][:, None] - trace.point_places[-1], axis=-1)
    far = apart > 1e-6
    assert (drawn[far] / apart[far]).max() <= (1 + 1e-9) / _scale(trace, hidden)


def _scale(trace, hidden):
    """How many hidden units one unit of the picture is."""
    model = experiment.model_of("tanh", trace.learnt.parameters[-1])
    w = model.weights[1][0]
    z = (hidden @ w + model.biases[1][0]) / np.linalg.norm(w)
    k = np.abs(z).argmax()
    return z[k] / trace.point_places[-1][k, 1]


def test_a_straight_line_is_not_folded_by_sums_alone(trace):
    assert trace.plain_folds.max() <= 1e-12 < 0.01 < trace.folds.max()
    bent = dataclasses.replace(trace, plain_folds=trace.folds)
    assert not facts(bent)["plain_fold"].holds


def test_training_is_counted_from_the_start(trace):
    assert len(trace.learnt.losses) == len(trace.learnt.right) == trace.settings.steps + 1
    begin = experiment.start("tanh", trace.settings.seed)
    np.testing.assert_array_equal(trace.learnt.parameters[0], begin)
    assert trace.learnt.losses[-1] < 0.1 * trace.learnt.losses[0]
    assert (trace.moments[0], trace.moments[-1]) == (0, trace.settings.steps)


def test_noise_moves_the_points_along_one_draw():
    clean, some, much = (experiment.points(noise)[0] for noise in (0.0, 0.1, 0.3))
    np.testing.assert_allclose(much - clean, 3 * (some - clean), atol=1e-12)


@pytest.mark.parametrize("name", experiment.EQUATIONS)
def test_equations_can_be_set(name):
    assert maths.typeset(experiment.EQUATIONS[name]).block()
