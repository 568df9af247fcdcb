"""Seven optimizers on one landscape: their ways, their losses, and the rates they step by.

On the left the map with the seven walks; on the right their losses, and below, for each optimizer,
the rate it applies to either weight at this step: two marks on one line, far apart where it has
adapted them to the weights. Beside them stands the step at which it has arrived.

On a page the reader drags the start and changes landscape, rates and memories: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import adaptive_rates as experiment
from vizdl.experiments import adaptive_rates_flow as computed
from vizdl.experiments.adaptive_rates import (
    COLOURS,
    NAMES,
    OPTIMIZERS,
    STEPS,
    TARGET,
    TITLES,
    AdaptiveRatesTrace,
)
from vizdl.experiments.walks import within
from vizdl.figures.axes import QUIET, axis, panel
from vizdl.figures.base import layout, playable
from vizdl.figures.contour import add_map, live_map
from vizdl.figures.live import Along, Drag, Live, Pick, Take, Texts, upto, whole
from vizdl.figures.marks import add_ball, add_line, add_words
from vizdl.figures.pairs import columns, rows, xy
from vizdl.figures.walks import SECOND, add_start, map_axes
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

THIRD = panel(3)
BANDS = 14  # of the map
ALL = range(len(OPTIMIZERS))
DASHES = (None, None, "dash", None, "dot", "dash", None)
MOMENTS = (*range(21), *range(25, 51, 5), *range(60, STEPS + 1, 10))  # steps that have a frame
FAINT = 0.07  # what is not watched
SCORES = 2.35  # where they stand on the axis of rates, as a logarithm
# The traces, in the order in which they are drawn; the bands of the map come first.
MINIMUM, TARGETS = BANDS, BANDS + 1
TRAILS, LOSSES = (range(BANDS + 2 + 7 * n, BANDS + 9 + 7 * n) for n in range(2))
BALLS, DOTS, JOINED, FIRST, SECONDS, SCORE, START = range(LOSSES[-1] + 1, LOSSES[-1] + 8)

SENTENCE = words(
    (
        "watch.one",
        "Step {step:d}, {watch.title:s}: w = ({path.w[step,watch.place,0]}, "
        "{path.w[step,watch.place,1]}), loss {path.loss[step,watch.place]}. The gradient is "
        "({path.gradient[step,watch.place,0]}, {path.gradient[step,watch.place,1]}), and the rates "
        "are {path.rates[step,watch.place,0]} for w₁ and {path.rates[step,watch.place,1]} for w₂.",
    ),
    "Step {step:d}. Loss: "
    + ", ".join(f"{title} {{path.loss[step,{k}]:n2}}" for k, title in enumerate(TITLES))
    + ".",
)
STORY = words(
    "<b>{titles[i]:s}</b>, step {step:d}<br>"
    "w = ({path.w[step,i,0]}, {path.w[step,i,1]}), loss {path.loss[step,i]}<br>"
    "gradient ({path.gradient[step,i,0]}, {path.gradient[step,i,1]})<br>"
    "rates {path.rates[step,i,0]} and {path.rates[step,i,1]}"
)
SCORED = words(
    ("not score.late[i]", "{score.reached[i]:d} steps"),
    f"not in {STEPS}",
)
TABLE = (
    ("step", words("{step:d}")),
    *(
        (
            f"{title}: loss, and the rates of both weights",
            words(
                f"{{path.loss[step,{k}]:n6}}, ({{path.rates[step,{k},0]:n4}}, "
                f"{{path.rates[step,{k},1]:n4}})"
            ),
        )
        for k, title in enumerate(TITLES)
    ),
)


def figure(trace: AdaptiveRatesTrace, theme: Theme = "light") -> go.Figure:
    """Draw the seven walks; the frames are their first steps one by one, then fewer and fewer."""
    fig = go.Figure(layout=_layout(trace, theme))
    numbers = _numbers(trace)
    add_map(fig, trace.surface, theme)
    _draw_marks(fig, trace, theme)
    _draw_walks(fig, trace, numbers, theme)
    _draw_rates(fig, numbers, theme)
    x, y = trace.positions[0, :1].T
    add_start(fig, theme, x=x, y=y, showlegend=False)
    return playable(
        fig,
        [_frame(numbers, k) for k in MOMENTS],
        [SENTENCE.fill(numbers, step=k) for k in MOMENTS],
        interval=150,
    )


def live(trace: AdaptiveRatesTrace) -> Live:
    """On a page the start is dragged, and every setting changes the whole picture at once."""
    flow = computed.flow()
    tables, feeds = live_map({name: experiment.surface(name) for name in NAMES}, "landscape")
    for k in ALL:
        opacity = Pick((FAINT, 0.85), Take("watch.shown", k, k), single=True)
        x, y = upto("path.place", k, 0), upto("path.place", k, 1)
        feeds |= {
            TRAILS[k]: {"x": x, "y": y, "opacity": opacity},
            LOSSES[k]: {"y": whole("path.height", k), "opacity": opacity},
        }
    opacities = Pick((FAINT, 1.0), whole("watch.shown"))
    feeds |= {
        MINIMUM: columns("minimum"),
        BALLS: {
            "x": whole("here.x"),
            "y": whole("here.y"),
            "text": Texts(STORY, over="here.x"),
            "marker.opacity": opacities,
        },
        DOTS: {"x": whole("here.step"), "y": whole("here.height"), "marker.opacity": opacities},
        JOINED: {"x": whole("here.joined")},
        FIRST: {"x": whole("here.first")},
        SECONDS: {"x": whole("here.second")},
        SCORE: {"text": Texts(SCORED, over="score.reached")},
        START: rows("start.w"),
    }
    horizontal, vertical = (
        Along(f"start_{axis}", f"box[{k},0]", f"box[{k},1]", snap=0.002)
        for k, axis in enumerate("xy")
    )
    return Live(
        flow=replace(flow, sources=(*flow.sources, *tables)),
        feeds=feeds,
        layout={
            "xaxis.range": Take("domain", 0, 0),
            "yaxis.range": Take("domain", 1, 1),
            "yaxis2.range": whole("axis.loss"),
        },
        sentence=SENTENCE,
        table=TABLE,
        clicks=dict.fromkeys(LOSSES, ""),
        drags=(Drag("the start", START, x=horizontal, y=vertical),),
    )


def _numbers(trace: AdaptiveRatesTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    domain = experiment.DOMAINS[trace.settings.landscape]
    watched = trace.settings.watched
    place = OPTIMIZERS.index(watched) if watched != "all" else 0
    shown = np.where(np.isfinite(trace.losses), trace.losses, np.inf)
    return {
        "titles": TITLES,
        "watch.one": float(watched != "all"),
        "watch.place": place,
        "watch.title": TITLES[place],
        "watch.shown": computed.shown(watched),
        "path.w": trace.positions,
        "path.loss": shown,
        "path.gradient": trace.gradients,
        "path.rates": trace.rates,
        "path.place": within(trace.positions, domain),
        "path.height": computed.height(trace.losses),
        "score.reached": trace.reached,
        "score.late": trace.reached < 0,
    }


def _layout(trace: AdaptiveRatesTrace, theme: Theme) -> go.Layout:
    domain = experiment.DOMAINS[trace.settings.landscape]
    return layout(
        theme,
        aspect=1.6,
        narrow_aspect=0.46,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.6, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.34, 0.53],
            "xaxis3.domain": [0.2, 1],
            "yaxis3.domain": [0, 0.24],
            "legend.font.size": 12,
        },
        legend={"itemclick": False, "itemdoubleclick": False},
        **map_axes(domain, [0, 0.52]),
        xaxis2=axis("step", [-0.02 * STEPS, 1.02 * STEPS], [0.62, 1], "y2", zeroline=False),
        yaxis2=axis(
            "loss",
            computed.loss_ends(float(trace.losses[0, 0])),
            [0.58, 1],
            "x2",
            type="log",
            dtick=1,
            exponentformat="power",
        ),
        xaxis3=axis(
            "rates: ● for w<sub>1</sub>, ■ for w<sub>2</sub>",
            [-4, 3.6],
            [0.68, 1],
            "y3",
            type="log",
            tickvals=[1e-4, 1e-2, 1, 100],
            ticktext=["10<sup>−4</sup>", "0.01", "1", "100"],
        ),
        yaxis3=axis(
            ends=[len(OPTIMIZERS) - 0.4, -0.6],
            domain=[0, 0.38],
            anchor="x3",
            tickvals=list(ALL),
            ticktext=list(TITLES),
            **QUIET,
        ),
    )


def _draw_marks(fig: go.Figure, trace: AdaptiveRatesTrace, theme: Theme) -> None:
    ink = style.INK.on(theme)
    fig.add_scatter(
        x=trace.minimum[:1], y=trace.minimum[1:], mode="markers", showlegend=False,
        marker={"symbol": "cross-thin", "size": 13, "line": {"width": 2, "color": ink}},
        hovertemplate="the minimum: w = (%{x}, %{y})<extra></extra>", name="minimum",
    )  # fmt: skip
    add_line(
        fig, style.MUTED.on(theme), x=[-0.02 * STEPS, 1.02 * STEPS], y=[TARGET, TARGET], width=1,
        dash="dash", name="target", showlegend=False, **SECOND,
    )  # fmt: skip


def _draw_walks(
    fig: go.Figure, trace: AdaptiveRatesTrace, numbers: dict[str, Any], theme: Theme
) -> None:
    steps = np.arange(STEPS + 1.0)
    colours = [role.on(theme) for role in COLOURS]
    shown = [(FAINT, 1.0)[int(seen)] for seen in numbers["watch.shown"]]
    for k in ALL:
        add_line(
            fig, colours[k], width=2.5, dash=DASHES[k], name=TITLES[k],
            opacity=min(0.85, shown[k]),
        )  # fmt: skip
    for k in ALL:
        add_line(
            fig, colours[k], x=steps, y=numbers["path.height"][:, k], width=2.5, dash=DASHES[k],
            name=TITLES[k], opacity=min(0.85, shown[k]), showlegend=False,
            hoverinfo=None, hovertemplate="step %{x}: loss %{y:.3g}", **SECOND,
        )  # fmt: skip
    at = _at(numbers, 0)
    marker = {"opacity": shown, "color": colours}
    add_ball(
        fig, style.INK.on(theme), theme, x=at["x"], y=at["y"], showlegend=False, hoverinfo=None,
        name="now", text=[STORY.fill(numbers, step=0, i=k) for k in ALL],
        hovertemplate="%{text}<extra></extra>",
    )  # fmt: skip
    add_ball(
        fig,
        style.INK.on(theme),
        theme,
        x=at["step"],
        y=at["height"],
        showlegend=False,
        name="now",
        **SECOND,
    )
    for ball in fig.data[-2:]:
        ball.marker.update(marker)


def _at(numbers: dict[str, Any], k: int) -> dict[str, Any]:
    """Where the seven are at step k, on the map and over the steps, and their rates."""
    place, height = numbers["path.place"][k], numbers["path.height"][k]
    return computed.here(place, height, numbers["path.rates"][k], float(k))


def _draw_rates(fig: go.Figure, numbers: dict[str, Any], theme: Theme) -> None:
    at = _at(numbers, 0)
    colours = [role.on(theme) for role in COLOURS]
    levels = np.array(ALL, dtype=float)
    pairs = computed.joined(np.stack([levels, levels], axis=1))
    add_line(
        fig, style.MUTED.on(theme), x=at["joined"], y=pairs, width=2, name="both rates",
        showlegend=False, **THIRD,
    )  # fmt: skip
    for d, (name, symbol) in enumerate((("first", "circle"), ("second", "square"))):
        fig.add_scatter(
            x=at[name], y=levels, mode="markers", showlegend=False, name=f"rate of w{d + 1}",
            marker={"symbol": symbol, "size": 11, "color": colours},
            hovertemplate=f"rate for w<sub>{d + 1}</sub>: %{{x:.3g}}<extra></extra>", **THIRD,
        )  # fmt: skip
    add_words(
        fig, None, size=12, at="middle center", x=np.full(len(levels), 10.0**SCORES),
        y=levels, text=[SCORED.fill(numbers, i=k) for k in ALL], name="arrived", showlegend=False,
        **THIRD,
    )  # fmt: skip


def _frame(numbers: dict[str, Any], k: int) -> dict[int, dict[str, Any]]:
    """What changes at step k, by trace."""
    at = _at(numbers, k)
    frame: dict[int, dict[str, Any]] = {
        TRAILS[n]: xy(*numbers["path.place"][: k + 1, n].T) for n in ALL
    }
    told = [STORY.fill(numbers, step=k, i=n) for n in ALL]
    frame[BALLS] = {"x": at["x"], "y": at["y"], "text": told}
    frame[DOTS] = {"x": at["step"], "y": at["height"]}
    frame[JOINED] = {"x": at["joined"]}
    frame[FIRST], frame[SECONDS] = {"x": at["first"]}, {"x": at["second"]}
    return frame
