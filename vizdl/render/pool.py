"""Several jobs at once: worker processes that import Manim once, one line of progress each."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import active_children, get_context
from typing import Any

from vizdl.render.job import Job, need_manim, run, sweep

Progress = Callable[[str, float, float], None]  # concept, seconds drawn, seconds in all

_queue: Any = None  # in a worker: where its progress goes


@dataclass(frozen=True)
class Result:
    """What became of a job: drawn now, taken as it was, or failed with a sentence."""

    job: Job
    seconds: float | None
    error: str | None = None
    cause: BaseException | None = None

    @property
    def was_drawn(self) -> bool:
        """Whether the job was drawn now (None seconds: it was done already)."""
        return self.error is None and self.seconds is not None


def render_jobs(
    jobs: Sequence[Job], workers: int | None = None, progress: Progress | None = None
) -> list[Result]:
    """Draw what is not done yet; a failing job leaves the others alone. Results in jobs' order."""
    need_manim()
    for out in {job.out for job in jobs}:
        sweep(out)
    results = {job.name: Result(job, None) for job in jobs}
    todo = [job for job in jobs if not job.is_done()]
    if not todo:
        return list(results.values())
    context = get_context("spawn")
    count = min(workers or os.cpu_count() or 1, len(todo))
    with context.Manager() as manager:
        queue = manager.Queue()
        listener = threading.Thread(target=_listen, args=(queue, progress), daemon=True)
        listener.start()
        with ProcessPoolExecutor(count, context, _prepare, (queue,)) as pool:
            running: dict[Future[float], Job] = {pool.submit(_work, job): job for job in todo}
            try:
                for future in as_completed(running):
                    job = running[future]
                    results[job.name] = _result(job, future)
            except KeyboardInterrupt:
                pool.shutdown(wait=False, cancel_futures=True)
                for process in active_children():
                    process.terminate()
                raise
        queue.put(None)
        listener.join()
    return list(results.values())


def _result(job: Job, future: Future[float]) -> Result:
    error = future.exception()
    if error is None:
        return Result(job, future.result())
    return Result(job, None, f"{type(error).__name__}: {error}", error)


def _listen(queue: Any, progress: Progress | None) -> None:
    while (item := queue.get()) is not None:
        if progress is not None:
            progress(*item)


def _prepare(queue: Any) -> None:
    global _queue
    _queue = queue
    import manim  # noqa: F401  (two seconds, once a worker)


def _work(job: Job) -> float:
    return run(job, lambda now, total: _queue.put((job.name, now, total)))
