import numpy as np
import pytest

from vizdl.experiments import feature_hierarchy as experiment
from vizdl.stills import feature_hierarchy as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_clouds_and_picture_stand_where_the_trace_has_them(trace, theme):
    figure = drawn.draw(trace, theme)
    for layer, ax in enumerate(figure.axes[:3]):
        *clouds, own = ax.lines
        points = np.concatenate([line.get_xydata() for line in clouds])
        np.testing.assert_array_equal(points, trace.clouds[layer])
        np.testing.assert_array_equal(own.get_xydata(), trace.place[layer : layer + 1])
        low, high = ax.get_xlim()
        assert (low < points).all()
        assert (points < high).all()
    titles = [ax.get_title(loc="left") for ax in figure.axes[:3]]
    assert titles == ["pixels: 74.1% read", "layer 1: 86.7% read", "layer 2: 90.4% read"]


def test_pictures_are_the_favourites_of_the_units(trace):
    strokes, parts = (ax.images[0].get_array().filled(np.nan) for ax in drawn.draw(trace).axes[3:])
    np.testing.assert_array_equal(parts[9:17, 63:71].ravel(), trace.favourites[47])
    assert np.isnan(parts[8]).all()
    lengths = np.linalg.norm(trace.model.weights[0], axis=1)
    shown = [strokes[r : r + 8, c : c + 8].ravel() for r in (0, 9) for c in range(0, 72, 9)]
    found = [np.flatnonzero((trace.favourites == picture).all(axis=1))[0] for picture in shown]
    assert found == sorted(found)
    assert min(lengths[found]) >= np.sort(lengths)[-16]


def test_a_blank_sheet_stands_nowhere_and_the_untrained_network_is_drawn(tmp_path):
    blank = drawn.draw(experiment.run(experiment.Settings(digit="blank", trained=False)))
    assert [len(ax.lines) for ax in blank.axes[:3]] == [3, 3, 3]
    assert save(blank, tmp_path / "blank.png").stat().st_size > 0


def test_the_same_trace_gives_the_same_bytes(trace, tmp_path):
    first, second = (save(drawn.draw(trace), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()
