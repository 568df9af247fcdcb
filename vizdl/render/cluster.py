"""Films drawn on a Dask cluster: the same jobs, the same files.

The cluster only fills the store of this machine; the films are joined here. A share of a film is
a task on one worker, and its segments come back in pieces, straight from that worker to the disk.
Who draws what is decided here rather than by the scheduler: so every worker has shown its versions
before it gets anything, and one that goes away takes no more than its own shares with it.
"""

from __future__ import annotations

import asyncio
import dataclasses
import math
import os
import pickle
import queue
import time
import warnings
from collections import Counter, deque
from collections.abc import Collection, Generator, Sequence
from concurrent import futures
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vizdl.render.connect import check_address, connected, differences, reaches
from vizdl.render.fetch import Call, Failed, Lost, Unfit, bring
from vizdl.render.job import Job, RenderError, need_manim
from vizdl.render.pool import DEATHS, Result, render_jobs
from vizdl.render.progress import Report, State, Tell
from vizdl.render.share import TOPIC, Share, read
from vizdl.render.store import Segment, Store

if TYPE_CHECKING:
    from distributed import Client, Future

LOOK = 1.0  # seconds between two looks at who is there
WAIT = 30.0  # seconds without any worker
MOST = 8  # shares of one film: each walks its whole timeline, which costs a tenth of drawing it
READS = 4  # pieces that may be on their way


def render_on(scheduler: str, jobs: Sequence[Job], tell: Tell | None = None) -> list[Result]:
    """Draw what is not done yet on the workers at `scheduler`, such as tcp://host:8786.

    A failing job leaves the others alone. `tell` is called with each `Report`. Results in jobs'
    order. Raises RenderError where nobody answers, no worker joins, or versions differ.
    """
    check_address(scheduler)
    need_manim()
    store = Store()
    store.sweep()
    films = [_Film(job, store) for job in jobs if not job.is_done()]
    missing = [film for film in films if film.is_open]
    if missing:
        with (
            connected(scheduler) as client,
            Cluster(client, scheduler, missing, store, tell) as cluster,
        ):
            cluster.run()
    results = {film.job.name: film.result for film in films if film.result is not None}
    rest = [job for job in jobs if job.name not in results]
    for result in render_jobs(rest, max(1, min(len(rest), os.cpu_count() or 1)), tell):
        results[result.job.name] = result
    for film in missing:
        result = results[film.job.name]
        results[film.job.name] = dataclasses.replace(
            result, drawn=result.drawn + film.drawn, work=result.work + film.work
        )
    return [results[job.name] for job in jobs]


class _Film:
    """One job on its way: what is here, how many of its shares are not, what it cost."""

    def __init__(self, job: Job, store: Store) -> None:
        self.job, self.store = job, store
        known = store.history().get(f"{job.name} {job.quality}", {})
        self.cost = known.get("work", math.inf)  # seconds of work that are expected
        self.total = int(known["frames"]) if known.get("frames") else None
        self.shares, self.rounds = 0, 0
        self.drawn, self.work, self.began = 0, 0.0, 0.0
        self.result: Result | None = None  # of a film that failed
        store.open(job.key, job.name)
        self.look()

    def look(self) -> None:
        """See what the store has, and whether anything is missing."""
        self.finished = {k: part.frames for k, part in self.store.segments(self.job.key).items()}
        self.is_open = (kept := self.store.story(self.job.key)) is None
        if kept is not None:
            plays = kept[0]["plays"]
            self.total = sum(plays)
            needed = {k for k, frames in enumerate(plays) if frames and self.job.encoding}
            self.is_open = not needed <= self.finished.keys()


@dataclass(eq=False)
class _Share:
    film: _Film
    index: int
    of: int
    deaths: int = 0
    tried: set[str] = field(default_factory=set)  # workers that did not bring it back


@dataclass(eq=False)
class _Slot:
    """A thread of a worker and the share it is at."""

    address: str
    share: _Share
    steps: Generator[Call, Any, None]
    future: Future[Any] | None = None
    is_reading: bool = False
    ticks: int = 0  # frames drawn so far
    away: int = 0  # of them, those that are not here yet


