"""The figure shows the trace's landscape twice, and the model at each step."""

import numpy as np
import pytest

from vizdl.experiments import loss_landscape as experiment
from vizdl.experiments import surface as space
from vizdl.figures import loss_landscape as figures
from vizdl.figures import surface as solid
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return figures.figure(trace)


def frames(figure, trace):
    return [frame.data[frame.traces.index(trace)] for frame in figure.frames]


def test_a_frame_is_a_step_and_its_model(trace, figure):
    for k in (0, 7, 40):
        ball = frames(figure, figures.HERE)[k]
        assert [ball.x[0], ball.y[0]] == trace.path.positions[k].tolist()
        np.testing.assert_array_equal(frames(figure, figures.MODEL)[k].z, trace.fields[k])
        assert len(frames(figure, figures.SO_FAR)[k].x) == k + 1
    labels = figure.layout.meta["labels"]
    assert labels[0] == (
        "At (−2.40, 2.40) the loss is 2.72, and the model there gets 21 of 128 points right."
    )
    assert labels[40].startswith("Step 40 downhill: at (1.42, −2.44) the loss is 0.343")


def test_the_ball_in_space_lies_on_the_surface(trace, figure):
    surface = figures.shown(trace)
    for k in (0, 12):
        flat = trace.path.positions[k] / experiment.DOMAINS["two weights"]
        tall = space.lifted(trace.path.losses[k], surface.height.min(), surface.height.max())
        expected = space.project(np.array([*flat, tall]), 30.0, 35.0)
        ball = frames(figure, figures.SPACE_HERE)[k]
        np.testing.assert_allclose([ball.x[0], ball.y[0]], expected, atol=1e-12)


def test_every_square_is_drawn_once_in_the_shade_of_its_height(trace):
    made = solid.mesh(space.lifted(solid.thinned(figures.shown(trace).height)), 200.0, 40.0)
    drawn = np.isfinite(made["x"].reshape(solid.CELLS, solid.SHADES, solid.CELLS, 6))
    assert (drawn[..., :5].all(axis=-1).sum(axis=1) == 1).all()
    assert not drawn[..., 5].any()


@pytest.mark.parametrize("azimuth", [0.0, 44.0, 46.0, 100.0, 250.0, 359.0])
def test_what_is_in_front_is_drawn_last(azimuth):
    flat = solid.mesh(np.zeros((solid.CELLS + 1, solid.CELLS + 1)), azimuth, 30.0)
    up = np.nanmean(flat["y"][:, 0], axis=-1)  # on level ground, what is further back is higher
    assert (np.diff(up) <= 1e-9).all()


def test_thinning_keeps_the_corners():
    height = experiment.surface_of("trained network").height
    thin = solid.thinned(height)
    assert thin.shape == (solid.CELLS + 1, solid.CELLS + 1)
    np.testing.assert_array_equal(thin[[0, -1]][:, [0, -1]], height[[0, -1]][:, [0, -1]])


def test_themes_differ_in_colours_only(trace, figure):
    payload = to_payload(figure, figures.figure(trace, "dark"), figures.live(trace))
    assert len(payload) < 60_000


@pytest.mark.parametrize("name", experiment.NAMES[1:])
def test_a_networks_landscape(name):
    trace = experiment.run(experiment.Settings(surface=name, x=0.1, y=0.95, azimuth=200))
    figure = figures.figure(trace, "dark")
    assert list(figure.layout.xaxis.range) == [-1.5, 1.5]
    assert len(figure.data) == figures.SPACE_HERE + 1
