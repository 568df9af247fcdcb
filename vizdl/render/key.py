"""What a scene's frames depend on, as one digest."""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import vizdl
from vizdl.catalog import Concept

_SHARED = ("engines", "mobjects")  # floors of which every scene may use every file


def sources(name: str, concept: Concept) -> list[Path]:
    """The files that can change the concept's frames: its own, and the floors below it."""
    package = Path(vizdl.__file__).parent
    files = [package / "style.py", package / "experiments" / "base.py"]
    for floor in _SHARED:
        files += sorted((package / floor).glob("*.py"))
    for module in (concept.experiment, concept.scene.partition(":")[0]):
        spec = find_spec(module)
        if spec is None or spec.origin is None:
            raise LookupError(f"the concept {name!r} has no module {module}")
        files.append(Path(spec.origin))
    return files


def digest(sources: list[Path], **parts: Any) -> str:
    """SHA-256 over the sources' contents and the JSON of `parts`."""
    total = hashlib.sha256()
    for path in sources:
        total.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    total.update(json.dumps(parts, sort_keys=True).encode())
    return total.hexdigest()
