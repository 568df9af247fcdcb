"""Make regularization.npz: dropout with given masks, ridge regression and its descent by PyTorch.

Run with any Python that has torch (made with torch 2.13.0) and NumPy:
    python tests/reference/make_regularization.py
Everything is float64. Gradients come from torch.autograd alone.
"""

from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from torch import nn

SIZES, BATCH, P = (3, 5, 4, 1), 7, 0.4
POINTS, FEATURES, STRENGTH, STEPS = 20, 6, 0.03, 40


def tensor(values):
    return torch.tensor(values, dtype=torch.float64)


def dropout(random):
    """Two hidden layers of tanh, thinned; the mean binary cross-entropy of the logit."""
    torch.manual_seed(0)
    layers = [nn.Linear(*pair, dtype=torch.float64) for pair in pairwise(SIZES)]
    x = tensor(random.normal(size=(BATCH, SIZES[0])))
    y = tensor(random.integers(0, 2, (BATCH, 1)))
    masks = [tensor(random.random((BATCH, units)) >= P) for units in SIZES[1:-1]]
    hidden = x
    for layer, mask in zip(layers, masks, strict=False):
        hidden = torch.tanh(layer(hidden)) * mask / (1 - P)
    logit = layers[-1](hidden)
    loss = nn.functional.binary_cross_entropy_with_logits(logit, y)
    loss.backward()
    found = {"x": x, "y": y, "logit": logit, "loss": loss}
    for k, layer in enumerate(layers):
        found |= {f"w{k}": layer.weight, f"b{k}": layer.bias}
        found |= {f"d_w{k}": layer.weight.grad, f"d_b{k}": layer.bias.grad}
    return found | {f"mask{k}": mask for k, mask in enumerate(masks)}


def ridge(random):
    """Least squares with a row for each penalty; plain descent on the error by torch.optim."""
    features = tensor(random.normal(size=(POINTS, FEATURES)))
    features[:, 0] = 1
    y = tensor(random.normal(size=POINTS))
    penalty = STRENGTH**0.5 * torch.eye(FEATURES, dtype=torch.float64)[1:]
    rows = torch.cat([features / POINTS**0.5, penalty])
    right = torch.cat([y / POINTS**0.5, torch.zeros(FEATURES - 1, dtype=torch.float64)])
    solved = torch.linalg.lstsq(rows, right[:, None]).solution[:, 0]

    rate = float(0.5 * POINTS / (features**2).sum())  # 1 / (2 trace)
    weights = torch.zeros(FEATURES, dtype=torch.float64, requires_grad=True)
    optimizer, path = torch.optim.SGD([weights], lr=rate), [weights.detach().clone()]
    gradients = []
    for _ in range(STEPS):
        optimizer.zero_grad()
        torch.mean((features @ weights - y) ** 2).backward()
        gradients.append(weights.grad.clone())
        optimizer.step()
        path.append(weights.detach().clone())
    return {
        "features": features, "targets": y, "ridge": solved,
        "path": torch.stack(path), "gradients": torch.stack(gradients),
    }  # fmt: skip


if __name__ == "__main__":
    random = np.random.default_rng(41)
    found = dropout(random) | ridge(random)
    arrays = {key: value.detach().numpy() for key, value in found.items()}
    arrays |= {"p": P, "strength": STRENGTH}
    np.savez_compressed(Path(__file__).with_name("regularization.npz"), **arrays)
