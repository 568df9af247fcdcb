"""Renders that are killed, broken, stopped or out of room: nothing is lost, nothing half there."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from multiprocessing import active_children
from pathlib import Path

import numpy as np
import pytest

from vizdl.render import render
from vizdl.render.store import Store

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]
NAMES = ["summing", "adding"]


@pytest.fixture
def place(stories, tmp_path, monkeypatch):
    """A folder for two short films and a cache of their own."""
    monkeypatch.setenv("VIZDL_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def start(place, *words, **options):
    """The command, in a session of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "vizdl", "render", *words, "-q", "low", "--jobs", "2"],
        env=os.environ | {"PYTHONPATH": str(place)},
        cwd=place,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        **options,
    )


def digests(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.name != "history.json"
    }


def segments(place):
    return {path: path.stat().st_mtime_ns for path in (place / "cache/films").glob("*/????-*")}


def wait_for_session(process, seconds=5.0):
    """Until no process of the command's session is left: its workers end with it."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        left = [stat for stat in Path("/proc").glob("[0-9]*/stat") if _session(stat) == process.pid]
        if not left:
            return
        time.sleep(0.05)
    raise AssertionError(f"still there after {seconds} s: {left}")


def _session(stat):
    try:
        state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
    except OSError:
        return None
    return int(session) if state != "Z" else None


def undisturbed(place):
    """The files of a run that nothing disturbs, and the seconds it takes."""
    began = time.monotonic()
    process = start(place, *NAMES)
    assert process.wait() == 0, process.stderr.read()
    seconds = time.monotonic() - began
    made = digests(place / "videos")
    shutil.rmtree(place / "videos")
    shutil.rmtree(place / "cache")
    return made, seconds


def test_twenty_kills_at_random_moments_change_nothing(place):
    expected, seconds = undisturbed(place)
    draw = np.random.default_rng(20)
    kept_some = 0
    for _ in range(20):
        process = start(place, *NAMES)
        time.sleep(draw.uniform(0.1, 1.0) * seconds)
        process.kill()
        process.wait()
        wait_for_session(process)
        finished = segments(place)
        kept_some += bool(finished)
        out = place / "videos"
        whole = list(out.glob("[!.]*")) if out.is_dir() else []
        for path in whole:  # what stands in its place is what it is to be
            assert hashlib.sha256(path.read_bytes()).hexdigest() == expected[path.name], path.name
        if len(whole) == len(expected) or draw.random() < 0.15:
            shutil.rmtree(out, ignore_errors=True)  # begin anew
            shutil.rmtree(place / "cache", ignore_errors=True)
            continue
        assert finished.items() <= segments(place).items()
    finished = segments(place)
    process = start(place, *NAMES)
    assert process.wait() == 0, process.stderr.read()
    assert kept_some > 3, "the kills came too early to leave anything"
    assert digests(place / "videos") == expected
    assert finished.items() <= segments(place).items(), "finished work was done twice"
    assert not list((place / "cache/work").iterdir())
    assert not list((place / "cache/films").glob("*/.*"))


def test_a_killed_worker_is_replaced_and_the_frames_are_the_same(place):
    expected, _ = undisturbed(place)
    killed = []

    def tell(report):
        if report.frames > 10 * (len(killed) + 1) and len(killed) < 2:
            worker = active_children()[0]
            killed.append(worker.pid)
            os.kill(worker.pid, signal.SIGKILL)

    results = render(NAMES, out=Path("videos"), quality="low", workers=2, tell=tell)
    assert len(killed) == 2
    assert [result.error for result in results] == [None, None]
    assert digests(place / "videos") == expected


def test_a_film_that_kills_its_workers_is_given_up(place, stories):
    scene = stories / "scenes/adding.py"
    scene.write_text(scene.read_text().replace("pass", "__import__('os')._exit(9)"))
    results = render(NAMES, out=Path("videos"), quality="low", workers=2)
    assert results[0].error is None
    assert results[1].error == "its worker was killed 3 times (exit code 9)"


def test_a_damaged_segment_is_found_and_drawn_again_alone(place):
    render(["summing"], out=Path("videos"), quality="low", workers=1)
    expected = digests(place / "videos")
    shutil.rmtree(place / "videos")
    before = segments(place)
    victim = sorted(before)[2]
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(bytes(content))
    (result,) = render(["summing"], out=Path("videos"), quality="low", workers=1)
    assert result.was_drawn
    assert result.drawn == int(victim.name.split("-")[1])
    assert digests(place / "videos") == expected
    after = segments(place)
    assert {path for path in before if after.get(path) != before[path]} == {victim}


def test_files_that_went_are_joined_again_without_drawing(place):
    render(["summing"], out=Path("videos"), quality="low", workers=1)
    expected = digests(place / "videos")
    (place / "videos/summing.mp4").write_bytes(b"cut short")
    (result,) = render(["summing"], out=Path("videos"), quality="low", workers=1)
    assert (result.was_drawn, result.drawn) == (True, 0)
    assert digests(place / "videos") == expected


@pytest.mark.parametrize(("full", "size"), [("cache", "40k"), ("cache", "280k"), ("videos", "30k")])
def test_a_full_disk_is_said_and_leaves_nothing_half_written(place, full, size):
    folder = place / full
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("no right to mount a small disk here")
    try:
        process = start(place, *NAMES)
        assert process.wait() == 1
        told = process.stderr.read()
        assert "the disk is full" in told
        assert "Traceback" not in told
        left = list((place / "videos").rglob("*")) if full == "videos" else []
        assert left == []
        assert not list((place / "cache/work").glob("*"))
    finally:
        subprocess.run(["umount", str(folder)], check=True)
    process = start(place, *NAMES)
    assert process.wait() == 0, process.stderr.read()
    assert len(list((place / "videos").iterdir())) == 10


def test_ctrl_c_stops_within_two_seconds_and_says_how_to_go_on(place):
    process = start(place, *NAMES)
    assert "frames" in process.stderr.readline()
    began = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    assert process.wait() == 130
    assert time.monotonic() - began < 2
    told = process.stderr.read()
    assert "Stopped. The same command goes on where it stopped." in told
    assert "Traceback" not in told
    wait_for_session(process, 0.5)
    assert not list((place / "videos").glob("*")) if (place / "videos").exists() else True
    assert not list((place / "cache/work").iterdir())
    finished = segments(place)
    assert start(place, *NAMES).wait() == 0
    assert finished.items() <= segments(place).items()


def test_for_machines_every_line_is_json(place):
    done = subprocess.run(
        [sys.executable, "-m", "vizdl", "render", *NAMES, "-q", "low", "--json"],
        env=os.environ | {"PYTHONPATH": str(place)},
        cwd=place,
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    results = [line for line in lines if line["event"] == "result"]
    assert [line["name"] for line in results] == NAMES
    assert all(line["state"] == "drawn" and line["frames"] > 20 for line in results)
    assert all((place / line["file"]).is_file() for line in results)
    progress = [line for line in lines if line["event"] == "progress"]
    assert {line["name"] for line in progress} == set(NAMES)
    assert Store().films()
