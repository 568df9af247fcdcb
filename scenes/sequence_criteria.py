"""What sequences ask of a model: any length, long memory, order, and weights that are shared."""

from typing import ClassVar

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    FadeIn,
    FadeOut,
    LaggedStart,
    RoundedRectangle,
    VGroup,
    linear,
)

from vizdl import style
from vizdl.experiments import sequence_criteria
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.axes import PlotArea
from vizdl.mobjects.bars import Bars
from vizdl.mobjects.cells import SetValues, StateCell
from vizdl.mobjects.curve import Curve
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Number
from vizdl.mobjects.through import Through
from vizdl.mobjects.tiles import Reorder, WordTiles

TOP = 2.35  # of the sentence
COLOURS = (style.SERIES[3].dark, style.SERIES[1].dark, style.HIDDEN.dark)
PAIR = ("dense network", "recurrent network")
SEEN = 5  # places that are drawn of the dense network, if it has more


class SequenceCriteria(Story):
    """Four things that a model of sequences must do, each beside a model that can't."""

    title: ClassVar[str] = "What sequences ask for"
    experiment = sequence_criteria

    def construct(self):
        self.open("What must a model be able to do to read a sentence?")
        self.any_length()
        self.long_memory()
        self.order()
        self.shared_weights()
        self.close(
            "longer",
            "far",
            "order",
            "shared",
            say="Any length, long memory, order, shared weights: a recurrent network has all four.",
        )

    @beat
    def any_length(self):
        self.short, self.long = (self.reading(name) for name in ("short", "long_ago"))
        self.say("Is its mood good or bad? A sentence may have two words, or twelve.")
        row = self.sentence(self.short)
        self.play(FadeIn(row, shift=0.2 * DOWN))
        self.set_the_models()
        self.say("A dense network has a fixed number of places. Here some stay empty.")
        self.play(self.fall(row, len(self.short.words)), run_time=1.6)
        row = self.change(row, self.sentence(self.long))
        self.say("And here they do not suffice: the first words are never seen.")
        self.play(self.fall(row, len(self.long.words)), run_time=2)
        self.say("A recurrent network takes word after word, however many there are.")
        self.read(row, self.long, 0.26)
        self.say("On sentences longer than any it was trained on, it is nearly always right.")
        self.judge("right answers, longer sentences", "longer_dense", "longer")
        self.row = row

    @beat
    def long_memory(self):
        self.say("The word that counts may be long past. Where the window ends, it is gone.")
        window = self.trace.settings.window
        self.play(FadeOut(self.models, self.fallen, self.verdict))
        last = self.row.tiles[-min(window, len(self.row.tiles)) :]
        frame = RoundedRectangle(
            width=last.width + 0.3, height=last.height + 0.3, corner_radius=0.15
        ).move_to(last)
        frame.set_stroke(COLOURS[1], width=4)
        name = Label(f"the last {window} words", size=style.SMALL_SIZE, color=COLOURS[1])
        name.next_to(frame, DOWN, buff=0.15)
        clue = self.long.words.index("lovely")
        self.play(FadeIn(frame, name), SetValues(self.row, self.row.only(clue)))
        self.say("So it falls to guessing, as soon as the last opinion is too far back.")
        self.draw_distances()
        self.play(Advance(self.curves[0], to=self.last), run_time=3)
        self.say("The state of the recurrent network keeps the opinion to the end.")
        self.play(Advance(self.curves[1], to=self.last), run_time=3)
        self.poster()
        self.rest(0.5)
        self.play(FadeOut(self.row, frame, name, self.area, self.curves, self.names))

    @beat
    def order(self):
        first, second = self.reading("good_not_bad"), self.reading("bad_not_good")
        self.say("Order matters. Throw the words into a bag, and only their numbers are left.")
        row = WordTiles(first.words).set_y(TOP)
        self.play(FadeIn(row, shift=0.2 * DOWN))
        self.open_the_bag(row, first)
        self.say("Now let good and bad change places.")
        a, b = first.words.index("good"), first.words.index("bad")
        turn = list(range(len(first.words)))
        turn[a], turn[b] = b, a
        self.play(SetValues(row, row.only(a, b)))
        self.play(Reorder(row, turn), run_time=1.8)
        self.say("The bag is the same, and so is what it says. The other one turned its mind.")
        self.play(SetValues(self.verdict, 100 * second.said[[0, 2]]), run_time=2)
        self.rest(0.5)
        self.play(FadeOut(row, self.bag, self.verdict, self.asked))

    @beat
    def shared_weights(self):
        trace = self.trace
        self.say("Last: weights. A place of its own for each word takes more with every word.")
        start, end = int(trace.lengths[0]), int(trace.lengths[-1])
        most = float(trace.parameters.max())
        counts = trace.parameters[::-1]  # the dense network stands first
        bars = Bars(
            counts[:, 0], PAIR, high=most, length=6.2, thickness=0.7, pitch=1.1, horizontal=True,
            colors=COLOURS[1:], places=0,
        ).move_to((-0.5, 1.2, 0))  # fmt: skip
        words = Label("weights, for sentences of", size=style.SMALL_SIZE, color=style.MUTED.dark)
        length = Number(start, places=0, size=style.BODY_SIZE, anchor="right")
        unit = Label("words", size=style.SMALL_SIZE, color=style.MUTED.dark)
        head = VGroup(words, length, unit).arrange(RIGHT, buff=0.2).move_to((0, TOP + 0.4, 0))
        self.play(FadeIn(bars, head))
        self.play(Through(bars, counts.T), Tick(length, end, rate_func=linear), run_time=3.5)
        self.say("And a word learned at one place is unknown at another, unless all share.")
        self.judge("right answers, words at new places", "shared_dense", "shared", at=-1.9)
        self.rest(0.5)

    # Sentences

    def reading(self, name):
        """One of the experiment's examples, with all that the models make of it."""
        return self.trace.readings[list(sequence_criteria.EXAMPLES).index(name)]

    def sentence(self, reading):
        return WordTiles(reading.words, size=style.SMALL_SIZE, height=0.58).set_y(TOP)

    def change(self, row, other):
        """The places are cleared, another sentence comes."""
        self.play(FadeOut(row, *self.fallen), run_time=0.6)
        self.play(FadeIn(other, shift=0.2 * DOWN), run_time=0.6)
        return other

    # The two models of the first beat

    def set_the_models(self):
        """On the left places in a row, on the right a state that goes round."""
        self.slots = VGroup(
            *[RoundedRectangle(width=1.06, height=0.66, corner_radius=0.12) for _ in range(SEEN)]
        ).arrange(RIGHT, buff=0.08)
        self.slots.set_stroke(COLOURS[1], width=2.5).move_to((-3.4, 0.3, 0))
        dense = Label("dense network", size=style.LABEL_SIZE, color=COLOURS[1])
        dense.next_to(self.slots, UP, buff=0.3)
        size = self.long.states.shape[1]
        self.state = StateCell(size, width=0.9, height=2.2).move_to((5.2, 0.0, 0))
        reads = Label("recurrent network", size=style.LABEL_SIZE, color=COLOURS[2])
        reads.next_to(self.state, LEFT, buff=0.4)
        self.models = VGroup(self.slots, dense, self.state, reads)
        self.play(FadeIn(self.models))

    def fall(self, row, count):
        """The last words fall into the places, the last one into the last."""
        self.fallen = VGroup()
        falls = []
        for back in range(min(SEEN, self.trace.settings.window, count)):
            tile, slot = row.tiles[count - 1 - back], self.slots[SEEN - 1 - back]
            copy = tile.copy()
            copy.label.scale_to_fit_width(min(copy.label.width, 0.86))
            self.fallen.add(copy)
            falls.append(copy.animate.move_to(slot))
        lit = SetValues(row, row.only(*range(count - len(self.fallen), count)))
        return AnimationGroup(lit, LaggedStart(*falls, lag_ratio=0.15))

    def read(self, row, reading, pace):
        """The state changes with each word."""
        for t in range(len(reading.words)):
            self.play(
                SetValues(row, row.only(t)),
                SetValues(self.state, reading.states[t + 1]),
                run_time=pace,
            )

    def judge(self, words, *names, at=-2.3):
        """A bar for the failing model and one for the working one, with the facts' numbers."""
        values = np.array([self.facts[name].value for name in names])
        self.verdict = VGroup()
        bars = Bars(
            0 * values, PAIR, high=100, length=6.2,
            thickness=0.5, pitch=0.8, horizontal=True, colors=COLOURS[1:], places=1, unit="%",
        )  # fmt: skip
        title = Label(words, size=style.SMALL_SIZE, color=style.MUTED.dark)
        self.verdict.add(title, bars)
        self.verdict.arrange(DOWN, buff=0.25).move_to((-0.5, at, 0))
        self.play(FadeIn(self.verdict))
        self.play(SetValues(bars, values), run_time=1.6)

    # Distances

    def draw_distances(self):
        trace = self.trace
        self.last = len(trace.distances) - 1
        self.area = PlotArea(
            (0, float(self.last)), (40, 100), width=7.4, height=2.9, y_unit="%",
            y_ticks=[50, 75, 100], x_label="words after the last opinion", y_label="right answers",
        ).move_to((-1.0, -1.35, 0))  # fmt: skip
        self.curves = VGroup(
            *[
                Curve(self.area, 100 * trace.by_distance[k], color=COLOURS[k], tip=False)
                for k in (1, 2)
            ]
        )
        self.names = VGroup(
            *[
                Label(name, size=style.LABEL_SIZE, color=colour)
                for name, colour in zip(
                    ("dense network", "recurrent network"), COLOURS[1:], strict=True
                )
            ]
        )
        ends = trace.by_distance[1:, -1] * 100
        for name, end in zip(self.names, ends, strict=True):
            name.next_to(self.area.place(float(self.last), float(end)), RIGHT, buff=0.35)
        lower, upper = sorted(self.names, key=lambda name: name.get_y())
        lack = max(0.0, 0.45 - (upper.get_y() - lower.get_y()))  # curves that end close together
        upper.shift(lack / 2 * UP)
        lower.shift(lack / 2 * DOWN)
        self.play(FadeIn(self.area, self.curves, self.names))

    # The bag

    def open_the_bag(self, row, reading):
        """The words fall into a bag, without their order; both models say how good it is."""
        bag = RoundedRectangle(width=5.4, height=2.5, corner_radius=0.5)
        bag.set_stroke(COLOURS[0], width=4).move_to((-3.6, 0.1, 0))
        name = Label("bag of words", size=style.LABEL_SIZE, color=COLOURS[0])
        name.next_to(bag, DOWN, buff=0.2)
        order = np.argsort(reading.words)  # a bag has no order but the alphabet's
        spots = [(-5.3 + 1.7 * (k % 3), 0.65 - 0.95 * (k // 3), 0) for k in range(len(order))]
        copies = [row.tiles[place].copy() for place in order]
        self.bag = VGroup(bag, name, *copies)
        self.play(FadeIn(bag, name))
        falls = [copy.animate.move_to(spot) for copy, spot in zip(copies, spots, strict=True)]
        self.play(LaggedStart(*falls, lag_ratio=0.1), run_time=1.6)
        self.verdict = Bars(
            np.zeros(2), ("bag of words", "recurrent network"), high=100, length=2.6, thickness=0.9,
            pitch=2.7, colors=(COLOURS[0], COLOURS[2]), places=1, unit="%",
        ).move_to((3.5, -0.9, 0))  # fmt: skip
        self.asked = Label("how good, says", size=style.SMALL_SIZE, color=style.MUTED.dark)
        self.asked.next_to(self.verdict.frame, UP, buff=0.75)
        self.say("Of this sentence, both say: rather good than bad.")
        self.play(FadeIn(self.verdict, self.asked))
        self.play(SetValues(self.verdict, 100 * reading.said[[0, 2]]), run_time=1.6)
