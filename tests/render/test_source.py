"""However Python lets a name be written, it leads to the definition behind it."""

import ast
import symtable
from pathlib import Path
from types import MappingProxyType

import pytest

import vizdl
from vizdl.render import source
from vizdl.render.graph import ALL, Graph, files
from vizdl.render.source import CODE
from vizdl.render.uses import names, uses

HOUSE = Path(vizdl.__file__).parent
SOURCES = sorted([*HOUSE.rglob("*.py"), *(HOUSE.parent / "scenes").glob("*.py")])

ENGINES = {
    "maths.py": """
LIMIT = 10
def halve(x): return x / LIMIT
def third(x): return x / 3
class Shape:
    pass
""",
    "__init__.py": '"Maths."',
    "all.py": "from .maths import halve as half\nfrom . import maths\n__all__ = ['half', 'maths']",
    "stars.py": "from math import *\nfrom .maths import *",
    "circle.py": "from .round import halve, nothing",
    "round.py": "from .circle import *\nfrom .maths import halve",
    "lazy.py": "def __getattr__(name):\n    from .maths import halve\n    return halve",
    "loud.py": "from .maths import halve\ndef quiet(): return 1\nhalve(1)",
    "relay.py": "from .maths import halve\nfrom .plain import third\nfor x in range(3): halve(x)",
    "plain.py": "def third(): return 3",
    "deep/__init__.py": "from ..maths import halve\nhalve(1)",
    "deep/inner.py": "def quiet(): return 1",
    "either.py": "if 1:\n    from .maths import halve\n    def f(): return halve",
    "shown.py": """
class Shown:
    @classmethod
    def example(cls):
        from .maths import halve
        return halve
class Plain:
    @classmethod
    def example(cls): return 1
""",
}
# Where `halve` is used alone, then all of `maths`, then nothing of it.
PRECISE = [
    "from vizdl.engines import maths\nX = maths.halve(1)",
    "from vizdl.engines import maths as m\nX = [m.halve for _ in range(3)]",
    "from vizdl.engines.maths import halve as half\nX = half(1)",
    "import vizdl.engines.maths\nX = vizdl.engines.maths.halve.__name__",
    "import vizdl.engines.maths as m\nX = lambda: m.halve",
    "from vizdl import engines\nX = engines.maths.halve",
    "from ..engines import maths\nX = maths.halve",
    "from ..engines.maths import halve\nclass X:\n    y = halve",
    "from vizdl.engines.maths import *\ndef f(x=halve(1)): pass",
    "from vizdl.engines.all import half\nX = half",
    "from vizdl.engines.all import maths\nX = maths.halve",
    "from vizdl.engines.stars import halve\nX = halve",
    "from vizdl.engines.circle import halve\nX = halve",
    "def f():\n    from vizdl.engines.maths import halve\n    return halve(1)",
    "def f():\n    from vizdl.engines import maths\n    return lambda: maths.halve",
    "def f():\n    import vizdl.engines.maths as m\n    return m.halve(1)",
    "from vizdl.engines import maths\n@maths.halve\ndef f(): pass",
    "from vizdl.engines import maths\nclass X(maths.halve): pass",
    "from vizdl.engines import maths\nX = f'{maths.halve(1):.2f}'",
    "from vizdl.engines import maths\nif True:\n    X = maths.halve",
    "try:\n    from vizdl.engines.maths import halve\nexcept ImportError: pass\nX = halve",
    "from vizdl.engines.maths import halve\ndef f():\n    return [halve(x) for x in (halve, 1)]",
    "from ..engines import maths\ndef f(maths):\n    def g():\n        global maths; maths.halve()",
    "from vizdl.engines.maths import halve\ndef f(): return [halve for halve in halve(1)]",
    "from vizdl.engines.maths import halve\nclass X:\n    halve = 1\n    def f(self): return halve",
    "X = 'vizdl.engines.maths:halve'",
    "from vizdl.engines.lazy import anything\nX = anything",
    "from vizdl.engines import all\nX = [all]",
    "from vizdl.engines.loud import quiet\nX = quiet",
    "from vizdl.engines.relay import third as f\nX = 1",
    "from vizdl.engines.deep.inner import quiet\nX = quiet",
    "from vizdl.engines.either import f\nX = f",
    "import vizdl.engines.loud",
    "from vizdl.engines import loud",
    "def f():\n    import vizdl.engines.loud",
    "from vizdl.engines.shown import Shown\nX = Shown.example()",
    "from vizdl.engines.shown import Shown\nX = getattr(Shown, 'example')()",
    "from vizdl.engines.shown import Shown\ndef f(part): return part.example()",
    "from vizdl.engines.shown import Shown\nclass X(Shown): pass\nY = X.example()",
]
WHOLE = [
    "from vizdl.engines import maths\nX = [maths]",
    "from vizdl.engines import maths\nX = getattr(maths, 'halve')",
    "from vizdl.engines import maths\nX = maths.__dict__['halve']",
    "from vizdl.engines import maths\nX = vars(maths)",
    "import vizdl\nX = getattr(vizdl.engines.maths, 'ha' + 'lve')",
    "import importlib\nX = importlib.import_module('vizdl.engines.maths')",
    "import importlib\ndef f(name): return importlib.import_module(f'vizdl.engines.{name}')",
    "from vizdl import engines\nX = print(engines)",
    "def f():\n    from vizdl.engines import maths\n    return maths",
]
NOTHING = [
    "X = 1",
    "from vizdl.engines.circle import nothing\nX = nothing",
    "from vizdl.engines.shown import Shown\nX = Shown()",
    "from vizdl.engines.shown import Shown\ndef f(trace): return trace.example",
    "from vizdl.engines.shown import Plain, Shown\nX = Shown(), Plain.example()",
    "from vizdl.engines import maths",  # importing it does nothing
    "import typing as t\nif t.TYPE_CHECKING:\n    from vizdl.engines.maths import *\nX = 1",
    "from vizdl.engines import maths\ndef f(x: maths.halve) -> maths.halve: y: maths.halve = 1",
    "from vizdl.engines import maths\nX: maths.halve = 1",
    "from vizdl.engines import maths\nif __name__ == '__main__':\n    maths.halve(1)",
    "from vizdl.engines import maths\ndef f(maths): return maths.halve(1)",
    "from vizdl.engines import maths\ndef f():\n    maths = 1\n    return lambda: maths.halve",
    "from vizdl.engines import maths\ndef f(): return [maths.halve for maths in 'abc']",
    "from vizdl.engines import maths\ndef f(x):\n    match x:\n        case [maths]: return maths",
    'def f():\n    """vizdl.engines.maths.halve"""',
]
DATACLASS = """
from dataclasses import dataclass
from vizdl.engines import maths
@dataclass
class X:
    y: maths.Shape
"""
DISPATCH = """
from functools import singledispatch
from vizdl.engines import maths
@singledispatch
def f(x: maths.Shape): pass
"""


