"""Words become places and vectors and words again; an unknown one is refused kindly."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines.vocabulary import NONE, UnknownWord, Vocabulary, one_hot

WORDS = Vocabulary(("good", "bad", "not", "the", "film"))
SENTENCES = st.lists(st.lists(st.sampled_from(WORDS.words), min_size=1), min_size=1, max_size=5)


@given(sentences=SENTENCES)
def test_sentences_come_back_from_their_places(sentences):
    padded = WORDS.padded(sentences)
    assert padded.shape == (max(map(len, sentences)), len(sentences))
    for column, sentence in zip(padded.T, sentences, strict=True):
        assert WORDS.spell(column) == tuple(sentence)
        assert (column[len(sentence) :] == NONE).all()


@given(sentences=SENTENCES)
def test_each_vector_has_one_1_and_padding_none(sentences):
    padded = WORDS.padded(sentences, steps=7)
    hot = WORDS.one_hot(padded)
    assert hot.shape == (*padded.shape, len(WORDS))
    np.testing.assert_array_equal(hot.sum(axis=-1), padded != NONE)
    there = padded != NONE
    np.testing.assert_array_equal(hot[there].argmax(axis=-1), padded[there])


def test_a_text_is_split_at_spaces_whatever_its_case():
    np.testing.assert_array_equal(WORDS.indices(" Not  BAD "), [2, 1])
    assert "film" in WORDS
    assert "movie" not in WORDS


def test_one_hot_is_the_row_of_the_identity():
    np.testing.assert_array_equal(one_hot([2, 0], 3), np.eye(3)[[2, 0]])


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("filme", "'filme' is not among the 5 words known here; did you mean 'film'?"),
        ("xyz", "'xyz' is not among the 5 words known here; there are: good, bad, not, the, film"),
    ],
)
def test_an_unknown_word_is_refused_kindly(word, hint):
    with pytest.raises(UnknownWord) as refusal:
        WORDS.indices(["the", word])
    assert str(refusal.value) == hint


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ((), "at least one word"),
        (("good", "bad", "good"), "'good' twice"),
        (("very good",), "without a space, got 'very good'"),
        (("",), "without a space"),
    ],
)
def test_what_is_no_vocabulary_is_refused(words, message):
    with pytest.raises(ValueError, match=message):
        Vocabulary(words)


@pytest.mark.parametrize("place", [-2, 5])
def test_places_beyond_the_vocabulary_are_refused(place):
    with pytest.raises(ValueError, match="from -1 to 4"):
        WORDS.one_hot([place])
