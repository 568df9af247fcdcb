"""The films of a lecture as one: the same frames in order, chapters, one track, one storyboard."""

import json

import av
import numpy as np
import pytest

from vizdl import cli
from vizdl.render import RenderError, plan, render
from vizdl.render.encode import SegmentWriter, encoding
from vizdl.render.join import join
from vizdl.render.lecture import join_lecture

NAMES = ["summing", "adding"]


def pictures(path):
    with av.open(path) as film:
        return [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]


def chapters(path):
    with av.open(path) as film:
        return [
            (
                mark["metadata"]["title"],
                float(mark["start"] * mark["time_base"]),
                float(mark["end"] * mark["time_base"]),
            )
            for mark in film.chapters()
        ]


@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_each_segment_is_a_chapter(tmp_path, kind):
    code, parts = encoding(kind), []
    for index, count in enumerate((7, 12, 5)):
        parts.append(tmp_path / f"{index}{code.container}")
        with SegmentWriter(parts[-1], code, 64, 48, 10) as writer:
            for _ in range(count):
                writer.write(np.full((48, 64, 4), 60 * index, np.uint8))
    target = tmp_path / f"film.{kind}"
    join(parts, target, code, 10, ["One", "Two & more", "Drei"])
    assert chapters(target) == [
        ("One", 0, pytest.approx(0.7)),
        ("Two & more", pytest.approx(0.7), pytest.approx(1.9)),
        ("Drei", pytest.approx(1.9), pytest.approx(2.4)),
    ]
    assert len(pictures(target)) == 24


@pytest.mark.slow
@pytest.mark.xdist_group("short stories")
@pytest.mark.parametrize("kind", ["mp4", "webm"])
def test_a_lecture_is_its_films_in_order(stories, tmp_path, kind):
    out = tmp_path / "videos"
    choices = {"out": out, "quality": "low", "format": kind, "preset": "draft"}
    with pytest.raises(RenderError, match="can't join lecture 9: summing, adding is not drawn"):
        join_lecture(9, plan(NAMES, **choices))
    render(NAMES, **choices)
    film = join_lecture(9, plan(NAMES, **choices))
    assert film == out / f"lecture_9.{kind}"

    parts = [pictures(out / f"{name}.{kind}") for name in NAMES]
    np.testing.assert_array_equal(pictures(film), parts[0] + parts[1])
    first, both = len(parts[0]) / 15, (len(parts[0]) + len(parts[1])) / 15
    assert chapters(film) == [
        ("Summing", 0, pytest.approx(first, abs=2e-3)),
        ("Adding", pytest.approx(first, abs=2e-3), pytest.approx(both, abs=2e-3)),
    ]

    board = json.loads((out / "lecture_9.json").read_text("utf-8"))
    alone = [json.loads((out / f"{name}.json").read_text("utf-8")) for name in NAMES]
    assert board["duration"] == pytest.approx(both)
    assert [mark["concept"] for mark in board["chapters"]] == NAMES
    assert board["rests"] == alone[0]["rests"] + [rest + first for rest in alone[1]["rests"]]
    assert board["beats"][-1]["end"] == pytest.approx(alone[1]["beats"][-1]["end"] + first)
    track = (out / "lecture_9.vtt").read_text("utf-8")
    assert track.count("WEBVTT") == 1
    assert track.count("-->") == sum(len(own["captions"]) for own in alone)

    before = {path: path.stat().st_mtime_ns for path in out.iterdir()}
    assert join_lecture(9, plan(NAMES, **choices)) == film
    assert {path: path.stat().st_mtime_ns for path in out.iterdir()} == before  # nothing was done
    film.write_bytes(b"damaged")
    join_lecture(9, plan(NAMES, **choices))
    assert len(pictures(film)) == len(parts[0]) + len(parts[1])


@pytest.mark.slow
@pytest.mark.xdist_group("short stories")
def test_a_scene_that_fails_leaves_no_lecture(stories, tmp_path, capsys):
    command = ["render", "--lecture", "9", "--join", "-q", "low", "-o", str(tmp_path / "videos")]
    with pytest.raises(SystemExit) as ended:
        cli.main(command)
    assert ended.value.code == 1
    assert "the draw is lost" in capsys.readouterr().err
    assert not list((tmp_path / "videos").glob("lecture*"))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--lecture", "7"], "--lecture must be one of 1, 2, got 7"),
        (["--lecture", "1", "--all"], "give --all or --lecture"),
        (["--all", "--join"], "--join needs --lecture"),
        (["--lecture", "1", "--join", "--format", "gif"], "--format mp4 or webm"),
    ],
)
def test_what_can_not_be_joined_is_refused(options, message, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main(["render", *options])
    assert ended.value.code == 2
    assert message in capsys.readouterr().err
