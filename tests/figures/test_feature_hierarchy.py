import numpy as np
import pytest

from vizdl.experiments import feature_hierarchy as experiment
from vizdl.experiments import feature_hierarchy_flow as flows
from vizdl.figures import feature_hierarchy as figures
from vizdl.figures import feature_hierarchy_places as places
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


def test_the_two_themes_differ_in_colours_alone(trace):
    light, dark = (figures.figure(trace, theme) for theme in ("light", "dark"))
    assert to_payload(light, dark, figures.live(trace))


def test_each_layer_is_a_frame_with_its_numbers(trace):
    fig = figures.figure(trace)
    labels = fig.layout.meta["labels"]
    accuracy = 100 * trace.accuracies[1].mean(axis=-1)
    assert len(labels) == 6
    for step, (frame, label) in enumerate(zip(fig.frames, labels, strict=True)):
        layer = step // 2
        assert f"reads {accuracy[layer]:.1f}%" in label
        assert f"says {trace.label}" in label
        data = dict(zip(frame.traces, frame.data, strict=True))
        cloud = np.concatenate([np.stack([data[k].x, data[k].y], -1) for k in figures.CLOUDS])
        np.testing.assert_array_equal(cloud, trace.clouds[layer])
        at = [data[figures.PLACE].x[0], data[figures.PLACE].y[0]]
        np.testing.assert_allclose(at, trace.place[layer])
        ends = np.reshape(data[figures.NOW].x, (3, 5))[:, 1]
        np.testing.assert_allclose(ends, accuracy * (np.arange(3) == layer))


@pytest.mark.parametrize(
    ("step", "units", "rank"), [(0, slice(0, 32), 1), (3, slice(0, 32), 2), (4, slice(32, 48), 1)]
)
def test_the_units_that_are_shown_are_the_most_excited_of_the_layer(trace, step, units, rank):
    frame = dict(
        zip(
            (fig := figures.figure(trace)).frames[step].traces,
            fig.frames[step].data,
            strict=True,
        )
    )
    unit = units.start + int(trace.excitement[units].argsort()[-rank])
    found = np.asarray(frame[figures.FAVOURITE].z)
    np.testing.assert_allclose(found.ravel(), trace.favourites[unit])
    ring = frame[figures.RING]
    assert np.mean(ring.x[:4]) == pytest.approx(places.COLUMN[unit])
    assert np.mean(ring.y[:4]) == pytest.approx(places.ROW[unit])


def test_a_chosen_unit_stays_for_every_layer():
    trace = experiment.run(experiment.Settings(unit=41))
    for frame in figures.figure(trace).frames:
        data = dict(zip(frame.traces, frame.data, strict=True))
        found = np.asarray(data[figures.FAVOURITE].z)
        np.testing.assert_allclose(found.ravel(), trace.favourites[40])
        pictures = np.asarray(data[figures.PICTURES].z)
        np.testing.assert_allclose(pictures[:, 9:17].ravel(), trace.liked[40, 1])
        assert np.isnan(pictures[:, [8, 17]]).all()


def test_units_stand_apart_and_are_as_bright_as_they_are_excited(trace):
    fig = figures.figure(trace)
    cells = fig.data[figures.CELLS]
    centre = np.stack([cells.x, np.asarray(cells.base) + np.asarray(cells.y) / 2], -1)
    apart = np.abs(centre[:, None] - centre).max(axis=-1) + 10 * np.eye(len(centre))
    assert apart.min() >= 0.66
    strength = np.asarray(cells.marker.color)
    np.testing.assert_allclose(strength[48:], trace.chances)
    first = np.maximum(trace.excitement[:32], 0)
    np.testing.assert_allclose(strength[:32], first / first.max())
    assert f"unit {flows.NUMBER[33]}</b>" in cells.hovertext[33]
