"""Every public part: exported, documented, with an example that draws ink and keeps the rules."""

import importlib
import inspect
import pkgutil
import re
from pathlib import Path

import numpy as np
import pytest
from manim import Mobject, Scene

import vizdl.mobjects
from vizdl import style
from vizdl.experiments import minibatch
from vizdl.mobjects import stills
from vizdl.mobjects.story import SAFE_HEIGHT, SAFE_WIDTH, Story
from vizdl.render.lint import lint

PARTS = stills.parts()
DOCS = Path(__file__).parents[2] / "docs" / "parts.md"


class Bench(Story):
    """One part after the other on the stage, each as large as it was built."""

    title = "Parts"
    experiment = minibatch
    settings = minibatch.Settings(passes=2)
    part: type[Mobject]

    def construct(self):
        part = self.part.example()
        width, height = part.width / SAFE_WIDTH, part.height / SAFE_HEIGHT
        assert max(width, height) < 1, f"the example of {self.part.__name__} is larger than a frame"
        self.add(part.center())
        self.wait(0.1)


def test_there_are_parts():
    assert {"SignedMatrix", "NumberColumn", "DotProduct", "NetworkDiagram", "Swarm"} <= set(PARTS)


def test_every_part_that_is_written_is_exported():
    written = set()
    for info in pkgutil.iter_modules(vizdl.mobjects.__path__, "vizdl.mobjects."):
        module = importlib.import_module(info.name)
        for name, value in vars(module).items():
            own = inspect.isclass(value) and value.__module__ == info.name
            if own and issubclass(value, Mobject) and not name.startswith("_"):
                written.add(name)
    assert written - set(vizdl.mobjects.__all__) == set()
    assert list(vizdl.mobjects.__all__) == sorted(vizdl.mobjects.__all__)


@pytest.mark.parametrize("name", PARTS)
def test_part_is_documented(name):
    part = PARTS[name]
    assert "example" in vars(part), f"{name} has no example() of its own"
    words = inspect.getdoc(part)
    assert words, f"{name} has no docstring"
    assert re.search(rf"\b{name}\(|\.example\(\)", words), f"{name}'s docstring has no example"
    assert f"`{name}`" in DOCS.read_text(encoding="utf-8"), f"docs/parts.md leaves out {name}"


@pytest.mark.parametrize("name", PARTS)
def test_example_draws_ink(name):
    drawn = stills.picture(PARTS[name].example(), pixels=48)[:, :, :3].astype(float)
    background = 255 * style.rgb(style.BACKGROUND.dark)
    inked = np.abs(drawn - background).max(axis=-1) > 24
    assert inked.mean() > 0.005, f"{name} draws next to nothing"
    edge = np.concatenate([inked[0], inked[-1], inked[:, 0], inked[:, -1]])
    assert not edge.any(), f"the still of {name} is cut off"


@pytest.mark.parametrize("name", PARTS)
def test_example_keeps_the_layout_rules(name):
    bench = type(f"Bench{name}", (Bench,), {"part": PARTS[name], "__module__": __name__})
    found = [f for f in lint(bench) if f.rule not in ("length", "beats", "reading")]
    assert found == []


@pytest.mark.parametrize("name", PARTS)
def test_example_is_the_same_every_time(name):
    first, again = (PARTS[name].example().get_all_points() for _ in range(2))
    np.testing.assert_array_equal(first, again)


@pytest.mark.slow
def test_stills_are_drawn_one_a_part(tmp_path, capsys):
    assert stills.main(["-o", str(tmp_path)]) == 0
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {f"{name}.png" for name in PARTS} | {"index.html"}
    page = (tmp_path / "index.html").read_text(encoding="utf-8")
    for name in PARTS:
        assert f'src="{name}.png"' in page
        assert (tmp_path / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "http" not in page  # it asks nothing of the network
    assert str(tmp_path / "index.html") in capsys.readouterr().out


def test_parts_are_no_scenes():
    assert not any(issubclass(part, Scene) for part in PARTS.values())
