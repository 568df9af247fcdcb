"""A share of a film on its way here: drawn on a worker, then fetched piece by piece.

Each piece goes to the disk at once, and a file moves into the store when it is whole and its
digest is right; so little of a film is ever in memory, however large it is.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vizdl.render.share import STORY, Drawn, Share, Span, digest, draw_share, read
from vizdl.render.store import Segment, Store

PIECE = 4_000_000  # bytes that come at once


@dataclass(frozen=True)
class Call:
    """What the worker is to do next."""

    function: Callable[..., Any]
    arguments: tuple[Any, ...]


class Lost(Exception):
    """A share that has to be drawn again: its process, its worker or its files went."""


class Unfit(Exception):
    """A worker that can't draw what others can."""


class Failed(Exception):
    """A film that can't be drawn: a sentence and a traceback."""


def bring(
    share: Share, address: str, store: Store, scratch: Path,
    drawn: Callable[[int, float], None], came: Callable[[Segment], None],
) -> Generator[Call, Any, None]:  # fmt: skip
    """A share from its first frame to its last file: yields what the worker at `address` is to do.

    `drawn` is called with the frames drawn there and the seconds of work, `came` with each
    segment that is here. Raises Lost, Unfit, Failed, and OSError where nothing can be written.
    """
    there: Drawn = yield Call(draw_share, (share,))
    drawn(there.frames, there.work)
    _raise_for(there, share.name, address)
    folder, has_story = store.folder(share.key), store.story(share.key) is not None
    sizes = {
        name: size
        for name, size in there.files
        if not (has_story if name in STORY else (folder / name).is_file())
    }
    with tempfile.TemporaryDirectory(dir=scratch) as beside:
        for spans in bundles(list(sizes.items())):
            pieces = yield Call(read, (share.key, spans))
            for (name, start, size), piece in zip(spans, pieces, strict=True):
                part = Path(beside) / name
                with part.open("ab") as file:
                    file.write(piece)
                if start + size < sizes[name]:
                    continue
                if name == STORY[0]:
                    continue  # it goes in with its poster
                if name == STORY[1]:
                    is_sound = _take_story(Path(beside), there, share.key, store)
                elif is_sound := (segment := store.take(part, share.key)) is not None:
                    came(segment)
                if not is_sound:
                    raise Lost(f"{name} came damaged from {address}")


def _take_story(folder: Path, there: Drawn, key: str, store: Store) -> bool:
    """Move in a story and its poster; False where their bytes are not those that were drawn."""
    story, poster = (folder / name for name in STORY)
    if digest(story) != there.story:
        return False
    told = json.loads(story.read_bytes())
    if digest(poster) != told.pop("poster_digest"):
        return False
    store.put_story(key, told, poster.read_bytes())
    return True


def bundles(files: Sequence[tuple[str, int]], limit: int = PIECE) -> Iterator[list[Span]]:
    """The bytes of files (name, size) in order, in rows of spans of at most `limit` bytes."""
    row: list[Span] = []
    room = limit
    for name, size in files:
        for start in (0, *range(room, size, limit)):
            take = min(room, size - start)
            row.append((name, start, take))
            room -= take
            if not room:
                yield row
                row, room = [], limit
    if row:
        yield row


def _raise_for(there: Drawn, name: str, address: str) -> None:
    """Raise what became of a share that was not drawn."""
    failure = there.failure
    if failure is None:
        return
    if failure.kind == "scene":
        raise Failed(failure.sentence, failure.trace)
    if failure.kind == "killed":
        raise Lost(f"{failure.sentence} on {address}")
    if failure.kind == "disk":
        raise Unfit(f"{failure.sentence}, on worker {address}")
    raise Unfit(
        f"{name} is not the same here and on worker {address} ({failure.sentence}): "
        "install the same vizdl there"
    )
