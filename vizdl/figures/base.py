"""What every interactive figure is made of: a themed layout, frames that play, a page's payload.

A concept's figure reads::

    def figure(trace, theme="light"):
        fig = go.Figure(layout=layout(theme, x="step", y="loss"))
        fig.add_scatter(y=trace.losses, mode="lines", line_color=style.LOSS.on(theme))
        fig.add_scatter(mode="markers", marker_color=style.LOSS.on(theme))
        frames = [{1: {"x": [k], "y": [loss]}} for k, loss in enumerate(trace.losses)]
        labels = [f"Step {k}: the loss is {number(loss)}." for k, loss in enumerate(trace.losses)]
        return playable(fig, frames, labels)

It stays an ordinary Plotly figure: in a notebook it plays with Plotly's own buttons and slider.
A page drops those for native controls (see `vizdl.live`).
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import plotly.graph_objects as go
from plotly.offline import get_plotlyjs

from vizdl import style
from vizdl.figures.live import Live
from vizdl.style import Theme

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif"
MARGIN = {"l": 56, "r": 16, "t": 44, "b": 48}
CONTROLS_HEIGHT = 110  # room for Plotly's own buttons and slider, in pixels
LABEL_WIDTH = 76  # of a line over Plotly's own slider, in characters
INTERVAL = 400  # of one frame, in milliseconds

Change = Mapping[str, Any]  # what a frame changes of one trace: {"x": ..., "y": ...}

_HEX = re.compile(r"#[0-9a-f]{6}")


def layout(
    theme: Theme,
    *,
    x: str = "",
    y: str = "",
    narrow: Mapping[str, Any] | None = None,
    aspect: float | None = None,
    narrow_aspect: float | None = None,
    **more: Any,
) -> go.Layout:
    """A layout in the course's colours for either theme.

    `x` and `y` title the axes. `narrow` holds what a page changes where the figure is narrower
    than 560 pixels, by dotted path (``{"yaxis.domain": [0.55, 1], "xaxis.anchor": "y"}``);
    `aspect` and `narrow_aspect` are the width of its box on a page over its height (16:9, and 4:5
    where it is narrow, if not given).
    `more` is passed on to ``plotly.graph_objects.Layout`` (``xaxis={"range": [0, 1]}``). The
    legend lies in a row above the plot, where it covers no data.
    """
    made = go.Layout(template=template(theme), margin=dict(MARGIN), **more)
    if x:
        made.xaxis.title.text = x
    if y:
        made.yaxis.title.text = y
    asked = {
        "narrow": dict(narrow) if narrow else None,
        "aspect": aspect,
        "narrow_aspect": narrow_aspect,
    }
    made.meta = {**(made.meta or {}), **{key: value for key, value in asked.items() if value}}
    return made


def template(theme: Theme) -> go.layout.Template:
    """The Plotly template of the course: type, axes, legend and hover texts."""
    ink, muted, grid = (role.on(theme) for role in (style.INK, style.MUTED, style.GRID))
    background, surface = style.BACKGROUND.on(theme), style.SURFACE.on(theme)
    axis = {
        "color": muted,
        "gridcolor": grid,
        "linecolor": grid,
        "zerolinecolor": grid,
        "zerolinewidth": 1,
        "ticks": "",
        "automargin": True,
        "fixedrange": True,  # a finger that moves over the figure scrolls the page
        "title": {"font": {"color": muted, "size": 14}, "standoff": 10},
        "tickfont": {"color": muted, "size": 12},
    }
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 14, "color": ink},
            "paper_bgcolor": background,
            "plot_bgcolor": background,
            "colorway": [role.on(theme) for role in style.SERIES],
            "hovermode": "closest",
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": surface,
                "bordercolor": grid,
                "align": "left",
                "font": {"family": FONT, "size": 13, "color": ink},
            },
            "legend": {
                "orientation": "h",
                "x": 0,
                "xanchor": "left",
                "y": 1.02,
                "yanchor": "bottom",
                "font": {"color": ink, "size": 13},
                "bgcolor": background,
            },
            "title": {"font": {"color": ink, "size": 16}, "x": 0, "xanchor": "left"},
            "annotationdefaults": {"font": {"color": ink, "size": 13}, "arrowcolor": muted},
            "coloraxis": {"colorbar": {"outlinewidth": 0, "tickfont": {"color": muted}}},
            "xaxis": axis,
            "yaxis": axis,
        }
    )


def colorscale(stops: Sequence[tuple[float, str]]) -> list[list[Any]]:
    """Stops from 0 to 1, as ``style.signed_scale(theme)`` gives them, in Plotly's form."""
    return [[float(at), colour] for at, colour in stops]


