import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from vizdl import style
from vizdl.experiments import bptt
from vizdl.stills import bptt as drawn
from vizdl.stills.base import save


@pytest.fixture(scope="module")
def trace():
    return bptt.run(bptt.Settings())


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_stronger_the_gradient_the_nearer_its_cell_to_the_full_colour(trace, theme):
    triangle = drawn.draw(trace, theme).axes[0]
    cells = [patch for patch in triangle.patches if isinstance(patch, Rectangle)]
    rows, columns = np.tril_indices(12)
    places = np.array([cell.get_xy() for cell in cells]) + 0.46
    np.testing.assert_allclose(places, np.column_stack([columns + 1, rows + 1]))
    full = style.rgb(style.GRADIENT.on(theme))
    away = np.array([np.abs(style.rgb(to_hex(c.get_facecolor())) - full).sum() for c in cells])
    order = np.argsort(trace.flow[rows, columns])
    assert np.all(np.diff(away[order]) <= 0.02)  # rounding to 8 bits a channel
    assert away[order[-1]] < 0.02


def test_curves_are_the_rows_of_the_trace(trace):
    fading = drawn.draw(trace).axes[1]
    for t, line in enumerate(fading.lines, 1):
        np.testing.assert_array_equal(line.get_ydata(), trace.left[t, t::-1])


def test_the_same_trace_gives_the_same_bytes(trace, tmp_path):
    first, second = (save(drawn.draw(trace), tmp_path / name) for name in ("a.svg", "b.svg"))
    assert first.read_bytes() == second.read_bytes()


def test_other_lengths_are_drawn(tmp_path):
    for length in (4, 24):
        chosen = bptt.Settings(length=length, training_steps=20)
        figure = drawn.draw(bptt.run(chosen))
        assert len(figure.axes[0].patches) == length * (length + 1) // 2
        assert save(figure, tmp_path / f"{length}.png").stat().st_size > 0
