"""Everything that a concept's page shows, gathered from its floors."""

from __future__ import annotations

import importlib
import inspect
from dataclasses import dataclass
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


def missing(concept: Concept) -> str | None:
    """What the concept still lacks for a page, in words; None if it is complete."""
    lacks = [floor for floor in catalog.lacking(concept) if floor != "scene"]
    if not lacks:
        return None
    place = getattr(concept, lacks[0])
    where = place.partition(":")[2] if lacks[0] == "page" else place.partition(":")[0]
    return f"there is no {lacks[0]} ({where})"


def gather(concept: Concept) -> Gathered:
    """Run the concept's experiment and draw its figure and stills, in both themes."""
    path = catalog.page_file(concept)
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
