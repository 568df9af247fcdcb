import json

import numpy as np
import pytest

from vizdl.experiments import vanishing_gradients as experiment
from vizdl.experiments.vanishing_gradients import RADII, Settings
from vizdl.figures import vanishing_gradients as drawn
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(Settings())


@pytest.fixture(scope="module")
def fig(trace):
    return drawn.figure(trace)


def test_the_fan_has_a_curve_for_each_radius(trace, fig):
    for row in range(len(RADII)):
        np.testing.assert_allclose(fig.data[row].y, np.log10(trace.fan[0, row]))


@pytest.mark.parametrize("back", [0, 1, 20, 39])
def test_a_frame_has_walked_that_far(trace, fig, back):
    parts = dict(zip(fig.frames[back].traces, fig.frames[back].data, strict=True))
    np.testing.assert_allclose(parts[drawn.WAY].x, np.arange(back, -1, -1))
    np.testing.assert_allclose(parts[drawn.WAY].y[::-1], np.log10(trace.left[: back + 1]))
    assert parts[drawn.BALL].x[0] == back
    assert parts[drawn.SHARE].y[0] == pytest.approx(100 * trace.gathered[back])


def test_the_sentence_says_what_is_left(trace, fig):
    labels = fig.layout.meta["labels"]
    assert len(labels) == len(trace.left)
    assert labels[0].startswith("At the last state the gradient is whole")
    assert drawn.number(100 * float(trace.left[5]), 2) + "% of the gradient" in labels[5]
    exploding = drawn.figure(experiment.run(Settings(radius=1.5, activation="linear")))
    assert "times as large" in exploding.layout.meta["labels"][10]


def test_networks_are_those_of_the_trace(trace, fig):
    np.testing.assert_allclose(fig.data[drawn.NETWORKS].y, 100 * trace.recall.ravel())
    np.testing.assert_allclose(fig.data[drawn.MEAN].y, 100 * trace.recall.mean(axis=1))


@pytest.mark.parametrize("row", [0, 1])
def test_tags_stand_apart_and_in_the_picture(trace, row):
    places = drawn.tagged(np.log10(trace.fan[row]))
    assert (places[:, 1] >= drawn.LOWEST).all()
    assert (places[:, 1] <= drawn.HIGHEST).all()
    for k in range(1, len(places)):
        apart = places[k] - places[k - 1]
        assert abs(apart[0]) >= 6 or apart[1] >= drawn.APART - 1e-9


def test_both_themes_make_one_payload(trace, fig):
    payload = json.loads(to_payload(fig, drawn.figure(trace, "dark"), drawn.live(trace)))
    assert payload["meta"]["start"] == len(trace.left) - 1
