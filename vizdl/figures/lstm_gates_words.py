"""What the figure of the LSTM's gates says: sentence, hover texts and table, for one cell.

The numbers are named as the page has them: `figures.lstm_gates` lists them.
"""

from __future__ import annotations

from vizdl.figures.words import Words, words

_AT = "[step-1,shown.unit]"
_ARITHMETIC = (
    "New c = f · c + i · g = {net.f@:f3} · {net.before@:f3()} + {net.i@:f3} · {net.g@:f3()}"
    " = {net.c@:f3}; h = o · tanh c = {net.o@:f3} · {net.squashed@:f3()} = {net.h@:f3},"
    " read out as {net.predicted[step-1]:f2}."
).replace("@", _AT)
SENTENCE = words(
    ("not step", "Before step 1: the cell is empty, c = 0.00."),
    (
        "net.both[step-1]",
        "Step {step:d}: store {value[step-1]:f2}, and asked for it. " + _ARITHMETIC,
    ),
    ("store[step-1]", "Step {step:d}: store {value[step-1]:f2}. " + _ARITHMETIC),
    (
        "ask[step-1]",
        "Step {step:d}: asked for the memory, {net.memory[step-1]:f2}. " + _ARITHMETIC,
    ),
    "Step {step:d}: no flag, {value[step-1]:f2} is a distraction. " + _ARITHMETIC,
)
VALUE_STORY = words(
    (
        "store[i]",
        "Step {net.number[i]:d}: the input brings <b>{value[i]:f2}</b>,<br>flagged to be stored",
    ),
    "Step {net.number[i]:d}: the input brings <b>{value[i]:f2}</b>,<br>"
    "a distraction: no store flag",
)
CELL_STORY = words(
    "Step {net.number[i]:d}: <b>cell state</b><br>"
    "kept: f · c before = {net.f@:f2} · {net.before@:f2} = {net.kept@:f2}<br>"
    "added: i · g = {net.i@:f2} · {net.g@:f2} = {net.added@:f2}<br>"
    "c = <b>{net.c@:f2}</b>, where {net.memory[i]:f2} is to be remembered".replace(
        "@", "[i,shown.unit]"
    )
)
ANSWER_STORY = words(
    "Step {net.number[i]:d}: <b>output</b><br>"
    "h = o · tanh c = {net.o@:f2} · {net.squashed@:f2} = {net.h@:f2}<br>"
    "times its read-out weight {shown.readout[shown.unit]:f2}: {net.says@:f2}<br>"
    "with the other cells ŷ = <b>{net.predicted[i]:f2}</b>,<br>"
    "right is {net.target[i]:f2}".replace("@", "[i,shown.unit]")
)
BESIDE = words(("drawn.known[i,step]", "{drawn.numbers[i,step]:f2}"), "–")


def _flag_story(word: str, told: str) -> Words:
    return words(
        (f"{word}[i]", f"Step {{net.number[i]:d}}: <b>{word}</b> flag, {told}"),
        f"Step {{net.number[i]:d}}: no {word} flag",
    )


def _gate_story(row: int, letter: str, title: str, squash: str) -> Words:
    """Where a gate comes from; `row` is its place in the sums."""
    sums = f"net.sums[i,{row},shown.unit"
    return words(
        f"Step {{net.number[i]:d}}: <b>{title}</b><br>"
        f"weighted sums: inputs {{{sums},0]:f2}},<br>"
        f"last output {{{sums},1]:f2}}, bias {{{sums},2]:f2}}<br>"
        f"together z = {{net.z[i,{row},shown.unit]:f2}}<br>"
        f"{letter} = {squash}(z) = <b>{{net.{letter}[i,shown.unit]:f2}}</b>"
    )


STORIES: dict[str, Words] = {
    "store flags": _flag_story("store", "keep this value"),
    "ask flags": _flag_story("ask", "output what you keep"),
    "values": VALUE_STORY,
    "gate i": _gate_story(0, "i", "input gate", "σ"),
    "gate f": _gate_story(1, "f", "forget gate", "σ"),
    "gate g": _gate_story(2, "g", "candidate", "tanh"),
    "gate o": _gate_story(3, "o", "output gate", "σ"),
    "cell": CELL_STORY,
    "answers": ANSWER_STORY,
}  # what a pointer reads, by the name of its trace
TABLE = tuple(
    (label, words(("step", f"{{{name}:{form}}}"), "–"))
    for label, name, form in (
        ("value", "value[step-1]", "n6"),
        ("store flag", "store[step-1]", "d"),
        ("ask flag", "ask[step-1]", "d"),
        ("forget gate f", f"net.f{_AT}", "n6"),
        ("input gate i", f"net.i{_AT}", "n6"),
        ("candidate g", f"net.g{_AT}", "n6"),
        ("cell before", f"net.before{_AT}", "n6"),
        ("kept, f · c", f"net.kept{_AT}", "n6"),
        ("added, i · g", f"net.added{_AT}", "n6"),
        ("cell state c", f"net.c{_AT}", "n6"),
        ("to be remembered", "net.memory[step-1]", "n6"),
        ("output gate o", f"net.o{_AT}", "n6"),
        ("hidden state h", f"net.h{_AT}", "n6"),
        ("output ŷ", "net.predicted[step-1]", "n6"),
        ("right answer", "net.target[step-1]", "n6"),
    )
)
