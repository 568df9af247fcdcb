import numpy as np
import pytest

from vizdl.experiments import weight_sharing as experiment
from vizdl.stills import weight_sharing as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_matrices_and_lines_are_the_traces(trace, theme):
    shares, total, counts = drawn.draw(trace, theme).axes
    picture = shares.images[0].get_array().filled(np.nan)
    np.testing.assert_array_equal(picture[::2, 9:17:2], trace.shares[1])
    assert np.isnan(picture[:, 8]).all()
    np.testing.assert_array_equal(total.images[0].get_array()[::2, ::2], trace.total)
    dense, _, shared, _ = counts.lines
    np.testing.assert_array_equal(dense.get_ydata(), trace.dense)
    np.testing.assert_array_equal(shared.get_ydata(), trace.shared)


def test_more_than_eight_shares_stand_in_rows():
    found = drawn.in_rows(np.arange(10.0)[:, None, None] * np.ones((10, 2, 2)))
    assert found.shape == (9, 39)
    assert found[5, 0] == 8
    assert np.isnan(found[5, 10:]).all()


def test_other_settings_are_drawn_and_the_same_bytes_come_out(tmp_path):
    trace = experiment.run(experiment.Settings(length=24, hidden_size=8))
    first, second = (save(drawn.draw(trace), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()
