"""Linear collapse: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import network
from vizdl.experiments import linear_collapse as experiment
from vizdl.experiments.linear_collapse import SCAN, STEPS, Settings, collapsed, facts, run
from vizdl.gallery import maths


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5), st.integers(2, 64), st.integers(0, 9))
def test_any_linear_network_is_its_product(depth, width, seed):
    model = experiment.start("identity", depth, width, seed)
    biases = tuple(np.sin(np.arange(1.0, len(b) + 1)) for b in model.biases)
    model = network.MLP(model.weights, biases, model.activations)
    x = np.random.default_rng(seed).normal(size=(20, 2))
    a, b, c = collapsed(model)
    output = network.forward(model, x).output[:, 0]
    np.testing.assert_allclose(x @ [a, b] + c, output, rtol=1e-12, atol=1e-12)


def test_a_bent_network_is_not_its_product():
    model = experiment.start("relu", 3, 8, 0)
    x = np.random.default_rng(0).normal(size=(20, 2))
    a, b, c = collapsed(model)
    assert np.abs(network.forward(model, x).output[:, 0] - (x @ [a, b] + c)).max() > 0.1


def test_the_product_is_built_from_the_right(trace):
    assert [w.shape for w in trace.weights] == [(8, 2), (8, 8), (8, 8), (8, 8), (1, 8)]
    np.testing.assert_array_equal(trace.products[0], trace.weights[0])
    np.testing.assert_allclose(trace.products[-1][0], trace.lines[-1, :2], rtol=1e-12)


def test_the_facts_would_fail(trace):
    scan = trace.scan
    wrong = dataclasses.replace(scan, errors=scan.errors + 1e-9)
    assert not facts(dataclasses.replace(trace, scan=wrong))["product"].holds
    better = dataclasses.replace(scan, right=scan.right + 1)
    assert not facts(dataclasses.replace(trace, scan=better))["linear_right"].holds
    turned = dataclasses.replace(scan, lines=scan.lines * np.array([1, 1, 1]) + [0, 0.1, 0])
    turned.lines[0] = scan.lines[0]
    assert not facts(dataclasses.replace(trace, scan=turned))["turn"].holds
    one_wrong = dataclasses.replace(trace, bent_right=trace.bent_right - 1)
    assert not facts(one_wrong)["bent_right"].holds


def test_one_layer_can_not_be_bent():
    found = facts(run(Settings(depth=1, activation="relu")))
    assert not found["bent_right"].holds


def test_the_sizes_differ_and_their_lines_do_not(trace):
    scan = trace.scan
    assert len(scan.right) == len(SCAN)
    assert scan.parameters.min() == 3
    assert scan.parameters.max() == 2 * 64 + 3 * 64 * 64 + 64 + 4 * 64 + 1
    np.testing.assert_allclose(
        scan.lines, np.broadcast_to(scan.lines[0], scan.lines.shape), rtol=0.01
    )


def test_four_equal_clouds_teach_a_line_nothing():
    """Why one corner has fewer points: what the docstring and the page say."""
    from vizdl import data

    given = data.xor(experiment.GIVEN, noise=experiment.NOISE)
    model = network.train(
        experiment.start("identity", 1, 2, 0),
        given.x,
        given.y[:, None],
        loss=experiment.LOSS,
        learning_rate=0.02,
        epochs=STEPS,
    ).model
    output = network.forward(model, given.x).output[:, 0]
    assert np.abs(output).max() < 0.2
    assert abs(((output > 0) == given.y).mean() - 0.5) < 0.03


def test_training_is_counted_from_the_start(trace):
    assert len(trace.losses) == len(trace.right) == STEPS + 1
    assert (trace.moments[0], trace.moments[-1]) == (0, STEPS)
    assert trace.right.max() <= trace.best.right


@pytest.mark.parametrize("name", experiment.EQUATIONS)
def test_equations_can_be_set(name):
    assert maths.typeset(experiment.EQUATIONS[name]).block()
