"""Skip-gram with negative sampling: look-up, pairs, and gradients, PyTorch's among them."""

from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import embedding
from vizdl.engines.embedding import Embedding

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "words.npz")
SIZES = st.integers(1, 6)


def problem(words, size, batch, negatives, seed):
    rng = np.random.default_rng(seed)
    model = Embedding(*rng.normal(size=(2, words, size)))
    centre, context = rng.integers(words, size=(2, batch))
    return model, centre, context, rng.integers(words, size=(batch, negatives))


def loss(weights, centre, context, negatives):
    """The same loss once more, pair by pair, for autograd."""
    total = 0.0
    for c, o, wrong in zip(centre, context, negatives, strict=True):
        v = weights["w_in"][c]
        total = total - anp.log(1 / (1 + anp.exp(-anp.dot(weights["w_out"][o], v))))
        for n in wrong:
            total = total - anp.log(1 / (1 + anp.exp(anp.dot(weights["w_out"][n], v))))
    return total / len(centre)


def test_loss_and_gradients_are_those_of_the_reference(assert_close):
    of = {name: REFERENCE[f"skip_gram_{name}"] for name in ("centre", "context", "negatives")}
    model = Embedding(REFERENCE["skip_gram_w_in"], REFERENCE["skip_gram_w_out"])
    loss, gradients = embedding.gradients(model, **of)
    assert_close(loss, REFERENCE["skip_gram_loss"])
    for name, found in gradients.items():
        assert_close(found, REFERENCE[f"skip_gram_d_{name}"])


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 6), SIZES, SIZES, SIZES, st.integers(0, 10**6))
def test_gradients_are_autograds(words, size, batch, negatives, seed):
    model, *drawn = problem(words, size, batch, negatives, seed)
    weights = {"w_in": model.w_in, "w_out": model.w_out}
    value, gradients = embedding.gradients(model, *drawn)
    assert value == pytest.approx(loss(weights, *drawn), rel=1e-10)
    expected = autograd.grad(loss)(weights, *drawn)
    for name, found in gradients.items():
        np.testing.assert_allclose(found, expected[name], rtol=1e-9, atol=1e-13)


@pytest.mark.parametrize("name", ["w_in", "w_out"])
def test_gradients_are_the_slope(name, assert_slope):
    model, *drawn = problem(5, 3, 7, 4, 1)
    _, gradients = embedding.gradients(model, *drawn)

    def value(matrix):
        return embedding.gradients(Embedding(**{**vars(model), name: matrix}), *drawn)[0]

    assert_slope(value, getattr(model, name), gradients[name])


@given(st.integers(1, 8), SIZES, st.integers(0, 10**6))
def test_one_hot_times_matrix_is_the_row(words, size, seed):
    rng = np.random.default_rng(seed)
    matrix, index = rng.normal(size=(words, size)), rng.integers(words, size=(2, 3))
    np.testing.assert_array_equal(
        embedding.one_hot(index, words) @ matrix, embedding.lookup(matrix, index)
    )


def test_pairs_are_all_words_within_the_window():
    found = embedding.pairs([[0, 1, 2], [3]], 1)
    assert found.tolist() == [[0, 1], [1, 0], [1, 2], [2, 1]]
    assert [0, 2] in embedding.pairs([[0, 1, 2]], 2).tolist()


def test_neighbours_are_the_nearest_by_angle_whatever_their_length():
    matrix = [[1, 0], [10, 1], [0, 1], [0.1, 0.9]]
    assert embedding.neighbours(matrix)[:, 0].tolist() == [1, 0, 3, 2]
    assert embedding.neighbours(matrix, 3)[0].tolist() == [1, 3, 2]
    np.testing.assert_allclose(np.diag(embedding.cosines(matrix)), 1)


def test_training_repeats_and_brings_words_of_the_same_company_together():
    sentences = [[a, b] for a in (0, 1) for b in (2, 3)] + [[a, b] for a in (4, 5) for b in (6, 7)]
    found = embedding.pairs(sentences, 1)
    first, again = (
        embedding.train(found, 8, size=3, steps=400, batch=32, seed=2, snapshots=3)
        for _ in range(2)
    )
    np.testing.assert_array_equal(first.losses, again.losses)
    near = embedding.cosines(first.parameters["w_in"])
    assert min(near[0, 1], near[2, 3], near[4, 5], near[6, 7]) > 0.95
    assert near[0, 4] < 0.7
    assert first.losses[-50:].mean() < 0.8 * first.losses[:20].mean()
    np.testing.assert_array_equal(first.snapshots["w_in"][0], embedding.init(8, 3, 2).w_in)


def test_negatives_are_drawn_by_the_smoothed_counts():
    """Of words 0 and 1, one stands four times as often: drawn 4^0.75 times as often."""
    found = np.array([[0, 1]] * 4 + [[1, 0]])
    model = embedding.train(found, 2, size=1, steps=1, batch=1, negatives=20000, seed=0)
    start = embedding.init(2, 1, 0)
    assert model.losses[0] == pytest.approx(20001 * np.log(2))  # all contexts begin at zero
    assert start.w_out.tolist() == [[0], [0]]


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: embedding.lookup(np.eye(3), 3), "index must hold indices from 0 to 2, got 3"),
        (lambda: embedding.one_hot(-1, 4), "index must hold indices from 0 to 3, got -1"),
        (lambda: embedding.pairs([[1]], 2), "sentences must hold at least one of two words"),
        (lambda: embedding.train([0, 1], 2), r"found must hold pairs, of shape \(P, 2\)"),
        (
            lambda: embedding.gradients(Embedding(np.eye(2), np.eye(2)), [0], [1], [[0], [1]]),
            r"context and negatives must have shapes \(1,\) and \(1, K\)",
        ),
    ],
)
def test_what_is_out_of_range_is_refused(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
    with pytest.raises(TypeError, match="index must hold whole numbers"):
        embedding.lookup(np.eye(2), 0.5)
