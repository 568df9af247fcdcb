"""The delayed-recall task, and that each kind of network is really trained on it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import recall

EVERY_KIND = pytest.mark.parametrize("kind", recall.CELLS)


@settings(max_examples=25)
@given(
    delay=st.integers(0, 12),
    batch=st.integers(1, 9),
    letters=st.integers(2, 6),
    seed=st.integers(0, 99),
)
def test_the_flag_stands_at_the_first_letter_which_is_the_target(delay, batch, letters, seed):
    x, target = recall.draw(np.random.default_rng(seed), delay, batch, letters)
    assert x.shape == (delay + 1, batch, letters + 1)
    np.testing.assert_array_equal(x[..., :letters].sum(axis=-1), 1)
    np.testing.assert_array_equal(x[0, :, :letters].argmax(axis=-1), target)
    assert x[0, :, letters].all()
    assert not x[1:, :, letters].any()


def test_what_comes_later_says_nothing_about_the_target():
    x, target = recall.draw(np.random.default_rng(0), 3, 4000)
    for later in x[1:, :, : recall.LETTERS].argmax(axis=-1):
        assert abs((later == target).mean() - 1 / recall.LETTERS) < 0.03


@EVERY_KIND
def test_gradients_are_the_slopes(kind):
    network = recall.init(kind, recall.INPUTS, recall.LETTERS, 3, 7, 1.0)
    x, target = recall.draw(np.random.default_rng(1), 4, 5)
    value, found, states = network.gradients(x, target)
    assert states.shape == network.states(x).shape == (6, 5, 3)
    parameters = network.parameters()
    assert set(found) == set(parameters)
    random = np.random.default_rng(2)
    for name, gradient in found.items():
        way = random.normal(size=gradient.shape)
        up, down = (
            network.with_parameters(
                {**parameters, name: parameters[name] + side * 1e-5 * way}
            ).gradients(x, target)[0]
            for side in (1, -1)
        )
        assert (up - down) / 2e-5 == pytest.approx(float(np.sum(gradient * way)), abs=1e-8)
    assert recall.CROSS_ENTROPY.value(network(x), target) == pytest.approx(value, rel=1e-12)


@EVERY_KIND
def test_training_teaches_to_recall_and_keeps_its_network(kind):
    trained = recall.train(kind, 2, 0, hidden=8)
    assert trained is recall.train(kind, 2, 0, hidden=8)
    assert recall.accuracy(kind, 2, 0, hidden=8) > 0.95
    untrained = recall.train(kind, 2, 0, hidden=8, steps=0)
    x, target = recall.draw(np.random.default_rng(5), 2, 500)
    assert untrained.accuracy(x, target) < 0.6
    assert len(trained.losses) == len(trained.gradient_norms) == 200
    assert trained.losses[-20:].mean() < 0.2 * trained.losses[:20].mean()


def test_a_seed_gives_the_same_network_again():
    first = recall.train("rnn", 1, 3, hidden=4, steps=5)
    recall.train.cache_clear()
    again = recall.train("rnn", 1, 3, hidden=4, steps=5)
    assert again is not first
    for name, value in first.parameters().items():
        np.testing.assert_array_equal(value, again.parameters()[name])


def test_other_tasks_that_ask_at_the_end_can_be_learned():
    """Name the last letter, whatever came before: no memory needed."""

    def last(rng, batch):
        x, _ = recall.draw(rng, 3, batch)
        return x, x[-1, :, : recall.LETTERS].argmax(axis=-1)

    start = recall.init("gru", recall.INPUTS, recall.LETTERS, 8, 0, 1.0)
    trained = recall.learn(start, last, 100, np.random.default_rng(0))
    assert trained.accuracy(*last(np.random.default_rng(1), 200)) > 0.95


def test_refuses_what_it_does_not_know():
    with pytest.raises(ValueError, match="kind must be one of rnn, lstm, gru, got 'mamba'"):
        recall.init("mamba", 5, 4, 8, 0, 1.0)
    with pytest.raises(ValueError, match="delay must be at least 0, got -1"):
        recall.draw(np.random.default_rng(0), -1, 3)
