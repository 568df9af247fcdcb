"""Every claim about recurrence, measured; and that each would fail if it were false."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn
from vizdl.experiments import recurrence as experiment

WORDS = st.lists(st.integers(0, 1), min_size=1, max_size=16)


def test_every_fact_holds(trace):
    facts = experiment.facts(trace)
    assert [name for name, fact in facts.items() if not fact.holds] == []
    assert facts["pasts"].value == 64
    assert facts["loop"].value == 100 * trace.right[1]


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("pasts", lambda t: {"answers": np.append(-t.answers[:1], t.answers[1:])}),
        ("apart", lambda t: {"answers": np.ones_like(t.answers)}),
        ("update", lambda t: {"states": t.states + 1e-6}),
        ("loop", lambda t: {"right": t.right[[0, 0]]}),
        ("alone", lambda t: {"right": t.right[[1, 1]]}),
    ],
)
def test_a_false_claim_is_not_held(trace, name, spoil):
    assert not experiment.facts(replace(trace, **spoil(trace)))[name].holds


def test_before_training_the_network_does_not_know():
    facts = experiment.facts(experiment.run(experiment.Settings(training_steps=0)))
    assert not facts["pasts"].holds
    assert not facts["loop"].holds
    assert facts["update"].holds


@pytest.mark.parametrize("changed", [{"hidden_size": 6}, {"seed": 2}])
def test_others_learn_it_as_well(changed):
    facts = experiment.facts(experiment.run(experiment.Settings(**changed)))
    assert [name for name, fact in facts.items() if not fact.holds] == []


def test_every_press_turns_the_lamp_over():
    on = experiment.lamp([0, 1, 0, 0, 1, 1, 0])
    np.testing.assert_array_equal(on, [-1, 1, 1, 1, -1, 1, 1])


def test_no_answer_to_the_last_word_alone_is_better(trace):
    fresh = np.random.default_rng((trace.settings.seed, 1)).integers(2, size=(300, 30))
    truth = experiment.lamp(fresh) > 0
    answers = [np.where(fresh == 1, press, wait) for press in (0, 1) for wait in (0, 1)]
    assert trace.alone == pytest.approx(max((truth == said).mean() for said in answers))


@settings(max_examples=30)
@given(words=WORDS, loop=st.booleans(), stage=st.sampled_from([0, 600, 1600]))
def test_any_sequence_is_read_as_the_engine_reads_it(words, loop, stage):
    chosen = experiment.Settings(loop=loop, training_steps=stage)
    found = experiment.show(experiment.run(chosen), words)
    read = rnn.forward(found.model, np.eye(2)[words][:, None])
    np.testing.assert_array_equal(found.says, read.y[:, 0, 0])
    np.testing.assert_array_equal(found.states, read.h[:, 0])
    np.testing.assert_allclose(found.by_hand, found.states[1:], atol=1e-12)
    total = found.from_words + found.from_states + found.model.b_h
    np.testing.assert_allclose(np.tanh(total), found.states[1:], atol=1e-12)
    np.testing.assert_array_equal(found.lamps, experiment.lamp(words))
    assert loop or not found.from_states.any()


@settings(max_examples=20)
@given(first=WORDS, second=WORDS)
def test_with_the_loop_the_past_decides_and_without_it_never(first, second):
    whole, without = (experiment.run(experiment.Settings(loop=loop)) for loop in (True, False))
    pasts = [*first, 0], [*second, 0]
    with_loop, alone = (
        [experiment.show(trace, past).says[-1] for past in pasts] for trace in (whole, without)
    )
    assert alone[0] == pytest.approx(alone[1])
    same = experiment.lamp(pasts[0])[-1] == experiment.lamp(pasts[1])[-1]
    assert (abs(with_loop[0] - with_loop[1]) < 1) == same
