"""The base of every scene: title, beats, captions, dimming and the closing card of facts.

A scene names its `experiment` and writes `construct` as a table of contents::

    class GradientDescent(Story):
        title = "Gradient descent"
        experiment = gradient_descent

        def construct(self):
            self.open("Which way is down?")
            self.try_directions()
            self.close("steepest_angle")

        @beat
        def try_directions(self):
            self.say("Stand at one point and look at the slope in every direction.")
            self.play(...)

`self.trace` and `self.facts` are the experiment's; a scene computes nothing but coordinates.
"""

from __future__ import annotations

import functools
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from types import ModuleType
from typing import Any, ClassVar, TypeVar

import numpy as np
from manim import (
    DOWN,
    LEFT,
    RIGHT,
    UL,
    UP,
    Animation,
    FadeIn,
    FadeOut,
    Mobject,
    MovingCameraScene,
    Rectangle,
    RoundedRectangle,
    VGroup,
    config,
)
from manim.utils.family import extract_mobject_family_members
from manim.utils.iterables import list_update
from numpy.typing import NDArray

from vizdl import style
from vizdl.experiments.base import Fact, Facts, Settings
from vizdl.mobjects.text import Label

S = TypeVar("S", bound="Story")

SAFE_WIDTH = style.FRAME[0] * (1 - 2 * style.SAFE_MARGIN)
SAFE_HEIGHT = style.FRAME[1] * (1 - 2 * style.SAFE_MARGIN)

_VEIL_LEVEL = 50  # z-index of the veil; what is spoken of stands one above it


@dataclass(frozen=True)
class Caption:
    """What the lecturer says from `start` to `end`, in seconds."""

    start: float
    end: float
    text: str


@dataclass(frozen=True)
class Beat:
    """One idea of the scene, from `start` to `end`, in seconds."""

    name: str
    start: float
    end: float


def beat(method: Callable[[S], None]) -> Callable[[S], None]:
    """Mark a method as one beat: its times go to the chapters, its end is a rest of the slides."""

    @functools.wraps(method)
    def play(self: S) -> None:
        start = self.now
        self.beat_now = method.__name__.replace("_", " ").strip().capitalize()
        method(self)
        self.hush()
        self.unspotlight()
        self.beats.append(Beat(self.beat_now, start, self.now))
        self.beat_now = ""
        self.rests.append(self.now)

    return play


