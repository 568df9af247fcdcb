import numpy as np
import pytest

from vizdl.experiments import recurrence as experiment
from vizdl.figures import recurrence as figures
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


def test_the_two_themes_differ_in_colours_alone(trace):
    light, dark = (figures.figure(trace, theme) for theme in ("light", "dark"))
    assert to_payload(light, dark, figures.live(trace))


def test_cells_bars_and_rings_are_the_traces(trace):
    data = figures.figure(trace).data
    count, hidden = len(trace.words), trace.model.hidden_size
    cells = data[figures.CELLS]
    np.testing.assert_array_equal(np.reshape(cells.marker.color, (count, hidden)), trace.states[1:])
    place = np.asarray(cells.x), np.asarray(cells.base) + 0.45
    assert [axis[hidden + 1] for axis in place] == [2, 2]  # the second unit after the second word
    bars = np.reshape(data[figures.BARS].y, (count, 5))
    np.testing.assert_array_equal(bars[:, 2], trace.says)
    np.testing.assert_array_equal(data[figures.TRUTH].y, trace.lamps)
    assert list(data[figures.NAMES].text)[:2] == ["wait", "press"]


def test_a_cell_tells_its_arithmetic(trace):
    hidden = trace.model.hidden_size
    text = figures.figure(trace).data[figures.CELLS].hovertext[2 * hidden + 1]
    parts = trace.from_words[2, 1], trace.from_states[2, 1], trace.model.b_h[1]
    for part in (*parts, np.tanh(sum(parts))):
        assert f"{part:.2f}".replace("-", "−") in text


def test_frames_veil_what_lies_ahead_and_labels_say_what_is_said(trace):
    fig = figures.figure(trace)
    for step, (frame, label) in enumerate(zip(fig.frames, fig.layout.meta["labels"], strict=True)):
        data = dict(zip(frame.traces, frame.data, strict=True))
        assert min(data[figures.VEIL].x) == step + 1.5
        assert max(data[figures.VEIL].x) >= len(trace.words) + 0.5
        said = "on" if trace.says[step] > 0 else "off"
        assert f"says {said}, " in label
        assert f"{trace.says[step]:.2f}".replace("-", "−") in label
