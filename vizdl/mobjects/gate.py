"""Gates: units that compute a number between nothing and everything, and the valves they set.

`Activation` is a unit with its curve: a dot rides on the sigmoid or tanh where its value stands.
`Valve` is the pointwise product on a pipe: its two jaws leave open the share that the gate says.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
from manim import DOWN, RIGHT, UP, Circle, Dot, Line, RoundedRectangle, VGroup, VMobject
from numpy.typing import NDArray

from vizdl import style
from vizdl.mobjects.text import Label, Maths, Number

Function = Literal["sigmoid", "tanh"]

NAME_SIZE = 31  # type on a unit, large enough to be read when the cell is drawn at two thirds
SPAN = {"sigmoid": 5.5, "tanh": 2.8}  # pre-activations that the curve shows, from -span to span
LOWEST = {"sigmoid": 0.0, "tanh": -1.0}


class Activation(VGroup):
    """A sigmoid or tanh unit: its curve, a dot at its value and, if it has a `symbol`, a number.

    `name` stands on top; `symbol` is Typst maths such as ``f_t``. `set_value` changes it in place.

    >>> Activation("sigmoid", name="forget", symbol="f_t").set_value(0.03).value
    0.03
    """

    def __init__(
        self,
        function: Function,
        *,
        name: str = "",
        symbol: str = "",
        color: str = style.INK.dark,
        width: float = 1.75,
        height: float = 1.75,
        places: int = 2,
    ) -> None:
        super().__init__()
        self.function, self.color_name = function, color
        self.value = 0.0
        self.box = RoundedRectangle(width=width, height=height, corner_radius=0.16)
        self.box.set_fill(style.mix(style.BACKGROUND.dark, color, 0.14), opacity=1)
        self.box.set_stroke(color, width=3)
        self.add(self.box)
        room = height - 0.2 - (0.36 if name else 0) - (0.38 if symbol else 0)
        self.axes = self._axes(width - 0.3, max(room, 0.3))
        self.axes.move_to(self.box.get_top() + DOWN * (0.1 + (0.36 if name else 0) + room / 2))
        self.curve = VMobject().set_stroke(color, width=3.5)
        self.dot = Dot(radius=0.085, color=style.INK.dark)
        self.add(self.axes, self.curve, self.dot)
        if name:
            self.label = Label(name, size=NAME_SIZE, color=color, bold=True)
            self.label.move_to(self.box.get_top() + DOWN * 0.25)
            self.add(self.label)
        self.number: Number | None = None
        if symbol:
            signed = function == "tanh"
            self.number = Number(0.0, places=places, sign=signed, size=style.BODY_SIZE)
            self.number.set_value(0.88)  # as wide as it will get
            self.symbol = Maths(symbol, size=style.BODY_SIZE, color=color)
            row = VGroup(self.symbol, self.number).arrange(RIGHT, buff=0.13)
            row.move_to(self.box.get_bottom() + UP * 0.25)
            self.symbol.align_to(self.number, DOWN).shift(DOWN * 0.06)
            self.add(self.symbol, self.number)
        self.curve.set_points_as_corners(self._spots(np.linspace(-1, 1, 41)))
        self.set_value(0.5 if function == "sigmoid" else 0.0)

    @classmethod
    def example(cls) -> VGroup:
        """A gate that lets almost nothing through, and the new content that it would let in."""
        gate = cls("sigmoid", name="forget", symbol="f_t", color=style.FORGET_GATE.dark)
        content = cls("tanh", name="new", symbol="g_t", color=style.CANDIDATE.dark)
        gate.set_value(0.03)
        content.set_value(-0.87)
        return VGroup(gate, content).arrange(buff=0.5)

    def _axes(self, width: float, height: float) -> VGroup:
        low = Line((-width / 2, -height / 2, 0), (width / 2, -height / 2, 0))
        high = low.copy().shift(UP * height)
        for line in (low, high):
            line.set_stroke(self.color_name, width=1.2, opacity=0.35)
        return VGroup(low, high)

    def _spots(self, along: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where the curve stands at shares `along` (-1 to 1) of its span. Shape (N, 3)."""
        z = SPAN[self.function] * along
        share = 1 / (1 + np.exp(-z)) if self.function == "sigmoid" else (np.tanh(z) + 1) / 2
        return self._place(along, share)

    def _place(self, along: NDArray[np.float64], share: NDArray[np.float64]) -> NDArray[np.float64]:
        low, high = self.axes
        left, right, up = low.get_start(), low.get_end(), high.get_start() - low.get_start()
        middle = (left + right) / 2
        return middle + np.outer(along, (right - left) / 2) + np.outer(share, up)

    def set_value(self, value: float) -> Activation:
        """Move the dot to where the unit's output is `value` (nan: not known), show the number."""
        self.value = float(value)
        if self.number is not None:
            self.number.set_value(self.value)
        self.dot.set_opacity(0.0 if np.isnan(self.value) else 1.0)
        if np.isnan(self.value):
            return self
        low = LOWEST[self.function]
        share = float(np.clip((self.value - low) / (1 - low), 1e-9, 1 - 1e-9))
        z = np.log(share / (1 - share)) / (1 if self.function == "sigmoid" else 2)
        along = float(np.clip(z / SPAN[self.function], -1, 1))
        self.dot.move_to(self._place(np.array([along]), np.array([share]))[0])
        return self


