"""The perceptron: weigh and add, add the bias, apply the curve, and see the plane split."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Dot,
    FadeIn,
    FadeOut,
    VGroup,
    linear,
)

from vizdl import style
from vizdl.engines import activations
from vizdl.experiments import perceptron
from vizdl.experiments.base import number
from vizdl.experiments.perceptron import CURVE, SPAN
from vizdl.mobjects import (
    Advance,
    Arithmetic,
    Curve,
    DecisionField,
    Maths,
    Neuron,
    PlotArea,
    SetValues,
    Story,
    Tick,
    VectorArrow,
    beat,
)
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.axes import stroke

INK, MUTED, WEIGHT = style.INK.dark, style.MUTED.dark, style.WEIGHT.dark
HIDDEN = style.HIDDEN.dark
CENTRE, ASIDE = 0.55, -2.2  # height of the neuron, and where it stands beside plot and plane
PANEL = 2.75  # left edge of plot and plane
SIDE = 3.4  # of the plane
SHOWN = 6.0  # sums on the plot, from -SHOWN to SHOWN


class Reading(VGroup):
    """A dot on the activation at the sum `value`, with the way from the one axis to the other."""

    def __init__(self, area, activation, value=0.0):
        self.paper, self.function = area.paper, activation
        self.way = stroke(MUTED, 2.5)
        self.dot = Dot(radius=0.11, color=INK).set_stroke(style.BACKGROUND.dark, 2)
        super().__init__(self.way, self.dot)
        self.set_value(value)

    def set_value(self, value):
        """Read off the activation at another sum."""
        self.value = float(value)
        z = np.clip(self.value, self.paper.x_span.low, self.paper.x_span.high)
        y = float(self.function(np.array(z)))
        corners = self.paper.place([z, z, self.paper.x_span.low], [self.paper.y_span.low, y, y])
        self.way.set_points_as_corners(corners)
        self.dot.move_to(corners[1])
        return self


class Wander(InPlace):
    """Move the input along a path (N, 2) of the plane; the neuron follows with every number."""

    def __init__(self, neuron, dot, field, path, **options):
        self.neuron, self.dot, self.field = neuron, dot, field
        self.path, self.along = np.asarray(path), np.linspace(0, 1, len(path))
        super().__init__(VGroup(neuron, dot), **{"rate_func": linear, **options})

    def interpolate_mobject(self, alpha):
        """Show the neuron on the input that stands at the share `alpha` of the path."""
        x = [np.interp(self.rate_func(alpha), self.along, axis) for axis in self.path.T]
        self.neuron.set_values(x)
        self.dot.move_to(self.field.place(x))


class Perceptron(Story):
    """Four beats on one neuron: the three steps, then all of the plane at once."""

    title = "The perceptron"
    experiment = perceptron

    def construct(self):
        self.open("How does one neuron make up its mind?")
        self.weigh_and_add()
        self.add_the_bias()
        self.apply_the_curve()
        self.split_the_plane()
        self.close(
            "steps_error",
            "line_error",
            "angle",
            say="Weigh and add, add a bias, bend. That splits the plane along a straight line.",
        )

    @beat
    def weigh_and_add(self):
        trace = self.trace
        self.neuron = Neuron(
            trace.weights, trace.settings.bias, trace.settings.activation, x=trace.inputs
        )
        self.neuron.shift(CENTRE * UP)
        rows = self.rows()
        self.say("A neuron gets numbers: two of them here. Each has a weight of its own.")
        self.play(FadeIn(self.neuron), run_time=style.NORMAL)
        self.wait(style.NORMAL)
        for k, way in enumerate(("First", "Then")):
            w, x, product = (f"{v:.2f}" for v in self.terms(k))
            self.say(f"{way} {w} times {x} makes {product}.".replace("-", "minus "))
            self.multiply(k, rows[k])
        self.say("The sum holds both: that is the dot product of inputs and weights.")
        total = rows[2]
        self.play(FadeIn(total.words), run_time=style.QUICK)
        results = [row.numbers[2] for row in rows[:2]]
        self.play(*[total.fetch(k, result) for k, result in enumerate(results)])
        self.play(total.answer(0.0), run_time=style.NORMAL)

    @beat
    def add_the_bias(self):
        row = self.lines[3]
        bias = self.trace.settings.bias
        way = "down" if bias < 0 else "up"
        self.say(f"One more number joins, whatever the inputs are: the bias. It pulls {way}.")
        self.play(FadeIn(row.words), run_time=style.QUICK)
        self.play(row.fetch(0, self.lines[2].numbers[2]), row.fetch(1, self.neuron.bias[1][1]))
        self.play(
            Advance(self.neuron, to=3),
            row.answer(self.trace.sums[2], (0.65, 1), rate_func=linear),
            run_time=2.2,
        )
        self.wait(style.QUICK)
        self.play(FadeOut(self.lines), self.neuron.animate.shift(ASIDE * RIGHT + 0.8 * DOWN))

    @beat
    def apply_the_curve(self):
        z, output = self.trace.sums[-1], self.trace.output
        self.plot = self.activation_plot()
        self.say("The sum may be any number. So it goes through a curve, the activation.")
        self.play(FadeIn(self.plot), run_time=style.NORMAL)
        reading = Reading(self.plot[0], activations.get(self.trace.settings.activation).value)
        self.play(FadeIn(reading), run_time=style.QUICK)
        self.say(f"It rides along to {number(z)}, and reads off the output: {output:.2f}.")
        self.play(Advance(self.neuron, to=4), Tick(reading, z, rate_func=linear), run_time=2.5)
        self.wait(style.QUICK)
        self.say(self.about_the_curve())
        for end in (-SHOWN, SHOWN, z):
            self.play(Tick(reading, end), run_time=1.4)
        self.play(FadeOut(self.plot, reading), run_time=style.QUICK)

    @beat
    def split_the_plane(self):
        trace = self.trace
        field = self.plane()
        dot = Dot(field.place(trace.inputs), radius=0.12, color=INK)
        dot.set_stroke(style.BACKGROUND.dark, 2.5)
        self.say("That was one input: one point of this plane. Now ask about all of them.")
        self.play(FadeIn(field.area), FadeIn(dot, scale=2), run_time=style.NORMAL)
        self.add(field)
        self.bring_to_front(dot)
        self.play(SetValues(field, trace.tint), run_time=style.SLOW)
        self.say("Blue is a sum above zero, orange below. Take the input for a walk.")
        crossings = self.ends_of_line()
        if crossings is None:
            self.walk(dot, field, [trace.inputs, -trace.inputs, trace.inputs], 4.0)
            return
        first, last = crossings
        start = 0.8 * first + 0.2 * last
        self.walk(dot, field, [trace.inputs, start], 2.0)
        self.say("Along this line both inputs change, and the sum stays zero.")
        line = self.line_of(field, first, last)
        self.play(FadeIn(line), run_time=style.QUICK)
        self.bring_to_front(dot)
        self.walk(dot, field, [start, 0.2 * first + 0.8 * last], 3.0)
        self.say("It stands square to the weights: where they point, the output rises.")
        self.follow_the_weights(dot, field, (first + last) / 2)
        self.poster()
        self.wait(style.NORMAL)

    # The arithmetic

    def terms(self, k):
        """Weight, input and product."""
        trace = self.trace
        return trace.weights[k], trace.inputs[k], trace.products[k]

    def rows(self):
        """Four lines of arithmetic below the neuron: two products, their sum, the bias."""
        (w1, x1, p1), (w2, x2, p2) = self.terms(0), self.terms(1)
        sums, bias = self.trace.sums, self.trace.settings.bias
        size = style.LABEL_SIZE
        lines = [
            Arithmetic("{{ w_1 : a }} {{ x_1 : b }} =", w1, x1, p1, size=size),
            Arithmetic("{{ w_2 : a }} {{ x_2 : b }} =", w2, x2, p2, size=size),
            Arithmetic("bold(w) dot bold(x) =", p1, p2, sums[2], times=False, size=size),
            Arithmetic("z =", sums[2], bias, sums[3], times=False, size=size),
        ]
        for line, colours in zip(
            lines,
            (
                (WEIGHT, INK, signed(p1)),
                (WEIGHT, INK, signed(p2)),
                (signed(p1), signed(p2), signed(sums[2])),
                (signed(sums[2]), WEIGHT, signed(sums[3])),
            ),
            strict=True,
        ):
            line.paint(*colours)
        for line, (x, y) in zip(
            lines, ((-5.2, -2.3), (-5.2, -3.1), (0.9, -2.3), (0.9, -3.1)), strict=True
        ):
            line.move_to([x, y, 0], LEFT)
        self.lines = VGroup(*lines)
        return lines

    def multiply(self, k, row):
        neuron = self.neuron
        self.play(FadeIn(row.words), run_time=style.QUICK)
        weight, given = neuron.weights[k][1][1], neuron.inputs[k].number
        self.play(row.fetch(0, weight), row.fetch(1, given))
        self.play(
            Advance(neuron, to=k + 1),
            row.answer(self.trace.inputs[k], (0.3, 0.5), rate_func=linear),
            run_time=2.4,
        )

    # The curve

    def activation_plot(self):
        shown = np.abs(CURVE) <= SHOWN
        z, curve = CURVE[shown], self.trace.curve[shown]
        low, high = float(curve.min()), float(curve.max())
        area = PlotArea(
            (-SHOWN, SHOWN),
            (low, high),
            width=SIDE,
            height=2.9,
            x_label="sum",
            y_label="output",
            y_ticks=2,
        )
        area.shift(np.array([PANEL, -1.75, 0]) - area.frame.get_corner(DOWN + LEFT))
        line = Curve(area, curve, z, color=HIDDEN, tip=False, step=len(z) - 1)
        line.dot.set_opacity(0)
        return VGroup(area, line)

    def about_the_curve(self):
        return {
            "sigmoid": "Whatever the sum, the output stays between zero and one.",
            "tanh": "Whatever the sum, the output stays between minus one and one.",
            "relu": "Below zero the output is nothing, above it is the sum itself.",
            "identity": "This one does not bend at all: the output is the sum itself.",
        }[self.trace.settings.activation]

    # The plane

    def plane(self):
        size = style.LABEL_SIZE
        field = DecisionField(
            0 * self.trace.tint,
            SPAN,
            SPAN,
            width=SIDE,
            height=SIDE,
            x_label=Maths("x_1", size=size),
            y_label=Maths("x_2", size=size),
            line=0,
        )
        field.shift(np.array([PANEL, -1.95, 0]) - field.area.frame.get_corner(DOWN + LEFT))
        return field

    def walk(self, dot, field, corners, seconds):
        corners = np.asarray(corners)
        along = np.linspace(0, len(corners) - 1, 60)
        path = [np.interp(along, np.arange(len(corners)), axis) for axis in corners.T]
        self.play(Wander(self.neuron, dot, field, np.stack(path, axis=1)), run_time=seconds)

    def ends_of_line(self):
        """The two ends of the split within the plane; None where there is no split."""
        found = self.trace.crossings
        if len(found) < 2:
            return None
        first = found[np.argmax(np.linalg.norm(found - found.mean(axis=0), axis=1))]
        last = found[np.argmax(np.linalg.norm(found - first, axis=1))]
        return (first, last) if first[0] <= last[0] else (last, first)

    def line_of(self, field, first, last):
        line = stroke(INK, 5)
        return line.set_points_as_corners(field.place([first, last]))

    def follow_the_weights(self, dot, field, middle):
        weights = self.trace.weights
        unit = SIDE / (SPAN[1] - SPAN[0])
        arrow = VectorArrow(field.place(middle), unit * weights, color=WEIGHT, width=7)
        room = 0.9 * np.min(
            np.where(weights != 0, (SPAN[1] - np.sign(weights) * middle) / np.abs(weights), np.inf)
        )
        here = self.neuron.values
        self.walk(dot, field, [here, middle], style.NORMAL)
        self.play(FadeIn(arrow), run_time=style.QUICK)
        self.bring_to_front(dot)
        self.walk(dot, field, [middle, middle + min(1.0, room) * weights], 2.0)


def signed(value):
    """The colour of a signed number."""
    return style.POSITIVE.dark if value >= 0 else style.NEGATIVE.dark
