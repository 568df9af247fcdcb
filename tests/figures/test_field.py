"""Fields in figures: the numbers given, with the sharp edge, and live feeds that fit."""

import numpy as np
import plotly.graph_objects as go
import pytest

from vizdl.experiments.field import grid
from vizdl.figures.base import layout
from vizdl.figures.field import (
    TRACES,
    add_field,
    add_points,
    frame_of,
    live_field,
    live_points,
    zero_pieces,
)

X, Y = (-1.0, 1.0), (0.0, 2.0)
Z = grid(X, Y, 11).sum(axis=-1) - 1


@pytest.fixture(params=["light", "dark"])
def figure(request):
    fig = go.Figure(layout=layout(request.param))
    add_field(fig, Z, X, Y, request.param, limit=2.0)
    add_points(fig, [[0, 1], [0.5, 0.2], [-0.5, 1]], [0, 1, 1], request.param)
    return fig


def test_a_field_shows_its_numbers_and_its_line(figure):
    field, line, zero, one = figure.data
    np.testing.assert_array_equal(field.z, Z)
    assert (field.x[0], field.x[-1], field.y[0], field.y[-1]) == (*X, *Y)
    assert (field.zmin, field.zmax) == (-2, 2)
    seen = np.isfinite(line.x)
    np.testing.assert_allclose(line.x[seen] + line.y[seen], 1, atol=1e-12)
    assert (len(zero.x), len(one.x)) == (1, 2)


def test_classes_differ_in_shape_and_colour(figure):
    first, second = (trace.marker for trace in figure.data[2:])
    assert first.symbol != second.symbol
    assert first.color != second.color


def test_a_frame_changes_what_the_field_drew(figure):
    changed = frame_of(-Z, X, Y, 0)
    assert sorted(changed) == [0, 1]
    np.testing.assert_array_equal(changed[0]["z"], -Z)
    np.testing.assert_array_equal(changed[1]["x"], zero_pieces(-Z, X, Y)[:, 0])


def test_feeds_are_those_of_the_traces_added():
    fed = live_field(3, "field.z", "field.line")
    assert list(fed) == [3, 4]
    assert {name for feed in fed[4].values() for name in feed.names()} == {"field.line"}
    assert list(live_points(3 + TRACES, "points.zero", "points.one")) == [5, 6]
