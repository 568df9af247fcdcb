import json

import numpy as np
import pytest
from matplotlib.path import Path

from vizdl import style
from vizdl.experiments import bptt
from vizdl.figures import bptt as drawn
from vizdl.figures.base import to_payload
from vizdl.figures.bptt_places import THICKEST, THINNEST

LOWER = np.tril_indices(12)


@pytest.fixture(scope="module")
def trace():
    return bptt.run(bptt.Settings())


@pytest.fixture(scope="module")
def fig(trace):
    return drawn.figure(trace)


def test_cells_are_the_flow_of_the_trace(trace, fig):
    bars = fig.data[drawn.CELLS]
    assert list(bars.x) == list(LOWER[1] + 1)
    assert list(bars.base + np.asarray(bars.y) / 2) == pytest.approx(LOWER[0] + 1)
    expected = np.log10(np.maximum(trace.flow[LOWER] / trace.flow.max(), drawn.FLOOR))
    np.testing.assert_allclose(bars.marker.color, expected)
    assert (bars.marker.cmin, bars.marker.cmax) == (np.log10(drawn.FLOOR), 0)


def test_discs_have_the_area_of_their_loss(trace, fig):
    size = np.asarray(fig.data[drawn.LOSSES].marker.size) - 5
    np.testing.assert_allclose(size**2 / np.max(size) ** 2, trace.losses / trace.losses.max())


def test_a_frame_for_every_cell_the_last_loss_first(fig):
    labels = fig.layout.meta["labels"]
    assert len(fig.frames) == len(labels) == 78
    assert fig.layout.meta["redraw"] is False
    assert labels[0].startswith("Loss 12 at its own state")
    assert labels[-1].startswith("Loss 1 at its own state")


@pytest.mark.parametrize(("frame", "t", "k"), [(0, 11, 11), (11, 11, 0), (14, 10, 8), (77, 0, 0)])
def test_a_frame_shows_its_path_with_the_numbers_of_the_trace(trace, fig, frame, t, k):
    parts = dict(zip(fig.frames[frame].traces, fig.frames[frame].data, strict=True))
    x, y = (np.asarray(parts[drawn.BAND][axis])[:12] for axis in "xy")
    for state in range(12):
        passed = min(max(state, k), t)
        assert x[state] == passed + 1
        wanted = max(THICKEST * trace.left[t, passed], THINNEST)
        assert y[state] == pytest.approx(wanted)
    np.testing.assert_array_equal(np.asarray(parts[drawn.BAND].y)[12:], -y[::-1])
    assert list(parts[drawn.PATH].x) == [t + 1, k + 1]
    assert list(parts[drawn.PATH].y) == [t + 1, t + 1]
    assert (parts[drawn.FRAMED].x[0], parts[drawn.FRAMED].y[0]) == (k + 1, t + 1)
    assert parts[drawn.HEAD].x[0] == k + 1
    assert parts[drawn.AMOUNT].text[0] == drawn.number(trace.flow[t, k], 2)
    assert parts[drawn.CHOSEN].text[0] == drawn.number(trace.losses[t], 2)
    veiled = Path(np.column_stack([parts[drawn.AHEAD].x, parts[drawn.AHEAD].y]))
    ahead = veiled.contains_points(np.column_stack([LOWER[1] + 1, LOWER[0] + 1]))
    assert np.count_nonzero(~ahead) == frame + 1
    np.testing.assert_array_equal(~ahead, (LOWER[0] > t) | ((LOWER[0] == t) & (LOWER[1] >= k)))


def test_hovering_a_cell_tells_its_path_and_its_number(trace, fig):
    words = fig.data[drawn.CELLS].hovertext
    cell = list(zip(*LOWER, strict=True)).index((8, 2))
    assert drawn.number(trace.flow[8, 2], 3) in words[cell]
    assert "L<sub>9</sub> → h<sub>9</sub> → h<sub>8</sub> → … → h<sub>3</sub>" in words[cell]
    assert "6 steps" in words[cell]
    own = list(zip(*LOWER, strict=True)).index((4, 4))
    assert "no step back yet" in words[own]


def test_colours_come_from_the_style_and_change_with_the_theme(trace, fig):
    payload = json.loads(to_payload(fig, drawn.figure(trace, "dark")))
    roles = {role.light: role.dark for role in (*style.ROLES, *style.SERIES)}
    for light, dark in payload["colours"].items():
        assert roles[light] == dark


def test_other_lengths_are_drawn():
    for length in (4, 24):
        chosen = bptt.Settings(length=length, training_steps=20)
        fig = drawn.figure(bptt.run(chosen))
        assert len(fig.frames) == length * (length + 1) // 2
        assert fig.layout.meta["start"] == length - 1
