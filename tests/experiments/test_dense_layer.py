"""A dense layer: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest

from vizdl import data
from vizdl.engines import activations, network
from vizdl.experiments import dense_layer as experiment
from vizdl.experiments.base import SettingsError
from vizdl.experiments.dense_layer import BATCH, NAMES, Settings, facts, run


@pytest.mark.parametrize("activation", NAMES)
def test_every_fact_holds_for_every_activation(activation):
    found = facts(run(Settings(activation=activation, example=5)))
    assert [fact.name for fact in found.values() if not fact.holds] == []
    assert found["connections"].text == "18 of 18 pairs"


def test_the_inputs_are_the_ink_of_the_quarters(trace):
    quarters = [trace.picture[r : r + 4, c : c + 4].mean() for r in (0, 4) for c in (0, 4)]
    np.testing.assert_allclose(trace.first.inputs, quarters)
    assert 0 < trace.first.inputs.min() < trace.first.inputs.max() < 1


def test_the_layers_are_the_networks(trace):
    model = experiment.trained("tanh", 1)
    through = network.forward(model, trace.first.batch)
    for layer, one in enumerate((trace.first, trace.second)):
        np.testing.assert_array_equal(one.weights, model.weights[layer])
        np.testing.assert_array_equal(one.batch_sums, through.pre[layer])
        np.testing.assert_allclose(one.products.sum(axis=1) + one.bias, one.sums, atol=1e-14)
        np.testing.assert_array_equal(one.batch_outputs, through.post[layer + 1])
    np.testing.assert_array_equal(trace.first.outputs, np.tanh(trace.first.sums))
    np.testing.assert_array_equal(trace.second.outputs, activations.sigmoid(trace.second.sums))
    np.testing.assert_array_equal(trace.second.inputs, trace.first.outputs)


def test_a_layer_that_is_no_perceptron_or_another_matrix_fails_the_facts(trace):
    def changed(**parts):
        return facts(dataclasses.replace(trace, first=dataclasses.replace(trace.first, **parts)))

    first = trace.first
    assert not changed(one_by_one=first.one_by_one + 1e-9)["perceptron_error"].holds
    assert not changed(batch_sums=first.batch_sums[::-1])["batch_error"].holds
    transposed = np.roll(first.slopes, 1, axis=0)
    assert not changed(slopes=transposed)["cell_error"].holds
    sparse = first.slopes * (np.arange(4) > 0)  # an input that reaches nobody
    assert changed(slopes=sparse)["connections"].value == 15
    assert not changed(slopes=sparse)["connections"].holds


def test_it_is_measured_on_pictures_never_seen(trace):
    seen, fresh = experiment.pictures()
    both = {tuple(row) for row in seen.x} & {tuple(row) for row in fresh.x}
    assert not both
    assert trace.fresh == len(fresh)
    assert len(seen) == experiment.TRAINED_ON
    assert set(fresh.y) == {6.0, 9.0}
    assert len(seen) + len(fresh) == np.isin(data.digits().y, (6, 9)).sum()
    said = network.forward(experiment.trained("tanh", 1), experiment.quarters(fresh.x)).output
    assert trace.right == (np.array([6, 9])[said.argmax(axis=1)] == fresh.y).mean() > 0.95


def test_what_the_page_says_of_other_pictures_is_so(trace):
    nine = run(Settings(example=4))
    assert (trace.label, nine.label) == (6, 9)
    assert (np.sign(nine.first.outputs) == -np.sign(trace.first.outputs)).all()
    assert trace.second.outputs.argmax() == 0
    assert nine.second.outputs.argmax() == 1
    np.testing.assert_array_equal(nine.first.weights, trace.first.weights)
    assert (run(Settings(activation="relu", seed=0)).first.batch_outputs == 0).any()
    assert not np.allclose(run(Settings(seed=2)).first.weights, trace.first.weights, atol=0.5)


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"example": BATCH + 1}, "example must be a whole number from 1 to 12, got 13"),
        ({"activation": "identity"}, "activation must be one of tanh, sigmoid, relu"),
        ({"seed": -1}, "seed must be a whole number from 0 to 3, got -1"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
