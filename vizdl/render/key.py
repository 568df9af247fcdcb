"""The key of a render: what determines its frames, as one digest, and what changed in it.

The frames follow from the parts of the source that the scene and its experiment use (functions,
classes, assignments, found in the source without importing it), from the settings and the way of
drawing, and from the versions of the libraries.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from vizdl.catalog import Concept
from vizdl.render.graph import ALL, File, Graph, files
from vizdl.render.index import SourceError

__all__ = ["SourceError", "changes", "dependencies", "digest"]

_KINDS = {"scenes": "scene", "experiments": "experiment", "mobjects": "part", "engines": "engine"}


def dependencies(
    concept: Concept,
    *,
    also: Sequence[str] = (),
    index: Path | None = None,
    places: Mapping[str, Path] | None = None,
) -> dict[str, str]:
    """What the concept's frames depend on in the source of vizdl and of the concept's package.

    Returns the digest of each part by its readable name, as "part curve: Curve" or "style: LOSS",
    sorted; the concept's own scene is one entry. `also` are modules that count besides: what draws.
    With `index`, a folder, what was read of the sources is kept for the next process. `places`
    says in which folders packages stand, where that is not where Python finds them. Raises
    SourceError for a file that is missing or no Python.
    """
    found: list[File] = []
    for top in sorted({"vizdl", concept.package.partition(".")[0]}):
        for folder in _folders(concept, top, places or {}):
            found += files(top, folder)
    graph = _graph(tuple(found), index)
    scene = concept.scene.partition(":")[0]
    roots = (scene, concept.experiment, *also)
    for module in roots:
        if module not in graph.files:
            raise SourceError(f"the concept {concept.name!r} has no module {module}")
    named: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for (module, part), says in graph.closure([(root, ALL) for root in roots]).items():
        label = _label(module, concept.package)
        named[label if module == scene else f"{label}: {part or 'module-level code'}"].append(
            (part, says)
        )
    return {name: digest(dict(named[name])) for name in sorted(named)}


@lru_cache(maxsize=8)
def _graph(found: tuple[File, ...], index: Path | None) -> Graph:
    return Graph(found, index)  # the same files are read once for all concepts


def _folders(concept: Concept, package: str, places: Mapping[str, Path]) -> list[str]:
    if package in places:
        return [str(places[package])]
    spec = importlib.util.find_spec(package)  # it stands at the top, so nothing is imported
    if spec is None or not spec.submodule_search_locations:
        raise SourceError(f"the concept {concept.name!r} has no package {package}")
    return list(spec.submodule_search_locations)


def _label(module: str, package: str) -> str:
    """A module as people call it: "part curve", "experiment bptt", "style", "data"."""
    ours = "vizdl" if module.startswith("vizdl.") else package
    floor, _, stem = module.removeprefix(f"{ours}.").partition(".")
    whose = "" if ours == "vizdl" else f"{ours}."
    if floor in _KINDS and stem:
        return f"{_KINDS[floor]} {whose}{stem}"
    return floor if module in ("vizdl.style", "vizdl.data") else f"module {module}"


def digest(dependencies: Mapping[str, str], **parts: Any) -> str:
    """SHA-256 over the dependencies and the JSON of `parts`: settings, quality, versions …"""
    text = _json({"dependencies": dependencies, **parts})
    return hashlib.sha256(text.encode()).hexdigest()


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """What differs between two records of a render, one sentence each; none if they say the same.

    A record holds ``dependencies``, ``settings``, ``versions`` and whatever else is in the key, as
    JSON has it. The sentences are about `after`.
    """
    before, after = json.loads(_json(before)), json.loads(_json(after))
    found: list[str] = []
    for what in sorted({*before, *after}):
        old, new = before.get(what, _MISSING), after.get(what, _MISSING)
        if isinstance(old, dict) and new is _MISSING and old:
            new = {}
        if isinstance(new, dict) and old is _MISSING and new:
            old = {}
        if not isinstance(old, dict) or not isinstance(new, dict):
            found += _differences(f"the {what}", old, new)
        elif what == "dependencies":
            found += _dependencies_changed(old, new)
        else:
            prefix = {"settings": "the setting ", "versions": ""}.get(what, f"the {what} ")
            for name in sorted({*old, *new}):
                values = old.get(name, _MISSING), new.get(name, _MISSING)
                found += _differences(f"{prefix}{name}", *values)
    return found


_MISSING = object()


def _dependencies_changed(old: Mapping[str, str], new: Mapping[str, str]) -> Iterator[str]:
    for name in sorted({*old, *new}):
        kind, _, token = name.partition(": ")
        called = (
            f"the style token {token}" if kind == "style" and token.isupper() else f"the {name}"
        )
        if name not in old:
            yield f"{called} is new to it"
        elif name not in new:
            yield f"{called} is no longer used"
        elif old[name] != new[name]:
            yield f"{called} changed"


def _differences(label: str, old: Any, new: Any) -> Iterator[str]:
    if isinstance(old, dict) and isinstance(new, dict):
        for name in sorted({*old, *new}):
            values = old.get(name, _MISSING), new.get(name, _MISSING)
            yield from _differences(f"{label} {name}", *values)
    elif _spell(old) != _spell(new):
        was, now = (v if isinstance(v, str) else _spell(v) for v in (old, new))
        if was == now:  # a number, and the text that spells it
            was, now = _spell(old), _spell(new)
        yield f"{label} is {now}, was {was}"


def _spell(value: Any) -> str:
    return "missing" if value is _MISSING else _json(value)


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)
