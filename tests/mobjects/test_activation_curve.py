"""The curve shows exactly its weight and bias, and marks where it crosses."""

import numpy as np
import pytest
from manim import Scene, tempconfig

from vizdl.engines import activations
from vizdl.mobjects import ActivationCurve, PlotArea, SetValues


@pytest.fixture(scope="module")
def area():
    return PlotArea((-4, 4), (-0.1, 1.1), width=5, height=2.6)


@pytest.mark.parametrize("values", [(2.0, 0.0), (2.0, -3.0), (-1.5, 2.0), (4.0, 6.0)])
def test_the_line_is_the_activation_and_the_mark_its_crossing(area, values):
    curve = ActivationCurve(area, "sigmoid", 1, 0).set_values(values)
    weight, bias = values
    y = activations.sigmoid(weight * curve.x + bias)
    np.testing.assert_allclose(curve.line.points, area.outline(curve.x, y))
    np.testing.assert_allclose(curve.mark.get_center(), area.place(-bias / weight, 0.5), atol=1e-9)
    assert curve.mark.get_fill_opacity() == 1


@pytest.mark.parametrize("values", [(1.0, 5.0), (0.0, 1.0)])
def test_a_crossing_out_of_sight_or_nowhere_has_no_mark(area, values):
    curve = ActivationCurve(area, "tanh", *values)
    assert curve.mark.get_fill_opacity() == 0
    assert curve.plumb.get_stroke_opacity() == 0


def test_it_is_played_in_place(area):
    curve = ActivationCurve(area, "sigmoid", 2, 0, dashed=True)
    with tempconfig({"dry_run": True, "verbosity": "ERROR", "progress_bar": "none"}):
        Scene().play(SetValues(curve, [2.0, -4.0]), run_time=0.2)
    assert curve.crossing == 2.0
    whole = ActivationCurve(area, "sigmoid", 2, -4)
    assert 0 < len(curve.line.points) < len(whole.line.points)