def reached(folder, text, others=MappingProxyType({})):
    """The parts of the engine that the scene `text` leads to."""
    package = folder / "vizdl"
    for floor in ("engines", "scenes"):
        (package / floor).mkdir(parents=True)
    for module, source_text in ENGINES.items():
        (package / "engines" / module).parent.mkdir(exist_ok=True)
        (package / "engines" / module).write_text(source_text)
    for module, source_text in {**others, "scenes/one.py": text}.items():
        (package / module).write_text(source_text)
    closure = Graph(files("vizdl", str(package))).closure([("vizdl.scenes.one", ALL)])
    return {part for module, part in closure if module == "vizdl.engines.maths"}


@pytest.mark.parametrize("text", PRECISE)
def test_a_name_leads_to_what_it_stands_for(tmp_path, text):
    assert reached(tmp_path, text) == {"halve", "LIMIT"}


def test_the_packages_around_a_scene_run_too(tmp_path):
    loud = "from .engines.maths import halve\nhalve(1)"
    assert reached(tmp_path, "def f(): pass", {"__init__.py": loud}) == {"halve", "LIMIT"}


@pytest.mark.parametrize("text", WHOLE)
def test_a_module_that_is_a_value_counts_whole(tmp_path, text):
    assert reached(tmp_path, text) == {"halve", "LIMIT", "third", "Shape"}


