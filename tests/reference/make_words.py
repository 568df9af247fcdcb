"""Make words.npz: skip-gram, associative recall and labels of sequences by PyTorch's own layers.

Run with any Python that has torch (made with torch 2.13.0) and NumPy:
    python tests/reference/make_words.py
Everything is float64. Gradients come from torch.autograd alone.
"""

from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional

WORDS, SIZE, PAIRS, NEGATIVES = 6, 3, 9, 4
KEYS, VALUES, ITEMS, BATCH, WIDTH = 12, 8, 5, 7, 4
STEPS, SEQUENCES, INPUTS, HIDDEN, CLASSES = 6, 5, 4, 3, 3


def weight(random, *shape):
    return torch.tensor(random.normal(size=shape), requires_grad=True)


def indices(random, below, *shape):
    return torch.tensor(random.integers(below, size=shape))


def slopes(**learned):
    """The parameters, and their gradients under the same name with a d in front."""
    return learned | {f"d_{name}": value.grad for name, value in learned.items()}


def skip_gram(random):
    """Skip-gram with negative sampling: right pairs have the label 1, drawn ones 0."""
    w_in, w_out = (weight(random, WORDS, SIZE) for _ in range(2))
    centre, context = indices(random, WORDS, 2, PAIRS)
    negatives = indices(random, WORDS, PAIRS, NEGATIVES)
    others = torch.cat([context[:, None], negatives], dim=1)
    scores = functional.embedding(others, w_out) @ functional.embedding(centre, w_in)[:, :, None]
    labels = torch.zeros_like(scores)
    labels[:, 0] = 1
    loss = functional.binary_cross_entropy_with_logits(scores, labels, reduction="sum") / PAIRS
    loss.backward()
    drawn = {"centre": centre, "context": context, "negatives": negatives}
    return drawn | slopes(w_in=w_in, w_out=w_out) | {"loss": loss}


def recall(random):
    """One question looks up items by PyTorch's scaled dot-product attention."""
    keys = torch.tensor(np.argsort(random.random((BATCH, KEYS)), axis=1)[:, :ITEMS])
    values, asked = indices(random, VALUES, BATCH, ITEMS), indices(random, ITEMS, BATCH)
    w_q, w_k, w_v = (weight(random, WIDTH, KEYS + VALUES) for _ in range(3))
    w_o = weight(random, VALUES, WIDTH)
    one_hot = functional.one_hot
    items = torch.cat([one_hot(keys, KEYS), one_hot(values, VALUES)], dim=-1).double()
    rows = torch.arange(BATCH)
    question = functional.pad(one_hot(keys[rows, asked], KEYS), (0, VALUES)).double()[:, None]
    looked = functional.scaled_dot_product_attention(question @ w_q.T, items @ w_k.T, items @ w_v.T)
    logits = (looked @ w_o.T)[:, 0]
    loss = functional.cross_entropy(logits, values[rows, asked])
    loss.backward()
    drawn = {"keys": keys, "values": values, "asked": asked}
    return drawn | slopes(w_q=w_q, w_k=w_k, w_v=w_v, w_o=w_o) | {"logits": logits, "loss": loss}


def labels(random):
    """An RNN with a read-out; steps without a question are ignored by the cross-entropy."""
    torch.manual_seed(0)
    layer = nn.RNN(INPUTS, HIDDEN, dtype=torch.float64)
    head = nn.Linear(HIDDEN, CLASSES, dtype=torch.float64)
    layer.bias_hh_l0.requires_grad_(False).zero_()
    x = torch.tensor(random.normal(size=(STEPS, SEQUENCES, INPUTS)))
    targets = indices(random, CLASSES + 1, STEPS, SEQUENCES) - 1
    targets[-1] = 0
    logits = head(layer(x)[0])
    error = nn.CrossEntropyLoss(ignore_index=-1, reduction="sum")
    loss = error(logits.flatten(0, 1), targets.flatten()) / SEQUENCES
    loss.backward()
    learned = slopes(
        w_xh=layer.weight_ih_l0, w_hh=layer.weight_hh_l0, b_h=layer.bias_ih_l0,
        w_hy=head.weight, b_y=head.bias,
    )  # fmt: skip
    chances = torch.softmax(logits, dim=-1)
    return {"x": x, "targets": targets, "chances": chances, "loss": loss} | learned


if __name__ == "__main__":
    random = np.random.default_rng(20261126)
    cases = {"skip_gram": skip_gram(random), "recall": recall(random), "labels": labels(random)}
    arrays = {
        f"{case}_{name}": value.detach().numpy()
        for case, found in cases.items()
        for name, value in found.items()
    }
    np.savez_compressed(Path(__file__).with_name("words.npz"), **arrays)
