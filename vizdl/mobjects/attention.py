"""Attention: items on cards, arcs from a question to what it looks at, the grid of weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import DOWN, LEFT, UP, Rectangle, RoundedRectangle, Square, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import attention, check
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.text import Label

Array = NDArray[np.float64]

TURN = np.linspace(0, np.pi, 25)  # along half an arc's ellipse


class Card(VGroup):
    """A key over its value on one card; a question has a key alone.

    ``card = Card("Ben", "hen")``; its words are `key` and `value`.
    """

    def __init__(self, key: str, value: str = "", *, width: float = 1.15) -> None:
        self.box = RoundedRectangle(width=width, height=0.96, corner_radius=0.12, stroke_width=2)
        shade = (style.KEY if value else style.QUERY).dark
        self.box.set_fill(style.SURFACE.dark, opacity=1).set_stroke(
            style.GRID.dark if value else shade
        )
        self.key = Label(key, color=shade, bold=True)
        self.value = Label(value, color=style.VALUE.dark) if value else VGroup()
        words = VGroup(self.key, self.value).arrange(DOWN, buff=0.12) if value else self.key
        super().__init__(self.box, words.move_to(self.box))

    def light(self, on: bool = True) -> Self:
        """Frame the card as the one that is asked for."""
        self.box.set_stroke((style.QUERY if on else style.GRID).dark, width=4 if on else 2)
        return self

    @classmethod
    def example(cls) -> VGroup:
        """Three items, one of them asked for, and the question."""
        cards = [cls("Max", "cat"), cls("Ben", "hen").light(), cls("Eve", "owl"), cls("Ben?")]
        return VGroup(*cards).arrange(buff=0.2)


class AttentionArcs(VGroup):
    """Arcs from a question to the items it may look at, each as wide and bright as its weight.

    ``arcs = AttentionArcs(question.get_top(), [card.get_top() for card in cards], weights)``

    `start` is a point (3,), `ends` are points (T, 3), `weights` (T,) from 0 to 1. The arc to the
    item farthest away rises by `height`. `Through` takes the weights through a training.
    """

    def __init__(
        self,
        start: ArrayLike,
        ends: ArrayLike,
        weights: ArrayLike,
        *,
        height: float = 1.5,
        width: float = 24.0,
        color: str = style.QUERY.dark,
    ) -> None:
        self.full, self.full_color = width, color
        start, ends = np.asarray(start, dtype=float), np.asarray(ends, dtype=float)
        self.values = check.array("weights", weights, (len(ends),))
        reach = float(np.abs(ends[:, 0] - start[0]).max())
        super().__init__()
        for end in ends:
            middle, half = (start + end) / 2, (end - start) / 2
            rise = height * np.linalg.norm(half) * 2 / reach
            way = np.outer(-np.cos(TURN), half) + middle + np.outer(np.sin(TURN) * rise, UP)
            self.add(stroke(color).set_points_smoothly(list(way)))
        self.set_values(self.values)

    def set_values(self, weights: ArrayLike) -> Self:
        """Show other weights (T,), in place."""
        self.values = np.asarray(weights, dtype=float).reshape(self.values.shape)
        for arc, weight in zip(self, self.values, strict=True):
            share = float(np.clip(weight, 0, 1))
            shade = style.mix(style.SURFACE.dark, self.full_color, 0.25 + 0.75 * share**0.6)
            arc.set_stroke(shade, width=1.0 + self.full * share)
        return self

    @classmethod
    def example(cls) -> VGroup:
        """What a question looks at, by the scores of its dot products."""
        cards = VGroup(*[Card(key, "cat") for key in ("Max", "Pam", "Ben", "Eve")], Card("Ben?"))
        cards.arrange(buff=0.2)
        keys = np.array([[1, -1], [0, 1], [1, 2.5], [-2, 1]])
        look = attention.attend([[1.0, 2.0]], keys, np.eye(4))
        tops = [card.get_top() for card in cards]
        return VGroup(cls(tops[-1], tops[:-1], look.weights[0]), cards)


class AttentionGrid(VGroup):
    """The weights of every question on every item: rows are questions, columns what they look at.

    ``grid = AttentionGrid(weights, people, items); self.play(Through(grid, snapshots))``

    `weights` is (R, C), from 0 (the background) to 1 (the full colour); `rows` and `columns` are
    their names. `cell` is the side of a cell in units of the frame.
    """

    def __init__(
        self,
        weights: ArrayLike,
        rows: Sequence[str] = (),
        columns: Sequence[str] = (),
        *,
        cell: float = 0.5,
        color: str = style.QUERY.dark,
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.values = check.array("weights", weights, ("R", "C"))
        self.full_color = color
        R, C = self.values.shape
        for name, given, wanted in (("rows", rows, R), ("columns", columns, C)):
            if len(given) not in (0, wanted):
                raise ValueError(f"{name} must be {wanted} names, got {len(given)}")
        square = Square(cell).set_stroke(style.GRID.dark, width=1.5)
        self.cells = VGroup(*[square.copy() for _ in range(R * C)]).arrange_in_grid(R, C, buff=0)
        self.outline = Rectangle(width=C * cell, height=cell, stroke_width=0)
        self.row_labels, self.column_labels = VGroup(), VGroup()
        for index, name in enumerate(rows):
            label = Label(name, size=size, color=style.QUERY.dark)
            self.row_labels.add(label.next_to(self.cells[index * C], LEFT, buff=0.2))
        for index, name in enumerate(columns):
            label = Label(name, size=size, color=style.KEY.dark).rotate(np.pi / 2)
            self.column_labels.add(label.next_to(self.cells[index], UP, buff=0.2))
        super().__init__(self.cells, self.row_labels, self.column_labels, self.outline)
        self.set_values(self.values)

    def set_values(self, weights: ArrayLike) -> Self:
        """Show other weights (R, C), in place."""
        self.values = np.asarray(weights, dtype=float).reshape(self.values.shape)
        for cell, weight in zip(self.cells, self.values.flat, strict=True):
            share = float(np.clip(weight, 0, 1))
            cell.set_fill(style.mix(style.BACKGROUND.dark, self.full_color, share), opacity=1)
        return self

    def select(self, row: int | None = None) -> Self:
        """Outline the weights of one question; without a row, of none."""
        if row is None:
            self.outline.set_stroke(width=0)
            return self
        C = self.values.shape[1]
        first, last = (self.cells[row * C + k].get_center() for k in (0, C - 1))
        self.outline.move_to((first + last) / 2).set_stroke(style.INK.dark, width=3)
        return self

    @classmethod
    def example(cls) -> Self:
        """Four questions to four items, of which each is most like one."""
        keys = np.array([[1.5, -1], [-1, 2], [2, 2], [-2, -1]])
        names = ["Max", "Pam", "Ben", "Eve"]
        weights = attention.attend(keys, keys, np.eye(4)).weights
        return cls(weights, [f"{name}?" for name in names], names, cell=0.7).select(2)
