"""What the page says of vanishing gradients is true, and would be noticed if it were not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn
from vizdl.experiments import recall
from vizdl.experiments import vanishing_gradients as experiment
from vizdl.experiments.vanishing_gradients import LONGEST, Settings


@pytest.fixture(scope="module")
def facts(trace):
    return experiment.facts(trace)


def test_every_claim_holds(facts):
    assert [fact.name for fact in facts.values() if not fact.holds] == []


@pytest.mark.parametrize("radius", [0.5, 0.8, 1.0, 1.5])
def test_the_spectral_radius_is_exactly_what_was_asked_for(radius):
    model = experiment.network(16, 0, radius, "tanh")
    assert rnn.spectral_radius(model.w_hh) == pytest.approx(radius, rel=1e-12)


def test_without_tanh_a_step_back_multiplies_by_the_radius(trace):
    np.testing.assert_allclose(trace.factors[1], trace.radii, rtol=0.003)
    slope = np.polyfit(np.log(trace.radii), np.log(trace.factors[1]), 1)[0]
    assert slope == pytest.approx(1, abs=0.003)


def test_the_fan_is_in_the_order_of_the_radii_and_tanh_lies_below(trace):
    assert (np.diff(trace.fan[1, :, -1]) > 0).all()
    assert (trace.factors[0] < trace.factors[1]).all()
    assert (trace.fan[..., 0] == 1).all()


@settings(max_examples=10)
@given(
    radius=st.sampled_from([0.5, 0.8, 1.0, 1.2]),
    activation=st.sampled_from(["tanh", "linear"]),
    length=st.integers(10, LONGEST),
    clip=st.floats(0.01, 100),
    seed=st.integers(0, 20),
)
def test_the_walk_is_the_chain_rule(radius, activation, length, clip, seed):
    """The gradient once more, from the Jacobians of the steps alone."""
    chosen = Settings(
        radius=radius, activation=activation, length=length, clip=clip, seed=seed, hidden_size=6
    )
    trace = experiment.run(chosen)
    model = experiment.network(6, seed, radius, activation)
    x, target = recall.draw(np.random.default_rng((seed, 0)), LONGEST - 1, experiment.BATCH)
    h = rnn.forward(model, x[:length]).h[:, 0]
    logits = rnn.forward(model, x[:length]).y[-1]
    gradient = (recall.CROSS_ENTROPY.gradient(logits, target) @ model.w_hy)[0]
    for back in range(length):
        np.testing.assert_allclose(trace.vectors[back], gradient, rtol=1e-9, atol=1e-300)
        slope = 1 - h[length - back] ** 2 if activation == "tanh" else 1.0
        gradient = model.w_hh.T @ (slope * gradient)
    assert trace.gathered[-1] == pytest.approx(1)
    assert (np.diff(trace.gathered) >= 0).all()
    assert trace.clipped_norm == pytest.approx(min(trace.gradient_norm, clip))


def test_a_clipped_step_is_the_same_as_a_shorter_one(trace):
    """A cut to a tenth of the norm is a step of a tenth of the rate: the direction stays."""
    tenth = experiment.run(Settings(clip=trace.gradient_norm / 10))
    plain, clipped = tenth.stepped[1:]
    assert tenth.stepped[0] - clipped == pytest.approx((tenth.stepped[0] - plain) / 10, rel=0.05)
    long = experiment.run(Settings(clip=100))
    assert long.stepped[1] == long.stepped[2]


def test_recall_is_that_of_the_trained_networks(trace, facts):
    assert trace.recall.shape == (len(experiment.DELAYS), experiment.SEEDS)
    assert trace.recall[1, 2] == recall.accuracy("rnn", experiment.DELAYS[1], 2)
    assert facts["recall_near"].value == pytest.approx(100 * trace.recall[1].mean())
    assert facts["recall_far"].value == pytest.approx(100 * trace.recall[-1].mean())
    assert trace.recall[:2].min() > 0.95


def test_what_is_kept_for_the_next_run_cannot_be_changed(trace):
    for array in (trace.fan, trace.factors, trace.recent, trace.recall):
        with pytest.raises(ValueError, match="read-only"):
            array[...] = 0
