"""Manim's cameras, drawing the same frames faster.

``CairoRenderer(camera_class=fast(MovingCamera))`` is a renderer whose frames are, bit for bit,
those of the camera class given; `vizdl.render.canvas` says how. What it can't draw faster (images,
point clouds, a background image) it leaves to Manim. Who reads a frame at once and does not write
to it takes ``camera.frame_to_read`` in place of ``camera.pixel_array``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from typing import Any, Self, cast

import cairo
import numpy as np
from manim import Mobject, VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP, Camera
from numpy.typing import NDArray

from vizdl.render.canvas import Canvas, Ink, Layer, Pixels, Source, Subpath, box_of

Floats = NDArray[np.float64]

KEPT = 2000  # inks that are remembered though they were not on the last frame
# A camera class that draws in its own way keeps it.
DRAWING = (
    "display_multiple_vectorized_mobjects",
    "display_multiple_non_background_colored_vmobjects",
    "display_vectorized",
    "set_cairo_context_path",
    "set_cairo_context_color",
    "apply_fill",
    "apply_stroke",
    "set_pixel_array",
)


@functools.cache
def fast(camera_class: type[Camera]) -> type[Camera]:
    """The camera class that draws the same frames faster.

    It is `camera_class` itself where that draws vmobjects in a way of its own.
    """
    own = any(getattr(camera_class, name) is not getattr(Camera, name) for name in DRAWING)
    if own or issubclass(camera_class, FastCamera):
        return camera_class
    if camera_class is Camera:
        return FastCamera
    # FastCamera comes last, so it stands just where Camera stood.
    return type(f"Fast{camera_class.__name__}", (camera_class, FastCamera), {})


class FastCamera(Camera):
    """Manim's `Camera`, that draws the same frames faster."""

    _canvas: Canvas | None = None

    @property
    def pixel_array(self) -> Pixels:
        """The frame (height, width, 4). As it may be written to, the next is drawn as a whole."""
        if self._canvas is None:
            raise AttributeError("the camera has no frame yet")  # nor has Manim's
        return self._canvas.release()

    @pixel_array.setter
    def pixel_array(self, pixels: Pixels) -> None:
        self._canvas = Canvas(pixels)
        self._inks: dict[VMobject, tuple[tuple[Any, ...], Ink]] = {}
        self._view: tuple[cairo.Matrix, float] | None = None  # that the inks were made for

    @property
    def frame_to_read(self) -> Pixels:
        """The frame (height, width, 4), to be read at once and not written to."""
        return self.pixel_array if self._canvas is None else self._canvas.finish()

    # Backgrounds

    def init_background(self) -> None:
        """Make the background, which is not written to from then on."""
        super().init_background()
        _freeze(self.background)

    def reset(self) -> Self:
        """Begin a frame on the background."""
        if not self._start(self.background):
            super().reset()
        return self

    def set_frame_to_background(self, background: Pixels) -> None:
        """Begin a frame on `background`, which is not written to from then on."""
        _freeze(background)
        if not self._start(background):
            super().set_frame_to_background(background)

    def _start(self, base: Pixels | None) -> bool:
        """Begin a frame without a copy, where nobody can write to `base` and it has our shape."""
        if self._canvas is None or base is None or base.flags.writeable or base.base is not None:
            return False
        pixels = self._canvas.pixels
        if base.shape != pixels.shape or base.dtype != pixels.dtype:
            return False
        self._canvas.start(base)
        return True

    # Mobjects

    def get_mobjects_to_display(
        self,
        mobjects: Iterable[Mobject],
        include_submobjects: bool = True,
        excluded_mobjects: list[Mobject] | None = None,
    ) -> list[Mobject]:
        """The mobjects with points, in the order in which they are drawn."""
        if excluded_mobjects or not include_submobjects:
            return super().get_mobjects_to_display(mobjects, include_submobjects, excluded_mobjects)
        shown = with_points(mobjects)
        return sorted(shown, key=_level) if self.use_z_index else shown

    def capture_mobjects(self, mobjects: Iterable[Mobject], **kwargs: Any) -> None:
        """Draw the mobjects on the frame."""
        mobjects = list(mobjects)
        canvas = self._canvas
        shown = self.get_mobjects_to_display(mobjects, **kwargs)
        if canvas is None or not canvas.is_started or not all(map(_is_plain, shown)):
            super().capture_mobjects(mobjects, **kwargs)
            return
        matrix = self.get_cairo_context(canvas.pixels).get_matrix()
        view = (matrix, self.cairo_line_width_multiple)
        if view != self._view:
            self._inks, self._view = {}, view
        elif len(self._inks) > KEPT + 2 * len(shown):
            self._inks = {each: self._inks[each] for each in shown if each in self._inks}
        vmobjects = cast("list[VMobject]", shown)
        canvas.draw([self._ink(each, canvas, matrix) for each in vmobjects], matrix)

    def _ink(self, vmobject: VMobject, canvas: Canvas, matrix: cairo.Matrix) -> Ink:
        """What the vmobject puts on the frame: the same object for as long as it looks the same."""
        points = vmobject.points
        if type(self).transform_points_pre_display is not Camera.transform_points_pre_display:
            points = self.transform_points_pre_display(vmobject, points)
        fill, width = self.get_fill_rgbas(vmobject), vmobject.get_stroke_width()
        paints = [(fill, 0.0)]
        if width:
            paints.append((self.get_stroke_rgbas(vmobject), width))
        if under := vmobject.get_stroke_width(background=True):
            paints.insert(0, (self.get_stroke_rgbas(vmobject, background=True), under))
        colours = [rgbas.tobytes() for rgbas, _ in paints]
        look = (points.tobytes(), width, under, *colours, vmobject.joint_type, vmobject.cap_style)
        ends: list[float] = []
        if any(len(rgbas) != 1 for rgbas, _ in paints):
            ends = self._gradient_ends(vmobject)
            look = (*look, *ends)
        known = self._inks.get(vmobject)
        if known is not None and known[0] == look:
            return known[1]
        ink = self._make_ink(vmobject, points, paints, ends, canvas, matrix)
        self._inks[vmobject] = (look, ink)
        return ink

    def _make_ink(
        self, vmobject: VMobject, points: Floats, paints: Sequence[tuple[Floats, float]],
        ends: Sequence[float], canvas: Canvas, matrix: cairo.Matrix,
    ) -> Ink:  # fmt: skip
        layers = []
        for rgbas, width in paints:
            if not (rgbas[:, 3] > 0).any():
                continue  # nothing over the frame leaves the frame as it is
            if width:
                join, cap = LINE_JOIN_MAP[vmobject.joint_type], CAP_STYLE_MAP[vmobject.cap_style]
                width *= self.cairo_line_width_multiple
                layers.append(Layer(_source(rgbas, ends), width, join, cap))
            else:
                layers.append(Layer(_source(rgbas, ends)))
        if (
            layers
            and type(self).transform_points_pre_display is Camera.transform_points_pre_display
        ):
            points = self.transform_points_pre_display(vmobject, points)
        subpaths = _trace(vmobject, points) if layers else []
        corners = any(len(subpath.curves) > 1 or subpath.closed for subpath in subpaths)
        shown = layers if subpaths else []
        box = box_of(points[:, :2], shown, corners, matrix, canvas.pixels.shape)
        if box[0] == box[2]:
            subpaths, shown = [], []  # outside of the frame
        return Ink(subpaths, shown, box, canvas.frames)

    def _gradient_ends(self, vmobject: VMobject) -> list[float]:
        """Where its gradient starts and ends: x0, y0, x1, y1."""
        ends: Any = vmobject.get_gradient_start_and_end_points()
        return [float(x) for point in self.transform_points_pre_display(vmobject, ends)
                for x in point[:2]]  # fmt: skip


