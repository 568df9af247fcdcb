"""What the figure of back-propagation says: each moment, each node, each number."""

from __future__ import annotations

from vizdl.figures.words import Words, words

HIDDEN = "\u00a0"  # a text that can't be seen, but has its place

_SAID = (
    "Forward. The input is x = {chain.values[0]}.",
    "Forward: z = tanh({w1:g3()} · {chain.values[0]}) = {chain.values[1]}.",
    "Forward: ŷ = {w2:g3()} · {chain.values[1]:n()} = {chain.values[2]}.",
    "The loss: J = (ŷ − y)² = ({chain.values[2]} − {target:g3()})² = {chain.values[3]}.",
    "Back: ∂J/∂ŷ = 2 (ŷ − y) = {chain.products[0]}.",
    "Back to the weight w₂: ∂J/∂w₂ = ∂J/∂ŷ · z = {chain.products[0]:n()} · "
    "{chain.local[1]:n()} = {chain.products[1]}.",
    "Back through w₂: ∂J/∂z = ∂J/∂ŷ · w₂ = {chain.products[0]:n()} · {w2:g3()} = "
    "{chain.products[2]}.",
    "Back to the weight w₁: ∂J/∂w₁ = ∂J/∂z · (1 − z²) x = {chain.products[2]:n()} · "
    "{chain.local[3]:n()} = {chain.products[3]}.",
    "Shift: w₁ goes from {shift.weights[0]} to {shift.new[0]}, w₂ from {shift.weights[1]} to "
    "{shift.new[1]}, and the loss from {chain.values[3]} to {shift.after[3]}.",
)
SENTENCE = words(*((f"seen.now[{k}]", said) for k, said in enumerate(_SAID)))


def _by_row(*texts: str) -> Words:
    """A text for each row of a trace."""
    return words(*((f"seen.one[i,{k}]", text) for k, text in enumerate(texts)))


STORY = _by_row(
    "<b>x = {chain.values[0]}</b><br>the input: there is nothing behind it to adjust",
    "<b>z = tanh(w₁ x) = {chain.values[1]}</b><br>local derivative ∂ŷ/∂z = w₂ = {w2:g3}<br>"
    "the product up to here: ∂J/∂z = {chain.products[0]:n()} · {w2:g3()} = {chain.products[2]}",
    "<b>ŷ = w₂ z = {chain.values[2]}</b><br>local derivative ∂J/∂ŷ = 2 (ŷ − y) = "
    "{chain.local[0]}<br>the product up to here is the same",
    "<b>J = (ŷ − y)² = {chain.values[3]}</b><br>where the way back begins: ∂J/∂J = 1",
)
WEIGHT_STORY = _by_row(
    "<b>w₁ = {shift.weights[0]}</b><br>local derivative ∂z/∂w₁ = (1 − z²) x = {chain.local[3]}<br>"
    "the product up to here: ∂J/∂w₁ = {chain.products[2]:n()} · {chain.local[3]:n()} = "
    "{chain.products[3]}",
    "<b>w₂ = {shift.weights[1]}</b><br>local derivative ∂ŷ/∂w₂ = z = {chain.local[1]}<br>"
    "the product up to here: ∂J/∂w₂ = {chain.products[0]:n()} · {chain.local[1]:n()} = "
    "{chain.products[1]}",
)
VALUE = words(("not seen.known[i]", HIDDEN), "{seen.value[i]}")
WEIGHT = _by_row("w₁ = {seen.weight[i]:n2}", "w₂ = {seen.weight[i]:n2}")
GRADIENT = words(
    ("not seen.back[i]", HIDDEN),
    ("seen.one[i,0]", "∂J/∂z = {chain.products[2]:n2}"),
    "∂J/∂ŷ = {chain.products[0]:n2}",
)
AT_WEIGHT = words(
    ("not seen.at_weight[i]", HIDDEN),
    ("seen.one[i,0]", "∂J/∂w₁ = {chain.products[3]:n2}"),
    "∂J/∂w₂ = {chain.products[1]:n2}",
)
TARGET = words("y = {target:g3}")
NUDGED = words("{try.ratio}")
TABLE = (
    ("x", words("{chain.values[0]:n6}")),
    ("z", words("{chain.values[1]:n6}")),
    ("ŷ", words("{chain.values[2]:n6}")),
    ("J", words("{chain.values[3]:n6}")),
    ("∂J/∂ŷ", words("{chain.products[0]:n6}")),
    ("∂J/∂w₂", words("{chain.products[1]:n6}")),
    ("∂J/∂z", words("{chain.products[2]:n6}")),
    ("∂J/∂w₁", words("{chain.products[3]:n6}")),
    ("change of J over nudge", words("{try.ratio:n6}")),
    ("how far that is from the derivative", words("{try.apart:n3}")),
)
