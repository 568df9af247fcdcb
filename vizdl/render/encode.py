"""Frames to video: what the presets mean, and one segment of a film.

A film is made of segments, each encoded by itself with one thread: the same frames give the same
bytes, whichever worker draws them, and `join` puts segments together without encoding again.
`benchmarks/encoding.py` measures what is chosen here.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal, get_args

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

from vizdl.render.convert import Box, Converter, Pixels
from vizdl.render.join import count, join, system_errors

__all__ = [
    "FORMATS", "MANIM", "PRESETS", "Encoding", "Format", "Preset", "SegmentWriter",
    "count", "encoding", "join",
]  # fmt: skip

Preset = Literal["draft", "share", "archive"]
Format = Literal["mp4", "webm", "gif", "png"]
PRESETS: tuple[Preset, ...] = get_args(Preset)
FORMATS: tuple[Format, ...] = get_args(Format)

BT709 = 1  # the matrix, as FFmpeg numbers it in streams


@dataclass(frozen=True)
class Encoding:
    """What determines the bytes of a segment, and of the film that segments are joined to."""

    codec: str
    pixel_format: str
    options: Mapping[str, str] = field(hash=False)
    container: str  # the ending of a segment's file
    matrix: Literal["bt709"] | None = "bt709"  # None: as FFmpeg does by itself, and no tags
    most_frames: int | None = None  # a second; a GIF leaves out frames above that

    def about(self) -> dict[str, Any]:
        """All of it as JSON, for the key of a cache."""
        return asdict(self) | {"options": dict(self.options)}


def _options(**given: str) -> dict[str, str]:
    return {"threads": "1"} | {name.replace("_", "-"): value for name, value in given.items()}


def _h264(pixel_format: str = "yuv420p", **options: str) -> Encoding:
    return Encoding("libx264", pixel_format, _options(**options), ".mp4")


def _av1(**options: str) -> Encoding:
    # `lp` is this encoder's own limit of threads; FFmpeg's does not reach it.
    given = _options(**options, svtav1_params="lp=1")
    return Encoding("libsvtav1", "yuv420p", given, ".webm")


def _vp9(pixel_format: str, **options: str) -> Encoding:
    given = _options(**options, b="0", deadline="realtime", auto_alt_ref="0")
    return Encoding("libvpx-vp9", pixel_format, given, ".webm")


def _gif(most_frames: int) -> Encoding:
    # Segments without loss: a palette can be chosen when the whole film is known.
    options = _options(qp="0", preset="ultrafast")
    return Encoding("libx264rgb", "bgr0", options, ".mkv", None, most_frames)


# Drawn frames have none of the motion that x264's slower presets look for. What pays is to look
# ahead (mbtree) and long runs of B-frames; coloured lines want their chroma finer than its rule.
_SHARE = "mbtree=1:rc-lookahead=20:bframes=5:b-adapt=0:ref=3:chroma-qp-offset=-3"
_ARCHIVE = "bframes=5:b-adapt=0:keyint=60"

_FILMS: dict[tuple[str, str], Encoding] = {
    ("mp4", "draft"): _h264(preset="ultrafast", crf="26"),
    ("mp4", "share"): _h264(preset="superfast", crf="22", x264_params=_SHARE),
    # A halved colour resolution costs thin coloured lines more than any rate does: 4:4:4 to keep.
    ("mp4", "archive"): _h264("yuv444p", preset="medium", crf="14", x264_params=_ARCHIVE),
    ("webm", "draft"): _av1(preset="12", crf="45"),
    ("webm", "share"): _av1(preset="9", crf="38"),
    ("webm", "archive"): _vp9("yuv444p", cpu_used="6", crf="22"),  # our AV1 has no 4:4:4
    ("gif", "draft"): _gif(15),
    ("gif", "share"): _gif(30),
    ("gif", "archive"): _gif(50),  # browsers slow down what shows for less than 2/100 s
}
_TRANSPARENT: dict[str, Encoding] = {
    "draft": _vp9("yuva420p", cpu_used="8", crf="40"),
    "share": _vp9("yuva420p", cpu_used="6", crf="30"),
    "archive": _vp9("yuva420p", cpu_used="5", crf="16"),
}

# What Manim 0.22 does by itself, but with one thread: with more, its bytes vary.
MANIM = Encoding("libx264", "yuv420p", {"crf": "23", "threads": "1"}, ".mp4", None)


def encoding(format: Format, preset: Preset = "share", transparent: bool = False) -> Encoding:
    """How films of that format are encoded for that use.

    `draft` is the quickest; `share` is small and, as MP4, plays everywhere; `archive` is visually
    lossless, with its colours at full resolution, to keep and to edit. Raises ValueError for what
    is no format or preset, for a still, and where a film of that format can't be seen through.
    """
    if preset not in PRESETS:
        raise ValueError(f"no preset {preset!r}: choose one of {', '.join(PRESETS)}")
    if format == "png":
        raise ValueError("a png is one picture and needs no encoder; films are mp4, webm or gif")
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")
    if not transparent:
        return _FILMS[format, preset]
    if format != "webm":
        raise ValueError(f"a transparent film is webm; {format} can't be seen through")
    return _TRANSPARENT[preset]


class SegmentWriter:
    """One segment of a film: frames in, a whole file out that begins with a key frame.

    `rate` is frames a second. Raises ValueError for a size that the encoder does not take, and
    OSError, with its `errno`, where the file can't be written; after an error, `abort`.
    """

    def __init__(
        self, path: Path, encoding: Encoding, width: int, height: int, rate: int | Fraction
    ) -> None:
        self.path = Path(path)
        self.frames = 0
        self._shape = (height, width, 4)
        self._time_base = 1 / Fraction(rate)
        self._converter = Converter(encoding.pixel_format, encoding.matrix)
        self._closed = False
        if "420" in encoding.pixel_format and (width % 2 or height % 2):
            raise ValueError(f"a video's width and height are even, not {width} × {height}")
        os.environ.setdefault("SVT_LOG", "1")  # or the AV1 encoder talks to the terminal
        # No identifiers drawn at random: the same frames are the same bytes.
        self._container = av.open(str(self.path), "w", options={"fflags": "+bitexact"})
        self._stream: Any = self._container.add_stream(
            encoding.codec, rate=Fraction(rate), options=dict(encoding.options)
        )
        context: Any = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, encoding.pixel_format
        if encoding.matrix is not None:
            context.colorspace, context.color_range = BT709, ColorRange.MPEG
            context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        try:
            with system_errors(self.path):
                self._container.start_encoding()
        except BaseException:
            self.abort()
            raise

    def write(self, rgba: Pixels, repeat: int = 1, changed: Box | None = None) -> None:
        """Append a frame that shows `repeat` times.

        `rgba` is (height, width, 4), C-contiguous, colours multiplied by their opacity, as Cairo
        leaves them; it is free again when this returns. With `changed` (left, top, right, bottom)
        the frame is the one before but for pixels in that box, and no others are converted.
        """
        if self._closed:
            raise ValueError(f"the segment {self.path} is closed")
        if rgba.shape != self._shape or rgba.dtype != np.uint8 or not rgba.flags.c_contiguous:
            raise ValueError(
                f"a frame is a C-contiguous array of uint8 of shape {self._shape}, "
                f"not one of {rgba.dtype} of shape {rgba.shape}"
            )
        if repeat < 1:
            raise ValueError(f"a frame shows once or more, not {repeat} times")
        frame = self._converter.convert(rgba, changed)
        frame.time_base = self._time_base
        with system_errors(self.path):
            for _ in range(repeat):
                frame.pts = self.frames
                self._container.mux(self._stream.encode(frame))
                self.frames += 1

    def close(self) -> None:
        """Finish the file. Raises ValueError where it got no frame, OSError as `write` does."""
        if self._closed:
            return
        try:
            if not self.frames:
                raise ValueError(f"the segment {self.path} got no frame")
            with system_errors(self.path):
                self._container.mux(self._stream.encode(None))
                self._container.close()
        except BaseException:
            self.abort()
            raise
        self._closed = True

    def abort(self) -> None:
        """Give up, and remove what was written."""
        if self._closed:
            return
        self._closed = True
        with contextlib.suppress(Exception):  # such as a disk that is full still
            self._container.close()
        self.path.unlink(missing_ok=True)
