"""Recurrence: a neuron alone forgets, a loop remembers, the loop unrolls, one step in numbers."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    VGroup,
)

from vizdl import style
from vizdl.experiments import recurrence
from vizdl.experiments.recurrence import WORDS
from vizdl.mobjects import (
    FoldedRNN,
    Label,
    Maths,
    Number,
    NumberColumn,
    PlotArea,
    SetValues,
    Story,
    Swarm,
    UnrolledRNN,
    WordTiles,
    beat,
    unroll,
)

MUTED, INK, HIDDEN, DATA = (
    role.dark for role in (style.MUTED, style.INK, style.HIDDEN, style.DATA)
)
WRONG = style.LOSS.dark
GUTTER = -6.35  # the left edge of the names of the lanes
TRUE, SAID, STATES, INPUTS, TEXT = 2.2, 1.2, -0.35, -1.95, -2.85  # heights of the lanes


class Recurrence(Story):
    """Five beats: alone, the loop, the row, one step, two pasts."""

    title = "Recurrence"
    experiment = recurrence

    def construct(self):
        self.open("How can a network know what came before?")
        self.alone()
        self.the_loop()
        self.unrolled()
        self.one_step()
        self.two_pasts()
        self.close(
            "pasts",
            "apart",
            "alone",
            say="The output depends on the input and on the past, which the state carries along.",
        )

    @beat
    def alone(self):
        self.say("A lamp with a button: press turns it over, wait leaves it. Is it on?")
        self.set_the_stage()
        self.play(FadeIn(self.tiles, self.names[0]), run_time=0.8)
        self.play(LaggedStart(*map(FadeIn, self.lamps), lag_ratio=0.25), run_time=1.6)
        self.say("Units that see one word at a time have one answer for each word.")
        trace = self.trace
        answered = self.read(trace.alone_states, trace.alone_says)
        self.say("What came before is gone, and so they are often wrong.")
        right = int(((trace.alone_says > 0) == (trace.lamps > 0)).sum())
        words = Label(f"{right} of {len(trace.words)} right", color=MUTED)
        words.move_to([0, TRUE + 0.75, 0])
        self.play(FadeIn(words), run_time=0.5)
        self.wait(0.6)
        self.play(FadeOut(answered, words, self.parts, self.lamps, self.names), run_time=0.7)

    @beat
    def the_loop(self):
        self.say("So give them a loop: what they are now goes back in with the next word.")
        size = self.trace.model.hidden_size
        self.folded = FoldedRNN(hidden_size=size)
        VGroup(self.folded.output, self.folded.read).set_opacity(0)
        self.folded.move_to([-2.6, -0.2, 0])
        self.folded.state.set_values(self.trace.states[1])
        self.folded.input.set_values(1.0)
        names = VGroup(
            Maths("bold(h)", color=HIDDEN).next_to(self.folded.state, LEFT, buff=0.3),
            Maths("bold(x)", color=DATA).next_to(self.folded.input, LEFT, buff=0.3),
        )
        self.play(FadeOut(self.tiles), FadeIn(self.folded, names), run_time=0.9)
        for step in (2, 3):
            self.play(
                self.folded.loop.pulse(color=HIDDEN),
                self.folded.feed.pulse(color=DATA),
                run_time=0.8,
            )
            self.play(SetValues(self.folded.state, self.trace.states[step]), run_time=0.5)
        self.say("The new state comes from the word and from the old state.")
        rule = Maths(
            "bold(h)_t = tanh(bold(W)_(x h) bold(x)_t + bold(W)_(h h) bold(h)_(t-1) + bold(b))"
        )
        rule.move_to([2.6, 0.2, 0])
        self.play(FadeIn(rule, shift=0.2 * UP))
        self.wait(1.0)
        self.play(FadeOut(rule, names), run_time=0.5)

    @beat
    def unrolled(self):
        self.say("Drawn step by step, the loop becomes a row: the same network at every word.")
        for part in (*self.row.states, *self.row.inputs):
            part.set_values(0)
        self.row.links.set_opacity(1)
        for link in self.row.links:
            link.set_values(0.35)
        self.play(unroll(self.folded, self.row), run_time=2.2)
        self.remove(*[m for m in self.mobjects if m is not self.header])
        self.add(self.row)
        self.play(FadeIn(self.tiles, self.lamps, self.names), run_time=0.7)
        self.say("Now the state knows how often the button was pressed.")
        self.answered = self.read(self.trace.states[1:], self.trace.says)
        self.poster()
        right = int(((self.trace.says > 0) == (self.trace.lamps > 0)).sum())
        self.count = Label(f"{right} of {len(self.trace.words)} right", color=INK)
        self.count.move_to([0, TRUE + 0.75, 0])
        self.play(FadeIn(self.count), run_time=0.5)
        self.wait(0.5)

    @beat
    def one_step(self):
        step = 2  # the third word
        word = WORDS.words[int(self.trace.words[step])]
        self.say(f"One step in numbers, the third word: {word}.")
        lit = [self.row.states[step - 1], self.row.states[step], self.row.inputs[step]]
        self.spotlight(*lit, self.row.links[step - 1], self.row.feeds[step], self.tiles.tiles[step])
        self.wait(0.8)
        self.unspotlight()
        gone = (self.row, self.tiles, self.lamps, self.names, self.answered, self.count)
        self.play(*[FadeOut(part) for part in gone], run_time=0.6)
        self.columns(step)
        self.say("Word, old state and bias add up; the tanh keeps every number between -1 and 1.")
        self.add_up(step)

    @beat
    def two_pasts(self):
        self.say("Now the same word after two pasts that differ in a single press.")
        rows = self.pasts_shown()
        self.play(*[FadeIn(row[:2]) for row in rows], run_time=0.9)
        self.play(*[FadeIn(row[2], shift=0.2 * RIGHT) for row in rows], run_time=0.8)
        self.wait(0.6)
        count = len(self.trace.pasts)
        self.say(f"And after each of all {count} pasts, one answer a dot.")
        self.all_pasts()

    # The row

    def set_the_stage(self):
        """Words, true lamps and the columns of the row, still without arrows between them."""
        trace = self.trace
        count = len(trace.words)
        self.pitch = min(1.25, 11.2 / count)
        self.row = UnrolledRNN(
            count, hidden_size=trace.model.hidden_size, input_size=2, pitch=self.pitch,
            lanes=(INPUTS, STATES, SAID), cell_height=1.5, losses=False,
        ).shift(0.45 * RIGHT)  # fmt: skip
        self.row.links.set_opacity(0)
        self.x = [self.row.column(t) for t in range(count)]
        narrow = self.pitch < 1.0
        names = ["w" if word == "wait" else "p" for word in WORDS.spell(trace.words)]
        self.tiles = WordTiles(
            names if narrow else WORDS.spell(trace.words), pitch=self.pitch, size=style.SMALL_SIZE,
            height=0.5, gap=0.12,
        )  # fmt: skip
        self.tiles.move_to([np.mean(self.x), TEXT, 0])
        self.lamps = VGroup(*[self.lamp(t, TRUE, on > 0) for t, on in enumerate(trace.lamps)])
        self.names = VGroup(
            *[
                Label(name, size=style.SMALL_SIZE, color=MUTED).move_to([GUTTER, y, 0], LEFT)
                for name, y in (("lamp", TRUE), ("said", SAID))
            ]
        )
        self.parts = VGroup(self.row.inputs, self.row.states, self.row.feeds)

    def lamp(self, t, height, on, color=INK):
        """A lamp over a column: full where it is on."""
        disc = Circle(radius=0.19, color=color, stroke_width=3.5)
        disc.set_fill(color, opacity=0.9 if on else 0)
        return disc.move_to([self.x[t], height, 0])

    def read(self, states, says):
        """Word after word: the input, the state, the answer, red where it is wrong."""
        trace, row = self.trace, self.row
        self.play(FadeIn(self.parts), FadeIn(self.names[1]), run_time=0.6)
        answers = VGroup()
        steps = []
        for t, word in enumerate(trace.words):
            x = np.eye(2)[int(word)]
            right = (says[t] > 0) == (trace.lamps[t] > 0)
            answer = self.lamp(t, SAID, says[t] > 0, HIDDEN if right else WRONG)
            answers.add(answer)
            steps.append(
                LaggedStart(
                    AnimationGroup(
                        SetValues(self.tiles, self.tiles.only(t)), SetValues(row.inputs[t], x)
                    ),
                    SetValues(row.states[t], states[t]),
                    FadeIn(answer, scale=0.5),
                    lag_ratio=0.4,
                )
            )
        for step in steps:
            self.play(step, run_time=0.62)
        self.play(SetValues(self.tiles, np.zeros(len(trace.words))), run_time=0.3)
        return answers

    # One step

    def columns(self, step):
        """The three parts of the sum as columns of numbers, and their names."""
        trace = self.trace
        parts = [trace.from_words[step], trace.from_states[step], trace.model.b_h]
        names = ["bold(W)_(x h) bold(x)_t", "bold(W)_(h h) bold(h)_(t-1)", "bold(b)"]
        size = style.BODY_SIZE
        limit = float(np.abs(np.concatenate(parts)).max())
        self.addends = [NumberColumn(part, limit=limit, size=size) for part in parts]
        zero = np.zeros(trace.model.hidden_size)
        self.sum = NumberColumn(zero, limit=limit, size=size)
        self.new = NumberColumn(zero, limit=1.0, size=size)
        signs = [Maths(sign, size=style.TITLE_SIZE) for sign in ("+", "+", "=", "arrow.r")]
        line = [self.addends[0], signs[0], self.addends[1], signs[1], self.addends[2], signs[2]]
        VGroup(*line, self.sum, signs[3], self.new).arrange(RIGHT, buff=0.42).shift(0.2 * DOWN)
        self.labels = VGroup()
        for source, column in zip(names, self.addends, strict=True):
            self.labels.add(Maths(source, size=style.LABEL_SIZE).next_to(column, UP, buff=0.4))
        self.labels.add(Label("sum", color=MUTED).next_to(self.sum, UP, buff=0.4))
        state = Maths("bold(h)_t", size=style.LABEL_SIZE, color=HIDDEN)
        self.labels.add(state.next_to(self.new, UP, buff=0.4))
        self.tanh = Maths("tanh", size=style.SMALL_SIZE, color=MUTED).next_to(
            signs[3], UP, buff=0.1
        )
        self.signs = VGroup(*signs)
        self.play(
            LaggedStart(
                *[
                    FadeIn(part, name)
                    for part, name in zip(self.addends, self.labels, strict=False)
                ],
                lag_ratio=0.4,
            ),
            FadeIn(self.signs[:2]),
            run_time=1.5,
        )

    def add_up(self, step):
        trace = self.trace
        total = trace.from_words[step] + trace.from_states[step] + trace.model.b_h
        self.play(FadeIn(self.signs[2], self.sum, self.labels[3]), run_time=0.4)
        self.play(SetValues(self.sum, total), run_time=1.4)
        self.play(FadeIn(self.signs[3], self.tanh, self.new, self.labels[4]), run_time=0.4)
        self.play(SetValues(self.new, trace.states[step + 1]), run_time=1.4)
        self.wait(0.8)
        shown = (*self.addends, self.sum, self.new, self.signs, self.labels, self.tanh)
        self.play(*[FadeOut(part) for part in shown], run_time=0.6)

    # Pasts

    def pasts_shown(self):
        """Two pasts, the same word, two answers: one row each."""
        trace = self.trace
        first = int(np.flatnonzero(trace.truths > 0)[len(trace.pasts) // 4])
        near = np.abs(trace.pasts - trace.pasts[first]).sum(axis=1)
        second = int(np.flatnonzero(near == 1)[2])
        rows = []
        for k, y in ((first, 2.1), (second, 1.0)):
            words = [*WORDS.spell(trace.pasts[k]), "wait"]
            colours = [MUTED] * trace.pasts.shape[1] + [DATA]
            tiles = WordTiles(words, color=colours, pitch=1.18, size=style.SMALL_SIZE, height=0.52)
            tiles.move_to([-1.9, y, 0])
            tiles.set_values(tiles.only(len(words) - 1))
            arrow = Maths("arrow.r", color=MUTED).next_to(tiles, RIGHT, buff=0.3)
            answer = float(trace.answers[k])
            number = Number(answer, size=style.BODY_SIZE, color=HIDDEN, sign=True)
            disc = Circle(radius=0.2, color=HIDDEN, stroke_width=3.5)
            disc.set_fill(HIDDEN, opacity=0.9 if answer > 0 else 0)
            said = VGroup(disc, number, Label("on" if answer > 0 else "off", color=HIDDEN))
            said.arrange(RIGHT, buff=0.25).next_to(arrow, RIGHT, buff=0.35)
            rows.append(VGroup(tiles, arrow, said))
        return rows

    def all_pasts(self):
        """A dot for each past: how often the button was pressed, and what the network says."""
        trace = self.trace
        length = trace.pasts.shape[1]
        reach = 1.2 * max(1.0, float(np.abs(trace.answers).max()))
        area = PlotArea(
            (-0.4, length + 0.4), (-reach, reach), width=9.0, height=2.5, x_label="presses before",
            y_label="what the network says", x_ticks=[float(k) for k in range(length + 1)],
            y_ticks=[-1.0, 0.0, 1.0],
        )  # fmt: skip
        area.move_to([0, -1.75, 0])
        presses = trace.pasts.sum(axis=1)
        points = area.place(presses, trace.answers)[:, :2]
        start = area.place(length / 2, 0.0)[:2]
        dots = Swarm(start, points - start, color=HIDDEN, arrows=False, head=0.2, opacity=0.5)
        self.play(FadeIn(area), run_time=0.6)
        self.play(FadeIn(dots), run_time=0.8)
        self.wait(1.2)
