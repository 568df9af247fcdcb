"""The library's front door: a concept's name and settings in, its trace or pictures out.

Each function takes settings as keywords (``learning_rate=0.3``) and raises `SettingsError` for
one that is unknown or out of range, `UnknownConcept` for a name that the catalog does not have.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from vizdl import catalog

if TYPE_CHECKING:
    from matplotlib.figure import Figure as StillFigure
    from plotly.graph_objects import Figure

    from vizdl.experiments.base import Facts, Trace
    from vizdl.style import Theme


def run(concept: str, **settings: Any) -> Trace:
    """Run the concept's experiment: everything that happened, as named arrays."""
    experiment = catalog.load(catalog.get(concept).experiment)
    trace: Trace = experiment.run(experiment.Settings.parse(settings))
    return trace


def facts(concept: str, **settings: Any) -> Facts:
    """What a run with these settings proves, each claim with its measured number."""
    trace = run(concept, **settings)
    measured: Facts = catalog.load(catalog.get(concept).experiment).facts(trace)
    return measured


def figure(concept: str, *, theme: Theme = "light", **settings: Any) -> Figure:
    """The interactive figure, an ordinary Plotly figure: show it, change it, export it."""
    trace = run(concept, **settings)
    drawn: Figure = catalog.load(catalog.get(concept).figure)(trace, theme=theme)
    return drawn


def still(concept: str, *, theme: Theme = "light", **settings: Any) -> StillFigure:
    """The printable still, an ordinary Matplotlib figure."""
    trace = run(concept, **settings)
    drawn: StillFigure = catalog.load(catalog.get(concept).still)(trace, theme=theme)
    return drawn


def show(concept: str, **settings: Any) -> Any:
    """The figure as a notebook's widget, live as on a page: `vizdl.notebook.LiveFigure`.

    ``settings`` and ``step`` of it are what the reader sees at the moment, and can be observed;
    ``trace`` is the run with these settings. Raises ImportError without the extra ``notebook``.
    """
    return catalog.load("vizdl.notebook:show")(concept, **settings)