class Story(MovingCameraScene):
    """A scene that tells one concept with the numbers of its experiment.

    Class attributes: `title`, and `experiment`, a module with ``Settings``, ``run``, ``facts``.
    `settings` stays None for the defaults; `with_settings` gives a class that uses others.
    """

    title: ClassVar[str]
    experiment: ClassVar[ModuleType]
    settings: Settings | None = None
    beat_now: str = ""  # the beat that is played, for whoever reports an error
    on_rest: Callable[[Story], None] | None = None  # called after every animation (the linter)

    @classmethod
    def with_settings(cls, settings: Settings) -> type[Story]:
        """The same scene under the same name, with other settings."""
        return type(cls.__name__, (cls,), {"settings": settings, "__module__": cls.__module__})

    def setup(self) -> None:
        """Run the experiment and prepare the stage."""
        super().setup()
        camera: Any = self.renderer.camera
        # Cairo's colours are multiplied by their opacity, so what can be seen through is black.
        camera.background_color = style.BACKGROUND.dark if camera.background_opacity else "#000000"
        settings = self.settings or self.experiment.Settings()
        self.trace: Any = self.experiment.run(settings)
        self.facts: Facts = self.experiment.facts(self.trace)
        self.captions: list[Caption] = []
        self.beats: list[Beat] = []
        self.rests: list[float] = []
        self.poster_time: float | None = None
        self.poster_frame: NDArray[np.uint8] | None = None  # (height, width, 4)
        self._speaking: tuple[float, str] | None = None
        self._veil: Rectangle | None = None
        self._lit: list[tuple[Mobject, float]] = []

    @property
    def frame(self) -> Mobject:
        """What the camera sees: move or scale it to move or zoom."""
        frame: Mobject = vars(self.renderer.camera)["frame"]
        return frame

    @property
    def now(self) -> float:
        """Seconds of video so far."""
        return float(self.renderer.time)

    def play(self, *animations: Any, **options: Any) -> None:
        """Play the animations, then let whoever checks the layout look."""
        super().play(*animations, **options)
        if self.on_rest is not None:
            type(self).on_rest(self)  # type: ignore[misc]

    def get_moving_and_static_mobjects(
        self, animations: Iterable[Animation]
    ) -> tuple[list[Mobject], list[Mobject]]:
        """Split what is redrawn in every frame from what is drawn once beneath it.

        Manim lets the order in which mobjects were added decide, so a moving veil would cover
        what is lit. Here the drawing order decides: all that stands above something that moves
        is drawn again.
        """
        moving, _ = super().get_moving_and_static_mobjects(animations)
        order = extract_mobject_family_members(
            list_update(self.mobjects, self.foreground_mobjects),
            use_z_index=True,
            only_those_with_points=True,
        )
        known = set(moving)
        first = next((i for i, part in enumerate(order) if part in known), len(order))
        return list(dict.fromkeys([*moving, *order[first:]])), order[:first]

    # Words

    def say(self, words: str) -> None:
        """Start the next caption: what a lecturer would say over what is played from here on.

        The caption before ends here; where it has not stood long enough to be read, the picture
        waits for it.
        """
        self.hush()
        self._speaking = (self.now, words)

    def hush(self) -> None:
        """End the caption, once it has stood long enough to be read."""
        if self._speaking is None:
            return
        start, words = self._speaking
        missing = start + len(words) / style.READING_SPEED - self.now
        if missing > 0:
            self.wait(missing + 0.1)
        self.captions.extend(_cues(start, self.now, words))
        self._speaking = None

    # Stage

    def open(self, question: str) -> None:
        """Show the title with the question that the scene answers, then keep the title on top."""
        title = Label(self.title, size=1.5 * style.TITLE_SIZE, bold=True)
        line = Label(question, size=style.BODY_SIZE, color=style.MUTED.dark)
        VGroup(title, line).arrange(DOWN, buff=0.4)
        self.say(question)
        self.play(FadeIn(title, shift=0.2 * UP), FadeIn(line), run_time=style.NORMAL)
        self.hush()
        self.header = Label(self.title, size=style.LABEL_SIZE, color=style.MUTED.dark, bold=True)
        self.header.to_corner(UL, buff=0).shift(
            RIGHT * style.FRAME[0] * style.SAFE_MARGIN + DOWN * style.FRAME[1] * style.SAFE_MARGIN
        )
        self.play(FadeOut(line), title.animate.become(self.header), run_time=style.NORMAL)
        self.remove(title)
        self.add(self.header)
        self.rests.append(self.now)

    def close(self, *names: str, say: str) -> None:
        """End with what was shown: the named facts, each with its measured number."""
        self.unspotlight()
        card = FactCard([self.facts[name] for name in names])
        rest = [mobject for mobject in self.mobjects if mobject is not self.header]
        self.say(say)
        self.play(*[FadeOut(mobject) for mobject in rest], run_time=style.NORMAL)
        self.play(FadeIn(card, shift=0.2 * UP), run_time=style.NORMAL)
        if self.poster_time is None:
            self.poster()
        self.wait(style.SLOW)
        self.hush()
        self.rests.append(self.now)

    def rest(self, seconds: float = style.NORMAL) -> None:
        """Hold the picture: a rest of the video, and a slide where the lecturer stops."""
        self.wait(seconds)
        self.rests.append(self.now)

    def poster(self) -> None:
        """Take this moment's picture to stand for the video until it plays."""
        self.poster_time = self.now
        if not config.dry_run:
            self.renderer.static_image = None  # type: ignore[union-attr]
            self.renderer.update_frame(self)
            self.poster_frame = np.asarray(self.renderer.get_frame(), dtype=np.uint8)

    # Eyes

    def spotlight(self, *mobjects: Mobject, run_time: float = style.QUICK) -> None:
        """Dim everything but `mobjects` to a third (calling again moves the light)."""
        self._unlight()
        if self._veil is None:
            veil = Rectangle(width=4 * style.FRAME[0], height=4 * style.FRAME[1], stroke_width=0)
            veil.set_fill(style.BACKGROUND.dark, opacity=1 - style.DIMMED).set_z_index(_VEIL_LEVEL)
            vars(veil)["bleeds"] = True  # it covers whatever the camera sees
            self._veil = veil
            self._light(mobjects)
            self.play(FadeIn(veil), run_time=run_time)
        else:
            self._light(mobjects)
            self.wait(run_time / 2)

    def unspotlight(self, run_time: float = style.QUICK) -> None:
        """Lift the dimming."""
        if self._veil is not None:
            veil, self._veil = self._veil, None
            self.play(FadeOut(veil), run_time=run_time)
        self._unlight()

    def is_dimmed(self, mobject: Mobject) -> bool:
        """Whether the veil lies over the mobject now."""
        return self._veil is not None and mobject.z_index < _VEIL_LEVEL

    def _light(self, mobjects: Sequence[Mobject]) -> None:
        for mobject in mobjects:
            for part in mobject.get_family():
                if part.z_index < _VEIL_LEVEL:  # parts may be named twice
                    self._lit.append((part, part.z_index))
                    part.z_index = _VEIL_LEVEL + 1 + part.z_index

    def _unlight(self) -> None:
        for part, level in self._lit:
            part.z_index = level
        self._lit = []

    def storyboard(self) -> dict[str, Any]:
        """What the page and the caption track need to know, ready for JSON."""
        return {
            "title": self.title,
            "duration": self.now,
            "poster": self.poster_time,
            "beats": [asdict(item) for item in self.beats],
            "captions": [asdict(item) for item in self.captions],
            "rests": self.rests,
        }


