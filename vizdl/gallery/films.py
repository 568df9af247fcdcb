"""The films of the gallery: what the render left, and what a page shows of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vizdl import catalog
from vizdl.catalog import Concept

REEL = ("source", "poster", "track", "rests")  # of a film, what its page's script has to know


@dataclass(frozen=True)
class Video:
    """The files of one video and its storyboard, as the render left them."""

    folder: Path
    name: str
    storyboard: dict[str, Any]

    def file(self, ending: str) -> Path:
        """The file of that ending, whether it is there or not."""
        return self.folder / f"{self.name}{ending}"


def find(folder: Path | None, name: str) -> Video | None:
    """The video of that name in a folder, None where one of its files is missing."""
    endings = (".mp4", ".vtt", ".jpg", ".json")
    if folder is None or not all(
        (Path(folder) / f"{name}{ending}").is_file() for ending in endings
    ):
        return None
    text = (Path(folder) / f"{name}.json").read_text("utf-8")
    return Video(Path(folder), name, json.loads(text))


def film(video: Video) -> dict[str, Any]:
    """What a page shows of a film: where it is, its track, beats, words and rest points."""
    board = video.storyboard
    track = base64.b64encode(video.file(".vtt").read_bytes()).decode()
    return {
        "source": f"videos/{video.name}.mp4",
        "poster": f"videos/{video.name}.jpg",
        # From disk a browser refuses a track in a file of its own; in the page it is always there.
        "track": f"data:text/vtt;base64,{track}",
        "beats": [{"name": beat["name"], **_times(beat)} for beat in board["beats"]],
        "captions": [{"text": line["text"], **_times(line)} for line in board["captions"]],
        "rests": [round(float(rest), 3) for rest in board["rests"]],
    }


def reels(shown: Sequence[dict[str, Any]]) -> str:
    """What the page's script has to know of its films, as JSON."""
    return json.dumps([{name: item[name] for name in REEL} for item in shown])


def in_a_row(held: Sequence[Concept], videos: dict[str, Video]) -> dict[str, Any]:
    """What the page of a lecture shows: the films of its concepts, one after the other."""
    shown, begins = [], 0.0
    for item in (item for item in held if item.name in videos):
        duration = float(videos[item.name].storyboard["duration"])
        about = {"title": item.title, "summary": item.summary, "page": f"{item.name}.html"}
        times = {"begins": _clock(begins), "end": f"{duration:.2f}"}
        shown.append(film(videos[item.name]) | about | times)
        begins += duration
    number = held[0].lecture
    return {
        "lecture": {"number": number, "title": catalog.LECTURES.get(number, "More")},
        "reels": shown,
        "data": reels(shown),
        "length": f"{_clock(begins)} minutes",
        "missing": [item for item in held if item.name not in videos],
    }


def _times(span: dict[str, Any]) -> dict[str, str]:
    start, end = float(span["start"]), float(span["end"])
    return {"at": f"{start:.2f}", "end": f"{end:.2f}", "clock": _clock(start)}


def _clock(seconds: float) -> str:
    return f"{int(seconds) // 60}:{int(seconds) % 60:02d}"
