"""The player writes numbers and sentences as Python does, to the last digit."""

import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import live
from vizdl.experiments.base import number
from vizdl.figures.words import Place, words

TIES = [
    0.5, 1.5, 2.5, 0.125, 0.375, 2.125, 2.375, 12.5, 13.5, 1000.5, 99.95, 999.5, 1234.5, 9.995,
    125000.0, 135000.0, 1005000.0, 1015000.0, 2.0**-20, 3 * 2.0**-21, 5e-324, 1.7e308, 0.1, 0.15,
    0.25, 1e21, 1e22, 1e23, 123456.5, 1e5, 99999.5, 99999.0, 1e-3, 9.995e-4, 0.00099949, 0.0, -0.0,
    math.inf, -math.inf, math.nan,
]  # fmt: skip
FORMATS = ("n", "n1", "n2", "n6", "n15", "d", "f0", "f1", "f2", "f5", "g1", "g3", "g6")
NUMBERS = st.one_of(
    st.floats(width=64),
    st.floats(-2e5, 2e5),
    st.builds(lambda k, n: k / 2**n, st.integers(-(10**6), 10**6), st.integers(0, 12)),
    st.builds(lambda k, n: (k + 0.5) * 10.0**n, st.integers(0, 2000), st.integers(-3, 9)),
    st.integers(-(10**6), 10**6).map(float),
)


@pytest.fixture(scope="module")
def page(node):
    """Node.js with the player's words."""
    node.value((live.files("vizdl.live") / "player/words.js").read_text("utf-8") + "; 1")
    return node


def spelled(value):
    return repr(value).replace("inf", "Infinity").replace("nan", "NaN")


def written(page, pairs):
    """What the page writes for numbers and formats."""
    parts = [
        f"vizdl.words.write({spelled(value)}, {json.dumps([p.kind, p.digits, p.bracketed])[1:-1]})"
        for value, text in pairs
        for p in [Place.parse(f"x:{text}")]
    ]
    return page.value(f"[{', '.join(parts)}]")


def compare(page, values):
    pairs = [
        (value, text + mark)
        for value in values
        for text in FORMATS
        for mark in ("", "()")
        if not (text[0] in "df" and abs(value) >= 1e21)  # where JavaScript's fixed form ends
    ]
    expected = [Place.parse(f"x:{text}").write(value) for value, text in pairs]
    for pair, found, wanted in zip(pairs, written(page, pairs), expected, strict=True):
        assert found == wanted, pair


def test_numbers_that_lie_between_two_others(page):
    compare(page, [*TIES, *(-value for value in TIES)])


@given(st.lists(NUMBERS, min_size=1, max_size=30))
def test_any_number_is_written_as_python_writes_it(page, values):
    compare(page, values)


def test_three_digits_are_the_usual_form(page):
    values = [0.0012345, 123456.0, -7.0, 2.5e-7]
    code = ", ".join(f"vizdl.words.number({value!r})" for value in values)
    assert page.value(f"[{code}]") == [number(value) for value in values]


def test_sentences_are_the_same(page):
    text = words(
        ("path.gone[step]", "Step {step:d}: gone at {path.w[step,0]:n2}."),
        ("not step", "The start: {path.w[step,1]:f2()}."),
        "Step {step:d} after {path.w[step-1,0]}, rate {rate:g3}, {kind:s}.",
    )
    w, gone = [[1.25, -2.5], [0.0123456, 1e-9], [3.0, 4.0]], [0, 0, 1]
    values = {"path.w": w, "path.gone": gone, "rate": 0.05, "kind": "bowl <i>"}
    lookup = (
        "((values, step) => (name, index) => index.reduce((found, [base, more]) =>"
        " found[(base ? step : 0) + more], name === 'step' ? step : values[name]))"
    )
    for step in range(3):
        found = f"{lookup}({json.dumps(values)}, {step})"
        code = f"vizdl.words.fill({json.dumps(text.to_json())}, {found})"
        assert page.value(code) == text.fill(values, step=step)
