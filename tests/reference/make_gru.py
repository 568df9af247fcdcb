"""Make gru.npz: values and gradients of a gated recurrent unit by PyTorch.

Run with any Python that has torch (made with torch 2.13.0) and NumPy:
    python tests/reference/make_gru.py
Everything is float64. Gradients come from torch.autograd alone; the cell stepped through here is
asserted to agree with nn.GRU.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn

T, B, D, H = 7, 3, 4, 5


def leaf(random, *shape):
    return torch.tensor(random.normal(size=shape), requires_grad=True)


def watched(tensor):
    """Keep the gradient of something computed."""
    tensor.retain_grad()
    return tensor


def gru():
    random = np.random.default_rng(40)
    x, h0 = leaf(random, T, B, D), leaf(random, B, H)
    w_x, w_h = leaf(random, 3 * H, D), leaf(random, 3 * H, H)
    b, c_n = leaf(random, 3 * H), leaf(random, H)
    dh = torch.tensor(random.normal(size=(T, B, H)))
    h, a, gates = [h0], [], []
    for t in range(T):
        driven = watched(x[t] @ w_x.T + b)  # its gradient is that of the pre-activations
        a.append(driven)
        u_r, u_z, u_n = (h[-1] @ w_h.T).chunk(3, -1)
        x_r, x_z, x_n = driven.chunk(3, -1)
        r, z = torch.sigmoid(x_r + u_r), torch.sigmoid(x_z + u_z)
        n = torch.tanh(x_n + r * (u_n + c_n))
        gates.append(torch.stack([r, z, n]))
        h.append(watched(z * h[-1] + (1 - z) * n))

    layer = nn.GRU(D, H, dtype=torch.float64)
    behind = torch.cat([torch.zeros(2 * H, dtype=torch.float64), c_n])
    layer.load_state_dict(
        {"weight_ih_l0": w_x, "weight_hh_l0": w_h, "bias_ih_l0": b, "bias_hh_l0": behind}
    )
    assert torch.allclose(layer(x, h0[None])[0], torch.stack(h[1:]), rtol=1e-13, atol=1e-13)

    (dh * torch.stack(h[1:])).sum().backward()
    found = {"x": x, "w_x": w_x, "w_h": w_h, "b": b, "c_n": c_n}
    gradients = {f"d_{key}": value.grad for key, value in found.items()}
    gradients |= {
        f"d_{key}": torch.stack([state.grad for state in states])
        for key, states in {"h": h, "a": a}.items()
    }
    found |= dict(zip("rzn", torch.stack(gates).unbind(1), strict=True))
    found |= {"h0": h0, "h": torch.stack(h), "dh": dh}
    arrays = {key: value.detach().numpy() for key, value in (found | gradients).items()}
    np.savez_compressed(Path(__file__).with_name("gru.npz"), **arrays)


if __name__ == "__main__":
    gru()
