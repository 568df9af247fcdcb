"""Manim's cameras, drawing the same frames faster.

``CairoRenderer(camera_class=fast(MovingCamera))`` is a renderer whose frames are, bit for bit,
those of the camera class given; `vizdl.render.canvas` says how. What it can't draw faster (images,
point clouds, a background image) it leaves to Manim. Who reads a frame at once and does not write
to it takes ``camera.frame_to_read`` in place of ``camera.pixel_array``.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any, Self, cast

import cairo
from manim import Mobject, VMobject
from manim.camera.camera import Camera

from vizdl.render.canvas import Box, Canvas, Pixels
from vizdl.render.inks import Inks

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
        """The frame (height, width, 4), to write to before the next one, which is drawn anew."""
        if self._canvas is None:
            raise AttributeError("the camera has no frame yet")  # nor has Manim's
        return self._canvas.release()

    @pixel_array.setter
    def pixel_array(self, pixels: Pixels) -> None:
        self._canvas = Canvas(pixels)
        self._inks: Inks | None = None
        self._view: tuple[cairo.Matrix, float] | None = None  # that the inks are made for

    @property
    def frame_to_read(self) -> Pixels:
        """The frame (height, width, 4), to be read at once and not written to."""
        return self.pixel_array if self._canvas is None else self._canvas.finish()

    def changes(self) -> Box | None:
        """Outside of this box of pixels nothing changed since it was asked before (None: may)."""
        return None if self._canvas is None else self._canvas.changes()

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
        if self._inks is None or view != self._view:
            self._inks, self._view = Inks(self, matrix, canvas.pixels.shape), view
        canvas.draw(self._inks.of(cast("list[VMobject]", shown), canvas.frames), matrix)


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
