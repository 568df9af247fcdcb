"""Back-propagation: nudge a weight, get the same number from the chain rule, then for all."""

from itertools import pairwise

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    Circle,
    FadeIn,
    FadeOut,
    Indicate,
    LaggedStart,
    Line,
    ReplacementTransform,
    RoundedRectangle,
    VGroup,
)

from vizdl import style
from vizdl.experiments import backpropagation
from vizdl.experiments.base import number
from vizdl.mobjects import (
    Advance,
    FlowArrow,
    Label,
    Maths,
    NetworkDiagram,
    Number,
    Quantity,
    SetValues,
    Story,
    beat,
)

INK, MUTED = style.INK.dark, style.MUTED.dark
GRADIENT, LOSS, WEIGHT = style.GRADIENT.dark, style.LOSS.dark, style.WEIGHT.dark
PLACES = (-5.0, -1.67, 1.67, 5.0)  # of x, z, y_hat and J
CHAIN, VALUES, WAY, AT_NODES, AT_WEIGHTS = 1.7, 0.85, 0.3, -0.25, -1.0  # heights on the frame
NAMES = ("x", "z", "hat(y)", "J")
RULES = ("", "tanh(w_1 x)", "w_2 z", "(hat(y) - y)^2")
ROLES = (style.DATA, style.HIDDEN, style.POSITIVE, style.LOSS)
POWERS = (0, 6, 12, 18)  # the nudges 1, 0.1, 0.01 and 0.001 among the trace's


class Chain(VGroup):
    """x -> z -> y_hat -> J with all its numbers, which follow the two weights (2,)."""

    def __init__(self, weights, target):
        self.goal = target
        self.nodes, self.numbers, self.rules = VGroup(), VGroup(), VGroup()
        for x, name, rule, role in zip(PLACES, NAMES, RULES, ROLES, strict=True):
            ring = Circle(radius=0.48, color=role.dark, stroke_width=4)
            ring.set_fill(style.SURFACE.dark, opacity=1).move_to([x, CHAIN, 0])
            self.nodes.add(VGroup(ring, Maths(name).move_to(ring)))
            self.numbers.add(Number(0.0, digits=3).move_to([x, VALUES, 0]))
            if rule:
                self.rules.add(
                    Maths(rule, color=MUTED, size=style.LABEL_SIZE).move_to([x, 2.55, 0])
                )
        self.edges = VGroup(
            *[
                Line([a + 0.48, CHAIN, 0], [b - 0.48, CHAIN, 0], color=MUTED, stroke_width=3)
                for a, b in pairwise(PLACES)
            ]
        )
        self.weights = VGroup()
        for k, edge in enumerate(self.edges[:2]):
            symbol = Maths(f"w_{k + 1}", color=WEIGHT)
            row = Quantity(symbol, 0.0, digits=3, gap=0.18, color=WEIGHT)
            self.weights.add(row.move_to(edge.get_center() + 0.34 * UP))
        super().__init__(self.edges, self.nodes, self.rules, self.numbers, self.weights)
        self.set_values(weights)

    def set_values(self, weights):
        """Show the chain with other weights."""
        self.values = np.array(weights, dtype=float)
        told = backpropagation.chain(*self.values, self.goal)["values"]
        for shown, value in zip(self.numbers, told, strict=True):
            shown.set_value(float(value))
        for row, value in zip(self.weights, self.values, strict=True):
            row.set_value(value)
        return self


class Shift(VGroup):
    """A network's weights, values and loss on their way from one model to another."""

    def __init__(self, trace, diagram, numbers, loss):
        self.trace, self.diagram, self.numbers, self.loss = trace, diagram, numbers, loss
        super().__init__(diagram, numbers, loss)
        self.set_step(0)

    def set_step(self, step):
        """Show the share `step` of the way, from 0 to 1."""
        self.step, trace = float(step), self.trace

        def between(first, last):
            return [(1 - step) * a + step * b for a, b in zip(first, last, strict=True)]

        self.diagram.set_weights(between(trace.model.weights, trace.after.weights))
        values = between(trace.graph.post, trace.graph_after.post)
        for shown, value in zip(self.numbers, np.concatenate([v[0] for v in values]), strict=True):
            shown.set_value(float(value))
        self.loss.set_value(float(np.interp(step, [0, 1], trace.graph_losses[:2])))
        return self


