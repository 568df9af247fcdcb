"""Scenes to video: one job a scene, several at once, done again only when something changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vizdl import catalog
from vizdl.render import key
from vizdl.render.job import (
    FORMATS,
    PRESETS,
    QUALITIES,
    Format,
    Job,
    Preset,
    Quality,
    RenderError,
)  # fmt: skip

if TYPE_CHECKING:
    from vizdl.render.pool import Result
    from vizdl.render.progress import Tell

__all__ = ["FORMATS", "PRESETS", "QUALITIES", "Job", "RenderError", "plan", "render", "why"]


def plan(
    names: Sequence[str],
    *,
    out: Path,
    quality: Quality = "medium",
    format: Format = "mp4",
    preset: Preset = "share",
    transparent: bool = False,
    settings: Mapping[str, Any] | None = None,
) -> list[Job]:
    """The jobs of the named concepts' scenes; `settings` hold for every one of them.

    Raises UnknownConcept, SettingsError, ValueError for a format that can't be transparent.
    """
    jobs = []
    for name in dict.fromkeys(names):
        experiment = catalog.load(catalog.get(name).experiment)
        chosen = experiment.Settings.parse(settings or {})
        jobs.append(Job(name, chosen, quality, format, Path(out), preset, transparent))
        _ = jobs[-1].encoding  # refused before anything is drawn
    return jobs


def render(
    names: Sequence[str],
    *,
    workers: int | None = None,
    scheduler: str | None = None,
    tell: Tell | None = None,
    **choices: Any,
) -> list[Result]:
    """Draw the named concepts' scenes; what is done already is not done again.

    `choices` are those of `plan`. `workers` processes draw on this machine (one a core if None),
    or the workers of the Dask cluster at `scheduler`. Raises as `plan` does, and RenderError where
    nothing can be drawn (no Manim here); a scene that fails is told in its `Result` and leaves the
    others alone.
    """
    jobs = plan(names, **choices)
    if scheduler is not None:
        from vizdl.render.cluster import render_on

        return render_on(scheduler, jobs, tell)
    from vizdl.render.pool import render_jobs

    return render_jobs(jobs, workers, tell)


def why(job: Job) -> list[str]:
    """What makes the job have to be drawn again, a sentence each; nothing where it is done."""
    if job.is_done():
        return []
    before = job.made_from()
    if before is None:
        return [f"there is no {job.storyboard}"]
    changed: list[str] = key.changes(before, job.record)
    missing = [path for path in job.files if not path.is_file()]
    changed += [f"{path} is missing" for path in missing]
    return changed or [f"a file beside {job.storyboard} is not the one that was made"]