class Valve(VGroup):
    """The pointwise product as a valve on a pipe: open by the share that a gate says.

    `set_opening(0.03)` leaves 3 % of the bore between the two jaws. A pipe that runs up or down
    takes a `vertical` valve.

    >>> Valve(color=style.FORGET_GATE.dark).set_opening(0.25).opening
    0.25
    """

    def __init__(
        self,
        *,
        color: str = style.INK.dark,
        radius: float = 0.42,
        bore: float = 0.5,
        vertical: bool = False,
    ) -> None:
        super().__init__()
        self.share = bore / 2 / radius  # of the radius, to the wall of the pipe
        self.vertical = vertical
        self.opening = 0.0
        self.ring = Circle(radius=radius, color=color, stroke_width=3.5)
        self.jaws = VGroup(VMobject(), VMobject())
        self.jaws.set_fill(color, opacity=1).set_stroke(width=0)
        self.sign = times(0.12)
        self.add(self.jaws, self.ring, self.sign)
        self.set_opening(1.0)

    @classmethod
    def example(cls) -> VGroup:
        """Closed, half open and open."""
        valves = VGroup(*[cls(color=style.FORGET_GATE.dark) for _ in range(3)]).arrange(buff=0.6)
        for valve, opening in zip(valves, (0.02, 0.5, 1.0), strict=True):
            valve.set_opening(opening)
        return valves

    def set_opening(self, opening: float) -> Valve:
        """Open the valve by the share `opening`, 0 to 1."""
        self.opening = float(opening)
        gap = self.share * float(np.clip(np.nan_to_num(self.opening), 0, 1))
        center, radius = self.ring.get_center(), self.ring.width / 2
        angle = np.linspace(np.arcsin(gap), np.pi - np.arcsin(gap), 24)
        arc = np.column_stack([np.cos(angle), np.sin(angle), np.zeros(24)])
        arc = np.vstack([arc, arc[:1]])
        for jaw, side in zip(self.jaws, (1, -1), strict=True):
            spots = arc * [1, side, 1]
            if self.vertical:
                spots = spots[:, [1, 0, 2]]
            jaw.set_points_as_corners(center + radius * spots)
        return self


class Sum(VGroup):
    """The pointwise sum, ``Sum(color=style.CELL.dark)``: a node where two flows join."""

    def __init__(self, *, color: str = style.CELL.dark, radius: float = 0.42) -> None:
        super().__init__()
        self.ring = Circle(radius=radius, color=color, stroke_width=3.5)
        self.ring.set_fill(style.mix(style.BACKGROUND.dark, color, 0.25), opacity=1)
        self.sign = times(0.17).rotate(np.pi / 4)
        self.add(self.ring, self.sign)

    @classmethod
    def example(cls) -> Sum:
        """The node alone."""
        return cls()


def times(size: float) -> VGroup:
    """A multiplication sign that stands out on anything: a bright cross with a dark rim."""
    strokes = VGroup()
    for color, width in ((style.BACKGROUND.dark, 8.0), (style.INK.dark, 4.0)):
        for turn in (1, -1):
            line = Line((-size, -size * turn, 0), (size, size * turn, 0))
            strokes.add(line.set_stroke(color, width=width))
    return strokes
