"""The layout linter: plays a scene without drawing it and looks at every rest point.

Rules (numbers in `vizdl.style`):

- ``outside``: all ink stands within the frame's safe area, wherever the camera is;
- ``overlap``: no text stands on other text;
- ``small``: text is at least 1/40 of the frame's height (one em);
- ``contrast``: text has at least 4.5:1 against the pixels behind it (dimmed text is exempt);
- ``length``, ``beats``, ``reading``: 30 to 75 s, 3 to 6 beats, at most 17 characters a second.

``python -m vizdl.render.lint NAME …`` prints what it finds and exits with 1 if it found anything.
A mobject that is meant to run off the frame says so: ``mobject.bleeds = True``.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from manim import ImageMobject, Mobject, Typst, VMobject, tempconfig
from manim.mobject.text.text_mobject import Text
from numpy.typing import NDArray

from vizdl import catalog, style
from vizdl.mobjects.story import Story
from vizdl.mobjects.text import EM, Number

Box = NDArray[np.float64]  # left, bottom, right, top in units of the frame

PIXELS = (854, 480)  # the resolution at which the contrast behind text is measured
TOUCH = 0.02  # units that boxes may share before they overlap
UNREADABLE_SHARE = 0.15  # of a text's pixels that may lack contrast (a thin line behind it)
SHORTEST, LONGEST = 30.0, 75.0
FEWEST_BEATS, MOST_BEATS = 3, 6


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: the rule, when it was first seen, and what was seen."""

    rule: str
    time: float
    message: str

    def __str__(self) -> str:
        return f"{self.time:6.1f} s  {self.rule:<8}  {self.message}"


def lint(scene: type[Story]) -> list[Finding]:
    """Play `scene` without drawing and return what breaks the rules, in order of time."""
    findings: dict[tuple[str, str], Finding] = {}

    def look(story: Story) -> None:
        for rule, message in _faults(story):
            findings.setdefault((rule, message), Finding(rule, story.now, message))

    watched = type(scene.__name__, (scene,), {"on_rest": look, "__module__": scene.__module__})
    story = play_dry(watched)
    return list(findings.values()) + _timing(story)