class Cluster:
    """Films and the workers that draw them. A context manager: its end leaves no task behind."""

    def __init__(
        self, client: Client, address: str, films: Sequence[_Film], store: Store, tell: Tell | None
    ) -> None:
        self.client, self.address, self.store, self.tell = client, address, store, tell
        loop: Any = client.loop
        self.loop: asyncio.AbstractEventLoop = loop.asyncio_loop
        self.films = films
        self.waiting = deque(sorted(films, key=lambda film: -film.cost))
        self.queue: deque[_Share] = deque()
        self.slots: list[_Slot] = []
        self.reads: deque[tuple[_Slot, Call]] = deque()
        self.threads: dict[str, int] = {}  # of the workers that are there and may draw
        self.fit: set[str] = set()  # workers whose versions are ours
        self.unfit: dict[str, str] = {}  # the others, and why
        self.is_direct = False
        self.looked, self.seen = -math.inf, time.monotonic()
        self.events: queue.SimpleQueue[tuple[_Slot | None, Any]] = queue.SimpleQueue()

    def __enter__(self) -> Cluster:
        self.scratch = self.store.scratch()
        self.client.subscribe_topic(TOPIC, lambda event: self.events.put((None, event[1])))
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with suppress(OSError, RuntimeError):  # the scheduler may be gone
                self.client.cancel([slot.future for slot in self.slots if slot.future])
                self.client.unsubscribe_topic(TOPIC)
        finally:
            for slot in self.slots:
                slot.steps.close()
            self.scratch.cleanup()

    def run(self) -> None:
        """Draw and fetch until every film is here or has failed."""
        while any(film.is_open for film in self.films):
            if time.monotonic() - self.looked > LOOK:
                self._look()
            self._assign()
            self._hear()

    # Workers

    def _look(self) -> None:
        """See who is there; a worker that is new shows its versions first."""
        here = self._there()
        for slot in [slot for slot in self.slots if slot.address not in here]:
            if slot in self.slots:  # and has not gone with its film
                self._lose(slot, f"{slot.address} went away")
        if fresh := here.keys() - self.fit - self.unfit.keys():
            self._meet(fresh)
        self.threads = {a: max(1, n) for a, n in here.items() if a in self.fit}
        self.looked = time.monotonic()
        if self.threads:
            self.seen = self.looked
        elif faults := [fault for address, fault in self.unfit.items() if address in here]:
            raise RenderError(faults[0])
        elif self.looked - self.seen > WAIT:
            raise RenderError(
                f"the scheduler {self.address} has had no worker for {WAIT:.0f} s: start some "
                f"with `dask worker {self.address}`; what came back before is kept"
            )
        else:
            for film in [film for film in self.films if film.is_open]:
                self._report(film, "waiting", f"no worker has joined {self.address} yet")

    def _there(self) -> dict[str, int]:
        try:
            return dict(self.client.nthreads())
        except (OSError, RuntimeError) as error:
            raise RenderError(
                f"the scheduler {self.address} is gone: once it is back, the same command goes on "
                "where it stopped"
            ) from error

    def _meet(self, fresh: Collection[str]) -> None:
        faults = differences(self.client, fresh)
        if not self.fit:
            if any(faults.values()):  # before anything is drawn, and while it is easily mended
                raise RenderError(next(fault for fault in faults.values() if fault))
            self.is_direct = all(reaches(address) for address in faults)
        for address, fault in faults.items():
            self._leave_out(address, fault) if fault else self.fit.add(address)

    def _leave_out(self, address: str, fault: str) -> None:
        self.fit.discard(address)
        self.threads.pop(address, None)
        self.looked = -math.inf
        if address not in self.unfit:
            self.unfit[address] = fault
            warnings.warn(f"a worker is left out: {fault}", stacklevel=2)

    # What to do next

    def _assign(self) -> None:
        """Give every free thread a share, the least busy worker first."""
        while True:
            busy = Counter(slot.address for slot in self.slots)
            free = [address for address, n in self.threads.items() if busy[address] < n]
            if not free or (share := self._next()) is None:
                return
            share.film.began = share.film.began or time.monotonic()
            address = min(free, key=lambda a: (a in share.tried, busy[a] / self.threads[a]))
            self._start(share, address)

    def _next(self) -> _Share | None:
        """The next share; the fewer films wait, the more shares the longest is cut into."""
        if not self.queue and self.waiting:
            of = math.ceil(sum(self.threads.values()) / len(self.waiting))
            film = self.waiting.popleft()
            self._cut(film, min(of, MOST) if film.job.encoding else 1)
        return self.queue.popleft() if self.queue else None

    def _cut(self, film: _Film, of: int) -> None:
        film.shares, film.rounds = of, film.rounds + 1
        self.queue.extend(_Share(film, index, of) for index in range(of))

    def _start(self, share: _Share, address: str) -> None:
        job, film = share.film.job, share.film
        have = frozenset(self.store.segments(job.key))
        given = Share(
            pickle.dumps(job), job.name, job.key, job.encoding is not None,
            share.index, share.of, have,
        )  # fmt: skip

        def drawn(frames: int, work: float) -> None:
            slot.ticks, slot.away = 0, frames
            film.drawn, film.work = film.drawn + frames, film.work + work

        def came(segment: Segment) -> None:
            film.finished[segment.play] = segment.frames
            slot.away = max(0, slot.away - segment.frames)
            self._report(film, "drawing")

        scratch = Path(self.scratch.name)
        slot = _Slot(address, share, bring(given, address, self.store, scratch, drawn, came))
        self.slots.append(slot)
        self._step(slot, None)

    # What comes

    def _step(self, slot: _Slot, came: Any) -> None:
        """Hand a share what came, and its worker what is next."""
        slot.future, slot.is_reading = None, False
        try:
            call = slot.steps.send(came)
        except StopIteration:
            self._end(slot)
        except Lost as lost:
            self._lose(slot, str(lost))
        except Unfit as unfit:
            self._leave_out(slot.address, str(unfit))
            self._drop(slot)
            self.queue.appendleft(slot.share)
        except Failed as failed:
            self._fail(slot.share.film, *failed.args)
        except OSError as error:
            raise RenderError(
                f"what came back can't be kept: {error.strerror or error} ({error.filename})"
            ) from error
        else:
            if call.function is read:
                self.reads.append((slot, call))
            else:
                self._submit(slot, call)

    def _submit(self, slot: _Slot, call: Call) -> None:
        slot.is_reading = call.function is read
        slot.future = self.client.submit(
            call.function, *call.arguments,
            workers=[slot.address], allow_other_workers=False, pure=False,
        )  # fmt: skip
        gathering = self.client.gather(slot.future, direct=self.is_direct, asynchronous=True)
        coming = asyncio.run_coroutine_threadsafe(gathering, self.loop)
        coming.add_done_callback(lambda done: self.events.put((slot, done)))

    def _hear(self) -> None:
        """Ask for pieces, as many as may come at once; then take what comes next."""
        while self.reads and sum(slot.is_reading for slot in self.slots) < READS:
            slot, call = self.reads.popleft()
            if slot in self.slots:
                self._submit(slot, call)
        try:
            came_to, came = self.events.get(timeout=0.2)
        except queue.Empty:
            return
        if came_to is None:
            self._tick(came)
        elif came_to in self.slots:
            self._came(came_to, came)

    def _came(self, slot: _Slot, done: Any) -> None:
        error = asyncio.CancelledError() if done.cancelled() else done.exception()
        if error is None:
            self._step(slot, done.result())
        elif isinstance(error, asyncio.CancelledError | futures.CancelledError):
            self._lose(slot, f"{slot.address} went away")
        elif slot.is_reading or type(error).__name__ == "KilledWorker":
            self._lose(slot, f"{slot.address}: {error}")
        else:
            sentence = f"{type(error).__name__}: {error}, on worker {slot.address}"
            self._fail(slot.share.film, sentence)

    def _tick(self, told: dict[str, Any]) -> None:
        for slot in self.slots:
            if slot.future is not None and slot.future.key == told["task"]:
                slot.ticks = slot.away = told["frames"]
                self._report(slot.share.film, "drawing")

    # What became of it

    def _drop(self, slot: _Slot) -> None:
        self.slots.remove(slot)
        slot.steps.close()
        if slot.future is not None:
            slot.future.cancel()

    def _lose(self, slot: _Slot, how: str) -> None:
        """Have a share drawn again, elsewhere if there is one; after some deaths the film fails."""
        self._drop(slot)
        slot.share.deaths += 1
        slot.share.tried.add(slot.address)
        self.looked = -math.inf
        if slot.share.deaths >= DEATHS:
            self._fail(slot.share.film, f"its worker was killed {DEATHS} times ({how})")
        else:
            self.queue.appendleft(slot.share)

    def _end(self, slot: _Slot) -> None:
        self._drop(slot)
        film = slot.share.film
        film.shares -= 1
        film.look()
        if film.shares:
            return
        if film.is_open and film.rounds >= DEATHS:
            self._fail(film, f"some of its segments did not come back in {DEATHS} rounds")
        elif film.is_open:
            self._cut(film, 1)
        elif film.total and film.drawn > 0.9 * film.total:
            self.store.remember(film.job.name, film.job.quality, film.total, film.work)

    def _fail(self, film: _Film, sentence: str, trace: str = "") -> None:
        film.is_open = False
        film.result = Result(film.job, None, sentence, trace)
        self.queue = deque(share for share in self.queue if share.film is not film)
        for slot in [slot for slot in self.slots if slot.share.film is film]:
            self._drop(slot)
        self._report(film, "failed", sentence)

    def _report(self, film: _Film, state: State, error: str = "") -> None:
        if self.tell is None:
            return
        mine = [slot for slot in self.slots if slot.share.film is film]
        frames = sum(film.finished.values()) + sum(slot.away for slot in mine)
        spent = time.monotonic() - film.began if film.began else 0.0
        rate = (film.drawn + sum(slot.ticks for slot in mine)) / spent if spent else 0.0
        left = max(0, film.total - frames) / rate if film.total and rate else None
        file = film.job.files[0]
        self.tell(Report(film.job.name, state, file, frames, film.total, rate, left, error))
