"""What was read of a source is kept, as long as the source says the same."""

import os

import pytest

from vizdl.render import index as indexing
from vizdl.render import source
from vizdl.render.index import SourceError, load


@pytest.fixture
def module(tmp_path):
    path = tmp_path / "one.py"
    path.write_text("from vizdl import style\nX = style.LOSS\nY = X\n")
    return path


@pytest.fixture
def reads(monkeypatch):
    """The modules that are read from their source from here on."""
    found = []
    read = source.read

    def noted(name, text, **options):
        found.append(name)
        return read(name, text, **options)

    monkeypatch.setattr(source, "read", noted)
    return found


def test_a_source_is_read_once(module, tmp_path, reads):
    index = tmp_path / "index"
    first = load("vizdl.one", module, index)
    module.touch()
    assert load("vizdl.one", module, index) == first == load("vizdl.one", module)
    assert reads == ["vizdl.one"] * 2  # the second time without the index
    assert len(list(index.iterdir())) == 1


@pytest.mark.parametrize("same_time", [False, True])
def test_a_source_that_changed_is_read_again(module, tmp_path, reads, same_time):
    index, state = tmp_path / "index", module.stat()
    first = load("vizdl.one", module, index)
    module.write_text(module.read_text().replace("LOSS", "DATA"))  # of the same size
    if same_time:
        os.utime(module, ns=(state.st_atime_ns, state.st_mtime_ns))
    again = load("vizdl.one", module, index)
    assert again.parts["X"] != first.parts["X"]
    assert again.parts["Y"] == first.parts["Y"]
    assert len(reads) == 2
    assert len(list(index.iterdir())) == 1


def test_a_reader_that_changed_reads_again(module, tmp_path, reads, monkeypatch):
    load("vizdl.one", module, tmp_path / "index")
    monkeypatch.setattr(indexing, "_reader", lambda: "another version")
    load("vizdl.one", module, tmp_path / "index")
    assert len(reads) == 2


@pytest.mark.parametrize("at", range(0, 400, 37))
def test_what_is_damaged_is_read_again(module, tmp_path, reads, at):
    index = tmp_path / "index"
    first = load("vizdl.one", module, index)
    (kept,) = index.iterdir()
    data = bytearray(kept.read_bytes())
    data[at % len(data)] ^= 1
    for damaged in (bytes(data), bytes(data[: at // 2]), b"\xff\xfe"):
        kept.write_bytes(damaged)
        assert load("vizdl.one", module, index) == first
    assert len(reads) == 4


def test_where_nothing_can_be_kept_it_is_read_each_time(module, tmp_path, reads):
    (tmp_path / "index").write_text("a file, not a folder")
    assert load("vizdl.one", module, tmp_path / "index") == load("vizdl.one", module)
    assert len(reads) == 2


def test_nothing_half_written_stays_behind(module, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("no space left")

    monkeypatch.setattr(os, "replace", fail)
    load("vizdl.one", module, tmp_path / "index")
    assert list((tmp_path / "index").iterdir()) == []


def test_what_cant_be_read_is_said_in_one_sentence(tmp_path):
    path = tmp_path / "one.py"
    with pytest.raises(SourceError, match=r"one\.py can't be read: .*No such file"):
        load("vizdl.one", path)
    path.write_text("x = 1\nif x:\npass\n")
    with pytest.raises(
        SourceError, match=r"one\.py is no Python, see line 3: expected an indented"
    ):
        load("vizdl.one", path, tmp_path / "index")
    path.write_bytes(b"x = '\xff'")
    with pytest.raises(SourceError, match=r"one\.py is no Python, see line"):
        load("vizdl.one", path)
    path.write_bytes(b"x = '\0'")
    with pytest.raises(SourceError, match=r"one\.py .*null bytes"):
        load("vizdl.one", path)
