"""Back-propagation through time: every loss flows back to every earlier state.

A recurrent network is trained to say, at each step, the next value of a noisy wave. One fresh
wave then goes forward through it, and the loss of each step goes back: by the engine's
back-propagation through time, and once more by nudging each state, which must give the same.
"""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import autograd.numpy as anp
import numpy as np
from numpy.typing import ArrayLike, NDArray

from vizdl.engines import losses, rnn, training
from vizdl.engines.rnn import RNN
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, Trace, setting
from vizdl.experiments.live import Flow, Run, Table

Array = NDArray[np.float64]

PERIOD = 8  # steps of one wave
NOISE = 0.3  # standard deviation of what is added to every value
BATCH = 32  # waves in a training step
FRESH = 256  # waves, not seen in training, on which the network is judged
LEARNING_RATE = 0.02
NUDGE = 1e-3  # of one unit of a state; the five-point rule errs by about NUDGE**4
SHORTEST, LONGEST = 4, 24  # waves, in steps
ROWS, COLUMNS = np.tril_indices(LONGEST)  # losses and states, from 0
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
SQUARED_ERROR = losses.get("squared_error")

EQUATIONS = {
    "state": "h_t = tanh(W_(x h) x_t + W_(h h) h_(t-1) + b_h)",
    "output": "hat(y)_t = W_(h y) h_t + b_y",
    "loss": "L = sum_(t=1)^T L_t, quad L_t = (hat(y)_t - x_(t+1))^2",
    "step_back": "(partial L_t) / (partial h_(k-1))"
    " = W_(h h)^top (tanh'(a_k) dot.o (partial L_t) / (partial h_k))",
    "total": "(partial L) / (partial W_(h h))"
    " = sum_(t=1)^T sum_(k=1)^t (tanh'(a_k) dot.o (partial L_t) / (partial h_k)) h_(k-1)^top",
}


class Settings(base.Settings):
    """What may be changed. `scale` multiplies the trained W_hh before anything is shown."""

    length: int = setting(12, "length", low=SHORTEST, high=LONGEST, step=1, unit="steps")
    hidden_size: int = setting(4, "hidden units", low=2, high=8, step=1)
    scale: float = setting(1.0, "scale of the trained W_hh", low=0.2, high=2, step=0.05)
    training_steps: int = setting(400, "training steps", low=0, high=600, step=20)
    seed: int = setting(570, "seed", low=0, high=999, step=1)


@dataclass(frozen=True, eq=False)
class BpttTrace(Trace):
    """One wave forward through a trained network, and all its losses back. T steps, H units.

    wave (T+1,), of which the first T values are the inputs and the last T the targets; states
    (T+1, H), before the first step and after each; outputs, losses (T,).

    flow_vectors (T, T, H) holds dL_t/dh_k at [t, k], flow (T, T) its norm, left (T, T) that norm
    as a share of flow[t, t], nudged (T, T, H) the same vectors by nudging the states.

    parts (T, T, H, H): what loss t asks of W_hh by its use at step k; shares (T, H, H): each
    step's sum over the losses; total (H, H): the gradient, from the recursion that never takes
    the losses apart. state_gradients (T, H) is dL/dh_k for the sum of the losses.

    w_hh (H, H) is as shown, that is, scaled; slopes (T, H) is tanh' at every step. learned: (2,),
    the mean squared error on fresh waves before and after training; training_losses (N,).
    """

    settings: Settings
    wave: Array
    states: Array
    outputs: Array
    losses: Array
    flow: Array
    flow_vectors: Array
    left: Array
    nudged: Array
    parts: Array
    shares: Array
    total: Array
    state_gradients: Array
    arrived: Array
    gathered: Array
    w_hh: Array
    slopes: Array
    learned: Array
    training_losses: Array


def run(settings: Settings) -> BpttTrace:
    """Train the network, run it over one fresh wave and send every loss back."""
    model, learned, training_losses = _trained(
        settings.length, settings.hidden_size, settings.training_steps, settings.seed
    )
    model = _with(model, {"w_hh": settings.scale * model.w_hh})
    x, target = _wave(settings.length, settings.seed)
    trace = rnn.forward(model, x)
    # L is the sum of the steps' losses, so each has the weight 1 and not 1/T.
    slope = SQUARED_ERROR.gradient(trace.y, target) * settings.length
    gradients = rnn.bptt(model, trace, slope)
    flow = gradients.flow
    strength = np.diag(flow)[:, None]
    return BpttTrace(
        settings=settings,
        wave=np.append(x, target[-1]),
        states=trace.h[:, 0],
        outputs=trace.y[:, 0, 0],
        losses=SQUARED_ERROR.each(trace.y, target)[:, 0],
        flow=flow,
        flow_vectors=gradients.flow_vectors[:, :, 0],
        left=np.divide(flow, strength, out=np.zeros_like(flow), where=strength > 0),
        nudged=_nudged(model, x, target, trace.h),
        parts=gradients.parts,
        shares=gradients.shares.w_hh,
        total=gradients.w_hh,
        state_gradients=gradients.h[1:, 0],
        arrived=gradients.flow_vectors[:, :, 0].cumsum(axis=0),
        gathered=gradients.shares.w_hh[::-1].cumsum(axis=0)[::-1],
        w_hh=model.w_hh,
        slopes=1 - trace.h[1:, 0] ** 2,  # tanh' = 1 - tanh²
        learned=learned,
        training_losses=training_losses,
    )


