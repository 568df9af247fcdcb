"""The films of a lecture as one film: a chapter a concept, and one track of captions."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from vizdl import catalog
from vizdl.render.job import QUALITIES, Job, RenderError
from vizdl.render.join import count, join

JOINED = ("mp4", "webm")  # the formats that have chapters


def join_lecture(lecture: int, jobs: Sequence[Job]) -> Path:
    """Join the films of `jobs`, which are drawn, to ``lecture_N`` in their folder; returns it.

    Beside it stand ``.vtt``, one track of captions, and ``.json``, the storyboard: the concepts as
    chapters, and the beats, captions and rest points of all, in the time of the whole. Nothing is
    encoded again, and nothing at all is done where no film has changed. Raises RenderError where a
    film is not drawn, ValueError for a format without chapters.
    """
    first = jobs[0]
    if first.format not in JOINED:
        raise ValueError(f"format must be {' or '.join(JOINED)} to be joined, got {first.format}")
    lacking = [job.name for job in jobs if not job.is_done()]
    if lacking:
        raise RenderError(f"can't join lecture {lecture}: {', '.join(lacking)} is not drawn")
    film, captions, storyboard = (
        first.out / f"lecture_{lecture}.{ending}" for ending in (first.format, "vtt", "json")
    )
    keys = [job.key for job in jobs]
    if _is_done(storyboard, keys, film, captions):
        return film
    films, rate = [job.files[0] for job in jobs], QUALITIES[first.quality][2]
    titles = [catalog.get(job.name).title for job in jobs]
    board = _board([job.storyboard for job in jobs], [count(path) for path in films], rate)
    with tempfile.TemporaryDirectory(prefix=".lecture-", dir=first.out) as folder:
        parts = [Path(folder) / path.name for path in (film, captions, storyboard)]
        assert first.encoding is not None
        join(films, parts[0], first.encoding, rate, titles)
        _write_captions(board["captions"], parts[1])
        about = {
            "title": catalog.LECTURES.get(lecture, "More"),
            "lecture": lecture,
            "films": keys,
            "sizes": {path.name: path.stat().st_size for path in parts[:2]},
        }
        parts[2].write_text(json.dumps(about | board, indent=1, ensure_ascii=False), "utf-8")
        for part, path in zip(parts, (film, captions, storyboard), strict=True):
            os.replace(part, path)
    return film


def _is_done(storyboard: Path, keys: Sequence[str], *files: Path) -> bool:
    try:
        board = json.loads(storyboard.read_text("utf-8"))
        return board["films"] == keys and all(
            path.stat().st_size == board["sizes"][path.name] for path in files
        )
    except (OSError, ValueError, KeyError):
        return False


def _board(storyboards: Sequence[Path], frames: Sequence[int], rate: int) -> dict[str, Any]:
    """The storyboards one after the other, each moved to where its film begins."""
    board: dict[str, Any] = {"chapters": [], "beats": [], "captions": [], "rests": []}
    begin = Fraction(0)
    for path, count_ in zip(storyboards, frames, strict=True):
        own, start = json.loads(path.read_text("utf-8")), float(begin)
        begin += Fraction(count_, rate)
        chapter = {"concept": own["concept"], "name": catalog.get(own["concept"]).title}
        board["chapters"].append({**chapter, "start": start, "end": float(begin)})
        for kind in ("beats", "captions"):
            board[kind] += [
                span | {"start": span["start"] + start, "end": span["end"] + start}
                for span in own[kind]
            ]
        board["rests"] += [rest + start for rest in own["rests"]]
    return {"duration": float(begin), **board}


def _write_captions(captions: Sequence[dict[str, Any]], path: Path) -> None:
    from vizdl.mobjects.story import Caption
    from vizdl.render.output import vtt

    path.write_text(vtt([Caption(**cue) for cue in captions]), "utf-8")
