"""The still draws the trace's own arrays."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import minibatch as experiment
from vizdl.experiments.base import number
from vizdl.stills import minibatch
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return minibatch.draw(trace)


def lines(ax, colour):
    return [line for line in ax.lines if line.get_color() == colour]


def test_walks_are_on_the_map(trace, figure):
    ways = {
        role.light: lines(figure.axes[0], role.light)[0].get_xydata() for role in minibatch.WALKERS
    }
    for role, walk in zip(minibatch.WALKERS, trace.walks, strict=True):
        way = ways[role.light]
        np.testing.assert_array_equal(way, walk.positions[: len(way)])
    assert [len(way) for way in ways.values()] == [513, 17, 21]


def test_spread_and_its_slope(trace, figure):
    ax = figure.axes[1]
    dots = lines(ax, style.GRADIENT.light)[0].get_xydata()
    np.testing.assert_array_equal(dots, np.column_stack([trace.batch_sizes, trace.spread]))
    assert [text.get_text() for text in ax.texts] == [f"slope {number(trace.slope)}"]


def test_losses_by_cost(trace, figure):
    for role, walk, gap in zip(minibatch.WALKERS, trace.walks, trace.gaps, strict=True):
        spent, losses = lines(figure.axes[2], role.light)[0].get_data()
        np.testing.assert_array_equal(losses, gap[np.asarray(spent) // walk.batch_size])


def test_walks_can_be_told_apart_without_colour(figure):
    for ax in (figure.axes[0], figure.axes[2]):
        looks = [
            (line.get_linestyle(), line.get_linewidth())
            for role in minibatch.WALKERS
            for line in lines(ax, role.light)[:1]
        ]
        assert len(set(looks)) == 3


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_saves_the_same_bytes(trace, theme, tmp_path):
    first = save(minibatch.draw(trace, theme), tmp_path / "a.svg").read_bytes()
    assert first == save(minibatch.draw(trace, theme), tmp_path / "b.svg").read_bytes()


def test_a_walk_that_diverges_is_drawn_up_to_the_edge(tmp_path):
    trace = experiment.run(experiment.Settings(learning_rate=1.0, noise=2.0))
    figure = minibatch.draw(trace)
    save(figure, tmp_path / "a.png")
    assert figure.axes[0].get_xlim() == (trace.surface.x[0], trace.surface.x[-1])
