"""Where everything stands in the figure of the LSTM's gates, in Python as on a page."""

from __future__ import annotations

from typing import Any

import autograd.numpy as anp
import numpy as np

from vizdl import style
from vizdl.style import Role

# Each panel's name, what its picture means, its letter where there is little room, its colour, its
# share of the height, the range of its axis.
PANELS: tuple[tuple[str, str, str, Role, float, tuple[float, float]], ...] = (
    ("flags", "", "", style.MUTED, 1.5, (-0.55, 1.55)),
    ("value", "gold: to be stored", "value", style.MUTED, 1.7, (-1.1, 1.1)),
    ("1 · forget gate f", "how much is kept", "f", style.FORGET_GATE, 1.0, (0, 1)),
    ("2 · input gate i", "how much is stored", "i", style.INPUT_GATE, 1.0, (0, 1)),
    ("candidate g", "what could be stored", "g", style.CANDIDATE, 1.2, (-1, 1)),
    ("3 · cell state c", "dotted: to be remembered", "c", style.CELL, 2.0, (-1.1, 1.1)),
    ("4 · output gate o", "how much is shown", "o", style.OUTPUT_GATE, 1.0, (0, 1)),
    ("output ŷ", "dash: the right answer", "ŷ", style.HIDDEN, 1.6, (-1.1, 1.1)),
)
FLAGS, VALUE, FORGET, INPUT, CANDIDATE, CELL, OUTPUT, PREDICTION = range(len(PANELS))
LETTERS = {FORGET: "f", INPUT: "i", CANDIDATE: "g", OUTPUT: "o"}
FLAG_ROWS = {"store": 1.0, "ask": 0.0}
FLAG_SIZE = 0.8  # of a flag's block, as a share of its row
DRAWN_FROM = {  # the arguments of `drawn`, by the names that a page has for them
    "at": "shown.at", "value": "value", "store": "store", "ask": "ask",
    **{letter: f"net.{letter}" for letter in ("f", "i", "g", "o", "c")},
    "predicted": "net.predicted", "target": "net.target",
}  # fmt: skip
BLOCKS = (
    "store_set", "ask_set", "distraction", "stored", "block_f", "block_i", "block_g", "block_o",
    "output", "answer",
)  # fmt: skip


def drawn(
    *,
    at: Any,
    value: Any,
    store: Any,
    ask: Any,
    f: Any,
    i: Any,
    g: Any,
    o: Any,
    c: Any,
    predicted: Any,
    target: Any,
) -> dict[str, Any]:
    """Where things are drawn, of the cell that `at` (H,) marks with a 1: y by name.

    Blocks are (T, 5), all NaN where there is none. `numbers` (7, T+1) stand beside the panels
    from the values down, `known` (7, T+1) is 0 where there is none yet.
    """
    one = {"f": f @ at, "i": i @ at, "g": g @ at, "o": o @ at}  # (T,) each
    cell = c @ at
    rows = {word: row + 0.0 * value for word, row in FLAG_ROWS.items()}
    shown = anp.stack([value, one["f"], one["i"], one["g"], cell, one["o"], predicted])
    known = np.ones((len(PANELS) - VALUE, len(value) + 1))
    known[:, 0] = 0
    known[CELL - VALUE, 0] = 1  # it is empty: 0
    far, wide = reach(cell), reach(predicted)
    return {
        "store_set": _flags(rows["store"], store),
        "ask_set": _flags(rows["ask"], ask),
        "distraction": block(0 * value, anp.where(store > 0, anp.nan, value)),
        "stored": block(0 * value, anp.where(store > 0, value, anp.nan)),
        **{f"block_{letter}": block(0 * gate, gate) for letter, gate in one.items()},
        "cell": cell,
        "output": block(0 * predicted, predicted),
        "answer": block(target - 0.045, target + 0.045),
        "numbers": anp.concatenate([np.zeros((len(known), 1)), shown], axis=1),
        "known": known,
        "cell_range": anp.stack([-far, far]),
        "cell_veil": anp.stack([-far, -far, far, far]),
        "answer_range": anp.stack([-wide, wide]),
        "answer_veil": anp.stack([-wide, -wide, wide, wide]),
    }


def moment(step: Any, length: int) -> dict[str, Any]:
    """The x of the cursor and of the veil over what lies ahead, after that step: (4,) each."""
    right = anp.where(step > 0, step + 0.5, 0.0)
    return {"cursor": _across(step - 0.5, right), "veil": _across(step + 0.5, length + 0.5)}


def reach(values: Any) -> Any:
    """How far from 0 an axis goes that shows these values: beyond 1, and beyond all of them."""
    return 1.1 * anp.maximum(1.0, anp.max(anp.abs(values)))


def block(low: Any, high: Any) -> Any:
    """The y of blocks from low to high (T,), each with a gap after it: (T, 5)."""
    there = 0 * high  # NaN where there is none
    return anp.stack([low + there, low + there, high, high, anp.nan * high], axis=-1)


def _flags(row: Any, flag: Any) -> Any:
    low = anp.where(flag > 0, row - FLAG_SIZE / 2, anp.nan)
    return block(low, low + FLAG_SIZE)


def _across(left: Any, right: Any) -> Any:
    return anp.stack([left, right + 0 * left, right + 0 * left, left])
