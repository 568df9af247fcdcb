"""Formats and presets: what determines the bytes of a film.

Nothing here imports the encoders, so that planning stays fast. `benchmarks/encoding.py` measures
what is chosen here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

Preset = Literal["draft", "share", "archive", "manim"]
Format = Literal["mp4", "webm", "gif", "png"]
PRESETS: tuple[Preset, ...] = ("draft", "share", "archive")  # those with a meaning of ours
FORMATS: tuple[Format, ...] = get_args(Format)


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
# ahead (mbtree) and long runs of B-frames. With its chroma as fine as x264 goes, the colours of
# the course come back within two levels, for a quarter more bytes.
_SHARE = "mbtree=1:rc-lookahead=20:bframes=5:b-adapt=0:ref=3:chroma-qp-offset=-12"
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
    lossless, with its colours at full resolution, to keep and to edit; `manim` is what plain Manim
    does, to compare with. Raises ValueError for what
    is no format or preset, for a still, and where a film of that format can't be seen through.
    """
    if preset not in get_args(Preset):
        raise ValueError(f"no preset {preset!r}: choose one of {', '.join(get_args(Preset))}")
    if format == "png":
        raise ValueError("a png is one picture and needs no encoder; films are mp4, webm or gif")
    if format not in FORMATS:
        raise ValueError(f"no format {format!r}: choose one of {', '.join(FORMATS)}")
    if preset == "manim":
        if format != "mp4" or transparent:
            raise ValueError(f"the preset manim is an opaque mp4, not a {format}")
        return MANIM
    if not transparent:
        return _FILMS[format, preset]
    if format != "webm":
        raise ValueError(f"a transparent film is webm; {format} can't be seen through")
    return _TRANSPARENT[preset]
