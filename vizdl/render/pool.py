"""Several films at once: workers that import Manim once, and what each of them does next.

The longest film comes first. A worker with nothing else to do helps with a film that another is
at: both walk its timeline, and each play is drawn by whoever claims it first.
"""

from __future__ import annotations

import math
import os
import signal
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from multiprocessing import get_context
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnProcess
from typing import Any

from vizdl.render import worker as workers_
from vizdl.render.job import ONE_THREAD, Job, RenderError, need_manim
from vizdl.render.progress import Report, State, Tell
from vizdl.render.store import Store, sweep

DEATHS = 3  # of workers at one film before it is given up
WORTH_HELP = 4.0  # seconds of drawing that must be left for a second worker to join


@dataclass(frozen=True)
class Result:
    """What became of a job: drawn now, taken as it was, or failed with a sentence.

    `seconds` is the film's length (None: it was done already, or failed), `drawn` the frames that
    were drawn now, `work` the seconds that workers spent drawing them, `trace` a failure's
    traceback.
    """

    job: Job
    seconds: float | None
    error: str | None = None
    trace: str = ""
    drawn: int = 0
    work: float = 0.0

    @property
    def was_drawn(self) -> bool:
        """Whether the files were made now."""
        return self.error is None and self.seconds is not None


@dataclass
class _Worker:
    process: SpawnProcess
    pipe: Connection
    film: _Film | None = None
    idle: bool = False


@dataclass
class _Film:
    """One job on its way: its plays, who draws which, what is finished."""

    job: Job
    cost: float  # seconds of work that are expected
    total: int | None  # frames that are expected
    plays: tuple[int, ...] | None = None  # frames of each, once somebody has walked to the end
    finished: dict[int, int] = field(default_factory=dict)
    claims: dict[int, _Worker] = field(default_factory=dict)
    walkers: list[_Worker] = field(default_factory=list)
    parts: dict[int, int] = field(default_factory=dict)  # worker's process: frames under way
    making: bool = False
    drawn: int = 0
    work: float = 0.0
    deaths: int = 0
    began: float = 0.0
    result: Result | None = None

    @property
    def frames(self) -> int:
        return sum(self.finished.values()) + sum(self.parts.values())

    @property
    def is_complete(self) -> bool:
        """Whether every play is walked and every segment there."""
        if self.plays is None:
            return False
        needed = (k for k, frames in enumerate(self.plays) if frames)
        return self.job.encoding is None or all(k in self.finished for k in needed)

    @property
    def left(self) -> float:
        """Seconds of work that are left, as far as is known."""
        if not self.total or not math.isfinite(self.cost):
            return self.cost
        return self.cost * (1 - min(1.0, self.frames / self.total))


def render_jobs(
    jobs: Sequence[Job], workers: int | None = None, tell: Tell | None = None
) -> list[Result]:
    """Draw what is not done yet; a failing job leaves the others alone. Results in jobs' order.

    `tell` is called with each `Report`. Raises RenderError where no worker can start.
    """
    need_manim()
    store = Store()
    _ = store.limit  # a bad bound is refused before anything is drawn
    store.sweep()
    for out in {job.out for job in jobs}:
        sweep(out)
    results = {job.name: Result(job, None) for job in jobs}
    todo = []
    for job in jobs:
        if job.is_done():
            if tell:
                tell(Report(job.name, "unchanged", job.files[0]))
        else:
            todo.append(job)
    if todo:
        with Pool(todo, workers or os.cpu_count() or 1, store, tell) as pool:
            results |= {result.job.name: result for result in pool.run()}
        store.prune()
    return list(results.values())


