"""The grammar says what it should, and no test sentence was trained on."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.experiments import sentiment
from vizdl.experiments.sentiment import GOOD, LONGEST_SEEN, SHORTEST, VOCABULARY, Sentences

SEEDS = st.integers(0, 10_000)


@pytest.mark.parametrize(
    ("text", "mood", "distance"),
    [
        ("good", 1, 0),
        ("not good", 0, 0),
        ("not not good", 1, 0),
        ("good but dull", 0, 0),
        ("bad not good again", 0, 1),
        ("not very dull but awful in town", 0, 2),
        ("lovely not", 1, 1),
        ("it was", -1, 2),
    ],
)
def test_the_last_opinion_counts_and_not_turns_the_next_one_over(text, mood, distance):
    words = text.split()
    assert (sentiment.mood(words), sentiment.distance(words)) == (mood, distance)


@given(seed=SEEDS, length=st.integers(3, 15))
def test_a_sentence_is_as_long_as_asked_and_has_a_mood(seed, length):
    sentence = sentiment.draw(np.random.default_rng(seed), length)
    assert len(sentence) == length
    assert sentiment.mood(sentence) in (0, 1)
    assert all(word in VOCABULARY for word in sentence)


@given(seed=SEEDS, after=st.integers(0, 10))
def test_so_many_words_stand_after_the_last_opinion(seed, after):
    sentence = sentiment.draw(np.random.default_rng(seed), 15, after)
    assert sentiment.distance(sentence) == after


@given(seed=SEEDS)
def test_a_pair_has_the_same_words_and_opposite_moods(seed):
    first, second = sentiment.pair(np.random.default_rng(seed))
    assert sorted(first) == sorted(second)
    assert {sentiment.mood(first), sentiment.mood(second)} == {0, 1}


def test_sentences_to_train_on_are_different_and_have_rare_words_near_the_end_alone():
    pool = sentiment.to_train_on(0)
    assert len(set(pool.words)) == len(pool.words) == sentiment.POOL
    assert set(pool.lengths) == set(range(SHORTEST, LONGEST_SEEN + 1))
    assert 0.45 < pool.moods.mean() < 0.55
    places = [
        len(words) - 1 - k
        for words in pool.words
        for k, word in enumerate(words)
        if word in sentiment.RARE
    ]
    assert set(places) == set(range(sentiment.NEAR + 1))


def test_held_out_sentences_were_not_trained_on_and_have_no_rare_words():
    seen = set(sentiment.to_train_on(0).words)
    tried = sentiment.held_out(np.random.default_rng(1), 0, 100, length=5)
    assert len(set(tried.words)) == 100
    assert not seen & set(tried.words)
    assert not any(word in sentiment.RARE for words in tried.words for word in words)


def test_sentences_stand_side_by_side():
    both = Sentences.of([("not", "good"), (GOOD[0],)])
    assert both.inputs.shape == (2, 2, len(VOCABULARY))
    np.testing.assert_array_equal(both.targets, [[-1, 1], [0, -1]])
    np.testing.assert_array_equal(both.at_the_end(both.inputs[..., 0]), [1, 1])
