"""What the bias does: it slides a curve, the weight turns it, and some data need the slide."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    LaggedStart,
    VGroup,
    smooth,
)

from vizdl import style
from vizdl.experiments import bias_shift
from vizdl.experiments.bias_shift import STEPS, X
from vizdl.mobjects import (
    ActivationCurve,
    Advance,
    Curve,
    Label,
    LossCurve,
    Maths,
    Number,
    PlotArea,
    Points,
    SetValues,
    Story,
    Through,
    Tick,
    ValueLine,
    beat,
)
from vizdl.mobjects.advance import InPlace

INK, MUTED, WEIGHT, HIDDEN = (
    role.dark for role in (style.INK, style.MUTED, style.WEIGHT, style.HIDDEN)
)
LEFT_EDGE, BOTTOM, WIDTH, HEIGHT = -5.75, -2.5, 7.2, 4.4  # of the plot
PANEL, RIGHT_EDGE = 2.5, 6.3
GROUND = {"sigmoid": (-0.1, 1.1), "tanh": (-1.2, 1.2), "relu": (-0.3, 2.2)}
PACE = 1.6


class Crossing(InPlace):
    """Let a number tick as the crossing -b/w does, while weight and bias go from one to another."""

    def __init__(self, number, start, end, **options):
        self.number, self.start, self.end = number, start, end
        super().__init__(number, **{"rate_func": smooth, **options})

    def interpolate_mobject(self, alpha):
        """Show the crossing at the share `alpha` of the time."""
        share = self.rate_func(alpha)
        weight, bias = (1 - share) * self.start + share * self.end
        self.number.set_value(-bias / weight if weight else np.nan)


class BiasShift(Story):
    """Three beats on one plot: the bias slides, the weight turns, and students need the slide."""

    title = "What the bias does"
    experiment = bias_shift

    def construct(self):
        self.open("Why does a neuron need a number that no input gives?")
        self.slide()
        self.turn()
        self.nailed()
        self.close(
            "crossing_error",
            "nailed",
            "right_without",
            "right_with",
            say="The weight says how fast no turns into yes. The bias says where.",
        )

    @beat
    def slide(self):
        self.set_stage()
        self.say("One input, one weight, one curve. It crosses its middle where the sum is zero.")
        self.play(FadeIn(self.area, self.lines), run_time=style.NORMAL)
        self.play(FadeIn(self.curve), FadeIn(self.rule, self.place), run_time=style.NORMAL)
        self.wait(style.NORMAL)
        self.say("Raise the bias, and the whole curve slides to the left.")
        self.move(bias=3.0)
        self.wait(style.QUICK)
        self.say("Lower it, and it slides to the right. The crossing stands at minus b over w.")
        self.move(bias=-3.0, seconds=1.4 * PACE)
        self.wait(style.QUICK)
        self.say("Five biases, five places, one shape.")
        self.move(bias=0.0)
        copies = [
            Curve(self.area, y, X, color=MUTED, width=2.5, tip=False, step=len(X) - 1)
            for y in self.trace.shifted
        ]
        for copy in copies:
            copy.dot.set_opacity(0)
        self.copies = VGroup(*copies)
        self.play(LaggedStart(*[FadeIn(copy) for copy in copies], lag_ratio=0.3), run_time=1.5)
        self.wait(style.NORMAL)
        self.play(FadeOut(self.copies), run_time=style.QUICK)

    @beat
    def turn(self):
        first = self.trace.settings.weight
        self.say("The weight does something else. A larger one makes the curve steeper.")
        self.move(weight=4.0, seconds=PACE)
        self.say("A smaller one lays it down. It turns about its crossing, and does not slide.")
        self.move(weight=0.5, seconds=PACE)
        self.say("Below zero it falls where it rose.")
        self.move(weight=-2.0, seconds=PACE)
        self.move(weight=first, bias=self.trace.settings.bias, seconds=style.NORMAL)
        self.play(FadeOut(self.lines, self.rule, self.place), run_time=style.QUICK)

    @beat
    def nailed(self):
        trace = self.trace
        places = np.column_stack([trace.hours, trace.targets])
        students = Points(places, trace.passed, self.area, radius=0.09)
        key = self.legend()
        self.say("Students by their hours on a project: orange failed, blue passed.")
        self.play(FadeIn(students), FadeIn(key), run_time=style.NORMAL)
        plain = ActivationCurve(
            self.area, trace.settings.activation, trace.settings.weight, 0.0,
            color=MUTED, mark=False, dashed=True,
        )  # fmt: skip
        area = PlotArea(
            (0, STEPS),
            (0, 1.3 * float(trace.losses.max())),  # the names at the start stand below the label
            width=RIGHT_EDGE - 1.15 - PANEL,
            height=2.6,
            x_label="step of learning",
            y_label="loss",
        )
        area.shift(np.array([PANEL, BOTTOM, 0]) - area.frame.get_corner(DOWN + LEFT))
        names = ["with b", "without"]
        loss = LossCurve(list(trace.losses.T), colors=[HIDDEN, MUTED], names=names, area=area)
        nail = Circle(radius=0.17, color=INK, stroke_width=4)
        nail.move_to(self.area.place(0.0, plain.middle))
        self.play(FadeIn(plain), FadeIn(loss), FadeIn(nail), run_time=style.NORMAL)
        self.bring_to_front(self.curve)
        self.say("Two neurons learn from them, one with a bias, one without. Watch the curves.")
        self.play(
            Through(self.curve, trace.path[:, 0]),
            Through(plain, trace.path[:, 1]),
            Advance(loss, to=STEPS),
            run_time=9.0,
        )
        self.say(self.how_it_went())
        self.play(FadeIn(self.tally(), shift=0.1 * UP), run_time=style.NORMAL)
        self.poster()
        self.wait(style.SLOW)

    # The stage

    def set_stage(self):
        settings = self.trace.settings
        self.area = PlotArea(
            (X[0], X[-1]),
            GROUND[settings.activation],
            width=WIDTH,
            height=HEIGHT,
            x_label=Maths("x", size=style.LABEL_SIZE),
            y_label="output",
            y_ticks=2,
        )
        corner = self.area.frame.get_corner(DOWN + LEFT)
        self.area.shift(np.array([LEFT_EDGE, BOTTOM, 0]) - corner)
        weight = settings.weight or 1.0
        self.curve = ActivationCurve(self.area, settings.activation, weight, 0.0)
        self.weight = self.value_line(-4, 4, weight, "w", 1.6)
        self.bias = self.value_line(-6, 6, 0.0, "b", 0.1)
        self.lines = VGroup(self.weight, self.bias)
        self.rule = Maths("x_0 = -b / w =", size=style.BODY_SIZE)
        self.rule.move_to([PANEL, -1.7, 0], LEFT)
        self.place = Number(0.0, size=style.BODY_SIZE, color=INK, anchor="left")
        self.place.next_to(self.rule, RIGHT, buff=0.2).match_y(self.rule)

    def value_line(self, low, high, value, name, y):
        label = Maths(name, size=style.BODY_SIZE, color=WEIGHT)
        line = ValueLine(low, high, value=value, label=label, width=3.1)
        return line.move_to([0.5 * (PANEL + RIGHT_EDGE), y, 0])

    def move(self, weight=None, bias=None, seconds=PACE):
        """Take the curve to another weight or bias; lines and crossing go along."""
        to = self.curve.values.copy()
        if weight is not None:
            to[0] = weight
        if bias is not None:
            to[1] = bias
        start = self.curve.values.copy()
        self.play(
            SetValues(self.curve, to),
            Tick(self.weight, to[0]),
            Tick(self.bias, to[1]),
            Crossing(self.place, start, to),
            run_time=seconds,
        )

    # The students

    def legend(self):
        hours = Label("tens of hours", size=style.SMALL_SIZE, color=MUTED)
        hours.next_to(self.area.x_label, LEFT, buff=0.25).match_y(self.area.x_label)
        return hours

    def tally(self):
        """How many students each is right about."""
        rows = VGroup()
        for name, fact, colour in (
            ("with a bias", "right_with", HIDDEN),
            ("without", "right_without", MUTED),
        ):
            words = Label(f"right, {name}", color=colour)
            share = Label(self.facts[fact].text, size=style.TITLE_SIZE, color=colour)
            rows.add(VGroup(share, words.next_to(share, RIGHT, buff=0.25)))
        rows.arrange(DOWN, buff=0.35, aligned_edge=LEFT)
        return rows.move_to([PANEL, 1.75, 0], LEFT)

    def how_it_went(self):
        facts = self.facts
        if not facts["right_with"].holds:
            return "Here the one without a bias does as well: its line rises from the origin."
        return (
            f"One walks over, and is right about {facts['right_with'].text}. "
            "The other can only lie down."
        )