def playable(
    figure: go.Figure,
    frames: Sequence[Mapping[int, Change]],
    labels: Sequence[str],
    *,
    interval: int = INTERVAL,
    redraw: bool = False,
    start: int = 0,
) -> go.Figure:
    """Let the figure play: one frame a step, each with one sentence that says what it shows.

    `frames[k]` maps the index of a trace to what step k changes of it. Every frame has to change
    the same traces and the same attributes, so that any frame may follow any other. `labels[k]`
    is a sentence with its numbers, `interval` the milliseconds of a frame, `start` the frame
    that is shown first. Lines and markers move without `redraw`; the cells of a heat map do not.
    Raises ValueError where frames and labels do not fit.
    """
    _check(frames, labels, start, len(figure.data))
    moving = sorted(frames[0]) if frames else []
    figure.frames = [
        go.Frame(
            name=str(k),
            data=[{"type": figure.data[i].type, **frame[i]} for i in moving],
            traces=moving,
        )
        for k, frame in enumerate(frames)
    ]
    for index in moving:
        figure.data[index].update(frames[start][index], overwrite=True)
    margin = {**MARGIN, **figure.layout.margin.to_plotly_json()}
    figure.layout.meta = {
        **(figure.layout.meta or {}),
        "labels": [str(label) for label in labels],
        "interval": int(interval),
        "redraw": redraw,
        "start": start,
        "margin": margin,
    }
    figure.layout.margin = {**margin, "b": margin["b"] + CONTROLS_HEIGHT}
    _plotly_controls(figure, labels, interval, redraw, start)
    return figure


def _check(
    frames: Sequence[Mapping[int, Change]], labels: Sequence[str], start: int, traces: int
) -> None:
    if not frames:
        raise ValueError("frames must hold at least one frame, got none")
    if len(frames) != len(labels):
        raise ValueError(
            f"labels must hold one sentence for each of the {len(frames)} frames, got {len(labels)}"
        )
    if not 0 <= start < len(frames):
        raise ValueError(f"start must be from 0 to {len(frames) - 1}, got {start}")
    first = {index: sorted(change) for index, change in frames[0].items()}
    for k, frame in enumerate(frames):
        changed = {index: sorted(change) for index, change in frame.items()}
        if changed != first:
            raise ValueError(
                f"every frame must change the same attributes of the same traces: "
                f"frame 0 changes {first}, frame {k} changes {changed}"
            )
    beyond = [index for index in first if not 0 <= index < traces]
    if beyond:
        raise ValueError(f"frames change trace {beyond[0]}, but the figure has {traces} traces")


def _plotly_controls(
    figure: go.Figure, labels: Sequence[str], interval: int, redraw: bool, start: int
) -> None:
    ink = figure.layout.template.layout.font.color or style.INK.light
    muted = figure.layout.template.layout.xaxis.color or style.MUTED.light
    surface = figure.layout.template.layout.hoverlabel.bgcolor or style.SURFACE.light
    grid = figure.layout.template.layout.xaxis.gridcolor or style.GRID.light
    frame = {"mode": "immediate", "transition": {"duration": 0}}
    play = {**frame, "fromcurrent": True, "frame": {"duration": interval, "redraw": redraw}}
    jump = {**frame, "frame": {"duration": 0, "redraw": redraw}}
    room = figure.layout.margin.b  # the controls stand at its lower end
    figure.layout.updatemenus = [
        {
            "type": "buttons",
            "direction": "left",
            "showactive": False,
            "x": 0,
            "xanchor": "left",
            "y": 0,
            "yanchor": "top",
            "pad": {"t": room - 60},
            "bgcolor": surface,
            "bordercolor": grid,
            "font": {"color": ink},
            "buttons": [
                {"label": "▶ Play", "method": "animate", "args": [None, play]},
                {"label": "Pause", "method": "animate", "args": [[None], jump]},
            ],
        }
    ]
    figure.layout.sliders = [
        {
            "active": start,
            "x": 0.24,
            "len": 0.76,
            "y": 0,
            "yanchor": "top",
            "pad": {"t": room - 84},
            "ticklen": 0,
            "minorticklen": 0,
            "font": {"size": 1, "color": figure.layout.template.layout.paper_bgcolor},
            "currentvalue": {"font": {"size": 13, "color": ink}, "xanchor": "left"},
            "bgcolor": grid,
            "activebgcolor": muted,
            "bordercolor": grid,
            "steps": [
                {
                    "label": "<br>".join(textwrap.wrap(label, LABEL_WIDTH)),
                    "method": "animate",
                    "args": [[str(k)], jump],
                }
                for k, label in enumerate(labels)
            ],
        }
    ]


