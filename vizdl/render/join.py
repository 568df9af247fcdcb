"""Segments to a film, without encoding again.

Each frame gets its own place on an even grid of times, so no rounding adds up: a film of N frames
lasts N / rate seconds, as exactly as its container can say.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

if TYPE_CHECKING:
    from vizdl.render.formats import Encoding


def join(
    segments: Sequence[Path],
    target: Path,
    encoding: Encoding,
    rate: int | Fraction,
    chapters: Sequence[str] | None = None,
) -> None:
    """Put a film's segments together, in their order, as `target`.

    With `chapters` each segment is a chapter of that title (a GIF has none). An MP4 has its index
    in front, so that it plays while it loads. A GIF is encoded only here, as its one palette needs
    the whole film. Raises ValueError where there are no segments or one is
    damaged, OSError, with its `errno`, where a file can't be read or written; no target is left.
    """
    from vizdl.render.palette import write_gif

    if not segments:
        raise ValueError(f"no segments to join to {target}")
    try:
        with system_errors(target):
            if encoding.most_frames is None:
                _copy(segments, target, encoding, Fraction(rate), chapters or ())
            else:
                write_gif(segments, target, Fraction(rate), encoding.most_frames)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def count(path: Path) -> int:
    """The number of frames in a file, which are not decoded. Raises as `join` does."""
    with open_film(path) as film:
        return sum(1 for _ in _packets(film))


@contextlib.contextmanager
def open_film(path: Path) -> Iterator[Any]:
    """A file to read, as PyAV gives it. Raises as `join` does."""
    with system_errors(path), av.open(str(path)) as film:
        yield film


@contextlib.contextmanager
def system_errors(path: Path) -> Iterator[None]:
    """FFmpeg's errors as Python's: OSError with its `errno`, or ValueError."""
    try:
        yield
    except av.error.FFmpegError as error:
        if isinstance(error, MemoryError):
            raise
        plain: Exception = ValueError(f"{path}: {error.strerror}")
        if isinstance(error, OSError):
            plain = OSError(error.errno, error.strerror, str(path))
        try:
            raise plain
        finally:  # FFmpeg's own can't be sent from process to process, not even as what came before
            plain.__context__ = None


def _copy(
    segments: Sequence[Path],
    target: Path,
    encoding: Encoding,
    rate: Fraction,
    titles: Sequence[str],
) -> None:
    orders = [_order(path, rate) for path in segments]
    # How far decoding runs ahead of showing: one value for the film, so that no time turns back.
    delay = max(place - time for order in orders for place, time in enumerate(order))
    options = {"fflags": "+bitexact"}
    if encoding.container == ".mp4":
        options |= {"movflags": "+faststart", "movie_timescale": str(1000 * rate.numerator)}
    with av.open(str(target), "w", options=options) as film:
        if titles:
            film.set_chapters(_chapters(titles, [len(order) for order in orders], rate))
        stream: Any = None
        done = 0
        for path, order in zip(segments, orders, strict=True):
            with open_film(path) as segment:
                if stream is None:
                    stream = film.add_stream_from_template(segment.streams.video[0], opaque=True)
                    stream.codec_context.framerate = rate
                    stream.pix_fmt = encoding.pixel_format  # a file that is read tells no alpha
                for place, packet in enumerate(_packets(segment)):
                    packet.stream, packet.time_base = stream, 1 / rate
                    packet.pts, packet.dts = done + order[place], done + place - delay
                    packet.duration = 1
                    film.mux(packet)
            done += len(order)


def _chapters(titles: Sequence[str], frames: Sequence[int], rate: Fraction) -> list[Any]:
    ends = list(itertools.accumulate(frames))
    return [
        {
            "id": index,
            "start": end - count,
            "end": end,
            "time_base": 1 / rate,
            "metadata": {"title": title},
        }
        for index, (title, end, count) in enumerate(zip(titles, ends, frames, strict=True))
    ]


def _order(path: Path, rate: Fraction) -> list[int]:
    """The places at which a segment's frames show, in the order in which they are stored."""
    with open_film(path) as segment:
        packets = list(_packets(segment))
        order = [round(packet.pts * packet.time_base * rate) for packet in packets]
    if not order or sorted(order) != list(range(len(order))) or not packets[0].is_keyframe:
        raise ValueError(f"the segment {path} is damaged: its frames do not follow each other")
    return order


def _packets(film: Any) -> Iterator[Any]:
    return (packet for packet in film.demux(video=0) if packet.size)
