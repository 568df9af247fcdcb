"""Where the time of a frame goes: ``python benchmarks/frames.py --scene lstm_gates --rate 15``.

Draws scenes of the course with plain Manim and with the faster camera, in one process and one
thread, and prints a Markdown table: milliseconds of processor time a frame of video, by stage.
`Ours` is the time under functions of vizdl.mobjects and of the scene, called while a play runs.
"""

from __future__ import annotations

import argparse
import functools
import inspect
import io
import sys
import tempfile
import time
import types
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import av
import cairo
from manim import CairoRenderer, Mobject, Scene, tempconfig
from manim.camera.camera import Camera

from vizdl import catalog
from vizdl.render import canvas
from vizdl.render.camera import fast

STAGES = ("ours", "interpolation", "paths", "raster", "copies", "colours", "x264", "between plays")
SIZES = {1080: (1920, 1080), 720: (1280, 720), 480: (854, 480)}


class Clock:
    """Charges the processor time that passes to the stage that was entered last."""

    def __init__(self) -> None:
        self.spent: Counter[str] = Counter()
        self._stages = ["between plays"]
        self._since = time.thread_time()

    def _charge(self) -> None:
        now = time.thread_time()
        self.spent[self._stages[-1]] += now - self._since
        self._since = now

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Charge what passes inside to the stage `name`."""
        self._charge()
        self._stages.append(name)
        try:
            yield
        finally:
            self._charge()
            self._stages.pop()

    def timed(self, name: str, function: Callable[..., Any], within: str = "") -> Any:
        """`function`, its time charged to `name` (if it is called within the stage `within`)."""

        @functools.wraps(function)
        def call(*args: Any, **options: Any) -> Any:
            if self._stages[-1] == name or (within and self._stages[-1] != within):
                return function(*args, **options)
            with self.stage(name):
                return function(*args, **options)

        return call


class Encoder:
    """Encodes frames in this thread, with the settings that Manim encodes with."""

    def __init__(self, clock: Clock, width: int, height: int, rate: int) -> None:
        self.clock, self.frames = clock, 0
        self._file = av.open(io.BytesIO(), "w", format="mp4")
        options = {"crf": "23", "threads": "1"}
        self._stream: Any = self._file.add_stream("libx264", rate=rate, options=options)
        self._stream.width, self._stream.height = width, height
        self._stream.pix_fmt = "yuv420p"

    def write(self, pixels: Any, times: int) -> None:
        """Encode a frame as often as it is shown."""
        for _ in range(times):
            with self.clock.stage("copies"):
                frame = av.VideoFrame.from_ndarray(pixels, format="rgba")
            with self.clock.stage("colours"):
                frame = frame.reformat(format="yuv420p")
            frame.pts = self.frames
            with self.clock.stage("x264"):
                self._file.mux(self._stream.encode(frame))
            self.frames += 1


def spend(name: str, faster: bool, rate: int, height: int) -> tuple[Counter[str], int]:
    """Draw a scene; return the seconds spent in each stage, and the number of frames."""
    clock = Clock()
    width, height = SIZES[height]
    scene_class = catalog.load(catalog.get(name).scene)
    encoder = Encoder(clock, width, height, rate)

    class Artist(CairoRenderer):
        def render(self, scene: Any, time: float, moving_mobjects: Any = None) -> None:
            with clock.stage("paths"):
                self.update_frame(scene, moving_mobjects)
            self.add_frame(self.camera.frame_to_read if faster else self.get_frame())

        def get_frame(self) -> Any:
            with clock.stage("copies"):
                return super().get_frame()

        def add_frame(self, frame: Any, num_frames: int = 1) -> None:
            self.time += num_frames / self.camera.frame_rate
            encoder.write(frame, num_frames)

    camera = inspect.signature(scene_class.__init__).parameters["camera_class"].default
    config = {
        "pixel_width": width, "pixel_height": height, "frame_rate": rate, "format": "none",
        "disable_caching": True, "progress_bar": "none", "verbosity": "ERROR",
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as media, tempconfig({**config, "media_dir": media}):
        with watching(clock, scene_class):
            artist = Artist(camera_class=fast(camera) if faster else camera)
            scene_class(renderer=artist).render()
        clock._charge()
    return clock.spent, encoder.frames


@contextmanager
def watching(clock: Clock, scene_class: type[Scene]) -> Iterator[None]:
    """Have the clock told of all stages."""

    class Context(cairo.Context):  # type: ignore[type-arg]
        fill_preserve = clock.timed("raster", cairo.Context.fill_preserve)
        stroke_preserve = clock.timed("raster", cairo.Context.stroke_preserve)

    add_updater = Mobject.add_updater

    def add_timed_updater(self: Mobject, updater: Any, *args: Any, **options: Any) -> Any:
        return add_updater(self, clock.timed("ours", updater, "interpolation"), *args, **options)

    with ExitStack() as stack:

        def replace(owner: Any, name: str, new: Any) -> None:
            stack.enter_context(mock.patch.object(owner, name, new))

        replace(cairo, "Context", Context)
        replace(Mobject, "add_updater", add_timed_updater)
        replace(Scene, "update_to_time",
                clock.timed("interpolation", Scene.update_to_time))  # fmt: skip
        replace(Camera, "set_pixel_array", clock.timed("copies", Camera.set_pixel_array))
        replace(canvas, "copy_pixels", clock.timed("copies", canvas.copy_pixels))
        for name in ("save_static_frame_data", "update_frame"):
            replace(CairoRenderer, name, clock.timed("paths", getattr(CairoRenderer, name)))
        ours = [m for n, m in sys.modules.items() if n.startswith("vizdl.mobjects")]
        for module in [*ours, sys.modules[scene_class.__module__]]:
            for owner in [module, *vars(module).values()]:
                if inspect.isclass(owner) and owner.__module__ != module.__name__:
                    continue
                for name, value in list(vars(owner).items()) if hasattr(owner, "__dict__") else []:
                    if (
                        isinstance(value, types.FunctionType)
                        and value.__module__ == module.__name__
                    ):
                        replace(owner, name, clock.timed("ours", value, "interpolation"))
        yield


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", action="append", help="a concept (all if none is named)")
    parser.add_argument("--rate", type=int, default=60, help="frames a second (60)")
    parser.add_argument("--height", type=int, default=1080, choices=SIZES, help="pixels (1080)")
    chosen = parser.parse_args()
    print(f"| scene ({chosen.height}p{chosen.rate}) | | {' | '.join(STAGES)} | sum | drawing |")
    print("|---|---|" + "---:|" * (len(STAGES) + 2))
    for name in chosen.scene or [concept.name for concept in catalog.concepts()]:
        sums: dict[bool, tuple[float, float]] = {}
        for faster in (False, True):
            spent, frames = spend(name, faster, chosen.rate, chosen.height)
            each = {stage: 1000 * spent[stage] / frames for stage in STAGES}
            drawing = each["paths"] + each["raster"] + each["copies"]
            sums[faster] = sum(each.values()), drawing
            cells = " | ".join(f"{value:.1f}" for value in [*each.values(), *sums[faster]])
            print(f"| {name} | {'ours' if faster else 'plain'} | {cells} |", flush=True)
        (plain, slow), (ours, quick) = sums[False], sums[True]
        blank = " | " * (len(STAGES) - 1)
        print(f"| | ratio | {blank} | {plain / ours:.2f} | {slow / quick:.2f} |", flush=True)


if __name__ == "__main__":
    main()
