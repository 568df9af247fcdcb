"""One cell, four patterns: one to one, many to one, one to many, many to many."""

from typing import ClassVar

import numpy as np
from manim import (
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    Square,
    VGroup,
)

from vizdl import style
from vizdl.experiments import sequence_patterns
from vizdl.experiments.pattern_tasks import PATTERNS
from vizdl.mobjects.cells import FlowArrow, SetValues, StateCell
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Number
from vizdl.mobjects.tiles import WordTiles

BOTTOM, MIDDLE, TOP = -1.9, 0.0, 1.75  # of what comes in, of the states, of what is said
WIDEST, SPAN = 1.7, 11.6  # from one step to the next at most, and all of them together
SHOWN = 16  # units whose states are drawn


class SequencePatterns(Story):
    """How the same cell classifies, judges a sentence, describes a picture and translates."""

    title: ClassVar[str] = "Four patterns of sequences"
    experiment = sequence_patterns

    def construct(self):
        self.open("What can one and the same cell be used for?")
        self.one_to_one()
        self.many_to_one()
        self.one_to_many()
        self.many_to_many()
        self.close(
            *(name.replace(" ", "_") for name in PATTERNS),
            say="One cell, four patterns. Only where it reads and where it speaks is different.",
        )

    @beat
    def one_to_one(self):
        self.say("One input, one answer: will this student pass? No sequence yet.")
        self.lay_out(0)
        self.run_through(pace=1.2)
        self.say("What comes out is a probability: the network is not sure, and rightly so.")
        self.rest(0.5)
        self.clear()

    @beat
    def many_to_one(self):
        self.say("Many inputs, one answer. The state is handed on from word to word.")
        self.lay_out(1)
        self.run_through(pace=0.8)
        self.say("Only after the last word is it asked: is the mood good or bad?")
        self.rest(0.5)
        self.clear()

    @beat
    def one_to_many(self):
        self.say("One input, many answers: a picture goes in, and words come out.")
        self.lay_out(2)
        self.say("Each word that it says comes in again at the next step, until it says: end.")
        self.run_through(pace=1.1)
        self.rest(0.5)
        self.clear()

    @beat
    def many_to_many(self):
        self.say("Many to many: a German number is read to its end, and only then said in English.")
        self.lay_out(3)
        self.run_through(pace=0.75)
        self.poster()
        *_, tens, ones = self.example.right
        self.say(f"It had to wait: German says the {ones} before the {tens}, English after it.")
        self.rest(0.5)
        self.clear()

    # The row of steps

    def lay_out(self, k):
        """Everything of an example, a column for each step, still empty."""
        self.example = example = self.trace.examples[k]
        steps = len(example.into)
        pitch = min(WIDEST, SPAN / steps)
        self.x = pitch * (np.arange(steps) - (steps - 1) / 2)
        self.cells, self.links = VGroup(), VGroup()
        for x in self.x:
            cell = StateCell(min(SHOWN, example.states.shape[1]), width=0.56, height=1.7)
            self.cells.add(cell.move_to((x, MIDDLE, 0)))
        for a, b in zip(self.cells, self.cells[1:], strict=False):
            self.links.add(self.arrow(a, b, RIGHT))
        self.inputs = [self.entering(t, pitch) for t in range(steps)]
        self.feeds = [self.arrow(a, b, UP) for a, b in zip(self.inputs, self.cells, strict=True)]
        self.outputs = {t: self.leaving(t, pitch) for t in range(steps) if example.asked[t]}
        self.name = Label(example.pattern, size=style.BODY_SIZE, color=style.HIDDEN.dark)
        self.name.move_to((0, 3.05, 0))
        first = [t for t in range(steps) if t == 0 or not self.spoken(t)]
        self.shown = VGroup(
            self.name, self.cells, self.links, *self.feeds, *[self.inputs[t] for t in first]
        )
        self.play(FadeIn(self.shown, shift=0.2 * UP))

    def spoken(self, t):
        """Whether what comes in at this step is what was said at the one before."""
        return t > 0 and bool(self.example.asked[t - 1])

    def entering(self, t, pitch):
        word = self.example.into[t]
        if self.example.pattern == "one to many" and t == 0:
            part = picture(self.trace.image)
        else:
            width = None if len(word) > 12 else min(1.3, pitch - 0.1)
            part = WordTiles([word], size=style.SMALL_SIZE, height=0.58, width=width)
        return part.move_to((self.x[t], BOTTOM, 0))

    def leaving(self, t, pitch):
        """The word that is said, its probability above it, and the arrow that leads there."""
        width = min(1.3, pitch - 0.1)
        tile = WordTiles(
            [self.example.out[t]], size=style.SMALL_SIZE, height=0.58, width=width,
            color=style.HIDDEN.dark,
        ).move_to((self.x[t], TOP, 0))  # fmt: skip
        share = Number(0, places=0, unit="%", size=style.SMALL_SIZE, color=style.HIDDEN.dark)
        share.next_to(tile, UP, buff=0.14)
        return VGroup(self.arrow(self.cells[t], tile, UP), tile, share)

    def arrow(self, start, end, way):
        first = start.get_critical_point(way) + 0.06 * way
        return FlowArrow(first, end.get_critical_point(-way) - 0.06 * way, value=0.35)

    def run_through(self, pace):
        """Step by step: the input lights up, the state is filled, the answer is given."""
        example = self.example
        for t in range(len(example.into)):
            lights = [self.feeds[t].pulse(color=style.DATA.dark, run_time=0.5 * pace)]
            if t:
                lights.append(self.links[t - 1].pulse(color=style.HIDDEN.dark, run_time=0.5 * pace))
            state = example.states[t + 1][: len(self.cells[t].values)]
            fill = SetValues(self.cells[t], state, run_time=0.5 * pace)
            self.play(AnimationGroup(AnimationGroup(*lights), fill, lag_ratio=0.5), run_time=pace)
            if example.asked[t]:
                self.answer(t, pace)

    def answer(self, t, pace):
        """The likeliest word appears; where the network speaks on, it comes in at the next step."""
        out = self.outputs[t]
        value = 100 * float(self.example.likeliest[t])
        out[2].set_value(value)
        self.shown.add(out)
        self.play(FadeIn(out, shift=0.2 * UP), run_time=0.5 * pace)
        if t + 1 < len(self.example.into):
            flight = FadeIn(self.inputs[t + 1], target_position=out[1])
            self.shown.add(self.inputs[t + 1])
            self.play(flight, run_time=0.5 * pace)

    def clear(self):
        self.hush()  # what is spoken of stays until all is said
        self.play(FadeOut(self.shown), run_time=0.6)


def picture(image):
    """A picture of coloured squares."""
    squares = VGroup()
    for row in image:
        for pixel in row:
            square = Square(side_length=0.13, stroke_width=0)
            squares.add(square.set_fill(style.hex_colour(pixel), opacity=1))
    return squares.arrange_in_grid(rows=len(image), buff=0).scale(1.02)
