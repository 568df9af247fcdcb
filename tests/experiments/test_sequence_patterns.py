"""Four tasks for one cell: the data are what they say, and each task is learned."""

import functools
import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import rnn, sequence_labels
from vizdl.engines.losses import softmax
from vizdl.experiments import pattern_tasks
from vizdl.experiments import sequence_patterns as experiment
from vizdl.experiments.pattern_tasks import (
    CAPTION,
    COLOURS,
    ENGLISH,
    GERMAN,
    PATTERNS,
    SHAPES,
    SIZES,
)


@functools.cache
def run(**changed):
    return experiment.run(experiment.Settings(**changed))


def test_every_claim_holds():
    facts = experiment.facts(run())
    assert len(facts) == 4
    assert {name for name, fact in facts.items() if not fact.holds} == set()


@pytest.mark.parametrize(
    ("number", "german", "english"),
    [
        (1, "eins", "one"),
        (21, "ein und zwanzig", "twenty one"),
        (101, "ein hundert eins", "one hundred and one"),
        (300, "drei hundert", "three hundred"),
        (417, "vier hundert siebzehn", "four hundred and seventeen"),
        (999, "neun hundert neun und neunzig", "nine hundred and ninety nine"),
    ],
)
def test_numbers_are_spelled_right(number, german, english):
    assert " ".join(pattern_tasks.german(number)) == german
    assert " ".join(pattern_tasks.english(number)) == english


@given(number=st.integers(1, pattern_tasks.LARGEST), other=st.integers(1, pattern_tasks.LARGEST))
def test_each_number_has_words_of_its_own(number, other):
    for spell, words in ((pattern_tasks.german, GERMAN), (pattern_tasks.english, ENGLISH)):
        assert (spell(number) == spell(other)) == (number == other)
        assert len(spell(number)) <= pattern_tasks.LONGEST_NUMBER
        assert all(word in words for word in spell(number))


def test_pictures_differ_by_size_colour_and_shape():
    made = {
        pattern_tasks.picture((size, colour, shape)).tobytes()
        for size in SIZES
        for colour in COLOURS
        for shape in SHAPES
    }
    assert len(made) == 24
    one, other = (
        pattern_tasks.picture(("small", "red", "circle"), np.random.default_rng(k)) for k in (0, 1)
    )
    assert one.shape == (9, 9, 3)
    assert 0 <= one.min() <= one.max() <= 1
    assert not np.array_equal(one, other)


def test_numbers_held_out_were_not_trained_on():
    _, task = pattern_tasks.trained("many to many", 0)
    held = {pattern_tasks.german(n) for n in range(1, 1000)} & set(task.names)
    assert len(held) == len(task.names) == 200
    x, _, same = pattern_tasks._numbers(0)
    assert same.names == task.names
    assert x.shape[1] == pattern_tasks.LARGEST - len(held)


@pytest.mark.parametrize("k", range(4))
def test_what_it_does_is_what_the_engine_computes(k):
    trace = run()
    example, model = trace.examples[k], trace.models[k]
    task = pattern_tasks.trained(PATTERNS[k], 0)[1]
    read = {
        "one to one": pattern_tasks.student(8, 12),
        "many to one": pattern_tasks.sentiment.VOCABULARY.one_hot(
            pattern_tasks.sentiment.VOCABULARY.indices(experiment.SENTENCE)
        ),
        "one to many": pattern_tasks.shown(trace.image),
        "many to many": pattern_tasks.heard(tuple(experiment.NUMBER.split())),
    }[PATTERNS[k]]
    heard = [task.words.index(w) for w in example.out if w and w != "end"]
    inputs = [*read]
    for word in heard if task.hears >= 0 else ():
        x = np.zeros(read.shape[1])
        x[task.hears + word] = 1
        inputs.append(x)
    done = rnn.forward(model, np.array(inputs)[:, None])
    np.testing.assert_allclose(example.states, done.h[:, 0], atol=1e-12)
    np.testing.assert_allclose(example.likeliest, softmax(done.y)[:, 0].max(axis=1))
    assert example.asked.sum() == sum(word != "" for word in example.out)


def test_the_pattern_is_in_where_something_is_asked():
    asked = [example.asked for example in run().examples]
    assert [len(a) for a in asked[:2]] == [1, 7]
    np.testing.assert_array_equal(asked[1], [0] * 6 + [1])
    assert asked[2].all()
    np.testing.assert_array_equal(asked[3], [0] * 5 + [1] * 6)


def test_each_answer_is_right():
    for example in run().examples:
        assert tuple(w for w in example.out if w and w != "end") == example.right


def test_combinations_that_were_never_shown_are_hardly_ever_described():
    random = np.random.default_rng((0, 5))
    every = list(itertools.product(SIZES, COLOURS, SHAPES))
    held = [every[k] for k in random.permutation(len(every))[:5]]
    seen = [made for made in every if made not in held for _ in range(pattern_tasks.PICTURES)]
    words = CAPTION.padded([("a", *made, "end") for made in seen])
    first = np.stack([pattern_tasks.shown(pattern_tasks.picture(m, random))[0] for m in seen])
    later = np.zeros((4, *first.shape))
    later[..., -len(CAPTION) :] = CAPTION.one_hot(words[:-1])
    model = sequence_labels.train(
        np.concatenate([first[None], later]), words, len(CAPTION),
        pattern_tasks.UNITS["one to many"], steps=pattern_tasks.STEPS["one to many"], seed=0,
        learning_rate=pattern_tasks.RATES["one to many"],
    ).model  # fmt: skip
    task = pattern_tasks.trained("one to many", 0)[1]

    def right(made):
        read = pattern_tasks.shown(pattern_tasks.picture(made, random))
        return pattern_tasks.speak(model, task, read).said == ("a", *made)

    assert np.mean([right(made) for made in held for _ in range(10)]) < 0.2
    assert np.mean([right(made) for made in set(seen) for _ in range(5)]) > 0.9
