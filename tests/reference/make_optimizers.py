"""Make optimizers.npz: trajectories of torch.optim, for tests/engines/test_optimizers.py.

Run with any Python that has torch (made with torch 2.13.0) and NumPy:
    python tests/reference/make_optimizers.py
"""

import json
from pathlib import Path

import numpy as np
import torch

STEPS = 40
CLASSES = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "adadelta": torch.optim.Adadelta,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
}
OURS = {"momentum": {"momentum": 0.9}, "nesterov": {"momentum": 0.9, "nesterov": True}}
CASES = [
    ("sgd", 0.03, {}),
    ("sgd", 0.03, {"weight_decay": 0.1}),
    ("sgd", 0.03, {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.05}),
    ("momentum", 0.02, {}),
    ("nesterov", 0.02, {}),
    ("nesterov", 0.02, {"momentum": 0.7, "weight_decay": 0.1}),
    ("adagrad", 0.3, {}),
    ("adagrad", 0.3, {"lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5}),
    ("adadelta", 1.0, {}),
    ("adadelta", 3.0, {"rho": 0.8, "eps": 1e-4, "weight_decay": 0.1}),
    ("rmsprop", 0.05, {}),
    ("rmsprop", 0.05, {"alpha": 0.9, "momentum": 0.5, "weight_decay": 0.1}),
    ("rmsprop", 0.05, {"alpha": 0.9, "centered": True}),
    ("rmsprop", 0.05, {"alpha": 0.9, "momentum": 0.5, "centered": True}),
    ("adam", 0.1, {}),
    ("adam", 0.1, {"betas": (0.8, 0.95), "eps": 1e-6, "weight_decay": 0.1}),
    ("adam", 0.1, {"amsgrad": True}),
    ("adamw", 0.1, {}),
    ("adamw", 0.1, {"weight_decay": 0.2, "amsgrad": True}),
]


def walk(name, rate, hyper, start, gradients=None):
    """Follow the given gradients, or those of the ravine 1/2 (w_1^2 + 25 w_2^2)."""
    position = torch.tensor(start, requires_grad=True)
    optimizer = CLASSES[name]([position], lr=rate, **(OURS.get(name, {}) | hyper))
    positions = [start]
    for t in range(STEPS):
        optimizer.zero_grad()
        if gradients is None:
            (0.5 * (position[..., 0] ** 2 + 25 * position[..., 1] ** 2)).sum().backward()
        else:
            position.grad = torch.tensor(gradients[t])
        optimizer.step()
        positions.append(position.detach().numpy().copy())
    return np.array(positions)


def main():
    random = np.random.default_rng(0)
    start = random.normal(size=(3, 2))
    gradients = random.normal(size=(STEPS, 3, 2)) * np.array([1.0, 20.0])
    arrays = {"start": start, "gradients": gradients}
    for i, (name, rate, hyper) in enumerate(CASES):
        arrays[f"given_{i}"] = walk(name, rate, hyper, start, gradients)
        arrays[f"ravine_{i}"] = walk(name, rate, hyper, start)
    defaults = {
        name: CLASSES[name]([torch.zeros(1)], lr=0.1, **OURS.get(name, {})).defaults
        for name in CLASSES
    }
    arrays["cases"] = np.array(json.dumps(CASES))
    arrays["defaults"] = np.array(json.dumps(defaults))
    np.savez_compressed(Path(__file__).with_name("optimizers.npz"), **arrays)


if __name__ == "__main__":
    main()
