"""What stands beside a video: captions, poster, thumbnail and storyboard."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from PIL import Image

from vizdl import style
from vizdl.mobjects.story import Caption
from vizdl.render.encode import SegmentWriter
from vizdl.render.formats import encoding
from vizdl.render.job import QUALITIES, Job
from vizdl.render.join import join, open_film

THUMBNAIL_SIZE = (480, 270)
THUMBNAIL_RATE = 15
THUMBNAIL_SECONDS = 6  # of the loop; it shows twice as many of the video, at double speed


def write_files(
    job: Job, board: dict[str, Any], poster: Path, segments: Sequence[Path], places: Sequence[Path]
) -> None:
    """Write picture or film, what goes beside it, and the storyboard, to `places`.

    `board` is the storyboard of the scene, `poster` its picture (PNG), `segments` the film's
    parts in order; `places` are the job's files in their order.
    """
    with Image.open(poster) as opened:
        picture = opened.convert("RGBA")
    backed = Image.new("RGBA", picture.size, style.BACKGROUND.dark)
    backed = Image.alpha_composite(backed, picture).convert("RGB")
    if len(places) == 2:
        (picture if job.transparent else backed).save(places[0], optimize=True)
    else:
        film, captions, still, thumbnail, _ = places
        assert job.encoding is not None
        join(segments, film, job.encoding, QUALITIES[job.quality][2])
        captions.write_text(vtt([Caption(**cue) for cue in board["captions"]]), "utf-8")
        backed.save(still, quality=88, optimize=True, progressive=True)
        loop(film, thumbnail, around=board["poster"])
    about: dict[str, Any] = {"concept": job.name, "quality": job.quality, "key": job.key}
    about |= {"sizes": {path.name: path.stat().st_size for path in places[:-1]}}
    about |= {"made_from": job.record}
    places[-1].write_text(json.dumps(board | about, indent=1, ensure_ascii=False), "utf-8")


def vtt(captions: list[Caption]) -> str:
    """The captions as a WebVTT track."""
    cues = [f"{_clock(cue.start)} --> {_clock(cue.end)}\n{_escape(cue.text)}\n" for cue in captions]
    return "WEBVTT\n\n" + "\n".join(cues)


def loop(video: Path, target: Path, around: float) -> None:
    """A small silent loop of the video's best moments, for the front page."""
    width, height = THUMBNAIL_SIZE
    part, code = target.with_suffix(".part.mp4"), encoding("mp4")
    with open_film(video) as given:
        length = float(given.duration or 0) / 1_000_000
        start = max(0.0, min(around + 1.0, length) - 2 * THUMBNAIL_SECONDS)
        given.seek(int(1_000_000 * start))  # to the segment's first frame before
        taken = SegmentWriter(part, code, width, height, THUMBNAIL_RATE)
        try:
            for frame in given.decode(video=0):
                at = float(frame.time or 0.0) - start
                while at >= taken.frames * 2 / THUMBNAIL_RATE:
                    if taken.frames == THUMBNAIL_SECONDS * THUMBNAIL_RATE:
                        break
                    taken.write(frame.to_ndarray(format="rgba", width=width, height=height))
                if taken.frames == THUMBNAIL_SECONDS * THUMBNAIL_RATE:
                    break
            taken.close()
        except BaseException:
            taken.abort()
            raise
    join([part], target, code, THUMBNAIL_RATE)
    part.unlink()


def _clock(seconds: float) -> str:
    milliseconds = round(1000 * seconds)
    minutes, rest = divmod(milliseconds, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02d}:{minutes:02d}:{rest // 1000:02d}.{rest % 1000:03d}"


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
