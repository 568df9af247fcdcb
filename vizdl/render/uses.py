"""The names that a piece of Python reads from outside of itself, found in its syntax tree.

Each is written as

- ``style.LOSS.dark``: a name that no function around binds, and the attributes read of it;
- ``@vizdl.engines.lstm.forward``: the same from the top, where a function imports it or a text
  names it;
- ``!vizdl.engines.lstm``: a module that an import in a function runs;
- ``?example``: a call of the method `EXAMPLE` of something that is not known.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

EXAMPLE = "example"  # shows a class in the documentation; no scene draws it

Function = ast.FunctionDef | ast.AsyncFunctionDef
Import = ast.Import | ast.ImportFrom
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_Scope = Function | ast.ClassDef | ast.Lambda | _Comprehension
_Hidden = Mapping[str, list[str]]  # what the functions around bind, and the paths if by import

_PATH = re.compile(
    r"[^\W\d]\w*(\.[^\W\d]\w*)+(:\w+|\.)?"
)  # "vizdl.api:run", f"vizdl.scenes.{name}"
_PLAIN = {"property", "staticmethod", "classmethod"}  # decorators that read no annotation


def uses(node: ast.AST, package: str) -> tuple[set[str], set[str]]:
    """The names that `node` uses; `package` is what its relative imports start from.

    Docstrings, and annotations that nothing reads, are taken out of `node`: those of variables,
    and of functions without a decorator. A class body keeps its own, which make its fields. The
    names in the annotations that were taken out are the second result.
    """
    reader = _Reader(package)
    reader.visit(node, {})
    return reader.found, reader.dropped


def imported(node: Import, package: str) -> Iterator[tuple[str, str]]:
    """The names that an import binds ("*" for all), each with its path from the top."""
    if isinstance(node, ast.Import):
        for alias in node.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, alias.name) if alias.asname else (top, top)
        return
    above = package.split(".")
    above = above[: len(above) + 1 - node.level] if node.level else []
    base = ".".join([*above, *([node.module] if node.module else [])])
    for alias in node.names:
        yield alias.asname or alias.name, base if alias.name == "*" else f"{base}.{alias.name}"


def runs(node: Import, package: str) -> list[str]:
    """The paths of the modules that an import runs, with the names that it takes from them."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [path for _, path in imported(node, package)]


