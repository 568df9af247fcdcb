"""A fitted curve shows the outputs that it is given, and bends in place."""

import numpy as np
import pytest

from vizdl.mobjects import FittedCurve, PlotArea, Through

AREA = PlotArea((0, 1), (-1, 1), width=4, height=4, x_ticks=[], y_ticks=[])
X = np.linspace(0, 1, 11)


def test_the_curve_is_its_outputs():
    curve = FittedCurve(AREA, X, X**2)
    ends = np.concatenate([curve.line.points[::4], curve.line.points[-1:]])
    np.testing.assert_allclose(ends, AREA.place(X, X**2), atol=1e-9)


def test_it_bends_into_another_and_is_cut_off_at_the_edge():
    curve = FittedCurve(AREA, X, 0 * X)
    line = curve.line
    bend = Through(curve, np.stack([0 * X, 4 * X]))
    bend.begin()
    bend.interpolate(0.5)
    np.testing.assert_allclose(curve.values, 2 * X)
    assert curve.line is line
    assert line.points[:, 1].max() == pytest.approx(AREA.frame.get_top()[1])


def test_two_lengths_are_refused():
    with pytest.raises(ValueError, match=r"x and y must be of one length \(P,\)"):
        FittedCurve(AREA, X, X[1:])
