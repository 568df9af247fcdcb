"""``plugins = vizdl`` in a manim.cfg gives a Manim user the parts."""

import os
import subprocess
import sys

import pytest

CONFIG = "[CLI]\nplugins = vizdl\n"
SCENE = """
import numpy as np
from manim import Scene
from vizdl.mobjects import SetValues, SignedMatrix

class Plain(Scene):
    def construct(self):
        matrix = SignedMatrix(np.array([[0.5, -1.0], [0.0, 0.25]]), cell=1.0, numbers=True)
        self.play(SetValues(matrix, [[-0.5, 1.0], [0.3, 0.0]]))
"""
USE = """
import manim
from manim.plugins import get_plugins
assert manim.config["plugins"] == ["vizdl"], manim.config["plugins"]
parts = get_plugins()["vizdl"]
print(parts.SignedMatrix.example().shape, issubclass(parts.Swarm, manim.VGroup))
"""


def run(folder, *command):
    environment = {**os.environ, "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_manim_loads_the_plugin_that_its_configuration_names(tmp_path):
    (tmp_path / "manim.cfg").write_text(CONFIG)
    output = run(tmp_path, "-c", USE)
    assert "(4, 6) True" in output
    assert "Missing Plugins" not in output


def test_a_plugin_that_is_not_there_is_missed(tmp_path):
    (tmp_path / "manim.cfg").write_text(CONFIG.replace("vizdl", "no_such_plugin"))
    assert "Missing Plugins" in run(tmp_path, "-c", "import manim")


def test_manim_lists_the_plugin(tmp_path):
    assert "vizdl" in run(tmp_path, "-m", "manim", "plugins", "-l")


@pytest.mark.slow
def test_plain_manim_renders_a_scene_with_parts(tmp_path):
    (tmp_path / "manim.cfg").write_text(CONFIG)
    (tmp_path / "plain.py").write_text(SCENE)
    run(tmp_path, "-m", "manim", "-ql", "--media_dir", str(tmp_path / "out"), "plain.py", "Plain")
    assert list((tmp_path / "out").rglob("Plain.mp4"))
