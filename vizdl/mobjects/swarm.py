"""A cloud of arrows or points that is changed in place: hundreds of noisy answers at once."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import Circle, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, minibatch
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.paper import segments

Array = NDArray[np.float64]


class Swarm(VGroup):
    """Arrows from one place, or with ``arrows=False`` only their tips, through K clouds.

    ``swarm = Swarm(map.place(w), 0.5 * clouds); self.play(Advance(swarm, to=len(clouds) - 1))``

    `start` is a point of the frame and `clouds` (K, N, 2) or (N, 2) hold vectors in its units.
    Cloud 0 is shown first; between two clouds each arrow goes straight from one to the other.
    Where arrows lie over each other the picture grows brighter, so that density shows.
    """

    def __init__(
        self,
        start: ArrayLike,
        clouds: ArrayLike,
        *,
        color: str = style.GRADIENT.dark,
        arrows: bool = True,
        width: float = 2.5,
        head: float = 0.11,
        opacity: float = 0.35,
        layers: int = 15,
        step: float = 0.0,
    ) -> None:
        given = np.asarray(clouds)
        self.clouds = check.array(
            "clouds", given[None] if given.ndim == 2 else given, ("K", "N", 2)
        )
        self.start = np.zeros(3)
        self.start[: len(np.asarray(start))] = start
        self.arrows, self.head_length = arrows, head
        count = min(layers, self.clouds.shape[1])
        # A few mobjects, not one an arrow: 300 arrows are then drawn as fast as a few lines.
        self._members = [np.arange(k, self.clouds.shape[1], count) for k in range(count)]
        self.shafts = VGroup(*[stroke(color, width, opacity) for _ in range(count)])
        self.heads = VGroup()
        for _ in range(count):
            piece = VMobject(stroke_width=0, fill_color=color)
            self.heads.add(piece.set_fill(opacity=min(1.0, 1.6 * opacity)))
        self._dot = Circle(radius=head / 2, num_components=5).points  # (16, 3)
        super().__init__(self.shafts, self.heads)
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The index of the last cloud."""
        return len(self.clouds) - 1

    def set_step(self, step: float) -> Self:
        """Show the cloud `step`; between two whole ones every arrow is on its way."""
        self.step = float(np.clip(step, 0, self.steps))
        before = min(int(self.step), max(0, self.steps - 1))
        after = min(before + 1, self.steps)
        share = self.step - before
        self.set_vectors((1 - share) * self.clouds[before] + share * self.clouds[after])
        return self

    def set_vectors(self, vectors: Array, start: ArrayLike | None = None) -> Self:
        """Show vectors (N, 2), from another place if `start` is given."""
        if start is not None:
            self.start[: len(np.asarray(start))] = start
        flat = np.zeros((len(vectors), 3))
        flat[:, :2] = vectors
        if not self.arrows:
            tips = self.start + flat
            for members, head in zip(self._members, self.heads, strict=True):
                head.set_points((tips[members, None] + self._dot).reshape(-1, 3))
            return self
        lines, wedges, shown = _arrows(self.start, flat, self.head_length)
        for members, shaft, head in zip(self._members, self.shafts, self.heads, strict=True):
            seen = members[shown[members]]
            shaft.set_points(lines[seen].reshape(-1, 3))
            head.set_points(wedges[seen].reshape(-1, 3))
        return self

    @classmethod
    def example(cls) -> Self:
        """200 gradients of a regression at one place, each from four random points."""
        problem = minibatch.make_problem()
        return cls([0.0, 0.0], minibatch.gradients_at(problem, [-1.2, 3.2], 4, draws=200))


def _arrows(start: Array, vectors: Array, head: float) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Arrows (N, 3) from one point: shafts (N, 4, 3) and heads (N, 12, 3) as Bezier points.

    The third result (N,) says which have a length; the others have no direction and no points.
    """
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)  # (N, 1)
    shown = lengths[:, 0] > 1e-9
    along = vectors / np.where(shown[:, None], lengths, 1.0)
    across = np.stack([-along[:, 1], along[:, 0], np.zeros(len(along))], axis=1)
    size = np.minimum(head, 0.6 * lengths)
    tips = start + vectors
    necks = tips - size * along
    starts = np.broadcast_to(start, tips.shape)
    left, right = necks + 0.42 * size * across, necks - 0.42 * size * across
    heads = [segments(tips, left), segments(left, right), segments(right, tips)]
    return segments(starts, necks), np.concatenate(heads, axis=1), shown
