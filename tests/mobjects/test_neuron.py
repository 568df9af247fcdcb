"""A neuron shows exactly its own arithmetic, at every step and for every input."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from manim import Scene, tempconfig

from vizdl.engines import activations
from vizdl.mobjects import Advance, CurveBox, Neuron, SetValues

SMALL = st.floats(-3, 3).map(lambda x: round(x, 2))


def play(*animations, show=()):
    with tempconfig({"dry_run": True, "verbosity": "ERROR", "progress_bar": "none"}):
        scene = Scene()
        scene.add(*show)
        scene.play(*animations, run_time=0.2)


@pytest.fixture(scope="module")
def neuron():
    return Neuron([1.2, -0.8], -0.5, x=[2.0, 1.0])


@pytest.mark.parametrize(
    ("step", "total"), [(1, 2.4), (1.5, 2.4), (2, 1.6), (3, 1.1), (4, 1.1), (9, 1.1)]
)
def test_the_sum_holds_what_has_arrived(neuron, step, total):
    neuron.set_step(step)
    assert neuron.sum.number.value == pytest.approx(total)
    assert neuron.step <= neuron.steps == 4


def test_a_number_becomes_its_product_as_it_passes_the_weight(neuron):
    token = neuron.products[0]
    seen = []
    for step in np.linspace(0.01, 1, 40):
        neuron.set_step(step)
        seen.append((token.pill.get_x(), token.number.value))
    assert seen[0][1] == 2.0
    assert seen[-1][1] == pytest.approx(2.4)
    places = [x for x, _ in seen]
    assert places == sorted(places)
    before = [value for x, value in seen if x < neuron.weights[0].get_x() - 0.01]
    assert set(before) == {2.0}


@given(SMALL, SMALL)
def test_any_input_has_its_output(neuron, first, second):
    neuron.set_step(4).set_values([first, second])
    z = 1.2 * first - 0.8 * second - 0.5
    assert neuron.sum.number.value == pytest.approx(z)
    assert neuron.answer.value == pytest.approx(1 / (1 + np.exp(-z)))
    assert [node.number.value for node in neuron.inputs] == [first, second]


def test_it_is_played_in_place():
    neuron = Neuron([0.5, 1.0, -1.0], 0.25, "relu", x=[1.0, 2.0, 0.5])
    play(Advance(neuron, to=5), show=(neuron,))
    assert neuron.answer.value == pytest.approx(2.25)
    play(SetValues(neuron, [0.0, 0.0, 1.0]), show=(neuron,))
    assert neuron.answer.value == 0
    assert neuron.sum.number.text == "−0.75"


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "identity"])
@pytest.mark.parametrize("z", [-2.0, 0.0, 1.3])
def test_the_dot_stands_on_the_curve_of_its_box(name, z):
    box = CurveBox(name).set_value(z)
    expected = box.paper.place(z, float(activations.get(name).value(np.array(z))))
    np.testing.assert_allclose(box.dot.get_center(), expected, atol=1e-9)
    box.set_value(50.0)
    assert box.dot.get_right()[0] < box.box.get_right()[0]


def test_inputs_and_weights_must_fit():
    with pytest.raises(ValueError, match="x must have shape"):
        Neuron([1.0, 2.0], x=[1.0])
