"""Wires and pipes along which numbers travel: how much flows is how wide and bright they are.

`Wire` is a path with rounded corners. `Wire.set_flow` says how much runs through it, `pulse`
sends a light along it, either way, and `Token` is a number that rides on it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from manim import Animation, RoundedRectangle, VGroup, VMobject, linear, smooth
from manim.constants import CapStyleType, LineJointType
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.mobjects.advance import InPlace
from vizdl.mobjects.text import EM, Number

Points = NDArray[np.float64]  # (N, 3), in the frame's units

STROKE = 100  # Manim's stroke widths per unit of the frame
WALL, INSIDE, FLOW = 1, 2, 3  # z-indices: pipes that meet open into each other
SAMPLES = 120  # points to which a path is resolved when something runs along it


def rounded(corners: ArrayLike, radius: float = 0.22) -> VMobject:
    """A path through the `corners` (N, 2), each turned with the given radius where it fits."""
    flat = np.asarray(corners, dtype=float)
    points = np.column_stack([flat, np.zeros(len(flat))])
    path = VMobject()
    path.start_new_path(points[0])
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        arm_in, arm_out = before - corner, after - corner
        room = min(radius, np.linalg.norm(arm_in) / 2, np.linalg.norm(arm_out) / 2)
        start = corner + room * arm_in / np.linalg.norm(arm_in)
        end = corner + room * arm_out / np.linalg.norm(arm_out)
        path.add_line_to(start)
        path.add_cubic_bezier_curve_to(
            start + 0.55 * (corner - start), end + 0.55 * (corner - end), end
        )
    path.add_line_to(points[-1])
    return path


def trail(path: VMobject, samples: int = SAMPLES) -> Points:
    """Points at equal distances along the path. Shape (samples, 3)."""
    curves = path.points.reshape(-1, 4, 3)
    t = np.linspace(0, 1, 12)[:, None, None]
    b = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3
    fine = sum(b[k] * curves[None, :, k] for k in range(4))  # (12, curves, 3)
    line = np.swapaxes(fine, 0, 1).reshape(-1, 3)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    even = np.linspace(0, length[-1], samples)
    return np.column_stack([np.interp(even, length, line[:, axis]) for axis in range(3)])


class Wire(VGroup):
    """A path for numbers, drawn as a thin line or, with a `bore`, as a pipe with walls.

    `corners` (N, 2) in the order in which the data runs. `set_flow(0.6)` fills 0.6 of the width
    and of the brightness; the value's sign is not drawn, so show it in a number beside it.

    >>> wire = Wire([(0, 0), (2, 0), (2, 1)], color=style.HIDDEN.dark)
    >>> wire.set_flow(0.6).flow_now
    0.6
    """

    def __init__(
        self,
        corners: ArrayLike,
        *,
        color: str = style.DATA.dark,
        width: float = 0.07,
        bore: float = 0.0,
        radius: float = 0.22,
    ) -> None:
        super().__init__()
        self.color_name = color
        self.full = bore * 0.84 if bore else width
        self.flow_now = 0.0
        self.track = rounded(corners, radius)
        self.flow = self.track.copy()
        if bore:
            wall = self.track.copy().set_stroke(style.GRID.dark, width=STROKE * (bore + 0.07))
            self.track.set_stroke(style.BACKGROUND.dark, width=STROKE * bore)
            self.add(wall.set_z_index(WALL), self.track.set_z_index(INSIDE), self.flow)
        else:
            base = style.mix(style.SURFACE.dark, color, 0.3)
            self.track.set_stroke(base, width=STROKE * 0.03)
            self.add(self.track.set_z_index(INSIDE), self.flow)
        self.flow.set_z_index(FLOW)
        for part in self:
            part.joint_type = LineJointType.ROUND
            part.cap_style = CapStyleType.BUTT if bore else CapStyleType.ROUND
        self._length = self._span()
        self.set_flow(0.0)

    @classmethod
    def example(cls) -> VGroup:
        """Three values on their way, and a pipe."""
        values = (0.15, 0.5, 0.95)
        wires = VGroup(
            *[cls([(-2, k), (0, k), (0, k + 0.6), (2, k + 0.6)]) for k in range(3)],
            cls([(-2, -1), (2, -1)], color=style.CELL.dark, bore=0.5),
        )
        for wire, value in zip(wires, (*values, 0.7), strict=True):
            wire.set_flow(value)
        return wires

    def set_flow(self, magnitude: float) -> Wire:
        """Let `magnitude` (0 to 1; its size counts) run through: width and brightness follow.

        Nothing runs where it is not a number.
        """
        self.flow_now = float(magnitude)
        share = 0.0 if np.isnan(self.flow_now) else min(1.0, abs(self.flow_now))
        colour = style.mix(style.SURFACE.dark, self.color_name, 0.35 + 0.65 * share**0.7)
        width = STROKE * self.full * share * self.scale_now()
        self.flow.set_stroke(colour, width=width, opacity=1.0 if share > 1e-3 else 0.0)
        return self

    def scale_now(self) -> float:
        """How far the wire has been scaled since it was made."""
        return self._span() / self._length

    def _span(self) -> float:
        # Opposite corners of the path: far apart even where its ends are near each other.
        points = self.track.points
        return float(np.linalg.norm(points.max(axis=0) - points.min(axis=0)))

    def path(self, start: float = 0.0, end: float = 1.0) -> Points:
        """Points along the wire from the share `start` to the share `end` of its length."""
        line = trail(self.track)
        at = np.linspace(start, end, SAMPLES) * (SAMPLES - 1)
        index = np.arange(SAMPLES)
        return np.column_stack([np.interp(at, index, line[:, axis]) for axis in range(3)])

    def pulse(self, color: str | None = None, *, reverse: bool = False, **options: Any) -> Pulse:
        """A light that runs along the wire; backwards with `reverse`, as gradients do."""
        line = self.path()[::-1] if reverse else self.path()
        return Pulse(line, color=color or self.color_name, **options)


def join(*paths: Points) -> Points:
    """Several paths (N, 3), or a list of corners, as one path at even speed."""
    line = np.concatenate(paths)
    length = np.concatenate([[0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
    even = np.linspace(0, length[-1], SAMPLES)
    return np.column_stack([np.interp(even, length, line[:, axis]) for axis in range(3)])


class Pulse(Animation):
    """A light that runs along the points of a path (N, 3) and fades out at its end.

    ``Pulse([loss.get_bottom(), cell.get_top()], color=style.LOSS.dark)`` is one from here to there.

    `width` in units of the frame; `size` is the length of its tail as a share of the path.
    """

    def __init__(
        self,
        line: ArrayLike,
        *,
        color: str = style.DATA.dark,
        width: float = 0.09,
        size: float = 0.3,
        **options: Any,
    ) -> None:
        self.line: Points = np.asarray(line, dtype=float)
        self.size = size
        self.tails: list[tuple[float, VMobject]] = []
        for share, brightness in ((1.0, 0.35), (0.6, 0.65), (0.3, 1.0)):
            tail = VMobject()
            tail.set_stroke(style.mix(color, "#ffffff", 0.25), STROKE * width, brightness)
            tail.cap_style = CapStyleType.ROUND
            self.tails.append((share, tail))
        comet = VGroup(*[tail for _, tail in self.tails])
        comet.set_z_index(60)  # lights shine through the dimming
        super().__init__(
            comet,
            introducer=True,
            remover=True,
            **{"run_time": 0.8, "rate_func": linear, **options},
        )

    def interpolate_mobject(self, alpha: float) -> None:
        """Move the light to where it stands at `alpha`."""
        head = self.rate_func(alpha) * (1 + self.size)
        last = len(self.line) - 1
        for share, tail in self.tails:
            low, high = np.clip([head - self.size * share, head], 0, 1) * last
            at = np.linspace(low, high, 10)
            if high - low < 1e-6:
                tail.points = np.zeros((0, 3))
                continue
            index = np.arange(last + 1)
            spots = np.column_stack([np.interp(at, index, self.line[:, k]) for k in range(3)])
            tail.set_points_as_corners(spots)


class Token(VGroup):
    """A number on its way: a pill in the colour of what it is, its value in dark digits.

    `set_value` changes the number in place. Send it along a wire with `Ride`.

    ``Ride(Token(0.43, color=style.CELL.dark), wire.path(), to=0.02)``
    """

    def __init__(
        self,
        value: float,
        *,
        color: str = style.DATA.dark,
        places: int = 2,
        size: float = style.LABEL_SIZE,
    ) -> None:
        super().__init__()
        self.number = Number(value, places=places, size=size, color=style.BACKGROUND.dark)
        widest = Number(-8.88 if places else -8, places=places, size=size).width
        height = 1.45 * EM * size
        self.pill = RoundedRectangle(
            width=widest + 0.3, height=height, corner_radius=0.499 * height, stroke_width=0
        )
        self.pill.set_fill(color, opacity=1).set_stroke(style.BACKGROUND.dark, width=3)
        self.add(self.pill, self.number)
        self.set_z_index(70)
        self.number.set_z_index(71)

    @classmethod
    def example(cls) -> VGroup:
        """A few values in the colours of what they are."""
        roles = (style.CELL, style.HIDDEN, style.DATA, style.FORGET_GATE)
        values = (-0.82, 0.41, 1.0, 0.03)
        tokens = [cls(v, color=r.dark) for v, r in zip(values, roles, strict=True)]
        return VGroup(*tokens).arrange(buff=0.3)

    def set_value(self, value: float) -> Token:
        """Show another number."""
        self.number.set_value(value)
        return self


class Ride(InPlace):
    """Move a mobject along the points of a path; a `Token`'s number may tick to `to` on the way.

    It ticks between the two shares of the way that `tick` gives, such as across a valve.
    """

    def __init__(
        self,
        mobject: VMobject,
        line: Points,
        *,
        to: float | None = None,
        tick: tuple[float, float] = (0.0, 1.0),
        **options: Any,
    ) -> None:
        self.line, self.to, self.tick = line, to, tick
        self.token = mobject if isinstance(mobject, Token) else None
        super().__init__(mobject, **{"rate_func": smooth, **options})

    def begin(self) -> None:
        """Start from the number that the token shows now."""
        self.first = self.token.number.value if self.token else 0.0
        super().begin()

    def interpolate_mobject(self, alpha: float) -> None:
        """Move to where the mobject stands at `alpha`."""
        share = float(self.rate_func(min(max(alpha, 0.0), 1.0)))
        at, index = share * (len(self.line) - 1), np.arange(len(self.line))
        spot = np.array([np.interp(at, index, self.line[:, axis]) for axis in range(3)])
        self.mobject.shift(spot - (self.token.pill if self.token else self.mobject).get_center())
        if self.token and self.to is not None:
            low, high = self.tick
            part = min(1.0, max(0.0, (share - low) / (high - low)))
            self.token.set_value(self.first + part * (self.to - self.first))
