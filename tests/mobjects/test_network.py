"""The diagram's edges and nodes are the network's weights and activations."""

import numpy as np
import pytest

from vizdl import style
from vizdl.engines import network
from vizdl.mobjects import NetworkDiagram

MODEL = network.init([3, 5, 2], "tanh", seed=1)


def test_edges_join_the_nodes_that_the_weight_joins():
    diagram = NetworkDiagram(MODEL.sizes, MODEL.weights)
    for layer, matrix in enumerate(MODEL.weights):
        assert len(diagram.edges[layer]) == matrix.size
        for (after, before), value in np.ndenumerate(matrix):
            edge = diagram.edge(layer, after, before)
            np.testing.assert_allclose(
                edge.get_start(), diagram.node(layer, before).get_center(), atol=1e-9
            )
            np.testing.assert_allclose(
                edge.get_end(), diagram.node(layer + 1, after).get_center(), atol=1e-9
            )
            limit = max(np.abs(w).max() for w in MODEL.weights)
            assert edge.get_stroke_width() == pytest.approx(5 * abs(value) / limit)
            assert edge.get_color().to_hex().lower() == style.signed_colour(value, limit)


def test_nodes_are_filled_by_activation():
    trace = network.forward(MODEL, [[0.5, -1.0, 0.25]])
    diagram = NetworkDiagram(MODEL.sizes).set_activations(trace.post)
    for layer, values in enumerate(trace.post):
        for index, value in enumerate(values[0]):
            fill = diagram.node(layer, index).get_fill_color().to_hex().lower()
            assert fill == style.signed_colour(value, 1.0)


def test_a_masked_node_fades_with_its_edges_and_comes_back():
    diagram = NetworkDiagram(MODEL.sizes, MODEL.weights)
    diagram.mask(1, [1, 0, 1, 1, 1])
    assert diagram.node(1, 1).get_fill_opacity() < 0.2
    assert diagram.node(1, 0).get_fill_opacity() == 1
    assert diagram.edge(0, 1, 2).get_stroke_opacity() < 0.1
    assert diagram.edge(1, 0, 1).get_stroke_opacity() < 0.1
    assert diagram.edge(1, 0, 2).get_stroke_opacity() == 1
    diagram.mask(1, np.ones(5))
    assert diagram.node(1, 1).get_fill_opacity() == 1
    assert diagram.edge(1, 0, 1).get_stroke_opacity() == 1


def test_stays_within_its_width_and_height():
    diagram = NetworkDiagram([64, 16, 10], width=5, height=3)
    assert diagram.width < 5.1
    assert diagram.height < 3.1


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: NetworkDiagram([3]), "sizes must hold at least inputs and outputs"),
        (lambda: NetworkDiagram([3, 0]), r"sizes\[1\] must be at least 1, got 0"),
        (
            lambda: NetworkDiagram([3, 2], [np.zeros((3, 2))]),
            r"weights\[0\] must have shape \(2, 3\), got \(3, 2\)",
        ),
        (lambda: NetworkDiagram([3, 2], []), "weights must hold 1 matrices, got 0"),
        (
            lambda: NetworkDiagram([3, 2]).mask(1, [1, 0, 1]),
            r"keep must have shape \(2,\), got \(3,\)",
        ),
    ],
)
def test_refuses_with_one_sentence(call, sentence):
    with pytest.raises(ValueError, match=sentence):
        call()
