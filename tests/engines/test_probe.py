"""Probes find the least squares that they promise; scatter is what its definition says."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge

from vizdl.engines import probe


def made(seed, count=40, size=5, classes=3):
    random = np.random.default_rng(seed)
    y = np.arange(count) % classes
    return random.normal(size=(classes, size))[y] + random.normal(size=(count, size)), y


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), size=st.integers(1, 8), penalty=st.floats(1e-3, 10))
def test_a_probe_is_the_ridge_regression_of_scikit_learn(seed, size, penalty, assert_close):
    h, y = made(seed, size=size)
    found = probe.fit(h, y, 3, penalty)
    f = (h - found.centre) / found.scale
    expected = Ridge(alpha=penalty * len(h)).fit(f, np.eye(3)[y])
    assert_close(found.w, expected.coef_, rtol=1e-8)
    assert_close(found.scores(h), expected.predict(f), rtol=1e-8)
    assert (f**2).sum(axis=1).mean() == pytest.approx(1)


def test_no_other_weights_cost_less():
    h, y = made(1)
    found, random = probe.fit(h, y, 3, 0.03), np.random.default_rng(0)

    def cost(w, b):
        missed = (h - found.centre) / found.scale @ w.T + b - np.eye(3)[y]
        return (missed**2).sum(axis=1).mean() + 0.03 * (w**2).sum()

    least = cost(found.w, found.b)
    for _ in range(50):
        step = 1e-3 * random.normal(size=found.w.shape), 1e-3 * random.normal(size=3)
        assert cost(found.w + step[0], found.b + step[1]) > least


def test_the_size_of_the_features_does_not_matter():
    h, y = made(2)
    plain, scaled = (probe.fit(k * h + k, y, 3) for k in (1, 100))
    np.testing.assert_allclose(plain.scores(h + 1), scaled.scores(100 * h + 100), atol=1e-12)


def test_few_labels_are_the_same_for_any_features_and_not_judged_on_themselves():
    h, y = made(3, count=60)
    options = {"each": 4, "draws": 6, "seed": 5}
    first = probe.with_few_labels(h, y, 3, **options)
    assert first.shape == (6,)
    np.testing.assert_array_equal(first, probe.with_few_labels(7 * h, y, 3, **options))
    # The label is in the features: what is told does for all the others.
    assert (probe.with_few_labels(np.eye(3)[y], y, 3, **options) == 1).all()
    # The features know nothing of the label: the probe guesses, though it fits what it is told.
    noise = np.random.default_rng(0).normal(size=(600, 100))
    guessed = probe.with_few_labels(noise, np.arange(600) % 3, 3, **options)
    assert guessed.mean() == pytest.approx(1 / 3, abs=0.05)


@settings(max_examples=25)
@given(seed=st.integers(0, 1000), size=st.integers(1, 6))
def test_scatter_adds_up_and_separation_is_its_ratio(seed, size):
    h, y = made(seed, size=size)
    total = ((h - h.mean(axis=0)) ** 2).sum(axis=0)
    within = sum(((h[y == c] - h[y == c].mean(axis=0)) ** 2).sum(axis=0) for c in range(3))
    np.testing.assert_allclose(probe.explained(h, y), 1 - within / total)
    ratio = (total.sum() - within.sum()) / within.sum()
    assert probe.separation(h, y) == pytest.approx(ratio)
    turned = h @ np.linalg.qr(np.random.default_rng(seed).normal(size=(size, size)))[0]
    assert probe.separation(3 * turned + 1, y) == pytest.approx(ratio)


def test_classes_without_any_width_are_infinitely_far_apart():
    y = np.arange(6) % 3
    assert probe.separation(np.eye(3)[y], y) == np.inf
    constant = np.column_stack([y, np.ones(6)])
    np.testing.assert_array_equal(probe.explained(constant, y), [1, np.nan])


def test_the_plane_is_that_of_the_first_two_principal_components():
    h, _ = made(4)
    found, expected = probe.project(h), PCA(2).fit(h)
    signs = np.sign((found.axes * expected.components_).sum(axis=1, keepdims=True))
    np.testing.assert_allclose(found.axes, signs * expected.components_, atol=1e-10)
    np.testing.assert_allclose(found.of(h), signs.T * expected.transform(h), atol=1e-10)
    assert (found.axes.max(axis=1) == np.abs(found.axes).max(axis=1)).all()


H, Y = np.arange(12.0).reshape(6, 2), np.arange(6) % 3


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: probe.fit(H, Y[:5], 3), r"labels must have shape \(6,\), got \(5,\)"),
        (lambda: probe.fit(H, Y + 0.5, 3), "labels must be whole numbers from 0 to 2, got 0.5"),
        (lambda: probe.fit(H, Y, 2), "labels must be whole numbers from 0 to 1, got 2"),
        (lambda: probe.fit(H, Y, 3, 0), "penalty must be above 0, got 0"),
        (lambda: probe.fit(0 * H, Y, 3), "features must differ from each other"),
        (
            lambda: probe.with_few_labels(H, Y, 3, each=2, draws=1, seed=0),
            "each must be between 1 and 1, got 2",
        ),
        (lambda: probe.separation(H, Y - 1), "labels must be whole numbers from 0 on, got -1"),
        (lambda: probe.project(H[:, :1]), "features must have at least 2 numbers each, got 1"),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
