"""The figure shows the trace's own three steps, one after the other."""

import numpy as np
import pytest

from vizdl.experiments import perceptron as experiment
from vizdl.figures import perceptron
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return perceptron.figure(trace)


def shown(figure, step, name):
    """A trace as the frame of that step shows it."""
    frame = figure.frames[step]
    return next(
        data
        for index, data in zip(frame.traces, frame.data, strict=True)
        if figure.data[index].name == name
    )


def test_one_frame_a_step_and_one_sentence_each(figure):
    labels = figure.layout.meta["labels"]
    assert len(figure.frames) == len(labels) == experiment.STEPS + 1
    assert labels[1] == "Step 1, weigh: w₁x₁ = 1.20 · 2.00 = 2.40."
    assert labels[3] == "Step 1, weigh and add: w₁x₁ + w₂x₂ = 2.40 + (−0.80) = 1.60."
    assert labels[4] == "Step 2, add the bias: 1.60 + (−0.50) = 1.10."
    assert labels[5] == "Step 3, apply the activation: sigmoid(1.10) = 0.750."
    assert figure.layout.meta["start"] == experiment.STEPS


def test_each_bar_begins_where_the_last_one_ended(trace, figure):
    ends = 0.0
    for row, term in zip(perceptron.ROWS[:3], [*trace.products, -0.5], strict=True):
        bar = shown(figure, 5, row)
        assert bar.x[0] == pytest.approx(ends)
        ends = bar.x[1]
        assert ends - bar.x[0] == pytest.approx(term)
    assert list(shown(figure, 5, "sum").x) == [0, trace.sums[-1]]
    assert ends == trace.sums[-1]
    assert shown(figure, 5, "numbers").text == ("2.40", "−0.80", "−0.50", "1.10")


@pytest.mark.parametrize("step", range(6))
def test_what_is_not_known_yet_is_not_drawn(trace, figure, step):
    for row, name in enumerate(perceptron.ROWS[:3]):
        assert np.isfinite(np.array(shown(figure, step, name).x, dtype=float)).all() == (
            step >= (1, 2, 4)[row]
        )
    so_far = np.array(shown(figure, step, "sum").x, dtype=float)
    assert np.isnan(so_far[1]) if step < 3 else so_far[1] == trace.sums[2 if step == 3 else 3]
    seen = shown(figure, step, "output").x[0] >= figure.layout.xaxis2.range[0]
    assert seen == (step == 5)
    assert shown(figure, step, "said").text == ("0.750" if seen else "",)


def test_the_dot_stands_on_the_curve_below_the_tip_of_the_bars(trace, figure):
    dot, (curve,) = shown(figure, 5, "output"), [d for d in figure.data if d.name == "activation"]
    assert (dot.x[0], dot.y[0]) == (trace.sums[-1], trace.output)
    assert np.interp(dot.x[0], curve.x, curve.y) == pytest.approx(dot.y[0], abs=1e-4)


def test_the_line_and_the_weights_stand_square_and_the_field_changes_there(trace, figure):
    line, weights = figure.data[perceptron.LINE], figure.data[perceptron.WEIGHTS]
    along, across = (np.array([np.ptp(d.x), np.ptp(d.y)]) for d in (line, weights))
    np.testing.assert_allclose(across, np.abs(trace.weights))
    ends = np.column_stack([line.x, line.y])
    np.testing.assert_allclose(ends @ trace.weights + trace.settings.bias, 0, atol=1e-12)
    assert along.min() > 6  # it crosses the whole plane
    field = np.array(figure.data[perceptron.FIELD].z)
    off = np.abs(trace.plane_sums) > 1e-9
    np.testing.assert_array_equal(field[off] > 0, trace.plane_sums[off] > 0)


@pytest.mark.parametrize(
    "changed", [{"w1": 0, "w2": 0}, {"activation": "relu", "bias": 3}, {"x1": -3, "x2": 3}]
)
def test_other_settings_keep_everything_in_sight(changed):
    trace = experiment.run(experiment.Settings(**changed))
    figure = perceptron.figure(trace, "dark")
    low, high = figure.layout.xaxis2.range
    assert low < trace.sums.min() <= trace.sums.max() < high
    low, high = figure.layout.yaxis3.range
    assert low < trace.output < high


def test_themes_differ_in_colours_only(trace, figure):
    dark = perceptron.figure(trace, "dark")
    assert len(to_payload(figure, dark, perceptron.live(trace))) < 30_000
