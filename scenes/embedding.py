"""Watch a word become a row of numbers, and the rows of like words drift together."""

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
    LaggedStart,
    ReplacementTransform,
    VGroup,
)

from vizdl import style
from vizdl.experiments import embedding
from vizdl.experiments.embedding import ROLE, WORDS
from vizdl.mobjects.advance import Advance
from vizdl.mobjects.bars import Bars
from vizdl.mobjects.cells import SetValues
from vizdl.mobjects.counter import Counter
from vizdl.mobjects.matrix import SignedMatrix
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Label, Maths
from vizdl.mobjects.through import Through
from vizdl.mobjects.tiles import WordTiles
from vizdl.mobjects.word_map import WordMap

SHADES = [role.dark for role in (*style.SERIES, style.MUTED)]  # of the roles
CELL = 0.262  # of the one-hot vector and of the matrix
DRIFT = 8.0  # seconds of the training
EXAMPLES = 3  # sentences that are shown


class Embedding(Story):
    """A look-up in the matrix, what it is trained on, the words' drift, and neighbours."""

    title = "Embeddings"
    experiment = embedding

    def construct(self) -> None:
        """The storyboard."""
        self.open("How does a network know that cat and dog are alike?")
        self.look_up_a_row()
        self.keep_company()
        self.drift_together()
        self.find_neighbours()
        self.close(
            "before",
            "after",
            "strangers",
            say="It never saw a role. It learned them from the company that words keep.",
        )

    @beat
    def look_up_a_row(self) -> None:
        """Word, index, one-hot vector; the matrix gives up one row."""
        trace = self.trace
        word, at = trace.settings.word, trace.chosen
        self.lay_out()
        self.say(f"Take a word: {word}. Networks want numbers, so it gets its place in a list.")
        self.play(FadeIn(self.spoken), FadeIn(self.names), run_time=style.NORMAL)
        self.play(self.names[at].animate.set_color(style.INK.dark), run_time=style.QUICK)
        self.play(FadeIn(self.index, shift=0.2 * DOWN), run_time=style.NORMAL)
        self.say("As a vector that is a one among zeros: long, and as unlike cat as any other.")
        self.play(FadeIn(self.one_hot), run_time=style.QUICK)
        self.play(SetValues(self.one_hot, trace.one_hot[:, None]), run_time=style.NORMAL)
        self.wait(style.QUICK)
        self.say("Multiply it with a matrix: all rows are multiplied by zero, but one.")
        self.play(FadeIn(self.matrix, self.times), run_time=style.NORMAL)
        copy = self.matrix.copy()
        self.add(copy)
        self.play(
            SetValues(copy, trace.one_hot[:, None] * trace.vectors[-1]),
            self.matrix.animate.set_opacity(0.25),
            run_time=style.SLOW,
        )
        size = trace.settings.size
        self.say(f"What is left is the word's own row: {size} numbers. That is its embedding.")
        kept = copy.row(at).copy()
        self.play(ReplacementTransform(kept, self.row), run_time=1.6)
        self.wait(style.NORMAL)
        stage = (self.spoken, self.names, self.index, self.one_hot, self.times, copy)
        self.play(FadeOut(*stage, self.matrix, self.row), run_time=style.NORMAL)

    @beat
    def keep_company(self) -> None:
        """Sentences, and what is asked of the vectors: like pairs up, random ones down."""
        self.say("Where do the numbers come from? From sentences like these.")
        rows = [
            WordTiles([WORDS[k] for k in sentence], size=style.BODY_SIZE, pitch=2.6)
            for sentence in self.examples()
        ]
        VGroup(*rows).arrange(DOWN, buff=0.45).move_to([0, 1.0, 0])
        shown = [FadeIn(row, shift=0.2 * UP) for row in rows]
        self.play(LaggedStart(*shown, lag_ratio=0.5), run_time=2.0)
        self.say("A word is to tell who stands near it: those dot products are to be large.")
        first = rows[0]
        self.play(SetValues(first, first.only(0)), run_time=style.QUICK)
        near = VGroup(
            Maths("u_o dot v_c", color=style.POSITIVE.dark),
            Label("up, for words that stand near", color=style.POSITIVE.dark),
        )
        far = VGroup(
            Maths("u_n dot v_c", color=style.NEGATIVE.dark),
            Label("down, for words drawn at random", color=style.NEGATIVE.dark),
        )
        for line, y in ((near, -1.5), (far, -2.4)):
            line.arrange(RIGHT, buff=0.4).move_to([0, y, 0])
        self.play(SetValues(first, [1, 1, 1]), FadeIn(near), run_time=style.NORMAL)
        self.say("And words drawn at random, those of the others, are to be told apart: small.")
        self.play(FadeIn(far), run_time=style.NORMAL)
        self.wait(style.QUICK)
        self.play(FadeOut(*rows, near, far), run_time=style.NORMAL)

    @beat
    def drift_together(self) -> None:
        """The words on their plane, from the first step of the training to the last."""
        trace = self.trace
        middle = trace.places[-1].mean(axis=0)
        reach = np.abs(trace.places - middle).max(axis=(0, 1)) * 1.06
        shades = [SHADES[k] for k in ROLE]
        self.map = WordMap(
            WORDS, trace.places[0] - middle, shades, reach=tuple(reach), width=9.6, height=6.4
        )
        self.map.settle(trace.places[-1] - middle)
        self.map.shift([-1.6, -0.3, 0])
        self.map.labels.set_opacity(0)
        self.legend = VGroup(
            *[Label(name, color=shade) for name, shade in zip(embedding.ROLES, SHADES, strict=True)]
        ).arrange(DOWN, buff=0.2, aligned_edge=LEFT)
        count = Counter("training step")
        alike = 100 * (ROLE[trace.nearest[..., 0]] == ROLE).mean(axis=1)
        share = Bars(
            alike[:1], high=100, length=1.5, thickness=0.36, horizontal=True, unit="%", places=0,
            colors=style.INK.dark,
        )  # fmt: skip
        told = Label("nearest of the\nsame role", size=style.SMALL_SIZE, color=style.MUTED.dark)
        side = VGroup(self.legend, count, told, share).arrange(DOWN, buff=0.4, aligned_edge=LEFT)
        side.move_to([5.0, -0.2, 0])
        self.side = VGroup(count, told, share)
        self.say(f"Here are all {len(WORDS)} words before training, each at random.")
        self.play(FadeIn(self.map.dots), FadeIn(side), run_time=style.NORMAL)
        self.wait(style.QUICK)
        self.say("The colours are ours: the network reads sentences and is told no roles.")
        moved = trace.places - middle
        self.play(
            Through(self.map, moved),
            Through(share, alike[:, None]),
            Advance(count, to=trace.steps[-1]),
            run_time=DRIFT,
        )
        self.say("Words in the same places of sentences have been pulled the same way.")
        self.play(self.map.labels.animate.set_opacity(1), run_time=style.NORMAL)
        self.poster()
        self.wait(style.NORMAL)

    @beat
    def find_neighbours(self) -> None:
        """The nearest to the word, with their cosines."""
        trace = self.trace
        at, near = trace.chosen, trace.nearest[-1, trace.chosen]
        self.say(f"Who is nearest to {WORDS[at]}, by the angle between the vectors?")
        self.play(FadeOut(self.side, self.legend), run_time=style.QUICK)
        bars = Bars(
            [trace.cosines[-1, at, k] for k in near], [WORDS[k] for k in near], low=0, high=1,
            length=1.5, thickness=0.4, pitch=0.75, horizontal=True, places=3,
            colors=[SHADES[ROLE[k]] for k in near],
        )  # fmt: skip
        title = Label(f"cosine with {WORDS[at]}", color=SHADES[ROLE[at]])
        VGroup(title, bars).arrange(DOWN, buff=0.4, aligned_edge=LEFT).move_to([4.9, 0, 0])
        faint = style.mix(style.BACKGROUND.dark, style.INK.dark, 0.2)
        links = self.map.links(at, near, faint)
        shown = [part[k] for part in (self.map.dots, self.map.labels) for k in (at, *near)]
        self.spotlight(*shown, links, title, bars)
        self.play(*[Create(line) for line in links], FadeIn(title, bars), run_time=style.SLOW)
        self.say("Whatever is learned of one of them now holds, in part, for all of them.")
        self.wait(style.SLOW)

    # Where things stand

    def examples(self) -> list[np.ndarray]:
        """The first sentences read that have a kind of their own, at first one with the word."""
        found: list[np.ndarray] = []
        for wanted in (True, False):
            for sentence in self.trace.sentences:
                kinds = [tuple(ROLE[other]) for other in found]
                if (self.trace.chosen in sentence) >= wanted and tuple(ROLE[sentence]) not in kinds:
                    found.append(sentence)
                if len(found) == (1 if wanted else EXAMPLES):
                    break
        return found

    def lay_out(self) -> None:
        """The word at the left, the list, its one-hot vector, the matrix; its row at the right."""
        trace, at = self.trace, self.trace.chosen
        word = trace.settings.word
        shade = SHADES[ROLE[at]]
        self.spoken = Label(word, size=1.4 * style.TITLE_SIZE, color=shade, bold=True)
        self.spoken.move_to([-5.2, 0.6, 0])
        self.index = Label(f"word {at + 1} of {len(WORDS)}", color=style.MUTED.dark)
        self.index.next_to(self.spoken, DOWN, buff=0.4)
        zeros = np.zeros((len(WORDS), 1))
        self.one_hot = SignedMatrix(zeros, cell=CELL, limit=1).move_to([-1.0, -0.28, 0])
        limit = float(np.abs(trace.vectors[-1]).max())
        self.matrix = SignedMatrix(trace.vectors[-1], cell=CELL, limit=limit)
        self.matrix.move_to([0.1 + self.matrix.width / 2, -0.28, 0])
        self.times = Maths("times").move_to([-0.4, -0.28, 0])
        self.names = VGroup()
        for k, name in enumerate(WORDS):
            label = Label(name, size=style.SMALL_SIZE, color=style.MUTED.dark)
            label.next_to(self.one_hot.cell(k, 0), LEFT, buff=0.25)
            self.names.add(label)
        cell = min(0.85, 3.4 / trace.settings.size)
        self.row = SignedMatrix(
            trace.vectors[-1][at], cell=cell, limit=limit, numbers=cell > 0.6, places=2
        )
        beside = np.clip(self.one_hot.cell(at, 0).get_y(), -3.0, 2.6)
        self.row.move_to([4.7, beside, 0])
