"""Dropout: what is left out has no part in it, and what is left stands for all in expectation."""

from pathlib import Path

import autograd.numpy as anp
import numpy as np
import pytest
from autograd import grad
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import activations, dropout, losses, network

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "regularization.npz")
X = np.random.default_rng(1).normal(size=(7, 3))
Y = np.random.default_rng(2).integers(0, 2, (7, 1)).astype(float)
LOSS = "binary_cross_entropy"
shares = st.floats(0, 0.9)


def model_of(activation="tanh", seed=0):
    made = network.init((3, 5, 4, 1), activation, seed)
    biases = tuple(0.1 * np.arange(1.0, len(b) + 1) for b in made.biases)
    return network.MLP(made.weights, biases, made.activations)


def masks_of(p, seed=0, batch=7):
    return dropout.draw(model_of(), p, batch, np.random.default_rng(seed))


def loss_of(parameters, masks, p, activation):
    """The same, written for autograd without the engine."""
    (w1, w2, w3), (b1, b2, b3) = parameters
    g = activations.get(activation).value
    h = g(anp.dot(X, w1.T) + b1) * masks[0] / (1 - p)
    h = g(anp.dot(h, w2.T) + b2) * masks[1] / (1 - p)
    z = anp.dot(h, w3.T) + b3
    return anp.mean(anp.sum(Y * anp.logaddexp(0, -z) + (1 - Y) * anp.logaddexp(0, z), axis=-1))


@settings(max_examples=25, deadline=None)
@given(shares, st.integers(0, 99), st.sampled_from(["tanh", "relu", "sigmoid", "gelu"]))
def test_gradients_are_autograds(p, seed, activation):
    model, masks = model_of(activation, seed), masks_of(p, seed)
    trace = dropout.forward(model, X, masks, p)
    found = dropout.backward(model, trace, masks, p, Y, LOSS)
    expected = grad(loss_of)((model.weights, model.biases), masks, p, activation)
    for ours, theirs in zip((found.weights, found.biases), expected, strict=True):
        for one, other in zip(ours, theirs, strict=True):
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-13)


def test_values_and_gradients_are_pytorchs():
    model = network.MLP(
        tuple(REFERENCE[f"w{k}"] for k in range(3)),
        tuple(REFERENCE[f"b{k}"] for k in range(3)),
        ("tanh", "tanh", "identity"),
    )
    masks, p = (REFERENCE["mask0"], REFERENCE["mask1"]), float(REFERENCE["p"])
    assert 0 < np.mean(masks[0]) < 1
    trace = dropout.forward(model, REFERENCE["x"], masks, p)
    np.testing.assert_allclose(trace.output, REFERENCE["logit"], rtol=1e-10)
    assert losses.get(LOSS).value(trace.output, REFERENCE["y"]) == pytest.approx(
        float(REFERENCE["loss"]), rel=1e-10
    )
    found = dropout.backward(model, trace, masks, p, REFERENCE["y"], LOSS)
    for k in range(3):
        np.testing.assert_allclose(found.weights[k], REFERENCE[f"d_w{k}"], rtol=1e-10, atol=1e-16)
        np.testing.assert_allclose(found.biases[k], REFERENCE[f"d_b{k}"], rtol=1e-10, atol=1e-16)


def test_gradients_are_finite_differences():
    p, masks, model = 0.4, masks_of(0.4), model_of()
    trace = dropout.forward(model, X, masks, p)
    found = dropout.backward(model, trace, masks, p, Y, LOSS).weights[0]
    step = 1e-6
    for index in np.ndindex(found.shape):
        values = []
        for sign in (1, -1):
            weights = [w.copy() for w in model.weights]
            weights[0][index] += sign * step
            moved = network.MLP(tuple(weights), model.biases, model.activations)
            output = dropout.forward(moved, X, masks, p).output
            values.append(losses.get(LOSS).value(output, Y))
        slope = (values[0] - values[1]) / (2 * step)
        assert found[index] == pytest.approx(slope, abs=1e-8)


@given(shares, st.integers(0, 99))
def test_what_is_left_out_has_no_part_in_it(p, seed):
    model, masks = model_of(), masks_of(p, seed)
    trace = dropout.forward(model, X, masks, p)
    slopes = dropout.backward(model, trace, masks, p, Y, LOSS)
    for layer, mask in enumerate(masks):
        gone = mask == 0
        assert (trace.post[layer + 1][gone] == 0).all()
        assert (slopes.pre[layer][gone] == 0).all()
        kept = activations.get("tanh").value(trace.pre[layer][~gone])
        np.testing.assert_allclose(trace.post[layer + 1][~gone], kept / (1 - p), rtol=1e-12)


