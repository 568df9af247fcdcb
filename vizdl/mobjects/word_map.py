"""Words as points of a plane, with their names: they can drift all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

import numpy as np
from manim import Dot, VGroup
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import embedding
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.text import Label

Array = NDArray[np.float64]

GAP = 0.16  # between a dot and its name
FAR = np.arange(0.0, 2.0, 0.1)  # how much farther a name may be moved to find room
AROUND = np.deg2rad([0, 180, 90, 270, 30, 150, 210, 330, 60, 120, 240, 300])  # where it is tried


class WordMap(VGroup):
    """Words at places (N, 2) of a plane, each a dot with its name beside it.

    ``words = WordMap(names, places[0], colors, reach=3); self.play(Through(words, places))``

    `colors` is one colour or one for each word; `dots` and `labels` hold either. The plane is
    `width` by `height` units of the frame and shows what lies within `reach` of 0 either way; words
    beyond it stand at its edge. `settle` gives the names room where words stand close together.
    """

    def __init__(
        self,
        names: Sequence[str],
        places: ArrayLike,
        colors: str | Sequence[str] = style.DATA.dark,
        *,
        reach: float | tuple[float, float] = 1.0,
        width: float = 10.0,
        height: float = 6.0,
        size: float = style.SMALL_SIZE,
    ) -> None:
        self.values = np.asarray(places, dtype=float)
        if self.values.shape != (len(names), 2):
            raise ValueError(
                f"places must have shape ({len(names)}, 2), one for each word, "
                f"got {self.values.shape}"
            )
        shades = [colors] * len(names) if isinstance(colors, str) else list(colors)
        self.half = np.array([width, height]) / 2
        self.reach = np.broadcast_to(np.asarray(reach, dtype=float), (2,))
        self.origin = Dot(radius=0.001, fill_opacity=0)
        self.dots = VGroup(*[Dot(radius=0.09, color=shade) for shade in shades])
        self.labels = VGroup(
            *[
                Label(name, size=size, color=shade)
                for name, shade in zip(names, shades, strict=True)
            ]
        )
        self.offsets = np.zeros((len(names), 3))  # from dots to names
        self.offsets[:, 0] = [GAP + label.width / 2 for label in self.labels]
        super().__init__(self.origin, self.dots, self.labels)
        self.set_values(self.values)

    def set_values(self, places: ArrayLike) -> Self:
        """Let the words stand at other places (N, 2), in place."""
        self.values = np.asarray(places, dtype=float).reshape(self.values.shape)
        points = self.place(self.values)
        for dot, label, offset, at in zip(
            self.dots, self.labels, self.offsets, points, strict=True
        ):
            dot.move_to(at)
            label.move_to(at + offset)
        return self

    def settle(self, places: ArrayLike) -> Self:
        """Choose where names stand so that none covers another, or a dot, at these places (N, 2).

        Each name in turn takes the first free room within the plane, near its dot before far.
        """
        points, origin = self.place(places)[:, :2], self.origin.get_center()[:2]
        taken = [(at, np.full(2, 0.11)) for at in points]  # middles and half sizes
        for k, label in enumerate(self.labels):
            half = np.array([label.width, max(label.height, 0.2)]) / 2 + 0.03
            others = taken[:k] + taken[k + 1 :]
            tries = [
                (GAP + far + half) * [np.cos(angle), np.sin(angle)]
                for far in FAR
                for angle in AROUND
            ]
            free = (
                shift
                for shift in tries
                if (np.abs(points[k] + shift - origin) + half <= self.half).all()
                and _free(points[k] + shift, half, others)
            )
            self.offsets[k, :2] = next(free, tries[0])
            taken.append((points[k] + self.offsets[k, :2], half))
        return self.set_values(self.values)

    def place(self, places: ArrayLike) -> Array:
        """Where places (N, 2) of the plane lie on the frame: points (N, 3)."""
        share = np.clip(np.asarray(places, dtype=float) / self.reach, -1, 1)
        across: Array = np.zeros((*share.shape[:-1], 3))
        across[..., :2] = share * self.half
        return self.origin.get_center() + across

    def links(self, word: int, others: Sequence[int], color: str = style.INK.dark) -> VGroup:
        """Lines from a word to others, beneath the words."""
        points = self.place(self.values)
        lines = VGroup()
        for other in others:
            line = stroke(color, 3).set_points_as_corners([points[word], points[other]])
            lines.add(line.set_z_index(-1))
        return lines

    @classmethod
    def example(cls) -> Self:
        """Six words of two kinds, after a short training on which of them stand together."""
        names = ["Ann", "Ben", "Eve", "soup", "cake", "rice"]
        sentences = [[person, food] for person in range(3) for food in range(3, 6)]
        trained = embedding.train(embedding.pairs(sentences, 1), 6, steps=150, batch=32)
        shades = [style.SERIES[0].dark] * 3 + [style.SERIES[1].dark] * 3
        places = trained.parameters["w_in"]
        centred = places - places.mean(axis=0)
        reach = 1.2 * float(np.abs(centred).max())
        return cls(names, centred, shades, reach=reach, width=6, height=4).settle(centred)


def _free(middle: Array, half: Array, others: Sequence[tuple[Array, Array]]) -> bool:
    """Whether a box touches none of the others."""
    return not any((np.abs(middle - at) < half + size).all() for at, size in others)
