"""Activations: five functions, half circles that no line cuts, and the plane folded for one."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    Create,
    FadeIn,
    FadeOut,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    smooth,
)

from vizdl import style
from vizdl.experiments import activations
from vizdl.experiments.activations import BENT, SPOKEN, X, Y
from vizdl.mobjects import (
    Advance,
    Curve,
    DecisionField,
    Label,
    Mesh,
    Number,
    PlotArea,
    Points,
    SetValues,
    Story,
    Through,
    Tick,
    beat,
)

INK, MUTED, VALUE, SLOPE = (
    role.dark for role in (style.INK, style.MUTED, style.HIDDEN, style.GRADIENT)
)
LIMIT = 12.0  # of the output: where the colour of the plane is full
REACH = 1.25  # of the hidden space: its points reach to 1
FLAT = 2.0  # the plane is this times smaller where it lies unfolded in the hidden space
LEFT_X, RIGHT_X, FLOOR = -3.35, 3.4, -0.15  # where the two pictures stand


class Line(Mesh):
    """The best line of each direction, turned through `step` of them: ``Line(cuts, area)``."""

    def __init__(self, cuts, area, step=0.0):
        self.cuts = cuts
        super().__init__(np.zeros((2, 2)), area, color=INK, width=4)
        self.set_step(step)

    def set_step(self, step):
        """Show the line of the direction `step`; between two of them the nearer one's offset."""
        self.step = float(step)
        k = round(self.step)
        angle, offset = self.cuts.angles[k], self.cuts.offsets[k]
        normal = np.array([np.cos(angle), np.sin(angle)])
        along = np.array([-normal[1], normal[0]])
        return self.set_values(offset * normal + np.array([[-9.0], [9.0]]) * along)


