"""Vanishing gradients: many factors, a row that fades, a fan of radii, a remedy, and the cost."""

from typing import ClassVar

import numpy as np
from manim import DOWN, LEFT, RIGHT, UP, Circle, Dot, FadeIn, FadeOut, LaggedStart, VGroup

from vizdl import style
from vizdl.experiments import recall
from vizdl.experiments import vanishing_gradients as experiment
from vizdl.experiments.base import number
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.axes import PlotArea, ValueLine
from vizdl.mobjects.cells import LossPill, SetValues
from vizdl.mobjects.curve import Curve
from vizdl.mobjects.product import Product
from vizdl.mobjects.rnn import GradientLane
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number

FACTORS = 20  # of the two products
SHOWN = 12  # states of the row
NAMED = (0, 3, 5, 7, 10)  # of the radii, those with their number beside the curve
LOW, HIGH = style.SERIES[0].dark, style.SERIES[1].dark


class VanishingGradients(Story):
    """What many small factors do to a gradient, and to what a network can learn."""

    title: ClassVar[str] = "Vanishing gradients"
    experiment = experiment

    def construct(self):
        self.open("Why does a network forget what it should have learned?")
        self.many_factors()
        self.along_the_row()
        self.a_fan()
        self.clipping()
        self.what_it_costs()
        self.close(
            "law",
            "vanished",
            "recall_far",
            say="Many small factors leave nothing, and what lies far back is not learned.",
        )

    @beat
    def many_factors(self):
        low, high = experiment.VANISHING, experiment.EXPLODING
        less = Product([low] * FACTORS, name=f"× {low:g}", color=LOW)
        more = Product([high] * FACTORS, name=f"× {high:g}", color=HIGH)
        VGroup(less, more).arrange(DOWN, buff=0.9, aligned_edge=LEFT).move_to(0.3 * DOWN)
        self.say(f"Take one, and multiply it by {low:g}. And again, and again.")
        self.play(FadeIn(less))
        self.play(Advance(less, to=FACTORS), run_time=3)
        self.say(f"After {FACTORS} times, {number(100 * low**FACTORS, 2)}% is left.")
        self.say(f"With {high:g} it goes the other way: it explodes.")
        self.play(FadeIn(more))
        self.play(Advance(more, to=FACTORS), run_time=2.5)
        self.hush()
        self.play(FadeOut(less, more))

    @beat
    def along_the_row(self):
        trace = self.trace
        shown = min(SHOWN, len(trace.left))
        size = trace.vectors.shape[1]
        lane = GradientLane(
            shown, size=size, pitch=1.02, cell_height=2.0, places=3,
            limit=0.6 * float(np.abs(trace.vectors[0]).max()),
        ).move_to(0.1 * UP + 0.35 * LEFT)  # fmt: skip
        lane.blank()
        pill = LossPill(float(trace.stepped[0]), limit=4).next_to(lane.cells[-1], UP, buff=0.5)
        rule = Maths(experiment.EQUATIONS["step_back"], size=style.BODY_SIZE).move_to(2.5 * DOWN)
        words = Label("of the gradient at the last state", size=style.SMALL_SIZE)
        words.set_color(style.MUTED.dark).next_to(lane.norms, DOWN, buff=0.25)
        self.say("That is what happens to a gradient that walks back through time.")
        self.play(FadeIn(lane, pill, words))
        self.play(*lane.arrive(shown - 1, trace.vectors[0], float(trace.left[0])), run_time=0.7)
        self.say("Each step back is one more product, by the same weights and a slope of tanh.")
        self.play(FadeIn(rule))
        for back in range(1, shown):
            place, share = shown - 1 - back, float(trace.left[back])
            self.play(
                lane.arrows[place].pulse(color=style.GRADIENT.dark),
                SetValues(lane.arrows[place], share),
                *lane.arrive(place, trace.vectors[back], share),
                run_time=0.8 if back < 4 else 0.35,
            )
        left = number(100 * float(trace.left[shown - 1]), 2)
        self.say(f"After {shown - 1} steps, {left}% of the gradient is left.")
        self.hush()
        self.play(FadeOut(lane, pill, words, rule))

    @beat
    def a_fan(self):
        trace = self.trace
        last = trace.fan.shape[-1] - 1
        self.area = PlotArea(
            (0, last), (1e-9, 1e9), width=8.6, height=4.6, log_y=True, x_label="steps back",
            y_label="gradient, of that at the last state",
            y_ticks=[1e-8, 1e-4, 1, 1e4, 1e8],
        ).move_to(0.15 * DOWN + 0.4 * LEFT)  # fmt: skip
        linear, tanh = (self.curves(row, faint) for row, faint in ((1, False), (0, True)))
        self.say("Without the tanh, the spectral radius of the weights decides.")
        self.play(FadeIn(self.area))
        self.play(*[Advance(curve, to=last) for curve in linear], run_time=3)
        self.play(FadeIn(self.tags(trace.fan[1])), run_time=0.5)
        off = self.facts["law"].text
        self.say(f"Measured: at every step the gradient changes by the radius, to within {off}.")
        self.say("The tanh takes off some more: its slope is never above one.")
        self.play(
            *[curve.animate.set_stroke(opacity=0.25) for curve in linear],
            *[Advance(curve, to=last) for curve in tanh],
            run_time=2.5,
        )
        self.poster()
        self.hush()
        self.play(FadeOut(*linear, *tanh, self.area, self.named))

    def curves(self, row, dark):
        """The fan of one activation: 0 the tanh, 1 linear."""
        chosen = {experiment.VANISHING: LOW, experiment.EXPLODING: HIGH}
        found = []
        for radius, left in zip(self.trace.radii, self.trace.fan[row], strict=True):
            named = next((c for at, c in chosen.items() if np.isclose(at, radius)), None)
            faint = style.HIDDEN.dark if dark else style.MUTED.dark
            curve = Curve(self.area, left, color=named or faint, width=5 if named else 2, tip=False)
            curve.dot.set_opacity(0)
            curve.remove(curve.dot)
            found.append(curve)
        return found

    def tags(self, fan):
        """The radius at the end of a curve, or where it leaves the picture."""
        self.named = VGroup()
        for row in NAMED:
            inside = np.flatnonzero((fan[row] < 6e8) & (fan[row] > 2e-9))
            at = self.area.place(float(inside[-1]), float(fan[row, inside[-1]]))
            text = f"{self.trace.radii[row]:g}"
            side = RIGHT if inside[-1] == len(fan[row]) - 1 else LEFT
            self.named.add(Label(text, size=style.SMALL_SIZE).move_to(at + 0.38 * side))
        return self.named

    @beat
    def clipping(self):
        trace = self.trace
        before, plain, clipped = (float(value) for value in trace.exploded)
        line = ValueLine(
            1e-2, 1e6, value=trace.exploded_norm, width=6, log=True, label="norm of the gradient",
            color=style.GRADIENT.dark,
        ).move_to(1.2 * UP)  # fmt: skip
        line.number.set_opacity(0)
        rows = VGroup()
        for words, loss in (
            ("loss before the step", before),
            ("after the step", plain),
            ("after the clipped step", clipped),
        ):
            label = Label(words, size=style.BODY_SIZE)
            shown = Number(loss, digits=3, size=style.BODY_SIZE, color=style.LOSS.dark)
            rows.add(VGroup(label, shown))
        VGroup(*[label for label, _ in rows]).arrange(DOWN, buff=0.4, aligned_edge=RIGHT)
        for label, shown in rows:
            shown.next_to(label, RIGHT, buff=0.4)
        rows.move_to(1.3 * DOWN)
        self.say("An exploded gradient throws the weights far away.")
        self.play(FadeIn(line, rows[0]))
        self.say("One step along it, and the loss is off every scale.")
        self.play(FadeIn(rows[1]))
        self.say("The remedy is simple: keep its direction, cut its length.")
        self.play(Tick(line, experiment.CLIP), run_time=1.5)
        self.play(FadeIn(rows[2]))
        self.say("What has vanished, though, no cut brings back.")
        self.hush()
        self.play(FadeOut(line, rows))

    @beat
    def what_it_costs(self):
        trace = self.trace
        area = PlotArea(
            (0, float(trace.delays[-1]) + 2), (0, 105), width=8.2, height=4.2, y_unit="%",
            x_label="steps to recall over", y_label="letters named by trained networks",
            y_ticks=[0, 25, 50, 75, 100],
        ).move_to(0.1 * DOWN)  # fmt: skip
        mean = Curve(
            area, 100 * trace.recall.mean(axis=1), trace.delays, color=style.HIDDEN.dark, tip=False
        )
        rings = VGroup()
        for delay, found in zip(trace.delays, trace.recall, strict=True):
            rings.add(
                VGroup(
                    *[
                        Circle(radius=0.09, color=style.HIDDEN.dark, stroke_width=3).move_to(
                            area.place(delay, 100 * float(share))
                        )
                        for share in found
                    ]
                )
            )
        guess = Label("a guess", size=style.SMALL_SIZE, color=style.MUTED.dark)
        guess.move_to(area.place(3, 100 / recall.LETTERS - 6))
        line = area.place(np.array([0, trace.delays[-1] + 2]), np.full(2, 100 / recall.LETTERS))
        mark = VGroup(*[Dot(at, radius=0.02) for at in np.linspace(*line, 60)])
        mark.set_color(style.MUTED.dark)
        self.say("The cost: networks are trained to name a letter read some steps ago.")
        self.play(FadeIn(area, guess, mark))
        self.say(f"Each ring is one of {experiment.SEEDS} networks, the line is their mean.")
        self.play(
            LaggedStart(*[FadeIn(group, scale=0.5) for group in rings], lag_ratio=0.5),
            Advance(mean, to=len(trace.delays) - 1),
            run_time=3,
        )
        near, far = (self.facts[name].text for name in ("recall_near", "recall_far"))
        self.say(f"Over {experiment.DELAYS[1]} steps they name {near} of the letters.")
        self.say(f"Over {experiment.DELAYS[-1]} steps, {far}: hardly more than guessing.")
