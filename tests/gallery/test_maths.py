"""Equations: one Typst source, an SVG for the eye and MathML for the ear."""

import re
from xml.etree import ElementTree

import pytest

from vizdl.gallery.maths import MathsError, plain, typeset


@pytest.mark.parametrize(
    ("source", "without"),
    [
        ("a + b", "a + b"),
        ("{{ f_t : forget }} dot.o c", "f_t dot.o c"),
        ("{{ a^2 }} = {{c:right-side}}", "a^2 = c"),
        ("{{ {{ a : x }} + b : y }} = c", "a + b = c"),
        ("x : y", "x : y"),
    ],
)
def test_groups_of_manim_are_taken_off(source, without):
    assert plain(source) == without


def test_an_equation_is_drawn_in_the_colour_of_the_text():
    made = typeset("c_t = f_t dot.o c_(t-1)")
    svg = ElementTree.fromstring(made.svg)
    assert svg.tag.endswith("svg")
    assert "#000" not in made.svg
    assert "currentColor" in made.svg
    assert 3 < made.width < 12
    assert 0.5 < made.height < 2
    assert 0 < made.depth < made.height


def test_an_equation_is_spoken_as_mathml():
    made = typeset("frac(a, b)")
    fraction = ElementTree.fromstring(made.mathml).find("mfrac")
    assert [part.text for part in fraction] == ["𝑎", "𝑏"]


def test_groups_change_nothing():
    assert typeset("{{ a : x }} + b").mathml == typeset("a + b").mathml


def test_ids_of_two_equations_do_not_meet():
    first, second = (
        set(re.findall(r'\bid="([^"]+)"', typeset(text).svg)) for text in ("a+b", "a+c")
    )
    assert first
    assert not first & second
    used = set(re.findall(r'href="#([^"]+)"', typeset("a+b").svg))
    assert used == first


def test_the_drawing_is_hidden_from_the_ear_and_scrolls_where_too_wide():
    block = typeset("a + b").block()
    assert 'aria-hidden="true"' in block
    assert 'tabindex="0"' in block
    assert block.count("<math") == 1


@pytest.mark.parametrize(
    ("source", "words"),
    [("overline(x)", "warns"), ("foo(x)", "unknown variable"), ("frac(a", "cannot")],
)
def test_what_typst_does_not_say_stops_the_build(source, words):
    with pytest.raises(MathsError, match=words) as caught:
        typeset(source)
    assert repr(source) in str(caught.value)
