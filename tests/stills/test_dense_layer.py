"""The still shows the trace."""

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from vizdl import style
from vizdl.experiments import dense_layer
from vizdl.stills import dense_layer as stills


@pytest.fixture(scope="module")
def trace():
    return dense_layer.run(dense_layer.Settings())


def test_numbers_and_edges_are_the_traces(trace):
    net, matrices = stills.draw(trace).axes
    texts = [text.get_text() for text in net.texts]
    values = (trace.first.inputs, trace.first.outputs, trace.second.outputs)
    assert texts == [stills._two(float(value)) for part in values for value in part]
    edges = [line for line in net.lines if len(set(line.get_xdata())) == 2 and line.get_alpha()]
    assert len(edges) == 18
    assert sum(line.get_alpha() == 1 for line in edges) == 4  # the row that is lit
    cells = [patch for patch in matrices.patches if isinstance(patch, Rectangle) and patch.fill]
    assert len(cells) == 12 + 4 + 3 + 3
    total = stills._two(trace.first.sums[stills.ROW])
    assert matrices.texts[-1].get_text().endswith(f"= {total}")


@pytest.mark.parametrize("changed", [{"activation": "relu", "seed": 3, "example": 12}])
def test_it_can_be_drawn_for_other_settings(changed):
    drawn = stills.draw(dense_layer.run(dense_layer.Settings(**changed)), "dark")
    drawn.draw_without_rendering()
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
