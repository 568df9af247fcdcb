"""The figure shows the trace's own walks, step by step."""

import numpy as np
import pytest

from vizdl import style
from vizdl.engines import minibatch as engine
from vizdl.experiments import minibatch as experiment
from vizdl.experiments.base import number
from vizdl.figures import minibatch
from vizdl.figures.base import to_payload

ROLES = {role.on(theme) for role in (*style.ROLES, *style.SERIES) for theme in ("light", "dark")}


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return minibatch.figure(trace)


def moving(figure, spent, trace):
    """The changed traces of the frame at which `spent` gradients are computed."""
    frame = figure.frames[list(minibatch.moments(trace)).index(spent)]
    return dict(zip(frame.traces, frame.data, strict=True))


def test_cost_goes_from_nothing_to_all(trace, figure):
    times = minibatch.moments(trace)
    assert times[:4].tolist() == [0, 1, 2, 3]
    assert times[-1] == 20 * 512
    assert (np.diff(times) > 0).all()
    assert len(figure.frames) == len(figure.layout.meta["labels"]) == len(times)


def test_walkers_stand_where_the_trace_says(trace, figure):
    for frame, spent in zip(figure.frames, minibatch.moments(trace), strict=True):
        on_map, on_curve = frame.data[-2:]
        for place, walk, gap in zip((2, 1, 0), trace.walks, trace.gaps, strict=True):
            at = walk.positions[spent // walk.batch_size]
            np.testing.assert_allclose([on_map.x[place], on_map.y[place]], at, rtol=1e-6)
            assert on_curve.y[place] == pytest.approx(gap[spent // walk.batch_size], rel=1e-6)
        assert (np.asarray(on_curve.x) == max(spent, 1)).all()


def test_points_of_the_next_step_are_marked(trace, figure):
    spent = int(minibatch.moments(trace)[40])
    changed = list(moving(figure, spent, trace).values())
    for shown, walk in zip(changed[:2], (trace.walks[1], trace.walks[0]), strict=True):
        members = walk.batches[spent // walk.batch_size]
        np.testing.assert_allclose(shown.x, trace.problem.x[members], rtol=1e-6)
        np.testing.assert_allclose(shown.y, trace.problem.y[members], rtol=1e-6)


def test_lines_are_the_walkers_fits(trace, figure):
    spent = int(minibatch.moments(trace)[-1])
    changed = list(moving(figure, spent, trace).values())
    for line, walk in zip(changed[2:5], trace.walks[::-1], strict=True):
        w1, w2 = walk.positions[-1]
        np.testing.assert_allclose(line.y, w1 + w2 * np.asarray(line.x), rtol=1e-5)


def test_trails_end_at_the_walkers(figure):
    for frame in figure.frames:
        trails, stand = frame.data[5:8], frame.data[8]
        for k, trail in enumerate(trails):
            assert len(trail.x) <= minibatch.TRAIL + 1
            assert (trail.x[-1], trail.y[-1]) == (stand.x[k], stand.y[k])


def test_curves_are_the_losses(trace, figure):
    curves = {item.name: item for item in figure.data if item.xaxis == "x2" and item.name}
    assert list(curves) == ["512 points", "32 points", "1 point"]
    for name, walk, gap in zip(minibatch.names(trace), trace.walks, trace.gaps, strict=True):
        spent = np.asarray(curves[name].x)
        np.testing.assert_array_equal(curves[name].y, gap[spent // walk.batch_size])


def test_the_map_is_the_surface(trace, figure):
    bands = [item for item in figure.data if item.fill == "toself"]
    assert len(bands) == len(trace.surface.levels) + 1
    assert {item.xaxis for item in bands} == {"x3"}
    for item, level in zip(bands[1:], trace.surface.levels, strict=True):
        ring = np.column_stack([item.x, item.y])
        ring = ring[np.isfinite(ring).all(axis=1)]
        gap = engine.landscape(trace.problem).value(ring)
        assert gap.min() > level - 0.01  # every point of a band's edge is as high as its level


def test_sentences_give_the_numbers(trace, figure):
    times = minibatch.moments(trace).tolist()
    label = figure.layout.meta["labels"][times.index(9)]
    assert label.startswith("9 gradients computed. ")
    assert f"1 point a time: {number(trace.gaps[0][9], 2)} after 9 steps" in label
    assert f"512 points a time: {number(trace.gaps[2][0], 2)} after 0 steps." in label
    assert len(set(figure.layout.meta["labels"])) == len(times)


def test_themes_differ_in_colours_only_and_use_the_style(trace, figure):
    payload = to_payload(figure, minibatch.figure(trace, "dark"))
    assert len(payload) < 600_000
    scatters = [item for item in figure.data if item.fill is None]
    colours = {item.line.color for item in scatters}
    colours |= {colour for item in scatters for colour in np.ravel(item.marker.color)}
    assert {colour for colour in colours if colour} <= ROLES


def test_a_walk_that_diverges_leaves_the_map_and_says_so():
    trace = experiment.run(experiment.Settings(learning_rate=1.0, noise=2.0))
    figure = minibatch.figure(trace)
    assert "1 point a time: diverged after" in figure.layout.meta["labels"][-1]
    assert np.isnan(figure.frames[-1].data[-1].y[2])
    assert np.isfinite(figure.layout.yaxis2.range).all()


@pytest.mark.parametrize("size", [2, 256])
def test_other_settings(size):
    trace = experiment.run(experiment.Settings(batch_size=size, passes=2, noise=0))
    figure = minibatch.figure(trace, "dark")
    assert f"{size} points a time" in figure.layout.meta["labels"][-1]
