"""What changed between two renders is told, all of it, in sentences."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.render import key

RECORD = {
    "dependencies": {"part curve: Curve": "1", "scene bptt": "2", "style: LOSS": "3"},
    "settings": {"learning_rate": 0.1, "landscape": "bowl"},
    "quality": "medium",
    "encoding": {"codec": "h264", "crf": 23},
    "versions": {"manim": "0.22.0", "numpy": "2.1.0"},
}


@pytest.mark.parametrize(
    ("changed", "sentences"),
    [
        ({}, []),
        (
            {"dependencies": {"part curve: Curve": "9", "scene bptt": "2", "style: LOSS": "9"}},
            ["the part curve: Curve changed", "the style token LOSS changed"],
        ),
        (
            {"dependencies": {"scene bptt": "9", "style: mix": "1", "style: LOSS": "3"}},
            [
                "the part curve: Curve is no longer used",
                "the scene bptt changed",
                "the style: mix is new to it",
            ],
        ),
        (
            {"settings": {"learning_rate": 0.3, "landscape": "beale"}},
            [
                "the setting landscape is beale, was bowl",
                "the setting learning_rate is 0.3, was 0.1",
            ],
        ),
        (
            {"settings": {"landscape": "bowl", "steps": 40}},
            [
                "the setting learning_rate is missing, was 0.1",
                "the setting steps is 40, was missing",
            ],
        ),
        (
            {"settings": {"learning_rate": "0.1", "landscape": "bowl"}},
            ['the setting learning_rate is "0.1", was 0.1'],
        ),
        ({"quality": "high"}, ["the quality is high, was medium"]),
        ({"preset": "share"}, ["the preset is share, was missing"]),
        ({"encoding": {"codec": "h264", "crf": 18}}, ["the encoding crf is 18, was 23"]),
        ({"encoding": None}, ['the encoding is null, was {"codec": "h264", "crf": 23}']),
        ({"versions": {"manim": "0.22.1", "numpy": "2.1.0"}}, ["manim is 0.22.1, was 0.22.0"]),
    ],
)
def test_each_kind_of_change_has_its_sentence(changed, sentences):
    assert key.changes(RECORD, {**RECORD, **changed}) == sentences


def test_a_record_of_nothing_lacks_everything():
    assert key.changes({}, RECORD)[:2] == [
        "the part curve: Curve is new to it",
        "the scene bptt is new to it",
    ]


scalars = (
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4)
)
names = st.text("abc", min_size=1, max_size=2)
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2)
)
records = st.fixed_dictionaries(
    {"dependencies": st.dictionaries(names, st.sampled_from(["1", "2"]), max_size=3)},
    optional={
        "settings": st.dictionaries(names, scalars, max_size=3),
        "versions": st.dictionaries(names, st.sampled_from(["1.0", "1.1"]), max_size=2),
        "quality": st.sampled_from(["low", "high"]),
        "encoding": values,
    },
)


@given(records, records)
def test_something_is_told_just_when_the_keys_differ(before, after):
    told = key.changes(before, after)
    assert bool(told) == (key.digest(**before) != key.digest(**after))
    assert len(set(told)) == len(told)
    assert all(sentence for sentence in told)


@given(records)
def test_a_record_that_was_written_and_read_is_the_same(record):
    assert key.changes(json.loads(json.dumps(record)), record) == []


@given(records, records)
def test_looking_back_tells_the_same_changes(before, after):
    there, back = key.changes(before, after), key.changes(after, before)
    assert len(there) == len(back)
    swapped = {"is new to it": "is no longer used", "is no longer used": "is new to it"}
    for sentence, other in zip(there, back, strict=True):
        for end, mirrored in swapped.items():
            if sentence.endswith(end):
                assert other == sentence.removesuffix(end) + mirrored


def test_tuples_count_as_lists():
    assert key.changes({"size": [1, 2]}, {"size": (1, 2)}) == []
    assert key.digest({}, size=(1, 2)) == key.digest({}, size=[1, 2])


def test_the_order_of_the_parts_does_not_count():
    first = key.digest({"a": "1", "b": "2"}, quality="low", settings={"x": 1, "y": 2})
    assert key.digest({"b": "2", "a": "1"}, settings={"y": 2, "x": 1}, quality="low") == first
    assert key.digest({"a": "1", "b": "3"}, quality="low", settings={"x": 1, "y": 2}) != first
