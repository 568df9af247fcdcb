"""The figure shows the trace's own descent, step by step."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import gradient_descent as experiment
from vizdl.experiments import walks
from vizdl.figures import gradient_descent
from vizdl.figures.base import to_payload

ROLES = {role.on(theme) for role in (*style.ROLES, *style.SERIES) for theme in ("light", "dark")}


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return gradient_descent.figure(trace)


def named(figure, name):
    return [item for item in figure.data if item.name == name]


def test_one_frame_a_step_and_one_sentence_each(trace, figure):
    assert len(figure.frames) == len(figure.layout.meta["labels"]) == trace.settings.steps + 1
    assert figure.layout.meta["redraw"] is False


def test_the_ball_and_the_loss_are_the_traces(trace, figure):
    for k, frame in enumerate(figure.frames):
        so_far, loss_so_far, start, ahead, ball, dot = frame.data
        assert [start.x[0], start.y[0]] == trace.path.positions[0].tolist()
        np.testing.assert_array_equal(np.column_stack([so_far.x, so_far.y]), at(trace, 0, k + 1))
        np.testing.assert_array_equal(loss_so_far.y, trace.path.losses[: k + 1])
        assert [ball.x[0], ball.y[0]] == trace.path.positions[k].tolist()
        assert [dot.x[0], dot.y[0]] == [k, trace.path.losses[k]]
        assert [ahead.x[0], ahead.y[0]] == [ball.x[0], ball.y[0]]


def at(trace, first, last):
    return trace.path.positions[first:last]


def test_the_arrow_is_minus_the_rate_times_the_gradient(trace, figure):
    for k, frame in enumerate(figure.frames[:-1]):
        ahead = frame.data[3]  # its fourth corner is the point
        step = np.array([ahead.x[3] - ahead.x[0], ahead.y[3] - ahead.y[0]])
        np.testing.assert_allclose(step, -0.01 * trace.path.gradients[k], atol=1e-12)
    assert np.ptp(figure.frames[-1].data[3].x) == 0  # after the last step there is none


def test_the_bands_are_the_landscape(trace, figure):
    regions = named(figure, "landscape")
    assert len(regions) == len(trace.surface.levels) + 1
    from vizdl.engines import landscapes

    landscape = landscapes.get("himmelblau")
    for region, level in zip(regions[1:], trace.surface.levels, strict=True):
        edge = np.column_stack([region.x, region.y]).astype(float)
        edge = edge[np.isfinite(edge).all(axis=1)]
        inside = (np.abs(edge) < 5.49).all(axis=1)  # the others run along the map's border
        heights = landscape.value(edge[inside])
        assert np.abs(heights - level).max() < 0.05 * level + 0.6


def test_other_starts_are_coloured_by_the_minimum_they_reach(trace, figure):
    (starts,) = named(figure, "other starts")
    (minima,) = named(figure, "minima")
    np.testing.assert_array_equal(np.column_stack([starts.x, starts.y]), trace.starts)
    for colour, k in zip(starts.marker.color, trace.reached, strict=True):
        assert colour == minima.marker.color[k] == style.SERIES[k].light
    assert sum("3 of the 12 other starts end here" in text for text in minima.text) == 4
    for s, lines in enumerate(named(figure, "another run")):
        way = np.column_stack([lines.x, lines.y])
        np.testing.assert_array_equal(way, trace.others.positions[:, s])
        assert lines.line.color == starts.marker.color[s]


def test_hovering_tells_how_a_step_came_about(trace, figure):
    (run,) = named(figure, "run")
    assert len(run.text) == trace.settings.steps + 1
    assert "− 0.01 · (" in run.text[3]
    assert run.text[0].count("<br>") == 2  # the start came from nowhere


def test_sentences_give_the_numbers(figure):
    labels = figure.layout.meta["labels"]
    assert labels[0] == (
        "Step 0: w = (−0.220, 1.10), loss 133. "
        "The next step is −0.01 times the gradient, whose length is 46.3."
    )
    assert labels[-1].startswith("Step 20: ")
    assert "next step" not in labels[-1]


def test_themes_differ_in_colours_only_and_use_the_style(trace, figure):
    payload = to_payload(figure, gradient_descent.figure(trace, "dark"))
    assert len(payload) < 400_000
    scatters = [item for item in figure.data if item.name != "landscape"]
    colours = {item.line.color for item in scatters}
    colours |= {colour for item in scatters for colour in np.ravel(item.marker.color)}
    assert {colour for colour in colours if colour} <= ROLES


@pytest.mark.parametrize(
    "changed",
    [
        {"landscape": "rosenbrock", "learning_rate": 1.0},
        {"landscape": "beale", "learning_rate": 1.0, "start_x": 0.0, "start_y": 0.0},
        {"landscape": "bowl", "learning_rate": 1.0, "steps": 200},
    ],
)
def test_a_run_that_diverges_leaves_the_map_and_says_so(changed):
    trace = experiment.run(experiment.Settings(**changed))
    figure = gradient_descent.figure(trace)
    assert "diverged" in figure.layout.meta["labels"][-1]
    wide = np.ptp(trace.surface.x) * (walks.BEYOND + 1)
    for frame in figure.frames:
        ball = frame.data[4]
        assert np.abs([ball.x[0], ball.y[0]]).max() < 2 * wide
        assert np.isfinite(frame.data[5].y[0])
    assert np.isfinite(figure.layout.yaxis2.range).all()


@pytest.mark.parametrize("changed", [{"landscape": "saddle"}, {"steps": 1}, {"steps": 200}])
def test_other_settings(changed):
    trace = experiment.run(experiment.Settings(**changed))
    figure = gradient_descent.figure(trace, "dark")
    assert len(figure.frames) == trace.settings.steps + 1
    assert figure.layout.yaxis2.type == ("linear" if "landscape" in changed else "log")
