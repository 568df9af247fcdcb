"""Every command, as a user types it: what it prints, what it writes, how it ends."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from vizdl import catalog, cli
from vizdl.doctor import Check
from vizdl.render import plan
from vizdl.render.store import Store

NAMES = [concept.name for concept in catalog.concepts()]
NAME = "gradient_descent"
HEADS = {"svg": b"<?xml", "pdf": b"%PDF-", "png": b"\x89PNG\r\n", "html": b"<!doctype html>"}


def assert_misuse(ended, sentence, hint, code=2):
    """The exit code, one sentence, one hint, and nothing else."""
    got, out, err = ended
    assert got == code
    assert out == ""
    lines = err.splitlines()
    assert len(lines) == 2, err
    assert re.search(sentence, lines[0]), err
    assert lines[0].startswith("Error: ")
    assert re.search(hint, lines[1]), err
    assert lines[1].startswith("Hint: ")


# list


def test_list_shows_lectures_concepts_and_what_is_rendered(vizdl, tmp_path):
    (tmp_path / "videos").mkdir()
    (tmp_path / f"videos/{NAMES[1]}.mp4").touch()
    (tmp_path / f"videos/{NAMES[1]}.json").write_text('{"quality": "medium", "duration": 51.6}')
    (tmp_path / f"videos/{NAMES[2]}.json").write_text('{"quality": "medium", "duration": 51.6}')
    code, out, err = vizdl("list")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "Lecture 1: From a neuron to a trained network" in out
    assert f"videos/{NAMES[1]}.mp4, medium, 52 s" in lines[NAMES[1]]
    for name in (NAMES[0], NAMES[2], NAMES[3]):  # the third lost its video
        assert lines[name].endswith("all floors  not rendered")


def test_list_for_machines(vizdl):
    code, out, _ = vizdl("list", "--json")
    assert code == 0
    assert [row["name"] for row in json.loads(out)] == NAMES
    assert {row["lecture"] for row in json.loads(out)} == {1, 2}
    assert all(row["lacks"] == [] for row in json.loads(out))


@pytest.mark.parametrize("name", NAMES)
def test_list_a_concept_shows_its_settings(vizdl, name):
    controls = catalog.load(catalog.get(name).experiment).Settings.controls()
    code, out, _ = vizdl("list", name)
    assert code == 0
    assert out.startswith(catalog.get(name).title)
    for control in controls:
        assert f"{control.name} " in out
        assert control.allowed in out
    code, out, _ = vizdl("list", name, "--json")
    rows = json.loads(out)
    assert [row["name"] for row in rows] == [control.name for control in controls]
    assert all(row["choices"] or row["low"] < row["high"] for row in rows)


# plot


@pytest.mark.parametrize("ending", HEADS)
def test_plot_writes_each_kind_of_file(vizdl, tmp_path, ending):
    code, out, err = vizdl("plot", NAME, "-o", f"picture.{ending}")
    assert (code, out, err) == (0, f"picture.{ending}\n", "")
    assert (tmp_path / f"picture.{ending}").read_bytes().lower().startswith(HEADS[ending].lower())
    assert [path.name for path in tmp_path.iterdir()] == [f"picture.{ending}"]


def test_plot_without_a_file_writes_a_page_named_after_the_concept(vizdl, tmp_path):
    code, out, _ = vizdl("plot", NAME)
    assert (code, out) == (0, f"{NAME}.html\n")
    page = (tmp_path / f"{NAME}.html").read_text("utf-8")
    assert f"<title>{catalog.get(NAME).title}" in page
    assert "<script>" in page
    bare = re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)
    assert not re.search(r"https?:|\bsrc=|\bhref=", bare)


@pytest.mark.parametrize("name", NAMES)
def test_plot_json_is_the_figure_with_the_settings(vizdl, tmp_path, name):
    import plotly.io

    settings = catalog.load(catalog.get(name).experiment).Settings
    control = next(c for c in settings.controls() if c.name != "unit" and c.default != c.low)
    value = control.low if control.low is not None else control.choices[-1]
    value = int(value) if isinstance(control.default, int) else value
    code, _, err = vizdl("plot", name, "--set", f"{control.name}={value}", "-o", "changed.json")
    assert code == 0, err
    assert vizdl("plot", name, "-o", "default.json", "--theme", "dark")[0] == 0
    changed = plotly.io.read_json(tmp_path / "changed.json")
    default = plotly.io.read_json(tmp_path / "default.json")
    assert changed.to_dict()["data"] != default.to_dict()["data"]
    assert changed.layout.template.layout.font != default.layout.template.layout.font


def test_a_failing_write_leaves_nothing_half_written(vizdl, tmp_path, monkeypatch):
    (tmp_path / "old.svg").write_text("the old picture")
    load = catalog.load

    def fail(_figure, path):
        Path(path).write_bytes(b"half a pict")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(
        catalog, "load", lambda ref: fail if ref == "vizdl.stills.base:save" else load(ref)
    )
    for name in ("old.svg", "new.svg"):
        ended = vizdl("plot", NAME, "-o", name)
        assert_misuse(ended, "the disk is full", "--debug", code=1)
    assert [path.name for path in tmp_path.iterdir()] == ["old.svg"]
    assert (tmp_path / "old.svg").read_text() == "the old picture"


# embed and gallery


@pytest.mark.parametrize("kind", ["iframe", "div", "file"])
def test_embed_prints_what_to_paste_and_writes_its_files(vizdl, tmp_path, kind):
    code, out, err = vizdl("embed", NAME, "--as", kind, "-o", "page")
    assert (code, err) == (0, "")
    written = {str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()}
    assert written
    for reference in re.findall(r"""(?:src|href)=["']([^"']+)["']""", out):
        assert not reference.startswith(("http", "/", "file:"))
        assert any(path.endswith(reference.partition("#")[0]) for path in written), reference


def test_gallery_builds_one_concept_without_video(vizdl, tmp_path):
    code, out, err = vizdl("gallery", "build", NAME, "--without-video", "-o", "site")
    assert (code, err) == (0, "")
    assert "site" in out
    front = (tmp_path / "site/index.html").read_text("utf-8")
    assert catalog.get(NAME).title in front
    pages = [path for path in (tmp_path / "site").rglob("*.html") if NAME in str(path)]
    assert pages
    assert not list((tmp_path / "site").rglob("*.mp4"))


# doctor


def test_doctor_finds_what_is_here(vizdl):
    code, out, _ = vizdl("doctor")
    assert code == 0
    assert re.search(r"^ok +numpy: \d", out, re.MULTILINE)
    assert re.search(r"^ok +Python: 3\.\d+", out, re.MULTILINE)


def test_doctor_tells_what_is_missing_and_what_mends_it(vizdl, monkeypatch):
    lacking = [
        Check("numpy", "needed", False, True, "pip install 'numpy>=1.26'"),
        Check("manim", "for videos", False, False, "pip install 'vizdl[animate]'"),
    ]
    monkeypatch.setattr("vizdl.doctor.checks", lambda: iter(lacking))
    code, out, err = vizdl("doctor")
    assert code == 1
    assert "missing  numpy: needed\n         pip install 'numpy>=1.26'" in out
    assert "missing  manim: for videos\n         pip install 'vizdl[animate]'" in out
    assert "Error: 1 needed part is missing" in err


# Misuse


@pytest.mark.parametrize(
    ("words", "sentence", "hint"),
    [
        (["lits"], "No such command 'lits'", "vizdl --help"),
        (["list", "lstm_gate"], r"did you mean lstm_gates\?", "vizdl list"),
        (["plot"], "Missing argument", "vizdl plot --help"),
        (["plot", "zzz"], "no concept is named 'zzz'; there are: ", "vizdl list"),
        (["plot", NAME, "-o", "x.txt"], r"must end in .*, got 'x\.txt'", "vizdl plot --help"),
        (["plot", NAME, "--set", "bogus=1"], "unknown setting 'bogus'", f"vizdl list {NAME}"),
        (["plot", NAME, "--set", "steps"], "write NAME=VALUE, got 'steps'", "vizdl plot --help"),
        (["plot", NAME, "--set", "=1"], "write NAME=VALUE, got '=1'", "vizdl plot --help"),
        (["plot", NAME, "--set", "steps=nan"], "must be a whole number .* got 'nan'", "vizdl list"),
        (["plot", NAME, "--theme", "blue"], "'blue' is not one of", "vizdl plot --help"),
        (["embed", NAME, "--as", "fax"], "'fax' is not one of", "vizdl embed --help"),
        (["embed", "zzz"], "no concept is named 'zzz'", "vizdl list"),
        (["embed", NAME, "--set", "bogus=1"], "unknown setting 'bogus'", f"vizdl list {NAME}"),
        (["render"], "name one or more concepts, or give --all", "vizdl render --help"),
        (["render", "--all", NAME], "name one or more concepts, or", "vizdl render --help"),
        (["render", "zzz"], "no concept is named 'zzz'", "vizdl list"),
        (["render", NAME, "-q", "huge"], "'huge' is not one of", "vizdl render --help"),
        (["render", NAME, "--format", "avi"], "'avi' is not one of", "vizdl render --help"),
        (["render", NAME, "--jobs", "0"], "0 is not in the range", "vizdl render --help"),
        (["render", NAME, "--set", "steps=x"], "steps must be a whole number", "vizdl list"),
        (["render", NAME, "-o", __file__], "is a file", "vizdl render --help"),
        (["render", NAME, "--preset", "best"], "'best' is not one of", "vizdl render --help"),
        (["render", NAME, "--transparent"], "needs --format webm or png, got mp4", "--help"),
        (["render", NAME, "--why", "--set", "bogus=1"], "unknown setting 'bogus'", "vizdl list"),
        (["cache", "zzz"], "no concept is named 'zzz'", "vizdl list"),
        (["gallery", "build", "zzz"], "no concept is named 'zzz'", "vizdl list"),
        (["gallery", "build", "-o", __file__], "is a file", "vizdl gallery build --help"),
        (["gallery", "serve", "--port", "99999"], "99999 is not in the range", "--help"),
    ],
)
def test_misuse_is_one_sentence_and_a_hint(vizdl, tmp_path, words, sentence, hint):
    assert_misuse(vizdl(*words), sentence, hint)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["plot", NAME, "-o", "nowhere/x.json"], "there is no folder nowhere"),
        (["plot", NAME, "-o", "nowhere/x.html"], "there is no folder nowhere"),
        (["gallery", "serve", "nowhere"], "nowhere holds no site; build it: vizdl gallery build"),
    ],
)
def test_failure_is_one_sentence_and_a_hint(vizdl, tmp_path, words, sentence):
    assert_misuse(vizdl(*words), sentence, ".", code=1)
    assert list(tmp_path.iterdir()) == []


# render and cache, without drawing


def test_why_says_what_would_be_drawn_and_what_changed(vizdl, tmp_path):
    code, out, err = vizdl("render", NAME, "--why", "-q", "low")
    assert (code, err) == (0, "")
    assert out == f"{NAME}: would be drawn\n  there is no videos/{NAME}.json\n"
    (job,) = plan([NAME], out=Path("videos"), quality="low")
    job.out.mkdir()
    for path in job.files[:-1]:
        path.write_bytes(b"film")
    sizes = {path.name: 4 for path in job.files[:-1]}
    board = {"key": job.key, "sizes": sizes, "made_from": job.record}
    job.storyboard.write_text(json.dumps(board))
    assert vizdl("render", NAME, "--why", "-q", "low")[1] == f"{NAME}: unchanged\n"
    code, out, _ = vizdl("render", NAME, "--why", "-q", "high", "--set", "steps=7", "--json")
    said = json.loads(out)
    assert said["unchanged"] is False
    assert "the quality is high, was low" in said["why"]
    before = job.settings.steps
    assert f"the setting steps is 7, was {before}" in said["why"]
    old = {key: "other" for key in job.record["dependencies"] if key.startswith("style")}
    board["made_from"] = job.record | {"dependencies": job.record["dependencies"] | old}
    board["key"] = "another"
    job.storyboard.write_text(json.dumps(board))
    lines = vizdl("render", NAME, "--why", "-q", "low")[1].splitlines()
    assert lines[0] == f"{NAME}: would be drawn"
    assert len(lines) == len(old) + 1
    assert "  the style token INK changed" in lines
    board |= {"key": job.key, "made_from": job.record}
    job.storyboard.write_text(json.dumps(board))
    job.files[0].write_bytes(b"fil")  # cut short
    assert "is not the one that was made" in vizdl("render", NAME, "--why", "-q", "low")[1]
    job.files[0].unlink()
    assert f"  videos/{NAME}.mp4 is missing" in vizdl("render", NAME, "--why", "-q", "low")[1]


def test_the_cache_is_shown_and_cleared(vizdl, tmp_path, monkeypatch):
    monkeypatch.setenv("VIZDL_CACHE", str(tmp_path / "cache"))
    assert vizdl("cache") == (0, f"0.0 MB of at most 4000 MB in {tmp_path / 'cache'}\n", "")
    store = Store()
    for key, name in (("ab" * 32, NAMES[0]), ("cd" * 32, NAMES[1])):
        store.open(key, name)
        (tmp_path / "part.mp4").write_bytes(b"x" * 500_000)
        store.add(tmp_path / "part.mp4", key, 0, 30)
    out = vizdl("cache")[1].splitlines()
    assert [line.split()[0] for line in out[:2]] == [NAMES[1], NAMES[0]]
    assert out[2].startswith("1.0 MB of at most")
    assert vizdl("cache", NAMES[0], "--clear")[1] == "0.5 MB freed\n"
    assert [film["concept"] for film in json.loads(vizdl("cache", "--json")[1])] == [NAMES[1]]
    monkeypatch.setenv("VIZDL_CACHE_SIZE", "lots")
    assert_misuse(vizdl("cache"), "VIZDL_CACHE_SIZE must be a number of megabytes", ".", code=1)


@pytest.mark.parametrize("words", [[], ["gallery"]])
def test_a_command_that_asks_for_nothing_shows_its_help(vizdl, words):
    code, out, err = vizdl(*words)
    assert (code, err) == (2, "")
    assert out.startswith("Usage: vizdl")


def test_help_and_version(vizdl):
    for words in (["--help"], *([name, "--help"] for name in cli.cli.commands)):
        code, out, _ = vizdl(*words)
        assert code == 0
        assert "Usage: vizdl" in out
    assert vizdl("--version")[1] == "vizdl, version 0.1.0\n"


def test_debug_shows_the_traceback_and_nothing_else_does(vizdl):
    with pytest.raises(catalog.UnknownConcept):
        cli.main(["--debug", "plot", "zzz"])
    with pytest.raises(catalog.UnknownConcept):
        cli.main(["plot", "zzz", "--debug"])


def test_stopping_says_how_to_go_on(vizdl, monkeypatch):
    def stop(_name):
        raise KeyboardInterrupt

    monkeypatch.setattr(catalog, "get", stop)
    code, out, err = vizdl("plot", NAME)
    assert (code, out) == (130, "")
    assert err.strip() == "Stopped. The same command goes on where it stopped."


def test_the_console_script_and_the_module_are_the_same(tmp_path):
    outputs = [
        subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
        for command in (
            [Path(sys.executable).with_name("vizdl"), "list"],
            [sys.executable, "-m", "vizdl", "list"],
            [sys.executable, "-m", "vizdl.cli", "list"],
        )
    ]
    assert NAME in outputs[0]
    assert outputs[0] == outputs[1] == outputs[2]


# Without Manim (test_packaging does the same in a real environment)

WITHOUT_MANIM = """
import sys
sys.modules["manim"] = None  # so that importing it fails and looking for it finds nothing
from vizdl import cli
cli.main(sys.argv[1:])
"""


def without_manim(folder, *words):
    return subprocess.run(
        [sys.executable, "-c", WITHOUT_MANIM, *words],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_manim_everything_but_video_works(tmp_path):
    for words in (
        ["list"],
        ["list", NAME],
        ["plot", NAME, "-o", "x.json"],
        ["plot", NAME, "-o", "x.svg"],
        ["gallery", "build", NAME, "--without-video", "-o", "site"],
    ):
        done = without_manim(tmp_path, *words)
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "site/index.html").is_file()


@pytest.mark.parametrize("words", [["render", NAME], ["gallery", "build", NAME, "-o", "site"]])
def test_without_manim_video_says_what_to_install(tmp_path, words):
    done = without_manim(tmp_path, *words)
    assert done.returncode == 1
    sentence, hint = done.stderr.splitlines()
    assert sentence.startswith("Error: drawing video needs Manim: pip install 'vizdl[animate]'")
    assert hint == "Hint: vizdl doctor tells what is missing on this machine."
    assert list(tmp_path.iterdir()) == []


def test_a_command_computes_with_one_thread_as_the_workers_do(tmp_path):
    """What is trained ends elsewhere with two: a page would not say what its film says."""
    code = (
        "from vizdl.cli import main; main(['list']); import numpy\n"
        "from threadpoolctl import threadpool_info\n"
        "print('threads', [pool['num_threads'] for pool in threadpool_info()])"
    )
    many = os.environ | {"OPENBLAS_NUM_THREADS": "2", "OMP_NUM_THREADS": "2"}
    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, env=many, capture_output=True, text=True
    )
    assert ended.stdout.splitlines()[-1] == "threads [1]", ended.stderr
