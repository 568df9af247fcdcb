"""The picture of an LSTM shows the numbers it is given, and its wires do not cross."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manim import Scene, tempconfig

from vizdl.engines import lstm
from vizdl.mobjects import LSTMCell

GATE = st.floats(0, 1)
SIGNED = st.floats(-1, 1)


@pytest.fixture(scope="module")
def cell():
    return LSTMCell(inputs=("value", "store"), flags=("store",))


@pytest.fixture(scope="module")
def step():
    """The last step of a real run, for one unit."""
    model = lstm.init(2, 3, seed=1)
    x = np.random.default_rng(1).uniform(-1, 1, (6, 1, 2))
    run = lstm.forward(model, x)
    numbers = {name: getattr(run, name)[-1, 0, 1] for name in lstm.GATES}
    numbers |= {"c_prev": run.c[-2, 0, 1], "c": run.c[-1, 0, 1]}
    return numbers | {"h_prev": run.h[-2, 0, 1], "h": run.h[-1, 0, 1], "x": x[-1, 0]}


def test_it_shows_what_the_engine_computed(cell, step):
    cell.set_step(**step)
    assert cell.forget.number.value == step["f"]
    assert cell.input.number.value == step["i"]
    assert cell.candidate.number.value == step["g"]
    assert cell.output.number.value == step["o"]
    for name in ("c_prev", "c", "h_prev", "h"):
        assert cell.readings[name].value == step[name]
    assert cell.port.shown[0].value == step["x"][0]


def test_kept_and_stored_add_up_to_the_cell_state(cell, step):
    cell.set_step(**step)
    kept, stored = cell.readings["kept"].value, cell.readings["stored"].value
    assert kept + stored == pytest.approx(step["c"], abs=1e-12)
    assert step["o"] * cell.readings["squashed"].value == pytest.approx(step["h"], abs=1e-12)


@settings(max_examples=25, deadline=None)
@given(f=GATE, i=GATE, o=GATE, g=SIGNED, c_prev=SIGNED)
def test_openings_and_flows_follow_the_numbers(cell, f, i, o, g, c_prev):
    c = f * c_prev + i * g
    cell.set_step(f=f, i=i, o=o, g=g, c_prev=c_prev, c=c)
    for valve, gate in ((cell.product_f, f), (cell.product_i, i), (cell.product_o, o)):
        upper, lower = valve.jaws
        axis = 0 if valve.vertical else 1
        gap = upper.points[:, axis].min() - lower.points[:, axis].max()
        bore = 2 * valve.share * valve.ring.width / 2
        assert gap == pytest.approx(gate * bore, abs=1e-9)
    full = cell.wires["c_prev"].full * 100
    for name, value in (("c_prev", c_prev), ("kept", f * c_prev), ("c", c)):
        width = cell.wires[name].flow.get_stroke_width()
        assert width == pytest.approx(full * min(1, abs(value)), abs=1e-6)


def test_a_number_that_is_not_known_yet_leaves_its_pipe_empty(cell, step):
    cell.set_step(**{**step, "c": np.nan, "h": np.nan})
    assert cell.readings["c"].text == cell.readings["h"].text == "−"
    assert cell.wires["c"].flow.get_stroke_width() == 0
    assert cell.wires["h"].flow.get_stroke_width() == 0
    assert cell.tanh.dot.get_fill_opacity() == 0
    assert cell.wires["kept"].flow.get_stroke_width() > 0


def test_no_wire_crosses_another(cell):
    """Two wires may touch where both end or where a tap joins them, nowhere else."""
    lines = {name: wire.path()[:, :2] for name, wire in cell.wires.items()}
    joints = [line[k] for line in lines.values() for k in (0, -1)]
    for (first, one), (second, two) in combinations(lines.items(), 2):
        distance = np.linalg.norm(one[:, None] - two[None], axis=-1)
        for spot in one[np.unique(np.nonzero(distance < 0.04)[0])]:
            near = min(np.linalg.norm(spot - joint) for joint in joints)
            assert near < 0.2, f"{first} crosses {second} at {spot}"


def test_the_bus_leads_every_input_into_every_unit(cell):
    units = dict(zip("figo", cell.units, strict=False))
    for source in ("x", "h_prev"):
        start = cell.wires[source].path()[0]
        for name, unit in units.items():
            way = cell.bus(source, name)
            np.testing.assert_allclose(way[0], start)
            np.testing.assert_allclose(way[-1], unit.box.get_bottom(), atol=1e-6)
            assert np.linalg.norm(np.diff(way, axis=0), axis=1).max() < 0.3  # no jump


def test_routes_run_both_ways(cell):
    forth = cell.route("c_prev", "kept", "c")
    np.testing.assert_array_equal(cell.route("c_prev", "kept", "c", reverse=True), forth[::-1])
    assert forth[0, 0] < forth[-1, 0]


def test_it_keeps_its_proportions_when_scaled(step):
    large, small = (LSTMCell(inputs=("a", "b")).set_step(**step) for _ in range(2))
    small.scale(0.5).set_step(**step)
    assert small.width == pytest.approx(large.width / 2, rel=1e-6)
    for name, wire in large.wires.items():
        half = small.wires[name].flow.get_stroke_width()
        assert half == pytest.approx(wire.flow.get_stroke_width() / 2, rel=1e-3)
    assert small.product_f.jaws.height == pytest.approx(large.product_f.jaws.height / 2, rel=1e-3)


def test_the_animation_ends_on_exactly_the_numbers(step):
    with tempconfig({"dry_run": True, "verbosity": "ERROR", "progress_bar": "none"}):
        scene, cell = Scene(), LSTMCell(inputs=("a", "b"))
        scene.add(cell)
        scene.play(cell.to(**step, drift=1.0, run_time=0.2))
    for name in ("i", "f", "g", "o", "c_prev", "c", "h_prev", "h"):
        assert cell.values[name] == pytest.approx(step[name], abs=1e-15)
    np.testing.assert_allclose(cell.x, step["x"])
    assert cell.phase == 1.0


def test_wrong_names_and_sizes_are_refused(cell):
    with pytest.raises(TypeError, match="not q"):
        cell.set_step(q=1.0)
    with pytest.raises(ValueError, match="x must have 2 numbers, got 3"):
        cell.set_step(x=(1, 2, 3))
