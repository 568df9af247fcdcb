"""A neuron's curve over its one input, where it crosses for each bias, and how well it learns.

At the left the curve with a bias and, dashed, the one without; students stand where they belong,
by the hours they spent. At the right, above, where the curve would cross with any bias, found by
bisection; below, the loss of both as they learn. Frames are the steps of learning.

On a page the reader moves weight and bias, and plays what learning makes of them: `live`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import autograd.numpy as anp
import numpy as np
import plotly.graph_objects as go
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments import bias_shift as experiment
from vizdl.experiments.bias_shift import BIASES, STEPS, BiasShiftTrace, X
from vizdl.experiments.live import Run, Table
from vizdl.figures.base import layout, playable
from vizdl.figures.field import add_points
from vizdl.figures.live import Feed, Live, Take, Texts, end, now, whole
from vizdl.figures.words import named, words
from vizdl.style import Theme

Array = NDArray[np.float64]

FAILED, PASSED, WITHOUT, WITH, UPRIGHT, NAILED, MARK, FORMULA, FAMILY, PRESENT = range(10)
LOSSES, DOTS, ENDS = (10, 11), (12, 13), 14
GROUND = {"sigmoid": (-0.15, 1.15), "tanh": (-1.3, 1.3), "relu": (-0.4, 2.4)}
ROLES = (style.HIDDEN, style.MUTED)  # of the neuron with a bias, and of the one without
LINES: tuple[dict[str, Any], ...] = ({"width": 4.0}, {"width": 2.5, "dash": "dash"})

_NOW = "w = {fit.params[step,0,0]:f2}, b = {fit.params[step,0,1]:f2}"
SENTENCE = words(
    (
        "here.lost",
        "Step {step:d}: " + _NOW + ". Without a weight the curve is flat, and crosses nowhere.",
    ),
    (
        "not step",
        "Before learning: " + _NOW + ". The curve crosses at −b/w = {here.crossing[0]:f2}, "
        "without a bias at 0.",
    ),
    "Step {step:d}: " + _NOW + ", so it crosses at {here.crossing[0]:f2}. Loss {fit.loss[step,0]}, "
    "without a bias {fit.loss[step,1]}.",
)
NAMED = words(("i", "without a bias"), "with a bias")
TABLE = (
    ("step of learning", words("{step:d}")),
    ("weight", words("{fit.params[step,0,0]:n6}")),
    ("bias", words("{fit.params[step,0,1]:n6}")),
    ("crossing, −b/w", words("{here.crossing[0]:n6}")),
    ("loss", words("{fit.loss[step,0]:n6}")),
    ("weight of the neuron without a bias", words("{fit.params[step,1,0]:n6}")),
    ("its loss", words("{fit.loss[step,1]:n6}")),
)


def figure(trace: BiasShiftTrace, theme: Theme = "light") -> go.Figure:
    """Draw both neurons; frame k is the k-th step of learning, frame 0 before it."""
    fig = go.Figure(layout=_layout(trace, theme))
    _draw_curves(fig, trace, theme)
    _draw_family(fig, theme)
    _draw_losses(fig, trace, theme)
    return playable(
        fig,
        [_frame(trace, k) for k in range(STEPS + 1)],
        [SENTENCE.fill(_numbers(trace, k), step=k) for k in range(STEPS + 1)],
        interval=60,
    )


def live(trace: BiasShiftTrace) -> Live:
    """On a page activation, weight and bias change the curve, and what learning makes of it."""
    flow = experiment.flow()
    drawing = (
        Run(
            "drawn",
            drawn,
            {"crossing": "here.crossing", "weight": "fit.params[step,0,0]", "targets": "targets"},
        ),
        Run("axis", axis, {"first": "fit.loss[0]", "last": "fit.loss[fit.rows-1]"}),
    )
    feeds: dict[int, dict[str, Feed]] = {
        FAILED: {"y": whole("drawn.failed")},
        PASSED: {"y": whole("drawn.passed")},
        WITHOUT: {"y": Take("here.y", 1, 1)},
        WITH: {"y": Take("here.y", 0, 0)},
        UPRIGHT: {"x": whole("drawn.upright")},
        NAILED: {"y": whole("here.middle")},
        MARK: {"x": Take("here.crossing", 0, 0), "y": whole("here.middle")},
        FORMULA: {"y": whole("drawn.formula")},
        FAMILY: {"y": end("family.x")},
        PRESENT: {"x": now("fit.params", 0, 1), "y": Take("here.crossing", 0, 0)},
        ENDS: {"y": whole("axis.names"), "text": Texts(NAMED, over="here.crossing")},
    }
    for k in (0, 1):
        feeds[LOSSES[k]] = {"y": whole("fit.loss", k)}
        feeds[DOTS[k]] = {"x": whole("step"), "y": now("fit.loss", k)}
    ground = Table("ground", ("activation",), {name: np.array(y) for name, y in GROUND.items()})
    return Live(
        flow=replace(flow, sources=(*flow.sources, ground), runs=(*flow.runs, *drawing)),
        feeds=feeds,
        layout={"yaxis.range": whole("ground"), "yaxis3.range": whole("axis.loss")},
        sentence=SENTENCE,
        table=TABLE,
        clicks={LOSSES[0]: "", LOSSES[1]: ""},
    )


# Where everything stands, in Python as on a page


def drawn(crossing: Any, weight: Any, targets: Any) -> dict[str, Any]:
    """Where students stand, the upright line at the crossing, and -b/w for all biases."""
    passed = experiment.learners()[1]
    return {
        "failed": targets[0] * np.ones(int((passed == 0).sum())),
        "passed": targets[1] * np.ones(int(passed.sum())),
        "upright": anp.stack([crossing[0], crossing[0]]),
        "formula": -BIASES / anp.where(weight == 0, anp.nan, weight),
    }


def axis(first: Any, last: Any) -> dict[str, Any]:
    """The ends of the axis of the loss, from those before learning; where the names stand, (2,)."""
    top = 1.1 * anp.max(first)
    away = 0.07 * top * anp.where(last[0] > last[1], 1.0, -1.0)
    return {
        "loss": anp.stack([0.0 * top, top]),
        "names": anp.stack([last[0] + away, last[1] - away]),
    }


def _numbers(trace: BiasShiftTrace, step: int) -> dict[str, Any]:
    """The numbers of the trace at a step, by the names that a page has for them."""
    name = trace.settings.activation
    here = experiment.curve(name)(trace.path[step])
    places = drawn(here["crossing"], trace.path[step, 0, 0], experiment.TARGETS[name])
    return {
        "fit.params": trace.path,
        "fit.loss": trace.losses,
        "family.found": trace.found[step],
        **named(here=here, drawn=places),
    }


def _layout(trace: BiasShiftTrace, theme: Theme) -> go.Layout:
    plain: dict[str, Any] = {"zeroline": False}
    made = layout(
        theme,
        aspect=1.75,
        narrow_aspect=0.52,
        narrow={
            "xaxis.domain": [0, 1],
            "yaxis.domain": [0.58, 1],
            "xaxis2.domain": [0, 1],
            "yaxis2.domain": [0.27, 0.46],
            "xaxis3.domain": [0, 1],
            "yaxis3.domain": [0, 0.15],
            "margin.b": 50,
        },
        showlegend=False,
        xaxis={
            "title": {"text": "input x: tens of hours on the project"},
            "range": [X[0], X[-1]],
            "domain": [0, 0.55],
            "zeroline": True,
            "zerolinewidth": 2,
        },
        yaxis={**plain, "title": {"text": "output"}, "range": GROUND[trace.settings.activation]},
        xaxis2={
            **plain,
            "title": {"text": "bias b"},
            "range": [-6.3, 6.3],
            "domain": [0.66, 1],
            "anchor": "y2",
        },
        yaxis2={
            **plain,
            "title": {"text": "crossing"},
            "range": [X[0], X[-1]],
            "domain": [0.6, 1],
            "anchor": "x2",
        },
        xaxis3={
            **plain,
            "title": {"text": "step of learning"},
            "range": [-2, STEPS + 2],
            "domain": [0.66, 1],
            "anchor": "y3",
        },
        yaxis3={
            **plain,
            "title": {"text": "loss"},
            "range": axis(*trace.losses[[0, -1]])["loss"].tolist(),
            "domain": [0, 0.38],
            "anchor": "x3",
            "nticks": 4,
        },
    )
    made.margin.t = 12  # there is no legend
    return made


def _draw_curves(fig: go.Figure, trace: BiasShiftTrace, theme: Theme) -> None:
    ink, edge = style.INK.on(theme), style.BACKGROUND.on(theme)
    add_points(
        fig,
        np.column_stack([trace.hours, trace.targets]),
        trace.passed,
        theme,
        size=9,
        names=("failed", "passed"),
    )
    for role, line, k in ((ROLES[1], LINES[1], 1), (ROLES[0], LINES[0], 0)):
        fig.add_scatter(
            x=X,
            y=trace.curves[0, k],
            mode="lines",
            line={**line, "color": role.on(theme)},
            hoverinfo="skip",
            name="without a bias" if k else "with a bias",
        )
    fig.add_scatter(
        y=[-9.0, 9.0], mode="lines", line={"width": 1.5, "dash": "dot", "color": ink},
        hoverinfo="skip", name="crossing",
    )  # fmt: skip
    for name, role in (("nailed", ROLES[1]), ("mark", style.INK)):
        fig.add_scatter(
            x=[0.0],
            mode="markers",
            marker={
                "size": 13,
                "symbol": "circle",
                "color": role.on(theme),
                "line": {"width": 2, "color": edge},
            },
            hoverinfo="skip",
            name=name,
        )
    middle = experiment.curve(trace.settings.activation)(trace.path[0])["middle"]
    fig.data[NAILED].y = middle
    fig.data[MARK].y = middle


def _draw_family(fig: go.Figure, theme: Theme) -> None:
    second = {"xaxis": "x2", "yaxis": "y2", "hoverinfo": "skip"}
    fig.add_scatter(
        x=BIASES, mode="lines", line={"width": 1.5, "color": style.MUTED.on(theme)},
        name="−b/w", **second,
    )  # fmt: skip
    for name, x, size, role in (
        ("found", BIASES, 6, style.HIDDEN),
        ("present", None, 13, style.INK),
    ):
        fig.add_scatter(
            x=x,
            mode="markers",
            marker={
                "size": size,
                "symbol": "circle",
                "color": role.on(theme),
                "line": {"width": 2 if x is None else 0, "color": style.BACKGROUND.on(theme)},
            },
            name=name,
            **second,
        )


def _draw_losses(fig: go.Figure, trace: BiasShiftTrace, theme: Theme) -> None:
    third = {"xaxis": "x3", "yaxis": "y3"}
    steps = np.arange(STEPS + 1.0)
    for k, (role, line) in enumerate(zip(ROLES, LINES, strict=True)):
        fig.add_scatter(
            x=steps,
            y=trace.losses[:, k],
            mode="lines",
            line={**line, "width": 2.5, "color": role.on(theme)},
            name="loss without a bias" if k else "loss",
            hovertemplate="step %{x}: loss %{y:.3f}<extra></extra>",
            **third,
        )
    for role in ROLES:
        fig.add_scatter(
            mode="markers",
            marker={
                "size": 11,
                "symbol": "circle",
                "color": role.on(theme),
                "line": {"width": 2, "color": style.BACKGROUND.on(theme)},
            },
            hoverinfo="skip",
            name="now",
            **third,
        )
    fig.add_scatter(
        x=[STEPS, STEPS],
        y=axis(*trace.losses[[0, -1]])["names"],
        mode="text",
        text=[NAMED.fill({}, i=k) for k in (0, 1)],
        textposition="middle left",
        textfont={"size": 13, "color": style.INK.on(theme)},
        hoverinfo="skip",
        name="names",
        **third,
    )


def _frame(trace: BiasShiftTrace, step: int) -> dict[int, dict[str, Any]]:
    """What changes after that step of learning."""
    numbers = _numbers(trace, step)
    crossing = numbers["here.crossing"][:1]
    return {
        WITHOUT: {"y": trace.curves[step, 1]},
        WITH: {"y": trace.curves[step, 0]},
        UPRIGHT: {"x": numbers["drawn.upright"]},
        MARK: {"x": crossing},
        FORMULA: {"y": numbers["drawn.formula"]},
        FAMILY: {"y": trace.found[step]},
        PRESENT: {"x": trace.path[step, 0, 1:], "y": crossing},
        **{
            dot: {"x": np.array([float(step)]), "y": trace.losses[step, k : k + 1]}
            for k, dot in enumerate(DOTS)
        },
    }
