"""The figure shows the trace's own walks, rates and scores."""

import numpy as np
import pytest

from vizdl.experiments import adaptive_rates as experiment
from vizdl.figures import adaptive_rates
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return adaptive_rates.figure(trace)


def test_walks_rates_and_losses_are_the_traces(trace, figure):
    assert len(figure.frames) == len(adaptive_rates.MOMENTS)
    for step, frame in zip(adaptive_rates.MOMENTS, figure.frames, strict=True):
        drawn = dict(zip(frame.traces, frame.data, strict=True))
        for k in range(7):
            trail = drawn[adaptive_rates.TRAILS[k]]
            way = np.column_stack([trail.x, trail.y])
            np.testing.assert_array_equal(way, trace.positions[: step + 1, k])
        balls = drawn[adaptive_rates.BALLS]
        np.testing.assert_array_equal(np.column_stack([balls.x, balls.y]), trace.positions[step])
        rates = [drawn[adaptive_rates.FIRST].x, drawn[adaptive_rates.SECONDS].x]
        np.testing.assert_array_equal(np.transpose(rates), trace.rates[step])
        assert (np.array(drawn[adaptive_rates.DOTS].x) == step).all()


def test_each_optimizer_has_its_colour_and_its_score(trace, figure):
    for k, role in enumerate(experiment.COLOURS):
        for index in (adaptive_rates.TRAILS[k], adaptive_rates.LOSSES[k]):
            assert figure.data[index].line.color == role.light
        assert figure.data[adaptive_rates.BALLS].marker.color[k] == role.light
        assert figure.data[adaptive_rates.SCORE].text[k] == f"{trace.reached[k]} steps"
    legend = [item.name for item in figure.data if item.name in experiment.TITLES]
    assert legend[:7] == list(experiment.TITLES)


def test_who_does_not_arrive_has_no_score():
    trace = experiment.run(experiment.Settings(landscape="tilted_ravine"))
    texts = adaptive_rates.figure(trace).data[adaptive_rates.SCORE].text
    assert texts[4] == "not in 150"


def test_one_may_be_watched(trace):
    trace = experiment.run(experiment.Settings(watched="adam"))
    figure = adaptive_rates.figure(trace, "dark")
    opacities = [figure.data[k].opacity for k in adaptive_rates.TRAILS]
    assert opacities == [adaptive_rates.FAINT] * 6 + [0.85]
    labels = figure.layout.meta["labels"]
    assert all("Adam: w = (" in label for label in labels)
    first, second = trace.rates[0, 6]
    assert f"{first:.3f} for w₁ and {second:.4f} for w₂" in labels[0]


def test_a_walk_that_is_gone_has_no_finite_loss():
    trace = experiment.run(experiment.Settings(scale=10.0))
    labels = adaptive_rates.figure(trace).layout.meta["labels"]
    assert "SGD ∞" in labels[-1]
    assert "not a number" not in "".join(labels)


def test_themes_differ_in_colours_only(trace, figure):
    assert len(to_payload(figure, adaptive_rates.figure(trace, "dark"))) < 1_000_000
