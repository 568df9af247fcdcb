"""The figure shows the trace's own walks, step by step."""

import numpy as np
import pytest

from vizdl import style
from vizdl.engines import minibatch as engine
from vizdl.experiments import minibatch as experiment
from vizdl.experiments import minibatch_flow
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
    for spent in minibatch.moments(trace):
        changed = moving(figure, spent, trace)
        for k, (walk, gap) in enumerate(zip(trace.walks, trace.gaps, strict=True)):
            at = spent // walk.batch_size
            on_map, on_curve = changed[minibatch.PLACES[k]], changed[minibatch.NOW[k]]
            np.testing.assert_allclose(
                [on_map.x[0], on_map.y[0]], walk.positions[at], rtol=1e-6, atol=1e-7
            )
            assert on_curve.y[0] == pytest.approx(gap[at], rel=1e-6)
            assert on_curve.x.tolist() == [max(spent, 1)]


def test_points_of_the_next_step_are_marked_and_pull_at_the_line(trace, figure):
    spent = int(minibatch.moments(trace)[40])
    changed = moving(figure, spent, trace)
    for k, points, sticks in (
        (1, minibatch.CHOSEN, minibatch.PULLS),
        (0, minibatch.CHOSEN_ONE, minibatch.PULL),
    ):
        walk = trace.walks[k]
        members = walk.batches[spent // walk.batch_size]
        x, y = trace.problem.x[members], trace.problem.y[members]
        np.testing.assert_allclose(changed[points].x, x, rtol=1e-6)
        np.testing.assert_allclose(changed[points].y, y, rtol=1e-6)
        w1, w2 = walk.positions[spent // walk.batch_size]
        from_, to, gap = np.reshape(changed[sticks].y, (-1, 3)).T
        np.testing.assert_allclose(from_, y, rtol=1e-6)
        np.testing.assert_allclose(to, w1 + w2 * x, rtol=1e-5, atol=1e-6)
        assert np.isnan(gap).all()


def test_lines_are_the_walkers_fits(trace, figure):
    spent = int(minibatch.moments(trace)[-1])
    changed = moving(figure, spent, trace)
    for k, walk in enumerate(trace.walks):
        line = changed[minibatch.LINES[k]]
        w1, w2 = walk.positions[-1]
        np.testing.assert_allclose(line.y, w1 + w2 * np.asarray(line.x), rtol=1e-5)


def test_trails_end_at_the_walkers(trace, figure):
    for spent in minibatch.moments(trace):
        changed = moving(figure, spent, trace)
        for k in range(3):
            trail, stand = changed[minibatch.TRAILS[k]], changed[minibatch.PLACES[k]]
            assert len(trail.x) <= minibatch_flow.TRAIL + 1
            assert (trail.x[-1], trail.y[-1]) == (stand.x[0], stand.y[0])


def test_curves_are_the_losses(trace, figure):
    curves = {item.name: item for item in figure.data if item.xaxis == "x2" and item.name}
    assert list(curves) == ["512 points", "32 points", "1 point"]
    for name, walk, gap in zip(minibatch.names(trace), trace.walks, trace.gaps, strict=True):
        spent = np.asarray(curves[name].x).astype(int)
        assert (spent[0], spent[-1]) == (1, 20 * 512)
        np.testing.assert_array_equal(curves[name].y, gap[spent // walk.batch_size])


def test_the_rings_of_the_map_are_as_high_as_they_say(trace, figure):
    bands = [item for item in figure.data if item.fill == "toself"]
    assert {item.xaxis for item in bands} == {"x3"}
    rings = minibatch_flow.rings(trace.problem.hessian, trace.problem.minimum, trace.floor)
    value = engine.landscape(trace.problem).value
    for item, level in zip(bands[1:], rings["edges"][-2:0:-1], strict=True):
        np.testing.assert_allclose(value(np.column_stack([item.x, item.y])), level, rtol=1e-12)
    assert rings["edges"][0] == trace.floor
    assert rings["edges"][-1] == pytest.approx(trace.surface.height.max(), rel=1e-12)
    texts = [item.text for item in bands]
    assert texts[-1] == (f"loss from {number(rings['edges'][0])} to {number(rings['edges'][1])}")
    assert len(set(texts)) == len(bands)


def test_sentences_give_the_numbers(trace, figure):
    times = minibatch.moments(trace).tolist()
    label = figure.layout.meta["labels"][times.index(9)]
    assert label.startswith("9 gradients computed. ")
    assert f"{number(trace.gaps[0][9], 2)} with 1 point a step (step 9), " in label
    assert f"{number(trace.gaps[1][0], 2)} with 32 (step 0), " in label
    assert f"{number(trace.gaps[2][0], 2)} with all 512 (step 0)." in label
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
    assert "1 point a step has diverged, " in figure.layout.meta["labels"][-1]
    last = moving(figure, minibatch.moments(trace)[-1], trace)
    assert np.isnan(last[minibatch.NOW[0]].y[0])
    assert np.isfinite(figure.layout.yaxis2.range).all()


@pytest.mark.parametrize("size", [2, 256])
def test_other_settings(size):
    trace = experiment.run(experiment.Settings(batch_size=size, passes=2, noise=0))
    figure = minibatch.figure(trace, "dark")
    assert f" with {size} (step {1024 // size}), " in figure.layout.meta["labels"][-1]
