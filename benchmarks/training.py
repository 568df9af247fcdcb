"""How fast our hand-written back-propagation through time trains, beside PyTorch in the same run.

    python benchmarks/training.py [--rounds 15]          (with a Python that has torch)

The same model, data and updates on both sides: an RNN (tanh) or an LSTM with a linear read-out of
8 numbers at each step, trained by SGD on the mean squared error over 50 steps of a batch of 32
sequences of 16 numbers, for hidden sizes from 16 to 256. PyTorch runs eagerly on the processor, in
float64 as we do, and in float32; all have two threads. Before anything is timed, the weights of
both after five updates are compared. The sides take turns: two updates that are not timed, since
the threads of the side before wait a while for more work, then as many as fit into half a second.
Ratios are medians of those of the rounds. Numbers above 1 say that we are faster.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable
from operator import truediv

THREADS = 2
for name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = str(THREADS)  # before the libraries are loaded

import numpy as np  # noqa: E402
import torch  # noqa: E402

from vizdl.engines import lstm, readout, rnn, training  # noqa: E402

STEPS, BATCH, INPUTS, OUTPUTS = 50, 32, 16, 8
SIZES = (16, 32, 64, 128, 256)
RATE = 0.1
ROUND = 0.5  # seconds that a side has at a time

Weights = dict[str, np.ndarray]
Train = Callable[[int], Weights]  # updates to the weights after them
# PyTorch has a second bias, which adds to the first: it is held at zero.
NAMES = {"w_x": "weight_ih_l0", "w_h": "weight_hh_l0", "b": "bias_ih_l0"}


def ours(kind: str, weights: Weights, x: np.ndarray, target: np.ndarray) -> Train:
    """Our engines, under the training loop that every experiment of the course uses."""

    def slope_of(y: np.ndarray) -> tuple[float, np.ndarray]:
        error = y - target
        return float(np.mean(error**2)), 2 * error / error.size

    def of_rnn(w: Weights, step: int) -> tuple[float, Weights]:
        model = rnn.RNN(w["w_x"], w["w_h"], w["b"], w["w_y"], w["b_y"])
        trace = rnn.forward(model, x)
        loss, dy = slope_of(trace.y)
        back = rnn.bptt(model, trace, dy)
        found = {"w_x": back.w_xh, "w_h": back.w_hh, "b": back.b_h}
        return loss, found | {"w_y": back.w_hy, "b_y": back.b_y}

    def of_lstm(w: Weights, step: int) -> tuple[float, Weights]:
        cells, head = lstm.LSTM(w["w_x"], w["w_h"], w["b"]), readout.Readout(w["w_y"], w["b_y"])
        trace = lstm.forward(cells, x)
        loss, dy = slope_of(readout.forward(head, trace.h[1:]))
        said = readout.backward(head, trace.h[1:], dy)
        back = lstm.bptt(cells, trace, said.h)
        return loss, {"w_x": back.w_x, "w_h": back.w_h, "b": back.b, "w_y": said.w, "b_y": said.b}

    gradients = of_rnn if kind == "RNN" else of_lstm
    return lambda updates: (
        training.train(
            weights, gradients, optimizer="sgd", learning_rate=RATE, steps=updates
        ).parameters
    )


def torchs(
    kind: str, weights: Weights, x: np.ndarray, target: np.ndarray, dtype: torch.dtype
) -> Train:
    """PyTorch's own layers; the gates of its LSTM stand in the same order as ours."""
    size = weights["w_h"].shape[1]
    layer = (torch.nn.RNN if kind == "RNN" else torch.nn.LSTM)(INPUTS, size, dtype=dtype)
    head = torch.nn.Linear(size, OUTPUTS, dtype=dtype)
    learned = {name: getattr(layer, theirs) for name, theirs in NAMES.items()}
    learned |= {"w_y": head.weight, "b_y": head.bias}
    layer.bias_hh_l0.requires_grad_(False).zero_()
    given, wanted = torch.tensor(x, dtype=dtype), torch.tensor(target, dtype=dtype)

    def train(updates: int) -> Weights:
        with torch.no_grad():
            for name, parameter in learned.items():
                parameter.copy_(torch.tensor(weights[name]))
        sgd = torch.optim.SGD(learned.values(), lr=RATE)
        for _ in range(updates):
            sgd.zero_grad()
            hidden, _ = layer(given)
            torch.nn.functional.mse_loss(head(hidden), wanted).backward()
            sgd.step()
        return {name: p.detach().numpy().copy() for name, p in learned.items()}

    return train


def sides(kind: str, size: int, rng: np.random.Generator) -> dict[str, Train]:
    """Ours and PyTorch's two, from the same weights on the same data."""
    x = rng.normal(size=(STEPS, BATCH, INPUTS))
    target = rng.normal(size=(STEPS, BATCH, OUTPUTS))
    head = readout.init(size, OUTPUTS, seed=1)
    if kind == "RNN":
        drawn = rnn.init(INPUTS, size, OUTPUTS, seed=0)
        weights = {"w_x": drawn.w_xh, "w_h": drawn.w_hh, "b": drawn.b_h}
    else:
        cells = lstm.init(INPUTS, size, seed=0)
        weights = {"w_x": cells.w_x, "w_h": cells.w_h, "b": cells.b}
    weights |= {"w_y": head.w, "b_y": head.b}
    every = {
        "ours": ours(kind, weights, x, target),
        "float64": torchs(kind, weights, x, target, torch.float64),
        "float32": torchs(kind, weights, x, target, torch.float32),
    }
    expected, found = every["float64"](5), every["ours"](5)
    for name, weight in found.items():
        np.testing.assert_allclose(weight, expected[name], rtol=1e-7, atol=1e-9)
    return every


def timed(every: dict[str, Train], rounds: int) -> dict[str, list[float]]:
    """Seconds of an update in each round, the sides taking turns."""
    counts = {}
    for name, train in every.items():
        began = time.perf_counter()
        train(2)
        counts[name] = max(2, round(2 * ROUND / (time.perf_counter() - began)))
    times: dict[str, list[float]] = {name: [] for name in every}
    for _ in range(rounds):
        for name, train in every.items():
            train(2)
            began = time.perf_counter()
            train(counts[name])
            times[name].append((time.perf_counter() - began) / counts[name])
    return times


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    torch.set_num_threads(THREADS)
    rng = np.random.default_rng(0)
    print(f"PyTorch {torch.__version__}, NumPy {np.__version__}, {THREADS} threads\n")
    print("| layer | hidden | ours, ms | PyTorch float64 / ours | PyTorch float32 / ours |")
    print("|---|--:|--:|--:|--:|")
    for kind in ("RNN", "LSTM"):
        for size in SIZES:
            took = timed(sides(kind, size, rng), rounds)
            ours = took["ours"]
            ratios = " | ".join(
                f"{statistics.median(map(truediv, took[name], ours)):.2f}"
                for name in ("float64", "float32")
            )
            own = 1000 * statistics.median(ours)
            print(f"| {kind} | {size} | {own:.2f} | {ratios} |", flush=True)


if __name__ == "__main__":
    main()
