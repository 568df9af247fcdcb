"""Scenes to video: one job a scene, several at once, done again only when something changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vizdl import catalog
from vizdl.render.job import FORMATS, QUALITIES, Format, Job, Quality, RenderError

if TYPE_CHECKING:
    from vizdl.render.pool import Progress, Result

__all__ = ["FORMATS", "QUALITIES", "Job", "RenderError", "render"]


def render(
    names: Sequence[str],
    *,
    out: Path,
    quality: Quality = "medium",
    format: Format = "mp4",
    settings: Mapping[str, Any] | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> list[Result]:
    """Draw the named concepts' scenes into `out`; what is done already is not done again.

    `settings` hold for every one of them. Raises UnknownConcept, SettingsError, RenderError (no
    Manim here); a scene that fails is told in its `Result` and leaves the others alone.
    """
    from vizdl.render.pool import render_jobs

    jobs = []
    for name in dict.fromkeys(names):
        experiment = catalog.load(catalog.get(name).experiment)
        chosen = experiment.Settings.parse(settings or {})
        jobs.append(Job(name, chosen, quality, format, Path(out)))
    return render_jobs(jobs, workers, progress)
