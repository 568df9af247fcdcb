"""The gradient flow of an LSTM: two ways back, the factors on one of them, and what it is for."""

from typing import ClassVar

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Dot, FadeIn, FadeOut, LaggedStart, VGroup, linear

from vizdl import style
from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.experiments import recall
from vizdl.experiments.base import number
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.axes import PlotArea
from vizdl.mobjects.cells import SetValues
from vizdl.mobjects.curve import Curve
from vizdl.mobjects.product import Product
from vizdl.mobjects.rnn import GradientLane
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number

SHOWN = 11  # states of each row, at most
KINDS = (("plain", style.HIDDEN), ("LSTM", style.CELL), ("GRU", style.CANDIDATE))


class LstmGradientFlow(Story):
    """How the gradient runs along the cell state of an LSTM, and what may still stop it."""

    title: ClassVar[str] = "The gradient flow of an LSTM"
    experiment = experiment

    def construct(self):
        self.open("How does a gradient get back without being worn away?")
        self.two_ways_back()
        self.the_product()
        self.the_gates_decide()
        self.what_it_is_for()
        self.close(
            "product_error",
            "left_rnn",
            "left_lstm",
            "recall_lstm",
            say="Along the cell stand forget gates, and nothing else. Open, they let it through.",
        )

    # The two rows

    @beat
    def two_ways_back(self):
        trace = self.trace
        self.say(
            "The same letters, the same question. Two gradients walk back, one step at a time."
        )
        self.shown = min(SHOWN, len(trace.rnn))
        self.plain = self.lane("plain network", trace.rnn_vectors, style.HIDDEN, 1.45)
        self.cell = self.lane("LSTM, cell state", trace.cell_vectors, style.CELL, -1.6)
        self.play(FadeIn(self.plain, self.cell, *self.names))
        ways = ((self.plain, trace.rnn, trace.rnn_vectors),)
        ways += ((self.cell, trace.lstm, trace.cell_vectors),)
        self.play(*[a for lane, left, vectors in ways for a in arrive(lane, left, vectors, 0)])
        self.say(
            "In the plain network it goes through weights and a tanh. In the cell, it does not."
        )
        for back in range(1, self.shown):
            self.play(
                *[a for lane, left, vectors in ways for a in arrive(lane, left, vectors, back)],
                run_time=0.9 if back < 3 else 0.5,
            )
        plain, cell = (number(100 * float(left[self.shown - 1]), 2) for _, left, _ in ways)
        self.say(f"After {self.shown - 1} steps: {plain}% here, {cell}% there.")
        self.poster()
        self.hush()
        self.play(FadeOut(self.plain, self.cell, *self.names))

    def lane(self, words, vectors, role, height):
        """A row of states with its name on top, still without a gradient."""
        lane = GradientLane(
            self.shown, size=vectors.shape[1], pitch=1.1, cell_height=1.5, places=3,
            limit=0.6 * float(np.abs(vectors[0]).max()),
        )  # fmt: skip
        for cell in lane.cells:
            cell.box.set_stroke(role.dark)
        lane.norms.set_opacity(0)
        for arrow in lane.arrows:
            arrow.set_values(0)
        lane.move_to(height * UP)
        name = Label(words, size=style.LABEL_SIZE, color=role.dark)
        name.next_to(lane.cells, UP, buff=0.2, aligned_edge=LEFT)
        self.names = [*getattr(self, "names", []), name]
        return lane

    # The factors

    @beat
    def the_product(self):
        trace = self.trace
        self.say("A cell is what was kept, plus what was let in.")
        update = Maths(experiment.EQUATIONS["cell"], size=style.BODY_SIZE).move_to(2.5 * UP)
        self.play(FadeIn(update))
        back = Maths(experiment.EQUATIONS["step_back"], size=style.BODY_SIZE).move_to(1.5 * UP)
        self.say("So a step back multiplies by the forget gate.")
        self.play(FadeIn(back))
        steps = min(20, len(trace.products) - 1)
        unit = int(np.argsort(trace.products[steps])[len(trace.products[0]) // 2])
        chain = Product(
            trace.forget[:steps, unit], color=style.FORGET_GATE.dark, name="gates", digits=6,
            width=7.4, height=1.5,
        ).move_to(0.6 * DOWN)  # fmt: skip
        words = Label("gradient along the cell, by back-propagation", size=style.LABEL_SIZE)
        found = Number(0.888888, digits=6, size=style.TITLE_SIZE, anchor="left")
        found.set_color(style.GRADIENT.dark)
        row = VGroup(words, found).arrange(RIGHT, buff=0.5).move_to(2.4 * DOWN)
        found.set_value(1.0)
        off = Number(0.0, digits=2, size=style.LABEL_SIZE, anchor="left")
        apart = Label("difference", size=style.LABEL_SIZE, color=style.MUTED.dark)
        off.set_value(float(np.abs(trace.path - trace.products)[steps, unit]))
        apart.next_to(words, DOWN, buff=0.35, aligned_edge=RIGHT)
        off.next_to(found, DOWN, buff=0.35, aligned_edge=LEFT).match_y(apart)
        self.say("Multiply the gates up, and send the gradient back beside them.")
        self.play(FadeIn(chain, row))
        for step in range(1, steps + 1):
            self.play(
                Advance(chain, to=step),
                Tick(found, float(trace.path[step, unit]), rate_func=linear),
                run_time=0.25,
            )
        self.say("They are the same number. What differs is rounding, if anything.")
        self.play(FadeIn(apart, off))
        self.hush()
        self.play(FadeOut(update, back, chain, row, apart, off))

    # The bias

    @beat
    def the_gates_decide(self):
        trace = self.trace
        last = trace.fan.shape[-1] - 1
        area = PlotArea(
            (0, last), (1e-9, 10), width=8.4, height=4.6, log_y=True, x_label="steps back",
            y_label="gradient along the cell", y_ticks=[1e-8, 1e-6, 1e-4, 1e-2, 1],
        ).move_to(0.15 * DOWN + 0.5 * LEFT)  # fmt: skip
        curves, tags = [], VGroup()
        for bias, left in zip(trace.biases, trace.fan, strict=True):
            opened = bias == experiment.OPEN
            color = style.FORGET_GATE.dark if opened else style.MUTED.dark
            curve = Curve(area, left, color=color, width=5 if opened else 2.5, tip=False)
            curve.remove(curve.dot)
            curves.append(curve)
            inside = int(np.flatnonzero(left > 2e-9)[-1])
            text = f"bias {bias:g}" if opened else f"{bias:g}"
            tag = Label(text, size=style.SMALL_SIZE, color=color)
            tag.next_to(area.place(inside, float(left[inside])), RIGHT, buff=0.15)
            below = tags[-1] if len(tags) else tag
            if abs(below.get_left()[0] - tag.get_left()[0]) < 0.5 and below is not tag:
                tag.set_y(max(tag.get_y(), below.get_y() + 0.34))
            tags.add(tag)
        self.say("But a road with gates is only as good as its gates.")
        self.play(FadeIn(area))
        self.play(*[Advance(curve, to=last) for curve in curves], run_time=3)
        self.play(FadeIn(tags), run_time=0.5)
        narrow, opened = (self.facts[name].text for name in ("gate_narrow", "gate_open"))
        self.say(f"At a bias of one, a step back leaves {narrow}. That adds up.")
        plain = list(trace.biases).index(experiment.PLAIN)
        self.play(
            curves[plain].line.animate.set_stroke(style.NEGATIVE.dark, width=5),
            tags[plain].animate.set_color(style.NEGATIVE.dark),
        )
        self.say(
            f"At a bias of {experiment.OPEN:g}, it leaves {opened}: the gradient gets through."
        )
        self.hush()
        self.play(FadeOut(area, *curves, tags))

    # Recall

    @beat
    def what_it_is_for(self):
        trace = self.trace
        reach = float(trace.delays[-1]) + 3
        area = PlotArea(
            (0, reach), (0, 105), width=8.0, height=4.2, y_unit="%",
            x_label="steps to recall over", y_label="letters named by trained networks",
            y_ticks=[0, 25, 50, 75, 100],
        ).move_to(0.1 * DOWN)  # fmt: skip
        guess = Label("a guess", size=style.SMALL_SIZE, color=style.MUTED.dark)
        guess.move_to(area.place(2.5, 100 / recall.LETTERS - 6))
        line = area.place(np.array([0, reach]), np.full(2, 100 / recall.LETTERS))
        mark = VGroup(*[Dot(at, radius=0.02) for at in np.linspace(*line, 60)])
        mark.set_color(style.MUTED.dark)
        self.say("What is it good for? Each network is trained to name a letter from long ago.")
        self.play(FadeIn(area, guess, mark))
        curves, dots, key = [], VGroup(), VGroup()
        for k, ((name, role), found) in enumerate(zip(KINDS, trace.recall, strict=True)):
            mean = 100 * found.mean(axis=-1)
            curve = Curve(area, mean, trace.delays, color=role.dark, width=6 - 1.5 * k, tip=False)
            curve.remove(curve.dot)
            curves.append(curve)
            places = [area.place(d, 100 * s) for d, row in zip(trace.delays, found, strict=True)
                      for s in row]  # fmt: skip
            dots.add(VGroup(*[Dot(at, radius=0.07, color=role.dark) for at in places]))
            key.add(Label(name, size=style.LABEL_SIZE, color=role.dark))
        key.arrange(DOWN, buff=0.2, aligned_edge=LEFT).next_to(area.frame, RIGHT, buff=0.35)
        for k in range(len(KINDS)):
            self.play(
                FadeIn(key[k]),
                Advance(curves[k], to=len(trace.delays) - 1),
                LaggedStart(*[FadeIn(dot, scale=0.5) for dot in dots[k]], lag_ratio=0.1),
                run_time=1.5,
            )
        plain, cell = (self.facts[name].text for name in ("recall_rnn", "recall_lstm"))
        self.say(
            f"After {experiment.DELAYS[-1]} steps: {plain} by plain networks, {cell} by LSTMs."
        )


def arrive(lane, left, vectors, back):
    """The gradient `back` steps before the last state: its vector, its share, its arrow."""
    place = len(lane.cells) - 1 - back
    shown = lane.norms[place]
    shown.set_opacity(1)
    if back:
        shown.set_value(float(left[back - 1]))
    moves = [SetValues(lane.cells[place], vectors[back]), Tick(shown, float(left[back]))]
    if back:
        arrow = lane.arrows[place]
        share = min(1.0, float(left[back]))
        moves += [arrow.pulse(color=style.GRADIENT.dark), SetValues(arrow, share)]
    return moves
