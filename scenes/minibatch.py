"""Mini-batches: one point is noisy and cheap, all are exact and dear, a batch lies between."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    Line,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    smooth,
)

from vizdl import style
from vizdl.experiments import minibatch
from vizdl.experiments.base import number
from vizdl.mobjects import (
    Advance,
    ContourMap,
    Curve,
    Label,
    Maths,
    Number,
    PlotArea,
    Story,
    Swarm,
    Swing,
    VectorArrow,
    Walker,
    beat,
)
from vizdl.mobjects.axes import stroke

ONE, SOME, ALL = (role.dark for role in style.SERIES[1:4])
GRADIENT, INK, LOSS, WEIGHT = (
    role.dark for role in (style.GRADIENT, style.INK, style.LOSS, style.WEIGHT)
)
REACH = 0.45  # an arrow is this times the gradient, in units of the weights, where there is room
ASKED = 3  # points that are asked one by one, from left, middle and right
MOMENTS = 240  # of the walk at equal cost, evenly spaced in the logarithm of the cost
WIDTHS = (3.5, 4.0, 8.0)  # of the three walkers: the widest lies at the back
LIT = 60  # above the veil that dims what is not spoken of
LEFT_X, MAP_X = -3.25, 3.3  # where the two pictures stand


class Minibatch(Story):
    """The gradient of a few random points, and where walking by it leads."""

    title = "Mini-batches"
    experiment = minibatch

    def construct(self):
        self.open("How many points does a step need?")
        self.ask_every_point()
        self.ask_one_point()
        self.ask_a_batch()
        self.walk_step_for_step()
        self.walk_at_equal_cost()
        self.close(
            "spread_slope",
            "saving",
            "wandering",
            say="So take a batch: nearly the true gradient, at a fraction of its cost.",
        )

    @beat
    def ask_every_point(self):
        trace = self.trace
        count = len(trace.problem.x)
        self.set_stage()
        self.say(f"Fit a line to {count} points. Its two weights are a place on a map of the loss.")
        self.play(FadeIn(self.data), FadeIn(self.map), run_time=1.5)
        self.play(Create(self.line), run_time=1.5)
        self.play(FadeIn(self.here, scale=3), run_time=style.NORMAL)
        self.say(f"The gradient asks all {count} points how far the line misses them.")
        errors = self.errors(np.arange(count), width=1.5)
        errors.set_stroke(opacity=0.7)
        self.spotlight(self.data, self.line)
        self.play(Create(errors.set_z_index(LIT), rate_func=linear), run_time=2)
        self.unspotlight()
        self.play(Swing(self.truth, to=self.way(trace.truth)), run_time=style.NORMAL)
        self.play(FadeIn(self.truth_name), FadeOut(errors), run_time=style.QUICK)

    @beat
    def ask_one_point(self):
        trace = self.trace
        self.say("Now ask one random point alone. It pulls the line towards itself.")
        asked = VGroup()
        order = np.argsort(trace.problem.x[trace.drawn])
        for draw in order[len(order) // (2 * ASKED) :: len(order) // ASKED]:
            asked.add(self.ask(draw))
        angle = self.facts["single_angle"].text
        self.say(f"Ask {len(trace.swarms[0])} of them. Typically each is {angle} off the true way.")
        cloud = self.way(trace.swarms[0])
        swarm = Swarm(self.here.get_center(), np.stack([0 * cloud, cloud])).set_z_index(1)
        self.add(swarm)
        self.spotlight(self.map, self.here, self.truth, self.truth_name, swarm)
        self.play(Advance(swarm, to=1, rate_func=smooth), FadeOut(asked), run_time=3)
        self.say("Yet on average they are right: their mean, the ring, is the true arrow.")
        mean = np.append(self.way(trace.swarms[0].mean(axis=0)), 0)
        self.mean = Circle(radius=0.2, color=LOSS, stroke_width=5).set_z_index(LIT)
        self.mean.move_to(self.here.get_center() + mean)
        self.play(FadeIn(self.mean, scale=8), run_time=style.SLOW)
        self.swarm = swarm

    @beat
    def ask_a_batch(self):
        trace, facts = self.trace, self.facts
        last = len(trace.batch_sizes) - 1
        area = self.plot(
            (1, 700), (0.05, 4), "points in a batch", "spread of the gradients", log_x=True
        )
        curve = Curve(area, trace.spread, trace.batch_sizes, color=GRADIENT, tip=False)
        size = Number(1, places=0, size=1.5 * style.TITLE_SIZE, color=GRADIENT, anchor="left")
        shown = VGroup(Maths("B =", size=1.5 * style.TITLE_SIZE, color=GRADIENT), size)
        shown.arrange(RIGHT, buff=0.25).next_to(area.frame.get_corner(UP + RIGHT), DOWN, buff=0)
        shown.shift(1.6 * LEFT)
        self.say("Now average B points: their errors cancel, and the swarm draws together.")
        self.play(FadeOut(self.data, self.line, self.mean), FadeIn(area, shown), run_time=1)
        self.remove(self.swarm)
        swarm = Swarm(self.here.get_center(), self.way(trace.swarms)).set_z_index(1)
        self.add(swarm, curve)
        tick = UpdateFromAlphaFunc(
            size,
            lambda part, share: part.set_value(trace.batch_sizes[int(share * last)]),
            rate_func=linear,
        )
        self.play(Advance(swarm, to=last), Advance(curve, to=last), tick, run_time=6)
        self.say(
            f"The slope is {facts['spread_slope'].text}: four times the points, half the noise."
        )
        law = Line(area.place(1, trace.predicted[0]), area.place(512, trace.predicted[-1]))
        law.set_stroke(INK, width=2.5)
        formula = Maths(minibatch.EQUATIONS["spread"], size=style.BODY_SIZE)
        formula.next_to(shown, DOWN, buff=0.15).align_to(area.frame, RIGHT)
        self.play(Create(law), FadeIn(formula), run_time=style.SLOW)
        self.noise = VGroup(area, curve, shown, law, formula)
        self.swarm = swarm

    @beat
    def walk_step_for_step(self):
        trace, facts = self.trace, self.facts
        steps = len(trace.gaps[2]) - 1
        area = self.plot((0, steps), (1e-2, 3), "steps", "loss above the least", height=4.3)
        curves = self.curves(area, [gap[: steps + 1] for gap in trace.gaps])
        sizes = self.set_walkers()
        self.say("Three walkers: one point a step, a batch, and every point.")
        gone = [self.noise, self.swarm, self.truth, self.truth_name, self.here]
        self.play(*[FadeOut(part) for part in gone], run_time=style.NORMAL)
        self.play(FadeIn(area, self.legend, self.walkers), run_time=style.NORMAL)
        self.add(curves)
        one, some = (number(facts[f"astray_{name}"].value, 2) for name in ("single", "batch"))
        self.say(
            f"Step for step, {sizes[1]} points follow the path of all to {some} % of its length, "
            f"one point to {one} %."
        )
        self.play(*[Advance(part, to=steps) for part in (*curves, *self.walkers)], run_time=6)
        self.race = VGroup(area, curves)

    @beat
    def walk_at_equal_cost(self):
        trace, facts = self.trace, self.facts
        cost = [facts[f"cost_{name}"].value for name in ("single", "batch", "full")]
        size = trace.settings.batch_size
        total = int(trace.walks[0].evaluations[-1])
        marks = np.unique(np.round(np.geomspace(1, total, MOMENTS)).astype(int))
        area = self.plot(
            (1, 1.1 * total), (1e-4, 20), "gradients computed", "loss above the least",
            log_x=True, height=4.3,
        )  # fmt: skip
        pairs = zip(trace.gaps, trace.walks, strict=True)
        curves = self.curves(area, [gap[marks // walk.batch_size] for gap, walk in pairs], marks)
        self.say("But steps do not cost the same. Start again, and count gradients instead.")
        self.play(FadeOut(self.race, self.walkers), run_time=style.NORMAL)
        for walker in self.walkers:
            walker.set_step(0)
        self.play(FadeIn(area, self.walkers), run_time=style.NORMAL)
        self.add(curves)
        flags = self.flags(area, cost)
        stops = np.maximum.accumulate([min(8 * cost[0], total), min(1.4 * cost[1], total), total])
        stops = [0, *np.minimum(np.searchsorted(marks, stops), len(marks) - 1)]
        after = [f"after {number(c)}" if np.isfinite(c) else "not at all" for c in cost]
        self.say(f"Counted in gradients, one point a step is nearly down {after[0]}.")
        self.run(curves, marks, stops[0], stops[1], 4, flags[0])
        self.say(f"The batch of {size} gets there {after[1]}.")
        self.run(curves, marks, stops[1], stops[2], 3, flags[1])
        restless = " And one point never settles: it wanders on." * facts["wandering"].holds
        self.say(f"All points get there {after[2]}.{restless}")
        self.run(curves, marks, stops[2], stops[3], 5, flags[2])
        self.poster()

    # The stage

    def set_stage(self):
        trace = self.trace
        self.map = ContourMap(trace.surface, width=5.1, height=5.1)
        frame = self.map.area.frame
        self.map.shift([MAP_X - frame.get_x(), -0.28 - frame.get_y(), 0])
        problem = trace.problem
        ends = np.array([problem.x.min(), problem.x.max()])
        w1, w2 = trace.probe
        heights = [*problem.y, *(w1 + w2 * ends)]
        self.data_area = self.plot(
            (ends[0] - 0.05, ends[1] + 0.05), (min(heights) - 0.2, max(heights) + 0.2), "x", "y",
            grid=False,
        )  # fmt: skip
        spots = self.data_area.place(problem.x, problem.y)[:, :2]
        points = Swarm([0, 0], spots, arrows=False, color=style.DATA.dark, head=0.07, opacity=0.4)
        self.data = VGroup(self.data_area, points)
        self.line = Line(*self.data_area.place(ends, w1 + w2 * ends), color=WEIGHT, stroke_width=6)
        self.here = Dot(self.map.place(trace.probe), radius=0.14, color=WEIGHT)
        self.reach = self.find_reach()
        self.here.set_stroke(style.BACKGROUND.dark, width=2).set_z_index(4)
        self.truth = VectorArrow(self.here.get_center(), [0, 0], color=INK, width=7, head=0.28)
        self.truth.set_z_index(3)
        self.add(self.truth)
        name = Label("true direction", size=style.LABEL_SIZE)
        self.truth_name = name.next_to(self.map.area.frame, UP, buff=0.16)
        self.truth_name.align_to(self.map.area.frame, RIGHT)

    def plot(self, x, y, x_label, y_label, height=5.1, **options):
        """A plot in the left half, at the foot of the map; losses are on logarithmic axes."""
        names = {"x_label": x_label, "y_label": y_label, "log_y": options.get("grid", True)}
        area = PlotArea(x, y, width=5.1, height=height, **names, **options)
        foot = self.map.area.frame.get_bottom()[1]
        return area.shift([LEFT_X - area.frame.get_x(), foot - area.frame.get_bottom()[1], 0])

    def flags(self, area, costs):
        """Where each walker has nearly arrived: its number of gradients, on a thin pole."""
        poles = []
        for cost, color, gap in zip(costs, (ONE, SOME, ALL), self.trace.gaps, strict=True):
            if not np.isfinite(cost):  # it never arrives
                poles.append(VGroup())
                continue
            foot, top = area.place(cost, self.trace.near * gap[0]), area.place(cost, 4)
            label = Label(number(cost), size=style.LABEL_SIZE, color=color, bold=True)
            label.next_to(top, UP, buff=0.1)
            for other in (pole[2] for pole in poles if len(pole)):
                if abs(label.get_x() - other.get_x()) < (label.width + other.width) / 2 + 0.1:
                    label.set_y(other.get_y() + 0.4)  # two that arrive at nearly the same cost
            pole = Line(label.get_bottom() + 0.1 * DOWN, foot, color=color, stroke_width=2.5)
            dot = Dot(foot, radius=0.09, color=color).set_stroke(style.BACKGROUND.dark, width=2)
            poles.append(VGroup(pole, dot, label).set_z_index(3))
        return poles

    def find_reach(self):
        """The largest scale, up to REACH, at which no arrow leaves the map by much."""
        frame, here = self.map.area.frame, self.here.get_center()[:2]
        low, high = frame.get_corner(DOWN + LEFT)[:2], frame.get_corner(UP + RIGHT)[:2]
        arrows = -self.map.unit * self.trace.swarms[0]
        room = np.where(arrows > 0, high + 0.4 - here, here - low + 0.6) / np.abs(arrows)
        return min(REACH, room.min())

    def way(self, gradient):
        """Gradients (..., 2) as arrows downhill, in units of the frame."""
        return -self.reach * self.map.unit * np.asarray(gradient)

    def errors(self, points, width):
        """The vertical misses of the line at these points, as one mobject."""
        problem, (w1, w2) = self.trace.problem, self.trace.probe
        x, y = problem.x[points], problem.y[points]
        first, last = self.data_area.place(x, y), self.data_area.place(x, w1 + w2 * x)
        steps = np.linspace(0, 1, 4)[:, None]
        return stroke(LOSS, width).set_points(
            (first[:, None] + steps * (last - first)[:, None]).reshape(-1, 3)
        )

    def ask(self, draw):
        """One point lights up, its miss is measured, its arrow grows on the map."""
        trace = self.trace
        point = trace.drawn[draw]
        spot = self.data_area.place(trace.problem.x[point], trace.problem.y[point])
        dot = Dot(spot, radius=0.13, color=ONE).set_z_index(2)
        error = self.errors(np.array([point]), width=5)
        arrow = VectorArrow(self.here.get_center(), [0, 0], color=GRADIENT).set_z_index(2)
        self.add(arrow)
        self.play(FadeIn(dot, scale=3), Create(error), run_time=style.QUICK)
        self.play(Swing(arrow, to=self.way(trace.swarms[0, draw])), run_time=0.8)
        return VGroup(dot, error, arrow)

    def set_walkers(self):
        walks = self.trace.walks
        self.walkers, self.legend = VGroup(), VGroup()
        for walk, color, width in zip(walks, (ONE, SOME, ALL), WIDTHS, strict=True):
            walker = Walker(self.map.area, walk.positions, color=color, width=width, trail=150)
            self.walkers.add_to_back(walker)
            words = "1 point" if walk.batch_size == 1 else f"{walk.batch_size} points"
            label = Label(words, size=style.LABEL_SIZE, color=color, bold=True)
            self.legend.add(VGroup(Dot(radius=0.11, color=color), label).arrange(RIGHT, buff=0.14))
        self.legend.arrange(RIGHT, buff=0.45).move_to([LEFT_X, 2.45, 0])
        return [walk.batch_size for walk in walks]

    def curves(self, area, losses, at=None):
        curves = VGroup()
        for loss, color, width in zip(losses, (ONE, SOME, ALL), WIDTHS, strict=True):
            curves.add_to_back(Curve(area, loss, at, color=color, width=width, tip=False))
        return curves

    def run(self, curves, marks, first, last, seconds, flag):
        """Let the count of gradients go from marks[first] to marks[last], all walkers at once."""
        clock = np.arange(len(marks))

        def share(alpha):
            spent = np.interp(first + alpha * (last - first), clock, marks)
            return (spent - marks[first]) / (marks[last] - marks[first])

        if last > first:
            moves = [Advance(curve, to=last) for curve in curves]
            for walker, walk in zip(self.walkers[::-1], self.trace.walks, strict=True):
                moves.append(Advance(walker, to=marks[last] / walk.batch_size, rate_func=share))
            self.play(*moves, run_time=seconds)
        if len(flag):
            self.play(FadeIn(flag, shift=0.2 * DOWN), run_time=style.QUICK)
