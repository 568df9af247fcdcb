"""A change in the source redoes the scenes that use what changed, and no other."""

import os
import textwrap

import pytest

from vizdl.catalog import Concept
from vizdl.render import key, source

# A house as small as can be: three concepts, and one thing of every kind that can change.
COURSE = {
    "style.py": """
        LOSS = "#ff0000"
        INK = "#ffffff"
        SIZE = 4
        WIDE = 2 * SIZE
    """,
    "engines/maths.py": """
        LIMIT = 10
        SCALE: int = 2 * LIMIT
        def halve(x):
            return x / SCALE
        def third(x):
            return x / 3
    """,
    "engines/table.py": """
        TABLE = {}
        def register(function):
            TABLE[function.__name__] = function
            return function
        def get(name):
            return TABLE[name]
        def _square(x):
            return x * x
        TABLE["square"] = _square
        @register
        def cube(x):
            return x**3
    """,
    "engines/late.py": """
        from vizdl.engines.table import TABLE
        TABLE["late"] = 7
    """,
    "mobjects/__init__.py": """
        from vizdl.mobjects.curve import Curve
        from vizdl.mobjects.wire import Wire
        __all__ = ["Curve", "Wire"]
    """,
    "mobjects/part.py": """
        class Part:
            def draw(self):
                '''Draw it.'''
                return 1
    """,
    "mobjects/curve.py": """
        from vizdl import style
        from vizdl.mobjects.part import Part
        class Curve(Part):
            width = style.WIDE
            def paint(self, colour=style.LOSS):
                return colour
            @classmethod
            def example(cls):
                from vizdl.experiments import beta
                return cls(beta.run(1))
        class Line(Curve):
            pass
    """,
    "mobjects/wire.py": """
        from .. import style
        class Wire:
            colour = style.INK
    """,
    "experiments/alpha.py": """
        from vizdl.engines import maths
        class Settings:
            '''What may be changed.'''
            rate: float = 0.1
        def run(settings):
            return maths.halve(settings.rate)  # half of it
    """,
    "experiments/beta.py": """
        import vizdl.engines.late
        from vizdl.engines.table import get
        def run(settings):
            return get("square")(settings)
    """,
    "experiments/gamma.py": """
        def run(settings):
            from vizdl.engines.maths import third
            return third(settings)
    """,
    "scenes/alpha.py": """
        from vizdl.experiments import alpha
        from vizdl.mobjects import Curve
        class Alpha:
            experiment = alpha
            def construct(self):
                return Curve()
    """,
    "scenes/beta.py": """
        from vizdl import style
        from vizdl.experiments import beta
        from vizdl.mobjects import Wire
        from vizdl.mobjects.part import Part
        class Beta(Part):
            experiment = beta
            parts = [Wire(), style.LOSS]
    """,
    "scenes/gamma.py": """
        from vizdl.experiments import gamma
        class Gamma:
            experiment = gamma
    """,
}


@pytest.fixture
def course(tmp_path):
    """The folder of a package that stands for vizdl."""
    for floor in ("engines", "mobjects", "experiments", "scenes"):
        (tmp_path / "vizdl" / floor).mkdir(parents=True)
    for module, text in COURSE.items():
        (tmp_path / "vizdl" / module).write_text(textwrap.dedent(text))
    return tmp_path / "vizdl"


def keyed(folder, names=("alpha", "beta", "gamma")):
    """The dependencies of each concept, with vizdl in `folder`."""
    return {
        name: key.dependencies(Concept(name, name, 1, 1, ""), places={"vizdl": folder})
        for name in names
    }


def edited(folder, module, old, new):
    path = folder / module
    text = path.read_text("utf-8")
    assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {module}"
    rewrite(path, text.replace(old, new))


def rewrite(path, text):
    path.write_text(text, "utf-8")
    later = path.stat().st_mtime_ns + 10**9  # a clock may be coarser than a test is fast
    os.utime(path, ns=(later, later))


def told(before, after):
    """What changed in each concept in which something did."""
    found = {
        name: key.changes({"dependencies": before[name]}, {"dependencies": after[name]})
        for name in before
    }
    return {name: sentences for name, sentences in found.items() if sentences}


def changed(*what):
    return [f"the {each} changed" for each in what]


PART, LOSS = changed("part part: Part"), changed("style token LOSS")
LINE = ["the part curve: Line is new to it", *changed("scene alpha")]


