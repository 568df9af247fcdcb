"""A switch between two words, set by a number from 0 to 1: what a gate decides, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from manim import (
    DOWN,
    LEFT,
    RIGHT,
    Animation,
    AnimationGroup,
    Circle,
    RoundedRectangle,
    VGroup,
)

from vizdl import style
from vizdl.mobjects.advance import Tick
from vizdl.mobjects.text import Label


class Switch(VGroup):
    """A knob between `low` and `high`; the word on whose side it stands lights up.

    >>> Switch("forget", "keep", color=style.FORGET_GATE.dark).set_value(0.99).value
    0.99
    """

    def __init__(
        self,
        low: str,
        high: str,
        *,
        color: str = style.INK.dark,
        size: float = style.BODY_SIZE,
    ) -> None:
        super().__init__()
        self.color_name = color
        self.value = 0.5
        self.slot = RoundedRectangle(width=0.95, height=0.34, corner_radius=0.17)
        self.slot.set_stroke(color, width=2.5)
        self.slot.set_fill(style.BACKGROUND.dark, opacity=1)
        self.knob = Circle(radius=0.125, stroke_width=0).set_fill(color, opacity=1)
        self.words = VGroup(Label(low, size=size, bold=True), Label(high, size=size, bold=True))
        for word, side in zip(self.words, (LEFT, RIGHT), strict=True):
            word.next_to(self.slot, side, buff=0.2)
        self.add(self.slot, self.knob, self.words)
        self.set_value(0.5)

    @classmethod
    def example(cls) -> VGroup:
        """A gate that forgets, and one that keeps."""
        switches = VGroup(*[cls("forget", "keep", color=style.FORGET_GATE.dark) for _ in "ab"])
        for switch, value in zip(switches, (0.06, 0.99), strict=True):
            switch.set_value(value)
        return switches.arrange(buff=0.8)

    def set_value(self, value: float) -> Switch:
        """Set the knob to a share from 0 (`low`) to 1 (`high`)."""
        self.value = float(value)
        share = min(1.0, max(0.0, self.value))
        reach = self.slot.width / 2 * 0.62
        self.knob.move_to(self.slot.get_center() + RIGHT * reach * (2 * share - 1))
        for word, lit in zip(self.words, (1 - share, share), strict=True):
            glow = min(1.0, max(0.0, 2 * lit - 0.5))
            word.set_fill(style.mix("#7f8894", self.color_name, glow), opacity=1)
        return self


class Switchboard(VGroup):
    """Switches under one another, each set by its own number.

    >>> board = Switchboard({"f": ("forget", "keep", "#e8646d")}).set_values({"f": 0.99})
    >>> board.switches["f"].value
    0.99
    """

    def __init__(self, switches: Mapping[str, tuple[str, str, str]], *, buff: float = 0.35) -> None:
        super().__init__()
        self.switches = {
            name: Switch(low, high, color=color) for name, (low, high, color) in switches.items()
        }
        for k, switch in enumerate(self.switches.values()):
            switch.shift(k * (switch.slot.height + buff) * DOWN - switch.slot.get_center())
            self.add(switch)

    @classmethod
    def example(cls) -> Switchboard:
        """What the gates of an LSTM decide at a flag."""
        board = cls(
            {
                "f": ("forget", "keep", style.FORGET_GATE.dark),
                "i": ("ignore", "store", style.INPUT_GATE.dark),
                "o": ("hide", "show", style.OUTPUT_GATE.dark),
            }
        )
        return board.set_values({"f": 0.06, "i": 0.97, "o": 0.02})

    def set_values(self, values: Mapping[str, float]) -> Switchboard:
        """Set the switches by name."""
        for name, value in values.items():
            self.switches[name].set_value(value)
        return self

    def to(self, values: Mapping[str, float], **options: Any) -> Animation:
        """The animation in which the switches go to these values."""
        return AnimationGroup(
            *[Tick(self.switches[name], value) for name, value in values.items()], **options
        )
