import numpy as np
import pytest

from vizdl.experiments import weight_sharing as experiment
from vizdl.figures import weight_sharing as figures
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


def test_the_two_themes_differ_in_colours_alone(trace):
    light, dark = (figures.figure(trace, theme) for theme in ("light", "dark"))
    assert to_payload(light, dark, figures.live(trace))


def test_bars_and_lines_are_the_traces(trace):
    data = figures.figure(trace).data
    tops = np.reshape(data[figures.BARS].y, (24, 5))[:, 1]
    np.testing.assert_allclose(tops[:8], np.linalg.norm(trace.shares, axis=(1, 2)))
    assert not tops[8:].any()
    np.testing.assert_array_equal(data[figures.DENSE].y, trace.dense)
    np.testing.assert_array_equal(data[figures.SHARED].y, trace.shared)
    assert list(data[figures.COUNTS].text) == ["29", "552"]


def test_each_frame_adds_a_share_from_the_last_step_on(trace):
    fig = figures.figure(trace)
    limit = np.linalg.norm(trace.shares, axis=(1, 2)).max()
    for step, (frame, label) in enumerate(zip(fig.frames, fig.layout.meta["labels"], strict=True)):
        data = dict(zip(frame.traces, frame.data, strict=True))
        left = 7 - step
        share, total = (np.asarray(data[k].z)[:4, :4] for k in (figures.SHARE, figures.TOTAL))
        np.testing.assert_allclose(share * limit, trace.shares[left], atol=1e-12)
        np.testing.assert_allclose(total * limit, trace.shares[left:].sum(axis=0), atol=1e-12)
        done = np.reshape(data[figures.DONE].y, (24, 5))[:, 1]
        assert np.flatnonzero(done).min() == max(left, 1)
        assert f"step {left + 1} " in label
    assert np.isnan(np.asarray(fig.data[figures.TOTAL].z)[4:]).all()
