"""The figure shows the trace's own runs, and every colour says how a run ends."""

import numpy as np
import pytest

from vizdl.experiments import learning_rate as experiment
from vizdl.figures import learning_rate
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return learning_rate.figure(trace)


def test_balls_and_losses_are_the_traces(trace, figure):
    assert len(figure.frames) == trace.settings.steps + 1
    for k, frame in enumerate(figure.frames):
        drawn = dict(zip(frame.traces, frame.data, strict=True))
        for n in range(4):
            ball, dot = drawn[learning_rate.BALLS[n]], drawn[learning_rate.DOTS[n]]
            w, loss = trace.runs.positions[k, n, 0], trace.runs.losses[k, n]
            if abs(loss) < 1e4:
                assert [ball.x[0], ball.y[0], dot.x[0], dot.y[0]] == [w, loss, k, loss]
            trail = drawn[learning_rate.TRAILS[n]]
            assert len(trail.x) == len(trail.y) == k + 1


def test_colours_are_those_of_the_ends(trace, figure):
    sweep = figure.data[learning_rate.SWEEP]
    np.testing.assert_array_equal(sweep.x, trace.sweep_rates)
    for colour, text, outcome in zip(
        sweep.marker.color, sweep.text, trace.sweep_verdict.outcome, strict=True
    ):
        assert colour == learning_rate.COLOURS[outcome].light
        words = ("lowest", "stuck", "too slow", "restless", "diverges")
        assert words[outcome] in text
    for n, outcome in enumerate(trace.verdict.outcome):
        assert figure.data[learning_rate.BALLS[n]].marker.color == (
            learning_rate.COLOURS[outcome].light
        )
    legend = {item.name: item.marker.color for item in figure.data if item.showlegend is None}
    assert legend == {
        told: role.light
        for told, role in zip(learning_rate.OUTCOMES, learning_rate.COLOURS, strict=True)
    }


def test_a_rate_stands_as_high_as_its_steps(trace, figure):
    height = np.array(figure.data[learning_rate.SWEEP].y)
    settled = trace.sweep_verdict.settled
    np.testing.assert_array_equal(height[settled >= 0], settled[settled >= 0])
    assert (height[settled < 0] == 60).all()


@pytest.mark.parametrize(
    ("rate", "said"),
    [
        (0.6, "settles in the lowest minimum, after 7 steps"),
        (0.05, "gets stuck in the false minimum, after 9 steps"),
        (0.002, "too slow: 60 steps are not enough"),
        (1.85, "restless"),
        (2.5, "diverges"),
    ],
)
def test_sentences_say_how_it_ends(rate, said):
    trace = experiment.run(experiment.Settings(learning_rate=rate))
    figure = learning_rate.figure(trace, "dark")
    labels = figure.layout.meta["labels"]
    assert all(said in label for label in labels[:5])
    assert "not a number" not in " ".join(labels)


def test_themes_differ_in_colours_only(trace, figure):
    assert len(to_payload(figure, learning_rate.figure(trace, "dark"))) < 600_000


def test_the_bound_is_drawn_where_it_is(figure):
    bound = figure.data[learning_rate.BOUND]
    false, lowest = experiment.LIMITS[[1, 0]]
    np.testing.assert_array_equal(bound.x, [false, false, np.nan, lowest, lowest])
    assert figure.data[learning_rate.MARK].x[0] == 0.6
