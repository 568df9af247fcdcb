"""The figure shows the trace's own fits and losses."""

import numpy as np
import pytest

from vizdl.experiments import regularization as experiment
from vizdl.figures import regularization
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return regularization.figure(trace)


def test_points_and_fits_are_the_traces(trace, figure):
    data = figure.data
    np.testing.assert_array_equal(data[regularization.POINTS].x, trace.x)
    np.testing.assert_array_equal(data[regularization.FRESH].y, trace.test_y)
    np.testing.assert_array_equal(data[regularization.CURVE].y, trace.curve)
    for k, frame in enumerate(figure.frames):
        np.testing.assert_array_equal(frame.data[0].y, trace.descent_curves[k])
        step = experiment.MOMENTS[k]
        assert frame.data[1].x[0] == step + 1
        assert frame.data[1].y[0] == pytest.approx(trace.fits.descent_test[step])


def test_losses_are_the_traces_and_rings_the_least(trace, figure):
    fits = trace.fits
    tested = (fits.degree_test, fits.strength_test, fits.descent_test[experiment.MOMENTS])
    for k, losses in enumerate(tested):
        drawn = np.array(figure.data[regularization.TESTS[k]].y)
        np.testing.assert_array_equal(drawn, np.clip(losses, 1e-3, 30))
        ring = figure.data[regularization.RINGS[k]]
        assert ring.y[0] <= drawn.min()
    assert figure.data[regularization.RINGS[0]].x[0] == fits.best_degree


def test_it_begins_where_the_test_loss_is_least(trace, figure):
    start = figure.layout.meta["start"]
    assert trace.fits.descent_test[experiment.MOMENTS].argmin() == start
    assert regularization.live(trace).start == start


def test_sentences_give_the_numbers(figure):
    labels = figure.layout.meta["labels"]
    assert labels[0] == (
        "Degree 15, penalty 0.01: training loss 0.00546, test loss 0.123, weights of length 0.752. "
        "Descent without a penalty, stopped after 0 steps: training loss 0.485, test loss 0.565."
    )
    assert len(labels) == len(experiment.MOMENTS)


@pytest.mark.parametrize("changed", [{"degree": 0}, {"noise": 0.0, "strength": 10.0}])
def test_other_settings(changed):
    trace = experiment.run(experiment.Settings(**changed))
    light, dark = (regularization.figure(trace, theme) for theme in ("light", "dark"))
    assert len(to_payload(light, dark)) < 400_000
