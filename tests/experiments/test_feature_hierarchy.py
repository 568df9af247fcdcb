"""Every claim about features, measured; and that each would fail if it were false."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import network, probe
from vizdl.experiments import feature_hierarchy as experiment
from vizdl.experiments import feature_hierarchy_network as trained

DEFAULT = experiment.Settings()
FIRST = slice(0, 32)
SECOND = slice(32, 48)


def test_every_fact_holds(trace):
    facts = experiment.facts(trace)
    assert [name for name, fact in facts.items() if not fact.holds] == []
    assert facts["probe"].value == pytest.approx(100 * trace.accuracies[1, 2].mean())
    assert facts["separation"].value == trace.separations[1, 2]


@pytest.mark.parametrize(
    ("name", "spoil"),
    [
        ("probe", lambda t: {"accuracies": t.accuracies[:, ::-1]}),
        ("separation", lambda t: {"separations": t.separations[:, [0, 2, 1]]}),
        ("learned", lambda t: {"accuracies": t.accuracies[[1, 1]]}),
        ("abstract", lambda t: {"explained": t.explained[::-1]}),
        ("parts", lambda t: {"combined": -t.combined}),
        ("right", lambda t: {"right": t.right[::-1]}),
    ],
)
def test_a_false_claim_is_not_held(trace, name, spoil):
    assert not experiment.facts(replace(trace, **spoil(trace)))[name].holds


@pytest.mark.parametrize("labels", [1, 5, 20])
def test_the_order_of_the_layers_does_not_hang_on_how_many_labels_there_are(labels):
    untrained, learned = experiment.run(experiment.Settings(labels=labels)).accuracies.mean(axis=-1)
    assert (np.diff(learned) > 0).all()
    assert (np.diff(untrained) < 0).all()


@pytest.mark.parametrize("seed", [0, 1])
def test_nor_on_the_seed(seed):
    facts = experiment.facts(experiment.run(experiment.Settings(seed=seed)))
    assert all(facts[name].holds for name in ("probe", "separation", "learned", "right"))


def test_what_is_probed_was_never_learned_from():
    seen, held = trained.digits(DEFAULT.seed)
    assert (len(seen), len(held)) == (1000, 797)
    known = {row.tobytes() for row in seen.x}
    twins = sum(row.tobytes() in known for row in held.x)
    assert twins == 0


@settings(max_examples=20)
@given(seed=st.integers(0, 999), ink=st.floats(0, 1), trained=st.booleans())
def test_any_picture_runs_through_the_network(seed, ink, trained):
    random = np.random.default_rng(seed)
    picture = random.uniform(size=64) * (random.uniform(size=64) < ink)
    found = experiment.show(experiment.run(experiment.Settings(trained=trained)), picture)
    passed = network.forward(found.model, picture[None])
    np.testing.assert_array_equal(found.excitement, np.concatenate(passed.pre, axis=1)[0])
    assert found.chances.sum() == pytest.approx(1)
    assert found.chances.argmax() == passed.output.argmax()


def test_the_shown_digit_is_a_held_out_one_of_its_class(trace):
    _, held = trained.digits(DEFAULT.seed)
    for digit in "0369":
        for sample in (1, 5):
            found = experiment.run(experiment.Settings(digit=digit, sample=sample))
            (row,) = np.flatnonzero((held.x == found.pixels).all(axis=1))
            assert held.y[row] == found.label == int(digit)
    blank = experiment.run(experiment.Settings(digit="blank", sample=2))
    assert blank.label == -1
    assert not blank.pixels.any()


def test_a_stroke_is_the_weights_of_its_unit(trace):
    np.testing.assert_allclose(np.linalg.norm(trace.favourites, axis=1), trace.radius)
    assert experiment.cosine(trace.favourites[FIRST], trace.model.weights[0]).min() > 0.9999


def test_a_part_is_the_sum_of_the_strokes_that_are_on(trace):
    first, second, _ = trace.model.weights
    for unit, (picture, combined) in enumerate(
        zip(trace.favourites[SECOND], trace.combined, strict=True)
    ):
        on = network.forward(trace.model, picture[None]).pre[0][0] > 0
        total = (second[unit] * on) @ first
        np.testing.assert_allclose(combined, trace.radius * total / np.linalg.norm(total))


def test_no_held_out_digit_excites_a_unit_as_much_as_its_favourite(trace):
    _, held = trained.digits(DEFAULT.seed)
    same_ink = trace.radius * held.x / np.linalg.norm(held.x, axis=1, keepdims=True)
    digits = np.concatenate(network.forward(trace.model, same_ink).pre, axis=1).max(axis=0)
    favourites = np.concatenate(network.forward(trace.model, trace.favourites).pre, axis=1)
    assert (favourites.diagonal() > digits).all()


def test_the_digits_that_a_unit_likes_are_the_held_out_ones_that_excite_it_most(trace):
    _, held = trained.digits(DEFAULT.seed)
    all_of_them = np.concatenate(network.forward(trace.model, held.x).pre, axis=1)
    for unit in (0, 31, 40, 57):
        shown = network.forward(trace.model, trace.liked[unit]).pre
        found = np.concatenate(shown, axis=1)[:, unit]
        np.testing.assert_allclose(found, np.sort(all_of_them[:, unit])[:-4:-1])


def test_the_clouds_are_turned_but_not_stretched(trace):
    _, held = trained.digits(DEFAULT.seed)
    classes = np.unique(trace.classes)
    assert (np.diff(trace.classes) >= 0).all()
    assert len(classes) == 3
    assert (trace.classes[:, None] == classes).sum(axis=0).tolist() == [
        (held.y == label).sum() for label in classes
    ]
    own = trained.clouded(DEFAULT.seed).x
    layers = network.forward(trace.model, own).post
    for h, cloud in zip(layers, trace.clouds, strict=False):
        assert (cloud**2).sum(axis=1).mean() == pytest.approx(1)
        plain = probe.project(h).of(h)
        plain /= np.sqrt((plain**2).sum(axis=1).mean())
        np.testing.assert_allclose(
            np.linalg.norm(cloud[1:] - cloud[:-1], axis=1),
            np.linalg.norm(plain[1:] - plain[:-1], axis=1),
        )


def test_the_clouds_are_those_that_stand_apart_the_least_as_pixels(trace):
    _, held = trained.digits(DEFAULT.seed)

    def apart(labels):
        rows = np.isin(held.y, labels)
        return probe.separation(held.x[rows], held.y[rows])

    hardest = apart(np.unique(trace.classes))
    others = np.random.default_rng(0).permuted(np.tile(np.arange(10), (30, 1)), axis=1)[:, :3]
    assert all(apart(labels) >= hardest - 1e-12 for labels in others)


def test_the_picture_stands_among_the_clouds_where_its_twin_does(trace):
    (row,) = np.flatnonzero((trained.clouded(DEFAULT.seed).x == trace.pixels).all(axis=1))
    np.testing.assert_allclose(trace.place, trace.clouds[:, row])
