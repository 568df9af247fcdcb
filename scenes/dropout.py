"""Dropout: units left out at random, the mean that stays, and what each single unit is worth."""

from __future__ import annotations

import numpy as np
from manim import (
    LEFT,
    RIGHT,
    UP,
    DashedLine,
    FadeIn,
    FadeOut,
    UpdateFromAlphaFunc,
    VGroup,
    linear,
    smooth,
)

from vizdl import style
from vizdl.experiments import dropout
from vizdl.experiments.base import number
from vizdl.experiments.dropout import AVERAGED, STEPS, UNITS, X, Y
from vizdl.mobjects import (
    Advance,
    Bars,
    Curve,
    DecisionField,
    Label,
    Maths,
    NetworkDiagram,
    Number,
    PlotArea,
    Points,
    SetValues,
    Story,
    Through,
    beat,
)
from vizdl.mobjects.advance import InPlace

INK, MUTED, LOSS, HIDDEN = (
    role.dark for role in (style.INK, style.MUTED, style.LOSS, style.HIDDEN)
)
FADED = 0.1  # opacity of a unit that is left out
LIMIT = 6.0  # of the output: where the colour is full
NET_X, PLANE_X, FLOOR = -3.7, 3.0, -0.2
SLOWLY, QUICKLY = 3, 14  # masks that are shown


class Thin(InPlace):
    """Let the units of the hidden layer that a mask leaves out fade, the others come back."""

    def __init__(self, net, keep, **options):
        self.net = net
        self.first, self.last = net.masks[1].copy(), np.asarray(keep, dtype=float)
        super().__init__(net, **{"run_time": style.QUICK, "rate_func": smooth, **options})

    def interpolate_mobject(self, alpha):
        """Fade by the share `alpha` of the time."""
        share = self.rate_func(alpha)
        thin(self.net, (1 - share) * self.first + share * self.last)


def thin(net, keep):
    """Show each hidden unit, and its edges, as far as it is there: from 0 to 1."""
    net.masks[1] = np.asarray(keep, dtype=float)
    for unit, value in enumerate(net.masks[1]):
        seen = FADED + (1 - FADED) * float(value)
        net.node(1, unit).set_opacity(seen)
        for edge in (net.edge(0, unit, 0), net.edge(0, unit, 1), net.edge(1, 0, unit)):
            edge.set_stroke(opacity=seen)


