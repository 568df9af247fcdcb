"""The base of the figures: themes, frames that play, the payload for a page."""

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from vizdl import style
from vizdl.figures.base import colorscale, layout, playable, plotlyjs, theme_of, to_payload

LOSSES = np.exp(-np.arange(5.0))


def walking(theme="light", colour=style.LOSS, **options):
    fig = go.Figure(layout=layout(theme, x="step", y="loss"))
    fig.add_scatter(y=LOSSES, mode="lines", line_color=colour.on(theme))
    fig.add_scatter(mode="markers", marker_color=colour.on(theme))
    frames = [{1: {"x": [k], "y": [loss]}} for k, loss in enumerate(LOSSES)]
    return playable(fig, frames, [f"step {k}" for k in range(5)], **options)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_layout_is_in_the_colours_of_its_theme(theme):
    made = layout(theme, x="step", y="loss", xaxis={"range": [0, 3]})
    ground = made.template.layout
    assert ground.paper_bgcolor == ground.plot_bgcolor == style.BACKGROUND.on(theme)
    assert ground.font.color == style.INK.on(theme)
    assert list(ground.colorway) == [role.on(theme) for role in style.SERIES]
    assert (made.xaxis.title.text, made.yaxis.title.text) == ("step", "loss")
    assert list(made.xaxis.range) == [0, 3]
    assert theme_of(go.Figure(layout=made)) == theme


def test_layout_keeps_what_a_page_is_asked_to_do():
    made = layout("light", narrow={"yaxis.domain": [0.5, 1]}, aspect=2, narrow_aspect=0.5)
    assert made.meta == {"narrow": {"yaxis.domain": [0.5, 1]}, "aspect": 2, "narrow_aspect": 0.5}


def test_frames_change_only_what_they_name():
    fig = walking(interval=70)
    assert [frame.name for frame in fig.frames] == ["0", "1", "2", "3", "4"]
    for k, frame in enumerate(fig.frames):
        assert list(frame.traces) == [1]
        assert list(frame.data[0].x) == [k]
        assert list(frame.data[0].y) == [LOSSES[k]]
        assert frame.data[0].mode is None
    assert fig.layout.meta["labels"] == [f"step {k}" for k in range(5)]
    assert fig.layout.meta["interval"] == 70
    assert fig.layout.meta["redraw"] is False


def test_the_figure_starts_as_its_first_frame():
    fig = walking(start=3)
    assert list(fig.data[1].x) == [3]
    assert list(fig.data[1].y) == [LOSSES[3]]
    assert fig.layout.sliders[0].active == 3
    assert fig.layout.meta["start"] == 3


def test_frames_take_the_type_of_their_trace():
    fig = go.Figure(go.Heatmap(z=np.eye(2)), layout=layout("light"))
    playable(fig, [{0: {"z": np.eye(2) * k}} for k in range(3)], ["a", "b", "c"], redraw=True)
    assert all(frame.data[0].type == "heatmap" for frame in fig.frames)
    assert np.array_equal(fig.frames[2].data[0].z, np.eye(2) * 2)


def test_a_notebook_gets_buttons_and_a_slider():
    fig = walking(interval=70)
    buttons = fig.layout.updatemenus[0].buttons
    assert [button.label for button in buttons] == ["▶ Play", "Pause"]
    assert buttons[0].args[1]["frame"] == {"duration": 70, "redraw": False}
    steps = fig.layout.sliders[0].steps
    assert [(step.label, step.args[0]) for step in steps] == [
        (f"step {k}", (str(k),)) for k in range(5)
    ]
    assert fig.layout.margin.b > 100  # room for them


@pytest.mark.parametrize(
    ("frames", "labels", "start", "words"),
    [
        ([], [], 0, "at least one frame"),
        ([{0: {"x": [1]}}], ["a", "b"], 0, "each of the 1 frames, got 2"),
        ([{0: {"x": [1]}}], ["a"], 1, "start must be from 0 to 0, got 1"),
        ([{0: {"x": [1]}}, {0: {"y": [1]}}], ["a", "b"], 0, "frame 1 changes"),
        ([{0: {"x": [1]}}, {}], ["a", "b"], 0, "frame 1 changes"),
        ([{4: {"x": [1]}}], ["a"], 0, "trace 4, but the figure has 1"),
    ],
)
def test_frames_that_do_not_fit_are_refused(frames, labels, start, words):
    with pytest.raises(ValueError, match=words):
        playable(go.Figure(go.Scatter(y=[1])), frames, labels, start=start)


def test_payload_holds_the_figure_and_every_colour():
    payload = json.loads(to_payload(walking("light"), walking("dark")))
    assert set(payload) == {"data", "layout", "frames", "meta", "colours"}
    assert payload["colours"][style.LOSS.light] == style.LOSS.dark
    assert payload["colours"][style.BACKGROUND.light] == style.BACKGROUND.dark
    assert not {"updatemenus", "sliders", "meta"} & payload["layout"].keys()
    assert payload["layout"]["margin"]["b"] == 48  # without the room for Plotly's controls
    assert len(payload["frames"]) == len(payload["meta"]["labels"]) == 5


def test_payload_maps_colours_inside_scales_and_arrays():
    def drawn(theme):
        scale = colorscale(style.signed_scale(theme))
        colours = [style.mix(style.BACKGROUND.on(theme), style.HIDDEN.on(theme), 0.5)]
        fig = go.Figure(go.Heatmap(z=[[1]], colorscale=scale), layout=layout(theme))
        return fig.add_scatter(y=[1], marker_color=colours)

    mapped = json.loads(to_payload(drawn("light"), drawn("dark")))["colours"]
    assert mapped[style.POSITIVE.light] == style.POSITIVE.dark
    half = [style.mix(style.BACKGROUND.on(t), style.HIDDEN.on(t), 0.5) for t in ("light", "dark")]
    assert mapped[half[0]] == half[1]


def test_payload_refuses_figures_that_differ_in_more_than_colours():
    dark = walking("dark")
    dark.data[0].name = "another name"
    with pytest.raises(ValueError, match=r"differ at data\[0\]"):
        to_payload(walking("light"), dark)


def test_payload_refuses_a_colour_with_two_partners():
    def drawn(theme):
        fig = go.Figure(go.Scatter(y=[1], marker_color=style.INK.on(theme)), layout=layout(theme))
        return fig.add_scatter(y=[1], line_color=style.INK.light)  # the same in both themes

    with pytest.raises(ValueError, match="could not tell them apart"):
        to_payload(drawn("light"), drawn("dark"))


def test_figures_export(tmp_path):
    path = tmp_path / "figure.html"
    walking().write_html(path, include_plotlyjs=False)
    assert "step 4" in path.read_text("utf-8")
    assert len(go.Figure(json.loads(walking().to_json())).frames) == 5


def test_plotlyjs_is_the_full_bundle():
    assert len(plotlyjs()) > 2_000_000
