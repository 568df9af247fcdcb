"""Everything that a concept's page shows, gathered from its floors."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from types import ModuleType
from typing import Any

from vizdl import catalog
from vizdl.catalog import Concept
from vizdl.experiments.base import Facts, Trace
from vizdl.gallery import pages, playing
from vizdl.gallery.playing import Playing


@dataclass(frozen=True)
class Gathered:
    """One concept, run with its default settings: what its page shows."""

    concept: Concept
    trace: Trace
    facts: Facts
    prose: pages.Prose
    playing: Playing
    source: str
    source_name: str
    stills: dict[str, Any]


def page_file(concept: Concept) -> Path | None:
    """Where the concept's prose lies: in its package, or in the checkout's ``gallery`` folder."""
    package, _, name = concept.page.partition(":")
    places = [Path(str(files(package))) / name]
    if package == "vizdl.gallery":
        places.append(Path(__file__).parents[2] / "gallery" / name)
    return next((place for place in places if place.is_file()), None)


def missing(concept: Concept) -> str | None:
    """What the concept still lacks for a page, in words; None if it is complete."""
    for what in ("experiment", "figure", "still"):
        module = getattr(concept, what).partition(":")[0]
        if importlib.util.find_spec(module) is None:
            return f"there is no {what} ({module})"
    if page_file(concept) is None:
        return f"there is no page ({concept.page.partition(':')[2]})"
    return None


def gather(concept: Concept) -> Gathered:
    """Run the concept's experiment and draw its figure and stills, in both themes."""
    path = page_file(concept)
    if path is None:
        raise pages.PageError(f"{concept.name}: {missing(concept)}")
    experiment: ModuleType = importlib.import_module(concept.experiment)
    trace: Trace = experiment.run(experiment.Settings())
    facts: Facts = experiment.facts(trace)
    draw = catalog.load(concept.still)
    shown = playing.prepare(concept, trace)
    return Gathered(
        concept=concept,
        trace=trace,
        facts=facts,
        prose=pages.read(
            path.read_text("utf-8"),
            f"gallery/pages/{path.name}",
            trace=trace,
            facts=facts,
            equations=getattr(experiment, "EQUATIONS", {}),
            allows=shown.allows if shown.programs else None,
        ),
        playing=shown,
        source=inspect.getsource(experiment),
        source_name=concept.experiment.replace(".", "/") + ".py",
        stills={theme: draw(trace, theme=theme) for theme in ("light", "dark")},
    )
