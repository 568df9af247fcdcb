"""The still shows the trace."""

import numpy as np
import pytest

from vizdl import style
from vizdl.experiments import bias_shift
from vizdl.stills import bias_shift as stills


@pytest.fixture(scope="module")
def trace():
    return bias_shift.run(bias_shift.Settings())


def test_the_curves_are_the_traces_and_cross_where_they_are_marked(trace):
    family, fits = stills.draw(trace).axes
    curves = [line for line in family.lines if len(line.get_xdata()) == len(bias_shift.X)]
    np.testing.assert_array_equal([curve.get_ydata() for curve in curves], trace.shifted)
    marks = [line.get_xdata()[0] for line in family.lines if line.get_marker() == "o"]
    places = -bias_shift.SHOWN / trace.settings.weight
    np.testing.assert_allclose(marks, places[np.abs(places) < 3.8], atol=1e-9)
    drawn = [line for line in fits.lines if len(line.get_xdata()) == len(bias_shift.X)]
    np.testing.assert_array_equal([line.get_ydata() for line in drawn], trace.curves[-1])
    assert fits.get_title("left") == "Loss with and without: 0.157 and 0.246"


@pytest.mark.parametrize("changed", [{"activation": "relu", "weight": -1}, {"weight": 0}])
def test_it_can_be_drawn_for_other_settings(changed):
    drawn = stills.draw(bias_shift.run(bias_shift.Settings(**changed)), "dark")
    drawn.draw_without_rendering()
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
