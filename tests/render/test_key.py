"""What a scene's frames depend on is what its key is made of."""

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

from vizdl import catalog
from vizdl.render import key

NAMES = [concept.name for concept in catalog.concepts()]


def imported(module, seen):
    """The files of vizdl that a module needs to be imported, directly or not.

    What is imported inside a function is a part's `example`, which no scene draws.
    """
    path = Path(find_spec(module).origin)
    if path in seen:
        return seen
    seen.add(path)
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("vizdl"):
            imported(node.module, seen)
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                if Path(find_spec(node.module).origin).stem == "__init__" and find_spec(inner):
                    imported(inner, seen)
    return seen


@pytest.mark.parametrize("name", NAMES)
def test_the_key_covers_all_that_the_scene_imports(name):
    concept = catalog.get(name)
    needed = imported(concept.scene.partition(":")[0], set())
    covered = set(key.sources(concept))
    # The front door's own files hold no maths and no drawing.
    free = {"vizdl/__init__.py", "vizdl/api.py", "vizdl/catalog.py", "vizdl/scenes/__init__.py"}
    left = {path for path in needed - covered if "/".join(path.parts[-2:]) not in free}
    left = {path for path in left if "/".join(path.parts[-3:]) not in free}
    assert not left


def test_another_concepts_experiment_does_not_count():
    files = {path.name for path in key.sources(catalog.get("bptt"))}
    assert "bptt.py" in files
    assert "lstm_gates.py" not in files


def test_the_digest_changes_with_a_source_and_with_a_part(tmp_path):
    source = tmp_path / "scene.py"
    source.write_text("a = 1")
    first = key.digest([source], quality="low")
    assert key.digest([source], quality="low") == first
    assert key.digest([source], quality="high") != first
    source.write_text("a = 2")
    assert key.digest([source], quality="low") != first
