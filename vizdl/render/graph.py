"""Which parts of a package's source each part leads to, from module to module.

Only files are read; nothing is imported. A name leads to the part behind it, through every module
that passes it on; a module that is used as a value leads to all of its parts. Each part leads to
the module-level code of its module and of the packages around it, too.

What is not seen: a class that enters a table when it is derived from (``__init_subclass__``), and
a name that is put together at run time. Where module-level code does such a thing, it counts.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from vizdl.render.index import load
from vizdl.render.source import CODE, Module, Part
from vizdl.render.uses import EXAMPLE

Node = tuple[str, str]  # a module, and one of its parts or ALL
ALL = "*"
SOMEONES_EXAMPLE: Node = ("", EXAMPLE)


@dataclass(frozen=True)
class File:
    """A module's file, and its times and size, which tell whether it was changed."""

    module: str
    path: str
    stamp: tuple[int, ...]


def files(package: str, folder: str) -> Iterator[File]:
    """The modules of the package that stands in `folder`.

    In a checkout its scenes may stand beside it, as `vizdl.scenes` says.
    """
    yield from _files(package, folder)
    checkout = Path(folder).parent
    inside, beside = Path(folder) / "scenes", checkout / "scenes"
    if inside.is_dir() and beside.is_dir() and (checkout / "pyproject.toml").is_file():
        yield from _files(f"{package}.scenes", str(beside))


def _files(module: str, folder: str) -> Iterator[File]:
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            stem, dot, end = entry.name.rpartition(".")
            if dot and end == "py":
                name = module if stem == "__init__" else f"{module}.{stem}"
                state = entry.stat()
                stamp = (state.st_mtime_ns, state.st_ctime_ns, state.st_size)
                yield File(name, entry.path, stamp)
            elif not dot and entry.name != "__pycache__" and entry.is_dir():
                yield from _files(f"{module}.{entry.name}", entry.path)


class Graph:
    """The parts of the modules in `found`, each read when it is first reached.

    With `index`, a folder, what was read of a file is kept there for the next process.
    """

    def __init__(self, found: Iterable[File], index: Path | None = None) -> None:
        self.files = {file.module: file for file in found}
        self.index = index
        self._packages = {_cut(m, n) for m in self.files for n in range(1, m.count(".") + 2)}
        self._modules: dict[str, Module] = {}
        self._links: dict[Node, frozenset[Node]] = {}
        self._sought: dict[tuple[str, ...], frozenset[Node]] = {}
        self._lock = threading.Lock()  # half of a search must not be taken for its end

    def closure(self, start: Iterable[Node]) -> dict[Node, str]:
        """Every part that the nodes `start` lead to, with the digest of what it says.

        Raises SourceError for a file that can't be read.
        """
        seen: set[Node] = set()
        waiting = list(start)
        with self._lock:
            while waiting:
                node = waiting.pop()
                if node not in seen:
                    seen.add(node)
                    waiting.extend(self._leads(node) - seen)
                if not waiting and SOMEONES_EXAMPLE in seen:
                    shown = {(module, f"{part}.{EXAMPLE}") for module, part in seen}
                    waiting = [node for node in shown - seen if self._part(node)]
            return {node: self._digest(node, part) for node in seen if (part := self._part(node))}

    def _part(self, node: Node) -> Part | None:
        return self.module(node[0]).parts.get(node[1])

    def _digest(self, node: Node, part: Part) -> str:
        """The digest of a part's syntax, and of what its names lead to (not of what that says)."""
        leads = sorted(link for link in self._leads(node) if link[1] != CODE)
        return hashlib.sha256(f"{part.digest} {leads}".encode()).hexdigest()

    def _leads(self, node: Node) -> frozenset[Node]:
        """The nodes that a node leads to at once."""
        if node not in self._links:
            self._links[node] = frozenset(self._find_links(*node))
        return self._links[node]

    def _find_links(self, module: str, part: str) -> Iterator[Node]:
        held = self.module(module)
        if part == ALL:
            yield module, CODE
            yield from ((module, name) for name in held.parts if not name.endswith(f".{EXAMPLE}"))
            passed_on = [node for name in held.imports for node in self._seek(module, name)]
            yield from (node for node in passed_on if node[1] != ALL)
            yield from ((name, ALL) for name in self._packages if _cut(name, -1) == module)
            return
        if part == CODE:
            yield _cut(module, -1), CODE  # a package runs before its modules
        for use in held.parts[part].uses if part in held.parts else ():
            if use.startswith("@"):
                yield from self._seek_path(use[1:])
            elif use.startswith("!"):
                yield self._nearest(use[1:]), CODE
            elif use.startswith("?"):
                yield SOMEONES_EXAMPLE
            else:
                yield from self._seek(module, *use.split("."))

    def _seek_path(self, path: str, *names: str) -> frozenset[Node]:
        top, *rest = path.split(".")
        return self._seek(top, *rest, *names) if top in self._packages else frozenset()

    def _seek(self, module: str, *names: str) -> frozenset[Node]:
        """What a name of a module and the attributes read of it lead to; nothing if unknown."""
        if not names:
            return frozenset([(module, ALL)])
        key = (module, *names)
        if key not in self._sought:
            self._sought[key] = frozenset()  # where modules import one another in a circle
            self._sought[key] = frozenset(self._find(module, *names))
        return self._sought[key]

    def _find(self, module: str, name: str, *attributes: str) -> set[Node]:
        held = self.module(module)
        found: set[Node] = set()
        if name in held.parts:
            found.add((module, name))
            if attributes[:1] == (EXAMPLE,):
                example = (module, f"{name}.{EXAMPLE}")
                found.add(example if example[1] in held.parts else SOMEONES_EXAMPLE)
        for path in held.imports.get(name, ()):
            found |= self._seek_path(path, *attributes)
        if not found:
            for star in held.stars:
                found |= self._seek_path(star, name, *attributes)
        inner = f"{module}.{name}"
        if inner in self._packages:
            found |= self._seek(inner, *attributes) or self._made_up(inner, *attributes)
        return found | {(module, CODE)} if found else found  # which ran before the name was there

    def _made_up(self, module: str, name: str, *_: str) -> frozenset[Node]:
        """What may give a module a name that nothing in it defines."""
        if name == "__dict__":
            return frozenset([(module, ALL)])
        maker = {(module, "__getattr__")} if "__getattr__" in self.module(module).parts else set()
        return frozenset({(module, CODE)} | maker)

    def _nearest(self, path: str) -> str:
        """The module that a path names, or holds what it names; "" if it is not one of these."""
        while path and path not in self._packages:
            path = _cut(path, -1)
        return path

    def module(self, name: str) -> Module:
        """The module of that name, empty if it has no file. Raises SourceError."""
        if name not in self._modules:
            file = self.files.get(name)
            empty = Module({}, {}, [])
            self._modules[name] = load(name, Path(file.path), self.index) if file else empty
        return self._modules[name]


def _cut(module: str, parts: int) -> str:
    """The first parts of a dotted name, or all but the last ones."""
    return ".".join(module.split(".")[:parts])
