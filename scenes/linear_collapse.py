"""Linear collapse: matrices multiply into one, every size draws one line, and ReLU bends it."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    ReplacementTransform,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    rush_into,
)

from vizdl import style
from vizdl.experiments import linear_collapse
from vizdl.experiments.base import number
from vizdl.experiments.linear_collapse import SPAN
from vizdl.mobjects import (
    DecisionField,
    Label,
    Maths,
    Mesh,
    Number,
    PlotArea,
    Points,
    SignedMatrix,
    Story,
    Through,
    beat,
)
from vizdl.mobjects.advance import InPlace

INK, MUTED = style.INK.dark, style.MUTED.dark
COLOURS = [
    role.dark for role in (style.INK, style.GRADIENT, style.LOSS, style.HIDDEN, style.WEIGHT)
]
SHOWN = 8  # units of a layer, at most
LIMIT = 2.0  # of the output: where the colour is full
ROW_Y, RESULT_Y = 0.75, -2.1
LEFT_X, FLOOR = -3.2, -0.1


class Multiply(InPlace):
    """Each row of one matrix meets each column of another; what they make appears."""

    def __init__(self, left, right, result, **options):
        self.left, self.right, self.result = left, right, result
        super().__init__(VGroup(left, right, result), **{"rate_func": linear, **options})

    def interpolate_mobject(self, alpha):
        """Show the first of the products, and where the next one comes from."""
        rows, columns = self.result.shape
        at = min(int(alpha * rows * columns), rows * columns - 1)
        for k, cell in enumerate(self.result.cells):
            cell.set_opacity(1.0 if k < at or alpha >= 1 else 0.0)
        if alpha < 1:
            self.left.select(row=at // columns)
            self.right.select(column=at % columns)
        else:
            self.left.select()
            self.right.select()


class LinearCollapse(Story):
    """Three beats: the product, the line, the bend."""

    title = "Linear layers collapse"
    experiment = linear_collapse

    def construct(self):
        self.open("Do more layers make a network more powerful?")
        self.multiply()
        self.train_it()
        self.try_other_sizes()
        self.bend_it()
        self.close(
            "product",
            "parameters",
            "linear_right",
            "bent_right",
            say="Without an activation, depth is for nothing: it is all one line.",
        )

    @beat
    def multiply(self):
        trace = self.trace
        row = self.matrices()
        depth = len(trace.weights)
        count = {1: "One layer: one matrix", 2: "Two layers: two matrices"}.get(
            depth, f"{depth} layers: {depth} matrices"
        )
        self.say(f"{count}, with no activation after them.")
        names = VGroup(*[
            Maths(f"W_{depth - k}", size=style.LABEL_SIZE).next_to(matrix, UP, buff=0.2)
            for k, matrix in enumerate(row)
        ])  # fmt: skip
        inputs = Maths("bold(x)", size=style.TITLE_SIZE).next_to(row, RIGHT, buff=0.3)
        self.play(FadeIn(row), FadeIn(names), FadeIn(inputs), run_time=style.NORMAL)
        self.wait(style.NORMAL)
        right = row[-1]
        if depth > 1:
            self.say("But a matrix times a matrix is a matrix. Multiply them, row by column.")
        for k in range(1, depth):
            left = row[depth - 1 - k]
            right = self.meet(left, right, trace.products[k], names[depth - 1 - k :], k)
            names = VGroup(*names[: depth - 1 - k])
        a, b, c = trace.lines[-1]
        if depth > 1:
            self.say(f"All {depth} of them are this: two numbers.")
            goal = np.array([0, ROW_Y, 0])
            whole = VGroup(right, inputs)
            self.play(whole.animate.scale(1.8).move_to(goal), FadeOut(names), run_time=style.NORMAL)
        numbers = VGroup(*[
            Number(value, digits=3, size=style.BODY_SIZE).next_to(right.column(j), DOWN, buff=0.25)
            for j, value in enumerate((a, b))
        ])  # fmt: skip
        numbers[0].shift(0.35 * LEFT)
        numbers[1].shift(0.35 * RIGHT)
        self.play(FadeIn(numbers), run_time=style.NORMAL)
        sign = "+" if c >= 0 else "-"
        plus = "+" if b >= 0 else "-"
        rule = Maths(
            f"{number(a)} thin x_1 {plus} {number(abs(b))} thin x_2 {sign} {number(abs(c))} = 0",
            size=style.TITLE_SIZE,
        ).move_to([0, RESULT_Y, 0])
        self.say("With what the biases add up to, that is the equation of a straight line.")
        self.play(FadeIn(rule, shift=0.2 * UP), run_time=style.NORMAL)
        self.wait(style.NORMAL)
        self.play(FadeOut(right, numbers, rule, inputs, names), run_time=style.QUICK)

    def meet(self, left, right, product, names, k):
        """Two matrices become their product, which takes the place of the right one."""
        shown = product[:SHOWN]
        result = SignedMatrix(shown, cell=self.cell)
        result.move_to([right.get_center()[0], RESULT_Y, 0])
        self.add(result)
        self.play(Multiply(left, right, result, run_time=2.4 if k == 1 else 1.2))
        place = right.get_center()
        self.play(
            FadeOut(left, right, names),
            result.animate.move_to([place[0], place[1], 0]),
            run_time=style.QUICK,
        )
        return result

    @beat
    def train_it(self):
        trace = self.trace
        self.set_plane()
        self.say("So this is all that the trained network can draw between the clouds.")
        self.play(FadeIn(self.area, self.field, self.points), run_time=style.NORMAL)
        self.add(self.tally)
        self.play(
            Through(self.field, trace.fields),
            UpdateFromAlphaFunc(self.right, self.counter(trace.right), rate_func=linear),
            run_time=4,
        )
        self.wait(style.QUICK)

    @beat
    def try_other_sizes(self):
        trace, scan = self.trace, self.trace.scan
        self.say("Perhaps it was too small. Try other depths and widths, each of them trained.")
        rows, lines = VGroup(), VGroup()
        for k, (depth, width) in enumerate(zip(scan.depths, scan.widths, strict=True)):
            words = f"{depth} layers of {width}" if depth > 1 else "1 layer"
            row = Label(f"{words}: {scan.right[k]} of {len(trace.y)}", color=COLOURS[k])
            rows.add(row)
            a, b, c = scan.lines[k]
            size = np.hypot(a, b)
            foot, along = -c * np.array([a, b]) / size**2, np.array([-b, a]) / size
            ends = foot + np.array([[-9.0], [9.0]]) * along
            lines.add(Mesh(ends, self.area, color=COLOURS[k], width=14 - 2.6 * k).set_z_index(k))
        rows.arrange(DOWN, aligned_edge=LEFT, buff=0.32)
        rows.move_to([1.2, 0.55, 0], LEFT)
        self.points.set_z_index(9)
        self.play(FadeOut(self.field.line), run_time=style.QUICK)
        for row, line in zip(rows, lines, strict=True):
            self.play(FadeIn(row, shift=0.1 * UP), Create(line), run_time=style.NORMAL)
        turn = self.facts["turn"].text
        self.say(f"It is the same line, to {turn}. More layers have changed nothing.")
        self.wait(style.NORMAL)
        self.play(FadeOut(rows, lines), FadeIn(self.field.line), run_time=style.QUICK)

    @beat
    def bend_it(self):
        trace = self.trace
        before = Maths("W_2 (W_1 bold(x) + bold(b)_1) + bold(b)_2", size=style.BODY_SIZE)
        after = Maths(
            'W_2 {{ op("ReLU") : g }} (W_1 bold(x) + bold(b)_1) + bold(b)_2', size=style.BODY_SIZE
        )
        for rule in (before, after):
            rule.move_to([3.6, 0.9, 0])
        after.select("g").set_color(style.HIDDEN.dark)
        self.say("Now put one thing between the same layers: ReLU. It cuts off what is negative.")
        self.play(FadeIn(before), run_time=style.QUICK)
        self.play(ReplacementTransform(before, after), run_time=style.NORMAL)
        self.say("No product can move past it. Train again, and the boundary bends.")
        self.play(
            Through(self.field, trace.bent_fields, rate_func=rush_into),
            UpdateFromAlphaFunc(self.right, self.counter(trace.bent_right), rate_func=rush_into),
            run_time=6,  # slow at first: there it happens
        )
        self.poster()
        self.wait(style.SLOW)

    # The stage

    def matrices(self):
        """The trained matrices in a row, the last one first, of wide layers a part."""
        given = [w[:SHOWN, :SHOWN] for w in reversed(self.trace.weights)]
        self.cell = min(0.3, 9.5 / sum(w.shape[1] for w in given))
        row = VGroup(*[SignedMatrix(w, cell=self.cell) for w in given]).arrange(RIGHT, buff=0.3)
        return row.move_to([-0.3, ROW_Y, 0])

    def set_plane(self):
        trace = self.trace
        self.area = PlotArea(
            SPAN, SPAN, width=5.4, height=5.4, x_ticks=[-1, 0, 1], y_ticks=[-1, 0, 1], grid=False
        )
        self.area.shift(np.array([LEFT_X, FLOOR, 0]) - self.area.frame.get_center())
        self.field = DecisionField(trace.fields[0], SPAN, SPAN, limit=LIMIT, area=self.area)
        self.field.set_z_index(-1)
        self.points = Points(trace.x, trace.y, self.area, radius=0.09).set_z_index(2)
        self.right = Number(trace.right[0], places=0, size=style.TITLE_SIZE, anchor="right")
        of = Label(f"of {len(trace.y)} on their side", size=style.BODY_SIZE)
        self.tally = VGroup(self.right, of)
        self.right.move_to([2.0, -2.3, 0], RIGHT)
        of.next_to(self.right, RIGHT, buff=0.25).align_to(self.right, DOWN)

    def counter(self, right):
        """Lets a number show how many points are right, from the start of a training on."""
        return lambda part, share: part.set_value(right[round(share * (len(right) - 1))])
