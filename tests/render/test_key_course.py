"""The keys of the course as it is: complete, precise, and there without an import."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import vizdl
from vizdl import catalog
from vizdl.render import key

NAMES = [concept.name for concept in catalog.concepts()]
HOUSE = Path(vizdl.__file__).parent
CHECKOUT = HOUSE.parent


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A copy of the sources as they stand in the checkout, scenes beside the package."""
    copy = tmp_path_factory.mktemp("checkout")
    for folder in ("vizdl", "scenes"):
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(CHECKOUT / folder, copy / folder, ignore=ignored)
    (copy / "pyproject.toml").touch()
    return copy


def keyed(checkout):
    """The dependencies of every concept, with vizdl in a copy of the checkout."""
    return {
        name: key.dependencies(
            catalog.get(name), index=checkout / "index", places={"vizdl": checkout / "vizdl"}
        )
        for name in NAMES
    }


def altered(text, name):
    """The source `text`, its definition `name` changed."""
    tree = ast.parse(text)
    for statement in tree.body:
        if getattr(statement, "name", None) == name:
            statement.body.append(ast.parse("altered = 1").body[0])
        elif isinstance(statement, ast.Assign) and ast.unparse(statement.targets[0]) == name:
            statement.value = ast.Tuple([statement.value], ast.Load())
    return ast.unparse(ast.fix_missing_locations(tree))


def rewrite(path, text):
    path.write_text(text, "utf-8")
    later = path.stat().st_mtime_ns + 10**9  # a clock may be coarser than a test is fast
    os.utime(path, ns=(later, later))


@pytest.mark.parametrize(
    ("module", "name", "uses", "does_not"),
    [
        ("vizdl/style.py", "FORGET_GATE", "lstm_gates", "minibatch"),
        ("vizdl/mobjects/swarm.py", "Swarm", "minibatch", "bptt"),
        ("vizdl/mobjects/axes.py", "stroke", "gradient_descent", "lstm_gates"),
        ("vizdl/mobjects/gate.py", "NAME_SIZE", "lstm_gates", "gradient_descent"),
        ("vizdl/mobjects/story.py", "FactCard", "bptt", None),
        ("vizdl/engines/lstm.py", "forward", "lstm_gates", "gradient_descent"),
        ("vizdl/engines/mlp_slice.py", "moons", "gradient_descent", "bptt"),
        ("vizdl/experiments/minibatch.py", "Settings", "minibatch", "gradient_descent"),
        ("scenes/bptt.py", "Bptt", "bptt", "lstm_gates"),
        ("vizdl/experiments/base.py", "number", "minibatch", None),
    ],
)
def test_a_change_redoes_who_uses_it(checkout, module, name, uses, does_not):
    path = checkout / module
    original, before = path.read_text("utf-8"), keyed(checkout)
    try:
        rewrite(path, altered(original, name))
        after = keyed(checkout)
    finally:
        rewrite(path, original)
    redone = {
        concept: key.changes({"dependencies": before[concept]}, {"dependencies": after[concept]})
        for concept in NAMES
        if before[concept] != after[concept]
    }
    assert uses in redone
    assert does_not not in redone
    assert all(len(sentences) == 1 for sentences in redone.values())


def test_a_copy_of_the_checkout_has_the_same_keys(checkout):
    assert keyed(checkout) == {n: key.dependencies(catalog.get(n)) for n in NAMES}


def test_one_concepts_key_does_not_hold_anothers_experiment():
    for name in ("gradient_descent", "minibatch", "bptt", "lstm_gates"):
        others = {"gradient_descent", "minibatch", "bptt", "lstm_gates"} - {name}
        found = {line.partition(":")[0] for line in key.dependencies(catalog.get(name))}
        assert f"experiment {name}" in found
        assert found.isdisjoint(f"experiment {other}" for other in others)


def test_nothing_is_imported():
    """Neither Manim nor any floor: keys have to be there at once."""
    code = (
        "import sys; from vizdl import catalog; from vizdl.render import key\n"
        "[key.dependencies(concept) for concept in catalog.concepts()]\n"
        "print([m for m in sys.modules if m.startswith(('manim', 'numpy', 'vizdl.e', 'vizdl.m'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_concept_of_another_package_depends_on_both(stories):
    before = {name: key.dependencies(catalog.get(name)) for name in ("summing", "adding", "bptt")}
    assert "scene shortstories.summing" in before["summing"]
    assert "experiment shortstories.summing: run" in before["summing"]
    assert {"part story: Story", "style: POSITIVE"} < before["summing"].keys()
    experiment = stories / "experiments/summing.py"
    rewrite(experiment, altered(experiment.read_text("utf-8"), "run"))
    after = {name: key.dependencies(catalog.get(name)) for name in before}
    assert {name for name in before if before[name] != after[name]} == {"summing"}


def executed(scene):
    """The code of vizdl that runs when a scene is played, as (module, definition)."""
    from vizdl.render.lint import play_dry

    for module in [m for n, m in sys.modules.items() if n.startswith("vizdl.")]:
        for held in list(vars(module).values()):
            if callable(getattr(held, "cache_clear", None)):
                held.cache_clear()  # what another scene had worked out has to run again
    codes = set()
    sys.settrace(lambda frame, event, arg: codes.add(frame.f_code))
    try:
        play_dry(scene)
    finally:
        sys.settrace(None)
    for code in codes:
        path = Path(code.co_filename)
        for root, top in ((CHECKOUT / "scenes", "vizdl.scenes"), (HOUSE, "vizdl")):
            if path.is_relative_to(root):
                yield path, ".".join([top, *path.relative_to(root).with_suffix("").parts]), code
                break


def definition(path, line):
    """The names that the top-level statement on a line of a file defines."""
    for statement in ast.parse(path.read_text("utf-8")).body:
        decorators = getattr(statement, "decorator_list", [])
        first = min([statement.lineno, *(decorator.lineno for decorator in decorators)])
        if first <= line <= statement.end_lineno:
            if hasattr(statement, "name"):
                return {statement.name}
            names = [n for n in ast.walk(statement) if isinstance(n, ast.Name)]
            return {n.id for n in names if isinstance(n.ctx, ast.Store)}
    raise AssertionError(f"nothing stands on line {line} of {path}")


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_all_that_runs_when_a_scene_is_played_is_in_its_key(name):
    concept = catalog.get(name)
    kinds = {"mobjects": "part", "engines": "engine", "experiments": "experiment"}
    found, missing = 0, set()
    dependencies = key.dependencies(concept)
    for path, module, code in executed(catalog.load(concept.scene)):
        _, floor, *stem = module.split(".")
        if floor == "render" or module == f"vizdl.scenes.{name}":
            continue  # what plays the scene, and the scene, which counts whole
        label = f"{kinds.get(floor, floor)} {'.'.join(stem)}".strip()
        found += 1
        for part in definition(path, code.co_firstlineno):
            if f"{label}: {part}" not in dependencies:
                missing.add(f"{label}: {part}")
    assert found > 50
    assert not missing
