"""What is drawn already: finished segments of films, kept by key and bounded in size.

A film is a row of segments, one a ``play()`` of its scene. Each is written beside its place and
moved in when whole, under a name that holds its number of frames and the digest of its bytes: so
whatever has its name is finished, and a damaged one is found out. The folder is named by the
environment variable ``VIZDL_CACHE`` (default ``~/.cache/vizdl``), its bound in megabytes by
``VIZDL_CACHE_SIZE`` (default 4000).
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FRESH = 3600.0  # seconds in which a film that was used stays, whatever the bound
_SEGMENT = re.compile(r"(\d{4})-(\d+)-([0-9a-f]{16})\.\w+")


@dataclass(frozen=True)
class Segment:
    """The finished film of one play: its place in the scene, its frames, its file."""

    play: int
    frames: int
    path: Path

    def is_sound(self) -> bool:
        """Whether the file still holds the bytes that were written."""
        try:
            return _digest(self.path) == self.path.stem.rsplit("-", 1)[1]
        except OSError:
            return False


@dataclass(frozen=True)
class Film:
    """What the store holds of one film: its concept, bytes, segments, when it was last used."""

    key: str
    concept: str
    size: int
    segments: int
    used: float


class Store:
    """The segments of every film under one folder, `root`."""

    def __init__(self, root: Path | None = None) -> None:
        self.root = Path(root or os.environ.get("VIZDL_CACHE") or _default())

    def folder(self, key: str) -> Path:
        """The folder of one film."""
        return self.root / "films" / key[:32]

    def open(self, key: str, concept: str) -> None:
        """Make a film's folder and note that it is in use now."""
        folder = self.folder(key)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "concept").is_file():
            write_whole(folder / "concept", concept.encode())
        os.utime(folder)

    def segments(self, key: str) -> dict[int, Segment]:
        """The finished segments of a film by play."""
        found = {}
        for path in sorted(self.folder(key).glob("????-*")):
            if match := _SEGMENT.fullmatch(path.name):
                play = int(match[1])
                found[play] = Segment(play, int(match[2]), path)
        return found

    def add(self, part: Path, key: str, play: int, frames: int) -> Segment:
        """Move a segment that was written at `part` into its place."""
        name = f"{play:04d}-{frames}-{_digest(part)}{part.suffix}"
        path = self.folder(key) / name
        os.replace(part, path)
        return Segment(play, frames, path)

    def take(self, part: Path, key: str) -> Segment | None:
        """Move in a segment that bears its name already; None where its bytes are not its own."""
        match = _SEGMENT.fullmatch(part.name)
        if match is None:
            return None
        segment = Segment(int(match[1]), int(match[2]), part)
        if not segment.is_sound():
            return None
        path = self.folder(key) / part.name
        os.replace(part, path)
        return Segment(segment.play, segment.frames, path)

    def put_story(self, key: str, story: dict[str, Any], poster: bytes) -> None:
        """Keep what a walk through the whole scene gave: storyboard, plays, poster (PNG)."""
        write_whole(self.folder(key) / "poster.png", poster)
        story = story | {"poster_digest": hashlib.sha256(poster).hexdigest()}
        write_whole(self.folder(key) / "story.json", json.dumps(story).encode())

    def story(self, key: str) -> tuple[dict[str, Any], Path] | None:
        """The story of a film and its poster; None where no whole walk is kept."""
        poster = self.folder(key) / "poster.png"
        try:
            story = json.loads((self.folder(key) / "story.json").read_bytes())
            if hashlib.sha256(poster.read_bytes()).hexdigest() != story["poster_digest"]:
                return None
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return story, poster

    # Durations

    def history(self) -> dict[str, dict[str, float]]:
        """By ``name quality``: the frames of the film and the seconds of work they took."""
        try:
            known = json.loads((self.root / "history.json").read_bytes())
        except (OSError, ValueError):
            return {}
        return known if isinstance(known, dict) else {}

    def remember(self, name: str, quality: str, frames: int, work: float) -> None:
        """Note how long a film took, for the order and the time left of the next run."""
        known = self.history() | {f"{name} {quality}": {"frames": frames, "work": work}}
        self.root.mkdir(parents=True, exist_ok=True)
        write_whole(self.root / "history.json", json.dumps(known).encode())

    # Size

    def films(self) -> list[Film]:
        """Every film that is kept, the one used last first."""
        films = []
        for folder in (self.root / "films").glob("*"):
            with contextlib.suppress(OSError):  # another command may clear it meanwhile
                files = [path.stat().st_size for path in folder.iterdir()]
                concept = (folder / "concept").read_text("utf-8")
                count = sum(1 for path in folder.iterdir() if _SEGMENT.fullmatch(path.name))
                films.append(Film(folder.name, concept, sum(files), count, folder.stat().st_mtime))
        return sorted(films, key=lambda film: -film.used)

    @property
    def limit(self) -> int:
        """The bound in bytes. Raises ValueError for a bound that is no number of megabytes."""
        given = os.environ.get("VIZDL_CACHE_SIZE", "4000")
        try:
            megabytes = float(given)
            if not megabytes >= 0:
                raise ValueError
        except ValueError:
            raise ValueError(
                f"VIZDL_CACHE_SIZE must be a number of megabytes, at least 0, got {given!r}"
            ) from None
        return int(1e6 * megabytes)

    def prune(self) -> None:
        """Drop the films that were not used for longest until the rest is within the bound."""
        films, now = self.films(), time.time()
        total = sum(film.size for film in films)
        for film in reversed(films):
            if total <= self.limit:
                break
            if now - film.used > FRESH:
                shutil.rmtree(self.root / "films" / film.key, ignore_errors=True)
                total -= film.size

    def clear(self, concepts: Iterable[str] | None = None) -> int:
        """Drop every film (of the named concepts); returns the bytes that are free now."""
        wanted = None if concepts is None else set(concepts)
        free = 0
        for film in self.films():
            if wanted is None or film.concept in wanted:
                shutil.rmtree(self.root / "films" / film.key, ignore_errors=True)
                free += film.size
        return free

    # What a process works in

    def scratch(self) -> tempfile.TemporaryDirectory[str]:
        """A folder of this process alone, beside the films: its texts and unfinished segments."""
        work = self.root / "work"
        work.mkdir(parents=True, exist_ok=True)
        prefix = f".{platform.node()}-{os.getpid()}-"
        return tempfile.TemporaryDirectory(prefix=prefix, dir=work)

    def sweep(self) -> None:
        """Remove what killed processes of this machine left; others may share the folder."""
        sweep(self.root / "work", platform.node())


def _default() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "vizdl"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:16]


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place and move it in when whole."""
    handle, part = tempfile.mkstemp(prefix=f".{path.name}-{os.getpid()}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.replace(part, path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def sweep(folder: Path, name: str = "") -> None:
    """Remove what killed processes left in `folder` (under `name`); the living keep theirs."""
    for left in folder.glob(f".{glob.escape(name) or '*'}-*-*"):
        _, process, _ = left.name.rsplit("-", 2)
        if process.isdigit() and not _lives(int(process)):
            if left.is_dir():
                shutil.rmtree(left, ignore_errors=True)
            else:
                left.unlink(missing_ok=True)


def _lives(process: int) -> bool:
    if os.name != "posix":
        return True  # elsewhere one can't ask without harm
    try:
        os.kill(process, 0)  # asks, and sends nothing
        state = Path(f"/proc/{process}/stat").read_text("utf-8").rpartition(")")[2].split()[0]
    except ProcessLookupError:
        return False
    except OSError:
        return True  # another user's, or a system without /proc
    return state != "Z"  # a zombie has ended, and only waits to be counted
