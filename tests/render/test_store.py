"""What is kept: found again, found out when damaged, bounded in size, swept after a kill."""

import os
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.render.store import Store, sweep, write_whole

KEY = "ab" * 32


@pytest.fixture
def store(tmp_path):
    return Store(tmp_path / "cache")


def put(store, play, content=b"x" * 100, frames=5, key=KEY, concept="bptt"):
    store.open(key, concept)
    with store.scratch() as scratch:
        part = os.path.join(scratch, "part.mp4")
        with open(part, "wb") as file:
            file.write(content)
        return store.add(type(store.root)(part), key, play, frames)


def age(store, key, seconds):
    then = time.time() - seconds
    os.utime(store.folder(key), (then, then))


def test_segments_are_found_again_with_their_frames(store):
    put(store, 0, frames=30)
    put(store, 12, frames=7)
    found = store.segments(KEY)
    assert {play: part.frames for play, part in found.items()} == {0: 30, 12: 7}
    assert all(part.is_sound() for part in found.values())
    assert store.segments("cd" * 32) == {}
    assert not list((store.root / "work").iterdir())


@given(content=st.binary(min_size=1, max_size=300), data=st.data())
def test_any_changed_byte_is_found_out(tmp_path_factory, content, data):
    store = Store(tmp_path_factory.mktemp("cache"))
    segment = put(store, 3, content)
    at = data.draw(st.integers(0, len(content) - 1))
    flipped = (
        content[:at] + bytes([content[at] ^ data.draw(st.integers(1, 255))]) + content[at + 1 :]
    )
    segment.path.write_bytes(data.draw(st.sampled_from([flipped, content[:at], content + b"!"])))
    assert not segment.is_sound()
    segment.path.unlink()
    assert not segment.is_sound()


def test_a_story_is_whole_or_not_there(store):
    store.open(KEY, "bptt")
    assert store.story(KEY) is None
    store.put_story(KEY, {"plays": [3, 4]}, b"picture")
    story, poster = store.story(KEY)
    assert story["plays"] == [3, 4]
    assert poster.read_bytes() == b"picture"
    poster.write_bytes(b"pict")
    assert store.story(KEY) is None
    store.put_story(KEY, {"plays": [3, 4]}, b"picture")
    (store.folder(KEY) / "story.json").write_text("{")
    assert store.story(KEY) is None


def test_the_films_used_last_stay_within_the_bound(store, monkeypatch):
    keys = [f"{k:02d}" * 32 for k in range(5)]
    for k, key in enumerate(keys):
        put(store, 0, b"x" * 1_000_000, key=key, concept=f"c{k}")
        age(store, key, 1e6 - 1000 * k)
    monkeypatch.setenv("VIZDL_CACHE_SIZE", "2.5")
    store.prune()
    assert [film.concept for film in store.films()] == ["c4", "c3"]
    age(store, keys[4], 10)  # it was used just now, perhaps by another command
    monkeypatch.setenv("VIZDL_CACHE_SIZE", "0")
    store.prune()
    assert [film.concept for film in store.films()] == ["c4"]


@pytest.mark.parametrize("bound", ["much", "-1", "nan"])
def test_a_bound_that_is_no_number_is_refused(store, monkeypatch, bound):
    monkeypatch.setenv("VIZDL_CACHE_SIZE", bound)
    with pytest.raises(ValueError, match=f"VIZDL_CACHE_SIZE must be a number .* got '{bound}'"):
        _ = store.limit


def test_clearing_drops_all_or_the_named_concepts(store):
    for k, concept in enumerate(["bptt", "bptt", "minibatch"]):
        put(store, 0, b"x" * 1000, key=f"{k:02d}" * 32, concept=concept)
    assert store.clear(["bptt"]) > 2000
    assert [film.concept for film in store.films()] == ["minibatch"]
    assert store.clear() > 1000
    assert store.films() == []
    assert store.clear() == 0


def test_durations_are_remembered_and_a_broken_note_is_forgotten(store):
    store.remember("bptt", "low", 900, 12.5)
    store.remember("bptt", "high", 3600, 80.0)
    store.remember("bptt", "low", 910, 11.0)
    assert store.history()["bptt low"] == {"frames": 910, "work": 11.0}
    assert store.history()["bptt high"]["frames"] == 3600
    (store.root / "history.json").write_text("[1, 2")
    assert store.history() == {}


def test_a_file_is_written_whole_or_not_at_all(tmp_path):
    write_whole(tmp_path / "note", b"one")
    write_whole(tmp_path / "note", b"two")
    assert (tmp_path / "note").read_bytes() == b"two"
    with pytest.raises(TypeError):
        write_whole(tmp_path / "note", "text")
    assert [path.name for path in tmp_path.iterdir()] == ["note"]
    assert (tmp_path / "note").read_bytes() == b"two"


def test_what_the_dead_left_is_swept_and_the_living_keep_theirs(tmp_path):
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
    (tmp_path / f".history.json-{process.pid}-xyz").write_bytes(b"ha")
    sweep(tmp_path)
    zombie.wait()
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([alive.name, other.name])
