"""The figure walks the trace's own chain, forward and back."""

import numpy as np
import pytest

from vizdl.experiments import backpropagation as experiment
from vizdl.figures import backpropagation as figures
from vizdl.figures.backpropagation_places import NODES_AT, WEIGHTS_AT
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return figures.figure(trace)


def frames(figure, trace):
    return [frame.data[frame.traces.index(trace)] for frame in figure.frames]


def test_values_and_derivatives_appear_one_after_the_other(figure):
    shown = [
        [sum(text != "\u00a0" for text in item.text) for item in frames(figure, trace)]
        for trace in (figures.VALUES, figures.GRADIENTS, figures.AT_WEIGHTS)
    ]
    assert shown[0] == [1, 2, 3, 4, 4, 4, 4, 4, 4]
    assert shown[1] == [0, 0, 0, 0, 1, 1, 2, 2, 2]
    assert shown[2] == [0, 0, 0, 0, 0, 1, 1, 2, 2]


def test_texts_have_the_traces_numbers(figure):
    assert list(frames(figure, figures.VALUES)[7].text) == ["0.800", "0.617", "−0.432", "0.868"]
    assert list(frames(figure, figures.GRADIENTS)[7].text) == ["∂J/∂z = 1.3", "∂J/∂ŷ = −1.9"]
    assert list(frames(figure, figures.AT_WEIGHTS)[7].text) == ["∂J/∂w₁ = 0.65", "∂J/∂w₂ = −1.1"]
    before, after = (frames(figure, figures.WEIGHTS)[k].text for k in (7, 8))
    assert list(before) == ["w₁ = 0.90", "w₂ = −0.70"]
    assert list(after) == ["w₁ = 0.84", "w₂ = −0.59"]
    assert frames(figure, figures.VALUES)[8].text[3] == "0.708"


def test_the_ring_stands_where_the_moment_is(figure):
    at = [item.x[0] for item in frames(figure, figures.RING)]
    np.testing.assert_array_equal(at[:4], NODES_AT)
    np.testing.assert_array_equal(at[4:8], [NODES_AT[2], WEIGHTS_AT[1], NODES_AT[1], WEIGHTS_AT[0]])
    assert at[8] < min(figure.layout.xaxis.range)  # out of sight


@pytest.mark.parametrize("nudged", ["w1", "w2"])
def test_the_nudge_is_the_traces(nudged):
    trace = experiment.run(experiment.Settings(nudged=nudged, nudge=0.1))
    figure = figures.figure(trace)
    row = 0 if nudged == "w1" else 1
    np.testing.assert_allclose(figure.data[figures.RATIOS].y, trace.ratios[row], rtol=1e-12)
    np.testing.assert_allclose(figure.data[figures.CURVE].y, trace.curves[row], rtol=1e-12)
    exact = trace.products[[3, 1][row]]
    np.testing.assert_array_equal(figure.data[figures.LIMIT].y, [exact, exact])
    assert figure.data[figures.NOW].y[0] == pytest.approx(trace.chosen_ratio, rel=1e-12)
    (x0, x1), (y0, y1) = figure.data[figures.SECANT].x, figure.data[figures.SECANT].y
    assert (y1 - y0) / (x1 - x0) == pytest.approx(trace.chosen_ratio)
    assert figure.layout.xaxis2.title.text == ("w₁" if row == 0 else "w₂")


def test_pointing_tells_the_local_derivative_and_the_product(figure):
    assert "∂ŷ/∂z = w₂ = −0.7" in figure.data[figures.NODES].hovertext[1]
    assert "∂J/∂w₁ = 1.30 · 0.496 = 0.646" in figure.data[figures.KNOBS].hovertext[0]


def test_themes_differ_in_colours_only(trace, figure):
    payload = to_payload(figure, figures.figure(trace, "dark"), figures.live(trace))
    assert len(payload) < 20_000