def play_dry(scene: type[Story], media: Path | None = None) -> Story:
    """Play a scene to its end without drawing a frame, and return it.

    With `media`, a folder, its typeset texts stay there for the next who plays the scene.
    """
    with tempfile.TemporaryDirectory() as own:
        settings: dict[str, Any] = {
            "dry_run": True,
            "disable_caching": True,
            "media_dir": str(media or own),
            "pixel_width": PIXELS[0],
            "pixel_height": PIXELS[1],
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
        with tempconfig(settings):
            story = scene(skip_animations=True)
            story.render()
    return story


def is_text(mobject: Mobject) -> bool:
    """Whether the mobject is a piece of text as a whole."""
    return isinstance(mobject, Typst | Number | Text)


def _faults(story: Story) -> Iterator[tuple[str, str]]:
    frame = story.frame
    (x, y, _), width, height = frame.get_center(), frame.width, frame.height
    view = np.array([x - width / 2, y - height / 2, x + width / 2, y + height / 2])
    margin = style.SAFE_MARGIN * np.array([width, height, -width, -height])
    safe = view + margin
    texts, inks = _visible(story)

    for mobject in [*texts, *inks]:
        box = _box(mobject)
        if _meet(box, view) and not _inside(box, safe):
            over = max(np.max((safe - box)[:2]), np.max((box - safe)[2:]))
            yield "outside", f"{_name(mobject)} leaves the safe area by {over:.2f} units"
    texts = [text for text in texts if _meet(_box(text), view)]

    for first, second in combinations(texts, 2):
        if _overlap(first, second):
            yield "overlap", f"{_name(first)} stands on {_name(second)}"
    smallest = style.SMALLEST_TEXT * height
    for text in texts:
        if (em := _em(text)) < smallest * 0.999:
            share = height / em
            yield "small", f"{_name(text)} is 1/{share:.0f} of the frame's height"
    lit = [text for text in texts if not story.is_dimmed(text.family_members_with_points()[0])]
    if lit:
        behind = _pixels(story, texts)
        for text in lit:
            ratio = _contrast(text, behind, view)
            if ratio < style.LEAST_CONTRAST:
                yield "contrast", f"{_name(text)} has a contrast of {ratio:.1f}:1"


def _timing(story: Story) -> list[Finding]:
    found = []
    if not SHORTEST <= story.now <= LONGEST:
        found.append(Finding("length", story.now, f"the scene lasts {story.now:.0f} s"))
    if not FEWEST_BEATS <= len(story.beats) <= MOST_BEATS:
        found.append(Finding("beats", story.now, f"the scene has {len(story.beats)} beats"))
    for caption in story.captions:
        speed = len(caption.text) / (caption.end - caption.start)
        if speed > style.READING_SPEED + 0.01:
            message = f"{speed:.1f} characters a second: {caption.text!r}"
            found.append(Finding("reading", caption.start, message))
    return found


def _visible(story: Story) -> tuple[list[Mobject], list[Mobject]]:
    """The texts and the other ink that can be seen now."""
    texts: list[Mobject] = []
    inks: list[Mobject] = []

    def walk(mobject: Mobject) -> None:
        if getattr(mobject, "bleeds", False) or mobject is story._veil:
            return
        if is_text(mobject):
            if any(_shows(part) for part in mobject.family_members_with_points()):
                texts.append(mobject)
            return
        if _shows(mobject):
            inks.append(mobject)
        for part in mobject.submobjects:
            walk(part)

    for mobject in story.mobjects:
        walk(mobject)
    return list(dict.fromkeys(texts)), list(dict.fromkeys(inks))


def _shows(mobject: Mobject) -> bool:
    if isinstance(mobject, ImageMobject):
        return True
    if not isinstance(mobject, VMobject) or not len(mobject.points):
        return False
    filled = mobject.get_fill_opacity() > 0.02
    stroked = mobject.get_stroke_width() > 0 and mobject.get_stroke_opacity() > 0.02
    return bool(filled or stroked)


def _box(mobject: Mobject) -> Box:
    """What the mobject covers. Points of its visible parts only: containers have no ink."""
    parts = [part for part in mobject.family_members_with_points() if _shows(part)]
    if not is_text(mobject):
        parts = [mobject]
    points = np.concatenate([part.points[:, :2] for part in parts])
    return np.concatenate([points.min(axis=0), points.max(axis=0)])


def _meet(first: Box, second: Box, slack: float = 0.0) -> bool:
    return bool(np.all(first[:2] < second[2:] - slack) and np.all(second[:2] < first[2:] - slack))


def _inside(box: Box, outer: Box) -> bool:
    return bool(np.all(box[:2] >= outer[:2] - TOUCH) and np.all(box[2:] <= outer[2:] + TOUCH))


def _glyph_boxes(text: Mobject) -> list[Box]:
    return [_box(part) for part in text.family_members_with_points() if _shows(part)]


def _overlap(first: Mobject, second: Mobject) -> bool:
    one, two = _box(first), _box(second)
    if not _meet(one, two, TOUCH):
        return False
    if np.allclose(one, two, atol=TOUCH) and _words(first) == _words(second):
        return False  # a copy on its original, as at the start of a move, looks like one
    return any(_meet(a, b, TOUCH) for a in _glyph_boxes(first) for b in _glyph_boxes(second))


def _em(text: Mobject) -> float:
    if isinstance(text, Number):
        return EM * text.size * text.scale_now()
    return EM * float(getattr(text, "font_size"))  # noqa: B009


def _pixels(story: Story, texts: list[Mobject]) -> NDArray[np.uint8]:
    """The picture without its texts. Shape (height, width, 3)."""
    hidden = {part for text in texts for part in text.get_family()}
    rest = [
        part
        for mobject in story.mobjects
        # Cairo fills a mobject without points with the outline of the one before it.
        for part in mobject.family_members_with_points()
        if part not in hidden and part is not story._veil
    ]
    camera: Any = story.renderer.camera
    camera.reset()
    camera.capture_mobjects(rest, include_submobjects=False)
    pixels: NDArray[np.uint8] = camera.pixel_array[:, :, :3].copy()
    return pixels


def _contrast(text: Mobject, behind: NDArray[np.uint8], view: Box) -> float:
    """The contrast that all but `UNREADABLE_SHARE` of the text's pixels reach."""
    rows, columns = behind.shape[:2]
    ratios: list[NDArray[np.float64]] = []
    for part in text.family_members_with_points():
        if not _shows(part) or not isinstance(part, VMobject):
            continue
        left, bottom, right, top = _box(part)
        across = np.array([left - view[0], right - view[0]]) / (view[2] - view[0]) * columns
        down = np.array([view[3] - top, view[3] - bottom]) / (view[3] - view[1]) * rows
        x0, y0 = max(int(across[0]), 0), max(int(down[0]), 0)
        patch = behind[y0 : int(down[1]) + 1, x0 : int(across[1]) + 1].reshape(-1, 3) / 255
        if not len(patch):
            continue
        opacity = part.get_fill_opacity() or part.get_stroke_opacity()
        own = style.rgb(part.get_fill_color().to_hex()[:7])
        ratios.append(_ratio(opacity * own + (1 - opacity) * patch, patch))
    if not ratios:
        return float("inf")
    return float(np.quantile(np.concatenate(ratios), UNREADABLE_SHARE))


def _ratio(first: NDArray[np.float64], second: NDArray[np.float64]) -> NDArray[np.float64]:
    a, b = style.luminances(first), style.luminances(second)
    return (np.maximum(a, b) + 0.05) / (np.minimum(a, b) + 0.05)


def _words(mobject: Mobject) -> str:
    return str(getattr(mobject, "text", "") or getattr(mobject, "typst_code", ""))


def _name(mobject: Mobject) -> str:
    kind, words = type(mobject).__name__, _words(mobject)
    return f"{kind} {words!r}" if words else kind


def main(names: list[str]) -> int:
    """Lint the named concepts' scenes, or all; print the findings, return the exit code."""
    found = 0
    for name in names or [concept.name for concept in catalog.concepts()]:
        findings = lint(catalog.load(catalog.get(name).scene))
        found += len(findings)
        print(f"{name}: {len(findings) or 'no'} findings")
        for finding in findings:
            print(f"  {finding}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
