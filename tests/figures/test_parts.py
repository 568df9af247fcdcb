"""The parts that figures share: axes, marks, feeds for pairs, names of numbers."""

import numpy as np
import plotly.graph_objects as go
from hypothesis import given
from hypothesis import strategies as st

from vizdl import style
from vizdl.figures import axes, marks, pairs
from vizdl.figures.live import Take
from vizdl.figures.words import named, words


def test_an_axis_says_only_what_it_is_given():
    assert axes.axis() == {}
    made = axes.axis("loss", np.array([0.0, 2.0]), (0, 0.5), "x2", **axes.QUIET)
    assert made == {
        "title": {"text": "loss"}, "range": [0, 2], "domain": [0, 0.5], "anchor": "x2",
        "zeroline": False, "showgrid": False,
    }  # fmt: skip
    layout = go.Layout(xaxis2=made, yaxis2=axes.axis(**axes.square("x2")))
    assert (layout.xaxis2.range, layout.yaxis2.scaleanchor) == ((0, 2), "x2")


def test_a_panel_has_its_own_axes_or_those_of_another():
    fig = go.Figure()
    fig.add_scatter(**axes.panel(3))
    fig.add_scatter(**axes.panel(2, 4))
    assert [(t.xaxis, t.yaxis) for t in fig.data] == [("x3", "y3"), ("x2", "y4")]


def test_a_narrow_page_stacks_panels_that_do_not_meet():
    made = axes.stacked([0.6, 1], [0.3, 0.5], [0, 0.2])
    assert [made[f"xaxis{k}.domain"] for k in ("", 2, 3)] == [[0, 1]] * 3
    assert [made[f"yaxis{k}.domain"] for k in ("", 2, 3)] == [[0.6, 1], [0.3, 0.5], [0, 0.2]]


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=9), st.floats(1e-3, 10))
def test_blocks_stand_round_their_middles_with_a_gap_after_each(at, width):
    found = marks.sides(at, width).reshape(len(at), 5)
    np.testing.assert_allclose(found[:, [0, 3]], np.stack([at, at], axis=1) - width / 2)
    np.testing.assert_allclose(found[:, [1, 2]], np.stack([at, at], axis=1) + width / 2)
    assert np.isnan(found[:, 4]).all()


def test_marks_pass_by_the_pointer_unless_they_are_told_otherwise():
    fig, colour = go.Figure(), style.LOSS.on("light")
    marks.add_line(fig, colour, dash="dot", x=[0, 1], y=[0, 1])
    marks.add_area(fig, colour, x=[0, 1, 1], y=[0, 0, 1])
    marks.add_ball(fig, colour, "light", size=9)
    marks.add_ring(fig, colour, size=20, symbol="square-open")
    marks.add_words(fig, colour, at="top center", text=["here"])
    line, area, ball, ring, said = fig.data
    assert {trace.hoverinfo for trace in fig.data} == {"skip"}
    assert (line.mode, line.line.dash, line.line.color) == ("lines", "dot", colour)
    assert (area.fill, area.fillcolor, area.line.width) == ("toself", colour, 0)
    assert (ball.marker.size, ball.marker.line.color) == (9, style.BACKGROUND.on("light"))
    assert (ring.marker.symbol, ring.marker.color) == ("square-open", colour)
    assert (said.mode, said.textposition, said.textfont.color) == ("text", "top center", colour)
    marks.add_words(fig, None, text=["there"])
    assert fig.data[-1].textfont.color is None
    marks.add_line(fig, colour, hoverinfo="text", name="told")
    assert (fig.data[-1].hoverinfo, fig.data[-1].name) == ("text", "told")


def test_pairs_take_x_and_y_from_arrays_columns_or_rows():
    assert pairs.pair("a", "b") == {"x": Take("a"), "y": Take("b")}
    assert pairs.columns("w", last="step") == {
        "x": Take("w", 0, "step", (0,)), "y": Take("w", 0, "step", (1,)),
    }  # fmt: skip
    assert pairs.rows("w") == {"x": Take("w", 0, 0), "y": Take("w", 1, 1)}


def test_numbers_of_runs_have_the_names_that_words_ask_for():
    numbers = named(net={"h": np.array([0.5, 0.25])}, here={"t": 1})
    assert words("h = {net.h[step]:f2}, t = {here.t:d}").fill(numbers, step=1) == "h = 0.25, t = 1"
