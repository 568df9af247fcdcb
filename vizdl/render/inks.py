"""What vmobjects put on a frame, made anew only for those that look otherwise than before."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

import cairo
import numpy as np
from manim import VMobject
from manim.camera.camera import CAP_STYLE_MAP, LINE_JOIN_MAP, Camera
from numpy.typing import NDArray

from vizdl.render.canvas import NOWHERE, Ink, Layer, Source, box_of
from vizdl.render.paths import Path, trace

Floats = NDArray[np.float64]

KEPT = 2000  # vmobjects that are remembered though they were not on the last frame
NOTHING = Path([], [], [], [], (0.0, 0.0, 0.0, 0.0))


class Look(NamedTuple):
    """All that decides how a vmobject is drawn."""

    points: Floats  # (N, 3)
    paints: list[tuple[Floats, float]]  # colours (K, 4) and width (0 for the fill), bottom first
    gradient: list[float]  # x and y of its start and end, where there is more than one colour
    shape: bytes  # the points
    colours: tuple[Any, ...]  # everything else


class Seen(NamedTuple):
    """How a vmobject looked last, and what was made of it. Nothing is traced for the invisible."""

    shape: bytes
    colours: tuple[Any, ...]
    path: Path | None
    ink: Ink


class Inks:
    """The inks of a camera's vmobjects under one view."""

    def __init__(self, camera: Camera, matrix: cairo.Matrix, shape: tuple[int, ...]) -> None:
        self._camera, self._matrix, self._shape = camera, matrix, shape
        self._seen: dict[VMobject, Seen] = {}
        # Most cameras take points as they are, unless they are not finite.
        own = type(camera).transform_points_pre_display
        self._projects = own is not Camera.transform_points_pre_display

    def of(self, vmobjects: Sequence[VMobject], frame: int) -> list[Ink]:
        """The ink of each: the same object for as long as it looks the same."""
        seen = self._seen
        changed: list[tuple[VMobject, Look, list[Layer], Path | None]] = []
        for vmobject in vmobjects:
            look, before = self._look(vmobject), seen.get(vmobject)
            same = before is not None and before.shape == look.shape
            if before is None or not same or before.colours != look.colours:
                path = before.path if before is not None and same else None
                changed.append((vmobject, look, self._layers(vmobject, look), path))
        traced = self._trace(
            [(each, look) for each, look, layers, path in changed if layers and path is None]
        )
        for vmobject, look, layers, path in changed:
            path = traced.get(vmobject, path)
            ink = self._ink(path, layers, frame)
            seen[vmobject] = Seen(look.shape, look.colours, path, ink)
        inks = [seen[vmobject].ink for vmobject in vmobjects]
        if len(seen) > KEPT + 2 * len(vmobjects):
            self._seen = {vmobject: seen[vmobject] for vmobject in vmobjects}
        return inks

    def _look(self, vmobject: VMobject) -> Look:
        camera, points = self._camera, vmobject.points
        if self._projects:
            points = camera.transform_points_pre_display(vmobject, points)
        width, under = vmobject.get_stroke_width(), vmobject.get_stroke_width(background=True)
        paints = [(camera.get_fill_rgbas(vmobject), 0.0)]
        if width:
            paints.append((camera.get_stroke_rgbas(vmobject), width))
        if under:
            paints.insert(0, (camera.get_stroke_rgbas(vmobject, background=True), under))
        gradient: list[float] = []
        for rgbas, _ in paints:
            if len(rgbas) != 1 and not gradient:
                ends: Any = vmobject.get_gradient_start_and_end_points()
                ends = camera.transform_points_pre_display(vmobject, ends)
                gradient = [float(x) for x in chain(*(point[:2] for point in ends))]
        colours = (
            width, under, vmobject.joint_type, vmobject.cap_style,
            *[rgbas.tobytes() for rgbas, _ in paints], *gradient,
        )  # fmt: skip
        return Look(points, paints, gradient, points.tobytes(), colours)

    def _layers(self, vmobject: VMobject, look: Look) -> list[Layer]:
        """The paints that can be seen: nothing over the frame leaves the frame as it is."""
        layers = []
        for rgbas, width in look.paints:
            if not any(alpha > 0 for alpha in rgbas[:, 3].tolist()):
                continue
            source = _source(rgbas, look.gradient)
            if width:
                join, cap = LINE_JOIN_MAP[vmobject.joint_type], CAP_STYLE_MAP[vmobject.cap_style]
                width *= self._camera.cairo_line_width_multiple
                layers.append(Layer(source, width, join, cap))
            else:
                layers.append(Layer(source))
        return layers

    def _trace(self, looks: Sequence[tuple[VMobject, Look]]) -> dict[VMobject, Path]:
        vmobjects, points = [each for each, _ in looks], [look.points for _, look in looks]
        if points and not self._projects and not np.isfinite(np.concatenate(points)).all():
            points = [self._camera.transform_points_pre_display(each, look.points)
                      for each, look in looks]  # fmt: skip
        return dict(zip(vmobjects, trace(vmobjects, points), strict=True))

    def _ink(self, path: Path | None, layers: list[Layer], frame: int) -> Ink:
        if path is None or not layers or not path.counts:
            return Ink(NOTHING, [], NOWHERE, frame)
        box = box_of(path, layers, self._matrix, self._shape)
        return Ink(path, layers, box, frame) if box != NOWHERE else Ink(NOTHING, [], box, frame)


def _source(rgbas: Floats, gradient: Iterable[float]) -> Source:
    """One colour, or a gradient. Red and blue change places, as Cairo stores them the other way."""
    if len(rgbas) == 1:
        red, green, blue, alpha = rgbas[0].tolist()
        return (blue, green, red, alpha)
    pattern = cairo.LinearGradient(*gradient)
    for offset, (red, green, blue, alpha) in zip(
        np.linspace(0, 1, len(rgbas)).tolist(), rgbas.tolist(), strict=True
    ):
        pattern.add_color_stop_rgba(offset, blue, green, red, alpha)
    return pattern
