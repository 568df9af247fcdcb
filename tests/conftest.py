"""What every floor's tests may use: settings for property tests, a browser, a small film,
short scenes of another package.

Property tests take the time the machine needs and try the same examples each run.
"""

import json
import os
import shutil
import sys
import tempfile

import pytest
from hypothesis import settings

settings.register_profile("vizdl", deadline=None, derandomize=True)
settings.load_profile("vizdl")

# Tests keep no film in the user's cache, and find none there.
os.environ["VIZDL_CACHE"] = tempfile.mkdtemp(prefix="vizdl-cache-")


def pytest_unconfigure():
    """Leave nothing behind."""
    shutil.rmtree(os.environ["VIZDL_CACHE"], ignore_errors=True)


CHROMIUM = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser():
    """Chromium, as it is installed on this machine."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=list(CHROMIUM)
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def make_film():
    """``make_film(folder, name)`` leaves what the render leaves, a film of six seconds."""
    return _make_film


def _make_film(folder, name):
    import av
    import numpy as np
    from matplotlib.figure import Figure

    with av.open(str(folder / f"{name}.mp4"), "w") as container:
        stream = container.add_stream("libx264", rate=15)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for k in range(90):
            picture = np.full((180, 320, 3), 20, np.uint8)
            picture[60:120, 3 * k : 3 * k + 40] = (47, 157, 245)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode())
    shutil.copyfile(folder / f"{name}.mp4", folder / f"{name}.thumb.mp4")
    Figure(figsize=(3.2, 1.8)).savefig(folder / f"{name}.jpg")
    cues = [(0.0, 2.0, "A part of a part."), (2.0, 6.0, "And then <nothing> & nothing else.")]
    lines = [f"00:00:0{a:.3f} --> 00:00:0{b:.3f}\n{_escaped(text)}\n" for a, b, text in cues]
    (folder / f"{name}.vtt").write_text("WEBVTT\n\n" + "\n".join(lines), "utf-8")
    board = {
        "title": "A film",
        "duration": 6.0,
        "poster": 1.0,
        "beats": [
            {"name": "First", "start": 0.0, "end": 3.0},
            {"name": "Second", "start": 3.0, "end": 6.0},
        ],
        "captions": [{"start": a, "end": b, "text": text} for a, b, text in cues],
        "rests": [1.0, 3.0, 6.0],
    }
    (folder / f"{name}.json").write_text(json.dumps(board), "utf-8")


def _escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;")


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


@pytest.fixture
def vizdl(tmp_path, monkeypatch, capfd):
    """Run a command in an empty folder: (exit code, what it printed, what it complained)."""
    from vizdl import cli

    monkeypatch.chdir(tmp_path)

    def run(*words):
        code = 0
        try:
            cli.main([str(word) for word in words])
        except SystemExit as end:
            code = end.code or 0
        printed = capfd.readouterr()
        return code, printed.out, printed.err

    return run
