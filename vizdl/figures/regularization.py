"""A curve through noisy points, and what degree, penalty and early stopping do to its losses.

On the left the points, the wave they come from, the fit at the degree and the strength that are
set, and the fit of gradient descent without a penalty, stopped at this step. On the right the
losses on the training points and on fresh ones: over the degree, over the strength of the penalty,
over the steps of gradient descent. A ring marks the least test loss of each.

On a page degree and strength are dragged, and a click takes one: `live`.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import regularization as experiment
from vizdl.experiments import regularization_flow as computed
from vizdl.experiments.regularization import (
    DEGREES,
    GRID,
    HIGHEST,
    MOMENTS,
    SIZE,
    STEPS,
    STRENGTHS,
    RegularizationTrace,
)
from vizdl.figures.axes import panel
from vizdl.figures.base import layout, playable
from vizdl.figures.live import Along, Drag, Feed, Live, Take, whole
from vizdl.figures.marks import add_ball, add_line
from vizdl.figures.pairs import pair
from vizdl.figures.words import words
from vizdl.style import Theme

Array = NDArray[np.float64]

TRAIN, TEST = style.SERIES[0], style.LOSS
FIT, STOPPED = style.WEIGHT, style.HIDDEN
PANELS = ("degree", "strength", "step")  # each with the loss on training and on fresh points
# The traces, in the order in which they are drawn.
TRUTH, FRESH, POINTS, CURVE, STOP = range(5)
TRAINS, TESTS, RINGS, NOW = (range(5 + 3 * n, 8 + 3 * n) for n in range(4))

SENTENCE = words(
    "Degree {degree:d}, penalty {strength:g3}: training loss {fits.train[59]}, test loss "
    "{fits.test[59]}, weights of length {fits.norm[59]}. Descent without a penalty, stopped after "
    "{moment.step:d} steps: training loss {walk.train[moment.step]}, test loss "
    "{walk.test[moment.step]}."
)
TABLE = (
    ("training loss at this degree and penalty", words("{fits.train[59]:n6}")),
    ("test loss at this degree and penalty", words("{fits.test[59]:n6}")),
    ("length of the weights", words("{fits.norm[59]:n6}")),
    ("steps of descent", words("{moment.step:d}")),
    ("training loss of the descent", words("{walk.train[moment.step]:n6}")),
    ("test loss of the descent", words("{walk.test[moment.step]:n6}")),
    ("best degree", words("{best.degree_x[0]:d}")),
    ("best strength", words("{best.strength_x[0]:g3}")),
    ("best step", words("{walk.best[walk.rows-1]:d}")),
)


def figure(trace: RegularizationTrace, theme: Theme = "light") -> go.Figure:
    """Draw fits and losses; the frames are steps of gradient descent, fewer and fewer."""
    fig = go.Figure(layout=_layout(theme))
    numbers = _numbers(trace)
    _draw_fits(fig, trace, theme)
    _draw_losses(fig, trace, theme)
    return playable(
        fig,
        [_frame(trace, k) for k in range(len(MOMENTS))],
        [SENTENCE.fill({**numbers, "moment.step": int(step)}) for step in MOMENTS],
        interval=150,
        start=_start(trace),
    )


def live(trace: RegularizationTrace) -> Live:
    """On a page every setting fits everything anew, while it is dragged."""
    feeds: dict[int, dict[str, Feed]] = {
        FRESH: pair("test.x", "test.y"),
        POINTS: pair("train.x", "train.y"),
        CURVE: {"y": whole("fits.curve")},
        STOP: {"y": whole("here.curve")},
    }
    for traces, name in ((TRAINS, "train"), (TESTS, "test")):
        losses = f"fits.{name}_height"
        feeds |= {
            traces[0]: {"y": Take(losses, 0, SIZE - 1)},
            traces[1]: {"y": Take(losses, SIZE, computed.COUNT - 1)},
            traces[2]: {"y": Take(f"walk.{name}_height", at="every.moments")},
        }
    for k, name in enumerate(PANELS):
        feeds[RINGS[k]] = pair(f"best.{name}_x", f"best.{name}_y")
        of = "here." if name == "step" else f"mine.{name}_"
        feeds[NOW[k]] = pair(f"{of}x", f"{of}y")
    return Live(
        flow=computed.flow(),
        feeds=feeds,
        sentence=SENTENCE,
        table=TABLE,
        clicks={TRAINS[2]: "", TESTS[2]: ""},
        sets={
            TRAINS[0]: ("degree", "every.degree"),
            TESTS[0]: ("degree", "every.degree"),
            TRAINS[1]: ("strength", "every.strength"),
            TESTS[1]: ("strength", "every.strength"),
        },
        drags=(
            Drag("the degree", NOW[0], x=Along("degree")),
            Drag("the strength of the penalty", NOW[1], x=Along("strength", snap=1e-6)),
        ),
        start=_start(trace),
    )


def _start(trace: RegularizationTrace) -> int:
    """The moment at which the test loss of the descent is least."""
    return int(trace.fits.descent_test[MOMENTS].argmin())


def _numbers(trace: RegularizationTrace) -> dict[str, Any]:
    """The numbers of the trace, by the names that a page has for them."""
    fits = trace.fits
    last = computed.COUNT
    return {
        "degree": trace.settings.degree,
        "strength": trace.settings.strength,
        "fits.train": {last: trace.train},
        "fits.test": {last: trace.test},
        "fits.norm": {last: float(experiment.norm(trace.weights))},
        "walk.train": fits.descent_train,
        "walk.test": fits.descent_test,
    }


def _layout(theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"zeroline": False}
    loss = {
        **plain,
        "type": "log",
        "range": list(np.log10([computed.LEAST_LOSS, 1.3 * computed.MOST_LOSS])),
        "tickvals": [0.01, 0.1, 1, 10],
        "ticktext": ["0.01", "0.1", "1", "10"],
        "title": {"text": "loss"},
    }
    rows = ([0.76, 1.0], [0.38, 0.62], [0.0, 0.24])
    narrow = ([0.43, 0.565], [0.215, 0.35], [0.0, 0.135])
    panels: dict[str, Any] = {}
    changes: dict[str, Any] = {"xaxis.domain": [0, 1], "yaxis.domain": [0.66, 1]}
    for k, name in enumerate(("degree", "strength of the penalty", "steps of descent, plus one")):
        across = {**plain, "title": {"text": name}, "domain": [0.62, 1], "anchor": f"y{k + 2}"}
        if k:
            across["type"] = "log"
        panels[f"xaxis{k + 2}"] = across
        panels[f"yaxis{k + 2}"] = {**loss, "domain": rows[k], "anchor": f"x{k + 2}"}
        changes |= {f"xaxis{k + 2}.domain": [0, 1], f"yaxis{k + 2}.domain": narrow[k]}
    panels["xaxis2"]["range"] = [-0.5, HIGHEST + 0.5]
    panels["xaxis3"]["range"] = list(np.log10(STRENGTHS[[0, -1]]) + np.array([-0.15, 0.15]))
    panels["xaxis3"] |= {
        "tickvals": [1e-6, 1e-4, 0.01, 1],
        "ticktext": ["10<sup>−6</sup>", "10<sup>−4</sup>", "0.01", "1"],
    }
    panels["xaxis4"]["range"] = [-0.1, np.log10(STEPS + 1) + 0.1]
    panels["xaxis4"] |= {"tickvals": [1, 10, 100, 1000], "ticktext": ["1", "10", "100", "1000"]}
    return layout(
        theme,
        aspect=1.5,
        narrow_aspect=0.42,
        narrow=changes,
        legend={"itemclick": False, "itemdoubleclick": False},
        xaxis={**plain, "title": {"text": "x"}, "range": [-0.02, 1.02], "domain": [0, 0.52]},
        yaxis={**plain, "title": {"text": "y"}, "range": [-2.3, 2.3]},
        **panels,
    )


def _draw_fits(fig: go.Figure, trace: RegularizationTrace, theme: Theme) -> None:
    muted, ink = style.MUTED.on(theme), style.INK.on(theme)
    add_line(fig, muted, x=GRID, y=trace.truth, width=1.5, dash="dash", name="the wave itself")
    fig.add_scatter(
        x=trace.test_x, y=trace.test_y, mode="markers", name="fresh points",
        marker={"size": 4, "color": TEST.on(theme)}, opacity=0.45, hoverinfo="skip",
    )  # fmt: skip
    fig.add_scatter(
        x=trace.x, y=trace.y, mode="markers", name="training points",
        marker={"size": 10, "color": TRAIN.on(theme), "line": {"width": 1.5, "color": ink}},
        hovertemplate="x = %{x:.3f}, y = %{y:.3f}<extra></extra>",
    )  # fmt: skip
    add_line(fig, FIT.on(theme), x=GRID, y=trace.curve, width=4, name="with the penalty")
    add_line(fig, STOPPED.on(theme), x=GRID, width=3, dash="dot", name="stopped early")


def _draw_losses(fig: go.Figure, trace: RegularizationTrace, theme: Theme) -> None:
    fits = trace.fits
    across = (DEGREES.astype(float), STRENGTHS, MOMENTS + 1.0)
    trained = (fits.degree_train, fits.strength_train, fits.descent_train[MOMENTS])
    tested = (fits.degree_test, fits.strength_test, fits.descent_test[MOMENTS])
    for losses, role, name in ((trained, TRAIN, "training loss"), (tested, TEST, "test loss")):
        for k, values in enumerate(losses):
            fig.add_scatter(
                x=across[k], y=computed.height(values), mode="lines+markers", name=name,
                line={"width": 2.2, "color": role.on(theme)},
                marker={"size": 4, "color": role.on(theme)}, showlegend=k == 0,
                hovertemplate=f"{PANELS[k]} %{{x:.3g}}: {name} %{{y:.3g}}<extra></extra>",
                **panel(k + 2),
            )  # fmt: skip
    best = (fits.best_degree, STRENGTHS[fits.best_strength], fits.best_step + 1)
    least = (losses.min() for losses in (fits.degree_test, fits.strength_test, fits.descent_test))
    for k, (x, y) in enumerate(zip(best, least, strict=True)):
        fig.add_scatter(
            x=[x], y=[float(computed.height(y))], mode="markers", name="least test loss",
            marker={"symbol": "circle-open", "size": 17, "color": style.INK.on(theme)},
            showlegend=k == 0, hovertemplate="least test loss: %{y:.3g}<extra></extra>",
            **panel(k + 2),
        )  # fmt: skip
    settings = trace.settings
    plain = [fits.degree_test[settings.degree], fits.degree_train[settings.degree]]
    now = (
        ([float(settings.degree)] * 2, plain),
        ([settings.strength] * 2, [trace.test, trace.train]),
        ([1.0] * 2, [fits.descent_test[0], fits.descent_train[0]]),
    )
    for k, (x, y) in enumerate(now):
        colour = (FIT, FIT, STOPPED)[k].on(theme)
        height = computed.height(np.array(y))
        add_ball(
            fig, colour, theme, x=x, y=height, size=12, name="now", showlegend=False, **panel(k + 2)
        )


def _frame(trace: RegularizationTrace, k: int) -> dict[int, dict[str, Array]]:
    """What changes with the step of the descent, by trace."""
    step, fits = MOMENTS[k], trace.fits
    losses = np.array([fits.descent_test[step], fits.descent_train[step]])
    return {
        STOP: {"y": trace.descent_curves[k]},
        NOW[2]: {"x": np.full(2, step + 1.0), "y": computed.height(losses)},
    }