def facts(trace: BpttTrace) -> Facts:
    """The gradients are right, every loss reaches every earlier step, and they add up."""
    length = len(trace.losses)
    lower = np.tril_indices(length)
    difference = np.linalg.norm(trace.flow_vectors - trace.nudged, axis=-1)[lower]
    mismatch = float(np.max(difference / np.maximum(trace.flow[lower], 1e-300)))
    reached = int(np.count_nonzero(trace.flow[lower]))
    upward = int(np.count_nonzero(np.triu(trace.flow, 1)))
    cells = length * (length + 1) // 2
    sums = trace.parts.sum(axis=(0, 1)), trace.shares.sum(axis=0)
    apart = max(float(np.linalg.norm(found - trace.total)) for found in sums)
    apart /= max(float(np.linalg.norm(trace.total)), 1e-300)
    left = float(trace.left[-1, 0])
    before, after = trace.learned
    return Facts(
        Fact(
            "reached",
            "Each loss reaches its own step and every earlier one",
            reached,
            f"all {cells} cells of the triangle, none in the future",
            reached == cells and upward == 0,
            unit="cells",
        ),
        Fact(
            "sum_error",
            "The gradient is the sum over all of these paths",
            apart,
            "sum of the parts against the whole: within 10⁻¹²",
            apart <= 1e-12,
            digits=2,
        ),
        Fact(
            "flow_error",
            "Each number is right: nudging the state tells the same",
            mismatch,
            "largest relative difference: below 10⁻⁵",
            mismatch < 1e-5,
            digits=2,
        ),
        Fact(
            "left",
            "What is left of the last loss at the first state",
            100 * left,
            "less than at the last state, and more than nothing",
            0 < left < 1,
            unit="%",
            digits=2,
        ),
        Fact(
            "learned",
            "Training made the error on fresh waves smaller",
            float(after / before),
            "mean squared error after against before: below 1",
            bool(after < before),
            digits=2,
        ),
    )


def waves(random: np.random.Generator, length: int, count: int) -> tuple[Array, Array]:
    """Draw noisy sine waves of random phase: inputs and, one step later, targets.

    Both (T, B, 1), as the engines take them.
    """
    phase = random.uniform(0, 2 * np.pi, count)
    time = np.arange(length + 1)[:, None]
    noise = NOISE * random.normal(size=(length + 1, count))
    wave = np.sin(2 * np.pi * time / PERIOD + phase) + noise  # (T+1, B)
    return wave[:-1, :, None], wave[1:, :, None]


def _wave(length: int, seed: int) -> tuple[Array, Array]:
    """The fresh wave of a run: inputs and targets (T, 1, 1)."""
    return waves(np.random.default_rng((seed, 2)), length, 1)


@functools.cache
def _trained(length: int, hidden_size: int, steps: int, seed: int) -> tuple[RNN, Array, Array]:
    """The trained network, its error on fresh waves before and after, its training losses."""
    start = rnn.init(1, hidden_size, 1, seed)
    random = np.random.default_rng((seed, 0))

    def gradients(
        parameters: training.Parameters, step: int
    ) -> tuple[float, Mapping[str, ArrayLike]]:
        model = _with(start, parameters)
        x, target = waves(random, length, BATCH)
        trace = rnn.forward(model, x)
        found = rnn.bptt(model, trace, SQUARED_ERROR.gradient(trace.y, target))
        return SQUARED_ERROR.value(trace.y, target), {n: getattr(found, n) for n in PARAMETERS}

    if steps == 0:
        model, history = start, np.zeros(0)
    else:
        trained = training.train(
            {name: getattr(start, name) for name in PARAMETERS},
            gradients,
            learning_rate=LEARNING_RATE,
            steps=steps,
        )
        model, history = _with(start, trained.parameters), trained.losses
    x, target = waves(np.random.default_rng((seed, 1)), length, FRESH)
    error = [SQUARED_ERROR.value(rnn.forward(m, x).y, target) for m in (start, model)]
    return model, np.array(error), history


def _nudged(model: RNN, x: Array, target: Array, states: Array) -> Array:
    """dL_t/dh_k by nudging each unit of h_k: (T, T, H).

    The five-point rule: f' ≈ (8 (f(+e) - f(-e)) - (f(+2e) - f(-2e))) / 12e.
    """
    T, H = len(x), model.hidden_size
    moves = NUDGE * np.concatenate([np.eye(H), -np.eye(H), 2 * np.eye(H), -2 * np.eye(H)])
    result = np.zeros((T, T, H))
    for k in range(T):
        h = states[k + 1] + moves  # (4H, H), one nudge a row
        now = h @ model.w_hy.T + model.b_y  # (4H, 1), what the nudged state says itself
        later = np.zeros((0, *now.shape))
        if k + 1 < T:
            later = rnn.forward(model, np.repeat(x[k + 1 :], len(h), axis=1), h).y
        said = np.concatenate([now[None], later])  # (T-k, 4H, 1)
        found = SQUARED_ERROR.each(said, np.repeat(target[k:], len(h), axis=1))  # (T-k, 4H)
        up, down, up_twice, down_twice = np.split(found, 4, axis=1)
        result[k:, k] = (8 * (up - down) - (up_twice - down_twice)) / (12 * NUDGE)
    return result


