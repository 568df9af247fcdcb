"""Sentences with numbers: what is said, how it is written, what is refused."""

import numpy as np
import pytest

from vizdl.experiments.base import number
from vizdl.figures.words import words

VALUES = {
    "path.w": np.array([[1.5, -2.0], [0.25, -0.00001], [1e6, 3.0]]),
    "path.gone": np.array([0.0, 0.0, 1.0]),
    "count": 7,
    "kind": "ravine",
}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("w is {path.w[step,0]}.", "w is 0.250."),
        ("{path.w[step-1,0]} then {path.w[step+1,0]}", "1.50 then 1.00×10⁶"),
        ("{path.w[-1, 1]:n2}, {path.w[0,1]:f2}", "3, −2.00"),
        ("{count:d} of {path.w[step,1]:f3}", "7 of 0.000"),
        ("{path.w[0,0]:g3}, {path.w[0,1]:n()}, {path.w[0,0]:f1()}", "1.5, (−2), 1.5"),
        ("a {kind:s}", "a ravine"),
        ("{path.w[i,0]:d}", "1000000"),
        ("no number", "no number"),
    ],
)
def test_numbers_are_filled_in(text, said):
    assert words(text).fill(VALUES, step=1, i=2) == said


def test_the_first_case_that_holds_is_said():
    chosen = words(("path.gone[step]", "gone"), ("not step", "start"), "on the way")
    assert [chosen.fill(VALUES, step=k) for k in range(3)] == ["start", "on the way", "gone"]
    assert words(("count", "some")).fill({"count": np.nan}) == ""
    assert words(("not count", "none")).fill({"count": np.nan}) == "none"


def test_names_are_all_that_is_needed():
    text = words(("end.gone", "{path.w[step,0]}"), "{kind:s} {path.loss[here.next-1]}")
    assert text.names() == {"end.gone", "path.w", "step", "kind", "path.loss", "here.next"}


def test_what_is_not_finite():
    assert words("{x:d} {x:f2} {x:g3} {x}").fill({"x": np.inf}) == "∞ ∞ ∞ ∞"
    assert words("{x:f2}").fill({"x": np.nan}) == number(np.nan)


def test_room_is_kept_for_the_longest_text():
    text = words(
        ("gone[step+5]", "Step {step:d}: {w[step]} and gone for good."),
        "Step {step:d}: the number is {w[step]}, after {w[step-1]}.",
        "Never {w[step+9]}: there is no such number, so no room is kept for this one.",
    )
    values = {"gone": [0.0], "w": [1.0, 0.00001, 2.0], "step": 0}
    assert text.longest(values, 3) == "Step 1: the number is 1.00×10⁻⁵, after 1."
    assert text.longest(values, 1) == "Step 0: the number is 1, after 2."
    assert words().longest({}, 4) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{}", "a reference reads"),
        ("{path.w[}", "a reference reads"),
        ("{path.w[step*2]}", "a reference reads"),
        ("{1st}", "a reference reads"),
        ("{count:x}", "a format is"),
        ("{count:f}", "a format is"),
        ("{count:n3 }x{count:.3f}", "a format is"),
    ],
)
def test_what_cannot_be_read_is_refused(text, message):
    with pytest.raises(ValueError, match=message):
        words(text)
    with pytest.raises(ValueError, match="a reference reads"):
        words(("not a condition!", "text"))
