"""One module's source, read but never imported: its parts, and what each of them uses.

The parts of a module are its top-level functions, classes and assignments. All else at its top
level (calls, loops, registrations, imports for what they do) is its module-level code, the part
`CODE`. A part's digest is that of its syntax tree, so comments, docstrings and formatting do not
count. What it uses is written as `vizdl.render.uses` says.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from vizdl.render.uses import EXAMPLE, Function, Import, imported, is_text, names, uses

CODE = ""  # the name of a module's module-level code


@dataclass(frozen=True)
class Part:
    """One part of a module: the digest of its syntax, and the names that it uses."""

    digest: str
    uses: list[str]


@dataclass(frozen=True)
class Module:
    """The parts of a module by name, and the paths that its imported names stand for."""

    parts: dict[str, Part]
    imports: dict[str, list[str]]
    stars: list[str]  # the modules from which it imports *


def read(name: str, text: bytes | str, *, is_package: bool = False) -> Module:
    """Read the source `text` of the module `name`. Raises SyntaxError and ValueError.

    A class's `example`, which only the documentation shows, is a part of its own.
    """
    tree = ast.parse(text)
    tree.body = list(_executed(tree.body))
    package = name if is_package else name.rpartition(".")[0]
    imports = _imports(tree, package)
    stars = imports.pop("*", [])
    followed = (name.partition(".")[0], "vizdl")  # packages whose names lead to parts
    ours = {n for n, paths in imports.items() if any(_top(path) in followed for path in paths)}
    groups = _groups(tree)
    registered = _registered(tree, {*groups, *ours})
    if registered:
        groups.setdefault(CODE, [])

    known = _exported(tree)
    said: dict[ast.stmt, tuple[set[str], str]] = {}  # what each statement uses, and its syntax
    for statement in dict.fromkeys(s for group in groups.values() for s in group):
        used, dropped = uses(statement, package)  # first: it takes out what does not count
        said[statement] = used, ast.dump(statement)
        known |= dropped | {_top(use) for use in used}
    for statement in tree.body:
        if isinstance(statement, Import) and _is_idle(statement, known, is_package):
            groups.setdefault(CODE, []).append(statement)
            said[statement] = uses(statement, package)[0], ast.dump(statement)

    def leads(use: str) -> bool:
        """Whether a use can lead to a part, here or in another module."""
        head = _top(use)
        if use[0] in "@!?":
            return use[0] == "?" or head[1:] in followed
        # What is bound nowhere is a builtin, or comes from *, or is a module of the package.
        return head in groups or head in ours or (head not in imports and bool(stars or is_package))

    parts = {}
    for part, group in groups.items():
        used = {use for statement in group for use in said[statement][0]}
        used |= registered if part == CODE else set()
        others = {_top(use) for use in used} & imports.keys() - ours
        syntax = [said[statement][1] for statement in group]
        text = repr((syntax, [(n, imports[n]) for n in sorted(others)]))
        digest = hashlib.sha256(text.encode()).hexdigest()
        parts[part] = Part(digest, sorted(filter(leads, used)))
    return Module(parts, {n: imports[n] for n in sorted(ours)}, stars)


def _groups(tree: ast.Module) -> dict[str, list[ast.stmt]]:
    """The parts of a module, each with its statements."""
    groups: dict[str, list[ast.stmt]] = {}
    for statement in tree.body:
        for part in _defined(statement) or ([] if isinstance(statement, Import) else [CODE]):
            groups.setdefault(part, []).append(statement)
        if isinstance(statement, ast.ClassDef):
            shown = [s for s in statement.body if isinstance(s, ast.FunctionDef)]
            for example in (s for s in shown if s.name == EXAMPLE and _decorators(s)):
                statement.body.remove(example)
                groups[f"{statement.name}.{EXAMPLE}"] = [example]
    return groups


def _registered(tree: ast.Module, ours: set[str]) -> set[str]:
    """The definitions that a decorator of ours may enter somewhere."""
    kinds = Function | ast.ClassDef
    return {s.name for s in tree.body if isinstance(s, kinds) and _decorators(s) & ours}


def _executed(body: Iterable[ast.stmt]) -> Iterator[ast.stmt]:
    """The statements that an import runs: no docstring, no branch for the type checker alone."""
    for statement in body:
        if isinstance(statement, ast.If) and _never(statement.test):
            yield from _executed(statement.orelse)
        elif not is_text(statement) and not isinstance(statement, ast.Pass):
            yield statement


def _never(test: ast.expr) -> bool:
    text = ast.unparse(test).rpartition("typing.")[2]
    return text in ("TYPE_CHECKING", "__name__ == '__main__'")


def _defined(statement: ast.stmt) -> list[str]:
    """The names of a definition; none where the statement does more than define."""
    match statement:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            return [statement.name]
        case ast.Assign():
            targets = statement.targets
        case ast.AnnAssign() | ast.AugAssign():
            targets = [statement.target]
        case _:
            return []
    flat = [
        item
        for target in targets
        for item in (target.elts if isinstance(target, ast.Tuple | ast.List) else [target])
    ]
    found = [item.id for item in flat if isinstance(item, ast.Name)]
    return found if len(found) == len(flat) else []


def _imports(tree: ast.Module, package: str) -> dict[str, list[str]]:
    """The names that the module's imports bind, and the paths they stand for."""
    found: dict[str, list[str]] = {}
    for statement in tree.body:
        for node in [statement] if _defined(statement) else ast.walk(statement):
            for name, path in imported(node, package) if isinstance(node, Import) else ():
                found.setdefault(name, []).append(path)
    return found


def _is_idle(node: Import, known: set[str], is_package: bool) -> bool:
    """Whether something is imported for what importing it does: nobody uses what it binds."""
    if isinstance(node, ast.Import):
        return any(
            ("." in a.name and not a.asname) or (a.asname or a.name) not in known
            for a in node.names
        )
    if is_package or node.module == "__future__":
        return False  # a package imports names to pass them on
    return any((a.asname or a.name) not in known and a.asname != a.name for a in node.names)


def _exported(tree: ast.Module) -> set[str]:
    texts = [n for s in tree.body if "__all__" in _defined(s) for n in ast.walk(s)]
    return {str(n.value) for n in texts if isinstance(n, ast.Constant)}


def _decorators(statement: ast.stmt) -> set[str]:
    """The names in a definition's decorators."""
    found = getattr(statement, "decorator_list", [])
    return {name for decorator in found for name in names(decorator)}


def _top(path: str) -> str:
    return path.partition(".")[0]
