"""The values as a line, and a marker that walks along it."""

import plotly.graph_objects as go

from vizdl import style
from vizdl.experiments.base import number
from vizdl.figures.base import layout, playable


def figure(trace, theme="light"):
    """Draw what is left, step by step."""
    fig = go.Figure(
        layout=layout(theme, x="step", y="what is left", narrow={"yaxis.title.text": "left"})
    )
    fig.add_scatter(y=trace.values, mode="lines", line_color=style.LOSS.on(theme), name="left")
    fig.add_scatter(mode="markers", marker_color=style.GRADIENT.on(theme), name="now")
    fig.data[1].marker.size = 14
    frames = [{1: {"x": [t], "y": [value]}} for t, value in enumerate(trace.values)]
    labels = [f"After step {t}, {number(v)} is left." for t, v in enumerate(trace.values)]
    return playable(fig, frames, labels, interval=60)
