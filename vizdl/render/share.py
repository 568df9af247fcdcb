"""A share of a film, drawn on a machine of a cluster.

The Dask worker only watches: the drawing is done by a process of its own, the same as a worker of
the local pool. So a scene that brings its process down leaves the Dask worker standing, the
sources that are drawn from are those on the disk now, and a worker may have several threads,
though Manim's settings belong to a whole process. Segments stay in the machine's own store until
they are fetched; a share that is begun again goes on with what is there.
"""

from __future__ import annotations

import dataclasses
import hashlib
import pickle
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Literal

from vizdl.render import worker
from vizdl.render.store import Store

TOPIC = "vizdl"  # of the words on progress
TELL = 1.0  # seconds between two of them
LOOK = 0.5  # seconds between two looks at whether the share is still wanted
STORY = ("story.json", "poster.png")

Span = tuple[str, int, int]  # a file of the film's folder, first byte, number of bytes


@dataclass(frozen=True)
class Share:
    """The plays k of a film with k % `of` == `index`, without those in `have`.

    `job` is the pickled job: only the process that draws opens it. `is_film` is False for a
    picture, which has no segments.
    """

    job: bytes
    name: str
    key: str
    is_film: bool
    index: int
    of: int
    have: frozenset[int]

    def has(self, play: int) -> bool:
        """Whether the play is to be drawn for this share."""
        return play % self.of == self.index and play not in self.have


@dataclass(frozen=True)
class Failure:
    """Why a share was not drawn.

    Its scene raised, its process was killed, the machine has other sources, or can't write.
    """

    kind: Literal["scene", "killed", "differs", "disk"]
    sentence: str
    trace: str = ""


@dataclass(frozen=True)
class Drawn:
    """What lies on the machine: files with their sizes; frames drawn now, seconds they took.

    A segment has its digest in its name, a poster in the story; `story` is the story's own.
    """

    files: tuple[tuple[str, int], ...] = ()
    story: str = ""
    frames: int = 0
    work: float = 0.0
    failure: Failure | None = None


def draw_share(share: Share) -> Drawn:
    """Draw a share of a film into this machine's store; a task of a Dask worker."""
    store = Store()
    store.sweep()
    store.open(share.key, share.name)
    for play, segment in store.segments(share.key).items():
        if share.has(play) and not segment.is_sound():
            segment.path.unlink(missing_ok=True)
    drawn = Drawn() if _is_there(store, share) else _draw(store, share)
    if drawn.failure is not None:
        return drawn
    store.prune()
    segments = store.segments(share.key)
    files = [segment.path for play, segment in segments.items() if share.has(play)]
    files += [store.folder(share.key) / name for name in STORY]
    sizes = tuple((path.name, path.stat().st_size) for path in files)
    return dataclasses.replace(drawn, files=sizes, story=digest(store.folder(share.key) / STORY[0]))


def digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def read(key: str, spans: Sequence[Span]) -> list[bytes]:
    """Those bytes of a film's files; a task of a Dask worker. Raises OSError where one is gone."""
    found = []
    for name, start, size in spans:
        with (Store().folder(key) / name).open("rb") as file:
            file.seek(start)
            found.append(file.read(size))
    return found


def _is_there(store: Store, share: Share) -> bool:
    kept = store.story(share.key)
    if kept is None or not share.is_film:
        return kept is not None
    segments = store.segments(share.key)
    return all(
        play in segments
        for play, frames in enumerate(kept[0]["plays"])
        if frames and share.has(play)
    )


def _draw(store: Store, share: Share) -> Drawn:
    """Let a process draw what is missing, until it has, fails, or is not wanted any more."""
    is_wanted, tell = _ties()
    kept = set(store.segments(share.key))
    ours, theirs = Pipe()
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", "vizdl.render.share", str(theirs.fileno())],
        pass_fds=[theirs.fileno()],
        stdin=subprocess.DEVNULL,
    )
    theirs.close()
    try:
        ours.send((share.name, share.job))
        return _serve(ours, share, kept, is_wanted, tell)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        code = process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Drawn(failure=Failure("killed", how))
    finally:
        process.kill()
        process.wait()
        ours.close()
        store.sweep()


def _serve(
    pipe: Connection, share: Share, kept: Collection[int],
    is_wanted: Callable[[], bool], tell: Callable[[int], None],
) -> Drawn:  # fmt: skip
    """Answer the process (see `vizdl.render.worker`) until its walk ends."""
    frames, work, ticks, walked = 0, 0.0, 0, False
    looked = told = time.monotonic()
    while True:
        now = time.monotonic()
        if now - looked > LOOK:
            looked = now
            if not is_wanted():
                return Drawn(failure=Failure("scene", "it is not wanted any more"))
        if ticks and now - told > TELL:
            told = now
            tell(ticks)
        if not pipe.poll(LOOK):
            continue
        word, *rest = pipe.recv()
        if word == "ready":
            pipe.send(("stop",) if walked else ("walk", share.name))
            if walked:
                return Drawn(frames=frames, work=work)
        elif word == "claim":
            pipe.send(share.has(rest[1]) and rest[1] not in kept)
        elif word == "tick":
            ticks += rest[1]
        elif word == "segment":
            frames, work = frames + rest[2], work + rest[3]
        elif word == "walked":
            walked = True
        elif word == "failed":
            return Drawn(frames=frames, work=work, failure=Failure(*rest[1:]))


def _ties() -> tuple[Callable[[], bool], Callable[[int], None]]:
    """What ties a task to the one who asked: is it still wanted, and so many frames are drawn."""
    from distributed import get_worker

    dask_worker = get_worker()
    task = dask_worker.get_current_task()

    def is_wanted() -> bool:  # False once it is cancelled or the one who asked has gone
        known = dask_worker.state.tasks.get(task)
        is_here = dask_worker.status.name in ("running", "paused", "closing_gracefully")
        return is_here and known is not None and known.state == "executing"

    def tell(frames: int) -> None:
        dask_worker.log_event(TOPIC, {"task": str(task), "frames": frames})

    return is_wanted, tell


def main(descriptor: int) -> None:
    """The process that draws: the pool's worker, once the job is known to be the same here."""
    pipe = Connection(descriptor)
    name, given = pipe.recv()
    try:
        job = pickle.loads(given)
        fault = "" if dataclasses.replace(job).key == job.key else "its sources differ"
    except Exception as error:
        fault = f"{type(error).__name__}: {error}"
    if fault:
        pipe.send(("failed", name, "differs", fault, ""))
        return
    worker.run(pipe, [job], Path(Store().root))


if __name__ == "__main__":
    main(int(sys.argv[1]))
