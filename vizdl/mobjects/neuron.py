"""A neuron with all its numbers: products tick up into a sum, the bias joins, the curve answers."""

from __future__ import annotations

from typing import Self

import numpy as np
from manim import (
    DOWN,
    RIGHT,
    UP,
    Circle,
    Dot,
    Line,
    Rectangle,
    RoundedRectangle,
    VGroup,
)
from numpy.typing import ArrayLike, NDArray

from vizdl import style
from vizdl.engines import activations, check
from vizdl.mobjects.axes import stroke
from vizdl.mobjects.matrix import ink
from vizdl.mobjects.paper import Paper, Span
from vizdl.mobjects.text import Label, Maths, Number
from vizdl.mobjects.wire import Token

Array = NDArray[np.float64]

RADIUS, HUB = 0.5, 0.66  # of an input, of the sum
REACH = 4.0  # from the inputs to the sum
WEIGHT, REST = 0.36, 0.75  # where on its wire a weight stands, and where its product comes to rest
ARRIVED = 0.65  # share of a step after which the sum ticks
SPAN = 5.5  # sums that the curve in its box shows, from -SPAN to SPAN
WIDEST = 6.0  # stroke width of the largest weight


class CurveBox(VGroup):
    """An activation as a box with its curve, on which a dot stands at the sum `value`.

    ``box = CurveBox("relu"); self.play(Tick(box, 1.5))``; beyond its span the dot waits at the end.
    """

    def __init__(self, activation: str, *, width: float = 1.5, height: float = 1.3) -> None:
        self.activation = activations.get(activation)
        self.value = 0.0
        self.box = RoundedRectangle(width=width, height=height, corner_radius=0.14)
        self.box.set_fill(style.mix(style.BACKGROUND.dark, style.HIDDEN.dark, 0.1), opacity=1)
        self.box.set_stroke(style.HIDDEN.dark, width=3)
        z = np.linspace(-SPAN, SPAN, 45)
        curve = self.activation.value(z)
        low, high = float(curve.min()), float(curve.max())
        frame = Rectangle(width=width - 0.3, height=height - 0.4, stroke_width=0)
        self.paper = Paper(frame, Span(-SPAN, SPAN), Span(low, high))
        self.curve = stroke(style.HIDDEN.dark, 4)
        self.curve.set_points(self.paper.outline(z, curve))
        self.dot = Dot(radius=0.09, color=style.INK.dark)
        super().__init__(self.box, frame, self.curve, self.dot)
        self.set_value(0.0)

    def set_value(self, value: float) -> Self:
        """Move the dot to the sum `value`."""
        self.value = float(value)
        z = float(np.clip(self.value, -SPAN, SPAN))
        self.dot.move_to(self.paper.place(z, float(self.activation.value(np.array(z)))))
        return self

    @classmethod
    def example(cls) -> VGroup:
        """Three activations at the same sum."""
        boxes = [cls(name).set_value(1.2) for name in ("sigmoid", "tanh", "relu")]
        return VGroup(*boxes).arrange(RIGHT, buff=0.4)


class _Hub(VGroup):
    """A circle with a number, its name below."""

    def __init__(self, radius: float, name: str, places: int) -> None:
        self.ring = Circle(radius=radius, color=style.INK.dark, stroke_width=3)
        self.ring.set_fill(style.SURFACE.dark, opacity=1)
        self.number = Number(0.0, places=places, size=style.LABEL_SIZE)
        super().__init__(self.ring, self.number)
        if name:
            words = Label(name, size=style.SMALL_SIZE, color=style.MUTED.dark)
            self.add(words.next_to(self.ring, DOWN, buff=0.14))


class _Pill(VGroup):
    """A parameter with the sign of what it does: × for a weight, + or − for a bias."""

    def __init__(self, value: float, sign: str, places: int) -> None:
        colour = style.WEIGHT.dark
        words = Label(sign, size=style.LABEL_SIZE, color=colour)
        number = Number(value, places=places, size=style.LABEL_SIZE, color=colour)
        text = VGroup(words, number).arrange(RIGHT, buff=0.12)
        words.match_y(number)
        self.pill = RoundedRectangle(width=text.width + 0.3, height=0.48, corner_radius=0.18)
        self.pill.set_fill(style.BACKGROUND.dark, opacity=1).set_stroke(colour, width=2)
        super().__init__(self.pill, text)


