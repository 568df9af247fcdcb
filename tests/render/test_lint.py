"""The linter passes what is well laid out, and names what was planted."""

import re

import pytest
from manim import DOWN, LEFT, RIGHT, UP, WHITE, Circle, Rectangle, Square

from vizdl import style
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.render.lint import lint, main


@pytest.fixture(scope="session")
def find(plain_experiment):
    """``find(plant)`` plays a good story in which `plant(story)` does something: the findings."""

    def run(plant=lambda story: None, **changes):
        class Planted(Story):
            title = "A good story"
            experiment = plain_experiment
            seconds = 14

            def construct(self):
                self.open("Is it laid out well?")
                self.first()
                self.second()
                self.third()
                self.close("one", say="One is one.")

            @beat
            def first(self):
                self.say("A word, a formula and a number stand beside each other.")
                self.parts = (
                    Label("word").shift(4 * LEFT),
                    Maths("sum_k x_k^2"),
                    Number(0.25).shift(4 * RIGHT),
                )
                self.add(*self.parts)
                self.wait(self.seconds)

            @beat
            def second(self):
                plant(self)
                self.wait(0.1)

            @beat
            def third(self):
                self.wait(self.seconds)

        return lint(type("Planted", (Planted,), changes))

    return run


def rules(findings):
    return {finding.rule for finding in findings}


def named(findings, rule):
    return [finding.message for finding in findings if finding.rule == rule]


def test_a_good_story_has_no_findings(find):
    assert find() == []


# Outside


@pytest.mark.parametrize("side", [LEFT, RIGHT, UP, DOWN], ids=["left", "right", "top", "bottom"])
def test_text_that_is_cut_off(find, side):
    def plant(story):
        story.add(Label("cut off").move_to(side * (7.1 if side[0] else 4)))

    findings = find(plant)
    assert any("'cut off' leaves the safe area" in told for told in named(findings, "outside"))


def test_ink_that_is_cut_off_only_in_the_margin(find):
    def plant(story):
        story.add(Square(1, color=style.POSITIVE.dark).move_to(6.2 * RIGHT + DOWN))

    findings = find(plant)
    assert rules(findings) == {"outside"}
    (told,) = named(findings, "outside")
    over = float(re.search(r"by (\d\.\d+) units", told).group(1))
    assert over == pytest.approx(6.7 - style.FRAME[0] / 2 * 0.9, abs=0.01)


def test_what_the_camera_leaves_out(find):
    def plant(story):
        story.frame.shift(3 * RIGHT)
        story.wait(0.1)
        story.frame.shift(3 * LEFT)

    assert "outside" in rules(find(plant))


def test_ink_that_is_meant_to_bleed_and_ink_that_is_far_away(find):
    def plant(story):
        wide = Rectangle(width=30, height=0.5, color=style.GRID.dark).shift(2 * DOWN)
        wide.bleeds = True
        story.add(wide, Square(1).shift(20 * RIGHT))

    assert find(plant) == []


def test_ink_that_cannot_be_seen(find):
    def plant(story):
        story.add(Square(1).set_opacity(0).move_to(7 * RIGHT))

    assert find(plant) == []


# Overlap


@pytest.mark.parametrize(
    "make",
    [lambda: Label("over"), lambda: Maths("x^2"), lambda: Number(3.5)],
    ids=["Label", "Maths", "Number"],
)
def test_text_on_text(find, make):
    def plant(story):
        story.add(make().move_to(story.parts[0]).shift(0.1 * RIGHT))

    findings = find(plant)
    assert "overlap" in rules(findings)
    assert any("'word'" in told for told in named(findings, "overlap"))


def test_text_that_comes_to_stand_on_text_by_a_move(find):
    def plant(story):
        story.play(story.parts[2].animate.move_to(story.parts[1]), run_time=0.2)

    assert "overlap" in rules(find(plant))


def test_texts_that_stand_close_do_not_overlap(find):
    def plant(story):
        story.add(Label("near").next_to(story.parts[0], DOWN, buff=0.08))

    assert find(plant) == []


