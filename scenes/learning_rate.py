"""The learning rate: four of them from one start, their verdicts, and 400 at once."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    DashedLine,
    FadeIn,
    FadeOut,
    LaggedStart,
    VGroup,
)

from vizdl import style
from vizdl.experiments import learning_rate
from vizdl.experiments.base import number
from vizdl.experiments.learning_rate import (
    COLOURS,
    FALSE,
    GONE,
    GOOD,
    LIMITS,
    RESTLESS,
    SLOW,
    STUCK,
    TRUE,
)
from vizdl.mobjects import (
    Advance,
    Assignment,
    Counter,
    Ground,
    Label,
    LossCurve,
    Maths,
    Number,
    PlotArea,
    Scatter,
    Story,
    beat,
)

INK, MUTED, GRADIENT = style.INK.dark, style.MUTED.dark, style.GRADIENT.dark
LEFT_EDGE, RIGHT_EDGE = -6.3, 6.3
PANEL = 1.75  # where the right half begins
ROWS = (1.0, 0.1, -0.8, -1.7)  # of the four rates
FIRST = 8  # steps that are watched closely
WORDS = {
    GOOD: "settles at the bottom",
    STUCK: "stuck",
    SLOW: "too slow",
    RESTLESS: "restless",
    GONE: "diverges",
}


class LearningRate(Story):
    """Four rates on one ground, then as many as fit on a line."""

    title = "The learning rate"
    experiment = learning_rate

    def construct(self):
        self.open("The slope says which way. How far?")
        self.four_first_steps()
        self.roll()
        self.verdicts()
        self.four_hundred_rates()
        self.close(
            "trap",
            "good",
            "limit",
            say="Too small creeps and gets stuck, too large is thrown out. Between lie the good.",
        )

    @beat
    def four_first_steps(self):
        self.set_stage()
        self.say("The loss over one weight: a valley, and a false minimum in its side.")
        self.play(FadeIn(self.ground.area), Create(self.ground.line), run_time=1.5)
        self.play(*[FadeIn(ring, scale=2) for ring in self.rings], FadeIn(self.names))
        slope = self.trace.slope
        self.say(f"Four balls at one start. The slope there is {number(slope)} for all of them.")
        self.play(*[FadeIn(walk, scale=1.5) for walk in self.walks], FadeIn(self.rule))
        rows = self.first_steps()
        self.play(LaggedStart(*[FadeIn(row, shift=0.1 * UP) for row in rows], lag_ratio=0.2))
        self.say("The learning rate says how much of it is a step: hardly any, or far too much.")
        for row, walk in zip(rows, self.walks, strict=True):
            self.play(row.tick(), Advance(walk, to=1), run_time=style.NORMAL)
        self.wait(style.QUICK)
        self.play(FadeOut(rows), FadeOut(self.rule), FadeOut(self.names))

    @beat
    def roll(self):
        trace, walks = self.trace, self.walks
        area = self.loss_axes()
        self.losses = LossCurve(
            list(self.heights.T),
            area=area,
            colors=self.colours,
            names=[f"{rate:.3g}" for rate in trace.rates],
            step=1,
        )
        counter = Counter(step=1).move_to([PANEL, -2.9, 0], LEFT)
        self.play(FadeIn(self.losses), FadeIn(counter))
        self.say("Let them roll, all at once. Beside them, the loss of each.")
        parts = [*walks, self.losses, counter]
        self.play(*[Advance(part, to=FIRST) for part in parts], run_time=5.0)
        self.say("From here on little is new, only for the smallest: it takes its time.")
        self.play(*[Advance(part, to=trace.settings.steps) for part in parts], run_time=3.0)
        self.counter = counter

    @beat
    def verdicts(self):
        self.play(FadeOut(self.losses), FadeOut(self.counter))
        self.verdict_rows = VGroup()
        for n, y in enumerate(ROWS):
            row = self.verdict(n).move_to([PANEL - 0.4, 1.3 * y + 0.4, 0], LEFT)
            self.verdict_rows.add(row)
            self.say(self.told(n))
            self.spotlight(self.walks[n], row, *self.verdict_rows[:n])
            self.play(FadeIn(row, shift=0.2 * LEFT), run_time=style.NORMAL)
        self.unspotlight()

    @beat
    def four_hundred_rates(self):
        trace, verdict = self.trace, self.trace.sweep_verdict
        stage = [self.ground, self.rings, self.walks, self.verdict_rows]
        area = self.sweep_axes()
        count = len(trace.sweep_rates)
        self.say(f"Now {count} rates from the same start. How many steps does each need to settle?")
        self.play(*[FadeOut(part) for part in stage])
        height = learning_rate.height(verdict.settled, trace.settings.steps)
        points = Scatter(
            area, trace.sweep_rates, height, verdict.outcome, [role.dark for role in COLOURS]
        )
        words = self.regions(area)
        self.play(FadeIn(area), run_time=style.QUICK)
        self.add(points)
        self.play(Advance(points, to=count), run_time=5.0)
        self.play(*[FadeIn(word) for word in words])
        false, lowest = (self.bound(area, k) for k in (FALSE, TRUE))
        self.say("Two over the curvature of the false minimum: above, none gets stuck in it.")
        self.play(FadeIn(false, shift=0.2 * DOWN))
        self.say("Two over the curvature of the lowest: above that, nothing settles any more.")
        self.play(FadeIn(lowest, shift=0.2 * DOWN))
        self.poster()
        self.wait(style.NORMAL)

    # The stage

    def set_stage(self):
        trace = self.trace
        self.ground = Ground(*trace.ground, width=6.6, height=4.7)
        corner = self.ground.area.frame.get_corner(DOWN + LEFT)
        self.ground.shift(np.array([LEFT_EDGE + 0.5, -2.65, 0]) - corner)
        self.colours = [COLOURS[k].dark for k in trace.verdict.outcome]
        w, self.heights = learning_rate.place(trace.runs.positions[..., 0], trace.runs.losses)
        self.walks = VGroup(
            *[
                self.ground.walk(w[:, n], self.heights[:, n], color=colour, ball_radius=0.13)
                for n, colour in enumerate(self.colours)
            ]
        )
        self.rings, self.names = VGroup(), VGroup()
        for k, name in ((TRUE, "lowest minimum"), (FALSE, "false minimum")):
            at = self.ground.place(*self.minimum(k))
            self.rings.add(Circle(radius=0.2, color=INK, stroke_width=3).move_to(at))
            words = Label(name, size=style.SMALL_SIZE, color=MUTED)
            if k == FALSE:
                self.names.add(words.move_to(at + 0.35 * RIGHT + 0.1 * DOWN, LEFT))
            else:
                self.names.add(words.move_to(at + 0.55 * UP))
        self.rule = Maths(self.experiment.EQUATIONS["update"], size=style.BODY_SIZE)
        self.rule.move_to([PANEL - 0.1, 2.2, 0], LEFT)

    def minimum(self, k):
        at = self.trace.minima[k]
        return float(at[0]), float(learning_rate.GROUND.value(at))

    def first_steps(self):
        """The first step of each rate in numbers, as large as there is room for."""
        left = PANEL - 0.4
        for size in (style.BODY_SIZE, style.LABEL_SIZE, style.SMALL_SIZE):
            rows = VGroup(*[self.first_step(n, size) for n in range(len(ROWS))])
            stop = left + 0.7 + max(row.terms.width for row in rows) + 0.3
            if stop + 0.3 + max(row.room for row in rows) <= RIGHT_EDGE:
                break
        for row, y in zip(rows, ROWS, strict=True):
            row.arrange_at(left, stop, y)
        return rows

    def first_step(self, n, size):
        start, slope, rate = self.trace.settings.start, self.trace.slope, self.trace.rates[n]
        terms = f"{number(start)} − {rate:.3g} · {_bracketed(slope)}"
        new = float(self.trace.runs.positions[1, n, 0])
        row = Assignment("w", terms, start, new, color=self.colours[n], size=size)
        row.room = max(
            Number(value, digits=3, size=size).width for value in (-abs(start), -abs(new))
        )
        return row

    def loss_axes(self):
        span, steps = self.ground.area.y_span, self.trace.settings.steps
        area = PlotArea(
            (0, steps),
            (span.low, span.high),
            width=RIGHT_EDGE - 0.9 - PANEL,
            height=3.9,
            x_label="step",
            y_label="loss",
        )
        # Where a run is gone at once, its name stands at the left end of the top.
        area.y_label.set_color(style.LOSS.dark).shift(0.3 * LEFT)
        return area.shift(np.array([PANEL, 2.1, 0]) - area.frame.get_corner(UP + LEFT))

    # The verdicts

    def verdict(self, n):
        """A rate, how it ends, and the number that shows it."""
        outcome = int(self.trace.verdict.outcome[n])
        rate = Maths(f"eta = {self.trace.rates[n]:.3g}", color=self.colours[n])
        words = Label(f"{WORDS[outcome]}: {self.proof(n)}")
        return VGroup(rate, words).arrange(DOWN, buff=0.12, aligned_edge=LEFT)

    def proof(self, n):
        trace, v = self.trace, self.trace.verdict
        outcome, steps = v.outcome[n], trace.settings.steps
        if outcome == GONE:
            return f"{v.crossings[n]} steps across the minimum"
        if outcome == RESTLESS:
            return f"{v.rises[n]} of {steps} steps raise the loss"
        if outcome == SLOW:
            return f"after {steps} steps its loss is {number(float(trace.runs.losses[-1, n]))}"
        if outcome == STUCK:
            return f"its loss stays {number(float(trace.runs.losses[-1, n]))}"
        return f"after {_steps(v.settled[n])}"

    def told(self, n):
        outcome = int(self.trace.verdict.outcome[n])
        rate = f"{self.trace.rates[n]:.3g}"
        return {
            GOOD: f"{rate} passes over the false minimum, and comes to rest at the bottom.",
            STUCK: f"{rate} rolls into the false minimum. There the slope is zero: it is stuck.",
            SLOW: f"{rate} is too small: it has hardly come anywhere.",
            RESTLESS: f"{rate} swings to and fro, and never comes to rest.",
            GONE: f"{rate} overshoots: each swing is longer than the last, and it is gone.",
        }[outcome]

    # The 400

    def sweep_axes(self):
        rates, steps = self.trace.sweep_rates, self.trace.settings.steps
        return PlotArea(
            (float(rates[0]), float(rates[-1])),
            (-0.04 * steps, 1.04 * steps),
            width=11.6,
            height=3.6,
            x_label="learning rate",
            y_label="steps to settle",
            log_x=True,
        ).shift(0.35 * DOWN + 0.2 * RIGHT)

    def regions(self, area):
        """How the rates end, each word over its own; narrow ones have no room for theirs."""
        words, verdict = VGroup(), self.trace.sweep_verdict
        for outcome, role in enumerate(COLOURS):
            rates = self.trace.sweep_rates[verdict.outcome == outcome]
            if not len(rates):
                continue
            name = Label(WORDS[outcome].split(" at ")[0], color=role.dark)
            ends = area.place(rates[[0, -1]], self.trace.settings.steps)
            middle = np.exp(np.log(rates).mean())
            at = area.place(middle, self.trace.settings.steps)
            room = ends[1][0] - ends[0][0]
            name.move_to(at + 0.45 * DOWN)
            if room > name.width and not any(_meet(name, other) for other in words):
                words.add(name)
            elif outcome == GONE and room > 0.5:  # it may go on beyond the axes
                small = Label(WORDS[outcome], size=style.SMALL_SIZE, color=role.dark)
                words.add(small.move_to(ends[0] + 0.45 * DOWN + 0.12 * RIGHT, LEFT))
        return words

    def bound(self, area, k):
        low, high = area.y_span.low, area.y_span.high
        foot, top = area.place(LIMITS[k], low), area.place(LIMITS[k], high)
        line = DashedLine(top, foot, color=INK, stroke_width=3)
        name = Label("2/L", color=INK)
        return VGroup(line, name.next_to(top, UP, buff=0.15))


def _bracketed(value):
    text = number(value)
    return f"({text})" if value < 0 else text


def _meet(one, other):
    return abs(one.get_x() - other.get_x()) < (one.width + other.width) / 2 + 0.1


def _steps(count):
    return f"{count} step" if count == 1 else f"{count} steps"
