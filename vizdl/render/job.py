"""One scene, one job: what determines its frames, and the files it leaves.

Nothing here imports Manim, so that listing and planning stay fast.
"""

from __future__ import annotations

import functools
import importlib.util
import json
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vizdl import catalog
from vizdl.render import key as keys
from vizdl.render.formats import FORMATS, PRESETS, Encoding, Format, Preset, encoding
from vizdl.render.store import Store

if TYPE_CHECKING:
    from vizdl.experiments.base import Settings

__all__ = ["FORMATS", "PRESETS", "QUALITIES", "Format", "Job", "Preset", "Quality", "RenderError"]

# Of linear algebra. More may round otherwise, and what is trained ends elsewhere.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")

Quality = Literal["low", "medium", "high", "4k"]

# width, height, frames a second
QUALITIES: dict[Quality, tuple[int, int, int]] = {
    "low": (854, 480, 15),
    "medium": (1280, 720, 30),
    "high": (1920, 1080, 60),
    "4k": (3840, 2160, 60),
}
# What Manim is built with where no wheel fits.
SYSTEM_PACKAGES = "apt-get install gcc python3-dev libcairo2-dev libpango1.0-dev pkg-config"
# Packages whose version may change a frame or an encoded byte.
PACKAGES = (
    "manim", "numpy", "autograd", "scikit-learn", "contourpy", "pydantic", "typst", "pycairo", "av",
)  # fmt: skip
# What no scene names, and draws its frames all the same.
DRAWING = ("vizdl.render.camera", "vizdl.render.canvas")


class RenderError(RuntimeError):
    """A scene that could not be drawn, in one sentence."""


@dataclass(frozen=True)
class Job:
    """What determines a scene's frames, and where its files go."""

    name: str
    settings: Settings
    quality: Quality
    format: Format
    out: Path
    preset: Preset = "share"
    transparent: bool = False

    @property
    def encoding(self) -> Encoding | None:
        """How a segment of the film is encoded; None for a picture."""
        return (
            None if self.format == "png" else encoding(self.format, self.preset, self.transparent)
        )

    @property
    def files(self) -> tuple[Path, ...]:
        """The files the job writes; the storyboard comes last, so it says that all are there."""
        picture = self.out / f"{self.name}.{self.format}"
        if self.format == "png":
            return (picture, self.storyboard)
        beside = [self.out / f"{self.name}{end}" for end in (".vtt", ".jpg", ".thumb.mp4")]
        return (picture, *beside, self.storyboard)

    @property
    def storyboard(self) -> Path:
        """Title, duration, beats, captions and rest points of the scene, as JSON."""
        return self.out / f"{self.name}.json"

    @functools.cached_property
    def record(self) -> dict[str, Any]:
        """Everything that determines the files: sources, settings, size, encoding, versions."""
        code = self.encoding
        return {
            "settings": self.settings.model_dump(),
            "quality": self.quality,
            "format": self.format,
            "preset": self.preset,
            "transparent": self.transparent,
            "encoding": None if code is None else code.about(),
            "versions": {package: version(package) for package in PACKAGES},
            "dependencies": keys.dependencies(
                catalog.get(self.name), also=DRAWING, index=Store().root / "index"
            ),
        }

    @functools.cached_property
    def key(self) -> str:
        """A digest of `record`: equal keys mean equal files."""
        return keys.digest(**self.record)

    def made_from(self) -> dict[str, Any] | None:
        """The record of the files that lie in `out`, None where there are none."""
        board = _read(self.storyboard)
        return None if board is None else board.get("made_from")

    def is_done(self) -> bool:
        """Whether all files are there, whole, and made from just these sources and settings."""
        board = _read(self.storyboard)
        if board is None or board.get("key") != self.key:
            return False
        sizes = board.get("sizes", {})
        return all(
            path.is_file() and path.stat().st_size == sizes.get(path.name)
            for path in self.files[:-1]
        )


def _read(path: Path) -> dict[str, Any] | None:
    try:
        board = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return None
    return board if isinstance(board, dict) else None


def need_manim() -> None:
    """Raise RenderError, with the command that mends it, where Manim is missing."""
    if importlib.util.find_spec("manim") is None:
        raise RenderError(
            "drawing video needs Manim: pip install 'vizdl[animate]' "
            f"(on Debian or Ubuntu first: {SYSTEM_PACKAGES})"
        )
