"""Make network.npz, rnn.npz, lstm.npz and attention.npz: values and gradients by PyTorch.

Run with any Python that has torch (made with torch 2.13.0) and NumPy:
    python tests/reference/make_reference.py
Everything is float64. Gradients come from torch.autograd alone; where torch has the whole layer
(nn.RNN, nn.LSTM), the cells stepped through here are asserted to agree with it.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

T, B, D, H, OUTPUTS = 7, 3, 4, 5, 2
ACTIVATIONS = {
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "relu": torch.relu,
    "leaky_relu": functional.leaky_relu,
    "gelu": functional.gelu,
    "identity": lambda z: z,
}
LOSSES = {
    "squared_error": lambda z, y: functional.mse_loss(z, y, reduction="none").sum(-1).mean(),
    "binary_cross_entropy": lambda z, y: (
        functional.binary_cross_entropy_with_logits(z, y, reduction="none").sum(-1).mean()
    ),
    "softmax_cross_entropy": functional.cross_entropy,
}
NETWORKS = {  # the loss of each, and its layers' activations
    "squared_error": ("tanh", "relu", "sigmoid"),
    "binary_cross_entropy": ("sigmoid", "gelu", "identity"),
    "softmax_cross_entropy": ("leaky_relu", "tanh", "identity"),
}
SIZES = (3, 6, 5, 4)


def leaf(random, *shape):
    return torch.tensor(random.normal(size=shape), requires_grad=True)


def watched(tensor):
    """Keep the gradient of something computed."""
    tensor.retain_grad()
    return tensor


def save(name, arrays):
    plain = {
        key: value.detach().numpy() if torch.is_tensor(value) else np.asarray(value)
        for key, value in arrays.items()
    }
    np.savez_compressed(Path(__file__).with_name(f"{name}.npz"), **plain)


def network():
    arrays = {}
    for seed, (loss, activations) in enumerate(NETWORKS.items()):
        random = np.random.default_rng(seed)
        x = leaf(random, 8, SIZES[0])
        y = torch.tensor(random.random((8, SIZES[-1])))
        if loss == "softmax_cross_entropy":
            y = y / y.sum(-1, keepdim=True)
        found = {"x": x, "y": y}
        posts = [x]
        for layer, name in enumerate(activations):
            w = leaf(random, SIZES[layer + 1], SIZES[layer])
            b = leaf(random, SIZES[layer + 1])
            pre = watched(functional.linear(posts[-1], w, b))
            posts.append(watched(ACTIVATIONS[name](pre)))
            found |= {f"weights{layer}": w, f"biases{layer}": b, f"pre{layer}": pre}
            found[f"post{layer + 1}"] = posts[-1]
        value = LOSSES[loss](posts[-1], y)
        value.backward()
        gradients = {f"d_{key}": v.grad for key, v in found.items() if key != "y"}
        arrays |= {f"{loss}/{key}": v for key, v in (found | gradients | {"loss": value}).items()}
        arrays[f"{loss}/activations"] = activations
    save("network", arrays)


def rnn():
    random = np.random.default_rng(10)
    x, h0 = leaf(random, T, B, D), leaf(random, B, H)
    w_xh, w_hh, b_h = leaf(random, H, D), leaf(random, H, H), leaf(random, H)
    w_hy, b_y = leaf(random, OUTPUTS, H), leaf(random, OUTPUTS)
    dy = torch.tensor(random.normal(size=(T, B, OUTPUTS)))
    h = [h0]
    for t in range(T):
        h.append(torch.tanh(x[t] @ w_xh.T + h[-1] @ w_hh.T + b_h))
    y = torch.stack(h[1:]) @ w_hy.T + b_y

    layer = nn.RNN(D, H, dtype=torch.float64)
    layer.load_state_dict(
        {
            "weight_ih_l0": w_xh,
            "weight_hh_l0": w_hh,
            "bias_ih_l0": b_h,
            "bias_hh_l0": torch.zeros(H),
        }
    )
    assert torch.allclose(layer(x, h0[None])[0], torch.stack(h[1:]), rtol=1e-13, atol=1e-13)

    flow_vectors = torch.zeros(T, T, B, H, dtype=torch.float64)
    for t in range(T):
        loss = (dy[t] * y[t]).sum()
        reached = torch.autograd.grad(loss, h[1 : t + 2], retain_graph=True)
        flow_vectors[t, : t + 1] = torch.stack(reached)
    d_h = torch.autograd.grad((dy * y).sum(), h, retain_graph=True)
    (dy * y).sum().backward()
    found = {"x": x, "w_xh": w_xh, "w_hh": w_hh, "b_h": b_h, "w_hy": w_hy, "b_y": b_y}
    gradients = {f"d_{key}": v.grad for key, v in found.items()}
    gradients |= {"d_h": torch.stack(d_h), "flow_vectors": flow_vectors}
    save("rnn", found | gradients | {"h0": h0, "h": torch.stack(h), "y": y, "dy": dy})


def lstm():
    random = np.random.default_rng(20)
    x, h0, c0 = leaf(random, T, B, D), leaf(random, B, H), leaf(random, B, H)
    w_x, w_h, b = leaf(random, 4 * H, D), leaf(random, 4 * H, H), leaf(random, 4 * H)
    dh = torch.tensor(random.normal(size=(T, B, H)))
    dc_last = torch.tensor(random.normal(size=(B, H)))
    h, c, z, gates = [h0], [c0], [], []
    for t in range(T):
        z.append(watched(x[t] @ w_x.T + h[-1] @ w_h.T + b))
        i, f, g, o = z[-1].chunk(4, -1)
        i, f, g, o = torch.sigmoid(i), torch.sigmoid(f), torch.tanh(g), torch.sigmoid(o)
        gates.append(torch.stack([i, f, g, o]))
        c.append(watched(f * c[-1] + i * g))
        h.append(watched(o * torch.tanh(c[-1])))

    layer = nn.LSTM(D, H, dtype=torch.float64)
    layer.load_state_dict(
        {
            "weight_ih_l0": w_x,
            "weight_hh_l0": w_h,
            "bias_ih_l0": b,
            "bias_hh_l0": torch.zeros(4 * H),
        }
    )
    output, (_, c_last) = layer(x, (h0[None], c0[None]))
    assert torch.allclose(output, torch.stack(h[1:]), rtol=1e-13, atol=1e-13)
    assert torch.allclose(c_last[0], c[-1], rtol=1e-13, atol=1e-13)

    ((dh * torch.stack(h[1:])).sum() + (dc_last * c[-1]).sum()).backward()
    found = {"x": x, "w_x": w_x, "w_h": w_h, "b": b}
    gradients = {f"d_{key}": v.grad for key, v in found.items()}
    gradients |= {
        f"d_{key}": torch.stack([state.grad for state in states])
        for key, states in {"h": h, "c": c, "z": z}.items()
    }
    found |= dict(zip("ifgo", torch.stack(gates).unbind(1), strict=True))
    found |= {"h0": h0, "c0": c0, "h": torch.stack(h), "c": torch.stack(c), "z": torch.stack(z)}
    save("lstm", found | gradients | {"dh": dh, "dc_last": dc_last})


def attention():
    arrays = {}
    for seed, case in enumerate(("plain", "masked", "scaled")):
        random = np.random.default_rng(30 + seed)
        q, k, v = leaf(random, 2, 3, 4, 5), leaf(random, 2, 3, 6, 5), leaf(random, 2, 3, 6, 2)
        mask = torch.tensor(random.random((2, 3, 4, 6)) < 0.6)
        mask[..., 0] = True
        extra = {"masked": {"attn_mask": mask}, "scaled": {"scale": 1.7}}.get(case, {})
        output = functional.scaled_dot_product_attention(q, k, v, **extra)
        doutput = torch.tensor(random.normal(size=output.shape))
        (doutput * output).sum().backward()
        found = {"q": q, "k": k, "v": v}
        found |= {f"d_{key}": value.grad for key, value in found.items()}
        found |= {"mask": mask, "output": output, "doutput": doutput}
        arrays |= {f"{case}/{key}": value for key, value in found.items()}
    save("attention", arrays)


if __name__ == "__main__":
    torch.manual_seed(0)
    network()
    rnn()
    lstm()
    attention()
