"""The data are what they say: seeded, of the shape and kind that is written about them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl import data

MADE = [data.moons, data.xor, data.students, data.sine]
seeds, counts = st.integers(0, 2**31), st.integers(2, 300)


@pytest.mark.parametrize("name", data.SETS)
def test_every_set_says_where_it_is_from(name):
    found = data.get(name)
    assert found.name == name
    assert found.source
    assert found.licence.startswith("CC")
    assert found.x.shape == (len(found.y), len(found.features))
    assert found.x.dtype == found.y.dtype == float
    assert np.isfinite(found.x).all()


@pytest.mark.parametrize("make", MADE)
@given(count=counts, seed=seeds)
def test_a_seed_gives_the_same_data_again(make, count, seed):
    first, again = make(count, seed=seed), make(count, seed=seed)
    assert len(first) == count
    np.testing.assert_array_equal(first.x, again.x)
    np.testing.assert_array_equal(first.y, again.y)


@pytest.mark.parametrize("make", [data.moons, data.students, data.sine])
def test_another_seed_gives_other_data(make):
    assert not np.array_equal(make(seed=0).x, make(seed=1).x)


@given(count=counts, seed=seeds)
def test_moons_are_half_circles_that_no_line_separates(count, seed):
    moons = data.moons(count, noise=0, seed=seed)
    upper = moons.x[moons.y == 0]
    lower = moons.x[moons.y == 1]
    centre = np.array([-0.5, -0.25])
    np.testing.assert_allclose(np.linalg.norm(upper - centre, axis=1), 1)
    np.testing.assert_allclose(np.linalg.norm(lower + centre, axis=1), 1)
    assert (upper[:, 1] >= centre[1]).all()
    assert abs(len(upper) - len(lower)) <= 1


def test_no_line_gets_all_moons_right():
    from sklearn.svm import LinearSVC

    moons = data.moons(400, noise=0.1)
    assert LinearSVC(C=1e4, max_iter=100_000).fit(moons.x, moons.y).score(moons.x, moons.y) < 0.95


@given(count=counts, seed=seeds)
def test_xor_is_the_exclusive_or_of_the_signs(count, seed):
    xor = data.xor(count, seed=seed)
    np.testing.assert_array_equal(xor.y, (xor.x[:, 0] > 0) ^ (xor.x[:, 1] > 0))


def test_noise_has_the_spread_it_says():
    still, shaken = data.xor(20_000), data.xor(20_000, noise=0.3)
    assert np.std(shaken.x - still.x) == pytest.approx(0.3, rel=0.02)
    sine = data.sine(20_000, noise=0.4)
    assert np.std(sine.y - np.sin(2 * np.pi * sine.x[:, 0])) == pytest.approx(0.4, rel=0.02)


def test_students_pass_as_often_as_their_work_says():
    many = data.students(40_000)
    odds = many.x @ data.PASSING[:2] + data.PASSING[2]
    for low, high in ((-3, -2), (-0.5, 0.5), (2, 3)):
        chosen = (odds >= low) & (odds < high)
        expected = np.mean(1 / (1 + np.exp(-odds[chosen])))
        assert many.y[chosen].mean() == pytest.approx(expected, abs=0.02)
    assert many.x[:, 0].max() <= data.LECTURES
    assert many.x[:, 1].max() <= data.HOURS
    np.testing.assert_array_equal(many.x, np.round(many.x))


def test_digits_are_the_ones_that_scikit_learn_ships():
    digits = data.digits()
    assert digits.x.shape == (1797, 64)
    assert digits.x.min() == 0
    assert digits.x.max() == 1
    assert set(digits.y) == set(range(10))


@given(count=st.integers(1, 49), seed=seeds)
def test_a_split_loses_and_repeats_nothing(count, seed):
    whole = data.moons(50)
    first, second = whole.split(count, seed)
    assert len(first) == count
    together = np.concatenate([first.x, second.x])
    np.testing.assert_array_equal(np.sort(together, axis=0), np.sort(whole.x, axis=0))
    rows = {tuple(row) for row in first.x}
    assert rows.isdisjoint(tuple(row) for row in second.x)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: data.get("moon"), "name must be one of moons, xor, students, sine, digits"),
        (lambda: data.moons(1), "count must be at least 2, got 1"),
        (lambda: data.sine(noise=-1), "noise must be at least 0"),
        (lambda: data.xor(4).split(4), "count must be below the 4 examples"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(call, message):
    with pytest.raises(ValueError, match=message):
        call()