class Backpropagation(Story):
    """Four beats: a nudge, two local derivatives, one step further back, the whole graph."""

    title = "Back-propagation"
    experiment = backpropagation

    def construct(self):
        self.open("What has one weight to do with the loss?")
        self.nudge_a_weight()
        self.two_local_derivatives()
        self.one_step_further()
        self.the_whole_graph()
        self.close(
            "chain_error",
            "graph_error",
            "left",
            say="One walk back gives every derivative. Shift against them, and the loss falls.",
        )

    @beat
    def nudge_a_weight(self):
        self.set_stage()
        self.say("An input goes through two weights to an output, and that to a loss.")
        parts = [VGroup(self.chain.nodes[0], self.chain.numbers[0])]
        parts += [
            VGroup(self.chain.edges[k], self.chain.weights[k] if k < 2 else VGroup(),
                   self.chain.nodes[k + 1], self.chain.rules[k], self.chain.numbers[k + 1])
            for k in range(3)
        ]  # fmt: skip
        self.play(LaggedStart(*[FadeIn(part) for part in parts], lag_ratio=0.6), run_time=3.0)
        self.add(self.chain)
        head, rows, table = self.nudge_table()
        self.say("Nudge the second weight, and the loss moves. Divide the one by the other.")
        self.play(FadeIn(head))
        for k, row in enumerate(rows):
            nudge = float(self.trace.nudges[POWERS[k]])
            time = (1.5, 0.7, 0.5, 0.5)[k]
            if k == 1:
                self.say("Make the nudge smaller and smaller: the ratio settles down.")
            moved = self.weights + np.array([0.0, nudge])
            self.play(FadeIn(row[0]), SetValues(self.chain, moved), run_time=time)
            self.play(FadeIn(row[1]), run_time=0.4)
            self.play(SetValues(self.chain, self.weights), run_time=0.5 * time)
        self.say("That number is the derivative of the loss with respect to this weight.")
        name = Maths("(partial J) / (partial w_2)", color=GRADIENT)
        name.next_to(rows[-1], RIGHT, buff=0.7)
        frame = RoundedRectangle(
            width=rows[-1][1].width + 0.3, height=0.5, corner_radius=0.1, color=GRADIENT
        ).move_to(rows[-1][1])
        self.play(FadeIn(frame), FadeIn(name, shift=0.2 * LEFT))
        self.wait(style.NORMAL)
        self.nudges = VGroup(table, frame, name)

    @beat
    def two_local_derivatives(self):
        by_output, by_second = self.trace.products[:2]
        z = self.trace.local[1]
        self.say("Now without a nudge. How does the loss change with the output?")
        arrow = self.back(3, 2, by_output)
        local = self.line("(partial J) / (partial hat(y)) = 2 (hat(y) - y) =", by_output, -1.85)
        self.play(FadeIn(arrow), FadeIn(local.words))
        self.play(local.answer())
        self.told_output = self.told("hat(y)", by_output, PLACES[2] + 1.3, AT_NODES)
        self.play(*self.keep(local, self.told_output))
        self.say("And the output with the weight? It is multiplied by z, so by z.")
        second = self.line("(partial hat(y)) / (partial w_2) = z =", z, -2.75)
        self.play(FadeIn(second.words))
        self.play(ReplacementTransform(self.chain.numbers[1].copy(), second.number))
        self.say("Along a chain, local derivatives multiply: that is the chain rule.")
        product = self.product("w_2", by_output, z, by_second)
        self.drop = self.branch(0)
        self.play(FadeOut(local, second), FadeIn(product.words), FadeIn(self.drop))
        self.play(product.answer())
        self.say("It is the very number that the nudges found.")
        self.told_second = self.told("w_2", by_second, 0.0, AT_WEIGHTS)
        self.play(*self.keep(product, self.told_second))
        self.play(Indicate(self.nudges[1], color=GRADIENT, scale_factor=1.15))
        self.wait(style.QUICK)
        self.play(FadeOut(product, self.nudges))
        self.ways = VGroup(arrow, self.drop)

    @beat
    def one_step_further(self):
        by_output, _, by_z, by_first = self.trace.products
        slope = self.trace.local[3]
        w2 = self.trace.settings.w2
        self.say("The first weight lies further back. Use what is known already.")
        self.play(Indicate(self.told_output, color=GRADIENT, scale_factor=1.2))
        line = self.product("z", by_output, w2, by_z)
        arrow = self.back(2, 1, by_z)
        self.play(FadeIn(arrow), FadeIn(line.words))
        self.play(line.answer())
        told_z = self.told("z", by_z, PLACES[1] + 0.85, AT_NODES)
        self.play(*self.keep(line, told_z))
        self.play(FadeOut(line), run_time=style.QUICK)
        self.say("One more local derivative, that of z, and the first weight has its number.")
        local = self.line("(partial z) / (partial w_1) = (1 - z^2) x =", slope, -1.85)
        self.play(FadeIn(local))
        last = self.product("w_1", by_z, slope, by_first).shift(0.2 * DOWN)
        drop = self.branch(1)
        self.play(FadeIn(last.words), FadeIn(drop))
        self.play(last.answer())
        told = self.told("w_1", by_first, 0.5 * (PLACES[0] + PLACES[1]), AT_WEIGHTS)
        self.play(*self.keep(last, told))
        self.say("Nothing was computed twice. That is why it works for millions of weights.")
        self.poster()
        self.wait(style.NORMAL)
        self.play(
            FadeOut(self.chain, self.ways, arrow, drop, local, last),
            FadeOut(self.told_output, self.told_second, told_z, told),
        )

    @beat
    def the_whole_graph(self):
        shift, names = self.network_stage()
        layers = [VGroup(*shift.numbers[a:b]) for a, b in ((0, 2), (2, 5), (5, 6))]
        count = len(self.trace.graph_gradients)
        self.say("In a network it is the same. Values go forward to the loss.")
        self.play(FadeIn(shift.diagram), FadeIn(layers[0]), FadeIn(names[0]))
        for layer in layers[1:]:
            self.play(FadeIn(layer, shift=0.3 * RIGHT), run_time=0.6)
        self.play(FadeIn(shift.loss))
        self.say(f"Derivatives come back: one walk gives all {count} of them.")
        arrows = self.slopes(shift.diagram)
        for layer in reversed(arrows):
            self.play(LaggedStart(*[FadeIn(a) for a in layer], lag_ratio=0.1), run_time=1.2)
        self.play(FadeIn(names[1]))
        self.say("The wider the arrow, the more that weight matters to the loss.")
        self.wait(style.NORMAL)
        before, after = (number(float(loss)) for loss in self.trace.graph_losses[:2])
        change = "falls" if self.facts["left"].holds else "goes"
        self.say(
            f"Shift every weight against its own, and the loss {change} from {before} to {after}."
        )
        self.play(FadeIn(names[2]), FadeOut(arrows), FadeOut(names[1]))
        self.add(shift)
        self.play(Advance(shift, to=1.0), run_time=2.5)
        self.wait(style.SLOW)

    # The stage: the chain, and what is worked out below it

    def set_stage(self):
        settings = self.trace.settings
        self.weights = np.array([settings.w1, settings.w2])
        self.chain = Chain(self.weights, settings.target)
        self.largest = float(np.abs(self.trace.products).max()) or 1.0

    def nudge_table(self):
        """The nudges of the second weight, each with its ratio."""
        rows = VGroup()
        head = VGroup(
            Label("nudge", size=style.SMALL_SIZE, color=MUTED).move_to([-5.2, -0.35, 0], RIGHT),
            Label("change of J ÷ nudge", size=style.SMALL_SIZE, color=MUTED).move_to(
                [-1.9, -0.35, 0], RIGHT
            ),
        )
        for k, index in enumerate(POWERS):
            y = -0.95 - 0.6 * k
            nudge, ratio = float(self.trace.nudges[index]), float(self.trace.ratios[1, index])
            rows.add(
                VGroup(
                    Label(number(nudge, 1), color=WEIGHT).move_to([-5.2, y, 0], RIGHT),
                    Label(number(ratio, 4)).move_to([-1.9, y, 0], RIGHT),
                )
            )
        return head, rows, VGroup(head, rows)

    def back(self, after, before, value):
        """The arrow back from one node to the one before, as wide as the derivative is large."""
        return FlowArrow(
            [PLACES[after], WAY, 0],
            [PLACES[before] + 0.1, WAY, 0],
            color=GRADIENT,
            value=abs(float(value)) / self.largest,
        )

    def branch(self, weight):
        """The arrow down to a weight's derivative: of the second weight, or the first."""
        x = 0.5 * (PLACES[1 - weight] + PLACES[2 - weight])
        value = self.trace.products[1 if weight == 0 else 3]
        return FlowArrow(
            [PLACES[2 - weight] - 0.4, WAY - 0.1, 0],
            [x + 0.2, AT_WEIGHTS + 0.4, 0],
            color=GRADIENT,
            value=abs(float(value)) / self.largest,
        )

    def told(self, name, value, x, y):
        text = Maths(f"partial J \\/ partial {name} =", size=style.SMALL_SIZE, color=GRADIENT)
        told = Quantity(text, value, gap=0.15, digits=3, size=style.SMALL_SIZE, color=GRADIENT)
        return told.move_to([x, y, 0])

    def keep(self, worked_out, told):
        """The result goes to where it is kept, and its name appears there."""
        return FadeIn(told.words), ReplacementTransform(worked_out.number.copy(), told.number)

    def line(self, formula, value, y):
        words = Maths(formula, size=style.LABEL_SIZE)
        row = Quantity(words, value, digits=3, size=style.BODY_SIZE, color=GRADIENT)
        return row.move_to([3.4, y, 0])

    def product(self, name, first, second, result):
        """A product of two derivatives, spelled out, and its result."""
        words = Maths(f"(partial J) / (partial {name}) =", size=style.BODY_SIZE)
        terms = Label(f"{_signed(first)} × {_signed(second)} =", size=style.BODY_SIZE)
        words = VGroup(words, terms).arrange(RIGHT, buff=0.25)
        row = Quantity(words, result, gap=0.25, digits=3, size=style.BODY_SIZE, color=GRADIENT)
        return row.move_to([3.0, -2.6, 0])

    # The stage of the network

    def network_stage(self):
        trace = self.trace
        diagram = NetworkDiagram(
            backpropagation.SIZES, trace.model.weights, width=7.4, height=5.0, radius=0.5
        )
        diagram.move_to([-2.2, -0.3, 0])
        numbers = VGroup()
        for layer, values in zip(diagram.nodes, trace.graph.post, strict=True):
            for node, value in zip(layer, values[0], strict=True):
                numbers.add(Number(float(value), size=style.LABEL_SIZE).move_to(node))
        where = [4.3, 1.0, 0]
        names = VGroup(
            Label("loss J", color=LOSS).move_to(where),
            Maths("(partial J) / (partial w)", color=GRADIENT).move_to([4.3, -1.2, 0]),
            Maths(self.experiment.EQUATIONS["shift"], color=INK).move_to([4.3, -1.2, 0]),
        )
        loss = Number(
            float(trace.graph_losses[0]), digits=3, size=1.4 * style.TITLE_SIZE, color=LOSS
        )
        loss.next_to(names[0], DOWN, buff=0.3)
        return Shift(trace, diagram, numbers, loss), names

    def slopes(self, diagram):
        """Arrows back along the edges, as wide as each weight's derivative is large."""
        largest = max(float(np.abs(g).max()) for g in self.trace.gradients.weights)
        layers = VGroup()
        for k, slopes in enumerate(self.trace.gradients.weights):
            arrows = VGroup()
            for after, row in enumerate(slopes):
                for before, slope in enumerate(row):
                    start = diagram.node(k + 1, after).get_center()
                    end = diagram.node(k, before).get_center()
                    along = 0.55 * (end - start) / np.linalg.norm(end - start)
                    share = abs(float(slope)) / (largest or 1.0)
                    arrows.add(
                        FlowArrow(
                            start + along, end - along, color=GRADIENT, width=0.3, value=share
                        )
                    )
            layers.add(arrows)
        return layers


def _signed(value):
    text = number(float(value))
    return f"({text})" if text.startswith("−") else text