def to_payload(light: go.Figure, dark: go.Figure, declared: Live | None = None, **more: Any) -> str:
    """The figure as JSON for a page's player: data, layout, frames, meta, colours, and `more`.

    `colours` maps each colour of the light figure to that of the dark one. What is `live` is left
    out, and the frames with it: the page computes them. Raises ValueError where the two figures
    differ in more than colours, or where one light colour has two dark ones.
    """
    first, second = json.loads(light.to_json()), json.loads(dark.to_json())
    for figure in (first, second):
        figure["layout"].pop("updatemenus", None)
        figure["layout"].pop("sliders", None)
    colours: dict[str, str] = {}
    pairs = [("a feed", *pair) for pair in declared.colours()] if declared else []
    for path, here, there in [*_differences("", first, second), *pairs]:
        if not (_is_colour(here) and _is_colour(there)):
            raise ValueError(f"the light and the dark figure differ at {path}: {here!r}, {there!r}")
        if colours.setdefault(here, there) != there:
            raise ValueError(
                f"at {path} the light colour {here} is {there} on dark, elsewhere it is "
                f"{colours[here]}: a page could not tell them apart"
            )
    meta = first["layout"].pop("meta", {})
    if "margin" in meta:
        first["layout"]["margin"] = meta.pop("margin")
    frames = first.get("frames", [])
    if declared is not None:
        frames = []
        meta.pop("labels", None)
        _leave_out(first, declared)
    payload = {
        "data": first["data"],
        "layout": first["layout"],
        "frames": frames,
        "meta": meta,
        "colours": colours,
        **more,
    }
    return json.dumps(payload, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def _leave_out(figure: dict[str, Any], live: Live) -> None:
    for index, fed in live.feeds.items():
        if not 0 <= index < len(figure["data"]):
            raise ValueError(
                f"feeds name trace {index}, but the figure has {len(figure['data'])} traces"
            )
        for path in fed:
            holder = figure["data"][index]
            *outer, last = path.split(".")
            for key in outer:
                holder = holder.get(key, {})
            holder.pop(last, None)


def theme_of(figure: go.Figure) -> Theme:
    """The theme that the figure was drawn in, by its background."""
    return (
        "dark" if figure.layout.template.layout.paper_bgcolor == style.BACKGROUND.dark else "light"
    )


def plotlyjs() -> str:
    """The source of the plotly.js that ships with plotly.py (the full bundle)."""
    source: str = get_plotlyjs()
    return source


def _is_colour(value: Any) -> bool:
    return isinstance(value, str) and _HEX.fullmatch(value.lower()) is not None


def _differences(path: str, here: Any, there: Any) -> Iterator[tuple[str, Any, Any]]:
    """Every leaf at which two JSON values differ (and every colour, differing or not)."""
    if isinstance(here, dict) and isinstance(there, dict) and here.keys() == there.keys():
        for key in here:
            yield from _differences(f"{path}.{key}".lstrip("."), here[key], there[key])
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for index, (left, right) in enumerate(zip(here, there, strict=True)):
            yield from _differences(f"{path}[{index}]", left, right)
    elif here != there or _is_colour(here):
        yield path, here, there
