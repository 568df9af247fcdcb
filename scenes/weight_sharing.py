"""Weight sharing: one matrix for every step, counts that part, shares that add up."""

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
    VGroup,
    linear,
)

from vizdl import style
from vizdl.experiments import weight_sharing
from vizdl.mobjects import (
    Advance,
    Curve,
    Label,
    Maths,
    Number,
    PlotArea,
    SetValues,
    Shares,
    SignedMatrix,
    Story,
    Tick,
    UnrolledRNN,
    beat,
)

MUTED, INK, WEIGHT = style.MUTED.dark, style.INK.dark, style.WEIGHT.dark
GRADIENT = style.GRADIENT.dark
ROW = -1.5  # height of the states
CENTRE = 0.3  # of the columns: what names the rows stands at their left


class WeightSharing(Story):
    """Three beats: one matrix flies to every step, the counts part, the shares add up."""

    title = "Weight sharing"
    experiment = weight_sharing

    def construct(self):
        self.open("How many weights does a longer sequence need?")
        self.one_matrix()
        self.counts()
        self.shares()
        self.close(
            "shared",
            "dense",
            "sum",
            say="The same matrices serve at every step, and every step has its share in learning.",
        )

    @beat
    def one_matrix(self):
        self.say("A recurrent network, step after step. Between the steps stands a matrix.")
        self.set_the_stage()
        self.play(FadeIn(self.row), run_time=1.0)
        self.play(FadeIn(self.matrix, self.name, shift=0.2 * DOWN), run_time=0.8)
        self.say("There is one of it. The very same numbers are used at every step.")
        self.fly()
        self.say("So it reads on and on, as long as the sequence lasts, with the weights it has.")
        self.read()
        self.poster()

    @beat
    def counts(self):
        self.say("What if each step had weights of its own, over the whole window?")
        self.plot()
        self.say("Then every step more makes it larger, by the square. Shared, nothing is added.")
        self.grow()

    @beat
    def shares(self):
        self.say(
            "Back to the row. Pretend that each step has a copy, and ask each for its gradient."
        )
        self.bring_back()
        self.say("This is each step's share. The first is zero, as is the state before it.")
        self.fill()
        self.say("But it is one matrix, and so the shares add up: that is its gradient.")
        self.gather()

    # One matrix

    def set_the_stage(self):
        trace = self.trace
        self.steps, size = trace.settings.length, trace.settings.hidden_size
        self.pitch = min(1.4, 11.2 / self.steps)
        self.row = UnrolledRNN(
            self.steps, hidden_size=size, pitch=self.pitch, lanes=(-3.0, ROW, 0.0),
            cell_height=1.3, losses=False,
        ).shift(CENTRE * RIGHT)  # fmt: skip
        self.x = [self.row.column(t) for t in range(self.steps)]
        limit = float(np.abs(trace.w_hh).max())
        self.matrix = SignedMatrix(
            trace.w_hh, cell=1.9 / size, limit=limit, numbers=size <= 4, places=1
        )
        self.matrix.move_to([0, 2.0, 0])
        self.name = Maths("bold(W)_(h h)", color=WEIGHT).next_to(self.matrix, LEFT, buff=0.4)

    def fly(self):
        """A copy of the matrix flies to every arrow of the row, and stays there, small."""
        side = min(0.62, 0.72 * self.pitch) / self.trace.settings.hidden_size
        self.copies = VGroup()
        flights = []
        for t in range(1, self.steps):
            small = SignedMatrix(self.trace.w_hh, cell=side, limit=self.matrix.limit)
            small.move_to([(self.x[t - 1] + self.x[t]) / 2, ROW + 1.15, 0])
            self.copies.add(small)
            flights.append(FadeIn(small, target_position=self.matrix.get_center(), scale=2.0))
        self.play(LaggedStart(*flights, lag_ratio=0.35), run_time=3.0)

    def read(self):
        """The wave goes through, one step after the other."""
        trace, row = self.trace, self.row
        pace = min(0.55, 4.5 / self.steps)
        for t in range(self.steps):
            self.play(
                LaggedStart(
                    AnimationGroup(SetValues(row.inputs[t], trace.wave[t : t + 1]), row.light(t)),
                    SetValues(row.states[t], trace.states[t + 1]),
                    lag_ratio=0.4,
                ),
                run_time=pace,
            )

    # Counts

    def plot(self):
        """Axes for the number of parameters, by the length of the sequence."""
        trace = self.trace
        self.play(FadeOut(self.row, self.copies, self.matrix, self.name), run_time=0.7)
        low, high = trace.shared.min() / 2.5, 2.0 * trace.dense.max()
        self.area = PlotArea(
            (float(trace.lengths[0]), float(trace.lengths[-1])), (low, high), width=8.2, height=4.6,
            x_label="length of the sequence", y_label="parameters", log_y=True,
        )  # fmt: skip
        self.area.move_to([-1.55, -0.4, 0])
        self.curves = [
            Curve(
                self.area,
                counts.astype(float),
                trace.lengths.astype(float),
                color=colour,
                tip=False,
            )
            for counts, colour in ((trace.dense, MUTED), (trace.shared, WEIGHT))
        ]
        self.rows = VGroup()
        self.tallies = []
        for k, (name, counts, colour) in enumerate(
            (("own weights", trace.dense, MUTED), ("shared", trace.shared, WEIGHT))
        ):
            number = Number(
                float(counts[0]), places=0, size=style.TITLE_SIZE, color=colour, anchor="left"
            )
            words = Label(name, color=colour)
            group = VGroup(words, number).arrange(DOWN, buff=0.2, aligned_edge=LEFT)
            self.rows.add(group.move_to([3.5, 1.1 - 2.0 * k, 0], LEFT))
            self.tallies.append(number)
        self.play(FadeIn(self.area, *self.curves, self.rows), run_time=0.9)

    def grow(self):
        """Both curves grow with the length, and so do the numbers."""
        trace = self.trace
        last = len(trace.lengths) - 1
        now = int(np.flatnonzero(trace.lengths == self.steps)[0])
        for to, seconds in ((max(now, 1), 1.6), (last, 2.4)):
            self.play(
                *[Advance(curve, to=to) for curve in self.curves],
                *[
                    Tick(tally, float(counts[to]), rate_func=linear)
                    for tally, counts in zip(self.tallies, (trace.dense, trace.shared), strict=True)
                ],
                run_time=seconds,
            )
            self.wait(0.6)
        self.play(FadeOut(self.area, *self.curves, self.rows), run_time=0.6)

    # Shares

    def bring_back(self):
        """The row, raised, and an empty matrix below each step."""
        trace = self.trace
        size = trace.settings.hidden_size
        self.row.remove(self.row.inputs, self.row.feeds)
        self.row.shift(3.3 * UP)
        self.parts = Shares(
            size, [(x, 0.1, 0) for x in self.x], width=0.8 * self.pitch,
            limit=float(np.abs(trace.shares).max()),
        )  # fmt: skip
        every = int(np.ceil(0.6 / self.pitch))
        self.steps_named = VGroup(
            *[
                Maths(str(t + 1), size=style.SMALL_SIZE, color=MUTED).next_to(part, DOWN, buff=0.15)
                for t, part in enumerate(self.parts)
                if t % every == 0
            ]
        )
        self.play(FadeIn(self.row, self.parts, self.steps_named), run_time=1.0)

    def fill(self):
        """From the last step to the first, as the gradient goes."""
        order = range(self.steps - 1, -1, -1)
        fills = [
            AnimationGroup(
                *([self.row.links[t - 1].pulse(color=GRADIENT)] if t else []),
                SetValues(self.parts[t], self.trace.shares[t], run_time=0.8),
            )
            for t in order
        ]
        self.play(LaggedStart(*fills, lag_ratio=0.45), run_time=3.2)

    def gather(self):
        """The shares fly into one matrix, whose numbers tick as the sum is built."""
        trace = self.trace
        size = trace.settings.hidden_size
        self.total = SignedMatrix(
            np.zeros((size, size)), cell=2.2 / size, limit=float(np.abs(trace.gathered).max()),
            numbers=size <= 4, places=2,
        )  # fmt: skip
        self.total.move_to([1.0, -2.35, 0])
        name = Maths("(partial L) / (partial bold(W)_(h h)) =", size=style.BODY_SIZE)
        name.next_to(self.total, LEFT, buff=0.35)
        self.play(FadeIn(self.total, name), run_time=0.6)
        sums = self.parts.gather(self.total, trace.gathered[::-1], scale=1.4)
        self.play(*sums, run_time=3.6)
        self.wait(0.8)
