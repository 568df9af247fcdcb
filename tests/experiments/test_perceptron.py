"""The perceptron: each claim would fail if it were false, and holds where it should."""

import dataclasses

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.experiments.base import SettingsError
from vizdl.experiments.perceptron import CURVE, NAMES, SPAN, Settings, facts, run


def tenths(low, high):
    return st.integers(10 * low, 10 * high).map(lambda k: k / 10)


SETTINGS = st.builds(
    Settings,
    x1=tenths(-3, 3),
    x2=tenths(-3, 3),
    w1=tenths(-2, 2),
    w2=tenths(-2, 2),
    bias=tenths(-3, 3),
    activation=st.sampled_from(NAMES),
)


def test_the_three_steps_are_the_arithmetic(trace):
    one = trace.settings
    assert trace.products.tolist() == [one.w1 * one.x1, one.w2 * one.x2]
    assert trace.sums[0] == 0
    np.testing.assert_allclose(np.diff(trace.sums), [*trace.products, one.bias], atol=1e-15)
    assert trace.output == pytest.approx(1 / (1 + np.exp(-trace.sums[-1])), abs=1e-15)


@given(SETTINGS)
def test_the_split_lies_where_the_sum_is_zero_for_any_settings(settings):
    trace = run(settings)
    found = facts(trace)
    assert found["steps_error"].holds
    corners = trace.plane_sums[[0, 0, -1, -1], [0, -1, 0, -1]]
    if corners.min() < -1e-3 and corners.max() > 1e-3:
        assert len(trace.crossings) > 10
        assert found["line_error"].holds
        assert abs(found["angle"].value - 90) < 1e-3  # a short piece in a corner is less exact
    elif corners.min() > 1e-3 or corners.max() < -1e-3:
        assert len(trace.crossings) == 0
        assert not found["line_error"].holds  # there is nothing to measure
    assert found["bend"].holds is (settings.activation != "identity" and found["bend"].value > 0.01)


@pytest.mark.parametrize("activation", NAMES)
def test_only_the_identity_is_a_straight_plane(activation):
    fact = facts(run(Settings(activation=activation)))["bend"]
    assert fact.holds == (activation != "identity")


def test_another_line_or_output_would_fail_the_facts(trace):
    moved = dataclasses.replace(trace, crossings=trace.crossings + np.array([1e-6, 0]))
    assert not facts(moved)["line_error"].holds
    turned = dataclasses.replace(trace, crossings=trace.crossings @ [[1, 1e-4], [-1e-4, 1]])
    assert not facts(turned)["angle"].holds
    wrong = dataclasses.replace(trace, plane_outputs=trace.plane_outputs + 1e-9)
    assert not facts(wrong)["steps_error"].holds


def test_on_either_side_of_the_line_the_output_lies_on_either_side_of_the_middle(trace):
    above = trace.plane_outputs > trace.middle
    off = np.abs(trace.plane_sums) > 1e-9
    np.testing.assert_array_equal(above[off], trace.plane_sums[off] > 0)
    assert 0.1 < above.mean() < 0.9
    assert np.abs(trace.crossings).max() <= SPAN[1]


def test_what_the_page_says_of_other_settings_is_so(trace):
    larger = run(Settings(w1=1.8, w2=-1.2, bias=-0.75))
    np.testing.assert_allclose(larger.crossings, trace.crossings, atol=1e-9)  # the line stays
    assert np.abs(larger.tint).mean() > 1.1 * np.abs(trace.tint).mean()  # surer on either side
    upright = run(Settings(w2=0)).crossings
    assert np.ptp(upright[:, 0]) < 1e-9
    convinced = run(Settings(bias=3))
    assert (convinced.plane_outputs > 0.5).mean() > (trace.plane_outputs > 0.5).mean() + 0.2
    assert (run(Settings(activation="relu")).plane_outputs == 0).mean() > 0.4


def test_without_weights_there_is_no_line():
    trace = run(Settings(w1=0, w2=0))
    assert len(trace.crossings) == 0
    assert np.isnan(facts(trace)["angle"].value)


def test_no_sum_lies_beyond_the_curve():
    most = run(Settings(x1=3, x2=-3, w1=2, w2=-2, bias=3))
    assert np.abs(most.sums).max() <= CURVE[-1]


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"activation": "step"}, "activation must be one of sigmoid, tanh, relu, identity"),
        ({"w1": 2.5}, "w1 must be a number from -2 to 2, got 2.5"),
        ({"x3": 1}, "unknown setting 'x3'"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
