"""A dense layer: a row sweeps the input, rows make a matrix, a batch runs through at once."""

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    Line,
    Rectangle,
    ReplacementTransform,
    VGroup,
)

from vizdl import style
from vizdl.experiments import dense_layer
from vizdl.experiments.dense_layer import CLASSES, SIZES
from vizdl.mobjects import (
    Advance,
    DotProduct,
    Label,
    LayerProduct,
    Maths,
    NetworkDiagram,
    Number,
    PixelImage,
    SignedMatrix,
    Story,
    Through,
    beat,
)

INK, MUTED, DATA = style.INK.dark, style.MUTED.dark, style.DATA.dark
FAINT = 0.14  # opacity of an edge that is not spoken of
BATCH = 6  # pictures that run through at once
NET_LEFT, NET_WIDTH = -6.1, 4.9


class DenseLayer(Story):
    """Four beats: one row, all rows, network and matrix, a batch."""

    title = "A dense layer"
    experiment = dense_layer

    def construct(self):
        self.open("How do many neurons look at the same input?")
        self.one_row()
        self.all_rows()
        self.two_views()
        self.a_batch()
        self.close(
            "perceptron_error",
            "connections",
            "cell_error",
            "batch_error",
            say="Every output is a perceptron over all inputs. Together they are one product.",
        )

    @beat
    def one_row(self):
        first = self.trace.first
        picture, cross = self.picture()
        self.say("A handwritten digit, boiled down to four numbers: the ink in each quarter.")
        self.play(FadeIn(picture), run_time=style.NORMAL)
        self.play(FadeIn(cross), run_time=style.QUICK)
        dot = DotProduct(first.weights[0], first.inputs, cell=0.95)
        dot.move_to([2.2, 0.2, 0])
        dot.total.set_opacity(0)
        numbers = VGroup(*[dot.column.cells, dot.column.numbers])
        pieces = self.quarters(picture)
        cells = [VGroup(dot.column.cell(k, 0), dot.column.numbers[k]) for k in range(SIZES[0])]
        self.play(
            LaggedStart(
                *[ReplacementTransform(p, c) for p, c in zip(pieces, cells, strict=True)],
                lag_ratio=0.25,
            ),
            run_time=2.0,
        )
        self.remove(*cells)
        self.add(numbers)
        self.say("One neuron has a weight for each: a row. Multiply pair by pair, and add up.")
        self.play(FadeIn(dot.row), run_time=style.NORMAL)
        dot.total.set_opacity(1)
        self.add(dot)
        self.play(Advance(dot, to=SIZES[0]), run_time=6.0)
        self.wait(style.NORMAL)
        self.play(FadeOut(dot, picture, cross), run_time=style.QUICK)

    @beat
    def all_rows(self):
        first = self.trace.first
        self.layer = LayerProduct(first.weights, first.inputs, first.bias)
        self.say("The layer has three such neurons, each with a row and a bias of its own.")
        self.play(FadeIn(self.layer), run_time=style.NORMAL)
        self.wait(style.QUICK)
        self.say("All of them take the same input, one row after the other.")
        self.play(Advance(self.layer, to=SIZES[1]), run_time=7.5)
        self.say("Rows times a column: that is a matrix product, and it is the whole layer.")
        self.wait(style.NORMAL)

    @beat
    def two_views(self):
        self.net = self.network()
        self.say("Now the same as a network: one edge for each cell of the matrix.")
        self.play(self.layer.animate.scale(0.92).move_to([3.05, 0, 0]), run_time=style.NORMAL)
        nodes, names = self.nodes()
        self.play(FadeIn(nodes, names), run_time=style.QUICK)
        self.add_foreground_mobjects(nodes)  # edges come to lie under them
        edges = [
            ReplacementTransform(self.layer.w.cell(i, j).copy(), self.net.edge(0, i, j))
            for i in range(SIZES[1])
            for j in range(SIZES[0])
        ]
        self.play(LaggedStart(*edges, lag_ratio=0.08), run_time=2.5)
        self.say("A row is all that one neuron takes in.")
        for row in range(SIZES[1]):
            self.light(row=row)
        self.say("A column is all that one input gives out.")
        self.light(column=int(np.abs(self.trace.first.weights).sum(axis=0).argmax()))
        strongest = np.unravel_index(np.abs(self.trace.first.weights).argmax(), (3, 4))
        row, column = (int(k) for k in strongest)
        weight = self.trace.first.weights[row, column]
        self.say(f"And this one cell, {weight:.2f}, is this one edge.".replace("-", "minus "))
        self.light(row=row, column=column, seconds=style.NORMAL)
        self.poster()
        self.wait(style.NORMAL)
        self.remove_foreground_mobjects(nodes)
        self.play(FadeOut(self.net.edges, nodes, names, self.layer), run_time=style.QUICK)

    @beat
    def a_batch(self):
        trace, table = self.trace, self.batch_table()
        pictures, x, w1, hidden, w2, out, answers, signs = table
        self.say("Six pictures at once: each is a row now, and the weights serve them all.")
        self.play(FadeIn(pictures, x, w1, w2, signs), run_time=style.NORMAL)
        self.add(hidden, out)
        self.say("One product makes all hidden units of all pictures.")
        self.play(self.fill(hidden, trace.second.batch[:BATCH]), run_time=3.0)
        self.say("One more makes all the outputs.")
        self.play(self.fill(out, trace.second.batch_outputs[:BATCH]), run_time=3.0)
        self.say("The larger output is the answer: a six or a nine.")
        self.play(LaggedStart(*[FadeIn(a, shift=0.1 * LEFT) for a in answers], lag_ratio=0.2))
        self.wait(style.NORMAL)

    # The picture and its quarters

    def picture(self):
        image = PixelImage(self.trace.picture, size=3.4, limit=1.0)
        image.move_to([-3.9, 0.2, 0])
        middle = image.get_center()
        cross = VGroup(
            Line(middle + 1.8 * LEFT, middle + 1.8 * RIGHT),
            Line(middle + 1.8 * UP, middle + 1.8 * DOWN),
        )
        return image, cross.set_stroke(style.GRADIENT.dark, width=4)

    def quarters(self, image):
        """A pane over each quarter, as bright as its mean ink."""
        panes = []
        for k, ink in enumerate(self.trace.first.inputs):
            side = np.array([1 if k % 2 else -1, -1 if k // 2 else 1, 0])
            pane = Rectangle(width=1.6, height=1.6, stroke_width=0)
            pane.set_fill(style.signed_colour(float(ink), 1.0), opacity=0.9)
            panes.append(pane.move_to(image.get_center() + 0.85 * side))
        return panes

    # The network

    def network(self):
        first = self.trace.first
        net = NetworkDiagram(
            SIZES[:2], [first.weights], width=NET_WIDTH - 0.9, height=4.6, radius=0.36, edge_width=9
        )
        values = [first.inputs, first.sums]
        limit = 2 * max(float(np.abs(one).max()) for one in values)  # pale: they bear numbers
        net.set_activations(values, limit=limit)
        net.shift(np.array([NET_LEFT + 0.3, 0, 0]) - net.get_left())
        return net

    def nodes(self):
        """The nodes with their numbers, and the names of inputs."""
        first = self.trace.first
        numbers = VGroup()
        for layer, values in enumerate((first.inputs, first.sums)):
            for k, value in enumerate(values):
                number = Number(float(value), size=style.SMALL_SIZE)
                numbers.add(number.move_to(self.net.node(layer, k)))
        x, z = (Maths(name, size=style.LABEL_SIZE, color=MUTED) for name in ("bold(x)", "bold(z)"))
        x.next_to(self.net.nodes[0], UP, buff=0.2)
        z.next_to(self.net.nodes[1], UP, buff=0.2)
        return VGroup(self.net.nodes, numbers), VGroup(x, z)

    def light(self, row=None, column=None, seconds=0.9):
        """Light up a row, a column or a cell, and its edges."""
        edges = []
        for i in range(SIZES[1]):
            for j in range(SIZES[0]):
                lit = row in (None, i) and column in (None, j)
                edge = self.net.edge(0, i, j)
                edges.append(edge.animate.set_stroke(opacity=1.0 if lit else FAINT))
        self.layer.point_at(row, column)
        self.play(*edges, run_time=style.QUICK)
        self.wait(seconds)

    # The batch

    def batch_table(self):
        """Pictures, X, W₁ᵀ, what it makes of them, W₂ᵀ, what that makes, and the answers."""
        trace = self.trace
        cell, gap = 0.62, 0.5
        options = {"cell": cell}
        x = SignedMatrix(trace.first.batch[:BATCH], limit=1.0, **options)
        w1 = SignedMatrix(trace.first.weights.T, **options)
        hidden = SignedMatrix(np.zeros((BATCH, SIZES[1])), limit=1.0, **options)
        w2 = SignedMatrix(trace.second.weights.T, **options)
        out = SignedMatrix(np.zeros((BATCH, SIZES[2])), limit=1.0, **options)
        parts = VGroup(x, w1, hidden, w2, out).arrange(RIGHT, buff=gap)
        parts.move_to([0.1, -0.25, 0])
        signs = VGroup()
        for sign, left, right in (
            ("·", x, w1),
            ("→", w1, hidden),
            ("·", hidden, w2),
            ("→", w2, out),
        ):
            at = np.array([(left.get_right()[0] + right.get_left()[0]) / 2, -0.25, 0])
            signs.add(Label(sign, color=MUTED).move_to(at))
        names = ("X", "W_1^top", "A", "W_2^top", "hat(Y)")
        for name, part in zip(names, parts, strict=True):
            words = Maths(name, size=style.LABEL_SIZE, color=MUTED)
            signs.add(words.next_to(part, UP, buff=0.18))
        pictures, answers = VGroup(), VGroup()
        for k in range(BATCH):
            image = PixelImage(trace.pictures[k], size=0.86 * cell, limit=1.0, shades=6)
            pictures.add(image.next_to(x.cell(k, 0), LEFT, buff=0.3))
            said = int(trace.second.batch_outputs[k].argmax())
            answer = Label(f"a {CLASSES[said]}", color=INK)
            answers.add(answer.next_to(out.cell(k, SIZES[2] - 1), RIGHT, buff=0.3))
        return pictures, x, w1, hidden, w2, out, answers, signs

    def fill(self, matrix, values):
        """The rows of a matrix get their numbers, one after the other."""
        known = np.arange(len(values))[:, None] < np.arange(len(values) + 1)[:, None, None]
        return Through(matrix, np.where(known, values, 0.0))
