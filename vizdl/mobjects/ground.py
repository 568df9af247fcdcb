"""A loss over one weight as the ground that balls roll on."""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import descent, landscapes
from vizdl.mobjects.axes import PlotArea, stroke
from vizdl.mobjects.descent import DescentPath
from vizdl.mobjects.text import Maths

Array = NDArray[np.float64]


class Ground(VGroup):
    """A loss (P,) over one weight w (P,) as a curve on its axes, for walks that step from w to w.

    ``ground = Ground(w, loss); ball = ground.walk(walk.positions[:, 0], walk.losses)``

    `ground.area` is the `PlotArea`, `place` says where weights and losses lie on it. A walk is a
    `DescentPath`: its steps are chords from place to place, so that a step across a valley is seen
    to be one. What leaves the axes leaves the picture.
    """

    def __init__(
        self,
        w: ArrayLike,
        loss: ArrayLike,
        *,
        width: float = 6.0,
        height: float = 4.0,
        color: str = style.MUTED.dark,
        x_label: str | VMobject | None = None,
        y_label: str | VMobject = "loss",
        margin: float = 0.06,
    ) -> None:
        x, y = np.asarray(w, dtype=float), np.asarray(loss, dtype=float)
        if x.ndim != 1 or x.shape != y.shape or len(x) < 2:
            raise ValueError(
                f"w and loss must be of one length (P,), at least 2, got {x.shape} and {y.shape}"
            )
        low, high = float(y.min()), float(y.max())
        room = margin * (high - low) or 1.0
        self.area = PlotArea(
            (float(x.min()), float(x.max())),
            (low - room, high + room),
            width=width,
            height=height,
            x_label=Maths("w", size=style.LABEL_SIZE) if x_label is None else x_label,
            y_label=y_label,
            grid=False,
        )
        self.line = stroke(color, 5.0)
        self.line.set_points(self.area.outline(x, y))
        super().__init__(self.area, self.line)

    def place(self, w: ArrayLike, loss: ArrayLike) -> Array:
        """Where weights and losses (...) lie on the frame: points (..., 3)."""
        return self.area.place(w, loss)

    def walk(self, w: ArrayLike, loss: ArrayLike, **options: Any) -> DescentPath:
        """A walk through weights w (T+1,) with their losses; `options` as for `DescentPath`."""
        return DescentPath(self.area, np.stack([np.asarray(w), np.asarray(loss)], -1), **options)

    @classmethod
    def example(cls) -> VGroup:
        """Two learning rates from one start: one is caught by the false minimum."""
        landscape = landscapes.get("double_well")
        w = np.linspace(-3.5, 3.5, 141)
        ground = cls(w, landscape.value(w[:, None]), width=5, height=3)
        walks = descent.descend(landscape, np.array([3.0]), learning_rate=[0.05, 0.6], steps=12)
        balls = [
            ground.walk(walks.positions[:, n, 0], walks.losses[:, n], color=role.dark, step=12)
            for n, role in enumerate((style.SERIES[1], style.SERIES[2]))
        ]
        return VGroup(ground, *balls)
