"""Segments to a GIF: one palette of 255 colours for the whole film, and no dither.

Drawn pictures have few colours, and most of their pixels have one of them exactly. Without dither
a pixel's colour depends on itself alone: what rests does not flicker, and the file is smaller.
Both passes hold one frame at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from vizdl.render.join import count, open_film

TICK = Fraction(1, 100)  # seconds, the unit of a GIF's times


def write_gif(segments: Sequence[Path], target: Path, rate: Fraction, most_frames: int) -> None:
    """Write each n-th frame of the segments, so that at most `most_frames` a second are left."""
    every = math.ceil(rate / most_frames)
    frames = sum(count(path) for path in segments)
    palette = _palette(segments, every)
    # Each time is rounded by itself to the GIF's unit, so that no rounding adds up.
    times = [round(place / rate / TICK) for place in (*range(0, frames, every), frames)]
    options = {"fflags": "+bitexact", "final_delay": str(max(2, times[-1] - times[-2]))}
    with av.open(str(target), "w", options=options) as film:
        stream: Any = film.add_stream("gif", rate=rate / every)
        stream.width, stream.height, stream.pix_fmt = *_size(segments[0]), "pal8"
        graph: Any = None
        for time, picture in zip(times, _pictures(segments, every), strict=False):
            if graph is None:
                graph = _graph([picture, palette], "paletteuse", "dither=none")
                graph.push(palette, at=1)
                graph.push(None, at=1)
            graph.push(picture, at=0)
            frame = graph.pull()
            frame.pts, frame.time_base = time, TICK
            film.mux(stream.encode(frame))
        film.mux(stream.encode(None))


def _size(path: Path) -> tuple[int, int]:
    with open_film(path) as film:
        video = film.streams.video[0]
        return video.width, video.height


def _palette(segments: Sequence[Path], every: int) -> Any:
    """A frame of 16 × 16 colours, one of them for what can be seen through."""
    graph: Any = None
    for frame in _pictures(segments, every):
        if graph is None:
            graph = _graph([frame], "palettegen", "stats_mode=full")
        graph.push(frame)
    graph.push(None)
    palette = graph.pull()
    palette.pts = 0
    return palette


def _pictures(segments: Sequence[Path], every: int) -> Iterator[Any]:
    place = 0
    for path in segments:
        with open_film(path) as segment:
            for frame in segment.decode(video=0):
                if place % every == 0:
                    picture = frame.reformat(format="bgr0", threads=1)
                    picture.pts, picture.time_base = place // every, TICK
                    yield picture
                place += 1


def _graph(inputs: Sequence[Any], name: str, options: str) -> Any:
    """The named filter between sources like `inputs` and a sink."""
    graph = av.filter.Graph()
    middle, sink = graph.add(name, options), graph.add("buffersink")
    for place, frame in enumerate(inputs):
        source = graph.add_buffer(
            width=frame.width, height=frame.height, format=frame.format, time_base=TICK
        )
        source.link_to(middle, 0, place)
    middle.link_to(sink)
    graph.configure()
    return graph
