"""The figure shows the trace's own layers; what is looked at lights up on both sides."""

import numpy as np
import pytest

from vizdl.experiments import dense_layer as experiment
from vizdl.figures import dense_layer, dense_layer_places
from vizdl.figures.base import to_payload


@pytest.fixture(scope="module")
def trace():
    return experiment.run(experiment.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    return dense_layer.figure(trace)


def lit(numbers):
    """The edges (layer, row, column) that are lit."""
    shown = [np.isfinite(numbers[f"edges.lit_{side}"].reshape(-1, 6)[:, 0]) for side in SIDES]
    return {tuple(place) for place in dense_layer_places._PLACE[shown[0] | shown[1]]}


SIDES = ("below", "above")


def test_one_frame_an_output_and_one_sentence_each(trace, figure):
    labels = figure.layout.meta["labels"]
    assert len(figure.frames) == len(labels) == 6
    assert labels[0].startswith("The picture comes in as four numbers")
    assert labels[1].startswith("Hidden unit 1 is row 1 of the first matrix: 1.00 · 0.28 + ")
    assert labels[1].endswith(f"; tanh makes {trace.first.outputs[0]:.2f} of it.".replace("-", "−"))
    assert labels[5].startswith("Output 2, “it is a 9”, is row 2 of the second matrix: ")


def test_cells_hold_all_numbers_of_both_layers(trace, figure):
    numbers = next(data for data in figure.data if data.name == "numbers")
    expected = [
        value
        for one in (trace.first, trace.second)
        for part in (one.weights, one.inputs, one.bias, one.sums, one.outputs)
        for value in np.ravel(part)
    ]
    assert len(numbers.text) == len(dense_layer_places.CELLS) == 40
    for text, value in zip(numbers.text, expected, strict=True):
        assert float(text.replace("−", "-")) == pytest.approx(value, abs=0.0051)
    digits = next(data for data in figure.data if data.name == "digits")
    assert len(digits.text) == 9


def test_edges_are_as_wide_as_their_weights(trace):
    numbers = dense_layer._numbers(trace, 0)
    weights = np.concatenate([trace.first.weights.ravel(), trace.second.weights.ravel()])
    for side, sign in zip(SIDES, (-1, 1), strict=True):
        bands = numbers[f"edges.{side}"].reshape(-1, 6)
        seen = np.isfinite(bands[:, 0])
        np.testing.assert_array_equal(seen, np.sign(weights) == sign)
        thick = bands[seen, 0] - bands[seen, 3]
        order = np.argsort(np.abs(weights[seen]))
        assert (np.diff(thick[order]) >= 0).all()


@pytest.mark.parametrize("step", range(1, 6))
def test_a_step_lights_one_row_in_network_and_matrix(trace, step):
    numbers = dense_layer._numbers(trace, step)
    layer, row, _ = dense_layer_places.STEP_FOCUS[step]
    columns = dense_layer_places.COUNTS[layer][1]
    assert lit(numbers) == {(layer, row, j) for j in range(columns)}
    box = numbers["frame.x"][:5], numbers["frame.y"][:5]
    corners = dense_layer_places.CELL_PLACES + 0.5
    framed = [
        place[:3]
        for place, (x, y) in zip(dense_layer_places.CELLS, corners, strict=True)
        if min(box[0]) < x < max(box[0]) and min(box[1]) < y < max(box[1])
    ]
    assert framed == [(layer, row, j) for j in range(columns)]


def test_pointing_at_an_edge_and_at_its_cell_shows_the_same(trace):
    handles = len(dense_layer_places.CELLS)
    for cell, place in enumerate(dense_layer_places.CELLS):
        layer, row, column = place[:3]
        by_cell = dense_layer._numbers(trace, 0, cell)
        if row >= 0 and column >= 0:
            assert lit(by_cell) == {(layer, row, column)}
        elif column >= 0:
            assert lit(by_cell) == {
                (layer, i, column) for i in range(dense_layer_places.COUNTS[layer][0])
            }
        twin = next(
            handles + k
            for k, handle in enumerate(dense_layer_places.HANDLES)
            if handle[:3] == (layer, row, column) or (layer == 1 and row < 0 <= column)
        )
        if not (layer == 1 and row < 0):  # a hidden unit is a row of the first layer as a node
            by_edge = dense_layer._numbers(trace, 0, twin)
            assert lit(by_edge) == lit(by_cell)
            assert dense_layer.SENTENCE.fill(by_edge) == dense_layer.SENTENCE.fill(by_cell)


def test_what_can_be_pointed_at_stands_apart():
    spots = dense_layer_places.HANDLE_PLACES
    apart = np.linalg.norm(spots[:, None] - spots, axis=-1) + np.eye(len(spots))
    assert apart.min() > 0.15


def test_the_sentence_of_a_cell_is_its_product(trace):
    weight, x = trace.first.weights[1, 2], trace.first.inputs[2]
    cell = next(k for k, c in enumerate(dense_layer_places.CELLS) if c[:3] == (0, 1, 2))
    said = dense_layer.SENTENCE.fill(dense_layer._numbers(trace, 0, cell))
    assert f"{weight:.2f} · {x:.2f} = {weight * x:.2f}" in said
    assert said.startswith("Row 2, column 3 of the first matrix is the edge from input 3")


def test_themes_differ_in_colours_only(trace, figure):
    dark = dense_layer.figure(trace, "dark")
    assert len(to_payload(figure, dark, dense_layer.live(trace))) < 40_000
