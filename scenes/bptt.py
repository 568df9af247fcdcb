"""Back-propagation through time: one loss, all losses, the triangle, the sum."""

from typing import ClassVar

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    AnimationGroup,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    MoveAlongPath,
    Rectangle,
    ReplacementTransform,
    Restore,
    VGroup,
    linear,
)

from vizdl import style
from vizdl.experiments import bptt
from vizdl.experiments.base import number
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.cells import SetValues
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.rnn import GradientLane, UnrolledRNN
from vizdl.mobjects.shares import Shares
from vizdl.mobjects.step_back import StepBack
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.triangle import GradientTriangle, legend
from vizdl.mobjects.wire import Pulse

CENTRE = 0.45  # of the columns: what names the rows stands at their left
GUTTER = -5.93
WAVE, WAVE_SCALE = 1.75, 0.52  # where the wave's zero lies, units of the frame for 1
TOP = 2.38  # of the losses on their way back
LANE = 1.2
BARS, BAR_SCALE = -1.65, 1.75  # the foot of the bars, and the height of the longest


class Bptt(Story):
    """How every loss of a recurrent network reaches every earlier step, and what they add up to."""

    title: ClassVar[str] = "Back-propagation through time"
    experiment = bptt

    def construct(self):
        self.open("How does a mistake teach the steps long past?")
        self.forward()
        self.one_loss_back()
        self.every_loss_back()
        self.the_sum()
        self.close(
            "reached",
            "left",
            "sum_error",
            say="Every loss reaches every earlier step. The gradient is the sum of them all.",
        )

    @beat
    def forward(self):
        self.say("A small network reads a noisy wave and says, at each step, what comes next.")
        self.set_the_stage()
        self.say("The input and the state before it make the new state.")
        self.play(self.step(0), run_time=2.8)
        self.say("It says what it expects; the squared miss is this step's loss.")
        self.play(self.miss(0), run_time=3.2)
        self.say("The state is handed on, and every step has a loss of its own.")
        for t in range(1, self.steps):
            self.play(
                LaggedStart(self.step(t), self.miss(t), lag_ratio=0.5), run_time=0.6 * self.pace
            )

    @beat
    def one_loss_back(self):
        last, flow = self.steps - 1, self.trace.flow[-1]
        self.say("Now back. How much does the last loss depend on the last state?")
        self.turn_round()
        self.spotlight(
            self.lane, self.bars, self.names, self.row.losses[-1], self.rule, self.machine,
            self.asked, self.norm_name,
        )  # fmt: skip
        self.arrive(last, run_time=1.0)
        self.say(
            f"One step back: {flow[-1]:.2f} becomes {flow[-2]:.2f}, by the weights and the slope."
        )
        self.explain(last - 1)
        self.hop(last - 1, run_time=1.4)
        self.say("Again and again, by the same weights. The arrow thins.")
        for k in range(last - 2, -1, -1):
            self.hop(k, run_time=self.pace * max(0.45, 0.9 - 0.12 * (last - 2 - k)))
        self.say(f"At the first state, {self.facts['left'].text} of it is left.")
        self.play(self.blink(self.lane.cells[0]), self.blink(self.lane.norms[0]))

    @beat
    def every_loss_back(self):
        self.say("That was one loss: one row of a triangle, brighter where it is stronger.")
        self.plant_triangle()
        self.say("Now all the other losses at once, one hop at a time.")
        self.start_all()
        for hops in range(1, self.steps):
            if hops == self.steps // 2:
                self.say("Each hop fills a diagonal. Far back, all is heard, but softly.")
            self.hop_all(hops)
        self.poster()
        self.read_a_cell()
        self.rest(0.5)

    @beat
    def the_sum(self):
        self.say("The weights serve at every step, so their gradient takes every cell.")
        self.clear_the_sky()
        self.say("Down a column: what all later losses ask of that one step.")
        self.pour_columns()
        self.say("And all the steps together: the one gradient.")
        self.gather()

    # Forward

    def set_the_stage(self):
        trace = self.trace
        self.steps = len(trace.losses)
        self.pace = min(1.0, 12 / self.steps)  # what is done at each step takes as long in all
        self.pitch = min(0.985, 11.8 / self.steps)
        self.every = int(np.ceil(0.8 / self.pitch))  # numbers that stand closer are left out
        size = trace.states.shape[1]
        self.row = UnrolledRNN(
            self.steps, hidden_size=size, pitch=self.pitch, lanes=(-2.75, -1.2, 0.4),
            cell_height=1.3, loss_limit=0.5 * float(trace.losses.max()),
        ).shift(CENTRE * RIGHT)  # fmt: skip
        self.x = [self.row.column(t) for t in range(self.steps)]
        self.dots = VGroup(
            *[Dot(self.at(t, v), radius=0.075) for t, v in enumerate(trace.wave, -1)]
        )
        self.dots.set_color(style.DATA.dark)
        wave = stroke(style.MUTED.dark, width=2.5)
        wave.set_points_as_corners([dot.get_center() for dot in self.dots])
        self.wave = VGroup(wave, self.dots)
        self.play(
            Create(wave, rate_func=linear),
            LaggedStart(*[FadeIn(dot, scale=0.3) for dot in self.dots], lag_ratio=0.5),
            run_time=2,
        )
        self.symbols = VGroup(
            *[
                Maths(text, color=role.dark).move_to((GUTTER, lane[0].get_y(), 0))
                for text, role, lane in (
                    ("x_t", style.DATA, self.row.inputs),
                    ("h_t", style.HIDDEN, self.row.states),
                    ("L_t", style.LOSS, self.row.losses),
                )
            ]
        )
        self.inputs, self.misses = VGroup(), VGroup()
        for pill in self.row.losses:
            pill.number.set_opacity(0)
        self.play(LaggedStart(*map(FadeIn, (*self.row, *self.symbols)), lag_ratio=0.1))

    def at(self, column, value):
        """Where a value of the wave stands above a column."""
        x = GUTTER if column < 0 else self.x[column]
        return np.array([x, WAVE + WAVE_SCALE * value, 0])

    def named(self, source, height):
        """The name of a lane, at its left."""
        return Maths(source, size=style.LABEL_SIZE).move_to((GUTTER, height, 0))

    def step(self, t):
        """One step forward: the value comes down, the lights run in, the state fills."""
        trace, row = self.trace, self.row
        value = self.dots[t].copy()
        way = Line(value.get_center(), row.inputs[t].get_center())
        shown = Number(trace.wave[t], size=style.SMALL_SIZE, color=style.DATA.dark)
        shown.next_to(row.inputs[t], DOWN, buff=0.14)
        shown.set_opacity(float(t % self.every == 0))
        self.inputs.add(shown)
        return LaggedStart(
            AnimationGroup(MoveAlongPath(value, way, remover=True), FadeIn(shown)),
            AnimationGroup(SetValues(row.inputs[t], trace.wave[t : t + 1]), row.light(t)),
            SetValues(row.states[t], trace.states[t + 1]),
            lag_ratio=0.35,
        )

    def miss(self, t):
        """The state speaks; the gap to the truth becomes the loss."""
        trace, row = self.trace, self.row
        said, truth = self.at(t, trace.outputs[t]), self.at(t, trace.wave[t + 1])
        ring = Circle(radius=0.11, color=style.HIDDEN.dark, stroke_width=4).move_to(said)
        gap = Line(said, truth, color=style.LOSS.dark, stroke_width=6)
        self.misses.add(ring, gap)
        pill = row.losses[t]
        fall = Pulse([gap.get_center(), pill.get_top()], color=style.LOSS.dark)
        pill.number.set_opacity(1)
        return LaggedStart(
            row.reads[t].pulse(color=style.HIDDEN.dark),
            FadeIn(ring, target_position=row.states[t].get_top()),
            FadeIn(gap),
            AnimationGroup(fall, SetValues(pill, trace.losses[t : t + 1])),
            lag_ratio=0.4,
        )

    def blink(self, mobject):
        """Make something swell and come back, in place."""
        mobject.save_state()
        mobject.scale(1.12)
        return Restore(mobject)

    # One loss back

    def turn_round(self):
        trace, row = self.trace, self.row
        limit = float(np.abs(trace.flow_vectors[-1]).max())
        self.lane = GradientLane(
            self.steps, size=trace.states.shape[1], pitch=self.pitch, cell_height=0.9, limit=limit
        ).shift(CENTRE * RIGHT + LANE * UP)
        self.lane.blank()
        self.bars, self.names = VGroup(), VGroup()
        for t in range(self.steps):
            bar = Rectangle(width=0.46 * self.pitch, height=0.02, stroke_width=0)
            bar.set_fill(style.GRADIENT.dark, opacity=1)
            self.bars.add(bar.move_to((self.x[t], BARS, 0), aligned_edge=DOWN))
            name = Maths(f"h_{t + 1}", size=style.LABEL_SIZE, color=style.HIDDEN.dark)
            if t % self.every == 0:
                self.names.add(name.next_to((self.x[t], BARS, 0), DOWN, buff=0.14))
        self.rule = Maths(bptt.EQUATIONS["step_back"], size=style.LABEL_SIZE)
        self.machine = StepBack(trace.w_hh, limit=limit)
        VGroup(self.rule, self.machine).arrange(RIGHT, buff=1.2).move_to((CENTRE, -2.95, 0))
        gone = VGroup(
            self.wave, self.misses, self.inputs, row.inputs, row.feeds, row.reads, row.links
        )
        self.asked = self.named(f"(partial L_{self.steps}) / (partial h_k)", LANE)
        self.norm_name = Label("norm", size=style.SMALL_SIZE, color=style.MUTED.dark)
        self.norm_name.move_to((GUTTER, self.lane.norms.get_y(), 0))
        self.play(FadeOut(gone, self.symbols[:2]))
        self.play(
            row.losses.animate.set_y(TOP),
            self.symbols[2].animate.set_y(TOP),
            *[ReplacementTransform(a, b) for a, b in zip(row.states, self.lane.cells, strict=True)],
            FadeIn(self.names, self.bars, self.lane.arrows, self.asked, self.norm_name),
        )
        self.remove(*self.lane.cells, self.lane.arrows)
        self.add(self.lane)
        self.play(FadeIn(self.rule, self.machine), run_time=0.6)

    def arrive(self, t, run_time):
        """The loss enters the lane at its own step."""
        drop = self.drop(t)  # from where the loss ends before it swells
        self.play(self.blink(self.row.losses[t]), drop, run_time=0.5 * run_time)
        self.play(*self.measured(t), run_time=0.5 * run_time)

    def drop(self, t):
        """A light from a loss to the lane."""
        ends = [self.row.losses[t].get_bottom(), self.lane.cells[t].get_top()]
        return Pulse(ends, color=style.LOSS.dark)

    def explain(self, k):
        """The first hop goes through the equation: from the lane into it, and back."""
        cells, machine = self.lane.cells, self.machine
        before, slope, after = machine.tick(
            self.trace.flow_vectors[-1, k + 1],
            self.trace.slopes[k + 1],
            self.trace.flow_vectors[-1, k],
        )

        def way(start, end):
            return Pulse([start, end], color=style.GRADIENT.dark, run_time=0.8)

        inwards = way(cells[k + 1].get_bottom(), machine.before.get_top())
        outwards = way(machine.after.get_top(), cells[k].get_bottom())
        self.play(AnimationGroup(inwards, before, lag_ratio=0.6))
        self.play(AnimationGroup(slope, after, outwards, lag_ratio=0.4))

    def hop(self, k, run_time):
        """One step back: the light runs, the arrow takes the width of what is left."""
        arrow, left = self.lane.arrows[k], self.trace.left[-1, k]
        light = arrow.pulse(color=style.GRADIENT.dark, run_time=0.6 * run_time)
        self.play(
            AnimationGroup(
                AnimationGroup(SetValues(arrow, left, run_time=0.6 * run_time), light),
                AnimationGroup(*self.measured(k), run_time=0.7 * run_time),
                lag_ratio=0.4,
            )
        )

    def measured(self, k):
        """The vector, its norm as a number that ticks, and as a bar."""
        flow, vectors = self.trace.flow[-1], self.trace.flow_vectors[-1]
        height = max(0.02, BAR_SCALE * flow[k] / flow.max())
        machine = []
        if k + 1 < self.steps:
            machine = self.machine.tick(vectors[k + 1], self.trace.slopes[k + 1], vectors[k])
        return [
            *machine,
            *self.lane.arrive(k, vectors[k], float(flow[k])),
            self.bars[k].animate.stretch_to_fit_height(height, about_edge=DOWN),
        ]

    # Every loss back

    def plant_triangle(self):
        height = min(0.6, 3.66 / self.steps)
        self.triangle = GradientTriangle(self.trace.flow, width=self.pitch, height=height, shown=0)
        self.triangle.shift(
            (self.x[0] - self.triangle.cell(0, 0).get_x()) * RIGHT
            + (0.36 - self.triangle.cell(0, 0).get_y()) * UP
        )
        last = self.steps - 1
        gone = VGroup(self.rule, self.machine, self.lane.norms, self.norm_name)
        self.play(FadeOut(gone), run_time=0.5)
        self.lane.remove(self.lane.norms)
        landed = [self.triangle.lit(last, k) for k in range(self.steps)]
        self.play(
            FadeIn(self.triangle.rows, self.triangle.columns),
            FadeOut(self.names),
            LaggedStart(
                *[ReplacementTransform(self.bars[k], landed[k]) for k in range(last, -1, -1)],
                lag_ratio=0.08,
            ),
            run_time=1.6,
        )
        self.triangle.set_values(self.triangle.mask([(last, k) for k in range(self.steps)]))
        self.key = self.scale_of_brightness()
        self.play(FadeIn(self.triangle.cells, self.key), run_time=0.7)
        self.remove(*landed, self.triangle.cells, self.triangle.rows, self.triangle.columns)
        self.add(self.triangle)

    def scale_of_brightness(self):
        flow = self.trace.flow
        largest = float(flow.max())
        strip = legend(number(self.triangle.floor * largest, 1), number(largest, 2))
        name = Maths("norm((partial L_t) / (partial h_k))", size=style.LABEL_SIZE)
        words = Label("how strongly loss t reaches state k", size=style.SMALL_SIZE)
        key = VGroup(name, VGroup(words, strip).arrange(DOWN, buff=0.2, aligned_edge=LEFT))
        key.arrange(RIGHT, buff=0.35)
        return key.move_to((6.3, 0.05, 0), aligned_edge=RIGHT)

    def start_all(self):
        """Every loss enters the lane at its own step: the diagonal."""
        diagonal = [(t, t) for t in range(self.steps)]
        drops = [self.drop(t) for t in range(self.steps)]
        every = self.named("(partial L) / (partial h_k)", LANE)
        self.play(
            *[SetValues(part, 0) for part in (*self.lane.cells, *self.lane.arrows)],
            FadeOut(self.asked),
            FadeIn(every),
        )
        self.asked = every
        for cell in self.lane.cells:
            cell.limit = float(np.abs(self.trace.arrived).max())
        self.play(LaggedStart(*drops, lag_ratio=0.02), run_time=0.8)
        self.play(*self.filled(0), SetValues(self.triangle, self.triangle.mask(diagonal)))

    def filled(self, hops):
        """The lane's cells show all that has arrived in them so far."""
        last = self.steps - 1
        return [
            SetValues(cell, self.trace.arrived[min(k + hops, last), k])
            for k, cell in enumerate(self.lane.cells)
            if k + hops <= last
        ]

    def hop_all(self, hops):
        """Every loss one step further back: the next diagonal of the triangle."""
        cells = [(t, t - hops) for t in range(hops, self.steps)]
        arrows = self.lane.arrows
        lights = [arrows[k].pulse(color=style.GRADIENT.dark, run_time=1) for _, k in cells]
        widths = [SetValues(arrows[k], self.trace.left[t, k]) for t, k in cells]
        landing = [*self.filled(hops), SetValues(self.triangle, self.triangle.mask(cells))]
        self.play(
            LaggedStart(AnimationGroup(*lights, *widths), AnimationGroup(*landing), lag_ratio=0.4),
            run_time=0.48 * self.pace,
        )

    def read_a_cell(self):
        t, k = (5 * self.steps) // 6 - 1, self.steps // 4 - 1
        found = number(self.trace.flow[t, k], 2)
        self.say(f"One cell: loss {t + 1} reaches state {k + 1}, {t - k} hops away, with {found}.")
        self.path = self.triangle.path(t, k)
        source = f"norm((partial L_{t + 1}) / (partial h_{k + 1})) = {self.trace.flow[t, k]:.3f}"
        self.found = Maths(source, size=style.LABEL_SIZE)
        self.found.next_to(self.key, DOWN, buff=0.25, aligned_edge=LEFT)
        triangle, cells = self.triangle, self.lane.cells
        self.spotlight(
            triangle.row(t), triangle.rows, triangle.columns, self.path, self.found,
            self.row.losses[t], cells[k : t + 1],
        )  # fmt: skip
        way = [cells[t].get_center(), cells[k].get_center()]
        light = Pulse(way, color=style.GRADIENT.dark, run_time=1.6)
        self.play(light, FadeIn(*self.path, self.found))

    # The sum

    def clear_the_sky(self):
        """Only the triangle stays, and rises; below it, a place for each step's share."""
        trace = self.trace
        size = trace.w_hh.shape[0]
        self.shares = Shares(
            size, [(x, -2.55, 0) for x in self.x], width=0.82 * self.pitch,
            limit=float(np.abs(trace.shares).max()),
        )  # fmt: skip
        gone = VGroup(
            self.row.losses, self.lane, self.key, *self.path, self.found, self.asked,
            self.symbols[2],
        )  # fmt: skip
        self.play(FadeOut(gone), run_time=0.7)
        self.play(self.triangle.animate.shift(1.95 * UP))
        words = "each step's share of the gradient; the first is zero, as is the state before it"
        self.words = Label(words, size=style.SMALL_SIZE, color=style.MUTED.dark)
        self.words.next_to(self.shares, DOWN, buff=0.2)
        self.play(FadeIn(self.shares, self.words, shift=0.2 * UP), run_time=0.6)

    def pour_columns(self):
        """The cells of each column fall into that step's share of the gradient."""
        columns = []
        for k in range(self.steps - 1, -1, -1):
            matrix = self.shares[k]
            fall = [
                FadeOut(self.triangle.lit(t, k), target_position=matrix, scale=0.3)
                for t in range(k, self.steps)
            ]
            fill = SetValues(matrix, self.trace.shares[k], run_time=1)
            columns.append(AnimationGroup(LaggedStart(*fall, lag_ratio=0.05), fill))
        self.play(LaggedStart(*columns, lag_ratio=0.3), run_time=3.5)

    def gather(self):
        """The shares fly into one matrix, whose numbers tick as the sum is built."""
        trace = self.trace
        size = trace.w_hh.shape[0]
        self.total = SignedMatrix(
            np.zeros((size, size)), cell=2.75 / size, limit=float(np.abs(trace.total).max()),
            numbers=size <= 4, places=2,
        )  # fmt: skip
        self.total.move_to((6.35, 1.3, 0), aligned_edge=RIGHT)
        name = Maths("(partial L) / (partial W_(h h)) =", size=style.BODY_SIZE)
        name.next_to(self.total, LEFT, buff=0.3)
        self.play(FadeIn(self.total, name))
        sums = self.shares.gather(self.total, trace.gathered[::-1], scale=1.6)
        self.play(*sums, run_time=4)