def test_without_dropout_it_is_the_network():
    model = model_of()
    everyone = [np.ones((1, 5)), np.ones((1, 4))]
    trace = dropout.forward(model, X, everyone, 0)
    for ours, theirs in zip(trace.post, network.forward(model, X).post, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    options = {"loss": LOSS, "learning_rate": 0.05}
    ours = dropout.train(model, X, Y, p=0, steps=30, **options)
    theirs = network.train(model, X, Y, epochs=30, **options)
    np.testing.assert_array_equal(ours.losses, theirs.losses)
    for one, other in zip(ours.model.weights, theirs.model.weights, strict=True):
        np.testing.assert_array_equal(one, other)


def test_the_mean_over_masks_is_what_the_whole_layer_passes_on():
    """Within five standard errors of the mean, for every unit of the first layer."""
    p, count = 0.3, 4000
    model = model_of()
    rng = np.random.default_rng(5)
    passed = []
    for _ in range(count):
        masks = dropout.draw(model, p, 1, rng)
        passed.append(dropout.forward(model, X, masks, p).post[1])
    whole = network.forward(model, X).post[1]
    error = np.abs(whole) * np.sqrt(p / (1 - p) / count)
    assert (np.abs(np.mean(passed, axis=0) - whole) <= 5 * error).all()


@given(shares, st.integers(0, 999))
def test_masks_leave_out_the_share_they_should(p, seed):
    masks = dropout.draw(model_of(), p, 500, np.random.default_rng(seed))
    assert [mask.shape for mask in masks] == [(500, 5), (500, 4)]
    for mask in masks:
        assert set(np.unique(mask)) <= {0.0, 1.0}
        assert abs(1 - mask.mean() - p) < 5 * np.sqrt(0.25 / mask.size)


def test_training_keeps_its_masks_and_is_the_same_again():
    first, again = (
        dropout.train(model_of("relu"), X, Y, p=0.5, loss=LOSS, steps=40, seed=3) for _ in range(2)
    )
    assert [mask.shape for mask in first.masks] == [(40, 7, 5), (40, 7, 4)]
    assert not (first.masks[0][0] == first.masks[0][1]).all()
    np.testing.assert_array_equal(first.masks[0], again.masks[0])
    np.testing.assert_array_equal(first.losses, again.losses)
    output = dropout.forward(model_of("relu"), X, [m[0] for m in first.masks], 0.5).output
    assert first.losses[0] == losses.get(LOSS).value(output, Y)


@pytest.mark.parametrize(("layer", "unit"), [(0, 2), (1, 0)])
def test_a_network_without_a_unit_is_one_whose_unit_is_masked(layer, unit):
    model = model_of()
    masks = [np.ones((1, 5)), np.ones((1, 4))]
    masks[layer][0, unit] = 0
    left = network.forward(dropout.without(model, layer, unit), X).output
    np.testing.assert_allclose(left, dropout.forward(model, X, masks, 0).output, rtol=1e-12)
    assert model.weights[layer + 1][0, unit] != 0  # the model itself is left alone


def test_a_run_that_diverges_says_so():
    with np.errstate(all="ignore"):
        run = dropout.train(
            model_of("relu"), X, Y, p=0.2, loss="squared_error", optimizer="sgd",
            learning_rate=1e6, steps=50,
        )  # fmt: skip
    assert run.diverged is not None
    assert len(run.losses) == run.diverged


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: masks_of(1.0), "p must be at least 0 and below 1, got 1"),
        (
            lambda: dropout.forward(model_of(), X, [np.ones((1, 5))], 0.5),
            "masks must hold one for each of 2 hidden layers, got 1",
        ),
        (
            lambda: dropout.forward(model_of(), X, [np.ones((3, 5)), np.ones((1, 4))], 0.5),
            r"masks\[0\] must have 1 row or 7, one for each sample, got 3",
        ),
        (lambda: dropout.without(model_of(), 0, 5), "unit must be between 0 and 4, got 5"),
        (lambda: dropout.without(model_of(), 2, 0), "layer must be between 0 and 1, got 2"),
    ],
)
def test_refuses(call, message):
    with pytest.raises(ValueError, match=message):
        call()
