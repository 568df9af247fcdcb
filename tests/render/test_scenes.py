"""Every scene of the course: well laid out, drawn whole, its files right."""

import functools
import json
import os
import shutil
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

import vizdl
from vizdl import catalog, style
from vizdl.experiments.base import SettingsError
from vizdl.render import render
from vizdl.render.lint import lint

CHECKOUT = Path(vizdl.__file__).parents[1]
LAYOUT = {"outside", "overlap", "small", "contrast", "reading"}  # for any settings


def each(*names):
    """One parameter a concept; what shares a group shares a worker and so its videos."""
    return [pytest.param(name, marks=pytest.mark.xdist_group(f"scene {name}")) for name in names]


NAMES = each(*(concept.name for concept in catalog.concepts()))
pytestmark = pytest.mark.slow


@pytest.fixture(scope="session")
def video(tmp_path_factory):
    """``video(name)`` draws a scene once a session at low quality: the folder of its files."""
    out = tmp_path_factory.mktemp("videos")

    @functools.cache
    def drawn(name):
        (result,) = render([name], out=out, quality="low", workers=1)
        assert result.error is None, result.error
        return out

    return drawn


def board_of(folder, name):
    return json.loads((folder / f"{name}.json").read_text("utf-8"))


def settings_at(name, end):
    """The concept's settings with every control at its low or high end, as far as allowed."""
    model = catalog.load(catalog.get(name).experiment).Settings
    values = {}
    for control in model.controls():
        if control.name == "seed":
            continue
        if control.choices:
            value = control.choices[0 if end == "low" else -1]
        else:
            bound = control.low if end == "low" else control.high
            value = int(bound) if isinstance(control.default, int) else bound
        try:
            model.parse(values | {control.name: value})
        except SettingsError:  # a rule across fields
            continue
        values[control.name] = value
    return model.parse(values)


@pytest.mark.parametrize("name", NAMES)
def test_a_scene_passes_the_linter(name):
    findings = lint(catalog.load(catalog.get(name).scene))
    assert not findings, "\n".join(map(str, findings))


@pytest.mark.parametrize("end", ["low", "high"])
@pytest.mark.parametrize("name", NAMES)
def test_a_scene_is_well_laid_out_at_the_ends_of_its_settings(name, end):
    scene = catalog.load(catalog.get(name).scene).with_settings(settings_at(name, end))
    findings = [finding for finding in lint(scene) if finding.rule in LAYOUT]
    assert not findings, "\n".join(map(str, findings))


@pytest.mark.parametrize("name", NAMES)
def test_a_video_is_what_its_storyboard_says(name, video):
    folder, board = video(name), board_of(video(name), name)
    with av.open(folder / f"{name}.mp4") as film:
        stream = film.streams.video[0]
        assert (stream.width, stream.height) == (854, 480)
        assert float(stream.average_rate) == pytest.approx(15, rel=1e-3)
        assert stream.codec_context.name == "h264"
        assert stream.codec_context.pix_fmt == "yuv420p"
        levels = [frame.to_ndarray(format="gray") for frame in film.decode(video=0)]
    assert len(levels) / 15 == pytest.approx(board["duration"], abs=1.5 / 15)
    assert 30 <= board["duration"] <= 75
    # It begins as it ends: on the dark background, and in between there is ink at all times.
    luma = np.array([0.2126, 0.7152, 0.0722])  # of BT.709, as the film is tagged
    background = 255 * style.rgb(style.BACKGROUND.dark) @ luma
    assert levels[0].mean() == pytest.approx(background, abs=8)
    ink = np.array([(level > 90).mean() for level in levels])
    assert (ink[15:-1] > 0.0005).all()
    assert ink.max() > 0.01
    # Nothing stands still for long: a lecturer speaks over what moves.
    moves = np.array([np.abs(b.astype(int) - a).max() > 24
                      for a, b in pairwise(levels)])  # fmt: skip
    stills = np.diff(np.flatnonzero(np.concatenate([[True], moves, [True]])))
    assert stills.max() / 15 < 10, "nothing moves for more than ten seconds"


@pytest.mark.parametrize("name", NAMES)
def test_captions_cover_the_beats_and_can_be_read(name, video):
    board = board_of(video(name), name)
    captions, beats = board["captions"], board["beats"]
    assert 3 <= len(beats) <= 6
    assert len(captions) >= len(beats) + 2
    assert board["title"] == catalog.get(name).title
    for before, after in pairwise(captions):
        assert before["end"] <= after["start"] + 1e-9
    for before, after in pairwise(beats):
        assert before["end"] <= after["start"] + 1e-9
    for cue in captions:
        assert len(cue["text"]) <= style.READING_SPEED * (cue["end"] - cue["start"]) + 0.01
    for beat in beats:
        spoken = sum(
            max(0.0, min(beat["end"], cue["end"]) - max(beat["start"], cue["start"]))
            for cue in captions
        )
        assert spoken > 0.6 * (beat["end"] - beat["start"]), f"{beat['name']} is silent"
    assert board["captions"][-1]["end"] <= board["duration"] + 1e-9
    assert board["rests"] == sorted(board["rests"])
    assert board["rests"][-1] == pytest.approx(board["duration"], abs=0.1)
    assert {round(beat["end"], 3) for beat in beats} <= {round(rest, 3) for rest in board["rests"]}
    track = (video(name) / f"{name}.vtt").read_text("utf-8")
    assert track.startswith("WEBVTT\n\n")
    assert track.count(" --> ") == len(captions)


@pytest.mark.parametrize("name", NAMES)
def test_poster_and_thumbnail_show_something(name, video):
    folder, board = video(name), board_of(video(name), name)
    with Image.open(folder / f"{name}.jpg") as poster:
        assert poster.size == (854, 480)
        grey = np.asarray(poster.convert("L"))
    assert (grey > 90).mean() > 0.005
    assert 0 < board["poster"] <= board["duration"]
    with av.open(folder / f"{name}.thumb.mp4") as loop:
        frames = [frame.to_ndarray(format="gray") for frame in loop.decode(video=0)]
        assert not loop.streams.audio
    assert frames[0].shape == (270, 480)
    assert 4 * 15 <= len(frames) <= 6 * 15
    assert np.mean([(b != a).any() for a, b in pairwise(frames)]) > 0.3
    assert (folder / f"{name}.thumb.mp4").stat().st_size < 400_000


@pytest.mark.parametrize("name", NAMES)
def test_an_unchanged_scene_is_not_drawn_again(name, video):
    folder = video(name)
    before = {path.name: path.stat().st_mtime_ns for path in folder.glob(f"{name}.*")}
    (again,) = render([name], out=folder, quality="low")
    assert not again.was_drawn
    assert {path.name: path.stat().st_mtime_ns for path in folder.glob(f"{name}.*")} == before
    assert len(before) == 5


@pytest.mark.parametrize("name", NAMES)
def test_the_scene_file_draws_with_plain_manim(name, tmp_path):
    manim = shutil.which("manim", path=os.path.dirname(sys.executable))
    scene = CHECKOUT / "scenes" / f"{name}.py"
    done = subprocess.run(
        [manim, "-ql", "-s", "--media_dir", tmp_path, scene],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (picture,) = tmp_path.rglob("*.png")
    with Image.open(picture) as last:
        assert (np.asarray(last.convert("L")) > 90).mean() > 0.005
