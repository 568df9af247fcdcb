"""The latch task is what it says, and an LSTM learns it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import latch


@settings(max_examples=30)
@given(
    seed=st.integers(0, 10**6),
    length=st.integers(1, 25),
    batch=st.integers(1, 4),
    store=st.floats(0, 1),
    ask=st.floats(0, 1),
)
def test_the_memory_is_the_last_flagged_value(seed, length, batch, store, ask):
    drawn = latch.draw(np.random.default_rng(seed), length, batch, store, ask)
    assert drawn.inputs.shape == (length, batch, 3)
    for b in range(batch):
        kept, when = None, None
        for t in range(length):
            value, store_flag, ask_flag = drawn.inputs[t, b]
            assert -1 <= value <= 1
            if store_flag:
                kept, when = value, t
            assert drawn.memory[t, b] == kept  # never None: the first step has a flag
            assert drawn.age[t, b] == t - when
            assert drawn.targets[t, b] == (kept if ask_flag else 0)
            assert drawn.store[t, b] == bool(store_flag)
            assert drawn.ask[t, b] == bool(ask_flag)


def test_flags_come_as_often_as_asked_for():
    drawn = latch.draw(np.random.default_rng(0), 50, 2000, 0.2, 0.3)
    assert drawn.store[1:].mean() == pytest.approx(0.2, abs=0.01)
    assert drawn.ask.mean() == pytest.approx(0.3, abs=0.01)


def test_training_learns_and_gives_the_same_network_again():
    first, again = (latch.train(seed=1, cells=2, steps=120, sparsity=0.002) for _ in range(2))
    assert first.losses.shape == (120,)
    assert first.losses[-10:].mean() < 0.5 * first.losses[:10].mean()
    np.testing.assert_array_equal(first.lstm.w_x, again.lstm.w_x)
    np.testing.assert_array_equal(first.readout.w, again.readout.w)
    other = latch.train(seed=2, cells=2, steps=120, sparsity=0.002)
    assert not np.array_equal(first.lstm.w_x, other.lstm.w_x)


def test_the_price_makes_the_readout_weights_small():
    dear, free = (latch.train(seed=0, cells=4, steps=150, sparsity=p) for p in (0.02, 0.0))
    assert np.abs(dear.readout.w).sum() < 0.7 * np.abs(free.readout.w).sum()


def test_the_network_runs_over_sequences():
    network = latch.train(seed=0, cells=3, steps=2, sparsity=0)
    drawn = latch.draw(np.random.default_rng(3), 7, 5, 0.2, 0.3)
    states, predictions = network(drawn)
    assert states.h.shape == (8, 5, 3)
    expected = states.h[1:] @ network.readout.w[0] + network.readout.b
    np.testing.assert_allclose(predictions, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0, 1, 0.2, 0.3), "length must be at least 1, got 0"),
        ((5, 0, 0.2, 0.3), "batch must be at least 1, got 0"),
        ((5, 1, 1.5, 0.3), "store_rate must be at least 0 and at most 1, got 1.5"),
        ((5, 1, 0.2, -1), "ask_rate must be at least 0 and at most 1, got -1"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(ValueError, match=f"^{message}$"):
        latch.draw(np.random.default_rng(0), *arguments)


def test_bad_training_arguments_are_named():
    with pytest.raises(ValueError, match=r"^sparsity must be at least 0, got -1$"):
        latch.train(0, 2, 5, -1)
    with pytest.raises(ValueError, match=r"^steps must be at least 1, got 0$"):
        latch.train(0, 2, 0, 0)
