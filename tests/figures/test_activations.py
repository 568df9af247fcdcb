"""The figure draws the trace; the page says the same sentences."""

import numpy as np
import pytest

from vizdl.experiments import activations as experiment
from vizdl.figures import activations as drawing
from vizdl.figures.base import to_payload
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return drawing.figure(trace)


def test_it_shows_the_end_first(trace, figure):
    np.testing.assert_allclose(figure.data[drawing.FIELD].z, trace.fields[-1], rtol=1e-6)
    for k in (0, 1):
        own = trace.point_places[-1][trace.y == k]
        np.testing.assert_array_equal(figure.data[drawing.HIDDEN + k].x, own[:, 0])
    assert len(figure.data[drawing.SO_FAR].y) == len(trace.learnt.losses)


def test_a_frame_is_a_moment_of_the_training(trace, figure):
    for k in (0, 7):
        frame = dict(zip(figure.frames[k].traces, figure.frames[k].data, strict=True))
        np.testing.assert_allclose(frame[drawing.FIELD].z, trace.fields[k], rtol=1e-6)
        np.testing.assert_array_equal(frame[drawing.DOT].x, [trace.moments[k]])


def test_the_page_says_what_the_frames_say(trace, figure):
    declared = drawing.live(trace)
    recorded = record_flow(declared.flow, trace.settings)
    for k, step in enumerate(trace.moments):
        if k % 10 == 0:
            values = recorded.values(step=int(step))
            said = declared.sentence.fill(values, step=int(step))
            assert said == figure.layout.meta["labels"][k]
    assert declared.names() - set(values) == set()
    for _, words in declared.table:
        assert words.fill(values, step=int(step))


def test_both_themes_make_one_payload(trace, figure):
    dark = drawing.figure(trace, theme="dark")
    assert to_payload(figure, dark, drawing.live(trace))


@pytest.mark.parametrize("name", experiment.NAMES)
def test_the_function_is_the_one_that_was_used(name):
    trace = experiment.run(experiment.Settings(activation=name, steps=10))
    value, slope = drawing.function_of(trace)
    rise = np.gradient(value, trace.z)
    smooth = np.abs(trace.z) > 0.1
    np.testing.assert_allclose(rise[smooth], slope[smooth], atol=0.02)
