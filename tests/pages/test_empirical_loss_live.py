"""The empirical loss's live figure in Chromium, used as a hand would use it."""

import numpy as np
import pytest

from vizdl.experiments import empirical_loss as experiment
from vizdl.experiments.empirical_loss import STUDENTS
from vizdl.figures import empirical_loss as figures

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("live")]


def told(step=STUDENTS, **settings):
    """What Python says at that step."""
    numbers = figures._numbers(experiment.run(experiment.Settings(**settings)))
    return figures.SENTENCE.fill({**numbers, "left": STUDENTS - step}, step=step)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (360, "dark")])
def test_a_click_on_a_student_or_a_bar_tells_its_arithmetic(open_one, width, theme):
    one = open_one("empirical_loss", width=width, theme=theme)
    one.says(told())
    trace = experiment.run(experiment.Settings())
    one.page.mouse.click(*one.place(figures.STANDING, *trace.x[4]))
    one.says(told(4))
    one.page.mouse.click(*one.place(figures.TOPS, 3.0, trace.each[0, 2]))
    one.says(told(2))
    label = one.page.locator(".hoverlayer")
    label.get_by_text("student 3 passed").wait_for()


def test_weights_loss_training_and_another_class(open_one):
    one = open_one("empirical_loss", "#step=0")
    one.says(told(0))
    one.slide("weight of an hour", "ArrowRight", 10)
    one.says(told(0, per_hour=0.1))
    one.control("loss of one student").select_option("squared error")
    one.says(told(0, per_hour=0.1, loss="squared error"))
    one.slide("steps of training", "End")
    one.slide("class of students", "ArrowRight")
    one.slide("Step", "End")
    chosen = {"per_hour": 0.1, "loss": "squared error", "steps": 100, "seed": 22}
    one.says(told(**chosen))
    trace = experiment.run(experiment.Settings(**chosen))
    np.testing.assert_allclose(one.values("now.loss"), trace.each[100], rtol=1e-8)
    one.page.get_by_role("button", name="Reset").click()
    one.says(told())
