"""What a scene's frames depend on, as one digest."""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import vizdl
from vizdl import catalog
from vizdl.catalog import Concept

_SHARED = ("engines", "experiments", "mobjects")  # floors of which a scene may use any file


def sources(concept: Concept) -> list[Path]:
    """The files that can change the concept's frames: its own, and what concepts share."""
    package = Path(vizdl.__file__).parent
    others = {other.name for other in catalog.concepts()} - {concept.name}
    files = [package / "style.py"]
    for floor in _SHARED:
        found = sorted((package / floor).glob("*.py"))
        files += [path for path in found if floor != "experiments" or path.stem not in others]
    for module in (concept.experiment, concept.scene.partition(":")[0]):
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise LookupError(f"the concept {concept.name!r} has no module {module}")
        files.append(Path(spec.origin))
    return list(dict.fromkeys(files))


def digest(sources: list[Path], **parts: Any) -> str:
    """SHA-256 over the sources' contents and the JSON of `parts`."""
    total = hashlib.sha256()
    for path in sources:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    total.update(json.dumps(parts, sort_keys=True).encode())
    return total.hexdigest()
