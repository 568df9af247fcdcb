"""A surface of losses in space, seen from any side: it rises, turns, and carries a way down.

The camera of a scene stays where it is: the surface is projected anew in every frame (see
`vizdl.experiments.surface`), so that text beside it stays flat and the layout can be checked.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from manim import Dot, VGroup, VMobject
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import check, landscapes
from vizdl.experiments import surface
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.text import Maths

Array = NDArray[np.float64]

THIRDS = np.array([0.0, 1 / 3, 2 / 3, 1.0])[:, None]  # of an edge, as a Bezier curve has them
BASE = np.array([[-1, -1, 0], [1, -1, 0], [1, 1, 0], [-1, 1, 0], [-1, -1, 0]], dtype=float)
SHADES = 0.14, 0.62  # of the full colour, at the lowest and at the highest point
BEYOND = 1.16  # where the names of the weights stand, as the base reaches from -1 to 1


class LossSurface(VGroup):
    """Heights (H, W) over the plane of two weights, as a mesh that hides what lies behind it.

    ``loss = LossSurface(heights); self.play(SetValues(loss, [150, 35, 1]), run_time=6)``

    `values` are the azimuth and the elevation from which it is seen, in degrees, and how far it
    has risen from its plane, 0 to 1. `unit` is half a side of the plane in units of the frame,
    `cells` the squares a side. The colour goes by the height, from `low` to `high` (the lowest and
    the highest, if left out).
    """

    def __init__(
        self,
        height: ArrayLike,
        *,
        azimuth: float = 30.0,
        elevation: float = 35.0,
        rise: float = 1.0,
        unit: float = 2.0,
        cells: int = 24,
        low: float | None = None,
        high: float | None = None,
        names: tuple[str, str] = ("w_1", "w_2"),
    ) -> None:
        given = check.array("height", height, ("H", "W"))
        self.low = float(given.min() if low is None else low)
        self.high = float(given.max() if high is None else high)
        self.unit, self.cells = unit, check.integer("cells", cells, at_least=1)
        self.values = np.array([azimuth, elevation, rise], dtype=float)
        self.anchor = Dot(radius=0.001, fill_opacity=0)  # the middle of the plane, wherever it is
        self.base = stroke(style.MUTED.dark, 2)
        self.mesh = VGroup()
        for _ in range(self.cells**2):
            square = VMobject(stroke_color=style.BACKGROUND.dark, stroke_width=0.8)
            self.mesh.add(square.set_fill(style.BACKGROUND.dark, opacity=1))
        self.names = VGroup(*[Maths(name) for name in names])
        super().__init__(self.anchor, self.base, self.mesh, self.names)
        self.ways: list[SurfacePath] = []
        self._order: tuple[bool, ...] = ()
        self._shape(_resampled(given, self.cells + 1))
        self.set_values(self.values)

    def set_values(self, values: ArrayLike) -> Self:
        """Look from another azimuth and elevation, (3,) with how far the surface has risen."""
        self.values = np.asarray(values, dtype=float)
        azimuth, _, rise = self.values
        corners = surface.strips(self._squares * [1, 1, rise], azimuth)  # (N, N, 4, 3)
        flat = self.place(corners.reshape(-1, 4, 3))
        ends = np.roll(flat, -1, axis=1)
        edges = flat[:, :, None] + THIRDS * (ends - flat)[:, :, None]  # (N², 4, 4, 3)
        for square, points in zip(self.mesh, edges.reshape(-1, 16, 3), strict=True):
            square.points = points
        self._tint(azimuth)
        self.base.set_points_as_corners(self.place(BASE))
        for k, name in enumerate(self.names):
            spot = np.array([0.0, 0.0, 0.0])
            spot[k], spot[1 - k] = BEYOND, -1
            name.move_to(self.place(spot))
        for way in self.ways:
            way.redraw()
        return self

    def set_height(self, height: ArrayLike) -> Self:
        """Show another surface in the same place, between the same lowest and highest losses."""
        self._shape(_resampled(np.asarray(height, dtype=float), self.cells + 1))
        self._order = ()
        return self.set_values(self.values)

    def place(self, points: ArrayLike) -> Array:
        """Where points (..., 3) of the space are seen: x and y from -1 to 1, then the height.

        The height is 0 on the plane and `vizdl.experiments.surface.RISE` at the top.
        """
        seen = surface.project(np.asarray(points, dtype=float), self.values[0], self.values[1])
        flat = np.zeros((*seen.shape[:-1], 3))
        flat[..., :2] = self.unit * seen
        result: Array = self.anchor.get_center() + flat
        return result

    def lift(self, x: ArrayLike, y: ArrayLike, loss: ArrayLike) -> Array:
        """The points (..., 3) of the space for x and y from -1 to 1 and losses."""
        tall = surface.lifted(np.asarray(loss, dtype=float), self.low, self.high)
        return np.stack(np.broadcast_arrays(x, y, tall), axis=-1)

    def _shape(self, height: Array) -> None:
        self._squares = surface.squares(surface.solid(height, self.low, self.high))

    def _tint(self, azimuth: float) -> None:
        """Colours go with the squares, whose order changes where another side comes forward."""
        a = np.radians(azimuth)
        across, along = float(np.cos(a)), float(np.sin(a))
        order = (abs(across) >= abs(along), across > 0, along > 0)
        if order == self._order:
            return
        self._order = order
        ends = (style.BACKGROUND.dark, style.POSITIVE.dark)
        low, high = style.mix(*ends, SHADES[0]), style.mix(*ends, SHADES[1])
        share = surface.strips(self._squares[..., 2].mean(axis=-1), azimuth) / surface.RISE
        for square, part in zip(self.mesh, share.ravel(), strict=True):
            square.set_fill(style.mix(low, high, float(part) ** 0.7))

    @classmethod
    def example(cls) -> Self:
        """The landscape of a saddle, with a way down."""
        saddle = landscapes.get("saddle")
        axes = [np.linspace(low, high, 31) for low, high in saddle.domain]
        return cls(saddle.value(np.stack(np.meshgrid(*axes), axis=-1)), cells=20)


class SurfacePath(VGroup):
    """A way on a `LossSurface` up to `step`, with a ball at its end, which turns with the surface.

    ``path = SurfacePath(loss, x, y, losses); self.play(Advance(path, to=20))``

    `x` and `y` (T+1,) go from -1 to 1 over the plane, `losses` (T+1,) are the heights. It lies on
    top of the mesh; what is not finite is not drawn.
    """

    def __init__(
        self,
        on: LossSurface,
        x: ArrayLike,
        y: ArrayLike,
        losses: ArrayLike,
        *,
        color: str = style.GRADIENT.dark,
        width: float = 5.0,
        radius: float = 0.11,
        step: float = 0.0,
    ) -> None:
        self.on = on
        self.points_there = on.lift(x, y, losses)  # (T+1, 3)
        self.line, self.ball = stroke(color, width), Dot(radius=radius, color=style.INK.dark)
        self.ball.set_stroke(style.BACKGROUND.dark, 2)
        super().__init__(self.line, self.ball)
        on.ways.append(self)
        self.set_step(step)

    @property
    def steps(self) -> int:
        """The last step that there is, T."""
        return len(self.points_there) - 1

    def set_step(self, step: float) -> Self:
        """Show the way up to `step`."""
        self.step = float(np.clip(step, 0, self.steps))
        return self.redraw()

    def redraw(self) -> Self:
        """Show it from where the surface is seen now."""
        whole = np.arange(self.steps + 1)
        tip = [np.interp(self.step, whole, axis) for axis in self.points_there.T]
        way = np.concatenate([self.points_there[: int(self.step) + 1], [tip]])
        way = way * [1, 1, self.on.values[2]]
        seen = self.on.place(way[np.isfinite(way).all(axis=1)])
        self.line.set_points_as_corners(seen) if len(seen) > 1 else self.line.clear_points()
        if len(seen):
            self.ball.move_to(seen[-1])
        return self

    @classmethod
    def example(cls) -> VGroup:
        """A descent on the bowl."""
        from vizdl.engines.descent import descend

        bowl = landscapes.get("bowl")
        axes = [np.linspace(low, high, 31) for low, high in bowl.domain]
        ground = LossSurface(bowl.value(np.stack(np.meshgrid(*axes), axis=-1)), cells=20)
        walk = descend(bowl, np.array([1.8, 1.6]), learning_rate=0.2, steps=12)
        x, y = (walk.positions / bowl.domain[:, 1]).T
        return VGroup(ground, cls(ground, x, y, walk.losses, step=12))


def _resampled(height: Array, size: int) -> Array:
    """The surface on another number of points a side, by linear interpolation."""
    rows, columns = height.shape
    x, y = np.linspace(0, columns - 1, size), np.linspace(0, rows - 1, size)
    along = np.stack([np.interp(x, np.arange(columns), row) for row in height])
    result: Any = np.stack([np.interp(y, np.arange(rows), column) for column in along.T], axis=1)
    return np.asarray(result)
