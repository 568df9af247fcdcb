"""Equations for a page: SVG for the eye, MathML for the ear, from one Typst source."""

from __future__ import annotations

import functools
import hashlib
import re
from dataclasses import dataclass
from typing import Literal

import typst

from vizdl import style

SIZE = 20.0  # of the type set by Typst, in points: what is measured below is given in em
_GROUP = re.compile(r"\{\{((?:(?!\{\{|\}\}).)*)\}\}", re.DOTALL)
_LABEL = re.compile(r"^(.*?)\s*:\s*[A-Za-z_][\w-]*\s*$", re.DOTALL)
_EXPECTED = "html export is under active development and incomplete"


class MathsError(ValueError):
    """An equation that Typst cannot set without complaint, in one sentence."""


@dataclass(frozen=True)
class Equation:
    """One equation: `svg` in the colour of the text around it, `mathml` that says the same.

    `width`, `height` and `depth` (what lies below the baseline of its first sign) are in em.
    """

    source: str
    svg: str
    mathml: str
    width: float
    height: float
    depth: float

    def block(self) -> str:
        """The equation on lines of its own; where it is too wide it shrinks a little, then
        scrolls, and never the page."""
        style = f"--width: {self.width:.3f}em"
        return (
            '<div class="equation" tabindex="0" role="group" aria-label="Equation">'
            f"{self._drawn('equation-drawn', style)}{self._spoken()}</div>"
        )

    def inline(self) -> str:
        """The equation within a line of text."""
        style = (
            f"width: {self.width:.3f}em; height: {self.height:.3f}em; "
            f"vertical-align: {-self.depth:.3f}em"
        )
        return f'<span class="maths">{self._drawn("maths-drawn", style)}{self._spoken()}</span>'

    def _drawn(self, name: str, style: str) -> str:
        start = f'<svg class="{name}" aria-hidden="true" focusable="false" style="{style}" '
        return self.svg.replace("<svg ", start, 1)

    def _spoken(self) -> str:
        return f'<span class="spoken">{self.mathml}</span>'


def plain(source: str) -> str:
    """Typst source without Manim's groups: ``{{ f_t : forget }} dot`` becomes ``f_t dot``."""
    while (found := _GROUP.search(source)) is not None:
        inner = found.group(1).strip()
        labelled = _LABEL.match(inner)
        body = labelled.group(1).strip() if labelled else inner
        source = f"{source[: found.start()]}{body}{source[found.end() :]}"
    return source


@functools.cache
def typeset(source: str, *, display: bool = True) -> Equation:
    """Set one equation. Raises MathsError where Typst refuses it or warns about it."""
    inner = plain(source).strip()
    body = f"$ {inner} $" if display else f"${inner}$"
    drawn = _compile(
        "#set page(width: auto, height: auto, margin: (x: 0.5pt, y: 1pt), fill: none)\n"
        f'#set text(size: {SIZE}pt, top-edge: "bounds", bottom-edge: "bounds")\n'
        f'#show math.equation: set text(font: "{style.MATHS_FONT}", size: {SIZE}pt, '
        f'top-edge: "bounds", bottom-edge: "bounds")\n{body}',
        "svg",
        source,
    )
    page = _compile(body, "html", source)
    mathml = re.search(r"<math.*?</math>", page, re.DOTALL)
    if mathml is None:
        raise MathsError(f"the equation {source!r} gave no MathML")
    width, height, depth = _measure(drawn)
    return Equation(source, _tidy(drawn), mathml.group(0), width, height, depth)


def _compile(text: str, kind: Literal["svg", "html"], source: str) -> str:
    try:
        compiled, warnings = typst.compile_with_warnings(text.encode(), format=kind)
    except (RuntimeError, typst.TypstError) as error:
        raise MathsError(f"Typst cannot set the equation {source!r}: {error}") from None
    told = [str(warning) for warning in warnings if _EXPECTED not in str(warning)]
    if told:
        raise MathsError(f"Typst warns about the equation {source!r}: {told[0]}")
    return compiled.decode()


def _measure(svg: str) -> tuple[float, float, float]:
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    first = re.search(r'transform="matrix\(1 0 0 -1 [-\d.]+ ([-\d.]+)\)"', svg)
    if box is None:
        raise MathsError("Typst's SVG has no viewBox")
    width, height = float(box[1]) / SIZE, float(box[2]) / SIZE
    baseline = float(first[1]) / SIZE if first else height
    return width, height, max(0.0, height - baseline)


def _tidy(svg: str) -> str:
    """The SVG in the colour of the text, its ids made its own, for use inside a page."""
    svg = re.sub(r"<\?xml.*?\?>", "", svg).strip()
    svg = re.sub(r'(<svg [^>]*?) width="[^"]*" height="[^"]*"', r"\1", svg, count=1)
    svg = svg.replace(' xmlns:h5="http://www.w3.org/1999/xhtml"', "")
    svg = svg.replace(' xmlns:xlink="http://www.w3.org/1999/xlink"', "")
    svg = svg.replace("xlink:href", "href").replace("#000000", "currentColor")
    own = "e" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{own}-\1"', svg)
    return re.sub(r'href="#([^"]+)"', rf'href="#{own}-\1"', svg)
