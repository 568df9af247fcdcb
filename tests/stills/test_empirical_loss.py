"""The still shows the trace."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import empirical_loss
from vizdl.stills import empirical_loss as stills


@pytest.mark.parametrize("steps", [0, 100])
def test_bars_and_curves_are_the_traces(steps):
    trace = empirical_loss.run(empirical_loss.Settings(steps=steps))
    _, bars, training = stills.draw(trace).axes
    np.testing.assert_allclose([bar.get_height() for bar in bars.patches], trace.each[steps])
    (mean,) = bars.lines
    assert mean.get_ydata()[0] == trace.mean[steps]
    assert bars.get_title("left").endswith("0.892" if steps == 0 else "0.283")
    curves = [line.get_ydata() for line in training.lines]
    np.testing.assert_array_equal(np.stack(curves[:-1], axis=1), trace.each)
    np.testing.assert_array_equal(curves[-1], trace.mean)


def test_students_stand_where_they_are():
    trace = empirical_loss.run(empirical_loss.Settings())
    plane = stills.draw(trace).axes[0]
    drawn = {
        role.name: next(line.get_xydata() for line in plane.lines if line.get_color() == role.light)
        for role in (style.NEGATIVE, style.POSITIVE)
    }
    np.testing.assert_array_equal(drawn["negative"], trace.x[trace.y == 0])
    np.testing.assert_array_equal(drawn["positive"], trace.x[trace.y == 1])