class Pool:
    """Worker processes and the films they draw. A context manager: its end ends the workers."""

    def __init__(self, jobs: Sequence[Job], count: int, store: Store, tell: Tell | None) -> None:
        self.store, self.tell = store, tell
        self.films = {job.name: self._film(job) for job in jobs}
        pictures = all(job.encoding is None for job in jobs)
        self.count = min(count, len(jobs)) if pictures else count
        self.workers: list[_Worker] = []
        self.failed_starts = 0
        self.ready = False

    def _film(self, job: Job) -> _Film:
        known = self.store.history().get(f"{job.name} {job.quality}", {})
        total = known.get("frames")
        film = _Film(job, known.get("work", math.inf), int(total) if total else None)
        self.store.open(job.key, job.name)
        film.finished = {k: part.frames for k, part in self.store.segments(job.key).items()}
        if (kept := self.store.story(job.key)) is not None:
            film.plays = tuple(kept[0]["plays"])
            film.total = sum(film.plays)
        return film

    def __enter__(self) -> Pool:
        for _ in range(self.count):
            self._start()
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        for worker in self.workers:
            if kind is None and worker.idle:
                worker.pipe.send(("stop",))
            else:
                worker.process.kill()  # what is half done is written beside its place
        for worker in self.workers:
            worker.process.join()
        self.store.sweep()
        for film in self.films.values():
            sweep(film.job.out)

    def run(self) -> list[Result]:
        """Draw until every film has its result."""
        while any(film.result is None for film in self.films.values()):
            self._assign()
            waiting: dict[Any, _Worker] = {}
            for worker in self.workers:
                waiting[worker.pipe] = worker
                waiting[worker.process.sentinel] = worker
            for ended in wait(list(waiting)):
                worker = waiting[ended]
                if worker in self.workers:
                    self._listen(worker, died=ended is not worker.pipe)
        return [film.result for film in self.films.values() if film.result is not None]

    # Workers

    def _start(self) -> None:
        context = get_context("spawn")
        ours, theirs = context.Pipe()
        jobs = [film.job for film in self.films.values() if film.result is None]
        process = context.Process(
            target=workers_.run, args=(theirs, jobs, self.store.root), daemon=True
        )
        with _as_a_worker_starts():  # Ctrl-C reaches the pool, which ends its workers
            process.start()
        theirs.close()
        self.workers.append(_Worker(process, ours))

    def _listen(self, worker: _Worker, died: bool) -> None:
        try:
            while worker.pipe.poll():
                self._hear(worker, worker.pipe.recv())
        except (EOFError, OSError):
            died = True
        if died:
            self._bury(worker)

    def _bury(self, worker: _Worker) -> None:
        """Free what a dead worker had claimed, and start another in its place."""
        worker.process.join()
        self.workers.remove(worker)
        worker.pipe.close()
        code = worker.process.exitcode
        how = f"signal {-code}" if code is not None and code < 0 else f"exit code {code}"
        film = worker.film
        if film is None:
            self.failed_starts += not self.ready
            if self.failed_starts >= DEATHS:
                raise RenderError(f"no worker could start: the last one ended with {how}")
        else:
            self._leave(worker)
            film.deaths += 1
            if film.deaths >= DEATHS and film.result is None:
                self._end(film, error=f"its worker was killed {DEATHS} times ({how})")
        if any(film.result is None for film in self.films.values()):
            self._start()

    def _leave(self, worker: _Worker) -> None:
        film, worker.film = worker.film, None
        if film is not None:
            film.claims = {k: other for k, other in film.claims.items() if other is not worker}
            film.parts.pop(worker.process.pid or 0, None)
            film.walkers = [other for other in film.walkers if other is not worker]
            film.making = False

    # What to do next

    def _assign(self) -> None:
        for worker in self.workers:
            if worker.idle and (task := self._next()) is not None:
                word, film = task
                worker.idle, worker.film = False, film
                film.began = film.began or time.monotonic()
                if word == "walk":
                    film.walkers.append(worker)
                else:
                    film.making = True
                    self._report(film, "joining")
                worker.pipe.send((word, film.job.name))

    def _next(self) -> tuple[str, _Film] | None:
        films = [film for film in self.films.values() if film.result is None and not film.making]
        for film in films:
            if film.is_complete and not film.walkers:
                return "make", film
        waiting = [film for film in films if not film.walkers]
        if waiting:
            return "walk", max(waiting, key=lambda film: film.cost)
        drawing = [
            film
            for film in films
            if film.plays is None and film.job.encoding is not None and film.left > WORTH_HELP
        ]
        if drawing:
            return "walk", max(drawing, key=lambda film: film.left / len(film.walkers))
        return None

    # What workers say

    def _hear(self, worker: _Worker, message: tuple[Any, ...]) -> None:
        word, *rest = message
        if word == "ready":
            self._leave(worker)
            worker.idle, self.ready = True, True
            return
        film = self.films[rest[0]]
        if word == "claim":
            worker.pipe.send(self._claim(film, worker, rest[1]))
        elif word == "tick":
            process = worker.process.pid or 0
            film.parts[process] = film.parts.get(process, 0) + rest[1]
            self._report(film, "drawing")
        elif word == "segment":
            play, frames, work = rest[1:]
            film.finished[play] = frames
            film.drawn, film.work = film.drawn + frames, film.work + work
            film.parts.pop(worker.process.pid or 0, None)
            film.claims.pop(play, None)
        elif word == "walked":
            film.plays = tuple(rest[1])
            film.total = sum(film.plays)
        elif word == "made":
            self._end(film, seconds=rest[1])
        elif word == "damaged":
            film.plays, film.making = None, False
            for play in rest[1]:
                film.finished.pop(play, None)
        elif word == "failed":
            self._fail(film, *rest[1:])

    def _claim(self, film: _Film, worker: _Worker, play: int) -> bool:
        free = play not in film.finished and play not in film.claims and film.result is None
        if free:
            film.claims[play] = worker
        return free

    def _fail(self, film: _Film, kind: str, sentence: str, trace: str) -> None:
        self._end(film, error=sentence, trace=trace)
        if kind == "disk":  # the others would end the same way
            for other in self.films.values():
                if other.result is None:
                    self._end(other, error=f"not drawn, as {sentence}")

    def _end(
        self, film: _Film, seconds: float | None = None, error: str | None = None, trace: str = ""
    ) -> None:
        if film.result is not None:
            return
        film.result = Result(film.job, seconds, error, trace, film.drawn, film.work)
        # Where most of it was kept from another run, the work says little.
        if error is None and film.total and film.drawn > 0.9 * film.total:
            self.store.remember(film.job.name, film.job.quality, film.total, film.work)
        self._report(film, "failed" if error else "drawn")

    def _report(self, film: _Film, state: State) -> None:
        if self.tell is None or (film.result is not None and state == "drawing"):
            return
        spent = time.monotonic() - film.began if film.began else 0.0
        now = film.drawn + sum(film.parts.values())
        rate = now / spent if spent else 0.0
        left = max(0, film.total - film.frames) / rate if film.total and rate else None
        error = film.result.error or "" if film.result else ""
        file = film.job.files[0]
        self.tell(Report(film.job.name, state, file, film.frames, film.total, rate, left, error))


class _as_a_worker_starts:
    """While it does: it inherits that Ctrl-C is ignored, and one thread for linear algebra.

    More threads would fight over the cores with the other workers, and may round otherwise.
    """

    def __enter__(self) -> None:
        self.main = threading.current_thread() is threading.main_thread()
        if self.main:
            self.before = signal.signal(signal.SIGINT, signal.SIG_IGN)
        self.environment = {name: os.environ.get(name) for name in ONE_THREAD}
        os.environ.update(dict.fromkeys(ONE_THREAD, "1"))

    def __exit__(self, *_: object) -> None:
        for name, value in self.environment.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        if self.main:
            signal.signal(signal.SIGINT, self.before)