class FactCard(VGroup):
    """What was shown: each claim in words beside its measured number.

    ``FactCard([facts["slope"], facts["cost"]])``

    Up to four facts; the number is set in `Fact.text`, as everywhere else.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        numbers = [
            Label(fact.text, size=1.3 * style.TITLE_SIZE, color=style.GRADIENT.dark, bold=True)
            for fact in facts
        ]
        column = max(number.width for number in numbers)
        rows = VGroup()
        for fact, number in zip(facts, numbers, strict=True):
            words = Label(_wrap(fact.claim, 46), size=style.BODY_SIZE)
            target = Label(_wrap(fact.target, 64), size=style.SMALL_SIZE, color=style.MUTED.dark)
            text = VGroup(words, target).arrange(DOWN, buff=0.16, aligned_edge=LEFT)
            slot = VGroup(Rectangle(width=column, height=0.01, stroke_width=0), number)
            number.align_to(slot[0], RIGHT)
            rows.add(VGroup(slot, text).arrange(RIGHT, buff=0.5))
        rows.arrange(DOWN, buff=0.5, aligned_edge=LEFT)
        box = RoundedRectangle(
            width=rows.width + 1.0, height=rows.height + 0.9, corner_radius=0.2, stroke_width=0
        )
        box.set_fill(style.SURFACE.dark, opacity=1)
        super().__init__(box, rows)
        self.scale(
            min(1.4, 0.95 * SAFE_WIDTH / self.width, (6.1 if len(facts) > 3 else 5.4) / self.height)
        )

    @classmethod
    def example(cls) -> FactCard:
        """Two measured facts about mini-batches."""
        from vizdl.experiments import minibatch

        facts = minibatch.facts(minibatch.run(minibatch.Settings()))
        return cls([facts["spread_slope"], facts["saving"]])


def _cues(start: float, end: float, words: str, longest: int = 84) -> list[Caption]:
    """`words` cut into cues of at most two lines, their times in proportion to their lengths."""
    parts = _wrap(words, longest).split("\n")
    share = (end - start) / sum(len(part) for part in parts)
    cues, at = [], start
    for part in parts:
        cues.append(Caption(at, at + share * len(part), part))
        at = cues[-1].end
    return cues


def _wrap(text: str, width: int) -> str:
    """`text` on as few lines of at most `width` characters as it needs, evenly filled."""
    lines = textwrap.wrap(text, width)
    if len(lines) > 1:
        even = min(width, -(-len(text) // len(lines)) + 6)
        evened = textwrap.wrap(text, even)
        lines = evened if len(evened) == len(lines) else lines
    return "\n".join(lines)
