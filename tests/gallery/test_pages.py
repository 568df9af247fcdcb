"""Prose whose numbers come from the trace, and everything that stops the build."""

import importlib
import re

import numpy as np
import pytest

from vizdl.engines.vocabulary import Vocabulary
from vizdl.experiments.live import Entries, Tiles
from vizdl.gallery import pages
from vizdl.gallery.pages import PageError, read, shown
from vizdl.gallery.playing import Playing

PAGE = """## The idea
{idea}
## Watch
Watch.
## Try it
Try.
## The mathematics
{maths}
## What was measured
Measured.
"""


@pytest.fixture
def fill(course):
    experiment = importlib.import_module("sample_course.experiments.halving")
    trace = experiment.run(experiment.Settings())

    def fill(idea="Idea.", maths="Maths.", allows=None):
        given = {"facts": experiment.facts(trace), "equations": experiment.EQUATIONS}
        page = PAGE.replace("{idea}", idea).replace("{maths}", maths)
        return read(page, "x.md", trace=trace, **given, allows=allows).sections

    return fill


def test_sections_in_order(fill):
    assert tuple(fill()) == pages.SECTIONS
    assert fill()["Watch"] == "<p>Watch.</p>\n"


def test_numbers_come_from_the_trace(fill):
    html = fill("At {{ settings.rate }} after {{ settings.steps }}: {{ fact.falls.text }}.")
    assert '<span class="computed">0.5</span>' in html["The idea"]
    assert '<span class="computed">24</span>' in html["The idea"]
    assert '<span class="computed">−5.96×10⁻⁸</span>' in html["The idea"]


def test_equations_are_drawn_and_spoken(fill):
    html = fill(maths='Before\n\n{{ equation("step") }}\n\nand {{ maths("x_t") }}.')[
        "The mathematics"
    ]
    assert html.count("<svg") == html.count("<math") == 2
    assert "<p><div" not in html  # a block stands in no paragraph
    assert '<span class="maths">' in html


def test_an_expression_is_no_markup(fill):
    html = fill('{{ "<script>alert(*)</script> **bold** _x_" }}')["The idea"]
    assert "&lt;script&gt;alert(*)&lt;/script&gt; **bold** _x_" in html
    assert "<script" not in html


def test_html_in_the_prose_is_text(fill):
    assert "&lt;script&gt;" in fill("<script>alert()</script>")["The idea"]


def test_links_and_emphasis_are_markdown(fill):
    html = fill("See [*here*](https://example.org/1997) now.")["The idea"]
    assert '<a href="https://example.org/1997"><em>here</em></a>' in html


@pytest.mark.parametrize(
    ("idea", "words"),
    [
        ("{{ fact.fall.text }}", "there is no fact 'fall'; did you mean falls?"),
        ("{{ settings.speed }}", "there is no setting 'speed'"),
        ("{{ nothing }}", "'nothing' is undefined"),
        ("{{ number(fact.falls.size) }}", "no attribute 'size'"),
        ('{{ equation("stop") }}', "there is no equation 'stop'; did you mean step?"),
        ('{{ number("a") }}', "cannot be filled in"),
        ("{{ fact.falls }}", "neither a number nor text but Fact"),
        ('{{ maths("foo(x)") }}', "unknown variable"),
    ],
)
def test_what_the_trace_does_not_have_stops_the_build(fill, idea, words):
    with pytest.raises(PageError) as caught:
        fill(f"One line.\n\nAnd {idea} here.")
    message = str(caught.value)
    assert message.startswith("x.md, line 4: {{")
    assert idea in message
    assert words in message
    assert "\n" not in message.strip() or "maths" in idea


def test_half_an_expression_stops_the_build(fill):
    with pytest.raises(PageError, match=r"x\.md, line 3: unexpected"):
        fill("{{ fact.falls.text")


@pytest.mark.parametrize("typed", ["after 3 steps", "x²", "**0.5**", "½", "the 2nd"])
def test_a_digit_typed_by_hand_stops_the_build(fill, typed):
    with pytest.raises(PageError, match=r"x\.md, line 4: .* is typed by hand"):
        fill(f"Words.\n\n{typed}")


@pytest.mark.parametrize(
    "allowed", ["`x1 = 2`", "```\nx = 3\n```", "[book](https://example.org/2)", "{# draft 2 #}"]
)
def test_digits_in_code_links_and_comments_are_allowed(fill, allowed):
    assert fill(allowed)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda page: page.replace("## Watch\nWatch.\n", ""),
        lambda page: page.replace("## Watch", "## Look"),
        lambda page: page + "## More\nMore.\n",
        lambda page: "Before.\n" + page,
        lambda page: "",
    ],
)
def test_sections_must_be_there_in_order(fill, monkeypatch, spoil):
    monkeypatch.setattr(f"{__name__}.PAGE", spoil(PAGE))
    with pytest.raises(PageError, match=r"x\.md: .*section"):
        fill()


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.5, "0.5"), (-0.25, "−0.25"), (24, "24"), (1 / 3, "0.333"), (2.0, "2"), (1e-9, "1.00×10⁻⁹")],
)
def test_values_as_people_write_them(value, text):
    assert shown(value) == text


def test_what_is_not_a_number_is_not_shown():
    with pytest.raises(PageError, match="it is not a number"):
        shown(float("nan"))


@pytest.mark.parametrize(
    ("state", "message"),
    [
        ("rate=9", "rate must be a number from 0.1 to 0.9"),
        ("speed=1", "speed=1 sets nothing; there are: rate, mine, said, step"),
        ("said=good+grief", "'grief' is not among the 2 words known here"),
        ("said=good+bad&step=1", None),
        ("rate=0.5&step=-1", "step=-1 sets nothing"),
        ("mine.3=1", "mine has 3 entries, got 3"),
        ("mine.0=2", "mine must be from 0 to 1, got 2"),
        ("rate=0.3&step=4&mine.2=0.5", None),
    ],
)
def test_links_set_only_what_the_live_figure_has(fill, state, message):
    experiment = importlib.import_module("sample_course.experiments.halving")
    entries = {"mine": Entries("mine", np.zeros(3), "mine", 0, 1, 0.1)}
    tiles = {"said": Tiles("said", Vocabulary(("good", "bad")), "bad", "words", 3)}
    live = Playing("{}", {"controls": [{"name": "rate"}]}, {}, experiment.Settings, entries, tiles)
    link = f"[set it](#{state})"
    if message is None:
        assert (
            f'href="#{state.replace("&", "&amp;")}"' in fill(link, allows=live.allows)["The idea"]
        )
        return
    with pytest.raises(PageError, match=re.escape(f"x.md, line 2: #{state} leads nowhere: ")) as no:
        fill(link, allows=live.allows)
    assert message in str(no.value)
    with pytest.raises(PageError, match="the figure is not live"):
        fill(link)


def test_links_to_sections_and_pages_are_left_alone(fill):
    html = fill("[there](#code) and [elsewhere](bptt.html#try) and [both](a.html#step=3)")
    assert html["The idea"].count("href=") == 3
