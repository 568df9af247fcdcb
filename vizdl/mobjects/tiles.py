"""Words as tiles in a row, which can be lit, one by one, and put in another order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Self

import numpy as np
from manim import RIGHT, UP, RoundedRectangle, VGroup, smooth
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.text import EM, Label

Array = NDArray[np.float64]

LETTER = 0.26  # half of a small letter's height, in em: the middle of a line of text
REST, LIT = 0.12, 0.42  # of a tile's colour in its ground, so that the word can be read on it


class WordTiles(VGroup):
    """A row of words, each on a tile.

    ``row = WordTiles("not bad at all".split()); self.play(SetValues(row, [1, 0, 0, 0]))``

    `values` (N,) says how brightly each tile is lit, from 0 to 1. With a `pitch` the tiles stand so
    far from one another and are as wide as `width`, or as that leaves room for, to stand over the
    columns of something else; without, each is as wide as its word. `color` is one colour or one
    for each tile. `tiles[k]` is the k-th from the left, ``box`` and ``label`` its parts.
    """

    def __init__(
        self,
        words: Sequence[str],
        *,
        color: str | Sequence[str] = style.DATA.dark,
        size: float = style.LABEL_SIZE,
        height: float = 0.62,
        gap: float = 0.16,
        pitch: float | None = None,
        width: float | None = None,
    ) -> None:
        if not words:
            raise ValueError("words must hold at least one word, got none")
        shades = [color] * len(words) if isinstance(color, str) else list(color)
        if len(shades) != len(words):
            raise ValueError(f"color must be {len(words)}, one for each word, got {len(shades)}")
        self.words, self.shades = tuple(words), shades
        self.gap, self.pitch, self.tall = gap, pitch, height
        self.values = np.zeros(len(words))
        across = width if width is not None else None if pitch is None else pitch - gap
        self.tiles = VGroup(
            *[
                _tile(word, size, height, across, shade)
                for word, shade in zip(words, shades, strict=True)
            ]
        )
        super().__init__(self.tiles)
        for tile, centre in zip(self.tiles, self.centres(range(len(words))), strict=True):
            tile.move_to(centre)
        self.center()
        self.set_values(self.values)

    def set_values(self, values: ArrayLike) -> Self:
        """Light each tile as brightly as that, (N,) from 0 to 1, or all of them alike."""
        self.values = np.broadcast_to(np.asarray(values, dtype=float), self.values.shape).copy()
        for tile, value, shade in zip(self.tiles, self.values, self.shades, strict=True):
            share = float(np.clip(value, 0, 1))
            ground = style.mix(style.BACKGROUND.dark, shade, REST + (LIT - REST) * share)
            tile[0].set_fill(ground, opacity=1)
            tile[0].set_stroke(style.mix(style.GRID.dark, shade, 0.25 + 0.75 * share))
        return self

    def only(self, *places: int) -> Array:
        """The values that light these tiles alone, for `SetValues`."""
        values = np.zeros(len(self.words))
        values[list(places)] = 1
        return values

    def centres(self, order: Sequence[int]) -> Array:
        """Where the tiles stand when they are in that order: (N, 3), one a tile of the order."""
        left = self.tiles[0].get_left() if len(self) else np.zeros(3)
        if self.pitch is not None:
            first = left + self.tiles[0].width / 2 * RIGHT
            steps = self.pitch * self._scale() * np.arange(len(self.words))
            return np.asarray(first + steps[:, None] * RIGHT)
        widths = np.array([self.tiles[k].width for k in order])
        ends = np.cumsum(widths + self.gap * self._scale())
        return np.asarray(left + (ends - self.gap * self._scale() - widths / 2)[:, None] * RIGHT)

    def put(self, order: Sequence[int]) -> Self:
        """Put the tiles in another order: ``order[k]`` is the place from which the k-th comes."""
        order = self.checked(order)
        for place, centre in zip(order, self.centres(order), strict=True):
            self.tiles[place].move_to(centre)
        return self.renamed(order)

    def renamed(self, order: Sequence[int]) -> Self:
        """Count the tiles in that order from now on, wherever they stand."""
        self.tiles.submobjects = [self.tiles[place] for place in order]
        self.words = tuple(self.words[place] for place in order)
        self.shades = [self.shades[place] for place in order]
        self.values = self.values[list(order)]
        return self

    def checked(self, order: Sequence[int]) -> list[int]:
        """The order as a list. Raises ValueError unless it names each place once."""
        if sorted(order) != list(range(len(self.words))):
            raise ValueError(f"order must name each of {len(self.words)} places once, got {order}")
        return list(order)

    def _scale(self) -> float:
        return float(self.tiles[0].height) / self.tall

    @classmethod
    def example(cls) -> Self:
        """A sentence with its last two words lit."""
        row = cls(["the", "film", "was", "not", "bad"])
        return row.set_values(row.only(3, 4))


class Reorder(InPlace):
    """Let tiles change places: those that go right pass above, those that go left below.

    ``self.play(Reorder(row, [3, 0, 1, 2]))`` brings the last of four to the front.
    """

    def __init__(
        self, row: WordTiles, order: Sequence[int], *, rise: float = 0.7, **options: Any
    ) -> None:
        self.row: WordTiles = row
        self.order = row.checked(order)
        self.rise = check.number("rise", rise, at_least=0)
        super().__init__(row, **{"run_time": style.NORMAL, "rate_func": smooth, **options})

    def begin(self) -> None:
        """Start from where the tiles stand now."""
        self.tiles = [self.row.tiles[place] for place in self.order]
        self.first = np.array([tile.get_center() for tile in self.tiles])
        self.last = self.row.centres(self.order)
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Show the tiles at the share `alpha` of their ways."""
        share = self.rate_func(alpha)
        for tile, start, end in zip(self.tiles, self.first, self.last, strict=True):
            way = end[0] - start[0]
            bow = 4 * share * (1 - share) * self.rise * (np.sign(way) if abs(way) > 1e-6 else 0)
            tile.move_to((1 - share) * start + share * end + bow * UP)

    def finish(self) -> None:
        """Count the tiles in their new order."""
        super().finish()
        self.row.renamed(self.order)


class _Tile(VGroup):
    """A word on its box."""

    def __init__(self, box: RoundedRectangle, label: Label) -> None:
        super().__init__(box, label)
        self.box, self.label = box, label


def _tile(word: str, size: float, height: float, width: float | None, shade: str) -> _Tile:
    label = Label(word, size=size)
    across = label.width + 0.36 if width is None else width
    scale = min(1.0, (across - 0.1) / label.width)
    label.scale(scale)
    box = RoundedRectangle(width=across, height=height, corner_radius=min(0.12, height / 3))
    box.set_stroke(shade, width=2)
    if word.isalpha():  # on one baseline with its neighbours, whatever hangs below it
        baseline = max(float(glyph.get_bottom()[1]) for glyph in label)
        label.shift(-(baseline + LETTER * EM * label.size * scale) * UP)
    return _Tile(box, label)
