"""One scene, one job: played by Manim into one folder, moved into place when whole.

Manim is imported inside `run` alone, so that listing and planning stay fast.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from vizdl import catalog
from vizdl.render import key as keys

if TYPE_CHECKING:
    from vizdl.experiments.base import Settings

Quality = Literal["low", "medium", "high", "4k"]
Format = Literal["mp4", "webm", "gif", "png"]

# width, height, frames a second
QUALITIES: dict[Quality, tuple[int, int, int]] = {
    "low": (854, 480, 15),
    "medium": (1280, 720, 30),
    "high": (1920, 1080, 60),
    "4k": (3840, 2160, 60),
}
# What Manim is built with where no wheel fits.
SYSTEM_PACKAGES = "apt-get install gcc python3-dev libcairo2-dev libpango1.0-dev pkg-config"
FORMATS: tuple[Format, ...] = ("mp4", "webm", "gif", "png")


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

    def key(self) -> str:
        """A digest of everything that determines the frames: sources, settings, versions."""
        return keys.digest(
            sources=keys.sources(catalog.get(self.name)),
            settings=self.settings.model_dump(),
            quality=self.quality,
            format=self.format,
            versions={package: version(package) for package in ("manim", "numpy", "typst", "av")},
        )

    def about(self) -> dict[str, Any]:
        """What the storyboard says of the job, its key included."""
        settings = self.settings.model_dump()
        about = {"concept": self.name, "quality": self.quality, "settings": settings}
        return about | {"key": self.key()}

    def is_done(self) -> bool:
        """Whether all files are there and were made from just these sources and settings."""
        try:
            made_with = json.loads(self.storyboard.read_text("utf-8"))["key"]
        except (OSError, ValueError, KeyError):
            return False
        return all(path.is_file() for path in self.files) and bool(made_with == self.key())


def need_manim() -> None:
    """Raise RenderError, with the command that mends it, where Manim is missing."""
    if importlib.util.find_spec("manim") is None:
        raise RenderError(
            "drawing video needs Manim: pip install 'vizdl[animate]' "
            f"(on Debian or Ubuntu first: {SYSTEM_PACKAGES})"
        )


def run(job: Job, report: Callable[[float, float], None] | None = None) -> float:
    """Draw the job's scene and move its files into place. Returns the seconds of video.

    `report` is called now and then with the seconds drawn and the seconds there will be.
    """
    from manim import tempconfig

    from vizdl.render.lint import play_dry
    from vizdl.render.output import write_files

    width, height, rate = QUALITIES[job.quality]
    about = job.about()  # before anything is drawn: a source may be edited meanwhile
    scene_class = catalog.load(catalog.get(job.name).scene).with_settings(job.settings)
    job.out.mkdir(parents=True, exist_ok=True)
    # Each job has a media folder of its own: Manim rewrites its text cache, and processes race.
    with tempfile.TemporaryDirectory(prefix=f".{job.name}-{os.getpid()}-", dir=job.out) as scratch:
        media = Path(scratch) / "media"
        total = play_dry(scene_class, media).now if report and job.format != "png" else 1.0
        config: dict[str, Any] = {
            "media_dir": str(media),
            "pixel_width": width,
            "pixel_height": height,
            "frame_rate": rate,
            "format": "none" if job.format == "png" else job.format,
            "output_file": job.name,
            "disable_caching": True,
            "video_encoder_options": {"threads": "1"},  # with more, x264 varies from run to run
            "progress_bar": "none",
            "verbosity": "ERROR",
        }
        with tempconfig(config):
            scene = scene_class(skip_animations=job.format == "png")
            with _reporting(scene, total, report):
                scene.render()
            made = [Path(scratch) / path.name for path in job.files]
            write_files(scene, made, about)
        for path in made:
            os.replace(path, job.out / path.name)
    return float(scene.now)


@contextlib.contextmanager
def _reporting(
    scene: Any, total: float, report: Callable[[float, float], None] | None
) -> Iterator[None]:
    if report is None:
        yield
        return
    stop = threading.Event()

    def tell() -> None:
        while not stop.wait(0.25):
            report(min(scene.now, total), total)

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def sweep(out: Path) -> None:
    """Remove what killed renders left in `out`; what a living process draws stays."""
    for left in out.glob(".*-*-*"):
        _, process, _ = left.name.rsplit("-", 2)
        if left.is_dir() and process.isdigit() and not _lives(int(process)):
            shutil.rmtree(left, ignore_errors=True)


def _lives(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere one can't ask without harm
    try:
        os.kill(process, 0)  # asks, and sends nothing
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's, or a system without /proc
    return state != "Z"  # a zombie has ended, and only waits to be counted
