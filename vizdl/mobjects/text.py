"""Text, mathematics and ticking numbers, all set by Typst: no LaTeX on the machine.

`Label` and `Maths` are Manim's `Typst` and `MathTypst` in this course's type. `Number` is what
`DecimalNumber` is elsewhere: a number that may change in every frame. Its glyphs are read from
Typst once and then only moved, so a ticking number costs no new text.
"""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
from manim import MathTypst, Typst, VGroup, VMobject
from manim.mobject.svg.svg_mobject import VMobjectFromSVGPath
from manim.utils.color import ParsableManimColor
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import number as spell

EM = 1 / 96  # units of the frame per unit of font size: one em of Typst text

_TEXT = f'#set text(font: "{style.TEXT_FONT}", number-width: "tabular")'
_MATHS = f'#show math.equation: set text(font: "{style.MATHS_FONT}")'
# Manim keeps a copy of each text, but forgets in it how wide fraction bars are: the second text
# of a process would look unlike the first.
_AFRESH: dict[str, Any] = {"use_svg_cache": False}
_CHARACTERS = "0123456789.−+%×=,∞⁻⁰¹²³⁴⁵⁶⁷⁸⁹ "


class Label(Typst):
    """A line of plain text. Nothing in it is markup; ``\\n`` starts a new line.

    ``Label("Which way is down?", size=style.TITLE_SIZE)``

    `text` as it is to be read, `size` one of the type sizes of `vizdl.style`, `color` any colour.
    """

    def __init__(
        self,
        text: str,
        *,
        size: float = style.LABEL_SIZE,
        color: ParsableManimColor = style.INK.dark,
        bold: bool = False,
        italic: bool = False,
        **kwargs: Any,
    ) -> None:
        lines = " + linebreak() + ".join(_quote(line) for line in text.split("\n"))
        weight = "bold" if bold else "regular"
        shape = "italic" if italic else "normal"
        source = f'#text(weight: "{weight}", style: "{shape}")[#({lines})]'
        super().__init__(
            source, font_size=size, color=color, typst_preamble=_TEXT, **_AFRESH, **kwargs
        )
        _lighten(self)
        self.text = text
        self.size = size

    @classmethod
    def example(cls) -> Label:
        """A line of the largest type."""
        return cls("Which way is down?", size=style.TITLE_SIZE)


class Maths(MathTypst):
    """A formula in Typst's notation: ``Maths("c_t = f_t dot.o c_(t-1)")``.

    Groups written ``{{ … : name }}`` are found again by ``select("name")``.
    """

    def __init__(
        self,
        source: str,
        *,
        size: float = style.BODY_SIZE,
        color: ParsableManimColor = style.INK.dark,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            source, font_size=size, color=color, typst_preamble=_MATHS, **_AFRESH, **kwargs
        )
        _lighten(self)
        self.text = source
        self.size = size

    @classmethod
    def example(cls) -> Maths:
        """The update of an LSTM's cell state."""
        return cls("c_t = f_t dot.o c_(t-1) + i_t dot.o g_t", size=style.TITLE_SIZE)


