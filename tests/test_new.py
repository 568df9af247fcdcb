"""A concept of one's own: written whole or not at all, clean, true, known to every command."""

import ast
import errno
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from vizdl import api, catalog, new
from vizdl.gallery.concept import gather

NAME, TITLE = "falling_ball", 'A "ball" & <more>'
PACKAGE = f"vizdl_{NAME}"
FILES = {
    "README.md",
    "pyproject.toml",
    f"tests/test_{NAME}.py",
    f"{PACKAGE}/__init__.py",
    f"{PACKAGE}/experiments/{NAME}.py",
    f"{PACKAGE}/figures/{NAME}.py",
    f"{PACKAGE}/stills/{NAME}.py",
    f"{PACKAGE}/scenes/{NAME}.py",
    f"{PACKAGE}/gallery/pages/{NAME}.md",
}


def install(folder):
    """What pip leaves in a site-packages folder, from what pyproject.toml says."""
    project = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    )
    lines = [f"{k} = {v}\n" for k, v in project["entry-points"]["vizdl.concepts"].items()]
    (info / "entry_points.txt").write_text("[vizdl.concepts]\n" + "".join(lines))


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """The folder of a new concept that this process finds."""
    new.write(NAME, tmp_path / NAME, title=TITLE)
    install(tmp_path / NAME)
    monkeypatch.syspath_prepend(tmp_path / NAME)
    yield tmp_path / NAME
    for module in [name for name in sys.modules if name.partition(".")[0] == PACKAGE]:
        del sys.modules[module]


# What is written


def test_the_command_writes_every_floor_and_says_what_comes_next(vizdl, tmp_path):
    code, out, err = vizdl("new", NAME)
    assert (code, err) == (0, "")
    files, _, after = out.partition("\n\n")
    assert set(files.splitlines()) == {f"{NAME}/{path}" for path in FILES}
    assert {p.relative_to(tmp_path / NAME).as_posix() for p in tmp_path.rglob("*.*")} == FILES
    commands = [line.strip() for line in after.splitlines() if line.startswith("  ")]
    assert commands == [
        f"pip install -e {NAME}",
        f"vizdl plot {NAME}",
        f"vizdl render {NAME} -q low",
    ]
    assert [path.name for path in tmp_path.iterdir()] == [NAME]
    assert (tmp_path / NAME).stat().st_mode & 0o777 == 0o777 & ~umask()


def umask():
    now = os.umask(0)
    os.umask(now)
    return now


def test_an_empty_folder_is_filled_even_if_one_stands_in_it(vizdl, tmp_path):
    assert vizdl("new", NAME, "-o", ".")[0] == 0
    assert Path("pyproject.toml").is_file()
    assert Path(f"{PACKAGE}/scenes/{NAME}.py").is_file()


@pytest.mark.parametrize(
    ("name", "title"),
    [(NAME, TITLE), ("x", "It's"), ("a" + "_b2" * 7 + "_b", "both ' and \""), ("style", "")],
)
def test_what_is_written_is_clean(name, title, tmp_path):
    written = new.write(name, tmp_path / "out", title=title)
    for path in written:
        assert "<<" not in path.read_text("utf-8")
        assert ">>" not in path.read_text("utf-8")
    for words in (["check"], ["format", "--check"]):
        done = subprocess.run(
            [sys.executable, "-m", "ruff", *words, "--no-cache", "."],
            cwd=tmp_path / "out",
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout


def concept_in(folder):
    names = {}
    exec(next(folder.glob("vizdl_*/__init__.py")).read_text("utf-8"), names)
    return names["CONCEPT"]


@given(st.text(max_size=new.LONGEST_TITLE).filter(str.isprintable))
def test_any_title_of_one_line_is_kept(title):
    assert ast.literal_eval(new._quoted(title)) == title
    (shown,) = MarkdownIt("commonmark").parseInline(new._escaped(title))
    assert "".join(part.content for part in shown.children) == title.strip(" ")


@pytest.mark.parametrize("lecture", [None, 1, 7])
def test_it_stands_after_the_last_of_its_lecture(lecture, tmp_path):
    new.write(NAME, tmp_path / NAME, lecture=lecture)
    mine = concept_in(tmp_path / NAME)
    assert mine.lecture == (lecture or max(catalog.LECTURES) + 1)
    others = [c.order for c in catalog.concepts() if c.lecture == mine.lecture]
    assert mine.order == max(others, default=0) + 1


# What is refused


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["Ball"], r"NAME must be .*, such as step_size; got 'Ball'"),
        (["a__b"], "NAME must be"),
        (["ball-game"], "NAME must be"),
        (["lambda"], "NAME must be"),
        (["x" * 25], "NAME must be at most 24 "),
        (["perceptron"], "the catalog has a concept 'perceptron' already"),
        (["json"], "a library is called 'json'"),
        (["autograd"], "a library is called 'autograd'"),
        (["manim"], "a library is called 'manim'"),
        (["fade_in"], "the scene would be called FadeIn like a part that it uses"),
        ([NAME, "--title", "one\ntwo"], "the title must be one line of at most 36 letters"),
        ([NAME, "--title", "x" * 37], "the title must be one line of at most 36 letters"),
        ([NAME, "--lecture", "0"], "'--lecture'"),
        ([NAME, "-o", "full"], "the folder full is not empty"),
        ([NAME, "-o", "full/file"], r"full/file is a file; give a folder"),
        ([NAME, "-o", "nowhere/out"], "there is no folder nowhere"),
    ],
)
def test_misuse_is_one_sentence_and_nothing_is_written(vizdl, tmp_path, words, sentence):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/file").touch()
    code, out, err = vizdl("new", *words)
    assert (code, out) == (2, "")
    lines = err.splitlines()
    assert len(lines) == 2
    assert re.match(f"Error: .*{sentence}", lines[0]), err
    assert lines[1] == "Hint: vizdl new --help shows how it is used."
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["file", "full"]


