"""Every claim about shared weights, measured; and that each would fail if it were false."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn
from vizdl.experiments import weight_sharing as experiment

CHOSEN = st.builds(
    experiment.Settings,
    length=st.integers(2, 24),
    hidden_size=st.integers(2, 8),
    seed=st.integers(0, 99),
)


def test_every_fact_holds(trace):
    facts = experiment.facts(trace)
    assert [name for name, fact in facts.items() if not fact.holds] == []
    assert facts["shared"].value == 4 + 16 + 4 + 4 + 1
    assert facts["dense"].value == 8 * 32 + 32 + 32 * 8 + 8


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("sum", lambda t: {"errors": t.errors + 1e-6}),
        ("shared", lambda t: {"shared": t.dense}),
        ("dense", lambda t: {"dense": t.shared}),
        ("square", lambda t: {"dense": t.lengths**3}),
        ("anywhere", lambda t: {"shift": 0.1}),
    ],
)
def test_a_false_claim_is_not_held(trace, name, spoil):
    assert not experiment.facts(replace(trace, **spoil(trace)))[name].holds


@settings(max_examples=15)
@given(CHOSEN)
def test_the_facts_do_not_hang_on_the_settings(chosen):
    facts = experiment.facts(experiment.run(chosen))
    assert facts["sum"].holds
    assert facts["shared"].holds
    assert facts["anywhere"].holds


@settings(max_examples=15)
@given(CHOSEN)
def test_shares_by_copies_are_those_of_back_propagation_through_time(chosen):
    found = experiment.run(chosen)
    model = experiment.network_of(chosen.hidden_size, chosen.seed)
    x, target = found.wave[:-1, None, None], found.wave[1:, None, None]
    read = rnn.forward(model, x)
    expected = rnn.bptt(model, read, 2 * (read.y - target)).shares.w_hh
    np.testing.assert_allclose(found.shares, expected, atol=1e-12)
    np.testing.assert_allclose(found.gathered[0], found.total, atol=1e-12)
    assert not found.shares[0].any()  # the state before the first step is zero


def test_a_share_is_what_nudging_one_step_alone_does(trace):
    model = experiment.network_of(4, trace.settings.seed)

    def loss(step, nudge):
        h, total = np.zeros(4), 0.0
        for t, x in enumerate(trace.wave[:-1]):
            w_hh = model.w_hh + nudge * (t == step)
            h = np.tanh(model.w_xh[:, 0] * x + w_hh @ h + model.b_h)
            total += float((model.w_hy @ h + model.b_y - trace.wave[t + 1])[0] ** 2)
        return total

    for step, i, j in ((7, 0, 2), (3, 3, 1), (1, 2, 2)):
        nudge = np.zeros((4, 4))
        nudge[i, j] = 1e-5
        slope = (loss(step, nudge) - loss(step, -nudge)) / 2e-5
        assert trace.shares[step, i, j] == pytest.approx(slope, abs=1e-8)


def test_the_page_counts_as_the_experiment_does():
    for hidden in (2, 5, 8):
        for length in (2, 11, 24):
            found = experiment.sizes_of(float(hidden), float(length))
            assert found["now"].tolist() == [
                experiment.shared_size(hidden),
                experiment.dense_size(hidden, length),
            ]
