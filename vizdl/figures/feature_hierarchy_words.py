"""What the figure of `feature_hierarchy` says: written once, for Python and for the page."""

from __future__ import annotations

from vizdl.figures.words import words

SENTENCE = words(
    (
        "moment.layer",
        "Layer {moment.layer:d}: a probe with few labels reads {accuracy[moment.layer]:n3}% of the "
        "held-out digits rightly, and the ten classes stand {separation[moment.layer]:n3} apart. "
        "The network says {net.answer:d}, {net.sure:n3}%.",
    ),
    "Pixels: a probe with few labels reads {accuracy[0]:n3}% of the held-out digits rightly, and "
    "the ten classes stand {separation[0]:n3} apart. The network says {net.answer:d}, "
    "{net.sure:n3}%.",
)
STORY = words(
    (
        "units.first[i]",
        "<b>layer 1, unit {units.number[i]:d}</b><br>"
        "excitement {net.excitement[i]}: the picture times its weights, and its bias<br>"
        "blue: ink excites it, orange: ink calms it",
    ),
    (
        "units.second[i]",
        "<b>layer 2, unit {units.number[i]:d}</b><br>"
        "excitement {net.excitement[i]}<br>its picture is what excites it most",
    ),
    "<b>output for the digit {units.number[i]:d}</b><br>score {net.excitement[i]}",
)
READS = words("{accuracy[i]:n3}%")
TABLE = (
    ("the network says", words("{net.answer:d}")),
    ("with the probability", words("{net.sure:n4}%")),
    (
        "unit that is looked at",
        words(
            ("looked.first", "layer 1, unit {looked.name:d}"),
            ("looked.second", "layer 2, unit {looked.name:d}"),
            "output for the digit {looked.name:d}",
        ),
    ),
    ("its excitement", words("{looked.excited:n4}")),
    ("a probe reads off the pixels", words("{accuracy[0]:n4}%")),
    ("off layer 1", words("{accuracy[1]:n4}%")),
    ("off layer 2", words("{accuracy[2]:n4}%")),
    ("separation of the pixels", words("{separation[0]:n4}")),
    ("of layer 1", words("{separation[1]:n4}")),
    ("of layer 2", words("{separation[2]:n4}")),
)
