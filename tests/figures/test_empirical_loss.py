"""The figure adds up the trace's own losses, student by student."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import empirical_loss as experiment
from vizdl.experiments.empirical_loss import STUDENTS
from vizdl.figures import empirical_loss as figures
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return figures.figure(trace)


def heights(frame, place):
    y = np.reshape(frame.data[place].y, (STUDENTS, 5))
    assert np.isnan(y[:, 4]).all()
    np.testing.assert_array_equal(y[:, 1], y[:, 2])
    assert not y[:, [0, 3]].any()
    return y[:, 1]


def test_a_frame_counts_one_more_student(trace, figure):
    each = trace.each[0]
    assert len(figure.frames) == STUDENTS + 1
    for k, frame in enumerate(figure.frames):
        counted = np.arange(STUDENTS) <= k
        np.testing.assert_array_equal(heights(frame, 1), np.where(counted, 0, each))
        np.testing.assert_array_equal(heights(frame, 2), np.where(counted, each, 0))
        mean = each[: k + 1].sum() / STUDENTS
        np.testing.assert_allclose(frame.data[4].y, [mean, mean], rtol=1e-14)
        ring = np.column_stack([frame.data[0].x, frame.data[0].y])
        np.testing.assert_array_equal(ring, trace.x[k : k + 1])
    assert frame.data[4].y[0] == pytest.approx(trace.mean[0], rel=1e-14)


def test_sentences_give_the_numbers(figure):
    labels = figure.layout.meta["labels"]
    assert labels[0] == (
        "Student 1 failed, and the model gave that a probability of 0.00450: "
        "the loss is −log 0.00450 = 5.40. The sum so far is 5.40."
    )
    assert labels[-1] == (
        "The 8 losses add up to 7.13. Divided by 8, that is the empirical loss: 0.892."
    )


def test_pointing_tells_the_arithmetic(trace, figure):
    for story in (figure.data[figures.STANDING].text, figure.data[figures.TOPS].hovertext):
        assert "0.9 · 11 + 0 · 0 + (−4.5) = 5.40" in story[0]
        assert "76% of all the loss" in story[0]
        passed = [f"student {k + 1} passed" in story[k] for k in range(STUDENTS)]
        assert passed == (trace.y == 1).tolist()


def test_squared_errors_are_told_as_such():
    figure = figures.figure(experiment.run(experiment.Settings(loss="squared error")))
    assert "the loss is (1 − 0.00450)² = 0.991" in figure.layout.meta["labels"][0]
    assert figure.layout.yaxis2.range[1] == figures.ROOM["squared error"]


def test_the_line_is_where_the_score_is_zero(trace):
    x = figures.figure(trace).data[1].x
    np.testing.assert_allclose(x[np.isfinite(x)], 4.5 / 0.9)


def test_themes_differ_in_colours_only(trace, figure):
    payload = to_payload(figure, figures.figure(trace, "dark"), figures.live(trace))
    assert len(payload) < 20_000
    assert style.LOSS.light in payload


@pytest.mark.parametrize(
    "changed", [{"steps": 100}, {"per_lecture": 1.5, "bias": 5}, {"seed": 3, "per_lecture": -1}]
)
def test_other_settings(changed):
    trace = experiment.run(experiment.Settings(**changed))
    figure = figures.figure(trace, "dark")
    assert figure.layout.yaxis2.range[1] >= trace.each[trace.settings.steps].max()
