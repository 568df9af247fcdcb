"""What a page computes for the linear collapse: the training of a network of any size, its product.

One program serves every size. It has five layers of eight units; those that the reader does not
ask for are left out by masks: a unit has no weights, a layer hands its input on as it is.
"""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np
from autograd import value_and_grad

from vizdl.engines import losses, optimizers
from vizdl.experiments import linear_collapse as experiment
from vizdl.experiments.field import grid, zero_line
from vizdl.experiments.linear_collapse import (
    CELLS,
    LAYERS,
    LOSS,
    SPAN,
    SPOKEN,
    STEPS,
    UNITS,
    LinearCollapseTrace,
)
from vizdl.experiments.live import Draw, Flow, Run, Table

WIDEST = 8  # units of a hidden layer that a page can train at every move of a slider
SHAPE = (LAYERS, WIDEST, WIDEST)


def flow(trace: LinearCollapseTrace) -> Flow:
    """The training step by step, and at the present one the plane, the matrices, their product."""
    return Flow(
        controls=("activation", "depth", "width", "learning_rate", "seed"),
        highest={"width": WIDEST},
        sources=(
            Table("bent", ("activation",), {"identity": 0.0, "relu": 1.0}),
            Table("spoken", ("activation",), SPOKEN),
            Draw("normal", "normal", (LAYERS, UNITS, UNITS), "seed"),
        ),
        runs=(
            Run("cells", lambda: {"x": grid(SPAN, SPAN, CELLS).reshape(-1, 2)}),
            Run("mask", _mask, {"depth": "depth", "width": "width", "bent": "bent"}),
            Run(
                "begin",
                _begin,
                {
                    "normal": "normal",
                    "own": "mask.own",
                    "scale": "mask.scale",
                    "pass_on": "mask.on",
                },
            ),
            Run(
                "train",
                _train,
                {
                    "own": "mask.own",
                    "biased": "mask.biased",
                    "bent": "mask.bends",
                    "rate": "learning_rate",
                },
                start={
                    "w": "begin.w",
                    "b": np.zeros((LAYERS, WIDEST)),
                    "moments": optimizers.get("adam").init(np.zeros(SHAPE)),
                    "more": optimizers.get("adam").init(np.zeros((LAYERS, WIDEST))),
                    "count": 0.0,
                },
                steps="mask.rows",
                most=STEPS + 1,
            ),
            Run(
                "plane",
                lambda w, b, bent, cells: {
                    "z": anp.reshape(_output(w, b, bent, cells), (CELLS, CELLS))
                },
                {
                    "w": "train.weights[step]",
                    "b": "train.biases[step]",
                    "bent": "mask.bends",
                    "cells": "cells.x",
                },
            ),
            Run("line", lambda z: {"zero": zero_line(z, SPAN, SPAN)}, {"z": "plane.z"}),
            Run(
                "product",
                _product,
                {"w": "train.weights[step]", "b": "train.biases[step]", "own": "mask.own"},
            ),
        ),
        frames="train.rows",
    )


def _mask(depth: Any, width: Any, bent: Any) -> dict[str, Any]:
    """Which weights (5, 8, 8) and biases (5, 8) there are, and which layers are bent (5,).

    The layers that are asked for come last. `on` has ones where a layer hands its input on.
    """
    layer, unit = np.arange(LAYERS)[:, None, None], np.arange(WIDEST)
    first = LAYERS - depth
    inputs = anp.where(layer == first, 2.0, width)
    outputs = anp.where(layer == LAYERS - 1, 1.0, width)
    there = layer >= first
    own = anp.where(there & (unit[:, None] < outputs) & (unit < inputs), 1.0, 0.0)
    hidden = there & (layer < LAYERS - 1)
    last = outputs[:, :, 0]  # (5, 1)
    return {
        "own": own,
        "biased": anp.where(there[:, :, 0] & (unit < last), 1.0, 0.0),
        "bends": anp.where(hidden, bent, 0.0)[:, 0, 0],
        "scale": anp.sqrt((1 + bent) / inputs[:, 0, 0]),
        "on": anp.where(there, 0.0, np.eye(WIDEST)),
        "rows": 0 * width + STEPS + 1.0,
        "parameters": anp.sum(own) + (depth - 1) * width + 1,
    }


def _begin(normal: Any, own: Any, scale: Any, pass_on: Any) -> dict[str, Any]:
    drawn = normal[:, :WIDEST, :WIDEST] * scale[:, None, None]
    return {"w": anp.where(own > 0, drawn, 0.0) + pass_on}


def _train(
    w: Any, b: Any, moments: Any, more: Any, count: Any, own: Any, biased: Any, bent: Any, rate: Any
) -> Any:
    """A step of the training on all points, and what is so before it."""
    x, y = experiment.points()
    measure, adam = losses.get(LOSS), optimizers.get("adam")

    def loss(parameters: Any) -> Any:
        return measure.value(_output(parameters[0], parameters[1], bent, x), y[:, None])

    value, (dw, db) = value_and_grad(loss)((w, b))
    after, moments = adam.update(w, dw * own, moments, rate)
    after_b, more = adam.update(b, db * biased, more, rate)
    right = anp.where((_output(w, b, bent, x)[:, 0] > 0) == (y > 0), 1.0, 0.0)
    outputs = {
        "number": count,
        "weights": w,
        "biases": b,
        "loss": value,
        "right": anp.sum(right),
    }
    state = {"w": after, "b": after_b, "moments": moments, "more": more, "count": count + 1}
    return state, outputs


def _output(w: Any, b: Any, bent: Any, x: Any) -> Any:
    """The output (B, 1) of the five layers for inputs x (B, 2)."""
    hidden = anp.concatenate([x, np.zeros((len(x), WIDEST - 2))], axis=1)
    for layer in range(LAYERS):
        z = anp.dot(hidden, w[layer].T) + b[layer]
        hidden = anp.where(bent[layer] * anp.where(z <= 0, 1.0, 0.0) > 0, 0.0, z)
    return hidden[:, :1]


def _product(w: Any, b: Any, own: Any) -> dict[str, Any]:
    """The product of the matrices: a line, if nothing is bent; and the matrices side by side."""
    product, offset = w[0], b[0]
    for layer in range(1, LAYERS):
        product, offset = anp.dot(w[layer], product), anp.dot(w[layer], offset) + b[layer]
    a, c = product[0, :2], offset[0]
    shown = anp.where(own > 0, w, np.nan)  # (5, 8, 8)
    gap = np.full((WIDEST, 1), np.nan)
    row = [part for layer in range(LAYERS - 1, -1, -1) for part in (shown[layer], gap)]
    return {
        "a": a,
        "c": c,
        "line": line_of(a, c),
        "matrices": anp.concatenate(row[:-1], axis=1)[::-1],
    }


def line_of(a: Any, c: Any) -> Any:
    """Two far ends (2, 2) of the line a₁ x₁ + a₂ x₂ + c = 0."""
    size = anp.sum(a * a) + 1e-300
    foot = -c * a / size
    along = anp.stack([-a[1], a[0]]) / anp.sqrt(size)
    return anp.stack([foot - 9 * along, foot + 9 * along])
