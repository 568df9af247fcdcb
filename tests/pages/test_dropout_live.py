"""The live figure of dropout in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import dropout as experiment
from vizdl.experiments.dropout_flow import places
from vizdl.figures import dropout as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]
NAME = "dropout"


def told(step=0, **settings):
    """What Python's figure says at that step."""
    trace = experiment.run(experiment.Settings(**settings))
    return figures.figure(trace).layout.meta["labels"][step]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_unit_is_taken_away_by_a_click_and_comes_back(open_one, width, theme):
    one = open_one(NAME, "#drop=0", width=width, theme=theme)
    one.says(told(drop=0))
    trace = experiment.run(experiment.Settings(drop=0))
    unit = int(trace.lost[0].argmax())
    left = trace.rights[0] - trace.lost[0, unit]
    one.page.mouse.click(*one.place(figures.NODES, *places()[unit]))
    one.page.wait_for_function(
        "() => document.querySelector('.vizdl-label').textContent.includes('without 1 of')"
    )
    assert one.values("keep")[unit] == 0
    assert f"{left:.1f} %" in one.page.locator(".vizdl-label").first.text_content()
    one.page.mouse.click(*one.place(figures.NODES, *places()[unit]))
    one.says(told(drop=0))


def test_masks_are_those_of_python(open_one):
    one = open_one(NAME, "#step=1")
    one.says(told(1))
    one.page.get_by_role("button", name="Step forward").click()
    one.says(told(2))
    one.control("units dropped in training").select_option("60")
    one.says(told(2, drop=60))
    trace = experiment.run(experiment.Settings(drop=60))
    np.testing.assert_array_equal(one.values("here.mask"), trace.masks[2])
    np.testing.assert_allclose(one.values("plane.z"), trace.fields[2].ravel(), atol=1e-9)
