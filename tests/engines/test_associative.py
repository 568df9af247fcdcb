"""The task of associative recall, and the gradients by which attention learns it."""

from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import associative
from vizdl.engines.associative import KEYS, VALUES, WIDTH, Memory

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "words.npz")
NAMES = ("w_q", "w_k", "w_v", "w_o")


def drawn(seed=0, batch=5, items=6):
    return associative.draw(np.random.default_rng(seed), batch, items)


@given(st.integers(0, 2**32 - 1), st.integers(1, 20), st.integers(1, KEYS))
def test_a_question_names_exactly_one_item_whose_value_is_the_answer(seed, batch, items):
    found = drawn(seed, batch, items)
    assert all(len(set(row)) == items for row in found.keys)
    keys = found.items[..., :KEYS]
    like = np.einsum("btk,bk->bt", keys, found.question[:, :KEYS])
    np.testing.assert_array_equal(like.argmax(axis=1), found.asked)
    np.testing.assert_array_equal(like.sum(axis=1), 1)
    values = found.items[np.arange(batch), found.asked, KEYS:]
    np.testing.assert_array_equal(values.argmax(axis=1), found.answers)
    assert not found.question[:, KEYS:].any()
    np.testing.assert_array_equal(found.distance, items - found.asked)
    np.testing.assert_array_equal(found.in_time[:-1].swapaxes(0, 1), found.items)
    np.testing.assert_array_equal(found.in_time[-1], found.question)


def test_keys_values_and_questions_are_drawn_evenly():
    found = drawn(batch=4000, items=8)
    for numbers, count in ((found.keys, KEYS), (found.values, VALUES), (found.asked, 8)):
        shares = np.bincount(numbers.ravel(), minlength=count) / numbers.size
        np.testing.assert_allclose(shares, 1 / count, atol=0.02)


def cross_entropy(weights, sequences):
    """The same loss once more, in one expression, for autograd."""
    q, k, v = (sequences.question @ weights["w_q"].T, *(
        sequences.items @ weights[name].T for name in ("w_k", "w_v")
    ))  # fmt: skip
    powers = anp.exp(anp.einsum("bd,btd->bt", q, k) / anp.sqrt(q.shape[1]))
    shares = powers / anp.sum(powers, axis=1, keepdims=True)
    logits = anp.einsum("bt,btd->bd", shares, v) @ weights["w_o"].T
    right = logits[anp.arange(len(logits)), sequences.answers]
    return anp.mean(anp.log(anp.sum(anp.exp(logits), axis=1)) - right)


def test_loss_and_gradients_are_those_of_the_reference(assert_close):
    memory = Memory(**{name: REFERENCE[f"recall_{name}"] for name in NAMES})
    sequences = associative.Sequences(
        **{name: REFERENCE[f"recall_{name}"] for name in ("keys", "values", "asked")}
    )
    _, logits = associative.look(memory, sequences.items, sequences.question[:, None])
    assert_close(logits[:, 0], REFERENCE["recall_logits"])
    loss, gradients = associative.gradients(memory, sequences)
    assert_close(loss, REFERENCE["recall_loss"])
    assert set(gradients) == set(NAMES)
    for name, found in gradients.items():
        assert_close(found, REFERENCE[f"recall_d_{name}"])


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.integers(1, KEYS))
def test_gradients_are_autograds(seed, size, items):
    sequences, memory = drawn(seed, 4, items), associative.init(size, seed)
    value, gradients = associative.gradients(memory, sequences)
    weights = {name: getattr(memory, name) for name in NAMES}
    assert value == pytest.approx(cross_entropy(weights, sequences), rel=1e-12)
    expected = autograd.grad(cross_entropy)(weights, sequences)
    for name in NAMES:
        np.testing.assert_allclose(gradients[name], expected[name], rtol=1e-9, atol=1e-14)


@pytest.mark.parametrize("name", NAMES)
def test_gradients_are_the_slope(name, assert_slope):
    sequences, memory = drawn(), associative.init(3, 1)
    _, gradients = associative.gradients(memory, sequences)

    def loss(value):
        return associative.gradients(Memory(**{**vars(memory), name: value}), sequences)[0]

    assert_slope(loss, getattr(memory, name), gradients[name])


def test_a_higher_temperature_spreads_the_weights():
    sequences, memory = drawn(items=8), associative.init(4, 0)
    largest = [
        associative.look(memory, sequences.items, sequences.question[:, None], t)[0]
        .weights.max(axis=-1)
        for t in (0.1, 1.0, 10.0, 1e6)
    ]  # fmt: skip
    assert (np.diff(largest, axis=0) < 0).all()
    np.testing.assert_allclose(largest[-1], 1 / 8, rtol=1e-4)


def test_training_is_the_same_every_time_and_learns():
    first, again = (associative.train(3, 4, 5, 60, 4) for _ in range(2))
    np.testing.assert_array_equal(first.losses, again.losses)
    assert first.snapshot_steps.tolist() == [0, 20, 40, 60]
    np.testing.assert_array_equal(first.snapshots["w_q"][0], associative.init(4, 3).w_q)
    assert first.losses[-10:].mean() < first.losses[:10].mean()
    assert first.parameters["w_v"].shape == (4, WIDTH)


def test_what_is_out_of_range_is_refused():
    with pytest.raises(ValueError, match="items must be between 1 and 12, got 13"):
        drawn(items=13)
    with pytest.raises(ValueError, match="size must be at least 1, got 0"):
        associative.init(0, 0)
