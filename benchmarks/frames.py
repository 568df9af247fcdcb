"""Where the time of a frame goes: ``python benchmarks/frames.py --scene lstm_gates --rate 15``.

Draws scenes of the course with plain Manim, then with vizdl's camera and converter under Manim's
encoder settings and under those of the preset share. All in one thread. Prints a Markdown table:
milliseconds of processor time a frame of video, by stage. `Parts` is the time under functions of
vizdl.mobjects and of the scene while a play runs, and its share of the frame stands last.
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
from vizdl.render.convert import Converter
from vizdl.render.encode import encoding, options_here

STAGES = ("parts", "interpolation", "paths", "raster", "copies", "colours", "x264", "between plays")
DRAWING = ("paths", "raster", "copies", "colours")
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
    """Encodes frames in this thread as Manim does, and if they are ours as the preset share too."""

    def __init__(self, clock: Clock, faster: bool, width: int, height: int, rate: int) -> None:
        self.clock, self.frames = clock, 0
        settings = {"x264": options_here(encoding("mp4", "manim"))}
        if faster:
            settings["x264 of share"] = options_here(encoding("mp4", "share"))
        self._converter = Converter("yuv420p", None) if faster else None
        self._files = {}
        for name, options in settings.items():
            file = av.open(io.BytesIO(), "w", format="mp4")
            stream: Any = file.add_stream("libx264", rate=rate, options=options)
            stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
            self._files[name] = file, stream

    def write(self, pixels: Any, times: int, changed: Any = None) -> None:
        """Encode a frame as often as it is shown."""
        for repeat in range(times):
            if self._converter is None:  # as Manim does, for every repetition
                with self.clock.stage("copies"):
                    given = av.VideoFrame.from_ndarray(pixels, format="rgba")
                with self.clock.stage("colours"):
                    frame = given.reformat(format="yuv420p")
            elif not repeat:
                with self.clock.stage("colours"):
                    frame = self._converter.convert(pixels, changed)
            for name, (file, stream) in self._files.items():
                frame.pts = self.frames
                with self.clock.stage(name):
                    file.mux(stream.encode(frame))
            self.frames += 1


def spend(name: str, faster: bool, rate: int, height: int) -> tuple[Counter[str], int]:
    """Draw a scene; return the seconds spent in each stage, and the number of frames."""
    clock = Clock()
    width, height = SIZES[height]
    scene_class = catalog.load(catalog.get(name).scene)
    encoder = Encoder(clock, faster, width, height, rate)

    class Artist(CairoRenderer):
        def render(self, scene: Any, time: float, moving_mobjects: Any = None) -> None:
            self.update_frame(scene, moving_mobjects)
            self.show(1)

        def freeze_current_frame(self, duration: float) -> None:
            self.show(int(duration / (1 / self.camera.frame_rate)))

        def show(self, frames: int) -> None:
            self.time += frames / self.camera.frame_rate
            camera: Any = self.camera
            if faster:
                encoder.write(camera.frame_to_read, frames, camera.changes())
            else:
                encoder.write(self.get_frame(), frames)

        def get_frame(self) -> Any:
            with clock.stage("copies"):
                return super().get_frame()

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
        return add_updater(self, clock.timed("parts", updater, "interpolation"), *args, **options)

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
                        replace(owner, name, clock.timed("parts", value, "interpolation"))
        yield


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scene", action="append", help="a concept (all if none is named)")
    parser.add_argument("--rate", type=int, default=60, help="frames a second (60)")
    parser.add_argument("--height", type=int, default=1080, choices=SIZES, help="pixels (1080)")
    chosen = parser.parse_args()
    heads = ["scene", f"{chosen.height}p{chosen.rate}", *STAGES, "sum", "drawing", "parts"]
    print(f"| {' | '.join(heads)} |\n|---|---|{'---:|' * (len(heads) - 2)}")
    for name in chosen.scene or [concept.name for concept in catalog.concepts()]:
        plain, frames = spend(name, False, chosen.rate, chosen.height)
        ours, _ = spend(name, True, chosen.rate, chosen.height)
        sent = Counter(ours) | {"x264": ours["x264 of share"]}
        rows = {"plain Manim": plain, "vizdl, Manim's settings": ours, "vizdl, share": sent}
        for kind, spent in rows.items():
            print(row(name, kind, spent, frames, plain), flush=True)


def row(name: str, kind: str, spent: Counter[str], frames: int, plain: Counter[str]) -> str:
    """A line of the table; sum and drawing say how many times faster than plain Manim they are."""
    cells = [f"{1000 * spent[stage] / frames:.1f}" for stage in STAGES]
    total = sum(spent[stage] for stage in STAGES)
    for stages in (STAGES, DRAWING):
        mine, other = (sum(times[stage] for stage in stages) for times in (spent, plain))
        gain = f" (×{other / mine:.2f})" if spent is not plain else ""
        cells.append(f"{1000 * mine / frames:.1f}{gain}")
    return f"| {name} | {kind} | {' | '.join(cells)} | {spent['parts'] / total:.1%} |"


if __name__ == "__main__":
    main()
