"""What the page of `lstm_gradient_flow` computes: three networks forward, their gradients back.

Each network reads letter by letter, so that the page holds one step of each, whatever the length;
the way back takes the steps in reverse, by the engines' own back-propagation over one step. Rows
are in the order of the sequence: the state k steps before the last is row ``left`` where k is the
step that is looked at.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import autograd.numpy as np

from vizdl.engines import gru, lstm, rnn
from vizdl.engines.gru import GRU
from vizdl.engines.lstm import LSTM
from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.experiments import recall
from vizdl.experiments.live import Flow, Run
from vizdl.experiments.lstm_gradient_flow import BATCH, LONGEST, LstmGradientFlowTrace, Settings

LETTERS = recall.LETTERS
Step = Callable[..., Any]


def flow(trace: LstmGradientFlowTrace) -> Flow:
    """The way back for every forget bias and every length."""
    chosen = trace.settings
    H = chosen.hidden_size
    zero = np.zeros((BATCH, H))
    first = np.eye(LETTERS)[experiment.letters(chosen.seed)[0]]  # (B, LETTERS)
    runs = [Run("net", _opened(chosen), {"bias": "forget_bias"})]
    for kind in recall.CELLS:
        untrained = experiment.network(kind, chosen, 0.0)
        forward, backward = _STEPS[kind](untrained.cell)
        bias = {} if kind == "rnn" else {"b": f"net.b_{kind}"}
        states = ("h", "c") if kind == "lstm" else ("h",)
        ends = (*states, "o") if kind == "lstm" else states
        starts = [f"d{name}" for name in (*states, *(("path",) if kind == "lstm" else ()))]
        ahead = f"{kind}_ahead"
        runs += [
            Run(
                ahead,
                forward,
                {"letters": "net.letters", **bias},
                start={**dict.fromkeys(states, zero), "count": 0.0},
                steps="length",
                most=LONGEST,
            ),
            Run(
                f"{kind}_end",
                _end(first, untrained.readout),
                {name: f"{ahead}.{name}_new[{ahead}.rows-1]" for name in ends},
            ),
            Run(
                f"{kind}_back",
                backward,
                bias,
                start={**{name: f"{kind}_end.{name}" for name in starts}, "lag": 0.0},
                sequences={name: f"{ahead}.{name}_kept" for name in (*states, "x")},
                most=LONGEST,
                reverse=True,
            ),
        ]
    last = {
        name: f"{kind}_back.{name}[{kind}_back.rows-1]"
        for kind, name in (("rnn", "rnn"), ("lstm", "cell"), ("lstm", "conveyor"), ("gru", "gru"))
    }
    runs.append(
        Run(
            "walk",
            along,
            {f"{name}_first": at for name, at in last.items()},
            sequences={
                **{name: at.partition("[")[0] for name, at in last.items()},
                "lag": "rnn_back.away",
            },
            most=LONGEST,
        )
    )
    return Flow(controls=("forget_bias", "length"), runs=tuple(runs), frames="length")


def along(
    rnn: Any, cell: Any, conveyor: Any, gru: Any, lag: Any,
    rnn_first: Any, cell_first: Any, conveyor_first: Any, gru_first: Any,
) -> dict[str, Any]:  # fmt: skip
    """What is left at a state of each gradient, in per cent and as a power of ten."""
    left = {
        "rnn": rnn / rnn_first,
        "cell": cell / cell_first,
        "conveyor": conveyor / conveyor_first,
        "gru": gru / gru_first,
    }
    return {
        **{f"{name}_percent": 100 * share for name, share in left.items()},
        **{f"{name}_power": np.log10(share) for name, share in left.items()},
        "steps": lag + 0.0,
    }


def _opened(chosen: Settings) -> Step:
    """The biases with the one that is asked for, and the letters that are read."""
    shown = np.eye(LETTERS)[experiment.letters(chosen.seed)].reshape(LONGEST, -1)
    H = chosen.hidden_size

    def opened(bias: Any) -> dict[str, Any]:
        none = np.zeros(H)
        return {
            "b_lstm": np.concatenate([none, none + bias, none, none]),
            "b_gru": np.concatenate([none, none + bias, none]),
            "letters": shown + 0.0,
        }

    return opened


def _read(letters: Any, count: Any) -> Any:
    """What is read at this step, with the flag at the first: (B, D)."""
    turn = np.where(np.arange(float(LONGEST)) == count, 1.0, 0.0)
    flag = np.where(count == 0, 1.0, 0.0) * np.ones((BATCH, 1))
    return np.concatenate([(turn @ letters).reshape(BATCH, LETTERS), flag], axis=1)


def _end(first: Any, readout: Any) -> Step:
    """The gradient of the loss at the last state; of an LSTM, also along its cell alone."""

    def end(h: Any, c: Any = None, o: Any = None) -> dict[str, Any]:
        logits = h @ readout.w.T + readout.b
        dh = recall.CROSS_ENTROPY.gradient(logits, first) @ readout.w
        if c is None:
            return {"dh": dh}
        return {"dh": dh, "dc": 0 * c, "dpath": dh * o * (1 - np.tanh(c) ** 2)}

    return end


def _norm(vectors: Any) -> Any:
    return np.sqrt(np.sum(vectors * vectors))


def _rnn(model: Any) -> tuple[Step, Step]:
    def forward(h: Any, count: Any, letters: Any) -> Any:
        x = _read(letters, count)
        new = rnn.forward(model, x[None], h).h[1]
        return {"h": new, "count": count + 1}, {"h_new": new, "h_kept": h + 0.0, "x_kept": x}

    def backward(dh: Any, lag: Any, h: Any, x: Any) -> Any:
        trace = rnn.forward(model, x[None], h)
        before = ((1 - trace.h[1] ** 2) * dh) @ model.w_hh
        return {"dh": before, "lag": lag + 1}, {"rnn": _norm(dh), "away": lag + 0.0}

    return forward, backward


def _lstm(model: Any) -> tuple[Step, Step]:
    def forward(h: Any, c: Any, count: Any, letters: Any, b: Any) -> Any:
        x = _read(letters, count)
        trace = lstm.forward(LSTM(model.w_x, model.w_h, b), x[None], (h, c))
        gate = trace.f[0]
        return {"h": trace.h[1], "c": trace.c[1], "count": count + 1}, {
            "h_new": trace.h[1], "c_new": trace.c[1], "o_new": trace.o[0], "x_kept": x,
            "h_kept": h + 0.0, "c_kept": c + 0.0, "number": count + 1.0,
            "least": np.min(gate), "mean": np.mean(gate), "most": np.max(gate),
        }  # fmt: skip

    def backward(dh: Any, dc: Any, dpath: Any, lag: Any, h: Any, c: Any, x: Any, b: Any) -> Any:
        cell = LSTM(model.w_x, model.w_h, b)
        trace = lstm.forward(cell, x[None], (h, c))
        back = lstm.bptt(cell, trace, dh[None], dc)
        moved = {"dh": back.h[0], "dc": back.c[0], "dpath": dpath * trace.f[0], "lag": lag + 1}
        # At the cell after the step, with what comes through the step's own output.
        return moved, {"cell": _norm(back.c[1]), "conveyor": _norm(dpath)}

    return forward, backward


def _gru(model: Any) -> tuple[Step, Step]:
    def forward(h: Any, count: Any, letters: Any, b: Any) -> Any:
        x = _read(letters, count)
        new = gru.forward(GRU(model.w_x, model.w_h, b, model.c_n), x[None], h).h[1]
        return {"h": new, "count": count + 1}, {"h_new": new, "h_kept": h + 0.0, "x_kept": x}

    def backward(dh: Any, lag: Any, h: Any, x: Any, b: Any) -> Any:
        cell = GRU(model.w_x, model.w_h, b, model.c_n)
        back = gru.bptt(cell, gru.forward(cell, x[None], h), dh[None])
        return {"dh": back.h[0], "lag": lag + 1}, {"gru": _norm(dh)}

    return forward, backward


_STEPS: dict[str, Callable[[Any], tuple[Step, Step]]] = {"rnn": _rnn, "lstm": _lstm, "gru": _gru}
