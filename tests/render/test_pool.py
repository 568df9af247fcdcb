"""Jobs: done once, redone when something changed, alone in their failures, whole or not there."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import av
import numpy as np
import pytest
from PIL import Image

from vizdl import cli
from vizdl.experiments.base import SettingsError
from vizdl.render import render
from vizdl.render.job import sweep

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("short stories")]


def frames(path):
    """A digest of the decoded pictures of a video, and how many there are."""
    digest, count = hashlib.sha256(), 0
    with av.open(path) as video:
        for frame in video.decode(video=0):
            digest.update(frame.to_ndarray(format="rgb24").tobytes())
            count += 1
    return digest.hexdigest(), count


def changed(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.iterdir()}


def test_the_same_frames_for_one_and_two_workers_and_all_files(stories, tmp_path):
    told = []
    for workers in (1, 2):
        results = render(
            ["summing", "adding"],
            out=tmp_path / str(workers),
            quality="low",
            workers=workers,
            progress=lambda *line: told.append(line),
        )
        assert [result.error for result in results] == [None, None]
        assert all(result.was_drawn for result in results)
    for name in ("summing", "adding"):
        one, two = (frames(tmp_path / f"{workers}/{name}.mp4") for workers in (1, 2))
        assert one == two
        assert one[1] > 60
    assert {name for name, _, _ in told} == {"summing", "adding"}
    assert all(0 <= now <= total for _, now, total in told)
    expected = {f"{name}{end}" for name in ("summing", "adding")
                for end in (".mp4", ".vtt", ".jpg", ".thumb.mp4", ".json")}  # fmt: skip
    assert set(changed(tmp_path / "2")) == expected
    board = json.loads((tmp_path / "1/summing.json").read_text("utf-8"))
    assert [beat["name"] for beat in board["beats"]] == ["Add up"]
    assert "Draw &lt;by&gt; draw &amp; step." in (tmp_path / "1/summing.vtt").read_text("utf-8")


def test_a_job_is_done_once_and_again_only_when_something_changed(stories, tmp_path):
    out = tmp_path / "videos"

    def draw(**options):
        return render(["summing"], out=out, **({"quality": "low", "format": "png"} | options))[0]

    assert draw().was_drawn
    before = changed(out)
    again = draw()
    assert not again.was_drawn
    assert again.error is None
    assert changed(out) == before
    assert draw(settings={"seed": "3"}).was_drawn
    assert draw(settings={"seed": 3}).was_drawn is False
    assert draw().was_drawn  # back to the defaults
    assert draw(quality="medium").was_drawn
    for file in ("scenes", "experiments"):
        source = stories / f"{file}/summing.py"
        source.write_text(source.read_text() + "\n# changed\n")
        assert draw(quality="medium").was_drawn
    (stories / "scenes/adding.py").write_text("# another scene's file\n")
    assert not draw(quality="medium").was_drawn
    (out / "summing.png").unlink()
    assert draw(quality="medium").was_drawn
    (out / "summing.json").write_text("{")
    assert draw(quality="medium").was_drawn


def test_a_picture_is_the_poster_at_the_size_of_its_quality(stories, tmp_path):
    for quality, size in (("low", (854, 480)), ("high", (1920, 1080))):
        out = tmp_path / quality
        render(["summing"], out=out, quality=quality, format="png")
        with Image.open(out / "summing.png") as picture:
            assert picture.size == size
            assert np.asarray(picture.convert("L")).std() > 5


@pytest.mark.parametrize("format_", ["webm", "gif"])
def test_other_formats(stories, tmp_path, format_):
    result = render(["summing"], out=tmp_path / "videos", quality="low", format=format_)[0]
    assert result.error is None
    with av.open(tmp_path / f"videos/summing.{format_}") as video:
        stream = video.streams.video[0]
        assert (stream.width, stream.height) == (854, 480)
        assert sum(1 for _ in video.decode(video=0)) == pytest.approx(15 * result.seconds, abs=3)
    assert (tmp_path / "videos/summing.vtt").is_file()


def test_a_scene_that_raises_leaves_the_others_alone(stories, tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    words = ["render", "breaking", "summing", "-q", "low", "--format", "png", "-o", "videos"]
    with pytest.raises(SystemExit) as end:
        cli.main(words)
    assert end.value.code == 1
    told = capfd.readouterr()
    assert "breaking: ValueError: the draw is lost" in told.err
    assert "Error: 1 of 2 scenes failed" in told.err
    assert "Traceback" not in told.err
    assert "videos/summing.png" in told.out
    assert set(changed(tmp_path / "videos")) == {"summing.png", "summing.json"}


def test_debug_shows_where_a_scene_failed(stories, tmp_path):
    words = ["--debug", "render", "breaking", "-q", "low", "--format", "png", "-o", "videos"]
    done = subprocess.run(
        [sys.executable, "-m", "vizdl", *words],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "scenes/breaking.py" in done.stderr
    assert "the draw is lost" in done.stderr


def test_what_is_wrong_is_told_before_anything_is_drawn(stories, tmp_path):
    with pytest.raises(SettingsError, match="draws must be a whole number from 1 to 9, got 10"):
        render(["summing", "adding"], out=tmp_path / "videos", settings={"draws": 10})
    assert not (tmp_path / "videos").exists()


def test_a_killed_render_leaves_nothing_broken_and_goes_on(stories, tmp_path):
    out = tmp_path / "videos"
    running = subprocess.Popen(
        [sys.executable, "-m", "vizdl", "render", "summing", "adding", "-q", "high", "--jobs", "2"],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert running.stderr is not None
    assert "drawn" in running.stderr.readline()  # both have begun, or are about to
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    time.sleep(0.2)
    left = {path.name for path in out.iterdir()}
    assert left
    assert all(name.startswith(".") for name in left), "half a file stands in its place"
    results = render(["summing", "adding"], out=out, quality="low", format="png")
    assert all(result.was_drawn for result in results)
    names = {f"{name}.{end}" for name in ("summing", "adding") for end in ("png", "json")}
    assert set(changed(out)) == names


def test_the_manim_command_draws_a_scene_file_by_itself(stories, tmp_path):
    manim = shutil.which("manim", path=os.path.dirname(sys.executable))
    done = subprocess.run(
        [manim, "-ql", "-s", "--media_dir", "media", str(stories / "scenes/summing.py")],
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert list((tmp_path / "media").rglob("Summing*.png"))


def test_what_a_killed_render_left_is_swept_and_a_living_one_keeps_its_folder(tmp_path):
    zombie = subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE)
    assert zombie.stdout is not None
    zombie.stdout.read()  # it has ended, and nobody has waited for it yet
    time.sleep(0.2)
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    dead = tmp_path / f".summing-{process.pid}-abc"
    ended = tmp_path / f".summing-{zombie.pid}-abc"
    alive = tmp_path / f".adding-{os.getpid()}-def"
    other = tmp_path / ".not-a-render"
    for folder in (dead, ended, alive, other):
        folder.mkdir()
    sweep(tmp_path)
    zombie.wait()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, other.name])
