"""Dropout: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest

from vizdl.engines import dropout, network
from vizdl.experiments import dropout as experiment
from vizdl.experiments.dropout import DRAWN, SHARES, UNITS, Settings, facts, run
from vizdl.gallery import maths


@pytest.mark.parametrize("drop", [20, 60])
@pytest.mark.parametrize("seed", [0, 1])
def test_the_claims_hold_for_other_seeds_and_shares(drop, seed):
    found = facts(run(Settings(drop=drop, seed=seed)))
    assert [fact.name for fact in found.values() if not fact.holds] == []


def test_without_dropout_nothing_is_claimed_of_it():
    found = facts(run(Settings(drop=0)))
    assert not found["gap"].holds
    assert not found["needed"].holds
    assert found["mean"].value < 1e-6


def test_the_facts_would_fail(trace):
    worse = dataclasses.replace(trace, test_losses=trace.test_losses[::-1] + trace.train_losses)
    assert not facts(worse)["gap"].holds
    as_bad = np.repeat(trace.lost[:1], len(SHARES), axis=0)
    assert not facts(dataclasses.replace(trace, lost=as_bad))["needed"].holds
    assert not facts(dataclasses.replace(trace, whole=trace.whole + 1))["mean"].holds


def test_the_thinned_networks_are_the_engines(trace):
    p = trace.settings.drop / 100
    w = trace.parameters[trace.chosen]
    model = network.MLP(
        (w[: 2 * UNITS].reshape(UNITS, 2), w[3 * UNITS : 4 * UNITS][None]),
        (w[2 * UNITS : 3 * UNITS], w[-1:]),
        ("relu", "identity"),
    )
    for k in (1, DRAWN):
        ours = experiment.output_of(w, trace.x, trace.masks[k], p)
        theirs = dropout.forward(model, trace.x, [trace.masks[k][None]], p).output[:, 0]
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    whole = experiment.output_of(w, trace.x, trace.masks[0], 0.0)
    np.testing.assert_allclose(whole, network.forward(model, trace.x).output[:, 0], rtol=1e-12)


def test_masks_leave_out_the_share_asked_for():
    for share in SHARES:
        masks = experiment.masks_of(share, 2)
        assert (masks[0] == 1).all()
        spread = np.sqrt(0.25 / masks[1:].size)
        assert abs(1 - masks[1:].mean() - share / 100) < 5 * spread
    fewer, more = experiment.masks_of(20, 2), experiment.masks_of(60, 2)
    assert (fewer >= more).all()  # who is left out at 20 % is left out at 60 %


def test_the_masks_of_the_training_are_kept(trace):
    assert trace.step_masks.shape == (experiment.STEP_MASKS, UNITS)
    assert len(np.unique(trace.step_masks, axis=0)) == experiment.STEP_MASKS
    assert set(np.unique(trace.step_masks)) == {0.0, 1.0}


def test_a_units_worth_is_measured_by_removing_it(trace):
    needed = int(trace.lost[0].argmax())
    w = trace.parameters[0].copy()
    new = experiment.tested()
    mask = np.ones(UNITS)
    before = ((experiment.output_of(w, new.x, mask, 0.0) > 0) == new.y).mean()
    mask[needed] = 0
    after = ((experiment.output_of(w, new.x, mask, 0.0) > 0) == new.y).mean()
    assert 100 * (before - after) == pytest.approx(trace.lost[0].max(), abs=1e-9)
    assert 100 * before == pytest.approx(trace.rights[0])


def test_new_points_are_new():
    x, _ = experiment.points()
    new = experiment.tested().x
    assert not (new[:, None] == x).all(axis=-1).any()


@pytest.mark.parametrize("name", experiment.EQUATIONS)
def test_equations_can_be_set(name):
    assert maths.typeset(experiment.EQUATIONS[name]).block()
