"""What stands beside a video: captions, poster, thumbnail and storyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from PIL import Image

from vizdl.mobjects.story import Caption, Story

THUMBNAIL_SIZE = (480, 270)
THUMBNAIL_RATE = 15
THUMBNAIL_SECONDS = 6  # of the loop; it shows twice as many of the video, at double speed


def write_files(scene: Story, places: Sequence[Path], about: dict[str, Any]) -> None:
    """Write picture or video, what goes beside it, and the storyboard, to `places`.

    `places` are a job's files in their order, `about` is what the storyboard says of the job.
    """
    if scene.poster_frame is None:
        raise RuntimeError(f"the scene {scene.title!r} took no poster: does it call close()?")
    poster = Image.fromarray(scene.poster_frame).convert("RGB")
    storyboard = scene.storyboard() | about
    places[-1].write_text(json.dumps(storyboard, indent=1, ensure_ascii=False), "utf-8")
    if len(places) == 2:
        poster.save(places[0], optimize=True)
        return
    video, captions, picture, thumbnail, _ = places
    writer = scene.renderer.file_writer
    made = Path(writer.gif_file_path if video.suffix == ".gif" else writer.movie_file_path)
    if video.suffix == ".mp4":
        fast_start(made, video)
    else:
        made.rename(video)
    captions.write_text(vtt(scene.captions), "utf-8")
    poster.save(picture, quality=88, optimize=True, progressive=True)
    loop(video, thumbnail, around=storyboard["poster"])


def vtt(captions: list[Caption]) -> str:
    """The captions as a WebVTT track."""
    cues = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_escape(cue.text)}\n" for cue in captions]
    return "WEBVTT\n\n" + "\n".join(cues)


def fast_start(source: Path, target: Path) -> None:
    """Copy an MP4 with its index in front, so that it plays while it loads."""
    with (
        av.open(source) as given,
        av.open(target, "w", format="mp4", options={"movflags": "faststart"}) as taken,
    ):
        stream = taken.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(given.streams.video[0]):
            if packet.dts is not None:
                packet.stream = stream
                taken.mux(packet)


def loop(video: Path, target: Path, around: float) -> None:
    """A small silent loop of the video's best moments, for the front page."""
    width, height = THUMBNAIL_SIZE
    span = 2 * THUMBNAIL_SECONDS
    with (
        av.open(video) as given,
        av.open(target, "w", format="mp4", options={"movflags": "faststart"}) as taken,
    ):
        length = float(given.duration or 0) / 1_000_000
        start = max(0.0, min(around + 1.0, length) - span)
        stream = taken.add_stream(
            "libx264", rate=THUMBNAIL_RATE, options={"crf": "28", "threads": "1"}
        )
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        wanted = 0
        for frame in given.decode(video=0):
            at = float(frame.time or 0.0) - start
            while at >= wanted * 2 / THUMBNAIL_RATE and wanted < THUMBNAIL_SECONDS * THUMBNAIL_RATE:
                small = frame.reformat(width, height, "yuv420p")
                small.pts, small.time_base = wanted, Fraction(1, THUMBNAIL_RATE)
                taken.mux(stream.encode(small))
                wanted += 1
        taken.mux(stream.encode(None))


def _clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
