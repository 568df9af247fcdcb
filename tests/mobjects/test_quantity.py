"""A quantity has its number beside its name, and ticks."""

import numpy as np
import pytest
from manim import Scene

from vizdl.mobjects import Maths, Quantity, Tick


def test_the_number_stands_beside_the_name_or_below_it():
    beside = Quantity(Maths("w_1"), 0.73, gap=0.3)
    assert beside.number.get_left()[0] - beside.words.get_right()[0] == pytest.approx(0.3)
    below = Quantity("mean", 0.73, below=True, gap=0.3)
    assert below.words.get_bottom()[1] - below.number.get_top()[1] == pytest.approx(0.3)
    assert below.number.get_left()[0] == pytest.approx(below.words.get_left()[0])


def test_it_ticks_and_keeps_its_left_edge():
    weight = Quantity("weight", 1.0)
    left = weight.number.get_left()[0]
    tick = Tick(weight, 10.0)
    tick.begin()
    tick.finish()
    assert weight.value == weight.number.value == 10.0
    np.testing.assert_allclose(weight.number.get_left()[0], left, atol=0.03)


def test_the_answer_comes_with_its_number():
    weight, stage = Quantity("weight", 8.0), Scene()
    answer = weight.answer()
    answer._setup_scene(stage)
    assert weight.number in stage.mobjects
    answer.begin()
    assert weight.value == 0.0
    answer.finish()
    assert weight.value == 8.0
