"""The house keeps its rules: what stays light stays light, and nothing strange moves in."""

import re
import subprocess
import sys
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

import vizdl

CHECKOUT = Path(vizdl.__file__).parents[1]
HEAVY = (
    "manim", "plotly", "matplotlib", "pydantic", "numpy", "scipy", "sklearn", "autograd", "PIL",
    "av", "jinja2", "typst", "distributed",
)  # fmt: skip


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    return [path for name in listed.split("\0") if name and (path := CHECKOUT / name).is_file()]


def texts():
    for path in tracked():
        data = path.read_bytes()
        if b"\0" not in data:
            yield path.relative_to(CHECKOUT), data.decode("utf-8")


def imported_after(code):
    """The top-level modules that a fresh Python holds after `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys; print(*sys.modules, sep='\\n')"],
        capture_output=True,
        text=True,
        check=True,
    )
    return {line.partition(".")[0] for line in done.stdout.splitlines()}


LISTING = """
import vizdl.cli
try:
    vizdl.cli.main(["list"])
except SystemExit as end:
    assert end.code in (0, None)
"""


@pytest.mark.parametrize("code", ["import vizdl", "import vizdl.cli", LISTING])
def test_listing_imports_nothing_heavy(code):
    modules = imported_after(code)
    assert "vizdl" in modules
    assert modules & set(HEAVY) == set()


def test_engines_and_settings_draw_nothing():
    code = (
        "import vizdl\n"
        "for concept in vizdl.concepts():\n"
        "    vizdl.facts(concept.name)\n"
        "    vizdl.catalog.load(concept.experiment).Settings.controls()"
    )
    drawing = {"manim", "plotly", "matplotlib", "av"}
    assert imported_after(code) & drawing == set()


def test_no_scene_hides_a_library():
    # Manim puts a scene's folder first on sys.path.
    libraries = set(sys.stdlib_module_names) | set(packages_distributions())
    scenes = {path.stem for path in (CHECKOUT / "scenes").glob("*.py")}
    assert scenes
    assert scenes & libraries == set()
    assert "__init__" not in scenes


def test_nothing_of_others_is_in_the_repository():
    banners = re.compile(
        r"plotly\.js v\d|axe v\d|@license|sourceMappingURL|Copyright .* (Inc|Plotly)"
    )
    for path, text in texts():
        assert not path.name.endswith((".min.js", ".min.css", ".bundle.js", ".whl")), path
        if path.suffix in (".js", ".css", ".html", ".svg", ".json"):
            assert not banners.search(text), path
            assert max(map(len, text.splitlines()), default=0) < 1000, f"{path} is packed"


def test_what_is_built_stays_out_of_the_repository():
    for path in tracked():
        assert path.suffix not in (".mp4", ".webm", ".gif", ".vtt", ".pyc", ".woff2", ".ttf"), path
        assert path.stat().st_size < 1_000_000, path


def test_no_path_of_a_machine_and_no_address_of_a_registry():
    home = re.compile(r"(?<![\w.])/(work|root|home)/\w")
    registry = re.compile(r"registry\.npmjs|pypi\.org/simple|files\.pythonhosted|deb\.debian\.org")
    for path, text in texts():
        if path == Path("tests/test_house.py"):
            continue
        for pattern in (home, registry):
            found = pattern.search(text)
            assert found is None, f"{path}: {found.group(0)}"
