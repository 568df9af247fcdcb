"""A flow of numbers, recorded: what the page computes, and the same in Python.

recorded = record_flow(experiment.flow(trace), trace.settings)
recorded.values(settings)["path.loss"]  # as a page with these settings has it
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from vizdl.experiments.base import Settings
from vizdl.experiments.live import Draw, Entries, Flow, Reference, Run, Source, Table, Tiles
from vizdl.live import grid
from vizdl.live.program import Program, Slot
from vizdl.live.record import record

Values = dict[str, Any]


@dataclass(frozen=True, eq=False)
class Recorded:
    """A flow with the program of each run, by the key that ``vizdlPrograms`` has it under."""

    flow: Flow
    settings: Settings
    programs: Mapping[str, Program]

    def values(self, settings: Settings | None = None, step: int = 0, **entries: Any) -> Values:
        """Every number of the flow by name: for those settings and entries, at that step."""
        values = _begin(self.flow, settings or self.settings, entries, step)
        for run in self.flow.runs:
            values |= _results(run, self.programs[_key(run, values)], values)
            _place(self.flow, values, step)
        return values

    def to_json(self) -> dict[str, Any]:
        """As the player reads it."""
        return {
            "controls": list(self.flow.controls),
            "frames": self.flow.frames,
            "sources": [_source(source) for source in self.flow.sources],
            "runs": [self._run(run) for run in self.flow.runs],
        }

    def _run(self, run: Run) -> dict[str, Any]:
        keys = {spell(choice): _name(run, choice) for choice in run.cases}
        program = self.programs[next(iter(keys.values()))]
        return {
            "name": run.name,
            "by": run.by,
            "programs": keys,
            "inputs": _references(run.inputs),
            "start": _references(run.start),
            "sequences": _references(run.sequences),
            "steps": Reference.parse(run.steps).to_json() if run.steps else None,
            "most": run.most,
            "once": not (run.start or run.sequences),
            "shapes": {name: list(program.shapes[name]) for name in program.outputs},
        }


def record_flow(flow: Flow, settings: Settings) -> Recorded:
    """Record the steps of every run, on what they are given with these settings.

    Raises `RecordError` for what can't be recorded, ValueError for a name that is not there or a
    step that gives other outputs than its sisters.
    """
    values = _begin(flow, settings, {}, 0)
    programs: dict[str, Program] = {}
    for run in flow.runs:
        for choice, step in run.cases.items():
            program = record(
                step,
                inputs={key: _given(run, name, values) for key, name in run.inputs.items()},
                state={key: _given(run, name, values) for key, name in run.start.items()},
                sequences={key: _given(run, name, values) for key, name in run.sequences.items()},
                reverse=run.reverse,
                stop=run.stop or None,
            )
            programs[_name(run, choice)] = _emptied(run, program)
        _check(run, programs)
        values |= _results(run, programs[_key(run, values)], values)
        _place(flow, values, 0)
    unknown = next((name for name in (*flow.controls, "step") if name not in values), None)
    if unknown is not None:
        missing = flow.frames if unknown == "step" else unknown
        raise ValueError(f"there is no {missing!r} in the flow; there are: {', '.join(values)}")
    return Recorded(flow, settings, programs)


def spell(value: Any) -> str:
    """A choice as the page spells it."""
    if isinstance(value, tuple):
        return ",".join(spell(part) for part in value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _begin(flow: Flow, settings: Settings, entries: Mapping[str, Any], step: int) -> Values:
    values: Values = {name: getattr(settings, name) for name in type(settings).model_fields}
    values["hover"] = entries.get("hover", -1)
    for source in flow.sources:
        if isinstance(source, Tiles):
            values |= source.numbers(entries.get(source.name))
        else:
            values[source.name] = _chosen(source, values, entries)
    _place(flow, values, step)
    return values


def _place(flow: Flow, values: Values, step: int) -> None:
    """The step that is looked at, once it is known how many there are."""
    if flow.frames in values and "step" not in values:
        values["frames"] = int(values[flow.frames])
        values["step"] = max(0, min(step, values["frames"] - 1))
        values["left"] = values["frames"] - 1 - values["step"]


def _chosen(source: Table | Entries | Draw, values: Values, entries: Mapping[str, Any]) -> Any:
    if isinstance(source, Entries):
        return np.asarray(entries.get(source.name, source.values), dtype=np.float64)
    if isinstance(source, Draw):
        return source.numbers(values)
    choice = tuple(values[name] for name in source.by)
    return source.values[choice if len(choice) > 1 else choice[0]]


def _results(run: Run, program: Program, values: Values) -> Values:
    given = {**run.inputs, **run.start, **run.sequences}
    feed = {key: _given(run, name, values) for key, name in given.items()}
    steps = min(run.most, int(np.rint(_given(run, run.steps, values)))) if run.steps else 1
    done = program.run(steps, **feed)
    if not (run.start or run.sequences):
        return {f"{run.name}.{name}": rows[0] for name, rows in done.outputs.items()}
    found: Values = {f"{run.name}.{name}": rows for name, rows in done.outputs.items()}
    return {**found, f"{run.name}.rows": done.steps}


def _given(run: Run, name: Any, values: Values) -> Any:
    if not isinstance(name, str):
        return name
    reference = Reference.parse(name)
    unknown = next((part for part in reference.names() if part not in values), None)
    if unknown is not None:
        raise ValueError(
            f"the run {run.name!r} is given {name!r}, but there is no {unknown!r} before it; "
            f"there are: {', '.join(values)}"
        )
    value = reference.among(values, {})
    if isinstance(value, str):
        raise ValueError(f"the run {run.name!r} is given {name!r}, which is the word {value!r}")
    return float(value) if isinstance(value, bool | int) else value


def _emptied(run: Run, program: Program) -> Program:
    """The program without the numbers that the flow gives it: a page need not carry them."""

    def empty(slots: Mapping[str, Slot], given: Mapping[str, Any]) -> dict[str, Slot]:
        return {
            leaf: Slot(slot.ref, np.zeros_like(slot.default))
            if isinstance(given.get(leaf), str)
            else slot
            for leaf, slot in slots.items()
        }

    return replace(
        program, inputs=empty(program.inputs, run.inputs), state=empty(program.state, run.start)
    )


def _check(run: Run, programs: Mapping[str, Program]) -> None:
    shapes = {
        choice: {name: made.shapes[name] for name in made.outputs}
        for choice in run.cases
        for made in [programs[_name(run, choice)]]
    }
    first = next(iter(shapes))
    for choice, found in shapes.items():
        if found != shapes[first]:
            raise ValueError(
                f"the steps of {run.name!r} must give outputs of the same shapes: "
                f"{first!r} gives {shapes[first]}, {choice!r} gives {found}"
            )


def _key(run: Run, values: Values) -> str:
    return _name(run, values[run.by] if run.by else "")


def _name(run: Run, choice: Any) -> str:
    return f"{run.name}:{spell(choice)}" if run.by else run.name


def _references(given: Mapping[str, Any]) -> dict[str, Any]:
    """Where what is given comes from; constants stand in the program."""
    return {
        key: Reference.parse(name).to_json() for key, name in given.items() if isinstance(name, str)
    }


def _source(source: Source) -> dict[str, Any]:
    if isinstance(source, Entries):
        values = np.asarray(source.values, dtype=np.float64)
        return {
            "kind": "entries", "name": source.name, "label": source.label, "low": source.low,
            "high": source.high, "step": source.step, "values": values.tolist(),
            "whole": float(source.step).is_integer() and float(source.low).is_integer(),
        }  # fmt: skip
    if isinstance(source, Tiles):
        return {
            "kind": "tiles", "name": source.name, "words": list(source.vocabulary.words),
            "start": source.numbers()[source.name].tolist(), "most": source.most,
        }  # fmt: skip
    if isinstance(source, Draw):
        return {
            "kind": "draw", "name": source.name, "draw": source.kind, "shape": list(source.shape),
            "seed": source.seed, "path": list(source.path), "below": source.below,
        }  # fmt: skip
    made: dict[str, Any] = {"kind": "table", "name": source.name, "by": list(source.by)}
    made["choices"] = [spell(choice) for choice in source.values]
    values_ = list(source.values.values())
    if all(isinstance(value, np.ndarray) for value in values_):
        made["grid"] = grid.pack(values_, source.exact)
    else:
        made["values"] = values_
    return made