@pytest.mark.parametrize("text", NOTHING)
def test_what_only_looks_like_a_use_is_none(tmp_path, text):
    assert reached(tmp_path, text) == set()


@pytest.mark.parametrize("text", [DATACLASS, DISPATCH])
def test_annotations_that_may_be_read_count(tmp_path, text):
    assert reached(tmp_path, text) == {"Shape"}


def test_an_import_of_which_nothing_is_used_is_there_for_what_it_does():
    used = [
        "from vizdl import style\nX = style.LOSS",
        "from vizdl import style\ndef f(x: style.Role) -> None: y: style.Role = x",
        "from vizdl import style\n__all__ = ['style']",
        "from vizdl import style as style",
        "from __future__ import annotations",
    ]
    assert all(CODE not in source.read("vizdl.one", text).parts for text in used)
    for text in ("import seaborn", "from vizdl import style", "import vizdl.style\nX = vizdl"):
        assert CODE in source.read("vizdl.one", text).parts
    assert CODE not in source.read("vizdl.one", "from vizdl import style", is_package=True).parts


def part(text, name="f"):
    return source.read("vizdl.one", text).parts[name].digest


def test_what_a_name_from_elsewhere_stands_for_counts():
    plain = part("import numpy as np\ndef f(): return np.ones(1)")
    assert part("import autograd.numpy as np\ndef f(): return np.ones(1)") != plain
    assert part("import math\nimport numpy as np\ndef f(): return np.ones(1)") == plain


every_source = pytest.mark.parametrize("path", SOURCES, ids=lambda path: "/".join(path.parts[-2:]))


@every_source
def test_only_what_python_runs_counts(path):
    """Written out anew, without comments and with other docstrings, a module says the same."""
    tree = ast.parse(path.read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.Module):
            first = node.body[0]
            if ast.get_docstring(node) and isinstance(first, ast.Expr):
                first.value = ast.Constant("Something else.")
    text = f"# A comment.\n\n\n{ast.unparse(tree)}\n"
    assert source.read("vizdl.one", text) == source.read("vizdl.one", path.read_bytes())


@every_source
def test_names_are_those_that_the_compiler_looks_up_outside(path):
    """Against `symtable`, which knows Python's scopes, for every function of the house."""
    text = path.read_text("utf-8")
    table = symtable.symtable(text, str(path), "exec")
    functions = {t.get_name(): t for t in table.get_children() if t.get_type() == "function"}
    for statement in ast.parse(text).body:
        if isinstance(statement, ast.FunctionDef):
            statement.args.defaults = []  # belong to the module's own scope, as decorators do
            statement.args.kw_defaults = [None for _ in statement.args.kw_defaults]
            statement.decorator_list = []
            annotated = {name for inner in ast.walk(statement) for name in annotations(inner)}
            known = set(outside(functions[statement.name]))
            found = {
                use.partition(".")[0] for use in uses(statement, "vizdl")[0] if use[0] not in "@!?"
            }
            assert known <= found <= known | annotated


def annotations(node):
    """The names in the annotations of a function with a decorator, which may read them."""
    if isinstance(node, ast.FunctionDef) and node.decorator_list:
        arguments = [a.annotation for a in ast.walk(node.args) if isinstance(a, ast.arg)]
        for annotation in filter(None, [node.returns, *arguments]):
            yield from names(annotation)


def outside(table):
    for symbol in table.get_symbols():
        if symbol.is_global() and symbol.is_referenced():
            yield symbol.get_name()
    for inner in table.get_children():
        if inner.get_type() != "annotation":
            yield from outside(inner)
