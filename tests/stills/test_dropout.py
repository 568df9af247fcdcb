"""The still draws the trace's own arrays."""

import numpy as np

from vizdl.experiments import dropout as experiment
from vizdl.stills import dropout


def test_worth_of_the_units_and_the_losses():
    trace = experiment.run(experiment.Settings())
    without, with_it, losses = dropout.draw(trace).axes
    for ax, k in ((without, 0), (with_it, trace.chosen)):
        heights = [bar.get_height() for bar in ax.patches]
        np.testing.assert_allclose(heights, trace.lost[k])
    new, trained = losses.lines
    np.testing.assert_array_equal(new.get_ydata(), trace.test_losses)
    np.testing.assert_array_equal(trained.get_ydata(), trace.train_losses)
