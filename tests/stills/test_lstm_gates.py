"""The still of the LSTM's gates shows the trace, and nothing in it is cut off or overlaps."""

import numpy as np
import pytest
from matplotlib.text import Text

from vizdl import style
from vizdl.experiments import lstm_gates
from vizdl.stills import lstm_gates as stills
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return lstm_gates.run(lstm_gates.Settings())


@pytest.fixture(scope="module")
def figure(trace):
    drawn = stills.draw(trace)
    drawn.draw_without_rendering()
    return drawn


def _heights(ax, colour):
    return [bar.get_height() for bar in ax.patches if _same(bar.get_facecolor(), colour)]


def _same(colour, role):
    return np.allclose(colour[:3], style.rgb(role.light), atol=1e-6)


@pytest.mark.parametrize(
    ("row", "name", "role"),
    [
        (2, "f", style.FORGET_GATE),
        (3, "i", style.INPUT_GATE),
        (4, "g", style.CANDIDATE),
        (6, "o", style.OUTPUT_GATE),
    ],
)
def test_blocks_are_as_high_as_the_gate(trace, figure, row, name, role):
    heights = _heights(figure.axes[row], role)
    np.testing.assert_array_equal(heights, getattr(trace, name)[:, trace.unit])


def test_values_cell_and_answers_are_the_traces(trace, figure):
    store = trace.inputs[:, 1] > 0
    assert _heights(figure.axes[1], style.CELL) == trace.inputs[store, 0].tolist()
    assert len(_heights(figure.axes[0], style.INK)) == trace.inputs[:, 1:].sum()
    memory, cell = (steps.get_data().values for steps in figure.axes[5].patches)
    np.testing.assert_array_equal(memory, trace.memory)
    np.testing.assert_array_equal(cell, trace.c[1:, trace.unit])
    np.testing.assert_array_equal(_heights(figure.axes[7], style.HIDDEN), trace.predictions)


def test_the_arithmetic_is_that_of_the_step(trace, figure):
    text, k = figure.get_supxlabel(), trace.store_step
    assert f"step {k + 1}:" in text
    assert f"{trace.f[k, trace.unit]:.3f}" in text
    assert f"= {trace.c[k + 1, trace.unit]:.3f}$" in text


@pytest.mark.parametrize("changed", [{}, {"length": 32, "seed": 3}, {"length": 12, "unit": 2}])
def test_all_words_are_on_the_page_and_apart(changed):
    drawn = stills.draw(lstm_gates.run(lstm_gates.Settings(**changed)))
    drawn.draw_without_rendering()
    low, high = drawn.axes[5].get_ylim()
    cell = drawn.axes[5].patches[1].get_data().values
    assert low < cell.min() <= cell.max() < high
    boxes = [
        text.get_window_extent()
        for text in drawn.findobj(Text)
        if text.get_visible() and text.get_text().strip() and text.get_window_extent().width > 1
    ]
    page = drawn.bbox
    assert len(boxes) > 20
    for box in boxes:
        assert page.x0 <= box.x0 <= box.x1 <= page.x1
        assert page.y0 <= box.y0 <= box.y1 <= page.y1
    for k, first in enumerate(boxes):
        for second in boxes[k + 1 :]:
            wide = min(first.x1, second.x1) - max(first.x0, second.x0)
            high = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert min(wide, high) < 2  # pixels


def test_the_same_trace_gives_the_same_file(trace, tmp_path):
    first, second = (save(stills.draw(trace), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()


def test_the_dark_still_is_dark(trace):
    drawn = stills.draw(trace, "dark")
    assert np.allclose(drawn.get_facecolor()[:3], style.rgb(style.BACKGROUND.dark), atol=1e-6)