def with_points(mobjects: Iterable[Mobject]) -> list[Mobject]:
    """The members of the mobjects' families that have points, in order, each where it last stands.

    What Manim's `extract_mobject_family_members` gives, without walking a family once for itself
    and again for each of its ancestors in the list.
    """
    seen: set[Mobject] = set()
    above: set[Mobject] = set()  # the ancestors of who is looked at: a family may hold itself
    found: list[Mobject] = []

    def walk(mobject: Mobject) -> None:
        if mobject in seen or mobject in above:
            return
        if mobject.submobjects:
            above.add(mobject)
            for part in reversed(mobject.submobjects):
                walk(part)
            above.remove(mobject)
        seen.add(mobject)
        if mobject.get_num_points() > 0:
            found.append(mobject)

    for mobject in reversed(list(mobjects)):
        walk(mobject)
    found.reverse()
    return found


def _trace(vmobject: VMobject, points: Floats) -> list[Subpath]:
    """The path of the points, as Manim traces it."""
    if len(points) % 4 == 0 and (points[3:-1:4, :2] == points[4::4, :2]).all():
        pieces = [[0, len(points)]]  # each curve starts right where the one before ends
    else:
        pieces = vmobject.get_subpath_split_indices_from_points(points, n_dims=2).tolist()
    subpaths = []
    for start, end in pieces:
        count = (end - start) // 4
        if not count:
            continue
        xy = points[start : start + 4 * count, :2]
        curves = xy.reshape(count, 4, 2)[:, 1:].reshape(count, 6).tolist()
        first, last = points[start, :2].tolist(), points[end - 1, :2].tolist()
        closed = vmobject.consider_points_equals_2d(first, last)
        subpaths.append(Subpath((first[0], first[1]), curves, closed))
    return subpaths


def _source(rgbas: Floats, ends: Sequence[float]) -> Source:
    """One colour, or a gradient. Red and blue change places, as Cairo stores them the other way."""
    if len(rgbas) == 1:
        red, green, blue, alpha = rgbas[0].tolist()
        return (blue, green, red, alpha)
    gradient = cairo.LinearGradient(*ends)
    for offset, (red, green, blue, alpha) in zip(
        np.linspace(0, 1, len(rgbas)).tolist(), rgbas.tolist(), strict=True
    ):
        gradient.add_color_stop_rgba(offset, blue, green, red, alpha)
    return gradient


def _is_plain(mobject: Mobject) -> bool:
    """Whether it is drawn as one path in its own colours."""
    return (
        isinstance(mobject, VMobject)
        and not mobject.background_image
        and mobject.n_points_per_cubic_curve == 4
        and len(mobject.points) > 0  # else Cairo paints the path of the one before
    )


def _level(mobject: Mobject) -> float:
    return mobject.z_index


def _freeze(pixels: Pixels | None) -> None:
    if pixels is not None and pixels.base is None:
        pixels.flags.writeable = False
