"""The wheel, installed into an empty environment outside the checkout, first without Manim."""

import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import av
import pytest

import vizdl
from vizdl import catalog

CHECKOUT = Path(vizdl.__file__).parents[1]
NAMES = [concept.name for concept in catalog.concepts()]
PIP = ("-m", "pip", "--quiet", "--disable-pip-version-check", "install", "--no-compile")

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("packaging")]


def run(*command, cwd, code=0, **more):
    clean = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    done = subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=clean | more,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the source distribution as an index would hold it."""
    out = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--outdir", out, CHECKOUT, cwd=out)
    (made,) = out.glob("*.whl")
    return made


class Environment:
    """A virtual environment of its own, and an empty folder to work in."""

    def __init__(self, folder):
        run(sys.executable, "-m", "venv", folder / "env", cwd=folder)
        self.bin = folder / "env/bin"
        self.cwd = folder / "work"
        self.cwd.mkdir()

    def install(self, what):
        run(self.bin / "python", *PIP, what, cwd=self.cwd)

    def vizdl(self, *words, code=0, **more):
        return run(self.bin / "vizdl", *words, cwd=self.cwd, code=code, **more)

    def python(self, code):
        return run(self.bin / "python", "-c", code, cwd=self.cwd).stdout.strip()


@pytest.fixture(scope="module")
def bare(wheel, tmp_path_factory):
    """The wheel without extras."""
    made = Environment(tmp_path_factory.mktemp("bare"))
    made.install(wheel)
    return made


@pytest.fixture(scope="module")
def animated(wheel, tmp_path_factory):
    """The wheel with the extra for videos."""
    made = Environment(tmp_path_factory.mktemp("animated"))
    made.install(f"{wheel}[animate]")
    return made


def test_the_wheel_holds_every_floor_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    for name in NAMES:
        for floor in ("experiments", "figures", "stills", "scenes"):
            assert f"vizdl/{floor}/{name}.py" in names
        assert f"vizdl/gallery/pages/{name}.md" in names
    assert "vizdl/gallery/site.toml" in names
    assert "vizdl/py.typed" in names
    for path in (CHECKOUT / "vizdl").rglob("*"):
        if path.suffix in (".js", ".css", ".html", ".jinja", ".svg"):
            assert str(path.relative_to(CHECKOUT)) in names
    tops = {name.partition("/")[0] for name in names}
    assert tops == {"vizdl", f"vizdl-{vizdl.__version__}.dist-info"}
    assert not [name for name in names if name.endswith((".pyc", ".mp4", ".min.js"))]
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_without_extras_there_is_no_manim_and_all_else_works(bare):
    found = bare.python(
        "import importlib.util, vizdl; print(vizdl.__file__, importlib.util.find_spec('manim'))"
    )
    assert found.startswith(str(bare.bin.parent))
    assert found.endswith(" None")
    listed = json.loads(bare.vizdl("list", "--json").stdout)
    assert [row["name"] for row in listed] == NAMES
    for ending in ("html", "svg"):
        bare.vizdl("plot", NAMES[0], "-o", f"{NAMES[0]}.{ending}")
        assert (bare.cwd / f"{NAMES[0]}.{ending}").stat().st_size > 5000
    bare.vizdl("embed", NAMES[0], "--as", "div", "-o", "embedded")
    frames = f"import vizdl; print(*[len(vizdl.figure(name).frames) for name in {NAMES}])"
    assert all(int(count) > 1 for count in bare.python(frames).split())


def test_without_extras_video_says_what_to_install(bare):
    for words in (["render", NAMES[0]], ["gallery", "build"]):
        error = bare.vizdl(*words, code=1).stderr
        assert error.startswith("Error: drawing video needs Manim: pip install 'vizdl[animate]'")
    told = bare.vizdl("doctor").stdout
    assert re.search(r"missing  manim: .*\n +pip install 'vizdl\[animate\]'", told)


def test_the_gallery_is_built_from_the_wheel(bare):
    bare.vizdl("gallery", "build", "--without-video", "-o", "site")
    front = (bare.cwd / "site/index.html").read_text("utf-8")
    for name in NAMES:
        assert catalog.get(name).title in front
        assert (bare.cwd / f"site/{name}.html").is_file()


def test_a_new_concept_is_installed_beside_the_wheel(bare):
    bare.vizdl("new", "own_concept")
    run(bare.bin / "python", *PIP, "--editable", "own_concept", cwd=bare.cwd)
    try:
        rows = {row["name"]: row for row in json.loads(bare.vizdl("list", "--json").stdout)}
        assert rows["own_concept"]["lacks"] == []
        bare.vizdl("gallery", "build", "own_concept", "--without-video", "-o", "own_site")
        assert (bare.cwd / "own_site/own_concept.html").is_file()
    finally:
        run(bare.bin / "python", "-m", "pip", "uninstall", "-y", "vizdl-own-concept", cwd=bare.cwd)


def test_with_the_extra_a_scene_of_the_wheel_is_drawn(animated):
    drawn = animated.vizdl("render", NAMES[0], "-q", "low", "--format", "png", "-o", "videos")
    assert f"videos/{NAMES[0]}.png" in drawn.stdout
    assert (animated.cwd / f"videos/{NAMES[0]}.png").stat().st_size > 5000
    where = f"import vizdl.scenes.{NAMES[0]} as scene; print(scene.__file__)"
    assert animated.python(where).startswith(str(animated.bin.parent))
    assert "ok       manim" in animated.vizdl("doctor").stdout


def test_with_the_extra_a_video_is_drawn(animated, stories):
    elsewhere = str(stories.parent)  # a package with a short scene
    animated.vizdl("render", "summing", "-q", "low", "-o", "videos", PYTHONPATH=elsewhere)
    with av.open(animated.cwd / "videos/summing.mp4") as video:
        assert sum(1 for _ in video.decode(video=0)) > 60
    assert (animated.cwd / "videos/summing.vtt").read_text("utf-8").startswith("WEBVTT")


def test_parts_are_a_plugin_of_manim(animated):
    listed = run(animated.bin / "manim", "plugins", "-l", cwd=animated.cwd).stdout
    assert "vizdl" in listed


def test_an_editable_install_is_the_checkout_itself():
    scene = catalog.load(f"vizdl.scenes.{NAMES[0]}")
    assert Path(scene.__file__) == CHECKOUT / f"scenes/{NAMES[0]}.py"
    assert (CHECKOUT / "pyproject.toml").is_file()
