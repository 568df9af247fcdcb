"""A walk through a scene: every frame is reached, and those of some plays are drawn.

Several workers may walk one scene at once. Each goes through the whole timeline frame by frame
(an updater may depend on dt or keep state), and draws just the plays that it is given; so a frame
is the same whoever draws it, and the same as plain Manim's.
"""

from __future__ import annotations

import inspect
import io
import traceback
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from manim import CairoRenderer, Mobject, tempconfig
from manim.camera.camera import Camera
from numpy.typing import NDArray
from PIL import Image

from vizdl import catalog
from vizdl.mobjects.story import Story
from vizdl.render.camera import FastCamera, fast
from vizdl.render.convert import straight
from vizdl.render.encode import SegmentWriter
from vizdl.render.job import QUALITIES, Job

Claim = Callable[[int], bool]  # may this worker draw that play?
Done = Callable[[int, Path, int], None]  # play, its finished segment, its frames
Tick = Callable[[int], None]  # frames drawn since the last call


class SceneError(RuntimeError):
    """A scene that raised: where it did, in which beat, and what."""


@dataclass(frozen=True)
class Walked:
    """What a whole walk gives: the frames of each play, the storyboard, the poster (H, W, 4)."""

    frames: tuple[int, ...]
    storyboard: dict[str, Any]
    poster: NDArray[np.uint8] = field(repr=False)


class Artist(CairoRenderer):
    """Manim's renderer, that goes through every frame and draws those of the claimed plays."""

    def __init__(
        self, camera_class: type[Camera], open_segment: Callable[[int], SegmentWriter | None],
        close_segment: Callable[[int, SegmentWriter, int], None], tick: Tick,
    ) -> None:  # fmt: skip
        super().__init__(camera_class=camera_class)
        self._open, self._close, self._tick = open_segment, close_segment, tick
        self._segment: SegmentWriter | None = None
        self.frames: list[int] = []  # of each play so far

    def play(self, scene: Any, *args: Any, **kwargs: Any) -> None:
        """Go through one play; draw it if it is ours."""
        scene.compile_animation_data(*args, **kwargs)
        self.frames.append(0)
        self._segment = self._open(self.num_plays)
        try:
            scene.begin_animations()
            if self._segment is not None:
                self.save_static_frame_data(scene, scene.static_mobjects)
            if scene.is_current_animation_frozen_frame():
                if self._segment is not None:
                    self.update_frame(scene, mobjects=scene.moving_mobjects)
                self._add(int(scene.duration / (1 / self.camera.frame_rate)))
            else:
                scene.play_internal()
        except BaseException:
            if self._segment is not None:
                self._segment.abort()
            raise
        if self._segment is not None:
            self._close(self.num_plays, self._segment, self.frames[-1])
            self._segment = None
        self.num_plays += 1

    def render(
        self, scene: Any, time: float, moving_mobjects: Iterable[Mobject] | None = None
    ) -> None:
        """One frame."""
        if self._segment is not None:
            self.update_frame(scene, moving_mobjects)
        self._add(1)

    def _add(self, frames: int) -> None:
        self.time += frames * (1 / self.camera.frame_rate)
        self.frames[-1] += frames
        if self._segment is not None and frames:
            camera: Any = self.camera
            if isinstance(camera, FastCamera):  # the encoder reads at once, so nothing is copied
                self._segment.write(camera.frame_to_read, frames, camera.changes())
            else:
                self._segment.write(camera.pixel_array, frames)
            self._tick(frames)
        else:
            self._tick(0)

    def scene_finished(self, scene: Any) -> None:
        """Nothing is left to write: every segment is closed."""


def walk(job: Job, *, scratch: Path, media: Path, claim: Claim, done: Done, tick: Tick) -> Walked:
    """Go through the job's scene from its first frame to its last.

    Before each play `claim` says whether it is to be drawn here; its segment is written into
    `scratch` and handed to `done` when whole. `media` is a folder for typeset texts that no other
    process uses: Manim rewrites files there. `tick` is called for every frame.
    Raises SceneError (what the scene raised is its cause), OSError where nothing can be written.
    """
    width, height, rate = QUALITIES[job.quality]
    code = job.encoding

    def open_segment(play: int) -> SegmentWriter | None:
        if code is None or not claim(play):
            return None
        path = scratch / f"{play:04d}{code.container}"
        return SegmentWriter(path, code, width, height, rate)

    def close_segment(play: int, segment: SegmentWriter, frames: int) -> None:
        segment.close() if frames else segment.abort()
        done(play, segment.path, frames)

    scene_class = catalog.load(catalog.get(job.name).scene).with_settings(job.settings)
    config: dict[str, Any] = {
        "media_dir": str(media),
        "pixel_width": width,
        "pixel_height": height,
        "frame_rate": rate,
        "format": "none",  # the segments are ours
        "disable_caching": True,
        "progress_bar": "none",
        "verbosity": "ERROR",
        "background_opacity": 0.0 if job.transparent else 1.0,
    }
    with tempconfig(config):
        camera: Any = camera_of(scene_class)
        artist = Artist(fast(camera), open_segment, close_segment, tick)
        scene = scene_class(renderer=artist)
        try:
            scene.render()
        except OSError:
            raise
        except Exception as error:
            raise _located(error, scene) from error
        if scene.poster_frame is None:
            raise SceneError(f"the scene {scene.title!r} took no poster: does it call close()?")
        poster = straight(scene.poster_frame) if job.transparent else scene.poster_frame
        return Walked(tuple(artist.frames), scene.storyboard(), poster)


def camera_of(scene_class: type[Any]) -> type[Camera]:
    """The camera that the scene would make for itself."""
    for base in scene_class.__mro__:
        if "__init__" in vars(base):
            given = inspect.signature(vars(base)["__init__"]).parameters.get("camera_class")
            if given is not None and isinstance(given.default, type):
                camera: type[Camera] = given.default
                return camera
    return Camera


def png(picture: NDArray[np.uint8]) -> bytes:
    """A picture (H, W, 4) as the bytes of a PNG file."""
    file = io.BytesIO()
    Image.fromarray(picture).save(file, "png", optimize=True)
    return file.getvalue()


def _located(error: Exception, scene: Story) -> SceneError:
    """`error` with the line of the scene's file that led to it, and the beat it happened in."""
    file = Path(catalog.load(type(scene).__module__).__file__ or "")
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename) == file
    ]
    where = f"line {lines[-1]} of {file.name}" if lines else f"before {file.name} began"
    beat = f", in the beat {scene.beat_now!r}" if getattr(scene, "beat_now", "") else ""
    return SceneError(f"{where}{beat}: {type(error).__name__}: {error}")