class Number(VGroup):
    """A number that can change in every frame, its digits all of one width.

    ``number = Number(0.5); number.set_value(0.73)`` changes it in place, keeping the edge named
    by `anchor` (``left``, ``right``, ``center``) and the baseline where they are. `places` is the
    number of decimals, `sign` shows a plus as well; with `digits`, that many significant ones are
    shown instead, however small or large the number is: 133, 0.0211, 2.67×10⁻⁵. Not a number is
    shown as "–", infinity as "∞".
    """

    def __init__(
        self,
        value: float = 0.0,
        *,
        places: int = 2,
        digits: int | None = None,
        sign: bool = False,
        unit: str = "",
        size: float = style.LABEL_SIZE,
        color: ParsableManimColor = style.INK.dark,
        anchor: str = "center",
    ) -> None:
        super().__init__()
        self.places, self.sign, self.unit, self.size = places, sign, unit, size
        self.digits = digits
        self.anchor = anchor
        self.number_color = color
        self.value = math.nan
        self.text = ""
        self._spread(self._spell(value), np.zeros(3), 1.0)
        self.value = float(value)
        self.center()

    def get_value(self) -> float:
        """The number that is shown now."""
        return self.value

    def set_value(self, value: float) -> Number:
        """Show another number in the same place. Costs nothing when the text stays the same."""
        self.value = float(value)
        text = self._spell(self.value)
        if text != self.text:
            self._spread(text, *self._frame())
        return self

    def scale_now(self) -> float:
        """How far the number has been scaled since it was made."""
        return self._frame()[1]

    @classmethod
    def example(cls) -> Number:
        """A number with its sign."""
        return cls(0.73, sign=True, size=style.TITLE_SIZE)

    def _spell(self, value: float) -> str:
        if math.isnan(value):
            return "−"
        if math.isinf(value):
            return "∞" if value > 0 else "−∞"
        if self.digits is not None:
            return spell(value, self.digits) + self.unit
        text = f"{value:+.{self.places}f}" if self.sign else f"{value:.{self.places}f}"
        if float(text) == 0:
            text = text.lstrip("+-")  # no "−0.00"
        return text.replace("-", "−") + self.unit

    def _frame(self) -> tuple[NDArray[np.float64], float]:
        """Where the anchor stands on the baseline, and how far the number has been scaled."""
        first = self.submobjects[0]
        outline, _ = _glyph(self.text[0])
        em = EM * self.size
        own = outline.points * em
        index = int(np.ptp(own[:, 1]) < np.ptp(own[:, 0]))  # the longer side measures best
        axis = 1 - index
        scale = float(np.ptp(first.points[:, axis]) / np.ptp(own[:, axis]))
        left = first.points[0] - own[0] * scale
        return left + self._lead(self.text) * em * scale * np.array([1.0, 0, 0]), scale

    def _lead(self, text: str) -> float:
        width = sum(_glyph(character)[1] for character in text)
        return {"left": 0.0, "center": width / 2, "right": width}[self.anchor]

    def _spread(self, text: str, origin: NDArray[np.float64], scale: float) -> None:
        # Glyphs are changed in place: Manim draws the very objects that an animation began with.
        em = EM * self.size * scale
        pen = origin - np.array([self._lead(text) * em, 0, 0])
        placed = []
        for character in text:
            outline, advance = _glyph(character)
            if len(outline.points):
                placed.append(outline.points * em + pen)
            pen = pen + np.array([advance * em, 0, 0])
        while len(self.submobjects) < len(placed):
            like = self.submobjects[0] if self.submobjects else None
            glyph = VMobject(stroke_width=0).set_fill(
                like.get_fill_color() if like else self.number_color,
                opacity=like.get_fill_opacity() if like else 1,
            )
            glyph.z_index = like.z_index if like else 0
            self.add(glyph)
        for index, glyph in enumerate(self.submobjects):
            glyph.points = placed[index] if index < len(placed) else np.zeros((0, 3))
        self.text = text


@functools.cache
def _glyph(character: str) -> tuple[VMobject, float]:
    """Outline of a character in em, its origin on the baseline at 0, and its advance width."""
    if character not in _atlas():
        raise ValueError(f"a Number can show {_CHARACTERS!r}, not {character!r}")
    return _atlas()[character]


@functools.cache
def _atlas() -> dict[str, tuple[VMobject, float]]:
    # Each character stands between two zeros, whose places tell its origin and advance width.
    letters = [character for character in _CHARACTERS if character != " "]
    source = "00" + "".join(f"{letter}0" for letter in letters)
    line = Typst(
        f"#text(kerning: false, ligatures: false)[#{_quote(source)}]",
        typst_preamble=_TEXT,
        track_baselines=True,
    )
    glyphs = list(line.submobjects)
    baseline = line.get_baseline_frame(glyphs[0])[0][1]
    em = EM * line.font_size
    zero_width = float(glyphs[1].get_left()[0] - glyphs[0].get_left()[0])
    atlas = {}
    for index, letter in enumerate(letters):
        before, here, after = glyphs[2 * index + 1 : 2 * index + 4]
        pen = before.get_center()[0] + zero_width / 2
        advance = float(after.get_center()[0] - before.get_center()[0]) - zero_width
        outline = VMobject().set_points((here.points - np.array([pen, baseline, 0])) / em)
        atlas[letter] = (outline, advance / em)
    atlas[" "] = (VMobject(), 0.25)
    return atlas


def _lighten(text: Typst) -> None:
    """Drop the parsed SVG that every glyph keeps: most of what copying a text would copy."""
    for glyph in text.family_members_with_points():
        if isinstance(glyph, VMobjectFromSVGPath):
            vars(glyph)["path_obj"] = None


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