class Activations(Story):
    """Five beats: the functions, a line that fails, the fold, the fold undone, and without."""

    title = "Activation functions"
    experiment = activations

    def construct(self):
        self.open("Why is a neuron's sum bent before it is passed on?")
        self.five_functions()
        self.no_line_will_do()
        self.fold_the_plane()
        self.lay_it_flat_again()
        self.leave_the_bend_out()
        self.close(
            "best_line",
            "right",
            "plain_right",
            "fold",
            say="The activation bends. That is what lets a network draw more than a line.",
        )

    @beat
    def five_functions(self):
        trace = self.trace
        tops, feet = VGroup(), VGroup()
        names = VGroup()
        for k, name in enumerate(BENT):
            for row, group, y in ((0, tops, 1.15), (1, feet, -1.95)):
                area = PlotArea(
                    (-4, 4), (-1.2, 2.4) if row == 0 else (-0.3, 1.4), width=1.9,
                    height=1.6 if row else 2.3, x_ticks=[0.0] if row else [], y_ticks=[0.0, 1.0],
                )  # fmt: skip
                shift = np.array([2.6 * (k - 2) + 0.1, y, 0]) - area.frame.get_center()
                group.add(area.shift(shift))
            label = Label(SPOKEN[name], size=style.LABEL_SIZE)
            names.add(label.next_to(tops[k].frame, UP, buff=0.2))
            label.align_to(names[0], UP)
        values = VGroup(*[
            Curve(area, y, trace.z, color=VALUE, tip=False)
            for area, y in zip(tops, trace.values, strict=True)
        ])  # fmt: skip
        slopes = VGroup(*[
            Curve(area, y, trace.z, color=SLOPE, tip=False)
            for area, y in zip(feet, trace.slopes, strict=True)
        ])  # fmt: skip
        self.say("A neuron's sum goes through a function that is not a straight line.")
        self.play(FadeIn(tops), FadeIn(names), run_time=style.NORMAL)
        self.add(values)
        last = len(trace.z) - 1
        self.play(*[Advance(curve, to=last) for curve in values], run_time=3.5)
        self.say("Below them, in yellow, how steep each one is: training will need that.")
        slope = Label("slope", color=SLOPE).next_to(feet[0].frame, UP, buff=0.15)
        slope.align_to(feet[0].frame, LEFT)
        self.play(FadeIn(feet, slope), run_time=style.QUICK)
        self.add(slopes)
        self.play(*[Advance(curve, to=last) for curve in slopes], run_time=3.5)
        self.wait(style.NORMAL)
        self.play(FadeOut(tops, feet, names, values, slopes, slope), run_time=style.QUICK)

    @beat
    def no_line_will_do(self):
        trace = self.trace
        self.set_plane()
        count, best = len(trace.y), trace.best.right
        gauge = PlotArea(
            (0, 180), (0.4 * count, 1.02 * count), width=4.6, height=3.4, x_ticks=[0, 90, 180],
            x_unit="°", x_label="direction", y_label=f"points on their side, of {count}",
            y_ticks=[0.5 * count, count],
        )  # fmt: skip
        gauge.shift(np.array([RIGHT_X, FLOOR, 0]) - gauge.frame.get_center())
        curve = Curve(gauge, trace.cuts.right, np.degrees(trace.cuts.angles), color=INK)
        line = Line(trace.cuts, self.area)
        self.say("Two half circles of points. Can a straight line cut them apart?")
        self.play(FadeIn(self.area, self.points), run_time=style.NORMAL)
        self.play(FadeIn(line, gauge, curve), run_time=style.QUICK)
        self.say("Turn it through every direction, and move it to where it does best.")
        last = len(trace.cuts.angles) - 1
        self.play(Advance(line, to=last), Advance(curve, to=last), run_time=6)
        self.say(f"The best of all lines has {best} of {count} on their side.")
        self.play(Advance(line, to=int(trace.cuts.right.argmax()), rate_func=smooth))
        self.wait(style.NORMAL)
        self.play(FadeOut(line, gauge, curve), run_time=style.QUICK)

    @beat
    def fold_the_plane(self):
        trace, settings = self.trace, self.trace.settings
        self.set_hidden()
        name = SPOKEN[settings.activation]
        self.say(
            f"So put four hidden units between, with {name}. They give each point a new place."
        )
        self.play(FadeIn(self.hidden), FadeIn(self.mesh, self.moved), run_time=style.NORMAL)
        self.play(
            SetValues(self.mesh, trace.mesh_places[0]),
            SetValues(self.moved, trace.point_places[0]),
            run_time=style.SLOW,
        )
        tally = self.tally(trace.learnt.right[0])
        self.say("Now train. Left, what the network says of the plane; right, the plane, folded.")
        self.play(FadeIn(tally), FadeIn(self.plane), run_time=style.QUICK)
        self.play(
            Through(self.plane, trace.fields),
            Through(self.mesh, trace.mesh_places),
            Through(self.moved, trace.point_places),
            Tick(self.step, settings.steps, rate_func=linear),
            UpdateFromAlphaFunc(self.right, self.count_right, rate_func=linear),
            run_time=8,
        )
        right, count = trace.learnt.right[-1], len(trace.y)
        enough = "one straight line is enough." if right == count else f"a line has {right} right."
        self.line = Mesh(trace.boundary_places, self.hidden, color=INK, width=5).set_z_index(3)
        self.say(f"Folded like this, {enough}")
        self.play(Create(self.line), run_time=style.SLOW)
        self.poster()
        self.wait(style.NORMAL)

    @beat
    def lay_it_flat_again(self):
        trace = self.trace
        self.say("Lay the plane flat again, and the straight line becomes the curve on the left.")
        self.play(
            SetValues(self.mesh, trace.mesh / FLAT),
            SetValues(self.moved, trace.x / FLAT),
            SetValues(self.line, trace.boundary / FLAT),
            run_time=5,
        )
        self.wait(style.NORMAL)

    @beat
    def leave_the_bend_out(self):
        trace = self.trace
        right, count = trace.plain.right[-1], len(trace.y)
        self.say("And without an activation? Train the same network again.")
        self.play(FadeOut(self.line), run_time=style.QUICK)
        self.play(
            SetValues(self.plane, trace.plain_field),
            SetValues(self.mesh, trace.plain_mesh_places),
            SetValues(self.moved, trace.plain_point_places),
            Tick(self.right, right),
            run_time=3,
        )
        self.say(f"The plane is turned and stretched, never folded. {right} of {count}: a line.")
        self.wait(style.SLOW)

    # The stage: the plane at the left, its place in the hidden space at the right

    def set_plane(self):
        trace = self.trace
        self.area = PlotArea(
            X, Y, width=5.4, height=5.4 * (Y[1] - Y[0]) / (X[1] - X[0]), y_label="the plane",
            x_ticks=[-2, -1, 0, 1, 2], y_ticks=[-1, 0, 1], grid=False,
        )  # fmt: skip
        self.area.shift(np.array([LEFT_X, FLOOR, 0]) - self.area.frame.get_center())
        self.plane = DecisionField(trace.fields[0], X, Y, limit=LIMIT, area=self.area)
        self.plane.set_z_index(-1)
        self.points = Points(trace.x, trace.y, self.area).set_z_index(2)

    def set_hidden(self):
        trace = self.trace
        self.hidden = PlotArea(
            (-REACH, REACH), (-REACH, REACH), width=4.4, height=4.4, x_ticks=[], y_ticks=[],
            y_label="the hidden space", grid=False,
        )  # fmt: skip
        self.hidden.shift(np.array([RIGHT_X, FLOOR, 0]) - self.hidden.frame.get_center())
        self.mesh = Mesh(trace.mesh / FLAT, self.hidden)
        self.moved = Points(trace.x / FLAT, trace.y, self.hidden).set_z_index(2)

    def tally(self, right):
        """The step of the training, and how many points are on their side."""
        size = style.LABEL_SIZE
        self.step = Number(0, places=0, size=size, anchor="right")
        self.right = Number(right, places=0, size=size, anchor="right")
        words = [Label("step", size=size), Label(f"of {len(self.trace.y)} right", size=size)]
        row = VGroup(words[0], self.step, self.right, words[1])
        y = self.hidden.frame.get_bottom()[1] - 0.6
        self.right.move_to([0, y, 0])
        for part, x, side in zip(
            row, (-2.2, -0.9, 0.75, 0.9), (LEFT, RIGHT, RIGHT, LEFT), strict=True
        ):
            part.move_to([RIGHT_X + x, y, 0], side).align_to(self.right, UP)
        return row

    def count_right(self, number, share):
        """Show how many points are right at that share of the training."""
        right = self.trace.learnt.right
        number.set_value(right[round(share * (len(right) - 1))])
