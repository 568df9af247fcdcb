"""The empirical loss: a bar for each student, one mean of them all, and what training does."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    DashedLine,
    Dot,
    FadeIn,
    FadeOut,
    LaggedStart,
    Rectangle,
    ReplacementTransform,
    Square,
    VGroup,
)

from vizdl import style
from vizdl.experiments import empirical_loss
from vizdl.experiments.base import number
from vizdl.experiments.empirical_loss import FULL, HOURS, LECTURES
from vizdl.mobjects import (
    Advance,
    Bars,
    Curve,
    DecisionField,
    Label,
    Maths,
    Number,
    PlotArea,
    Points,
    Quantity,
    SetValues,
    Story,
    Through,
    Tick,
    beat,
)

INK, MUTED = style.INK.dark, style.MUTED.dark
LOSS, MEAN, WEIGHT = style.LOSS.dark, style.GRADIENT.dark, style.WEIGHT.dark
CLASSES = (style.NEGATIVE.dark, style.POSITIVE.dark)  # failed, passed
LEFT_EDGE, FIRST, PITCH, BOTTOM = -6.3, -3.55, 1.06, -2.95
RIGHT_EDGE = 6.35
PANEL = 4.75  # where the numbers beside the bars begin
SMALLEST = 1e-3  # probability at which the curve of the losses begins


class EmpiricalLoss(Story):
    """Four beats: a loss for each, their mean, one mistake, and training."""

    title = "The empirical loss"
    experiment = empirical_loss

    def construct(self):
        self.open("How wrong is a model, in one number?")
        self.a_loss_for_each()
        self.one_mean()
        self.one_mistake()
        self.train_on_the_mean()
        self.close(
            "share",
            "fallen",
            "rose",
            say="The empirical loss is the mean over all the data. Training makes it small.",
        )

    @beat
    def a_loss_for_each(self):
        self.set_stage()
        self.say(f"{len(self.y)} students: what they did, and whether they passed.")
        columns = LaggedStart(*[FadeIn(column) for column in self.students], lag_ratio=0.1)
        self.play(FadeIn(self.names[:3]), columns, run_time=1.5)
        self.say("A model weighs what they did, and says how likely each is to pass.")
        self.play(FadeIn(self.names[3]), FadeIn(self.model, shift=0.2 * LEFT))
        steps = self.arithmetic()
        self.spotlight(self.students[self.worst], *steps, self.model)
        for row in steps:
            self.play(FadeIn(row.words), run_time=style.QUICK)
            self.play(row.answer(), run_time=style.NORMAL)
        self.unspotlight()
        self.play(
            FadeOut(steps[0]),
            ReplacementTransform(steps[1].number.copy(), self.said[self.worst]),
            FadeOut(steps[1]),
            LaggedStart(
                *[FadeIn(n) for k, n in enumerate(self.said) if k != self.worst], lag_ratio=0.1
            ),
        )
        self.the_bars()

    def the_bars(self):
        given, worst = self.trace.given[self.row], self.worst
        happened = "passed" if self.y[worst] else "failed"
        failed = [k for k, passed in enumerate(self.y) if not passed]
        if failed:
            self.say("Who failed takes the rest: that much was given to the truth.")
            ticks = [Tick(self.said[k], float(given[k])) for k in failed]
            new = self.row_name("given to the truth", 3)
            self.play(*ticks, ReplacementTransform(self.names[3], new))
            self.names.submobjects[3] = new
        size, truth = number(float(self.each[worst])), number(float(given[worst]))
        cost = self.cost(truth)
        cost.next_to(self.model, DOWN, buff=0.5).align_to(self.model, LEFT)
        cost.shift(min(0.0, RIGHT_EDGE - cost.get_right()[0]) * RIGHT)
        self.say(
            f"Student {worst + 1} {happened}, and the model gave that {truth}: it costs {size}."
        )
        self.add(self.bars.baseline, self.bars.labels)
        bar = self.bars.parts(worst)[:2]
        self.bars.set_values(0.0)
        alone = np.zeros(len(self.y))
        alone[worst] = self.each[worst]
        others = VGroup(*[n for k, n in enumerate(self.bars.numbers) if k != worst])
        others.set_opacity(0)
        self.play(FadeIn(cost), FadeIn(bar), FadeIn(self.bars.baseline, self.bars.labels))
        self.add(self.bars)
        self.play(SetValues(self.bars, alone), run_time=1.5)
        others.set_opacity(1)
        self.say("Each student gets a bar of its own.")
        self.play(SetValues(self.bars, self.each), run_time=1.5)
        self.wait(style.QUICK)
        self.play(FadeOut(cost))

    @beat
    def one_mean(self):
        total, mean = float(self.each.sum()), float(self.trace.mean[self.row])
        count = len(self.y)
        self.say("Add them all up.")
        sums = self.tally(total, mean)
        self.play(FadeIn(sums[0].words))
        self.add(sums[0].number)
        cover = Rectangle(width=0.85 * PITCH, height=0.1, stroke_width=4, color=INK)
        self.add(cover)
        running = 0.0
        for k, value in enumerate(self.each):
            running += float(value)
            height = max(0.12, float(self.bars.bars[k].height))
            cover.stretch_to_fit_height(height).move_to(self.bars.place(k, 0), DOWN)
            self.play(Tick(sums[0].number, running), run_time=0.35)
        self.remove(cover)
        self.say(f"Divide by {count}: the bars level out, and that is the empirical loss.")
        self.play(FadeIn(sums[1].words), run_time=style.QUICK)
        self.add(sums[1].number)
        level = np.full(count, mean)
        self.play(SetValues(self.bars, level), Tick(sums[1].number, mean), run_time=2.0)
        self.line = self.mean_line(self.bars, mean)
        self.play(FadeIn(self.line), run_time=style.QUICK)
        self.poster()
        self.rest()
        self.play(SetValues(self.bars, self.each), run_time=1.0)
        self.sums = sums

    @beat
    def one_mistake(self):
        given, worst = self.trace.given[self.row], self.worst
        both = self.trace.cross_entropy[self.row], self.trace.squared_error[self.row]
        shares = [100 * values[worst] / values.sum() for values in both]
        area, curves = self.loss_curves(both)
        dots = VGroup(*[Dot(self.bars.end(k), radius=0.1, color=INK) for k in range(len(self.y))])
        self.say("Why is one bar so long? Take the probability that the truth was given.")
        self.play(FadeIn(dots), FadeOut(self.students, self.names, self.said, self.model))
        self.play(FadeOut(self.bars, self.line, self.sums), FadeIn(area))
        spots = [self.on_curve(area, q, value) for q, value in zip(given, both[0], strict=True)]
        moves = [dot.animate.move_to(spot) for dot, spot in zip(dots, spots, strict=True)]
        self.play(*moves, run_time=1.5)
        self.say("Cross-entropy rises without limit as it goes to nothing.")
        names = self.curve_names(area, shares)
        self.add(curves[0])
        self.bring_to_front(dots)
        self.play(Advance(curves[0], to=curves[0].steps), FadeIn(names[0]), run_time=1.5)
        self.say(f"So one confident mistake is {shares[0]:.0f}% of all the loss.")
        ring = Circle(radius=0.24, color=LOSS, stroke_width=5).move_to(dots[worst])
        self.play(FadeIn(ring, scale=2), FadeIn(names[1]))
        self.say("Squared error stops at one. There, the same mistake counts for less.")
        self.add(curves[1])
        self.bring_to_front(dots)
        lower = [self.on_curve(area, q, value) for q, value in zip(given, both[1], strict=True)]
        drops = [dot.animate.move_to(spot) for dot, spot in zip(dots, lower, strict=True)]
        self.play(
            Advance(curves[1], to=curves[1].steps), FadeIn(names[2]), *drops,
            ring.animate.move_to(lower[worst]), run_time=2.0,
        )  # fmt: skip
        self.play(FadeIn(names[3]))
        self.wait(style.QUICK)
        self.play(FadeOut(area, curves, dots, names, ring))

    @beat
    def train_on_the_mean(self):
        shown, run = self.training_stage()
        self.say("The weights decide what the model says, and so every bar.")
        self.play(FadeIn(*shown))
        self.say("Move them a little against the gradient of the mean, again and again.")
        self.play(*[Through(part, row) for part, row in run], run_time=6.0)
        falls = self.facts["fallen"].holds
        before, after = (number(float(self.trace.mean[k])) for k in (0, -1))
        change = "fell" if falls else "went"
        self.say(f"Every bar moved, and the mean {change} from {before} to {after}.")
        self.wait(style.NORMAL)
        rose = np.flatnonzero(self.trace.each[-1] > self.trace.each[0])
        if len(rose) and falls:
            whose = f"{len(rose)} of {len(self.y)} losses rose"
            self.say(f"But {whose}: it is the mean that is made small, not each of them.")
            arrows = []
            for k in rose:
                foot = self.bars.end(k)
                foot[1] = max(foot[1], self.line.get_y()) + 0.1
                arrow = Maths("arrow.t", size=style.BODY_SIZE, color=LOSS)
                arrows.append(arrow.next_to(foot, UP, buff=0.05))
            self.play(LaggedStart(*[FadeIn(a, shift=0.2 * UP) for a in arrows], lag_ratio=0.2))
        self.wait(style.NORMAL)

    # The stage: a column for each student

    def set_stage(self):
        trace = self.trace
        self.row, self.y = trace.settings.steps, trace.y
        self.each = trace.each[self.row]
        self.worst = int(self.each.argmax())
        self.students = VGroup(*[self.column(k) for k in range(len(self.y))])
        rows = ("lectures", "hours", "passed?", "chance of passing")
        self.names = VGroup(*[self.row_name(text, k) for k, text in enumerate(rows)])
        self.said = VGroup()
        for k, p in enumerate(trace.predictions[self.row]):
            shown = Number(float(p), digits=3, size=style.SMALL_SIZE)
            self.said.add(shown.move_to([self.x_of(k), self.y_of(3), 0]))
        self.bars = Bars(
            self.each,
            [str(k + 1) for k in range(len(self.y))],
            high=max(float(self.each.max()), 1e-3),
            length=2.9,
            thickness=0.62,
            pitch=PITCH,
            digits=2,
        )
        shift = np.array([self.x_of(0), BOTTOM, 0]) - self.bars.place(0, 0)
        self.bars.shift(shift)
        self.model = self.weights_panel()

    def x_of(self, k):
        return FIRST + PITCH * k

    def y_of(self, row):
        return (2.6, 2.05, 1.5, 0.75)[row]

    def row_name(self, text, row):
        name = Label(text, size=style.SMALL_SIZE, color=MUTED)
        return name.move_to([LEFT_EDGE, self.y_of(row), 0], LEFT)

    def column(self, k):
        cells = VGroup()
        for row, value in enumerate(self.trace.x[k]):
            cells.add(Label(f"{value:.0f}").move_to([self.x_of(k), self.y_of(row), 0]))
        return cells.add(self.mark(self.y[k]).move_to([self.x_of(k), self.y_of(2), 0]))

    def mark(self, passed):
        shape = Circle(radius=0.15) if passed else Square(side_length=0.26)
        return shape.set_stroke(width=0).set_fill(CLASSES[int(passed)], opacity=1)

    def weights_panel(self):
        weights = self.trace.weights[self.row]
        rows = VGroup()
        for name, value in zip(("w_1", "w_2", "b"), weights, strict=True):
            rows.add(Quantity(Maths(name, color=WEIGHT), value, gap=0.25, color=WEIGHT))
        rows.arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        return rows.move_to([PANEL, 2.0, 0], LEFT)

    def arithmetic(self):
        """The score of one student and the probability that comes of it, a row each."""
        (w1, w2, b), (x1, x2) = self.trace.weights[self.row], self.trace.x[self.worst]
        sign = "+" if b >= 0 else "−"
        second = f"+ {number(w2)}" if w2 >= 0 else f"− {number(abs(w2))}"
        terms = f"{number(w1)} · {x1:.0f} {second} · {x2:.0f} {sign} {number(abs(b))} ="
        score, p = self.trace.scores[self.row, self.worst], self.trace.predictions[self.row]
        rows = VGroup()
        for words, value in (
            (Label(terms, size=style.BODY_SIZE), score),
            (Maths(f"sigma({number(float(score))}) =".replace("−", "-")), p[self.worst]),
        ):
            rows.add(Quantity(words, value, digits=3, size=style.BODY_SIZE))
        rows.arrange(DOWN, buff=0.45, aligned_edge=RIGHT)
        return rows.move_to([-0.3, -1.3, 0])

    def cost(self, truth):
        if self.trace.settings.loss == "cross-entropy":
            return VGroup(Label(f"−log {truth}", color=LOSS))
        return VGroup(Label(f"(1 − {truth})²", color=LOSS))

    def tally(self, total, mean):
        """The sum and the mean, beside the bars: words and numbers."""
        smallest = min(float(self.each[0]), mean)  # of what is shown on the way
        rows, digits = VGroup(), 3 if smallest >= 1e-3 else 2  # a power of ten needs the room
        for words, value, color, y in (
            ("sum", 0.0, LOSS, -0.2),
            (f"÷ {len(self.y)}, the mean", total, MEAN, -1.5),
        ):
            name = Label(words, size=style.SMALL_SIZE, color=color).move_to([PANEL, y, 0], LEFT)
            rows.add(
                Quantity(name, value, below=True, gap=0.15, digits=digits, size=style.TITLE_SIZE,
                         color=color)
            )  # fmt: skip
        return rows

    def mean_line(self, bars, mean):
        left, right = bars.frame.get_left()[0] - 0.2, bars.frame.get_right()[0] + 0.2
        y = bars.place(0, mean)[1]
        return DashedLine([left, y, 0], [right, y, 0], color=MEAN, stroke_width=4)

    # The two losses as curves

    def loss_curves(self, both):
        top = max(1.12 * float(both[0].max()), 2.0)
        area = PlotArea(
            (-0.05, 1.05), (-0.04 * top, top), width=6.6, height=4.3,
            x_ticks=[0, 0.2, 0.4, 0.6, 0.8, 1],
            x_label="probability given to the truth", y_label="loss",
        ).move_to([-2.6, -0.35, 0])  # fmt: skip
        q = np.linspace(SMALLEST, 1, 400)
        return area, VGroup(
            Curve(area, -np.log(q), q, color=LOSS, tip=False),
            Curve(area, (1 - q) ** 2, q, color=style.SERIES[3].dark, tip=False),
        )

    def on_curve(self, area, q, value):
        return area.place(q, min(float(value), area.y_span.high))

    def curve_names(self, area, shares):
        right = area.frame.get_right()[0] + 0.7
        one = f"student {self.worst + 1}"
        rows = VGroup()
        for words, color, share in (
            ("cross-entropy", LOSS, shares[0]),
            ("squared error", style.SERIES[3].dark, shares[1]),
        ):
            rows.add(Label(words, size=style.BODY_SIZE, color=color))
            rows.add(Label(f"{one}: {share:.0f}% of the sum", size=style.LABEL_SIZE, color=color))
        rows.arrange(DOWN, buff=0.25, aligned_edge=LEFT)
        rows[2:].shift(0.6 * DOWN)
        return rows.move_to([right, 0.4, 0], LEFT)

    # The stage of the training

    def training_stage(self):
        """What is shown, and what each part of it goes through in the training."""
        trace = self.trace
        fields = [empirical_loss.field(weights)["z"] for weights in trace.weights]
        field = DecisionField(
            fields[0], LECTURES, HOURS, limit=FULL, width=4.4, height=4.4,
            x_label="lectures", y_label="hours",
        ).move_to([-4.0, -0.35, 0])  # fmt: skip
        points = Points(trace.x, self.y, field.area, radius=0.13)
        count = len(self.y)
        names = [str(k + 1) for k in range(count)]
        self.bars = Bars(
            trace.each[0], names, high=max(1e-3, float(trace.each.max())),
            length=4.4, thickness=0.5, pitch=0.84, numbers=False,
        )  # fmt: skip
        self.bars.shift(np.array([-0.1, BOTTOM, 0]) - self.bars.place(0, 0))
        self.line = self.mean_line(self.bars, float(trace.mean[0]))
        heights = [[self.line.get_x(), self.bars.place(0, mean)[1], 0] for mean in trace.mean]
        weights = VGroup()
        for k, name in enumerate(("w_1", "w_2", "b")):
            symbol = Maths(name, color=WEIGHT).move_to([-0.2 + 1.7 * k, 2.55, 0], LEFT)
            weights.add(Quantity(symbol, trace.weights[0, k], color=WEIGHT))
        words = Label("mean", color=MEAN).move_to([5.05, 2.2, 0], LEFT)
        mean = Quantity(
            words, trace.mean[0], below=True, gap=0.12, digits=3, size=style.TITLE_SIZE, color=MEAN
        )
        run = [(field, fields), (self.bars, trace.each), (self.line, heights), (mean, trace.mean)]
        run += zip(weights, trace.weights.T, strict=True)
        return (field, self.bars, self.line, weights, mean, points), run
