"""The live figure of the dense layer in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import dense_layer as experiment
from vizdl.figures import dense_layer as figures
from vizdl.figures import dense_layer_places as places

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "dense_layer"


def told(step=1, hover=-1, **settings):
    """What Python says at that step, the reader pointing there."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.SENTENCE.fill(figures._numbers(trace, step, hover))


def index(found, layer, row, column):
    """Which of the cells or handles that is."""
    return next(k for k, place in enumerate(found) if place[:3] == (layer, row, column))


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_cells_edges_and_nodes_that_are_pointed_at_light_up(open_one, width, theme):
    one = open_one(NAME, width=width, theme=theme)
    one.says(told())
    mouse = one.page.mouse
    cell = index(places.CELLS, 0, 1, 2)
    x, y = places.CELL_PLACES[cell] + 0.5
    mouse.move(*one.place(figures.CELLS, x, y))
    one.says(told(hover=cell))
    trace = experiment.run(experiment.Settings())
    lit = np.array(one.values("edges.lit_above"), dtype=float).reshape(-1, 6)
    expected = figures._numbers(trace, 0, cell)["edges.lit_above"].reshape(-1, 6)
    np.testing.assert_allclose(lit, expected)
    assert np.isfinite(lit[:, 0]).sum() == 1
    node = index(places.HANDLES, 0, 2, places.ALL)
    at = one.place(figures.HANDLES, *places.HANDLE_PLACES[node])
    mouse.move(*at)
    one.says(told(hover=len(places.CELLS) + node))
    mouse.click(*at)
    mouse.move(3, 3)
    one.says(told(3))
    edge = index(places.HANDLES, 0, 0, 3) + 1  # near its middle
    mouse.move(*one.place(figures.HANDLES, *places.HANDLE_PLACES[edge]))
    one.says(told(3, hover=len(places.CELLS) + edge))


def test_picture_activation_and_seed(open_one):
    one = open_one(NAME, "#step=5")
    one.says(told(5))
    one.slide("picture", "ArrowRight", times=3)
    one.says(told(5, example=4))
    one.control("activation of the hidden units").select_option("relu")
    one.slide("seed of the training", "Home")
    chosen = {"example": 4, "activation": "relu", "seed": 0}
    one.says(told(5, **chosen))
    one.page.get_by_role("button", name="Step back").click()
    one.says(told(4, **chosen))
    trace = experiment.run(experiment.Settings(**chosen))
    np.testing.assert_allclose(one.values("net.a2"), trace.second.outputs, rtol=1e-12)
