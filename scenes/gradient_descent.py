"""Gradient descent: find the steepest direction, turn round, step, and again."""

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
    VGroup,
    rush_from,
)

from vizdl import style
from vizdl.experiments import gradient_descent
from vizdl.experiments.base import number
from vizdl.mobjects import (
    Advance,
    Assignment,
    ContourMap,
    Counter,
    Curve,
    DescentPath,
    DirectionFan,
    Label,
    LossCurve,
    Maths,
    PlotArea,
    Story,
    Swing,
    VectorArrow,
    beat,
    loss_area,
)

FLAT = 1e-9  # a gradient shorter than this has no direction
ARROW = 1.7  # units of the frame: the gradient as it is first drawn
DATA, INK, MUTED = style.DATA.dark, style.INK.dark, style.MUTED.dark
GRADIENT, LOSS, WEIGHT = style.GRADIENT.dark, style.LOSS.dark, style.WEIGHT.dark
RIGHT_EDGE, BOTTOM = 6.35, -3.55


class GradientDescent(Story):
    """Four beats on one map: directions, a step, the whole run, other starts."""

    title = "Gradient descent"
    experiment = gradient_descent

    def construct(self):
        self.open("Which way is down?")
        self.try_directions()
        self.turn_round()
        self.again_and_again()
        self.other_starts()
        self.close(
            "steepest_angle",
            "steps_uphill",
            "minima_found",
            say="Find the gradient, turn round, take a step. Repeated, that finds a minimum.",
        )

    @beat
    def try_directions(self):
        self.set_stage()
        self.say("A loss over two weights, seen from above: the darker, the lower.")
        self.play(
            FadeIn(self.map.area),
            LaggedStart(*[FadeIn(band) for band in self.map.bands], lag_ratio=0.12),
            FadeIn(self.map.lines),
            FadeIn(self.key),
            run_time=1.5,
        )
        self.play(FadeIn(self.ball, scale=2), run_time=style.QUICK)
        self.zoom_in()
        dial, rises, falls = self.direction_dial()
        self.play(FadeIn(dial), run_time=style.QUICK)
        self.say("Stand at one point. How steep is the ground, in each of 360 directions?")
        self.add(rises, falls, self.fan)
        self.bring_to_front(self.ball)
        sweep = [Advance(part, to=360) for part in (rises, falls, self.fan)]
        self.play(*sweep, run_time=5.0)
        if self.flat:
            self.say("Nowhere: here the ground is flat, and the gradient is zero.")
            self.play(FadeOut(dial, rises, falls, self.fan))
            return
        self.meet_the_gradient(dial, rises, falls)

    def meet_the_gradient(self, dial, rises, falls):
        angle, slope = np.degrees(self.trace.angles), self.trace.slopes
        k = self.trace.steepest
        peak = Dot(dial.place(angle[k], slope[k]), radius=0.1, color=GRADIENT)
        foot = dial.place(angle[k], dial.y_span.low)
        plumb = DashedLine(peak.get_center(), foot, color=GRADIENT, stroke_width=2.5)
        table = self.two_directions(dial)
        self.say("One of them rises most steeply.")
        self.play(FadeIn(peak, scale=2), FadeIn(plumb), FadeIn(table[0], shift=0.1 * UP))
        angle = self.facts["steepest_angle"].text
        self.say(f"The gradient, computed from the formula, points the same way, to {angle}.")
        self.arrow = VectorArrow(self.centre, np.zeros(2), width=8, head=0.34)
        self.add(self.arrow)
        self.bring_to_front(self.ball)
        self.nabla.move_to(self.centre + np.append(1.22 * ARROW * self.direction, 0))
        self.play(
            Swing(self.arrow, to=ARROW * self.direction),
            FadeIn(self.nabla),
            FadeIn(table[1], shift=0.1 * UP),
        )
        self.wait(style.NORMAL)
        self.play(FadeOut(dial, rises, falls, peak, plumb, table, self.fan))

    @beat
    def turn_round(self):
        if self.flat:
            return
        rate = f"{self.trace.settings.learning_rate:.3g}"
        rule, sums = self.update_rule(), self.arithmetic()
        self.say("The gradient points uphill. So turn round.")
        self.play(FadeIn(rule[0]), ReplacementTransform(self.nabla, rule.gradient))
        self.play(Swing(self.arrow, to=-ARROW * self.direction), FadeIn(rule.minus, scale=2))
        self.say(f"The learning rate, {rate}, makes a step of it: {rate} times the gradient.")
        step, inside = self.first_step()
        self.play(FadeIn(rule.rate, scale=2), FadeIn(sums[:-1]))
        self.play(Swing(self.arrow, to=step[:2]), run_time=style.NORMAL)
        losses = self.trace.path.losses
        change = "falls" if losses[1] < losses[0] else "rises"
        before, after = number(losses[0]), number(losses[1])
        self.say(f"Take it, and the loss {change} from {before} to {after}.")
        self.play(FadeIn(sums[-1]), run_time=style.QUICK)
        move = self.ball.animate.shift(step) if inside else FadeOut(self.ball, shift=step)
        self.play(move, *[row.tick() for row in sums], run_time=style.SLOW)
        self.wait(style.QUICK)
        self.play(FadeOut(rule), FadeOut(sums), FadeOut(self.arrow))

    @beat
    def again_and_again(self):
        path, losses = self.trace.path, self.trace.path.losses
        first = 0 if self.flat else 1
        self.zoom_out(first)
        walk = DescentPath(self.map.area, path.positions, gradients=path.gradients, step=first)
        area = self.loss_axes(losses, height=3.7)
        loss = LossCurve([losses], area=area, step=first)
        counter = self.step_counter(first)
        self.say("At the new point the gradient is another one. Turn round, step, and again.")
        self.play(FadeIn(walk), FadeIn(loss), FadeIn(counter), FadeOut(self.ball))
        steps = self.last_step
        self.play(*self.steps_of(walk, loss, counter, to=min(6, steps)), run_time=3.5)
        self.say(self.how_it_went())
        self.play(*self.steps_of(walk, loss, counter, to=steps), run_time=4.0)
        self.wait(style.NORMAL)
        self.walk = VGroup(walk, loss, counter)

    @beat
    def other_starts(self):
        trace = self.trace
        colours = [self.colour_of(k) for k in trace.reached]
        walks, losses = np.moveaxis(trace.others.positions, 1, 0), trace.others.losses
        look = {"color": DATA, "width": 3, "dots": False}
        paths = VGroup(*[DescentPath(self.map.area, walk, **look) for walk in walks])
        marks = VGroup(*[Dot(spot, 0.07, color=DATA) for spot in self.map.place(trace.starts)])
        area = self.loss_axes(losses, height=2.3)
        loss = LossCurve(list(losses.T), area=area, colors=[DATA], width=2.5)
        self.say(f"Does it always end there? Start {len(paths)} runs, all over the map.")
        balls = LaggedStart(*[FadeIn(path, scale=1.5) for path in paths], lag_ratio=0.08)
        self.play(balls, FadeOut(self.walk), FadeIn(loss, marks), run_time=1.5)
        self.say("All follow the same rule, each from where it stands.")
        to = len(losses) - 1
        runs = [Advance(path, to=to) for path in [*paths, loss]]
        self.play(*runs, run_time=5.0, rate_func=rush_from)
        rings, tally = self.tally()
        self.say(self.where_they_end())
        recolour = [
            pair.animate.set_color(colour)
            for group in (paths, loss.curves, marks)
            for pair, colour in zip(group, colours, strict=True)
        ]
        self.play(*[FadeIn(ring, scale=2) for ring in rings], *recolour)
        self.play(LaggedStart(*[FadeIn(row, shift=0.2 * LEFT) for row in tally], lag_ratio=0.25))
        self.poster()
        self.wait(style.SLOW)

    # The stage: the map, the ground close up, and what lies where

    def set_stage(self):
        trace = self.trace
        self.map = ContourMap(trace.surface, width=6.1, height=5.35)
        frame = self.map.area.frame
        self.map.shift(np.array([-5.7, BOTTOM + 0.5, 0]) - frame.get_corner(DOWN + LEFT))
        self.panel_left = frame.get_right()[0] + 1.5
        self.centre = frame.get_center()
        close = ContourMap(trace.close, width=frame.width, height=frame.height)
        close.shift(self.centre - close.area.frame.get_center())
        self.close_up, self.ground = close, VGroup(close.bands, close.lines)
        self.window = Rectangle(width=frame.width, height=frame.height)
        self.window.move_to(self.centre).set_stroke(INK, 2)
        self.start = self.map.place(trace.path.positions[0])
        self.ball = Dot(self.start, radius=0.12, color=INK).set_stroke(style.BACKGROUND.dark, 2)
        length = float(np.linalg.norm(trace.gradient))
        self.flat = length < FLAT
        self.direction = trace.gradient / (length or 1.0)
        self.nabla = Maths("nabla J", color=GRADIENT)
        self.key = self.legend()
        self.fan = DirectionFan(
            self.centre, trace.angles, trace.slopes, radius=1.5, limit=max(length, FLAT)
        )
        self.last_step = trace.settings.steps
        if trace.path.diverged_at >= 0:
            self.last_step = int(trace.path.diverged_at)

    def legend(self):
        """What the map shows: the function's name, its formula where it fits, the colours."""
        name = Label(self.trace.title, size=style.BODY_SIZE)
        rows = VGroup(name)
        for size in (style.LABEL_SIZE, style.SMALL_SIZE):
            formula = Maths(self.trace.formula, size=size, color=MUTED)
            if self.panel_left + formula.width <= RIGHT_EDGE:
                rows.add(formula)
                break
        rows.arrange(DOWN, buff=0.3, aligned_edge=LEFT).move_to([self.panel_left, 1.75, 0], LEFT)
        key = self.map.key(height=3.2)
        return VGroup(rows, key.next_to(rows, DOWN, buff=0.5, aligned_edge=LEFT))

    def zoom_in(self):
        ratio = self.map.unit / self.close_up.unit
        self.window.scale(ratio).move_to(self.start)
        self.play(FadeIn(self.window), run_time=style.QUICK)
        self.ground.scale(ratio).move_to(self.start)
        self.add(self.ground, self.window)
        self.bring_to_front(self.ball)
        gone = FadeOut(self.map.area), FadeOut(self.key)
        ball = self.ball.animate.move_to(self.centre)
        self.play(*self.scaled(1 / ratio, self.centre), ball, *gone, run_time=1.5)
        self.play(FadeOut(self.window), run_time=0.3)

    def zoom_out(self, step):
        at = self.trace.path.positions[step]
        self.bring_to_front(self.ground, self.window, self.ball)
        held = bool(self.map.area.holds(*at))
        ball = self.ball.animate.move_to(self.map.place(at)) if held else FadeOut(self.ball)
        ratio = self.map.unit / self.close_up.unit
        self.play(*self.scaled(ratio, self.start), ball, run_time=1.5)
        self.play(FadeOut(self.ground), FadeOut(self.window), FadeIn(self.map.area), run_time=0.5)

    def scaled(self, ratio, at):
        """The ground close up, and the window round it, grow or shrink on their way."""
        return [part.animate.scale(ratio).move_to(at) for part in (self.ground, self.window)]

    # What stands beside the map

    def direction_dial(self):
        angles, slopes = np.degrees(self.trace.angles), self.trace.slopes
        reach = 1.15 * (float(np.linalg.norm(self.trace.gradient)) if not self.flat else 1.0)
        dial = PlotArea(
            (0, 360), (-reach, reach), width=RIGHT_EDGE - 0.95 - self.panel_left, height=2.9,
            x_label="direction", y_label="slope", x_ticks=[0, 90, 180, 270, 360], x_unit="°",
        )  # fmt: skip
        dial.shift(np.array([self.panel_left, 2.1, 0]) - dial.frame.get_corner(UP + LEFT))
        up, down = np.where(slopes >= 0, slopes, np.nan), np.where(slopes < 0, slopes, np.nan)
        rises = Curve(dial, up, angles, color=style.POSITIVE.dark)
        falls = Curve(dial, down, angles, color=style.NEGATIVE.dark)
        return dial, rises, falls

    def two_directions(self, dial):
        trace, k = self.trace, self.trace.steepest
        exact = float(np.degrees(np.arctan2(*trace.gradient[::-1]))) % 360
        lines = [
            ("steepest of 360", np.degrees(trace.angles[k]), trace.slopes[k], INK),
            ("the gradient", exact, np.linalg.norm(trace.gradient), GRADIENT),
        ]
        rows = VGroup()
        right = dial.frame.get_right()[0] + 0.7
        for row, (name, angle, size, colour) in enumerate(lines):
            y = dial.frame.get_bottom()[1] - 1.35 - 0.55 * row
            words = Label(name, color=colour).move_to([0, y, 0])
            words.align_to(dial.frame, LEFT)
            cells = [
                Label(f"{angle:.1f}°", color=colour).move_to([right - 1.25, y, 0], RIGHT),
                Label(number(float(size)), color=colour).move_to([right, y, 0], RIGHT),
            ]
            rows.add(VGroup(words, *cells))
        return rows

    def first_step(self):
        """The first step on the ground close up, cut off where it leaves it."""
        start, stop = self.trace.path.positions[:2]
        if not np.isfinite(stop).all():
            stop = start
        line = self.close_up.area.outline(*np.stack([start, stop], axis=-1))
        inside = bool(self.close_up.area.holds(*stop))
        return line[-1] - line[0] if len(line) else np.zeros(3), inside

    def update_rule(self):
        """The rule in pieces: the gradient lands in it, then the sign, then the rate."""
        source = self.experiment.EQUATIONS["update"]
        for name, old in (("minus", "-"), ("rate", "eta thin"), ("gradient", "nabla J")):
            source = source.replace(old, "{{ " + old + " : " + name + " }}", 1)
        whole = Maths(source, size=style.TITLE_SIZE)
        whole.move_to([self.panel_left - 0.95, 1.75, 0], LEFT)
        parts = {name: whole.select(name) for name in ("minus", "rate", "gradient")}
        taken = {id(glyph) for part in parts.values() for glyph in part.get_family()}
        rest = VGroup(
            *[glyph for glyph in whole.family_members_with_points() if id(glyph) not in taken]
        )
        rule = VGroup(
            rest, *[VGroup(*part.family_members_with_points()) for part in parts.values()]
        )
        rule.minus, rule.rate, rule.gradient = rule[1:]
        rule.gradient.set_color(GRADIENT)
        return rule

    def arithmetic(self):
        """The rule in numbers, a row a weight, and the loss: their results will tick."""
        left = self.panel_left - 0.95
        for size in (style.BODY_SIZE, style.LABEL_SIZE):
            rows = self.sums(size)
            stop = left + 0.7 + max(row.terms.width for row in rows) + 0.35
            if stop + 1.6 <= RIGHT_EDGE:
                break
        for row, y in zip(rows, (0.4, -0.4, -1.6), strict=True):
            row.arrange_at(left, stop, y)
        return rows

    def sums(self, size):
        path, slope = self.trace.path, self.trace.gradient
        rate = f"{self.trace.settings.learning_rate:.3g}"
        rows = VGroup()
        for d in (0, 1):
            old, new = path.positions[:2, d]
            terms = f"{number(old)} − {rate} · ({number(slope[d])})"
            rows.add(Assignment(f"w_{d + 1}", terms, old, new, color=WEIGHT, size=size))
        rows.add(Assignment("J(bold(w))", "", *path.losses[:2], color=LOSS, size=size))
        return rows

    def step_counter(self, step):
        return Counter(step=step).move_to([self.panel_left, -2.95, 0], LEFT)

    def loss_axes(self, losses, height):
        area = loss_area(losses, width=RIGHT_EDGE - 1.0 - self.panel_left, height=height)
        area.y_label.set_color(LOSS)
        return area.shift(np.array([self.panel_left, 2.1, 0]) - area.frame.get_corner(UP + LEFT))

    def steps_of(self, *parts, to):
        return [Advance(part, to=to) for part in parts]

    def how_it_went(self):
        trace = self.trace
        if trace.path.diverged_at >= 0:
            return "These steps are too long: each overshoots, and the run diverges."
        distance, steps = trace.distance, self.last_step
        falls = "The loss keeps falling. " if self.facts["steps_uphill"].holds else ""
        if distance > gradient_descent.CONVERGED:
            return f"{falls}After {steps} steps it is still {number(distance, 2)} from a minimum."
        within = 10 ** np.ceil(np.log10(max(distance, 1e-12)))
        return f"{falls}After {steps} steps it stands at a minimum, to within {within:g}."

    def colour_of(self, minimum):
        return style.SERIES[minimum].dark if minimum >= 0 else MUTED

    def tally(self):
        """A ring round each minimum, and how many of the starts ended in it."""
        trace = self.trace
        rings, rows = VGroup(), VGroup()
        ends = [*range(len(trace.minima)), -1]
        counts = [int((trace.reached == k).sum()) for k in ends]
        for k, count in zip(ends, counts, strict=True):
            if k < 0 and not count:
                continue
            colour = self.colour_of(k)
            if k >= 0:
                ring = Circle(radius=0.22, color=colour, stroke_width=5)
                rings.add(ring.move_to(self.map.place(trace.minima[k])))
            column, line = len(rows) % 2, len(rows) // 2
            at = np.array([self.panel_left - 0.3 + 2.5 * column, -1.75 - 0.75 * line, 0])
            mark = Circle(radius=0.15, color=colour, stroke_width=5).move_to(at, LEFT)
            ending = "elsewhere" if k < 0 else ("ends here" if count == 1 else "end here")
            words = Label(f"{count} {ending}", color=colour)
            rows.add(VGroup(mark, words.next_to(mark, RIGHT, buff=0.2)))
        return rings, rows

    def where_they_end(self):
        found = int(self.facts["minima_found"].value)
        if found > 1:
            return f"They end in {found} different minima: the start decides which one is found."
        if found == 1:
            return "Those that arrive all end in the same minimum."
        return "None has reached a minimum yet."
