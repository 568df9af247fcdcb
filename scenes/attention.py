"""Watch a question find its answer among eight items, and how the network learned to look."""

from __future__ import annotations

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UP,
    FadeIn,
    FadeOut,
    LaggedStart,
    ReplacementTransform,
    VGroup,
)

from vizdl import style
from vizdl.experiments import attention
from vizdl.experiments.attention import ANIMALS, NAMES
from vizdl.mobjects.advance import Advance, Tick
from vizdl.mobjects.attention import AttentionArcs, AttentionGrid, Card
from vizdl.mobjects.axes import PlotArea
from vizdl.mobjects.bars import Bars
from vizdl.mobjects.cells import SetValues
from vizdl.mobjects.counter import Counter
from vizdl.mobjects.curve import Curve
from vizdl.mobjects.dot_product import DotProduct
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.through import Through

QUERY, KEY, VALUE = style.QUERY.dark, style.KEY.dark, style.VALUE.dark
LEFTMOST, RIGHTMOST = -5.75, 5.75  # middles of the first card and of the question
CARDS, COLUMNS, SCORES = 2.45, 0.95, -0.2  # heights of the rows
SLIMMEST = 0.3  # the cells of keys and values
LOOKS = 5.0  # seconds of the training


class Attention(Story):
    """Query, keys and values of one look-up; then the training; then what distance costs."""

    title = "Attention"
    experiment = attention

    def construct(self) -> None:
        """The storyboard."""
        self.open("How does a network look something up?")
        self.meet_the_keys()
        self.turn_scores_into_weights()
        self.mix_the_values()
        self.learn_to_look()
        self.ask_from_further_back()
        self.close(
            "mass",
            "mass_spread",
            "accuracy",
            "lstm",
            say="Attention learns where to look, and finds it however long ago it came.",
        )

    @beat
    def meet_the_keys(self) -> None:
        """The items, the question, and the score of each key against the query."""
        trace = self.trace
        self.lay_out()
        self.say(f"{self.count()} people come by, each with an animal.")
        shown = [FadeIn(card, shift=0.2 * UP) for card in self.cards]
        self.play(LaggedStart(*shown, lag_ratio=0.4), run_time=2.2)
        self.say(f"Then comes a question: which animal did {self.name} have?")
        self.play(FadeIn(self.question, shift=0.2 * UP), run_time=style.NORMAL)
        self.say("Each item is turned into a key, the question into a query: a few numbers each.")
        keys = [FadeIn(key, shift=0.3 * DOWN) for key in (*self.keys, self.query)]
        self.play(FadeIn(self.key_name), LaggedStart(*keys, lag_ratio=0.2), run_time=2.0)
        self.say("Query and key are multiplied, number by number, and summed up: a score.")
        size = trace.settings.key_size
        dot = DotProduct(
            trace.q[-1], trace.k[-1][trace.asked], cell=2.48 / size,
            places=2 if size < 5 else 1, size=style.LABEL_SIZE,
        )  # fmt: skip
        dot.move_to([0, -2.1, 0])
        query, key = self.query.copy(), self.keys[trace.asked].copy()
        self.play(
            ReplacementTransform(query, dot.row), ReplacementTransform(key, dot.column), run_time=1
        )
        self.add(dot)
        self.play(Advance(dot, to=dot.steps), run_time=3.6)
        self.say("Divided by the root of their number, that is the key's score.")
        score = self.divided(dot)
        self.play(FadeIn(score, shift=0.2 * RIGHT), run_time=style.NORMAL)
        self.say("So it goes with every key. The more alike the two, the higher the score.")
        self.play(FadeIn(self.score_name), FadeIn(self.scores), run_time=style.QUICK)
        ticks = [
            Tick(number, score) for number, score in zip(self.scores, trace.scores[-1], strict=True)
        ]
        self.play(*ticks, run_time=1.6)
        self.play(FadeOut(dot, score), run_time=style.QUICK)

    @beat
    def turn_scores_into_weights(self) -> None:
        """Softmax, with the arithmetic of the item that is asked for."""
        trace = self.trace
        scores, at = trace.scores[-1], trace.asked
        self.say("The softmax turns scores into weights: raise e to each, divide by the sum.")
        power, total = float(np.exp(scores[at])), float(np.exp(scores).sum())
        written = Maths(
            f"e^({scores[at]:.2f}) / (sum_j e^(s_j)) = {power:.1f} / {total:.1f} "
            f"= {trace.weights[-1][at]:.2f}"
        )
        written.move_to([0, -3.0, 0])
        self.bars = Bars(
            0 * trace.weights[-1], high=1, length=1.5, thickness=0.6, pitch=self.pitch,
            colors=QUERY, places=2,
        )  # fmt: skip
        foot = self.bars.frame.get_bottom()
        self.bars.shift([(LEFTMOST + self.last) / 2 - foot[0], -2.3 - foot[1], 0])
        self.weight_name.match_y(self.bars.frame)
        self.play(FadeIn(self.bars), FadeIn(self.weight_name), run_time=style.QUICK)
        self.play(FadeIn(written), SetValues(self.bars, trace.weights[-1]), run_time=style.SLOW)
        share = 100 * trace.weights[-1][at]
        self.say(f"All together they make one. {self.name}'s item gets {share:.0f} percent of it.")
        self.play(self.cards[at].animate.light(), run_time=style.QUICK)
        self.wait(style.NORMAL)
        self.play(FadeOut(written), run_time=style.QUICK)

    @beat
    def mix_the_values(self) -> None:
        """Every item's value times its weight, all added up, and read as an answer."""
        trace = self.trace
        self.say("Every item also has a value: what it has to say. That is what is fetched.")
        gone = (*self.keys, self.query, self.key_name, self.scores, self.score_name)
        self.play(FadeOut(*gone), run_time=style.QUICK)
        values = [FadeIn(value, shift=0.3 * DOWN) for value in self.values]
        self.play(FadeIn(self.value_name), LaggedStart(*values, lag_ratio=0.2), run_time=1.6)
        self.say("Each value is multiplied by its weight. Most of them fade away.")
        faded = [
            SetValues(part, mixed[:, None])
            for part, mixed in zip(self.values, trace.mixed[-1], strict=True)
        ]
        self.play(*faded, run_time=style.SLOW)
        best = int(np.argmax(trace.chances[-1]))
        sure = 100 * trace.chances[-1][best]
        self.say(f"Their sum is read as an answer: {ANIMALS[best]}, {sure:.0f} percent sure.")
        copies = [part.copy() for part in self.values]
        self.play(
            *[copy.animate.move_to(self.output).set_opacity(0) for copy in copies],
            FadeIn(self.output),
            run_time=1.6,
        )
        self.remove(*copies)
        answer = Label(ANIMALS[best], size=style.TITLE_SIZE, color=VALUE, bold=True)
        answer.next_to(self.output, DOWN, buff=0.4)
        self.play(FadeIn(answer, shift=0.2 * DOWN), run_time=style.NORMAL)
        self.poster()
        stage = (self.bars, self.weight_name, self.value_name, *self.values, self.output, answer)
        self.play(FadeOut(*stage, *self.cards, self.question), run_time=style.NORMAL)

    @beat
    def learn_to_look(self) -> None:
        """The weights of every question, from before the training to its end."""
        trace = self.trace
        people = [NAMES[k] for k in trace.names]
        asked = [f"{name}?" for name in people]
        grid = AttentionGrid(trace.grid[0], asked, people, cell=4.4 / len(people))
        grid.move_to([-3.4, -0.35, 0]).select(trace.asked)
        row = VGroup(*[Card(NAMES[n], ANIMALS[a], width=0.76) for n, a in self.items()])
        row.add(Card(asked[trace.asked], width=0.95)).arrange(RIGHT, buff=0.06)
        row.scale(min(1.0, 6.8 / row.width)).move_to([3.0, -0.6, 0])
        tops = [card.get_top() + 0.06 * UP for card in row]
        arcs = AttentionArcs(tops[-1], tops[:-1], trace.weights[0], height=2.0)
        shares = 100 * trace.weights[:, trace.asked]
        count = Counter("training step")
        mass = Bars(
            shares[:1], ["on the right item"], high=100, length=2.6, thickness=0.4,
            horizontal=True, colors=QUERY, places=0, unit="%",
        )  # fmt: skip
        VGroup(count, mass).arrange(DOWN, buff=0.35, aligned_edge=LEFT).move_to([2.9, -2.4, 0])
        self.say("Before training, every item gets about the same.")
        self.play(FadeIn(grid, row, count, mass), run_time=style.NORMAL)
        self.play(FadeIn(arcs), run_time=style.NORMAL)
        self.wait(style.NORMAL)
        self.say("Then it practises, on items drawn afresh each time. Only its errors teach it.")
        self.play(
            Through(grid, trace.grid),
            Through(arcs, trace.weights),
            Through(mass, shares[:, None]),
            Advance(count, to=trace.steps[-1]),
            run_time=LOOKS,
        )
        self.wait(style.NORMAL)
        self.play(FadeOut(grid, row, count, mass, arcs), run_time=style.NORMAL)

    @beat
    def ask_from_further_back(self) -> None:
        """Right answers by distance, beside those of an RNN and an LSTM."""
        trace = self.trace
        T = len(trace.names)
        area = PlotArea(
            (0.5, T + 0.5), (0, 110), width=9.0, height=4.3, x_label="steps back to the item",
            y_label="right answers", x_ticks=list(range(1, T + 1)), y_ticks=[0, 50, 100],
            y_unit="%",
        )  # fmt: skip
        area.move_to([-0.7, -0.3, 0])
        back = np.arange(1.0, T + 1)
        networks = (
            ("RNN", trace.rnn, style.HIDDEN.dark),
            ("LSTM", trace.lstm, style.CELL.dark),
            ("attention", trace.accuracy[-1], style.QUERY.dark),
        )
        curves = [
            Curve(area, 100 * shares, back, color=color, tip=False) for _, shares, color in networks
        ]
        names = [Label(name, color=color) for name, _, color in networks]
        beside([area.place(T, 100 * shares[-1]) for _, shares, _ in networks], names)
        told = (
            "An RNN on the same task must keep all items in one state: it mostly fails.",
            "An LSTM, with nine times as many weights, does better, not well.",
            "Attention need not keep anything: it looks, and distance no longer matters.",
        )
        self.play(FadeIn(area), run_time=style.QUICK)
        for words, curve, name in zip(told, curves, names, strict=True):
            self.say(words)
            self.add(curve)
            self.play(Advance(curve, to=T - 1), run_time=style.SLOW)
            self.play(FadeIn(name), run_time=style.QUICK)

    # Where things stand

    @property
    def name(self) -> str:
        """Who is asked for."""
        return NAMES[self.trace.names[self.trace.asked]]

    def items(self) -> list[tuple[int, int]]:
        """Person and animal of each item, by number."""
        return list(zip(self.trace.names, self.trace.animals, strict=True))

    def divided(self, dot: DotProduct) -> Maths:
        """The sum over √d, and over the temperature where there is one: the score."""
        trace = self.trace
        heat = trace.settings.temperature
        below = f"sqrt({trace.settings.key_size})" + (f" dot {heat:g}" if heat != 1 else "")
        total, score = trace.products[-1][trace.asked].sum(), trace.scores[-1][trace.asked]
        written = Maths(f"{total:.2f} / ({below}) = {score:.2f}".replace("-", "−"))
        return written.next_to(dot, RIGHT, buff=0.9)

    def count(self) -> str:
        """How many items there are, as a word."""
        words = ["Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]
        return words[len(self.trace.names) - 4]

    def lay_out(self) -> None:
        """Cards, keys, values and scores in columns, the question's at the right."""
        trace, T = self.trace, len(self.trace.names)
        self.pitch = (RIGHTMOST - LEFTMOST) / (T + 0.6)
        places = LEFTMOST + self.pitch * np.arange(T)
        self.last = float(places[-1])
        width = min(1.15, self.pitch - 0.12)
        self.cards = [Card(NAMES[n], ANIMALS[a], width=width) for n, a in self.items()]
        self.question = Card(f"{self.name}?", width=1.15).move_to([RIGHTMOST, CARDS, 0])
        limit = float(np.abs(trace.k[-1]).max())
        side = min(SLIMMEST, 1.7 / trace.k.shape[2])

        def column(numbers: object, x: float, most: float) -> SignedMatrix:
            part = SignedMatrix(np.asarray(numbers)[:, None], cell=side, limit=most)
            return part.move_to([x, COLUMNS, 0])

        self.keys = [column(k, x, limit) for k, x in zip(trace.k[-1], places, strict=True)]
        self.query = column(trace.q[-1], RIGHTMOST, limit)
        most = float(np.abs(trace.v[-1]).max())
        self.values = [column(v, x, most) for v, x in zip(trace.v[-1], places, strict=True)]
        self.output = column(trace.output[-1], RIGHTMOST, most)
        self.scores = VGroup(*[Number(0.0, size=style.SMALL_SIZE) for _ in places])
        for card, score, x in zip(self.cards, self.scores, places, strict=True):
            card.move_to([x, CARDS, 0])
            score.move_to([x, SCORES, 0])
        between = (self.last + RIGHTMOST) / 2
        names = {
            "key_name": ("keys", KEY, COLUMNS), "value_name": ("values", VALUE, COLUMNS),
            "score_name": ("scores", style.INK.dark, SCORES), "weight_name": ("weights", QUERY, -2),
        }  # fmt: skip
        for attribute, (text, color, y) in names.items():
            label = Label(text, size=style.SMALL_SIZE, color=color)
            label.scale(min(1, 0.7 / label.width) if T > 8 else 1).move_to([between, y, 0])
            setattr(self, attribute, label)


def beside(ends: list[np.ndarray], names: list[Label], gap: float = 0.36) -> None:
    """Set names right of the ends of their curves, moved apart where they would touch."""
    lowest = -np.inf
    for end, name in sorted(zip(ends, names, strict=True), key=lambda pair: pair[0][1]):
        lowest = max(float(end[1]), lowest + gap)
        name.move_to([end[0] + 0.2 + name.width / 2, lowest, 0])
