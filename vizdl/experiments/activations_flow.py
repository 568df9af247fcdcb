"""What a page computes for the activations: the training, and the plane as it is folded."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import NDArray

from vizdl.engines import activations, network, optimizers
from vizdl.experiments import activations as experiment
from vizdl.experiments.activations import CELLS, CURVE, LOSS, MARKED, NAMES, ActivationsTrace, X, Y
from vizdl.experiments.field import grid, zero_line
from vizdl.experiments.live import Entries, Flow, Run, Table

SEEDS = range(10)
MOST = 301


def flow(trace: ActivationsTrace) -> Flow:
    """The training step by step, and at the present one the plane, its fold and a point upon it.

    ``train`` has a row for each step, its own before the update; a class's points are ``zero`` and
    ``one``.
    """
    begins = {(n, seed): experiment.start(n, seed) for n in NAMES for seed in SEEDS}
    functions = {name: activations.get(name) for name in NAMES}
    return Flow(
        controls=("activation", "learning_rate", "steps", "noise", "seed"),
        sources=(
            Table("begin", ("activation", "seed"), begins, exact=True),
            Table(
                "curve.value", ("activation",), {n: f.value(CURVE) for n, f in functions.items()}
            ),
            Table(
                "curve.slope",
                ("activation",),
                {n: f.derivative(CURVE) for n, f in functions.items()},
            ),
            Table("spoken", ("activation",), experiment.SPOKEN),
            Entries("probe_x", np.array(MARKED[:1]), "point, x₁", *X, 0.05),
            Entries("probe_y", np.array(MARKED[1:]), "point, x₂", *Y, 0.05),
        ),
        runs=(
            Run(
                "count",
                lambda steps: {
                    "rows": steps + 1,
                    "axis": anp.stack([-0.02 * steps, 1.02 * steps]),
                },
                {"steps": "steps"},
            ),
            Run("points", _points, {"noise": "noise"}),
            Run("cells", _cells),  # once, not in each of the programs that ask
            Run(
                "train",
                {name: _train(name, trace.y) for name in NAMES},
                {"x": "points.x", "rate": "learning_rate"},
                start={
                    "parameters": "begin",
                    "moments": optimizers.get("adam").init(experiment.start("tanh", 0)),
                    "count": 0.0,
                },
                by="activation",
                steps="count.rows",
                most=MOST,
            ),
            Run(
                "plane",
                {name: _plane(name) for name in NAMES},
                {"parameters": "train.w[step]", "cells": "cells.x"},
                by="activation",
            ),
            Run("line", lambda z: {"zero": zero_line(z, X, Y)}, {"z": "plane.z"}),
            Run(
                "hidden",
                {name: _hidden(name) for name in NAMES},
                {"parameters": "train.w[step]", "x": "points.x", "lines": "cells.mesh"},
                by="activation",
            ),
            Run(
                "probe",
                {name: _probe(name) for name in NAMES},
                {
                    "parameters": "train.w[step]",
                    "x": "points.x",
                    "across": "probe_x[0]",
                    "up": "probe_y[0]",
                },
                by="activation",
            ),
        ),
        frames="train.rows",
    )


def _points(noise: Any) -> dict[str, Any]:
    x, y = experiment.points(noise)
    return {"x": x, "zero": x[np.flatnonzero(y == 0)], "one": x[np.flatnonzero(y == 1)]}


def _cells() -> dict[str, Any]:
    """Where the plane is asked, and the lines upon it, 0 in their gaps."""
    return {
        "x": grid(X, Y, CELLS).reshape(-1, 2),
        "mesh": np.nan_to_num(experiment.mesh()),
    }


def _train(activation: str, y: NDArray[np.float64]) -> Callable[..., Any]:
    """A step of the training on all points, and what is so before it."""
    adam = optimizers.get("adam")

    def step(parameters: Any, moments: Any, count: Any, x: Any, rate: Any) -> Any:
        model = experiment.model_of(activation, parameters)
        trace = network.forward(model, x)
        slopes = network.backward(model, trace, y[:, None], LOSS)
        gradient = experiment.flat(slopes.weights, slopes.biases)
        after, moments = adam.update(parameters, gradient, moments, rate)
        right = anp.where((trace.output[:, 0] > 0) == (y > 0), 1.0, 0.0)
        outputs = {
            "number": count,
            "w": parameters,
            "loss": experiment.loss_of(trace.output, y),
            "right": anp.sum(right),
        }
        return {"parameters": after, "moments": moments, "count": count + 1}, outputs

    return step


def _plane(activation: str) -> Callable[..., Any]:
    """The output over the plane."""

    def step(parameters: Any, cells: Any) -> dict[str, Any]:
        z = experiment.output_of(activation, parameters, cells)
        return {"z": anp.reshape(z, (CELLS, CELLS))}

    return step


def _hidden(activation: str) -> Callable[..., Any]:
    """Where the points and the lines of the plane are in the hidden space."""
    gaps = np.isnan(experiment.mesh())
    _, y = experiment.points(0.0)

    def step(parameters: Any, x: Any, lines: Any) -> dict[str, Any]:
        known = experiment.hidden_of(activation, parameters, x)
        there = experiment.hidden_of(activation, parameters, lines)
        mesh = experiment.places(parameters, there, known, x)
        at = experiment.places(parameters, known, known, x)
        return {
            "mesh": anp.where(gaps, np.nan, mesh),
            "points": at,
            "zero": at[np.flatnonzero(y == 0)],
            "one": at[np.flatnonzero(y == 1)],
        }

    return step


def _probe(activation: str) -> Callable[..., Any]:
    """A point that the reader moves: its output, and where it is in the hidden space."""

    def step(parameters: Any, x: Any, across: Any, up: Any) -> dict[str, Any]:
        point = anp.reshape(anp.stack([across, up]), (1, 2))
        known = experiment.hidden_of(activation, parameters, x)
        hidden = experiment.hidden_of(activation, parameters, point)
        return {
            "at": point,
            "place": experiment.places(parameters, hidden, known, x),
            "output": experiment.output_of(activation, parameters, point)[0],
        }

    return step
