"""Regularization: too simple, right, too complex; a penalty that bends back; stopping in time."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Create,
    Dot,
    FadeIn,
    FadeOut,
    VGroup,
    smooth,
)

from vizdl import style
from vizdl.experiments import regularization
from vizdl.experiments.base import number
from vizdl.experiments.regularization import DEGREES, GRID, HIGHEST, MOMENTS, STRENGTHS
from vizdl.mobjects import (
    Advance,
    FittedCurve,
    Label,
    LossCurve,
    Maths,
    Number,
    PlotArea,
    Scatter,
    Story,
    Through,
    Tick,
    beat,
)

TRAIN, TEST = style.SERIES[0].dark, style.LOSS.dark
FIT, STOPPED, INK, MUTED = (
    role.dark for role in (style.WEIGHT, style.HIDDEN, style.INK, style.MUTED)
)
LEFT_EDGE, RIGHT_EDGE, PANEL = -6.3, 6.3, 1.55
LOSSES = (1e-3, 30.0)  # that have room on the axes


class Regularization(Story):
    """One sample, and three ways to keep a model from learning its noise."""

    title = "Regularization"
    experiment = regularization

    def construct(self):
        self.open("How complex may a model be?")
        self.too_simple_too_complex()
        self.train_falls_test_turns()
        self.the_penalty()
        self.stop_in_time()
        self.close(
            "degree",
            "strength",
            "stop",
            say="Held back, by a penalty or by stopping in time, a model does better on new data.",
        )

    @beat
    def too_simple_too_complex(self):
        self.set_stage()
        count = len(self.trace.x)
        self.say(f"{count} noisy points of a wave. The curve is to learn the wave, not the noise.")
        self.play(FadeIn(self.area), Create(self.truth.line), run_time=style.NORMAL)
        self.play(Advance(self.points, to=count), run_time=1.5)
        self.add(self.fit)
        best = self.trace.fits.best_degree
        for degree, told in (
            (1, "Degree 1, a straight line: too simple."),
            (best, f"Degree {best}: right."),
            (HIGHEST, f"Degree {HIGHEST}: it goes through the points, and is lost in between."),
        ):
            self.say(told)
            name = Label(f"degree {degree}", size=style.BODY_SIZE, color=FIT)
            name.move_to([PANEL, 1.9, 0], LEFT)
            numbers = self.numbers(
                self.trace.fits.degree_train[degree], self.trace.fits.degree_test[degree]
            )
            self.play(FadeIn(name), FadeIn(numbers), self.to(self.trace.degree_curves[degree]))
            self.wait(style.QUICK)
            if degree != HIGHEST:
                self.play(FadeOut(name, numbers), run_time=style.QUICK)
        self.beside = VGroup(name, numbers)

    @beat
    def train_falls_test_turns(self):
        fits = self.trace.fits
        area = self.loss_axes((0, HIGHEST), "degree")
        curves = self.losses(area, DEGREES.astype(float), fits.degree_train, fits.degree_test)
        self.say("All degrees in turn, and beside them the loss on the points: it only falls.")
        self.play(FadeOut(self.beside), self.to(self.trace.degree_curves[0]))
        self.play(FadeIn(curves))
        moving = Through(self.fit, self.trace.degree_curves)
        self.play(moving, Advance(curves, to=HIGHEST), run_time=6.0)
        self.say("The loss on fresh points falls, too, at first. Then it turns.")
        self.play(FadeIn(self.mark(area, fits.best_degree, fits.degree_test.min()), scale=2))
        self.wait(style.NORMAL)
        self.clear_side()

    @beat
    def the_penalty(self):
        trace, fits = self.trace, self.trace.fits
        last = len(STRENGTHS) - 1
        rule = Maths(
            "J_0 (bold(w)) + {{ lambda thin norm(bold(w))^2 : penalty }}", size=style.BODY_SIZE
        )
        rule.select("penalty").set_color(FIT)
        rule.move_to([PANEL, 2.65, 0], LEFT)
        area = self.loss_axes((STRENGTHS[0], STRENGTHS[-1]), "strength of the penalty", log_x=True)
        curves = self.losses(area, STRENGTHS, fits.strength_train, fits.strength_test)
        size = VGroup(
            Maths("norm(bold(w)) =", size=style.LABEL_SIZE, color=FIT),
            Number(float(fits.strength_norms[0]), digits=2, color=FIT, anchor="left"),
        ).arrange(RIGHT, buff=0.2)
        size.move_to([LEFT_EDGE + 0.9, 2.55, 0], LEFT)
        self.say(f"Keep degree {trace.settings.degree}, and let large weights cost something.")
        self.play(self.to(trace.strength_curves[0]), FadeIn(rule), FadeIn(curves, size))
        self.say("The stronger the penalty, the smaller the weights. The wild curve bends back.")
        best = fits.best_strength
        self.sweep(curves, size[1], 0, best, 5.0)
        ring = self.mark(area, STRENGTHS[best], fits.strength_test[best])
        self.play(FadeIn(ring, scale=2))
        self.poster()
        self.say("Too strong, and it is too simple again.")
        self.sweep(curves, size[1], best, last, 3.0)
        self.wait(style.QUICK)
        self.clear_side()

    @beat
    def stop_in_time(self):
        fits = self.trace.fits
        area = self.loss_axes((1, float(MOMENTS[-1] + 1)), "steps of descent", log_x=True)
        across = MOMENTS + 1.0
        curves = self.losses(area, across, fits.descent_train[MOMENTS], fits.descent_test[MOMENTS])
        best = int(fits.descent_test[MOMENTS].argmin())
        self.say("Or no penalty at all: start from zero weights, and descend.")
        self.play(self.to(self.trace.descent_curves[0]), FadeIn(curves))
        bends = Through(self.fit, self.trace.descent_curves[: best + 1])
        self.play(bends, Advance(curves, to=best), run_time=5.0)
        self.say(f"After {fits.best_step} steps the loss on fresh points turns. Stop here.")
        ring = self.mark(area, fits.best_step + 1, fits.descent_test.min())
        self.play(FadeIn(ring, scale=2))
        self.wait(style.NORMAL)
        if best < len(MOMENTS) - 1:
            self.say("Going on, the curve begins to learn the noise.")
            rest = self.trace.descent_curves[best:]
            last = Advance(curves, to=len(MOMENTS) - 1)
            self.play(Through(self.fit, rest), last, run_time=2.5)
        self.wait(style.NORMAL)

    # The stage

    def set_stage(self):
        trace = self.trace
        self.area = PlotArea((0, 1), (-2.2, 2.2), width=6.3, height=4.5, x_label="x", y_label="y")
        corner = self.area.frame.get_corner(DOWN + LEFT)
        self.area.shift(np.array([LEFT_EDGE + 0.6, -2.75, 0]) - corner)
        self.truth = FittedCurve(self.area, GRID, trace.truth, color=MUTED, width=2.5)
        self.points = Scatter(self.area, trace.x, trace.y, colors=[TRAIN], radius=0.09)
        self.fit = FittedCurve(self.area, GRID, trace.degree_curves[0] * 0, color=FIT, width=6)

    def to(self, curve):
        """Let the fit bend into another curve."""
        return Through(self.fit, np.stack([self.fit.values, curve]), rate_func=smooth)

    def numbers(self, train, test):
        rows = VGroup()
        for name, value, colour, y in (
            ("training loss", train, TRAIN, 1.0),
            ("test loss", test, TEST, 0.3),
        ):
            words = Label(name, color=colour).move_to([PANEL, y, 0], LEFT)
            value = Label(number(float(value)), color=colour).move_to(
                [RIGHT_EDGE - 0.4, y, 0], RIGHT
            )
            rows.add(words, value)
        return rows

    def loss_axes(self, x, label, log_x=False):
        area = PlotArea(
            x, LOSSES, width=RIGHT_EDGE - 1.2 - PANEL - 0.3, height=3.3, x_label=label,
            y_label="loss", log_x=log_x, log_y=True,
        )  # fmt: skip
        return area.shift(np.array([PANEL + 0.3, 1.3, 0]) - area.frame.get_corner(UP + LEFT))

    def losses(self, area, x, train, test):
        return LossCurve(
            [np.clip(train, *LOSSES), np.clip(test, *LOSSES)],
            xs=[x, x],
            colors=[TRAIN, TEST],
            names=["train", "test"],
            area=area,
        )

    def mark(self, area, x, loss):
        return Dot(area.place(x, float(np.clip(loss, *LOSSES))), radius=0.1, color=INK)

    def sweep(self, curves, size, first, last, seconds):
        """Let the strength grow from one of those tried to another."""
        self.play(
            Through(self.fit, self.trace.strength_curves[first : last + 1]),
            Advance(curves, to=last),
            Tick(size, float(self.trace.fits.strength_norms[last])),
            run_time=seconds,
        )

    def clear_side(self):
        """Leave nothing but the points, the wave and the fit."""
        kept = (self.area, self.truth, self.truth.line, self.points, self.fit, self.header)
        side = [part for part in self.mobjects if all(part is not one for one in kept)]
        self.play(*[FadeOut(part) for part in side])
