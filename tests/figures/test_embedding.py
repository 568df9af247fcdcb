"""The figure of the embedding shows the trace: words on their plane, and the matrix."""

import numpy as np
import pytest

from vizdl.experiments import embedding as experiment
from vizdl.experiments.embedding import ROLE, ROLES, WORDS
from vizdl.figures import embedding as figures
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return figures.figure(trace)


def shown(figure, step, index):
    frame = figure.frames[step]
    return next(d for i, d in zip(frame.traces, frame.data, strict=True) if i == index)


@pytest.mark.parametrize("step", [0, 9, 40])
def test_words_links_and_matrix_are_the_traces(trace, figure, step):
    places = trace.places[step]
    for role, index in enumerate(figures.GROUPS):
        group = shown(figure, step, index)
        np.testing.assert_allclose(np.stack([group.x, group.y], axis=1), places[role == ROLE])
    np.testing.assert_array_equal(shown(figure, step, figures.MATRIX).z, trace.vectors[step])
    links = shown(figure, step, figures.LINKS)
    ends = np.stack([links.x, links.y], axis=1).reshape(3, 3, 2)
    np.testing.assert_allclose(ends[:, 0], np.tile(places[trace.chosen], (3, 1)))
    np.testing.assert_allclose(ends[:, 1], places[trace.nearest[step, trace.chosen]])
    numbers = [float(t.replace("−", "-")) for t in shown(figure, step, figures.NUMBERS).text]
    np.testing.assert_allclose(numbers, trace.vectors[step, trace.chosen], atol=0.005)


def test_names_roles_and_the_one_hot_vector(trace, figure):
    for index, (role, words) in zip(figures.GROUPS, ROLES.items(), strict=True):
        assert figure.data[index].name == role
        assert figure.data[index].text == words
    assert len({figure.data[index].marker.symbol for index in figures.GROUPS}) == 5
    one_hot = np.array(figure.data[figures.ONE_HOT].z)[:, 0]
    np.testing.assert_array_equal(one_hot, trace.one_hot)
    low, *_, high = sorted(figure.data[figures.FRAME].y)
    assert (low, high) == (trace.chosen - 0.5, trace.chosen + 0.5)
    assert figure.layout.yaxis2.ticktext == WORDS


def test_a_sentence_names_the_neighbours(trace, figure):
    labels = figure.layout.meta["labels"]
    assert len(labels) == len(figure.frames) == 41
    near = [WORDS[k] for k in trace.nearest[-1, trace.chosen]]
    assert labels[-1].startswith(f"After 400 training steps, nearest to dog are {near[0]} (cosine")
    assert labels[-1].endswith("3 of them in its role.")
    assert labels[0].endswith("0 of them in its role.")


def test_every_place_lies_within_the_axes(trace, figure):
    for axis, ends in enumerate((figure.layout.xaxis.range, figure.layout.yaxis.range)):
        assert ends[0] < trace.places[..., axis].min() <= trace.places[..., axis].max() < ends[1]


@pytest.mark.parametrize("changed", [{"size": 2, "word": "strokes"}, {"size": 8, "word": "Ann"}])
def test_other_settings_are_drawn_in_both_themes(changed):
    trace = experiment.run(experiment.Settings(**changed))
    light, dark = (figures.figure(trace, theme) for theme in ("light", "dark"))
    assert len(to_payload(light, dark, figures.live(trace))) < 30_000
