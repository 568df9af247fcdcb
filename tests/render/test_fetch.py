"""Shares on their way here: whole and sound, or not in the store."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.render.fetch import Failed, Lost, Unfit, bring, bundles
from vizdl.render.share import Drawn, Failure, Share, digest, draw_share, read
from vizdl.render.store import Store

KEY = "ab" * 32
PLAYS = (30, 0, 7)
SHARE = Share(b"", "bptt", KEY, True, 0, 1, frozenset())
WORKER = "tcp://10.0.0.5:1234"


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    """The store of a worker that has drawn a film."""
    store = Store(tmp_path_factory.mktemp("theirs"))
    store.open(KEY, "bptt")
    for play, frames in enumerate(PLAYS):
        if frames:
            part = store.root / f"{play}.mp4"
            part.write_bytes(bytes(range(40 * frames % 256)) * 3)
            store.add(part, KEY, play, frames)
    store.put_story(KEY, {"plays": PLAYS, "board": {"title": "Back"}}, b"a poster")
    return store


@pytest.fixture
def ours(tmp_path):
    store = Store(tmp_path / "ours")
    store.open(KEY, "bptt")
    return store


def fetch(theirs, ours, corrupt=None, came=None):
    """Bring the film over; `corrupt` may change each piece of what is read. Returns its reads."""
    files = tuple((p.name, p.stat().st_size) for p in sorted(theirs.folder(KEY).iterdir()))
    files = tuple(file for file in files if file[0] != "concept")
    files = sorted(files, key=lambda file: file[0] == "poster.png")  # as `draw_share` tells them
    drawn = Drawn(tuple(files), digest(theirs.folder(KEY) / "story.json"), 37, 1.5)
    told, reads = [], []
    with ours.scratch() as scratch, pytest.MonkeyPatch.context() as there:
        there.setenv("VIZDL_CACHE", str(theirs.root))
        steps = bring(SHARE, WORKER, ours, scratch, lambda *d: told.append(d), came or repr)
        call, answer = next(steps), drawn
        assert call.function is draw_share
        try:
            while True:
                call = steps.send(answer)
                assert call.function is read
                reads.append(call.arguments[1])
                answer = read(*call.arguments)
                answer = corrupt(answer) if corrupt else answer
        except StopIteration:
            assert told == [(37, 1.5)]
    return reads


def test_a_share_comes_whole_and_only_once(theirs, ours):
    came = []
    assert fetch(theirs, ours, came=came.append)
    assert [(part.play, part.frames) for part in came] == [(0, 30), (2, 7)]
    for play, part in ours.segments(KEY).items():
        assert part.is_sound()
        assert part.path.read_bytes() == theirs.segments(KEY)[play].path.read_bytes()
    (here, poster), (there, _) = ours.story(KEY), theirs.story(KEY)
    assert here == there
    assert poster.read_bytes() == b"a poster"
    assert not list((ours.root / "work").iterdir())
    assert fetch(theirs, ours) == []


@settings(max_examples=40)
@given(data=st.data())
def test_what_changes_on_the_way_is_not_kept(theirs, tmp_path_factory, data):
    ours = Store(tmp_path_factory.mktemp("ours"))
    ours.open(KEY, "bptt")

    def corrupt(pieces):
        file = data.draw(st.integers(0, len(pieces) - 1))
        piece = bytearray(pieces[file])
        piece[data.draw(st.integers(0, len(piece) - 1))] ^= data.draw(st.integers(1, 255))
        return [*pieces[:file], bytes(piece), *pieces[file + 1 :]]

    with pytest.raises(Lost, match=f"came damaged from {WORKER}"):
        fetch(theirs, ours, corrupt)
    for play, part in ours.segments(KEY).items():
        assert part.path.read_bytes() == theirs.segments(KEY)[play].path.read_bytes()


@pytest.mark.parametrize(
    ("failure", "error", "sentence"),
    [
        (Failure("scene", "line 3 of bptt.py: boom", "Trace"), Failed, "line 3 of bptt.py: boom"),
        (Failure("killed", "signal 9"), Lost, f"signal 9 on {WORKER}"),
        (
            Failure("disk", "the disk is full (/x)"),
            Unfit,
            f"the disk is full (/x), on worker {WORKER}",
        ),
        (Failure("differs", "its sources differ"), Unfit, f"here and on worker {WORKER} (its"),
    ],
)
def test_what_became_of_a_share_that_was_not_drawn(ours, tmp_path, failure, error, sentence):
    steps = bring(SHARE, WORKER, ours, tmp_path, lambda *_: None, repr)
    next(steps)
    with pytest.raises(error) as raised:
        steps.send(Drawn(failure=failure))
    assert sentence in raised.value.args[0]


@given(of=st.integers(1, 8), have=st.frozensets(st.integers(0, 40)))
def test_shares_make_up_what_is_missing(of, have):
    shares = [Share(b"", "bptt", KEY, True, index, of, have) for index in range(of)]
    drawn = [play for play in range(40) for share in shares if share.has(play)]
    assert sorted(drawn) == [play for play in range(40) if play not in have]


@given(sizes=st.lists(st.integers(0, 50), max_size=8), limit=st.integers(1, 20))
def test_pieces_are_small_and_make_up_the_files_in_order(sizes, limit):
    files = [(f"{k}", size) for k, size in enumerate(sizes)]
    rows = list(bundles(files, limit))
    assert all(0 <= sum(size for *_, size in row) <= limit for row in rows)
    assert all(sum(size for *_, size in row) == limit for row in rows[:-1])
    joined = {}
    for name, start, size in (span for row in rows for span in row):
        assert start == joined.get(name, 0)
        joined[name] = start + size
    assert list(joined.items()) == files