class _Reader:
    def __init__(self, package: str) -> None:
        self.package = package
        self.found: set[str] = set()
        self.dropped: set[str] = set()

    def visit(self, node: ast.AST, hidden: _Hidden) -> None:
        match node:
            case ast.Name() | ast.Attribute():
                self._chain(node, hidden)
            case ast.Constant():
                self._text(node.value)
            case ast.Call():
                self._call(node, hidden)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self._function(node, hidden)
            case ast.Lambda():
                self._visit_all(_defaults(node.args), hidden)
                self.visit(node.body, self._inside(node.args, [], hidden))
            case ast.ClassDef():
                self._class(node, hidden)
            case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                self._comprehension(node, hidden)
            case ast.Import() | ast.ImportFrom():
                self.found |= {f"!{path}" for path in runs(node, self.package)}
            case ast.AnnAssign():
                self.dropped |= names(node.annotation)
                node.annotation = ast.Constant(None)
                self._visit_all(_children(node), hidden)
            case _:
                self._visit_all(_children(node), hidden)

    def _visit_all(self, nodes: Iterable[ast.AST], hidden: _Hidden) -> None:
        for node in nodes:
            self.visit(node, hidden)

    def _chain(self, node: ast.Name | ast.Attribute, hidden: _Hidden) -> None:
        attributes: list[str] = []
        base: ast.expr = node
        while isinstance(base, ast.Attribute):
            attributes.insert(0, base.attr)
            base = base.value
        if not isinstance(base, ast.Name):
            self.visit(base, hidden)
        elif base.id not in hidden:
            self.found.add(".".join([base.id, *attributes]))
        else:
            self.found |= {"@" + ".".join([path, *attributes]) for path in hidden[base.id]}

    def _text(self, value: object) -> None:
        if isinstance(value, str) and _PATH.fullmatch(value):
            self.found.add("@" + value.rstrip(".").replace(":", "."))

    def _call(self, node: ast.Call, hidden: _Hidden) -> None:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=attribute)):
                shows = attribute == EXAMPLE and name in hidden and not hidden[name]
            case ast.Call(func=ast.Attribute(attr=attribute)):
                shows = attribute == EXAMPLE
            case ast.Call(func=ast.Name(id="getattr"), args=[_, ast.Constant(value=text), *_]):
                shows = text == EXAMPLE
            case _:
                shows = False
        if shows:
            self.found.add(f"?{EXAMPLE}")
        self._visit_all(_children(node), hidden)

    def _function(self, node: Function, hidden: _Hidden) -> None:
        _drop_docstring(node)
        annotated = [a for a in _arguments(node.args) if a.annotation]
        annotations = [a.annotation for a in annotated if a.annotation]
        annotations += [node.returns] if node.returns else []
        if all(isinstance(d, ast.Name) and d.id in _PLAIN for d in node.decorator_list):
            self.dropped.update(*map(names, annotations))
            annotations, node.returns = [], None
            for argument in annotated:
                argument.annotation = None
        self._visit_all([*node.decorator_list, *annotations], hidden)
        self._visit_all(_defaults(node.args), hidden)
        self._visit_all(node.body, self._inside(node.args, node.body, hidden))

    def _class(self, node: ast.ClassDef, hidden: _Hidden) -> None:
        _drop_docstring(node)
        self._visit_all([*node.decorator_list, *node.bases, *node.keywords], hidden)
        for statement in node.body:
            if isinstance(statement, ast.AnnAssign):  # a field
                self._visit_all(_children(statement), hidden)
            else:
                self.visit(statement, hidden)

    def _comprehension(self, node: _Comprehension, hidden: _Hidden) -> None:
        self.visit(node.generators[0].iter, hidden)  # its own names are not there yet
        inside = {**hidden, **{n: [] for g in node.generators for n in names(g.target)}}
        for child in _children(node):
            parts = _children(child) if isinstance(child, ast.comprehension) else [child]
            self._visit_all([p for p in parts if p is not node.generators[0].iter], inside)

    def _inside(self, args: ast.arguments, body: list[ast.stmt], hidden: _Hidden) -> _Hidden:
        """What is hidden inside a function: the names that it binds itself, too."""
        bound: dict[str, list[str]] = {a.arg: [] for a in _arguments(args)}
        outer: set[str] = set()
        nodes: list[ast.AST] = list(body)
        while nodes:
            node = nodes.pop()
            match node:
                case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                    bound.setdefault(node.name, [])
                case ast.Name(ctx=ast.Store(), id=str(name)) | ast.ExceptHandler(name=str(name)):
                    bound.setdefault(name, [])
                case ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                    bound.setdefault(name, [])
                case ast.Global():
                    outer.update(node.names)
                case ast.Import() | ast.ImportFrom():
                    for name, path in imported(node, self.package):
                        bound.setdefault(name, []).append(path)
                case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
                    for inner in ast.walk(node):
                        if isinstance(inner, ast.NamedExpr):  # := reaches out of it
                            bound.setdefault(inner.target.id, [])
            if not isinstance(node, _Scope):
                nodes.extend(_children(node))
        return {n: p for n, p in {**hidden, **bound}.items() if n not in outer}


def names(node: ast.AST) -> set[str]:
    """Every name in a piece of syntax."""
    return {n.id for n in ast.walk(node) if isinstance(n, ast.Name)}


def _arguments(args: ast.arguments) -> list[ast.arg]:
    some = [args.vararg, args.kwarg]
    return [*args.posonlyargs, *args.args, *args.kwonlyargs, *(a for a in some if a)]


def _children(node: ast.AST) -> Iterator[ast.AST]:
    """As `ast.iter_child_nodes`, without the leaves that say nothing here (`Load`, `Add`)."""
    for name in node._fields:
        value = getattr(node, name, None)
        for item in value if isinstance(value, list) else (value,):
            if isinstance(item, ast.AST) and item._fields:
                yield item


def _defaults(args: ast.arguments) -> list[ast.expr]:
    return [default for default in [*args.defaults, *args.kw_defaults] if default is not None]


def _drop_docstring(node: Function | ast.ClassDef) -> None:
    node.body = [s for s in node.body if not is_text(s)]


def is_text(statement: ast.stmt) -> bool:
    """Whether a statement is a constant that stands alone, as a docstring does."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
