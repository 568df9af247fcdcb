"""How everything looks: colours by role, type sizes, durations.

One source for video, figure, still and CSS. One identity has one colour for the whole course;
each colour has a bright form for dark backgrounds (the video, the dark page) and a deep form for
light ones (print, the light page). `tests/test_style.py` checks contrast, and that roles seen
together stay apart for the common colour-vision deficiencies.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Theme = Literal["dark", "light"]
Array = NDArray[np.float64]


@dataclass(frozen=True)
class Role:
    """A colour with a meaning, as ``#rrggbb`` for dark and for light backgrounds."""

    name: str
    dark: str
    light: str

    def on(self, theme: Theme) -> str:
        """The colour on a background of that theme."""
        return self.dark if theme == "dark" else self.light


BACKGROUND = Role("background", "#0f1218", "#ffffff")
SURFACE = Role("surface", "#1a1f29", "#f3f4f6")  # cards and panels
INK = Role("ink", "#edf0f4", "#15191f")  # text
MUTED = Role("muted", "#9aa4b2", "#5b6472")  # text of the second rank, axes
GRID = Role("grid", "#2c3440", "#dde1e7")  # lines that may be overlooked

POSITIVE = Role("positive", "#2f9df5", "#0069b8")  # signed values above zero
NEGATIVE = Role("negative", "#ff7a2e", "#a64f04")  # and below
DATA = Role("data", "#dfe6ee", "#626e78")  # inputs, points, tokens
WEIGHT = Role("weight", "#b79bff", "#6b3fd1")  # parameters
GRADIENT = Role("gradient", "#f2c21a", "#836300")  # derivatives, arrows of steepest rise
LOSS = Role("loss", "#f5557a", "#73162d")  # what is made small
HIDDEN = Role("hidden", "#5ff0d8", "#004c3e")  # hidden state h
CELL = Role("cell", "#d4a017", "#8b6707")  # cell state c
INPUT_GATE = Role("input_gate", "#d3f07e", "#5a6c38")  # gate i: what to store
FORGET_GATE = Role("forget_gate", "#e8646d", "#850a08")  # gate f: what to keep
CANDIDATE = Role("candidate", "#6aa5d2", "#226dbb")  # g: the new content
OUTPUT_GATE = Role("output_gate", "#a97dfb", "#552967")  # gate o: what to show
QUERY = Role("query", "#ff6a3c", "#9c5d0f")
KEY = Role("key", "#6a96f0", "#0868cf")
VALUE = Role("value", "#d3e8a0", "#114320")

ROLES: tuple[Role, ...] = (
    BACKGROUND, SURFACE, INK, MUTED, GRID, POSITIVE, NEGATIVE, DATA, WEIGHT, GRADIENT, LOSS,
    HIDDEN, CELL, INPUT_GATE, FORGET_GATE, CANDIDATE, OUTPUT_GATE, QUERY, KEY, VALUE,
)  # fmt: skip

# Roles drawn side by side, which must be told apart at a glance by everyone.
SEEN_TOGETHER: tuple[tuple[Role, ...], ...] = (
    (POSITIVE, NEGATIVE),
    (DATA, GRADIENT, LOSS),
    (INPUT_GATE, FORGET_GATE, CANDIDATE, OUTPUT_GATE, HIDDEN, CELL),
    (QUERY, KEY, VALUE),
)

# Series without a role of their own (three batch sizes, four rates), in this order.
SERIES: tuple[Role, ...] = (
    Role("series_1", "#2f9df5", "#0069b8"),
    Role("series_2", "#ff7a2e", "#ab5506"),
    Role("series_3", "#c9f5a8", "#194616"),
    Role("series_4", "#e3b0ea", "#522b54"),
)

# Type sizes of the video, in Manim's units (48 is 0.52 units of a frame 8 units high).
TITLE_SIZE = 44
BODY_SIZE = 34
LABEL_SIZE = 28
SMALL_SIZE = 23

TEXT_FONT = "Libertinus Serif"  # ships inside the typst package, so every machine has it
MATHS_FONT = "New Computer Modern Math"

# Durations in seconds.
QUICK = 0.5
NORMAL = 1.0
SLOW = 2.0

FRAME = (14.222222222222221, 8.0)  # Manim's frame, width and height in units
SAFE_MARGIN = 0.05  # of width and height, kept free of ink on every side
SMALLEST_TEXT = 1 / 40  # of the frame's height
LEAST_CONTRAST = 4.5  # of text against what lies behind it (WCAG 2.2, level AA)
READING_SPEED = 17.0  # characters of a caption a second, at most
DIMMED = 1 / 3  # opacity of what is not spoken of


def rgb(colour: str) -> Array:
    """``#rrggbb`` as three numbers from 0 to 1. Shape (3,)."""
    return np.array([int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)])


def hex_colour(values: Array) -> str:
    """Three numbers from 0 to 1 as ``#rrggbb``."""
    return "#" + "".join(f"{round(255 * float(v)):02x}" for v in np.clip(values, 0, 1))


def mix(low: str, high: str, share: float) -> str:
    """The colour `share` of the way from `low` to `high`, linear in sRGB."""
    return hex_colour((1 - share) * rgb(low) + share * rgb(high))


def luminances(colours: Array) -> Array:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2.2 defines it. (..., 3) -> (...)"""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    result: Array = linear @ np.array([0.2126, 0.7152, 0.0722])
    return result


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb``, 0 (black) to 1 (white)."""
    return float(luminances(rgb(colour)))


def contrast(first: str, second: str) -> float:
    """Contrast ratio of two colours, 1 to 21 (WCAG 2.2)."""
    bright, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (bright + 0.05) / (dark + 0.05)


def signed_colour(value: float, limit: float, theme: Theme = "dark") -> str:
    """Colour of a signed value: its sign as hue, its size as distance from the background.

    Zero fades into the background, ±`limit` and beyond has the full colour.
    """
    role = POSITIVE if value >= 0 else NEGATIVE
    share = min(1.0, abs(value) / limit) if limit > 0 else 0.0
    return mix(BACKGROUND.on(theme), role.on(theme), share)


def signed_scale(theme: Theme) -> list[tuple[float, str]]:
    """The same scale as stops from 0 to 1, for heat maps over ±limit."""
    background = BACKGROUND.on(theme)
    return [(0.0, NEGATIVE.on(theme)), (0.5, background), (1.0, POSITIVE.on(theme))]


def height_scale(theme: Theme) -> list[tuple[float, str]]:
    """Stops from 0 (low, near the background) to 1 (high) for a surface of losses."""
    background, hue = BACKGROUND.on(theme), POSITIVE.on(theme)
    return [(0.0, mix(background, hue, 0.06)), (1.0, mix(background, hue, 0.45))]