# Too small


def test_text_that_is_too_small(find):
    limit = style.SMALLEST_TEXT * style.FRAME[1] * 96  # in units of font size

    def plant(story):
        story.add(Label("tiny", size=limit - 1).shift(DOWN), Label("fine", size=limit).shift(UP))

    findings = find(plant)
    assert rules(findings) == {"small"}
    assert all("'tiny'" in told for told in named(findings, "small"))


@pytest.mark.parametrize("part", range(3), ids=["Label", "Maths", "Number"])
def test_text_that_was_scaled_down(find, part):
    def plant(story):
        story.parts[part].scale(0.5)

    assert rules(find(plant)) == {"small"}


def test_text_from_which_the_camera_draws_back(find):
    def plant(story):
        width = story.frame.width
        story.frame.set(width=2 * width)
        story.wait(0.1)
        story.frame.set(width=width)

    assert "small" in rules(find(plant))


# Contrast


def test_text_too_pale_for_the_background(find):
    def plant(story):
        story.add(Label("pale", color=style.GRID.dark).shift(DOWN))

    findings = find(plant)
    assert rules(findings) == {"contrast"}
    ratio = float(re.search(r"of (\d+\.\d):1", named(findings, "contrast")[0]).group(1))
    assert ratio == pytest.approx(style.contrast(style.GRID.dark, style.BACKGROUND.dark), abs=0.051)


@pytest.mark.parametrize("text", [Label("white", color=WHITE), Number(1.5, color=WHITE)])
def test_white_text_on_a_white_shape(find, text):
    def plant(story):
        shape = Circle(1, color=WHITE, fill_opacity=1).shift(2 * DOWN)
        story.add(shape, text.move_to(shape))

    assert rules(find(plant)) == {"contrast"}


def test_text_that_fades(find):
    def plant(story):
        story.parts[0].set_opacity(0.2)

    assert rules(find(plant)) == {"contrast"}


def test_a_thin_line_behind_a_text_is_no_matter(find):
    def plant(story):
        line = Rectangle(width=4, height=0.001, stroke_width=1, color=WHITE)
        story.add(line.move_to(story.parts[0]))

    assert find(plant) == []


def test_what_is_dimmed_may_be_pale_but_what_is_lit_may_not(find):
    def plant(story):
        pale = Label("pale", color=style.GRID.dark).shift(DOWN)
        story.add(pale)
        story.lit = pale if story.lights_the_pale else story.parts[0]
        story.spotlight(story.lit)
        story.remove(pale)

    # `add` alone is no rest: the linter looks after an animation, when the veil lies already.
    assert find(plant, lights_the_pale=False) == []
    assert rules(find(plant, lights_the_pale=True)) == {"contrast"}


# Time


@pytest.mark.parametrize(("seconds", "faulty"), [(2, True), (14, False), (60, True)])
def test_a_scene_that_is_too_short_or_too_long(find, seconds, faulty):
    findings = find(seconds=seconds)
    assert rules(findings) == ({"length"} if faulty else set())


def test_too_few_beats(find):
    findings = find(third=lambda self: self.wait(14))
    assert named(findings, "beats") == ["the scene has 2 beats"]


def test_a_caption_that_goes_too_fast(find):
    def hurry(story):  # a scene that goes round say()
        from vizdl.mobjects.story import Caption

        story.captions.append(Caption(story.now, story.now + 1, "x" * 40))

    findings = find(hurry)
    assert [told[:24] for told in named(findings, "reading")] == ["40.0 characters a second"]


def test_say_waits_until_it_can_be_read(find):
    words = "This is much longer than what is played over it, so that the picture has to wait. "

    def talk(story):
        for _ in range(3):
            story.say(words * 2)
            story.wait(0.1)

    assert "reading" not in rules(find(talk))


def test_the_command_tells_its_findings(stories, capsys):
    assert main(["summing"]) == 1
    told = capsys.readouterr().out
    assert re.search(r"^summing: \d findings$", told, re.MULTILINE)
    assert re.search(r"s  length +the scene lasts \d+ s", told)
