"""The embedding: each claim is measured on its trace, and would fail if it were false."""

import dataclasses

import numpy as np
import pytest

from vizdl.experiments import embedding
from vizdl.experiments.base import SettingsError
from vizdl.experiments.embedding import (
    PATTERNS,
    ROLE,
    ROLES,
    WORDS,
    Settings,
    facts,
    run,
)


@pytest.mark.parametrize("seed", range(5))
def test_the_roles_are_found_from_any_seed(seed):
    found = facts(run(Settings(seed=seed)))
    assert all(found[name].holds for name in ("before", "after", "three", "strangers"))


def test_two_numbers_are_too_few_for_most_seeds():
    good = [facts(run(Settings(seed=seed, size=2)))["after"].holds for seed in range(5)]
    assert sum(good) < 3
    three = [facts(run(Settings(seed=seed, size=3)))["after"].value for seed in range(5)]
    assert min(three) < 100


def test_without_training_the_claims_fail(trace):
    still = dataclasses.replace(
        trace,
        vectors=trace.vectors[:1], nearest=trace.nearest[:1], cosines=trace.cosines[:1], shown=0.5,
    )  # fmt: skip
    found = facts(still)
    for name in ("after", "three", "within", "shown"):
        assert not found[name].holds, name
    turned = dataclasses.replace(trace, nearest=trace.nearest[::-1], cosines=-trace.cosines)
    assert not facts(turned)["before"].holds
    together = dataclasses.replace(trace, sentences=np.tile(np.arange(len(WORDS)), (1, 1)))
    assert not facts(together)["strangers"].holds


def test_sentences_are_those_of_the_grammar(trace):
    allowed = {
        (s, v, t)
        for subject, verbs, thing in PATTERNS
        for s in ROLES[subject]
        for v in verbs
        for t in ROLES[thing]
        if s != t
    }
    read = [tuple(WORDS[k] for k in sentence) for sentence in trace.sentences]
    assert set(read) <= allowed
    assert len(read) == 400
    assert len(set(trace.sentences.ravel())) == len(WORDS)
    assert len(trace.pairs) == 6 * 400


def test_the_row_the_neighbours_and_the_plane_are_the_vectors(trace):
    at = WORDS.index("dog")
    assert trace.chosen == at
    np.testing.assert_array_equal(trace.one_hot @ trace.vectors[-1], trace.vectors[-1, at])
    for t in (0, 20, 40):
        unit = trace.vectors[t] / np.linalg.norm(trace.vectors[t], axis=1, keepdims=True)
        cosines = unit @ unit[at]
        order = [k for k in np.argsort(-cosines) if k != at][:3]
        assert trace.nearest[t, at].tolist() == order
    centred = trace.vectors[-1] - trace.vectors[-1].mean(axis=0)
    np.testing.assert_allclose(trace.axes.T @ trace.axes, np.eye(2), atol=1e-12)
    np.testing.assert_allclose(trace.places[-1], centred @ trace.axes, atol=1e-12)
    assert trace.shown == pytest.approx((trace.places[-1] ** 2).sum() / (centred**2).sum())


def test_what_the_page_says_is_so(trace):
    def nearest(word):
        return WORDS[trace.nearest[-1, WORDS.index(word), 0]]

    assert nearest("eats") == "buys"
    assert nearest("feeds") == "strokes"
    alike = ROLE[trace.nearest[-1]] == ROLE[:, None]
    assert alike[ROLE != 4].all()  # what misses its role is a verb
    assert not embedding.met(trace, WORDS.index("Ann"), WORDS.index("Ben"))
    for person in ("Ann", "Ben"):
        fed = (trace.sentences[:, :2] == [WORDS.index(person), WORDS.index("feeds")]).all(axis=1)
        assert (ROLE[trace.sentences[fed, 2]] == 1).all()
        assert fed.any()
    crowd = np.abs(trace.cosines[4]).mean()
    assert crowd > trace.cosines[-1].mean() + 0.2  # first they drift as one crowd


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"word": "horse"}, "word must be one of Ann, Ben"),
        ({"size": 1}, "size must be a whole number from 2 to 8, got 1"),
    ],
)
def test_settings_out_of_range_are_refused(values, sentence):
    with pytest.raises(SettingsError, match=sentence):
        Settings.parse(values)
