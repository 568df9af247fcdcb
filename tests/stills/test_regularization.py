"""The still shows the trace's own fits and losses."""

import numpy as np
import pytest

from vizdl.experiments import regularization as experiment
from vizdl.stills import regularization as stills


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


def test_fits_and_losses_are_the_traces(trace):
    axes = stills.draw(trace).axes
    fits = [line for line in axes[0].lines if line.get_color() == stills.FIT.light]
    for line, degree in zip(fits, (1, trace.fits.best_degree, experiment.HIGHEST), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), trace.degree_curves[degree])
    assert len({str(line._dash_pattern) for line in fits}) == 3  # told apart in black and white
    (test,) = [line for line in axes[3].lines if line.get_color() == stills.TEST.light]
    np.testing.assert_array_equal(test.get_ydata(), trace.fits.strength_test)


@pytest.mark.parametrize("changed", [{"degree": 0, "noise": 0.0}, {"noise": 1.0, "seed": 19}])
def test_other_settings_are_drawn(changed):
    trace = experiment.run(experiment.Settings(**changed))
    stills.draw(trace, "dark").draw_without_rendering()
