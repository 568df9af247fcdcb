"""The figure draws the trace; the page says the same sentences."""

import numpy as np
import pytest

from vizdl.experiments import linear_collapse as experiment
from vizdl.figures import linear_collapse as drawing
from vizdl.figures.base import to_payload
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return drawing.figure(trace)


def test_the_dashed_line_is_the_product_and_the_boundary(trace, figure):
    dashed, boundary = figure.data[drawing.PRODUCT], figure.data[drawing.FIELD + 1]
    a, b, c = trace.lines[-1]
    np.testing.assert_allclose(a * dashed.x + b * dashed.y + c, 0, atol=1e-9)
    seen = np.isfinite(boundary.x)
    np.testing.assert_allclose(a * boundary.x[seen] + b * boundary.y[seen] + c, 0, atol=1e-6)


def test_matrices_stand_in_the_order_of_their_product(trace, figure):
    z = np.asarray(figure.data[drawing.MATRICES].z)[::-1]
    for k, w in enumerate(reversed(trace.weights)):
        left = k * (drawing.WIDEST + 1)
        np.testing.assert_array_equal(z[: len(w), left : left + w.shape[1]], w)
    assert list(figure.data[drawing.NAMES].text) == ["W₅", "W₄", "W₃", "W₂", "W₁"]


def test_a_frame_is_a_moment_of_the_training(trace, figure):
    for k in (0, 9):
        frame = dict(zip(figure.frames[k].traces, figure.frames[k].data, strict=True))
        np.testing.assert_allclose(frame[drawing.FIELD].z, trace.fields[k], rtol=1e-6)
        np.testing.assert_array_equal(frame[drawing.DOT].y, [trace.losses[trace.moments[k]]])


@pytest.mark.parametrize("activation", ["identity", "relu"])
def test_the_page_says_what_the_frames_say(activation):
    trace = experiment.run(experiment.Settings(activation=activation, width=4))
    labels = drawing.figure(trace).layout.meta["labels"]
    declared = drawing.live(trace)
    step = int(trace.moments[-1])
    values = record_flow(declared.flow, trace.settings).values(step=step)
    assert declared.sentence.fill(values, step=step) == labels[-1]
    assert declared.names() - set(values) == set()


def test_both_themes_make_one_payload(trace, figure):
    assert to_payload(figure, drawing.figure(trace, theme="dark"), drawing.live(trace))
