"""The figure draws the trace; the page says the same sentences."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import dropout as experiment
from vizdl.experiments.dropout_flow import RISE
from vizdl.figures import dropout as drawing
from vizdl.figures.base import to_payload
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return drawing.figure(trace)


def test_each_stem_is_what_is_lost_without_the_unit(trace, figure):
    stems, nodes = figure.data[drawing.STEMS], figure.data[drawing.NODES]
    np.testing.assert_array_equal(stems.x[::3], nodes.x)
    rise = stems.y[1::3] - stems.y[::3]
    np.testing.assert_allclose(rise, RISE * trace.lost[trace.chosen], atol=1e-12)
    assert np.isnan(stems.y[2::3]).all()


def test_a_frame_is_a_mask(trace, figure):
    for k in (0, 5):
        frame = dict(zip(figure.frames[k].traces, figure.frames[k].data, strict=True))
        np.testing.assert_allclose(frame[drawing.FIELD].z, trace.fields[k], rtol=1e-5, atol=1e-6)
        there = [colour == style.HIDDEN.light for colour in frame[drawing.NODES].marker.color]
        np.testing.assert_array_equal(there, trace.masks[k] == 1)


def test_the_page_says_what_the_frames_say(trace, figure):
    declared = drawing.live(trace)
    recorded = record_flow(declared.flow, trace.settings)
    for step in (0, 1, experiment.DRAWN):
        values = recorded.values(step=step)
        assert declared.sentence.fill(values, step=step) == figure.layout.meta["labels"][step]
    assert declared.names() - set(values) == set()
    keep = np.ones(experiment.UNITS)
    keep[3] = 0
    values = recorded.values(keep=keep)
    assert "without 1 of its units" in declared.sentence.fill(values, step=0)
    for _, words in declared.table:
        assert words.fill(values, step=0)


def test_both_themes_make_one_payload(trace, figure):
    assert to_payload(figure, drawing.figure(trace, theme="dark"), drawing.live(trace))
