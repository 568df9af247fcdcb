"""What stands on a frame, and how to redraw of it only what changed.

A vmobject that looks as before is not traced again, and pixels that nothing new covers are not
drawn again. Both are exact. An `Ink` repeats the very calls to Cairo that Manim would make; and
where something changed, everything that reaches there is drawn anew, whole and in order, on a
sheet beside the frame, from which just the changed tiles are taken. Nothing is clipped: Cairo
rounds a clipped edge in its own way.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import cairo
import numpy as np
from numpy.typing import NDArray

from vizdl.render.paths import Path

Pixels = NDArray[Any]  # (height, width, 4), uint8
Source = tuple[float, float, float, float] | cairo.Gradient
Box = tuple[int, int, int, int]  # left, top, right, bottom of what is covered, in tiles

NOWHERE = (0, 0, 0, 0)
WHOLE = (slice(None), slice(None))
TILE = 32  # pixels
MITER = 10.5  # half widths that a mitred corner reaches beyond its point (Cairo's limit is 10)
CAP = 1.5  # half widths that a cap or a round corner reaches
BLUR = 2.0  # pixels, for antialiasing
FAR = 2.0**22  # pixels, half of what Cairo's fixed-point numbers hold
SETTLED = 3  # frames that an ink has to stay before it is baked into the ground
MOST = 0.7  # of all tiles: with more that changed, the frame is drawn as a whole


@dataclass(frozen=True, slots=True)
class Layer:
    """One fill, or one stroke if it has a width."""

    source: Source
    width: float = 0.0
    join: cairo.LineJoin = cairo.LineJoin.MITER
    cap: cairo.LineCap = cairo.LineCap.BUTT


@dataclass(frozen=True, slots=True, eq=False)
class Ink:
    """What one vmobject puts on the frame. Equal only to itself."""

    path: Path
    layers: list[Layer]
    box: Box
    born: int  # the frame it first stood on

    def draw(self, context: cairo.Context[cairo.ImageSurface]) -> None:
        """Trace the path and paint its layers."""
        self.path.draw(context)
        for layer in self.layers:
            if isinstance(layer.source, tuple):
                context.set_source_rgba(*layer.source)
            else:
                context.set_source(layer.source)
            if layer.width:
                context.set_line_width(layer.width)
                context.set_line_join(layer.join)
                context.set_line_cap(layer.cap)
                context.stroke_preserve()
            else:
                context.fill_preserve()


class Sheet:
    """An array of pixels and the Cairo context that draws on it."""

    def __init__(self, pixels: Pixels) -> None:
        height, width = pixels.shape[:2]
        self.pixels = pixels
        surface = cairo.ImageSurface.create_for_data(
            pixels.data, cairo.FORMAT_ARGB32, width, height
        )
        self.context = cairo.Context(surface)

    def draw(self, inks: Iterable[Ink], matrix: cairo.Matrix) -> None:
        """Draw the inks one over the other."""
        self.context.set_matrix(matrix)
        for ink in inks:
            if ink.layers:
                ink.draw(self.context)


class Canvas:
    """The pixels of a frame, which know what was drawn on them last.

    ``canvas.start(base)``, then ``canvas.draw(inks, matrix)``, gives in `pixels` what drawing all
    inks on a copy of `base` would give. `base` must not be written to afterwards.
    """

    def __init__(self, pixels: Pixels) -> None:
        self.pixels = pixels
        self.frames = 0
        self._frame = Sheet(pixels)
        self._side = Sheet(np.empty_like(pixels))
        self._ground = Sheet(np.empty_like(pixels))
        self._base: Pixels | None = None
        self._matrix: cairo.Matrix | None = None
        self._baked: list[Ink] = []  # stand on the ground, above the base
        self._drawn: list[Ink] | None = None  # stand on the frame; None if others wrote there
        self._pending: Pixels | None = None  # a base that the frame does not show yet
        self._touched: Box = NOWHERE  # the tiles that changed since `changes` was asked
        height, width = pixels.shape[:2]
        self._tiles = (-(-height // TILE), -(-width // TILE))

    def start(self, base: Pixels) -> None:
        """Begin a frame on `base` (lazily: it may be that only little of it has to be copied)."""
        self._pending = base

    @property
    def is_started(self) -> bool:
        """Whether a frame was begun on which nothing is drawn yet."""
        return self._pending is not None

    def release(self) -> Pixels:
        """The pixels for others to write on."""
        self.finish()
        self._drawn = None
        self._touch()
        return self.pixels

    def finish(self) -> Pixels:
        """The pixels for others to read."""
        if self._pending is not None:
            copy_pixels(self._pending, self.pixels)
            self._pending = self._drawn = None
            self._touch()
        return self.pixels

    def changes(self) -> Box:
        """The box of pixels outside of which nothing changed since this was asked before."""
        box, self._touched = self._touched, NOWHERE
        height, width = self.pixels.shape[:2]
        left, top, right, bottom = (TILE * edge for edge in box)
        return left, top, min(right, width), min(bottom, height)

    def _touch(self, tiles: NDArray[np.bool_] | None = None) -> None:
        """Note that the tiles changed (None: all)."""
        if tiles is None:
            self._touched = (0, 0, self._tiles[1], self._tiles[0])
            return
        rows, columns = (np.flatnonzero(tiles.any(axis=axis)) for axis in (1, 0))
        if not len(rows):
            return
        box = (int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1)
        if self._touched != NOWHERE:
            old = self._touched
            box = (
                min(old[0], box[0]),
                min(old[1], box[1]),
                max(old[2], box[2]),
                max(old[3], box[3]),
            )
        self._touched = box

    def draw(self, inks: list[Ink], matrix: cairo.Matrix) -> None:
        """Draw the inks on the base that the frame was started with."""
        base, self._pending = self._pending, None
        if base is None:
            raise ValueError("a frame is drawn once after it was started, and was drawn already")
        self.frames += 1
        if base is not self._base or matrix != self._matrix:
            self._base, self._matrix, self._baked, self._drawn = base, matrix, [], None
        drawn, self._drawn = self._drawn, inks
        if drawn == inks:
            return
        ground = self._grow(inks, base, matrix)
        above = inks[len(self._baked) :]
        changed = None if drawn is None else self._changed(drawn, inks)
        if changed is None or changed.mean() > MOST:
            copy_pixels(ground, self.pixels)
            self._frame.draw(above, matrix)
            self._touch()
            return
        pieces = _pieces(changed)
        copy_pixels(ground, self._side.pixels, pieces)
        self._side.draw(_reaching(above, changed), matrix)
        copy_pixels(self._side.pixels, self.pixels, pieces)
        self._touch(changed)

    def _grow(self, inks: list[Ink], base: Pixels, matrix: cairo.Matrix) -> Pixels:
        """Bake the first inks that have not changed for a while into the ground."""
        limit = self.frames - SETTLED
        settled = next((i for i, ink in enumerate(inks) if ink.born > limit), len(inks))
        if self._baked != inks[: len(self._baked)]:
            self._baked = []
        if settled > len(self._baked):
            if not self._baked:
                copy_pixels(base, self._ground.pixels)
            self._ground.draw(inks[len(self._baked) : settled], matrix)
            self._baked = inks[:settled]
        return self._ground.pixels if self._baked else base

    def _changed(self, before: list[Ink], after: list[Ink]) -> NDArray[np.bool_] | None:
        """The tiles where the two differ; None where what stayed changed its order."""
        left, come = set(before) - set(after), set(after) - set(before)
        if [ink for ink in before if ink not in left] != [i for i in after if i not in come]:
            return None
        changed = np.zeros(self._tiles, dtype=bool)
        for ink in (*left, *come):
            x0, y0, x1, y1 = ink.box
            changed[y0:y1, x0:x1] = True
        return changed


def copy_pixels(
    source: Pixels, target: Pixels, pieces: Sequence[tuple[slice, slice]] = (WHOLE,)
) -> None:
    """Copy rectangles of pixels from one array to another."""
    for piece in pieces:
        target[piece] = source[piece]


def _reaching(inks: Sequence[Ink], tiles: NDArray[np.bool_]) -> list[Ink]:
    """The inks whose boxes hold any of the tiles."""
    if not inks:
        return []
    sums = np.zeros((tiles.shape[0] + 1, tiles.shape[1] + 1), dtype=int)
    np.cumsum(np.cumsum(tiles, axis=0), axis=1, out=sums[1:, 1:])
    x0, y0, x1, y1 = np.array([ink.box for ink in inks]).T
    count = sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0]
    return [inks[i] for i in np.flatnonzero(count).tolist()]


def _pieces(tiles: NDArray[np.bool_]) -> list[tuple[slice, slice]]:
    """The rectangles of pixels that make up the tiles."""
    pieces = []
    edges = np.flatnonzero((tiles[1:] != tiles[:-1]).any(axis=1)) + 1
    rows = [0, *edges.tolist(), len(tiles)]
    for top, bottom in pairwise(rows):
        line = np.concatenate([[False], tiles[top], [False]])
        runs = np.flatnonzero(line[1:] != line[:-1]).reshape(-1, 2)
        for left, right in runs.tolist():
            across = slice(left * TILE, right * TILE)
            pieces.append((slice(top * TILE, bottom * TILE), across))
    return pieces


def box_of(
    path: Path, layers: Sequence[Layer], matrix: cairo.Matrix, shape: tuple[int, ...]
) -> Box:
    """A box that surely holds all ink: the hull of the path's points and half its widest line.

    `matrix` from user space to pixels, `shape` of the array of pixels.
    """
    columns, rows = -(-shape[1] // TILE), -(-shape[0] // TILE)
    left, bottom, right, top = path.bounds
    xs = (matrix.xx * left + matrix.x0, matrix.xx * right + matrix.x0)
    ys = (matrix.yy * bottom + matrix.y0, matrix.yy * top + matrix.y0)
    reach = 0.0
    for layer in layers:
        mitred = layer.join == cairo.LineJoin.MITER and path.has_corners
        half = layer.width / 2 * max(abs(matrix.xx), abs(matrix.yy))
        reach = max(reach, half * (MITER if mitred else CAP))
    reach += BLUR
    around = (min(xs) - reach, min(ys) - reach, max(xs) + reach, max(ys) + reach)
    if matrix.xy or matrix.yx or not all(abs(value) < FAR for value in around):
        return (0, 0, columns, rows)
    x0 = min(max(math.floor(around[0] / TILE), 0), columns)
    y0 = min(max(math.floor(around[1] / TILE), 0), rows)
    x1 = min(max(math.ceil(around[2] / TILE), x0), columns)
    y1 = min(max(math.ceil(around[3] / TILE), y0), rows)
    return (x0, y0, x1, y1) if x0 < x1 and y0 < y1 else NOWHERE