class Neuron(VGroup):
    """One neuron, y = g(w · x + b), with its numbers, shown up to `step`.

    ``neuron = Neuron([1.2, -0.8], -0.5, x=[2, 1]); self.play(Advance(neuron, to=4), run_time=8)``

    With N inputs, steps 1 to N carry one input each past its weight into the sum, step N + 1 adds
    the bias, step N + 2 rides along the curve to the output. `values` (N,) are the inputs:
    `SetValues` takes them to others, and every number follows. Parts to point at: `inputs`,
    `weights`, `edges`, `products`, `bias`, `sum` (its number is `sum.number`), `box`, `output` and
    its number `answer`.
    """

    def __init__(
        self,
        weights: ArrayLike,
        bias: float = 0.0,
        activation: str = "sigmoid",
        *,
        x: ArrayLike,
        pitch: float = 2.9,
        places: int = 2,
        step: float = 0.0,
    ) -> None:
        self.w = check.array("weights", weights, ("N",))
        self.values = check.array("x", x, (len(self.w),))
        self.b, self.places, self.step = float(bias), places, step
        count = len(self.w)
        heights = pitch * ((count - 1) / 2 - np.arange(count))
        self._nodes = [self._input(k, float(y)) for k, y in enumerate(heights)]
        self.inputs = VGroup(*self._nodes)
        self.sum = _Hub(HUB, "sum", places)
        self.sum.shift(REACH * RIGHT)
        self._paths = [self._path(float(y)) for y in heights]
        self.edges = VGroup(*[Line(*path) for path in self._paths])
        self.weights = VGroup(
            *[
                _Pill(float(w), "×", places).move_to(_along(path, WEIGHT))
                for w, path in zip(self.w, self._paths, strict=True)
            ]
        )
        self.products = VGroup(*[Token(0.0, places=places) for _ in self.w])
        self._lay_bias()
        self._lay_end(activation)
        super().__init__(
            self.edges, self.wires, self.inputs, self.weights, self.bias, self.sum, self.box,
            self.output, self.products, self.falling,
        )  # fmt: skip
        limit = float(np.abs(self.w).max()) or 1.0
        for edge, w in zip(self.edges, self.w, strict=True):
            share = abs(float(w)) / limit
            edge.set_stroke(style.signed_colour(float(w), limit), width=max(1.5, WIDEST * share))
        self.center()
        self.set_step(step)

    @property
    def steps(self) -> int:
        """How many steps there are: a product for each input, the bias, the activation."""
        return len(self.w) + 2

    def set_values(self, x: ArrayLike) -> Self:
        """Show other inputs (N,), and what follows from them up to the present step."""
        self.values = np.asarray(x, dtype=float).reshape(self.w.shape)
        return self.set_step(self.step)

    def set_step(self, step: float) -> Self:
        """Show what is known after `step`; between two whole ones a number is on its way."""
        self.step = float(np.clip(step, 0, self.steps))
        total = 0.0
        for k, (w, x) in enumerate(zip(self.w, self.values, strict=True)):
            self._nodes[k].number.set_value(float(x))
            total += self._carry(k, float(w), float(x))
        share = float(np.clip(self.step - len(self.w), 0, 1))
        total += self._drop(share)
        self.sum.number.set_value(total).set_fill(ink(total, 2.0))
        self.sum.number.set_opacity(float(self.step > 0))
        ride = float(np.clip(self.step - len(self.w) - 1, 0, 1))
        self.box.set_value(ride * total)
        self.box.dot.set_opacity(float(ride > 0))
        answer = float(self.box.activation.value(np.array(ride * total)))
        self.answer.set_value(answer).set_opacity(float(ride > 0))
        return self

    def _carry(self, k: int, w: float, x: float) -> float:
        """Bring input k on its way; returns what of its product the sum holds."""
        share = float(np.clip(self.step - k, 0, 1))
        token: Token = self.products[k]  # type: ignore[assignment]
        way = REST * min(1.0, share / ARRIVED)
        weighed = float(np.clip((way - WEIGHT) / 0.16, 0, 1))
        value = (1 - weighed) * x + weighed * w * x
        edge = self.edges[k]
        spot = edge.get_start() + way * (edge.get_end() - edge.get_start())
        token.shift(spot - token.pill.get_center())
        token.set_value(value)
        role = style.POSITIVE if value >= 0 else style.NEGATIVE
        token.pill.set_fill(style.mix(style.DATA.dark, role.dark, weighed))
        token.set_opacity(float(share > 0))
        return w * x * float(np.clip((share - ARRIVED) / (1 - ARRIVED), 0, 1))

    def _drop(self, share: float) -> float:
        """Let the bias fall into the sum; returns what of it the sum holds."""
        way = min(1.0, share / ARRIVED)
        wire = self.wires[0]
        start, end = self.bias.pill.get_center(), wire.get_end()
        self.falling.shift(start + way * (end - start) - self.falling.pill.get_center())
        self.falling.set_opacity(float(0 < share < ARRIVED))
        return self.b * float(np.clip((share - ARRIVED) / (1 - ARRIVED), 0, 1))

    # What stands where

    def _input(self, k: int, y: float) -> _Hub:
        node = _Hub(RADIUS, "", self.places)
        node.set_color(style.DATA.dark)
        node.ring.set_fill(style.BACKGROUND.dark, opacity=1)
        name = Maths(f"x_{k + 1}", size=style.BODY_SIZE, color=style.DATA.dark)
        node.add(name.next_to(node.ring, UP, buff=0.12))
        node.shift(y * UP)
        return node

    def _path(self, y: float) -> tuple[Array, Array]:
        """From the edge of an input to the edge of the sum."""
        start, end = np.array([0, y, 0]), np.array([REACH, 0, 0])
        way = (end - start) / np.linalg.norm(end - start)
        return start + RADIUS * way, end - HUB * way

    def _lay_bias(self) -> None:
        hub = np.array([REACH, 0, 0])
        self.bias = _Pill(abs(self.b), "+" if self.b >= 0 else "−", self.places)
        self.bias.move_to(hub + 1.75 * UP)
        name = Maths("b", size=style.BODY_SIZE, color=style.WEIGHT.dark)
        self.bias.add(name.next_to(self.bias.pill, UP, buff=0.12))
        self.falling = Token(self.b, color=style.WEIGHT.dark, places=self.places)
        down = Line(self.bias.pill.get_bottom(), hub + HUB * UP)
        self.wires = VGroup(down.set_stroke(style.WEIGHT.dark, width=2.5))

    def _lay_end(self, activation: str) -> None:
        self.box = CurveBox(activation)
        self.box.move_to(np.array([REACH + 1.95, 0, 0]))
        name = Label("activation", size=style.SMALL_SIZE, color=style.MUTED.dark)
        name.next_to(self.box.box, DOWN, buff=0.14)
        end = np.array([REACH + 3.5, 0, 0])
        self.answer = Number(0.0, places=self.places, size=style.BODY_SIZE)
        self.answer.move_to(end)
        words = Label("output", size=style.SMALL_SIZE, color=style.MUTED.dark)
        words.move_to(end).align_to(name, UP)
        self.output = VGroup(name, self.answer, words)
        hub, box = self.sum.ring, self.box.box
        for start, end in (
            (hub.get_right(), box.get_left()),
            (box.get_right(), box.get_right() + 0.25 * RIGHT),
        ):
            self.wires.add(Line(start, end).set_stroke(style.MUTED.dark, width=2.5))

    @classmethod
    def example(cls) -> Self:
        """Two inputs, their products and the bias in the sum; the output is not known yet."""
        return cls([1.2, -0.8], -0.5, x=[2.0, 1.0], step=3)


def _along(path: tuple[Array, Array], share: float) -> Array:
    start, end = path
    return start + share * (end - start)
