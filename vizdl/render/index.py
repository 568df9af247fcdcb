"""What was read of source files, kept from one process to the next."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
import tempfile
from dataclasses import asdict
from functools import cache
from pathlib import Path

from vizdl.render import source, uses
from vizdl.render.source import Module, Part


class SourceError(ValueError):
    """A source file that is missing or can't be read, in one sentence."""


def load(name: str, path: Path, index: Path | None = None) -> Module:
    """Read the module `name` from its file. Raises SourceError.

    `index` is a folder that holds what was read before, one file a module, which counts as long as
    the source says the same. What is damaged there is read anew; where it can't be written, nothing
    is kept.
    """
    is_package = path.name == "__init__.py"
    try:
        text = path.read_bytes()
        if index is None:
            return source.read(name, text, is_package=is_package)
        mark = f"{_reader()} {name} {is_package} {hashlib.sha256(text).hexdigest()}"
        place = index / f"{hashlib.sha256(str(path).encode()).hexdigest()[:32]}.json"
        module = _kept(place, mark)
        if module is None:
            module = source.read(name, text, is_package=is_package)
            _keep(place, mark, module)
        return module
    except SyntaxError as error:
        where = f", see line {error.lineno}" if error.lineno else ""
        raise SourceError(f"{path} is no Python{where}: {error.msg}") from None
    except (OSError, ValueError) as error:
        raise SourceError(f"{path} can't be read: {error}") from None


@cache
def _reader() -> str:
    """What reads: another version of it may read another thing in the same source."""
    own = b"".join(Path(str(module.__file__)).read_bytes() for module in (source, uses))
    return f"{sys.version_info} {hashlib.sha256(own).hexdigest()}"


def _kept(place: Path, mark: str) -> Module | None:
    with contextlib.suppress(OSError, ValueError):
        seal, _, text = place.read_text("utf-8").partition("\n")
        if seal == _seal(mark, text):
            kept = json.loads(text)
            parts = {name: Part(**part) for name, part in kept["parts"].items()}
            return Module(parts, kept["imports"], kept["stars"])
    return None


def _keep(place: Path, mark: str, module: Module) -> None:
    text = json.dumps(asdict(module))
    with contextlib.suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        number, scratch = tempfile.mkstemp(prefix=".", dir=place.parent)
        try:
            with open(number, "w", encoding="utf-8") as file:
                file.write(f"{_seal(mark, text)}\n{text}")
            os.replace(scratch, place)
        except OSError:
            os.unlink(scratch)
            raise


def _seal(mark: str, text: str) -> str:
    return hashlib.sha256(f"{mark}\n{text}".encode()).hexdigest()
