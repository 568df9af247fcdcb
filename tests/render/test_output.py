"""Captions as files: clocks, escapes, cues that follow each other and can be read."""

import re
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import style
from vizdl.mobjects import story
from vizdl.mobjects.story import Caption
from vizdl.render.output import vtt

CUE = re.compile(r"(\d\d:[0-5]\d:[0-5]\d\.\d{3}) --> (\d\d:[0-5]\d:[0-5]\d\.\d{3})\n(.+)\n")


def seconds(clock):
    hours, minutes, rest = clock.split(":")
    return 3600 * int(hours) + 60 * int(minutes) + float(rest)


def test_a_track_begins_as_the_standard_asks_and_escapes_markup():
    track = vtt([Caption(0, 1.5, "a < b & c --> d"), Caption(1.5, 3661.0004, "Ω ≥ 1")])
    assert track == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\na &lt; b &amp; c --&gt; d\n\n"
        "00:00:01.500 --> 01:01:01.000\nΩ ≥ 1\n"
    )


@pytest.mark.parametrize(
    ("time", "clock"),
    [
        (0, "00:00:00.000"),
        (59.9996, "00:01:00.000"),
        (3599.9999, "01:00:00.000"),
        (0.0004, "00:00:00.000"),
        (7384.25, "02:03:04.250"),
    ],
)
def test_clocks(time, clock):
    assert vtt([Caption(time, time + 1, "x")]).splitlines()[2].startswith(clock)


words = st.lists(
    st.text(st.characters(categories=["Lu", "Ll", "Nd"]), min_size=1, max_size=14),
    min_size=1,
    max_size=40,
).map(" ".join)


@given(start=st.floats(0, 300), text=words, slack=st.floats(1.0, 3.0))
def test_long_words_become_cues_that_share_the_time(start, text, slack):
    end = start + slack * len(text) / style.READING_SPEED
    cues = story._cues(start, end, text)
    assert " ".join(cue.text for cue in cues).split() == text.split()
    assert cues[0].start == start
    assert cues[-1].end == pytest.approx(end)
    for cue in cues:
        assert len(cue.text) <= 84
        assert len(cue.text) / (cue.end - cue.start) <= style.READING_SPEED + 0.01 * len(text)
    for before, after in pairwise(cues):
        assert before.end == after.start
    found = CUE.findall(vtt(cues))
    assert len(found) == len(cues)
    times = [seconds(clock) for first, last, _ in found for clock in (first, last)]
    assert times == sorted(times)
