"""A concept's figure as a page gets it: played, and live where its module says how.

A figure module that has ``live(trace)`` (see `vizdl.figures.live`) is live: its flow is recorded,
and what the page computes itself is left out of the payload.
"""

from __future__ import annotations

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from vizdl import catalog, live
from vizdl.catalog import Concept
from vizdl.experiments.base import Control, Settings, Trace
from vizdl.experiments.live import Entries, Flow, Reference, Tiles
from vizdl.figures.base import to_payload
from vizdl.figures.live import Live
from vizdl.live.flow import Recorded, record_flow
from vizdl.live.program import Program


@dataclass(frozen=True, eq=False)
class Playing:
    """What the player needs: the payload with its programs, and what stands there before it.

    The `opening` has the controls, the first sentence and the longest, and the labels of the
    table, so that the page keeps room for what comes.
    """

    payload: str
    opening: Mapping[str, Any]
    programs: Mapping[str, Program] = field(default_factory=dict)
    settings: type[Settings] = Settings
    entries: Mapping[str, Entries] = field(default_factory=dict)
    tiles: Mapping[str, Tiles] = field(default_factory=dict)

    def script(self, name: str) -> str:
        """Everything as one classic script."""
        return live.script(name, self.payload, self.programs)

    def allows(self, state: Mapping[str, str]) -> None:
        """Raise a ValueError unless the live figure can be in this state of the address."""
        controls = [spec["name"] for spec in self.opening["controls"]]
        for key, text in state.items():
            name, _, place = key.partition(".")
            if name in controls and not place:
                self.settings.parse({name: text})
            elif name in self.entries and place.isdecimal():
                _check_entry(self.entries[name], int(place), float(text))
            elif key in self.tiles:
                self.tiles[key].numbers(text)
            elif key != "step" or not text.isdecimal():
                known = ", ".join([*controls, *self.entries, *self.tiles, "step"])
                raise ValueError(f"{key}={text} sets nothing; there are: {known}")

    @property
    def shape(self) -> str:
        """The shape of the figure's box as CSS, from what its layout asks for."""
        meta = json.loads(self.payload)["meta"]
        asked = {"aspect": "--vizdl-aspect", "narrow_aspect": "--vizdl-narrow-aspect"}
        return " ".join(f"{asked[key]}: {float(meta[key]):g};" for key in asked if key in meta)

    @property
    def sentence(self) -> str:
        """What the figure says first."""
        return str(self.opening.get("sentence", ""))


def prepare(concept: Concept, trace: Trace) -> Playing:
    """Draw the concept's figure of a trace in both themes and record what it needs to be live.

    Raises ValueError where its declaration names what is not there, `RecordError` for a step that
    can't be recorded.
    """
    module = importlib.import_module(concept.figure.partition(":")[0])
    figure = catalog.load(concept.figure)
    light, dark = figure(trace, theme="light"), figure(trace, theme="dark")
    declare = getattr(module, "live", None)
    if declare is None:
        return played(light, dark)
    declared: Live = declare(trace)
    recorded = record_flow(declared.flow, trace.settings)
    values = recorded.values(step=declared.start)
    unknown = sorted(declared.names() - values.keys())
    if unknown:
        raise ValueError(f"{concept.name}: there is no {unknown[0]!r} among {', '.join(values)}")
    opening = {
        "controls": _controls(trace.settings, declared.flow),
        "entries": [_entry(source, values) for source in _edited(declared.flow)],
        "tiles": [_row(source) for source in _tiles(declared.flow)],
        "only": {name: list(pair) for name, pair in declared.flow.only.items()},
        "sentence": declared.sentence.fill(values),
        "longest": _longest([*_labels(light), declared.sentence.longest(values, values["frames"])]),
        "table": [label for label, _ in declared.table],
    }
    payload = to_payload(
        light, dark, declared, live=_live(declared, recorded, trace.settings), opening=opening
    )
    entries = {e.name: e for e in declared.flow.sources if isinstance(e, Entries)}
    tiles = {source.name: source for source in _tiles(declared.flow)}
    return Playing(payload, opening, recorded.programs, type(trace.settings), entries, tiles)


def played(light: Any, dark: Any) -> Playing:
    """A figure that plays its own frames."""
    payload, labels = to_payload(light, dark), _labels(light)
    if not labels:
        return Playing(payload, {})
    start = json.loads(payload)["meta"].get("start", 0)
    return Playing(payload, {"sentence": labels[start], "longest": _longest(labels)})


def _labels(figure: Any) -> list[str]:
    return list((figure.layout.meta or {}).get("labels", ()))


def _longest(sentences: list[str], count: int = 8) -> list[str]:
    """The sentences that may need the most room."""
    return sorted(set(sentences), key=lambda text: (-len(text), text))[:count]


def _check_entry(entries: Entries, place: int, value: float) -> None:
    if place >= len(entries.values):
        raise ValueError(f"{entries.name} has {len(entries.values)} entries, got {place}")
    if not entries.low <= value <= entries.high:
        raise ValueError(
            f"{entries.name} must be from {entries.low:g} to {entries.high:g}, got {value:g}"
        )


def _live(declared: Live, recorded: Recorded, settings: Settings) -> dict[str, Any]:
    fixed = {name: getattr(settings, name) for name in type(settings).model_fields}
    return {"flow": recorded.to_json(), "fixed": fixed, **declared.to_json()}


def _controls(settings: Settings, flow: Flow) -> list[dict[str, Any]]:
    known = {control.name: control for control in type(settings).controls()}
    for name, high in flow.highest.items():
        known[name] = replace(known[name], high=float(high))
    return [_control(known[name], getattr(settings, name)) for name in flow.controls]


def _edited(flow: Flow) -> Iterator[Entries]:
    yield from (source for source in flow.sources if isinstance(source, Entries) and source.at)


def _tiles(flow: Flow) -> Iterator[Tiles]:
    yield from (source for source in flow.sources if isinstance(source, Tiles))


def _row(source: Tiles) -> dict[str, Any]:
    """The control of a row of words."""
    words = {
        "words": list(source.vocabulary.words),
        "start": source.numbers()[source.name].tolist(),
    }
    return {"name": source.name, "label": source.label, "most": source.most, **words}


def _entry(source: Entries, values: Mapping[str, Any]) -> dict[str, Any]:
    """The control of an entry; a tick box where there is nothing between low and high."""
    name, offset = Reference.parse(f"{source.name}[{source.at}]").index[0]
    place = (int(values[name]) if name else 0) + offset
    value = float(values[source.name][place])
    spec: dict[str, Any] = {"name": source.name, "label": source.label, "at": [name, offset]}
    if source.step == source.high - source.low:
        return {**spec, "choices": [False, True], "value": value == source.high}
    numbers = {"low": source.low, "high": source.high, "step": source.step, "value": value}
    allowed = f"a number from {source.low:g} to {source.high:g}"
    return {**spec, **numbers, "allowed": allowed, "whole": False, "scale": "linear"}


def _control(control: Control, value: Any) -> dict[str, Any]:
    spec = {
        "name": control.name,
        "label": control.label,
        "unit": control.unit,
        "value": value,
        "allowed": control.allowed,
    }
    if control.choices:
        return {**spec, "choices": list(control.choices)}
    whole = isinstance(control.default, int)
    numbers = {"low": control.low, "high": control.high, "step": control.step, "whole": whole}
    return {**spec, "scale": control.scale, **numbers}