@pytest.mark.parametrize(
    ("module", "old", "new", "redone"),
    [
        ("experiments/alpha.py", ".rate", ".r", {"alpha": changed("experiment alpha: run")}),
        ("experiments/alpha.py", "= 0.1", "= 2", {"alpha": changed("experiment alpha: Settings")}),
        ("scenes/gamma.py", "Gamma:", "Gamma(object):", {"gamma": changed("scene gamma")}),
        ("mobjects/curve.py", "return colour", "return 2", {"alpha": changed("part curve: Curve")}),
        ("mobjects/part.py", "return 1", "return 2", {"alpha": PART, "beta": PART}),
        ("style.py", "#ff0000", "#ee0000", {"alpha": LOSS, "beta": LOSS}),
        ("style.py", "#ffffff", "#eeeeee", {"beta": changed("style token INK")}),
        ("style.py", "SIZE = 4", "SIZE = 5", {"alpha": changed("style token SIZE")}),
        ("engines/maths.py", "x / SCALE", "SCALE", {"alpha": changed("engine maths: halve")}),
        ("engines/maths.py", "x / 3", "x / 3.0", {"gamma": changed("engine maths: third")}),
        ("engines/maths.py", "LIMIT = 10", "LIMIT = 9", {"alpha": changed("engine maths: LIMIT")}),
        (
            "engines/table.py",
            "= _s",
            "= 2 or _s",
            {"beta": changed("engine table: module-level code")},
        ),
        ("engines/table.py", "x * x", "x + x", {"beta": changed("engine table: _square")}),
        ("engines/table.py", "x**3", "x**4", {"beta": changed("engine table: cube")}),
        ("engines/late.py", "= 7", "= 8", {"beta": changed("engine late: module-level code")}),
        ("mobjects/__init__.py", "import Curve", "import Line as Curve", {"alpha": LINE}),
        ("mobjects/curve.py", "beta.run(1)", "beta.run(2)", {}),  # the documentation's alone
        ("mobjects/curve.py", "pass", "name = 1", {}),  # used by nobody
        ("engines/maths.py", "def third", "def fourth(x):\n    return x / 4\ndef third", {}),
    ],
)
def test_a_change_redoes_the_scenes_that_use_it_and_no_other(course, module, old, new, redone):
    before = keyed(course)
    edited(course, module, old, new)
    after = keyed(course)
    assert told(before, after) == redone
    assert {n for n in before if key.digest(before[n]) != key.digest(after[n])} == set(redone)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("experiments/alpha.py", "# half of it", "# or less"),
        ("experiments/alpha.py", "What may be changed.", "What may not."),
        ("mobjects/part.py", "Draw it.", "Paint it.\n\n        In a line of its own."),
        ("mobjects/part.py", "return 1", "return (\n            1\n        )"),
        ("experiments/alpha.py", "run(settings):", "run(settings: Settings) -> float:"),
        ("experiments/alpha.py", "import maths", "import (\n    maths,\n)"),
        ("engines/maths.py", "SCALE: int", "SCALE: float"),
        ("style.py", "LOSS =", '"""Colours."""\n\n\nLOSS ='),
    ],
)
def test_comments_docstrings_formatting_and_types_redo_nothing(course, module, old, new):
    before = keyed(course)
    edited(course, module, old, new)
    assert keyed(course) == before


def test_each_source_is_read_once_for_all_concepts(course, monkeypatch):
    read, found = source.read, []
    monkeypatch.setattr(
        source, "read", lambda name, *a, **k: (found.append(name), read(name, *a, **k))[1]
    )
    assert keyed(course) == keyed(course)
    assert len(found) == len(set(found)) > 10


def test_what_draws_counts_besides(course):
    concept = Concept("gamma", "Gamma", 1, 1, "")
    found = key.dependencies(concept, also=["vizdl.mobjects.wire"], places={"vizdl": course})
    assert found.keys() - keyed(course)["gamma"].keys() == {"part wire: Wire", "style: INK"}


def test_what_is_not_there_is_named(course):
    with pytest.raises(key.SourceError, match=r"'delta' has no module vizdl\.scenes\.delta"):
        keyed(course, ["delta"])
    with pytest.raises(key.SourceError, match="'delta' has no package nowhere"):
        key.dependencies(Concept("delta", "Delta", 1, 1, "", "nowhere"))


def test_a_source_with_an_error_is_named_with_its_line(course):
    edited(course, "style.py", "SIZE = 4", "SIZE = = 4")
    said = rf"{course / 'style.py'} is no Python, see line 4: invalid syntax"
    with pytest.raises(key.SourceError, match=said):
        keyed(course, ["alpha"])
    assert keyed(course, ["gamma"])  # which uses no style
