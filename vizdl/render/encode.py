"""Frames to video: one segment of a film.

A film is made of segments, each encoded by itself with one thread: the same frames give the same
bytes, whichever worker draws them, and `join` puts segments together without encoding again.
"""

from __future__ import annotations

import contextlib
import functools
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, ColorTrc

from vizdl.render.convert import Box, Converter, Pixels
from vizdl.render.formats import (
    FORMATS,
    MANIM,
    PRESETS,
    Encoding,
    Format,
    Preset,
    encoding,
)  # fmt: skip
from vizdl.render.join import count, join, system_errors

__all__ = [
    "FORMATS", "MANIM", "PRESETS", "Encoding", "Format", "Preset", "SegmentWriter",
    "count", "encoding", "join", "options_here",
]  # fmt: skip

BT709 = 1  # the matrix, as FFmpeg numbers it in streams


def options_here(encoding: Encoding) -> dict[str, str]:
    """The options as an encoder has to get them on this machine, for the bytes of any other."""
    options = dict(encoding.options)
    if encoding.codec.startswith("libx264") and _has_avx512():
        # x264's AVX-512 code (mbtree, core 165) reads memory it never wrote: bytes would vary.
        params = (options.get("x264-params"), "asm=AVX2")
        options["x264-params"] = ":".join(filter(None, params))
    return options


@functools.cache
def _has_avx512() -> bool:
    found = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])
    return any(name == "X86_V4" or name.startswith("AVX512") for name in found)


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
            encoding.codec, rate=Fraction(rate), options=options_here(encoding)
        )
        context: Any = self._stream.codec_context
        context.width, context.height, context.pix_fmt = width, height, encoding.pixel_format
        if encoding.matrix is not None:
            context.colorspace, context.color_range = BT709, ColorRange.MPEG
            context.color_primaries = ColorPrimaries.BT709
            context.color_trc = ColorTrc.IEC61966_2_1  # sRGB, which is what is drawn
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

    def __enter__(self) -> SegmentWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.close() if kind is None else self.abort()
