"""Every command and every block of Python in the README is run as a new user would."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import vizdl

CHECKOUT = Path(vizdl.__file__).parents[1]
README = (CHECKOUT / "README.md").read_text("utf-8")

# What is not run here, and where it is run instead.
ELSEWHERE = {
    "make gallery": "its recipe is `vizdl gallery build`, which tests/gallery and tests/pages run",
    "make test": "this very run",
    "pip install vizdl": "tests/test_packaging.py, from the wheel",
    "pip install 'vizdl[animate]'": "tests/test_packaging.py, from the wheel",
    "vizdl gallery serve": "tests/gallery/test_serve.py, since it serves until it is stopped",
}


def blocks(*languages):
    fence = rf"^```({'|'.join(languages)})\n(.*?)^```$"
    return [body for _, body in re.findall(fence, README, re.MULTILINE | re.DOTALL)]


def commands():
    lines = [line for body in blocks("console", "sh", "bash") for line in body.splitlines()]
    return [line.removeprefix("$ ").strip() for line in lines if line.strip()]


def parameters():
    for command in commands():
        if command in ELSEWHERE:
            continue
        slow = command.startswith(("vizdl render", "vizdl gallery"))
        marks = [pytest.mark.slow, pytest.mark.xdist_group(command)] if slow else []
        yield pytest.param(command, marks=marks)


def run(command, folder):
    programs = str(Path(sys.executable).parent)
    return subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"PATH": programs + os.pathsep + os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_readme_has_what_is_tried_here():
    assert len(commands()) >= 8
    assert len(blocks("python")) >= 2
    assert {"make gallery", "make test"} <= set(commands())
    assert all(how.strip() for how in ELSEWHERE.values())


@pytest.mark.parametrize("command", list(parameters()))
def test_a_command_does_what_it_says(command, tmp_path):
    words = shlex.split(command)
    assert words[0] in ("vizdl", "python"), f"{command!r} is tried nowhere"
    done = run(words, tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()
    if "-o" in words:
        out = tmp_path / words[words.index("-o") + 1]
        assert out.stat().st_size > 0
        assert out.is_file() or any(out.iterdir())
    elif words[:2] == ["vizdl", "new"]:
        assert all((tmp_path / line).is_file() for line in done.stdout.split("\n\n")[0].split())
    elif words[:2] == ["vizdl", "render"] and "--why" not in words:
        assert {path.suffix for path in (tmp_path / "videos").iterdir()} >= {".json"}


@pytest.mark.parametrize("code", blocks("python"), ids=lambda code: code.split("\n")[0])
def test_a_block_of_python_runs(code, tmp_path):
    done = run([sys.executable, "-c", code], tmp_path)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip(), "a block prints something that the reader can see"


def test_pictures_and_links_lead_somewhere():
    targets = re.findall(r"\]\(([^)#]+)\)", README)
    assert targets
    for target in targets:
        if not target.startswith(("http:", "https:")):
            assert (CHECKOUT / target).is_file(), target
