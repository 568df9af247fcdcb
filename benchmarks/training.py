"""How fast the hand-written back-propagation trains, beside PyTorch in the same run.

    python benchmarks/training.py [--rounds 7]          (with a Python that has torch)

Forward and backward of one layer, an RNN (tanh) and an LSTM, through 50 steps of a batch of 32
sequences of 16 numbers, for hidden sizes from 16 to 256. PyTorch runs eagerly on the processor, in
float64 as we do, and in float32; both have two threads. The sides take turns, round by round, and
each of their rounds is as many passes as fit into a tenth of a second. Before anything is timed,
the gradients of the two are compared. Numbers above 1 say that we are faster.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable

THREADS = 2
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)  # before the libraries are loaded

import numpy as np  # noqa: E402
import torch  # noqa: E402

from vizdl.engines import lstm, rnn  # noqa: E402

STEPS, BATCH, INPUTS = 50, 32, 16
SIZES = (16, 32, 64, 128, 256)
ROUND = 0.1  # seconds that a side has at a time

Pass = Callable[[], dict[str, np.ndarray]]


def ours_rnn(model: rnn.RNN, x: np.ndarray, dh: np.ndarray) -> Pass:
    """The RNN with an identity for its read-out, so that the loss's gradient is that of h."""

    def run() -> dict[str, np.ndarray]:
        back = rnn.bptt(model, rnn.forward(model, x), dh)
        return {"w_x": back.w_xh, "w_h": back.w_hh, "b": back.b_h}

    return run


def ours_lstm(model: lstm.LSTM, x: np.ndarray, dh: np.ndarray) -> Pass:
    def run() -> dict[str, np.ndarray]:
        back = lstm.bptt(model, lstm.forward(model, x), dh)
        return {"w_x": back.w_x, "w_h": back.w_h, "b": back.b}

    return run


def torchs(layer: torch.nn.RNNBase, x: np.ndarray, dh: np.ndarray, dtype: torch.dtype) -> Pass:
    """PyTorch's own layer; its second bias is left at zero and its gradient not looked at."""
    layer = layer.to(dtype)
    given, slope = torch.tensor(x, dtype=dtype), torch.tensor(dh, dtype=dtype)

    def run() -> dict[str, np.ndarray]:
        layer.zero_grad(set_to_none=True)
        hidden, _ = layer(given)
        hidden.backward(slope)
        found = (layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0)
        return {
            name: part.grad.numpy() for name, part in zip(("w_x", "w_h", "b"), found, strict=True)
        }

    return run


def layer_of(kind: str, weights: dict[str, np.ndarray]) -> torch.nn.RNNBase:
    """PyTorch's layer with the same weights; its gates stand in the same order as ours."""
    size = weights["w_h"].shape[1]
    layer = (torch.nn.RNN if kind == "RNN" else torch.nn.LSTM)(INPUTS, size).double()
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.tensor(weights["w_x"]))
        layer.weight_hh_l0.copy_(torch.tensor(weights["w_h"]))
        layer.bias_ih_l0.copy_(torch.tensor(weights["b"]))
        layer.bias_hh_l0.zero_()
    return layer


def sides(kind: str, size: int, rng: np.random.Generator) -> dict[str, Pass]:
    """Ours and PyTorch's two, on the same numbers."""
    x, dh = rng.normal(size=(STEPS, BATCH, INPUTS)), rng.normal(size=(STEPS, BATCH, size))
    if kind == "RNN":
        drawn = rnn.init(INPUTS, size, size, seed=0)
        model = rnn.RNN(drawn.w_xh, drawn.w_hh, drawn.b_h, np.eye(size), np.zeros(size))
        own = ours_rnn(model, x, dh)
        weights = {"w_x": model.w_xh, "w_h": model.w_hh, "b": model.b_h}
    else:
        cell = lstm.init(INPUTS, size, seed=0)
        own = ours_lstm(cell, x, dh)
        weights = {"w_x": cell.w_x, "w_h": cell.w_h, "b": cell.b}
    others = {
        name: torchs(layer_of(kind, weights), x, dh, dtype)
        for name, dtype in (("float64", torch.float64), ("float32", torch.float32))
    }
    expected, found = others["float64"](), own()
    for name, gradient in found.items():
        np.testing.assert_allclose(gradient, expected[name], rtol=1e-8, atol=1e-9)
    return {"ours": own, **others}


def timed(passes: dict[str, Pass], rounds: int) -> dict[str, float]:
    """Median seconds of a pass, the sides taking turns."""
    counts = {}
    for name, run in passes.items():
        began = time.perf_counter()
        run()
        counts[name] = max(1, round(ROUND / (time.perf_counter() - began)))
    times: dict[str, list[float]] = {name: [] for name in passes}
    for _ in range(rounds):
        for name, run in passes.items():
            began = time.perf_counter()
            for _ in range(counts[name]):
                run()
            times[name].append((time.perf_counter() - began) / counts[name])
    return {name: statistics.median(own) for name, own in times.items()}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(THREADS)
    rng = np.random.default_rng(0)
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}, {THREADS} threads\n")
    print("| layer | hidden | ours, ms | PyTorch float64 / ours | PyTorch float32 / ours |")
    print("|---|--:|--:|--:|--:|")
    for kind in ("RNN", "LSTM"):
        for size in SIZES:
            took = timed(sides(kind, size, rng), rounds)
            ratios = " | ".join(
                f"{took[name] / took['ours']:.2f}" for name in ("float64", "float32")
            )
            print(f"| {kind} | {size} | {1000 * took['ours']:.2f} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