@pytest.mark.parametrize("empty", [False, True])
def test_what_cannot_be_written_whole_is_not_there_at_all(tmp_path, monkeypatch, empty):
    if empty:
        (tmp_path / NAME).mkdir()
    before = sorted(tmp_path.rglob("*"))
    write, written = Path.write_text, []

    def fill_up(path, *arguments):
        if len(written) == 4:
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        written.append(path)
        return write(path, *arguments)

    monkeypatch.setattr(Path, "write_text", fill_up)
    with pytest.raises(OSError, match="No space left"):
        new.write(NAME, tmp_path / NAME)
    assert len(written) == 4
    assert sorted(tmp_path.rglob("*")) == before


# What it does once it is installed


def test_it_is_in_the_catalog_on_all_floors(installed):
    mine = catalog.get(NAME)
    assert (mine.title, mine.package, mine.lecture) == (TITLE, PACKAGE, 3)
    assert catalog.lacking(mine) == ()
    assert catalog.page_file(mine) == installed / f"{PACKAGE}/gallery/pages/{NAME}.md"
    with pytest.raises(new.Refused, match=f"has a concept '{NAME}' already"):
        new.write(NAME, installed.parent / "again")


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0, 1.9])
def test_its_facts_hold_and_its_pictures_draw(installed, rate):
    facts = api.facts(NAME, learning_rate=rate)
    assert facts["share"].value == pytest.approx(abs(1 - rate))
    assert all(fact.holds for fact in facts.values())
    figure = api.figure(NAME, learning_rate=rate)
    assert len(figure.frames) == len(api.run(NAME, learning_rate=rate).losses) == 31
    assert len(api.still(NAME, learning_rate=rate).axes) == 2


def test_its_page_is_filled_in_and_its_figure_is_live(installed):
    page = gather(catalog.get(NAME))
    measured = page.prose.sections["What was measured"]
    assert page.facts["share"].text in measured
    assert page.source.startswith('"""Gradient descent on a parabola')
    assert page.source_name == f"{PACKAGE}/experiments/{NAME}.py"
    page.playing.allows({"learning_rate": "1.9", "step": "3"})
    assert page.playing.programs


@pytest.mark.slow
def test_every_command_knows_it(installed):
    def run(*words):
        done = subprocess.run(
            [sys.executable, *words],
            cwd=installed,
            env=os.environ | {"PYTHONPATH": str(installed)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    listed = run("-m", "vizdl", "list")
    assert re.search(rf"\n  {NAME} +{re.escape(TITLE)} +all floors  not rendered", listed)
    run("-m", "vizdl", "plot", NAME, "-o", "ball.html")
    assert (installed / "ball.html").stat().st_size > 100_000
    run("-m", "vizdl", "embed", NAME, "--as", "div", "-o", "embedded")
    assert " passed" in run(
        "-m", "pytest", "-p", "no:cacheprovider"
    )  # its own tests lint the scene
    run("-m", "vizdl", "gallery", "build", NAME, "-q", "low", "-o", "site", "--videos", "videos")
    assert (installed / f"site/videos/{NAME}.mp4").stat().st_size > 50_000
    assert "all floors  videos/" in run("-m", "vizdl", "list")