def _with(model: RNN, parameters: Mapping[str, Any]) -> RNN:
    return replace(model, **parameters)


# In a page


def flow(trace: BpttTrace) -> Flow:
    """The wave forward and all its losses back, for every length and scale of W_hh.

    A network was trained for each length. ``back`` is as long as the longest wave: after the end
    of a shorter one there are no losses, and so no gradients. The walk begins at the last loss, and
    each loss at its own state: ``left``, the number of moments that are still to come, counts
    the cells of the triangle row by row. ``walk`` is the cell that has been reached, ``here`` the
    one that is looked at, by pointing or else by walking.
    """
    chosen = trace.settings
    lengths = range(SHORTEST, LONGEST + 1)
    models = {
        length: _trained(length, chosen.hidden_size, chosen.training_steps, chosen.seed)[0]
        for length in lengths
    }
    tables = {name: {n: getattr(models[n], name) for n in lengths} for name in PARAMETERS}
    tables["wave"] = {n: _padded(n, chosen.seed) for n in lengths}
    return Flow(
        controls=("length", "scale"),
        sources=tuple(
            Table(name, ("length",), values, exact=True) for name, values in tables.items()
        ),
        runs=(
            Run("back", _back, {name: name for name in (*tables, "scale", "length")}),
            Run("triangle", triangle, {"length": "length"}),
            Run("walk", cell, {"row": "triangle.t[left]", "column": "triangle.k[left]"}),
            Run("at", _at, {"hover": "hover", "left": "left", "last": "triangle.last"}),
            Run("here", cell, {"row": "triangle.t[at.number]", "column": "triangle.k[at.number]"}),
        ),
        frames="triangle.count",
    )


def triangle(length: Any) -> dict[str, Any]:
    """Every cell up to the longest wave, how many there are, and which moment reaches each."""
    count = length * (length + 1) / 2
    moment = count - 1 - np.arange(len(ROWS))
    return {**cell(ROWS, COLUMNS), "count": count, "last": count - 1, "moment": moment}


def cell(row: Any, column: Any) -> dict[str, Any]:
    """Loss t at state k, from 0, and as people count: both, the first states between, the steps.

    `few` says of 0 to 3 steps whether it is so many.
    """
    hops = row - column
    few = anp.stack([anp.where(hops == count, 1.0, 0.0) for count in range(4)], axis=-1)
    return {
        "t": row + 0.0, "k": column + 0.0, "loss": row + 1.0, "state": column + 1.0,
        "before": row + 0.0, "second": row - 1.0, "hops": hops + 0.0, "few": few,
    }  # fmt: skip


def _at(hover: Any, left: Any, last: Any) -> dict[str, Any]:
    return {"number": anp.where(hover < 0, left, anp.minimum(hover, last))}


def _back(
    w_xh: Any, w_hh: Any, b_h: Any, w_hy: Any, b_y: Any, scale: Any, wave: Any, length: Any
) -> dict[str, Any]:
    """What `run` computes, for a wave with zeros after its end."""
    model = RNN(w_xh, scale * w_hh, b_h, w_hy, b_y)
    x, target = wave[:-1, None, None], wave[1:, None, None]  # (T, 1, 1)
    lasting = anp.where(np.arange(LONGEST) < length, 1.0, 0.0)
    trace = rnn.forward(model, x)
    slope = SQUARED_ERROR.gradient(trace.y, target) * LONGEST * lasting[:, None, None]
    gradients = rnn.bptt(model, trace, slope)
    flow = gradients.flow
    strength = flow[np.arange(LONGEST), np.arange(LONGEST)][:, None]
    left = anp.where(strength > 0, flow / anp.where(strength > 0, strength, 1.0), 0.0)
    together = gradients.h[1:, 0]
    return {
        "states": trace.h[:, 0],
        "outputs": trace.y[:, 0, 0],
        "losses": SQUARED_ERROR.each(trace.y, target)[:, 0] * lasting,
        "flow": flow,
        "left": left,
        "percent": 100 * left,
        "together": anp.sqrt(anp.sum(together * together, axis=-1)),
        "total": anp.sqrt(anp.sum(gradients.w_hh * gradients.w_hh)),
    }


def _padded(length: int, seed: int) -> Array:
    """The wave of a run (T+1,), with zeros after it: (LONGEST + 1,)."""
    x, target = _wave(length, seed)
    return np.concatenate([x[:, 0, 0], target[-1, 0], np.zeros(LONGEST - length)])
