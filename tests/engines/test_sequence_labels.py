"""Saying classes at some steps: the gradients are right for any pattern, and training learns."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn, sequence_labels
from vizdl.engines.rnn import RNN
from vizdl.engines.sequence_labels import PARAMETERS, UNASKED
from vizdl.engines.vocabulary import one_hot

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "words.npz")
T, B, D, H, O = 5, 3, 4, 3, 3  # noqa: E741


def test_loss_and_gradients_are_those_of_the_reference(assert_close):
    model = RNN(**{name: REFERENCE[f"labels_{name}"] for name in PARAMETERS})
    x, targets = REFERENCE["labels_x"], REFERENCE["labels_targets"]
    assert (targets == UNASKED).any()
    assert_close(sequence_labels.probabilities(model, x), REFERENCE["labels_chances"])
    loss, found = sequence_labels.loss_and_gradients(model, x, targets)
    assert_close(loss, REFERENCE["labels_loss"])
    for name in PARAMETERS:
        assert_close(getattr(found, name), REFERENCE[f"labels_d_{name}"])


@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_gradients_are_those_of_finite_differences(data):
    asked = data.draw(st.lists(st.integers(UNASKED, O - 1), min_size=T * B, max_size=T * B))
    targets = np.reshape(asked, (T, B))
    targets[-1] = np.maximum(targets[-1], 0)  # something is asked of each
    x = np.random.default_rng(0).normal(size=(T, B, D))
    model = rnn.init(D, H, O, seed=1)
    loss, found = sequence_labels.loss_and_gradients(model, x, targets)
    assert loss > 0
    for name in PARAMETERS:
        value = getattr(model, name)
        place = tuple(data.draw(st.integers(0, n - 1)) for n in value.shape)
        ends = []
        for nudge in (1e-5, -1e-5):
            moved = value.copy()
            moved[place] += nudge
            other = RNN(**{n: getattr(model, n) for n in PARAMETERS} | {name: moved})
            ends.append(sequence_labels.loss_and_gradients(other, x, targets)[0])
        np.testing.assert_allclose(
            getattr(found, name)[place], (ends[0] - ends[1]) / 2e-5, rtol=1e-6, atol=1e-8
        )


def test_what_stands_after_the_last_question_does_not_matter():
    x = np.random.default_rng(0).normal(size=(T, B, D))
    model = rnn.init(D, H, O, seed=1)
    targets = np.full((T, B), UNASKED)
    targets[2] = 1
    short = sequence_labels.loss_and_gradients(model, x[:3], targets[:3])
    long = sequence_labels.loss_and_gradients(model, x, targets)
    assert short[0] == pytest.approx(long[0])
    np.testing.assert_allclose(short[1].w_hh, long[1].w_hh, rtol=1e-12)


def test_it_learns_to_say_the_first_letter_at_the_end():
    random = np.random.default_rng(3)
    letters = random.integers(0, 3, (4, 300))
    targets = np.full((4, 300), UNASKED)
    targets[-1] = letters[0]
    trained = sequence_labels.train(
        one_hot(letters, 3), targets, 3, 12, steps=300, seed=0, learning_rate=0.02
    )
    said = sequence_labels.probabilities(trained.model, one_hot(letters, 3))
    np.testing.assert_allclose(said.sum(axis=-1), 1)
    assert (said[-1].argmax(axis=-1) == letters[0]).mean() > 0.95
    assert trained.losses[-20:].mean() < trained.losses[:20].mean() / 3
    again = sequence_labels.train(
        one_hot(letters, 3), targets, 3, 12, steps=300, seed=0, learning_rate=0.02
    )
    np.testing.assert_array_equal(again.losses, trained.losses)


@pytest.mark.parametrize(
    ("targets", "message"),
    [
        (np.full((T, B), 3), "classes from 0 to 2 or -1, got 3"),
        (np.full((T, B), UNASKED), "something in every sequence"),
        (np.zeros((T, 1)), r"targets must have shape \(5, 3\)"),
    ],
)
def test_what_does_not_fit_is_refused(targets, message):
    with pytest.raises(ValueError, match=message):
        sequence_labels.loss_and_gradients(rnn.init(D, H, O, seed=1), np.zeros((T, B, D)), targets)
