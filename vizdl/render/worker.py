"""A worker of the pool: imports Manim once, then walks scenes and joins films as it is told.

It talks with the pool through one pipe, in tuples whose first word says what they are:

    ready | claim NAME PLAY | tick NAME FRAMES | segment NAME PLAY FRAMES WORK | walked NAME PLAYS
    | made NAME SECONDS | damaged NAME PLAYS | failed NAME KIND SENTENCE TRACEBACK

and is told ``walk NAME``, ``make NAME`` or ``stop``; a claim is answered with a bool.
"""

from __future__ import annotations

import dataclasses
import errno
import gc
import os
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path

from vizdl import catalog
from vizdl.render.job import Job
from vizdl.render.store import Store

TELL = 0.2  # seconds between two words on progress


def run(pipe: Connection, jobs: Sequence[Job], root: Path) -> None:
    """Serve the pool until it says stop, or is gone."""
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        Worker(pipe, jobs, Store(root)).serve()
    except (EOFError, BrokenPipeError, ConnectionResetError):
        os._exit(1)  # the pool is gone, and nobody waits for what is half done


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class Worker:
    """One process of the pool, its scratch folder and what it knows of the jobs."""

    def __init__(self, pipe: Connection, jobs: Sequence[Job], store: Store) -> None:
        self.pipe, self.store = pipe, store
        self.jobs = {job.name: job for job in jobs}
        self.told, self.drawn = time.monotonic(), 0
        self.changed: set[str] = set()

    def serve(self) -> None:
        """Do what the pool says."""
        self._load()
        with self.store.scratch() as scratch:
            self.scratch = Path(scratch)
            self.pipe.send(("ready",))
            while (task := self.pipe.recv())[0] != "stop":
                job = self.jobs[task[1]]
                try:
                    self._walk(job) if task[0] == "walk" else self._make(job)
                except (EOFError, BrokenPipeError, ConnectionResetError):
                    raise
                except Exception as error:
                    self._fail(job, error)
                gc.collect()  # a scene is full of cycles
                self.pipe.send(("ready",))

    def _load(self) -> None:
        """Import all that the jobs need; note the ones whose sources changed since planning."""
        from tqdm import tqdm

        import vizdl.render.walk  # noqa: F401  (brings Manim: seconds, once a worker)

        tqdm.set_lock(threading.RLock())  # Manim's bars are off: no semaphore of the system's

        for job in self.jobs.values():
            try:
                catalog.load(catalog.get(job.name).scene)
                if dataclasses.replace(job).key != job.key:
                    self.changed.add(job.name)
            except Exception:
                pass

    def _walk(self, job: Job) -> None:
        from vizdl.render.walk import png, walk

        if job.name in self.changed:
            raise RuntimeError("its sources changed while the render began; run it again")
        began = time.monotonic()

        def claim(play: int) -> bool:
            nonlocal began
            self.pipe.send(("claim", job.name, play))
            began = time.monotonic()
            return bool(self.pipe.recv())

        def done(play: int, part: Path, frames: int) -> None:
            if frames:
                self.store.add(part, job.key, play, frames)
            self._tell(job)
            self.pipe.send(("segment", job.name, play, frames, time.monotonic() - began))

        def tick(frames: int) -> None:
            self.drawn += frames
            if time.monotonic() - self.told > TELL:
                self._tell(job)

        walked = walk(
            job, scratch=self.scratch, media=self.scratch / "media",
            claim=claim, done=done, tick=tick,
        )  # fmt: skip
        story = {"plays": walked.frames, "board": walked.storyboard}
        self.store.put_story(job.key, story, png(walked.poster))
        self.pipe.send(("walked", job.name, walked.frames))

    def _tell(self, job: Job) -> None:
        self.pipe.send(("tick", job.name, self.drawn))
        self.told, self.drawn = time.monotonic(), 0

    def _make(self, job: Job) -> None:
        from vizdl.render.output import write_files

        kept = self.store.story(job.key)
        segments = self.store.segments(job.key)
        damaged = [play for play, segment in segments.items() if not segment.is_sound()]
        for play in damaged:
            segments[play].path.unlink(missing_ok=True)
        if damaged or kept is None:
            self.pipe.send(("damaged", job.name, damaged))
            return
        story, poster = kept
        parts = [segments[k].path for k, frames in enumerate(story["plays"]) if frames] \
            if job.encoding else []  # fmt: skip
        job.out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(
            prefix=f".{job.name}-{os.getpid()}-", dir=job.out
        ) as beside:
            made = [Path(beside) / path.name for path in job.files]
            write_files(job, story["board"], poster, parts, made)
            for path, place in zip(made, job.files, strict=True):
                os.replace(path, place)
        self.pipe.send(("made", job.name, float(story["board"]["duration"])))

    def _fail(self, job: Job, error: Exception) -> None:
        kind, sentence = "scene", str(error) or type(error).__name__
        if isinstance(error, OSError):
            kind, sentence = "disk", _disk(error)
        elif type(error).__name__ != "SceneError" and type(error) is not RuntimeError:
            sentence = f"{type(error).__name__}: {sentence}"
        trace = "".join(traceback.format_exception(error))
        self.pipe.send(("failed", job.name, kind, sentence, trace))


def _disk(error: OSError) -> str:
    where = error.filename or "the folder of the videos or the cache"
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"the disk is full ({where})"
    return f"can't write {where}: {error.strerror or error}"
