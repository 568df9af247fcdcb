"""The figure shows the trace's own curves, crossings and losses, step by step."""

import numpy as np
import pytest

from vizdl.experiments import bias_shift as experiment
from vizdl.figures import bias_shift
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return bias_shift.figure(trace)


def shown(figure, step, index):
    frame = figure.frames[step]
    return frame.data[frame.traces.index(index)]


def test_one_frame_a_step_and_one_sentence_each(figure):
    labels = figure.layout.meta["labels"]
    assert len(figure.frames) == len(labels) == experiment.STEPS + 1
    assert labels[0] == (
        "Before learning: w = 2.00, b = 0.00. The curve crosses at −b/w = 0.00, "
        "without a bias at 0."
    )
    assert labels[-1].startswith("Step 120: w = 1.40, b = −2.31, so it crosses at 1.65.")


@pytest.mark.parametrize("step", [0, 30, 120])
def test_curves_and_marks_are_the_traces(trace, figure, step):
    for index, k in ((bias_shift.WITH, 0), (bias_shift.WITHOUT, 1)):
        np.testing.assert_array_equal(shown(figure, step, index).y, trace.curves[step, k])
    crossing = trace.crossings[step, 0]
    assert shown(figure, step, bias_shift.MARK).x[0] == crossing
    assert list(shown(figure, step, bias_shift.UPRIGHT).x) == [crossing, crossing]
    curve = shown(figure, step, bias_shift.WITH).y
    mark = figure.data[bias_shift.MARK]
    assert np.interp(crossing, experiment.X, curve) == pytest.approx(mark.y[0], abs=1e-3)


@pytest.mark.parametrize("step", [0, 30, 120])
def test_what_was_found_lies_on_the_line_of_the_formula(trace, figure, step):
    found = np.array(shown(figure, step, bias_shift.FAMILY).y, dtype=float)
    line = np.array(shown(figure, step, bias_shift.FORMULA).y, dtype=float)
    np.testing.assert_array_equal(found, trace.found[step])
    seen = np.isfinite(found)
    assert seen.sum() > 10
    np.testing.assert_allclose(found[seen], line[seen], atol=1e-9)
    dot = shown(figure, step, bias_shift.PRESENT)
    assert dot.y[0] == pytest.approx(np.interp(dot.x[0], experiment.BIASES, line))


def test_students_stand_at_their_hours(trace, figure):
    for k in (0, 1):
        np.testing.assert_array_equal(figure.data[k].x, trace.hours[trace.passed == k])
        assert set(figure.data[k].y) == {float(k)}


@pytest.mark.parametrize(
    "changed", [{"weight": 0, "bias": -6}, {"activation": "relu", "weight": 4}]
)
def test_other_settings(changed):
    trace = experiment.run(experiment.Settings(**changed))
    figure = bias_shift.figure(trace, "dark")
    assert figure.layout.yaxis3.range[1] >= trace.losses[0].max()
    if not trace.settings.weight:
        assert "crosses nowhere" in figure.layout.meta["labels"][0]


def test_themes_differ_in_colours_only(trace, figure):
    dark = bias_shift.figure(trace, "dark")
    assert len(to_payload(figure, dark, bias_shift.live(trace))) < 30_000
