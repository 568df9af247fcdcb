"""The figure of attention shows the trace: arcs and bars as wide as the weights that were used."""

import numpy as np
import pytest

from vizdl.experiments import attention as experiment
from vizdl.experiments.attention import ANIMALS, NAMES
from vizdl.figures import attention as figures
from vizdl.figures import attention_places
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


@pytest.mark.parametrize("step", [0, 7, 50])
def test_bars_arcs_and_answers_are_the_traces(trace, figure, step):
    bars = np.array(shown(figure, step, figures.BARS).y).reshape(-1, 5)
    np.testing.assert_array_equal(bars[:, 2], trace.weights[step])
    x, y = (np.array(shown(figure, step, figures.ARCS)[a]).reshape(8, -1) for a in "xy")
    turn = len(attention_places.TURN)
    wide = np.hypot(x[:, 0] - x[:, 2 * turn - 1], y[:, 0] - y[:, 2 * turn - 1])
    np.testing.assert_allclose(
        wide, 2 * attention_places.WIDE * (trace.weights[step] + 0.004), rtol=1e-9
    )
    middle = (x[:, turn - 1] + x[:, turn]) / 2
    np.testing.assert_allclose(middle, np.arange(1, 9))  # each ends over its item
    np.testing.assert_allclose((x[:, 0] + x[:, 2 * turn - 1]) / 2, 9)  # all begin at the question
    answers = np.array(shown(figure, step, figures.CHANCES).x).reshape(-1, 5)
    np.testing.assert_array_equal(answers[:, 2], trace.chances[step])
    np.testing.assert_array_equal(
        shown(figure, step, figures.ATTENTION).y, 100 * trace.accuracy[step]
    )


def test_a_sentence_says_what_came_of_each_moment(trace, figure):
    labels = figure.layout.meta["labels"]
    assert len(labels) == len(figure.frames) == 51
    assert labels[0] == (
        "After 0 training steps, asked for Ben: 12% of the weight lies on the right item. "
        "The answer is ant (18% sure); hen would be right."
    )
    assert labels[-1].endswith("The answer is hen (100% sure), which is right.")
    right = [trace.chances[t].argmax() == trace.animals[trace.asked] for t in range(51)]
    assert [label.endswith("which is right.") for label in labels] == right


def test_items_are_named_and_the_one_asked_for_is_framed(trace, figure):
    assert list(figure.data[figures.PEOPLE].text) == [NAMES[k] for k in trace.names]
    assert list(figure.data[figures.KINDS].text) == [ANIMALS[k] for k in trace.animals]
    assert figure.data[figures.QUESTION].text == ("Ben?",)
    x = figure.data[figures.MARK].x
    assert min(x) < trace.asked + 1 < max(x)
    low, high = figure.data[figures.RIGHT].y
    assert low < len(ANIMALS) - 1 - trace.animals[trace.asked] < high


def test_the_curves_are_those_of_the_three_networks(trace, figure):
    for index, shares in ((figures.LSTM, trace.lstm), (figures.RNN, trace.rnn)):
        np.testing.assert_array_equal(figure.data[index].y, 100 * shares)
        assert list(figure.data[index].x) == list(range(1, 9))


def test_all_of_it_lies_within_the_axes(trace):
    hot = experiment.run(experiment.Settings(temperature=0.1, query=8))
    drawn = figures.figure(hot, "dark")
    for moment in (0, 50):
        arcs = shown(drawn, moment, figures.ARCS)
        low, high = drawn.layout.yaxis.range
        assert low < np.nanmin(arcs.y) <= np.nanmax(arcs.y) < high
        low, high = drawn.layout.xaxis.range
        assert low < np.nanmin(arcs.x) <= np.nanmax(arcs.x) < high


def test_themes_differ_in_colours_only(trace, figure):
    dark = figures.figure(trace, "dark")
    assert len(to_payload(figure, dark, figures.live(trace))) < 30_000