class Dropout(Story):
    """Four beats: masks, thinned networks, their mean, and each unit removed in turn."""

    title = "Dropout"
    experiment = dropout

    def construct(self):
        self.open("What if a network may not rely on any single unit?")
        self.leave_some_out()
        self.thinned_networks()
        self.all_are_back()
        self.remove_each()
        self.close(
            "mean",
            "gap_without",
            "gap",
            "needed",
            say="Left out at random, no unit is indispensable, and less is learnt by heart.",
        )

    @beat
    def leave_some_out(self):
        trace = self.trace
        self.set_stage()
        count = int((1 - trace.step_masks[-SLOWLY]).sum())
        self.say(f"A network with {UNITS} hidden units learns two noisy half circles.")
        self.play(FadeIn(self.net), FadeIn(self.area, self.points), run_time=style.NORMAL)
        self.say(f"A step of the training: a random {count} of them are left out, set to zero.")
        self.play(FadeIn(self.tally), run_time=style.QUICK)
        for k in range(SLOWLY):
            mask = trace.step_masks[k - SLOWLY]
            self.play(Thin(self.net, mask), self.count(STEPS - SLOWLY + 1 + k), run_time=1.0)
            self.wait(1.2 if k == 0 else style.QUICK)
            if k == 0:
                self.say("The next step: others. No unit can count on another one being there.")

    @beat
    def thinned_networks(self):
        trace = self.trace
        self.say("Each mask makes another, thinned network. This is what each says of the plane.")
        self.play(Thin(self.net, trace.masks[1]), FadeOut(self.tally), run_time=style.QUICK)
        self.play(FadeIn(self.field), run_time=style.QUICK)
        for k in range(2, QUICKLY):
            self.play(
                Thin(self.net, trace.masks[k], run_time=0.35),
                SetValues(self.field, trace.fields[k], run_time=0.35),
            )
            self.wait(0.3)
        self.say("When it is used, all units are back, and it speaks for all of them.")
        self.play(
            Thin(self.net, np.ones(UNITS), run_time=1.0),
            SetValues(self.field, trace.fields[0], run_time=1.0),
        )
        self.poster()
        self.wait(style.NORMAL)

    @beat
    def all_are_back(self):
        trace = self.trace
        low, high = (
            float(min(trace.means.min(), trace.whole)),
            float(max(trace.means.max(), trace.whole)),
        )
        pad = 0.15 * (high - low) or 1.0
        plot = PlotArea(
            (1, AVERAGED), (low - pad, high + pad), width=4.6, height=2.7, log_x=True,
            x_label="thinned networks", y_label="mean of their outputs at one point",
        )  # fmt: skip
        plot.shift(np.array([PLANE_X - 0.2, -1.1, 0]) - plot.frame.get_center())
        curve = Curve(
            plot, trace.means, np.arange(1.0, AVERAGED + 1), color=HIDDEN, digits=3, width=3
        )
        rule = Maths(dropout.EQUATIONS["dropout"], size=style.TITLE_SIZE)
        rule.move_to([PLANE_X, 2.05, 0])
        share = trace.settings.drop
        self.say(f"For that, units that are there speak up in training: with {share} % left out,")
        self.play(FadeOut(self.field, self.points, self.area), FadeIn(rule), run_time=style.NORMAL)
        self.say(f"what they pass on is divided by {number(1 - share / 100)}.")
        self.wait(style.NORMAL)
        whole = DashedLine(
            plot.place(1, trace.whole), plot.place(AVERAGED, trace.whole), color=INK, stroke_width=3
        )
        self.say("So the mean over the masks comes to rest on what the whole network says.")
        self.play(FadeIn(plot), FadeIn(curve), run_time=style.QUICK)
        self.play(Advance(curve, to=AVERAGED - 1, rate_func=fast_forward), run_time=4)
        self.play(FadeIn(whole), run_time=style.QUICK)
        self.wait(style.NORMAL)
        self.play(FadeOut(plot, curve, whole, rule), run_time=style.QUICK)

    @beat
    def remove_each(self):
        trace, chosen = self.trace, self.trace.chosen
        high = float(trace.lost.max())
        self.say("Now remove each unit, one at a time. How many new points does that cost?")
        rows = []
        for k, y in ((0, 1.1), (chosen, -2.1)):
            bars = Bars(
                np.zeros(UNITS), high=high, low=min(0.0, float(trace.lost.min())), length=2.0,
                thickness=0.15, pitch=0.215, numbers=False, colors=LOSS,
            )  # fmt: skip
            bars.shift(np.array([PLANE_X, y, 0]) - bars.frame.get_center())
            share = int(trace.shares[k])
            words = f"trained with {share} % left out" if share else "trained without dropout"
            label = Label(words).next_to(bars.frame, UP, buff=0.25)
            label.align_to(bars.frame, LEFT)
            rows.append((bars, label, k))
        for bars, label, k in rows:
            self.net.set_weights(self.weights_of(k))
            self.play(FadeIn(bars), FadeIn(label), run_time=style.QUICK)
            shown = np.tril(np.ones((UNITS, UNITS))) * trace.lost[k]
            self.play(
                Through(bars, np.concatenate([np.zeros((1, UNITS)), shown])),
                UpdateFromAlphaFunc(self.net, self.without_one, rate_func=linear),
                run_time=4,
            )
            thin(self.net, np.ones(UNITS))
            self.name_the_highest(bars, trace.lost[k])
            if k == 0 and bars is rows[0][0]:
                self.say("One unit was indispensable. And after training with dropout?")
        self.say("None is: the most needed one costs hardly more than the others.")
        self.wait(style.SLOW)

    def name_the_highest(self, bars, lost):
        """The number of the most needed unit stands at its bar."""
        unit = int(np.argmax(lost))
        text = Label(f"{number(float(lost[unit]), 2)} % fewer right", size=style.SMALL_SIZE)
        side = RIGHT if unit < UNITS / 2 else LEFT
        text.next_to(bars.end(unit), side, buff=0.2)
        text.shift((0.3 if lost[unit] < bars.high / 2 else -0.1) * UP)
        self.play(FadeIn(text), run_time=style.QUICK)
        self.wait(style.NORMAL)

    # The stage

    def set_stage(self):
        trace = self.trace
        weights = self.weights_of(trace.chosen)
        self.net = NetworkDiagram(
            (2, UNITS, 1), weights, width=4.6, height=6.0, radius=0.1, edge_width=4.0
        )
        self.net.move_to([NET_X, FLOOR, 0])
        for node in self.net.nodes[1]:
            node.set_fill(HIDDEN, opacity=1)
        self.area = PlotArea(
            X, Y, width=5.2, height=5.2 * (Y[1] - Y[0]) / (X[1] - X[0]), grid=False,
            x_ticks=[-2, -1, 0, 1, 2], y_ticks=[-1, 0, 1],
        )  # fmt: skip
        self.area.shift(np.array([PLANE_X, FLOOR, 0]) - self.area.frame.get_center())
        self.field = DecisionField(trace.fields[1], X, Y, limit=LIMIT, area=self.area)
        self.field.set_z_index(-1)
        self.points = Points(trace.x, trace.y, self.area).set_z_index(2)
        self.step = Number(STEPS - SLOWLY, places=0, size=style.BODY_SIZE, anchor="left")
        words = Label("step of the training", size=style.BODY_SIZE)
        self.tally = VGroup(words, self.step)
        words.next_to(self.area.frame, UP, buff=0.2).align_to(self.area.frame, LEFT)
        self.step.next_to(words, RIGHT, buff=0.25).align_to(words, UP)

    def weights_of(self, k):
        """The matrices of the network trained with the k-th share dropped."""
        w = self.trace.parameters[k]
        return [w[: 2 * UNITS].reshape(UNITS, 2), w[3 * UNITS : 4 * UNITS][None]]

    def count(self, step):
        """Show the number of the training step."""
        return UpdateFromAlphaFunc(self.step, lambda part, share: part.set_value(step))

    def without_one(self, net, share):
        """Leave one unit out, each for its part of the time."""
        unit = min(int(share * UNITS), UNITS - 1)
        keep = np.ones(UNITS)
        keep[unit] = 0
        thin(net, keep)


def fast_forward(share):
    """Evenly on a logarithmic axis."""
    return (AVERAGED**share - 1) / (AVERAGED - 1)
