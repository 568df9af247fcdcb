"""Short stories that are no concepts of the course: what the render's tests draw."""

import sys
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np
import pytest

from vizdl.experiments import base

# A package as pip leaves it, so that the workers of the render find its concepts as well.
EXPERIMENT = '''
"""A sum of draws."""
from dataclasses import dataclass
import numpy as np
from vizdl.experiments import base
from vizdl.experiments.base import Fact, Facts, setting

EQUATIONS = {"sum": "s = sum_k x_k"}

class Settings(base.Settings):
    """What may be changed."""
    draws: int = setting(4, "draws", low=1, high=9)
    seed: int = setting(0, "seed", low=0, high=99)

@dataclass(frozen=True)
class SumTrace(base.Trace):
    """Draws (N,)."""
    draws: np.ndarray

def run(settings):
    """Draw."""
    return SumTrace(settings, np.random.default_rng(settings.seed).random(settings.draws))

def facts(trace):
    """The sum."""
    return Facts(Fact("sum", "The draws sum to", float(trace.draws.sum()), "more than 0", True))
'''
SCENE = '''
"""The sum, told."""
from manim import UP, Circle, LEFT, RIGHT
from vizdl import style
from {package}.experiments import {name} as experiment
from vizdl.mobjects.story import Story, beat
from vizdl.mobjects.text import Number

class {klass}(Story):
    """The sum, told."""
    title = {title!r}
    experiment = experiment

    def construct(self):
        """Beats."""
        self.open("How much?")
        self.add_up()
        self.close("sum", say="That is all.")

    @beat
    def add_up(self):
        """Each draw."""
        self.say("Draw <by> draw & step.")
        total = Number(0.0, size=style.TITLE_SIZE)
        ball = Circle(0.5, color=style.POSITIVE.dark, fill_opacity=1).shift(3 * LEFT)
        self.add(total, ball)
        for draw in self.trace.draws:
            {fault}
            self.play(ball.animate.shift(6 * draw / len(self.trace.draws) * RIGHT), run_time=0.3)
            total.set_value(total.value + draw)
'''
STORIES = {"summing": "pass", "adding": "pass", "breaking": 'raise ValueError("the draw is lost")'}


@pytest.fixture
def stories(tmp_path, monkeypatch):
    """The folder of another package with three concepts; the scene of the third one raises."""
    package = tmp_path / "shortstories"
    for floor in ("experiments", "scenes"):
        (package / floor).mkdir(parents=True)
    lines = ["from vizdl.catalog import Concept", "CONCEPTS = ["]
    for order, (name, fault) in enumerate(STORIES.items()):
        (package / f"experiments/{name}.py").write_text(EXPERIMENT)
        (package / f"scenes/{name}.py").write_text(
            SCENE.format(
                package="shortstories",
                name=name,
                klass=name.title(),
                title=name.title(),
                fault=fault,
            )
        )
        lines.append(f"Concept({name!r}, {name.title()!r}, 9, {order}, 'A sum.', 'shortstories'),")
    (package / "__init__.py").write_text("\n".join([*lines, "]"]))
    info = tmp_path / "shortstories-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shortstories\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[vizdl.concepts]\nall = shortstories:CONCEPTS\n")
    monkeypatch.syspath_prepend(tmp_path)
    yield package
    for module in [name for name in sys.modules if name.partition(".")[0] == "shortstories"]:
        del sys.modules[module]


@dataclass(frozen=True)
class OneTrace(base.Trace):
    """One number."""

    numbers: np.ndarray


@pytest.fixture(scope="session")
def plain_experiment():
    """An experiment as small as can be, for stories that are written inside a test."""
    return SimpleNamespace(
        Settings=base.Settings,
        run=lambda settings: OneTrace(settings, np.ones(1)),
        facts=lambda trace: base.Facts(
            base.Fact("one", "One is", float(trace.numbers[0]), "exactly 1", True)
        ),
    )
