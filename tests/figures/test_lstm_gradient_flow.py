import json

import numpy as np
import pytest

from vizdl.experiments import lstm_gradient_flow as experiment
from vizdl.experiments.lstm_gradient_flow import Settings
from vizdl.figures import lstm_gradient_flow as drawn
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(Settings())


@pytest.fixture(scope="module")
def fig(trace):
    return drawn.figure(trace)


@pytest.mark.parametrize("back", [0, 1, 20, 39])
def test_a_frame_has_walked_that_far(trace, fig, back):
    parts = dict(zip(fig.frames[back].traces, fig.frames[back].data, strict=True))
    for index, left in enumerate((trace.rnn, trace.lstm, trace.conveyor, trace.gru)):
        np.testing.assert_allclose(parts[index].x, np.arange(back, -1, -1))
        np.testing.assert_allclose(parts[index].y[::-1], np.log10(left[: back + 1]))
        assert parts[drawn.FIRST_BALL + index].x[0] == back
    assert parts[drawn.GATE].x[0] == len(trace.rnn) - back
    assert parts[drawn.GATE].y[0] == pytest.approx(trace.open_gates[-1 - back, 1])


def test_the_sentence_says_what_is_left(trace, fig):
    labels = fig.layout.meta["labels"]
    assert labels[0] == "At the last state every gradient is whole."
    expected = experiment.number(100 * float(trace.conveyor[7]), 2)
    assert f"{expected}% along the LSTM's cell" in labels[7]


def test_networks_are_those_of_the_trace(trace, fig):
    for kind in range(3):
        line, dots = fig.data[drawn.FIRST_RECALL + 2 * kind : drawn.FIRST_RECALL + 2 * kind + 2]
        np.testing.assert_allclose(line.y, 100 * trace.recall[kind].mean(axis=-1))
        np.testing.assert_allclose(dots.y, 100 * trace.recall[kind].ravel())


def test_both_themes_make_one_payload(trace, fig):
    payload = json.loads(to_payload(fig, drawn.figure(trace, "dark"), drawn.live(trace)))
    assert payload["meta"]["start"] == len(trace.rnn) - 1
