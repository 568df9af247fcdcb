"""Jobs: done once, redone when something changed, alone in their failures, whole or not there."""

import hashlib
import json
import os
import shutil
import subprocess
import sys

import av
import numpy as np
import pytest
from PIL import Image

from vizdl import cli
from vizdl.experiments.base import SettingsError
from vizdl.render import render

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


def test_the_same_frames_for_one_and_two_workers_and_all_files(stories, tmp_path, monkeypatch):
    told = []
    for workers in (1, 2):
        monkeypatch.setenv("VIZDL_CACHE", str(tmp_path / f"cache {workers}"))
        results = render(
            ["summing", "adding"],
            out=tmp_path / str(workers),
            quality="low",
            workers=workers,
            tell=told.append,
        )
        assert [result.error for result in results] == [None, None]
        assert all(result.was_drawn for result in results)
    for name in ("summing", "adding"):
        one, two = (frames(tmp_path / f"{workers}/{name}.mp4") for workers in (1, 2))
        assert one == two
        assert one[1] > 60
    assert {report.name for report in told} == {"summing", "adding"}
    for report in told:
        assert report.total is None or 0 <= report.frames <= report.total
        assert 0 <= report.share <= 1
    assert [report.state for report in told if report.name == "adding"][-1] == "drawn"
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
        source.write_text(source.read_text() + "\n# a comment changes no frame\n")
        assert not draw(quality="medium").was_drawn
        source.write_text(source.read_text() + "\nMORE = 1\n")
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


def test_a_transparent_film_and_picture_have_no_background(stories, tmp_path):
    out = tmp_path / "videos"
    choices = {"out": out, "quality": "low", "preset": "draft"}
    for format_ in ("png", "webm"):
        (result,) = render(["summing"], format=format_, transparent=True, **choices)
        assert result.error is None, result.error
    with Image.open(out / "summing.png") as picture:
        assert picture.mode == "RGBA"
        values = np.asarray(picture)
    alpha = values[..., 3]
    assert (alpha[0, 0], alpha.max()) == (0, 255)
    render(["summing"], format="png", **(choices | {"out": tmp_path / "opaque"}))
    with Image.open(tmp_path / "opaque/summing.png") as picture:
        opaque = np.asarray(picture.convert("RGB")).astype(float)
    share = alpha[..., None] / 255  # laid on the background it is the opaque picture
    laid = share * values[..., :3] + (1 - share) * opaque[0, 0]
    assert np.abs(laid - opaque).max() < 4
    with av.open(out / "summing.webm") as film:
        decoder = av.CodecContext.create("libvpx-vp9", "r")
        decoder.extradata = film.streams.video[0].codec_context.extradata
        packets = list(film.demux(video=0))
        frames_ = [frame for packet in packets if packet.size for frame in decoder.decode(packet)]
    seen = frames_[len(frames_) // 2].to_ndarray(format="rgba")
    assert (seen[..., 3] == 0).mean() > 0.5
    assert (seen[..., 3] > 200).any()
    with Image.open(out / "summing.jpg") as poster:
        assert np.asarray(poster)[0, 0].max() < 60  # the poster stands on the dark background


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
    line = next(
        number
        for number, text in enumerate((stories / "scenes/breaking.py").read_text().split("\n"), 1)
        if "the draw is lost" in text
    )
    assert (
        f"breaking: line {line} of breaking.py, in the beat 'Add up': ValueError: the draw is lost"
    ) in told.err
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
