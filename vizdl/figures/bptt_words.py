"""What the figure of back-propagation through time says: sentence, hover texts and table.

The numbers are named as the page has them: `figures.bptt` lists them.
"""

from __future__ import annotations

from vizdl.figures.words import Words, words

NORM = "back.flow[here.t,here.k]"
SENTENCE = words(
    (
        "here.few[0]",
        f"Loss {{here.loss:d}} at its own state: the gradient's norm is {{{NORM}:n2}}.",
    ),
    (
        "here.few[1]",
        f"Loss {{here.loss:d}}, one step back at state {{here.state:d}}: {{{NORM}:n2}}, "
        "{back.percent[here.t,here.k]:n2}% of its start.",
    ),
    f"Loss {{here.loss:d}}, {{here.hops:d}} steps back at state {{here.state:d}}: {{{NORM}:n2}}, "
    "{back.percent[here.t,here.k]:n2}% of its start.",
)
LOSS = words(
    "<b>loss {places.steps[i]:d} = {back.losses[i]}</b><br>"
    "said {back.outputs[i]}, the next value is {wave[i+1]}: the difference, squared"
)


def _paths(name: str, index: str, state: str) -> dict[str, str]:
    """The states that a loss passes, by the condition under which its way is that long."""
    first, second, third, last = (
        state.format(f"{{{name}.{number}{index}:d}}")
        for number in ("loss", "before", "second", "state")
    )
    few = [f"{name}.few{index[:-1] + ',' if index else '['}{hops}]" for hops in range(4)]
    ways = ([first], [first, last], [first, second, last], [first, second, third, last])
    return {
        **{condition: " → ".join(way) for condition, way in zip(few, ways, strict=True)},
        "": " → ".join([first, second, "…", last]),
    }


def _cell_words() -> Words:
    norm = (
        "<b>‖∂L<sub>{triangle.loss[i]:d}</sub>/∂h<sub>{triangle.state[i]:d}</sub>‖ "
        "= {inks.norm[i]}</b><br>"
    )
    own, *further = _paths("triangle", "[i]", "h<sub>{}</sub>").items()
    cases: list[str | tuple[str, str]] = [
        (own[0], norm + "loss {triangle.loss[i]:d} and its own state: no step back yet")
    ]
    for condition, way in further:
        hops = "one step" if condition.endswith("1]") else "{triangle.hops[i]:d} steps"
        text = (
            f"{norm}its path: L<sub>{{triangle.loss[i]:d}}</sub> → {way}<br>"
            f"{hops}, each through W<sub>hh</sub> and tanh′:<br>"
            "{inks.percent[i]:n2}% is left of {inks.own[i]} at h<sub>{triangle.loss[i]:d}</sub>"
        )
        cases.append((condition, text) if condition else text)
    return words(*cases)


def _path_words() -> Words:
    cases = _paths("here", "", "h{}").items()
    texts = [(condition, "L{here.loss:d} → " + way) for condition, way in cases]
    return words(*(text if text[0] else text[1] for text in texts))


def state_words(units: int) -> Words:
    """What a state is, of so many units."""
    numbers = ", ".join(f"{{back.states[i+1,{unit}]:n2}}" for unit in range(units))
    return words(
        f"<b>state {{places.steps[i]:d}}</b> = ({numbers})<br>"
        "all the losses from {places.steps[i]:d} on together:<br>"
        "‖∂L/∂h<sub>{places.steps[i]:d}</sub>‖ = {back.together[i]}"
    )


CELL = _cell_words()
TABLE = (
    ("loss t", words("{here.loss:d}")),
    ("its value Lₜ", words("{back.losses[here.t]:n6}")),
    ("state k", words("{here.state:d}")),
    ("path back", _path_words()),
    ("‖∂Lₜ/∂hₖ‖", words(f"{{{NORM}:n6}}")),
    ("share of ‖∂Lₜ/∂hₜ‖", words("{back.percent[here.t,here.k]:n6}%")),
    ("all losses together, ‖∂L/∂hₖ‖", words("{back.together[here.k]:n6}")),
    ("the whole sum, ‖∂L/∂Wₕₕ‖", words("{back.total:n6}")),
)
