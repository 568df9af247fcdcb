"""Wires, gates, switches, arithmetic and the timeline show exactly the numbers they are given."""

import numpy as np
import pytest
from manim import Dot, Scene, tempconfig

from vizdl import style
from vizdl.mobjects import (
    Activation,
    Arithmetic,
    Ride,
    Switch,
    Switchboard,
    Tick,
    Timeline,
    Token,
    Wire,
)
from vizdl.mobjects.wire import join


def play(*animations, show=()):
    with tempconfig({"dry_run": True, "verbosity": "ERROR", "progress_bar": "none"}):
        scene = Scene()
        scene.add(*show)
        scene.play(*animations, run_time=0.2)
    return scene


@pytest.mark.parametrize("function", ["sigmoid", "tanh"])
@pytest.mark.parametrize("z", [-2.0, -0.3, 0.0, 1.5])
def test_the_dot_rides_on_the_curve_where_the_function_takes_its_value(function, z):
    value = 1 / (1 + np.exp(-z)) if function == "sigmoid" else np.tanh(z)
    unit = Activation(function).set_value(value)
    span = {"sigmoid": 5.5, "tanh": 2.8}[function]
    left, right = (unit.axes[0].point_from_proportion(k) for k in (0, 1))
    assert unit.dot.get_x() == pytest.approx(left[0] + (z / span + 1) / 2 * (right - left)[0])
    gap = np.linalg.norm(unit.curve.points - unit.dot.get_center(), axis=1).min()
    assert gap < 0.03


def test_a_path_has_even_steps_and_keeps_its_ends():
    wire = Wire([(0, 0), (2, 0), (2, 1)])
    line = wire.path()
    np.testing.assert_allclose(line[[0, -1], :2], [[0, 0], [2, 1]], atol=1e-9)
    steps = np.linalg.norm(np.diff(line, axis=0), axis=1)
    assert steps.max() < 1.05 * steps.min()
    np.testing.assert_allclose(
        wire.path(0.25, 0.75)[0], line[0] + 0.25 * steps.sum() * np.eye(3)[0], atol=0.02
    )


def test_a_ride_ends_at_the_end_with_the_number_it_becomes():
    wire = Wire([(0, 0), (3, 0)])
    token, dot = Token(0.4, color=style.CELL.dark), Dot()
    play(Ride(token, wire.path(), to=-0.1, tick=(0.4, 0.6)), Ride(dot, wire.path()[::-1]))
    np.testing.assert_allclose(token.pill.get_center(), [3, 0, 0], atol=1e-9)
    np.testing.assert_allclose(dot.get_center(), [0, 0, 0], atol=1e-9)
    assert token.number.text == "−0.10"


def test_a_pulse_leaves_nothing_behind():
    wire = Wire([(0, 0), (3, 0)])
    scene = play(wire.pulse(), wire.pulse(reverse=True), show=(wire,))
    assert scene.mobjects == [wire]


def test_join_goes_round_corners():
    line = join(np.array([[0, 0, 0], [1, 0, 0], [1, 1, 0]], dtype=float))
    assert np.linalg.norm(np.diff(line, axis=0), axis=1).sum() == pytest.approx(2, abs=0.02)


@pytest.mark.parametrize(("value", "lit"), [(0.04, 0), (0.98, 1)])
def test_a_switch_lights_the_word_that_was_chosen(value, lit):
    switch = Switch("forget", "keep", color=style.FORGET_GATE.dark).set_value(value)
    assert switch.words[lit].get_fill_color().to_hex().lower() == style.FORGET_GATE.dark
    assert switch.words[1 - lit].get_fill_color().to_hex().lower() != style.FORGET_GATE.dark
    ends = switch.slot.get_left()[0], switch.slot.get_right()[0]
    assert ends[lit] == pytest.approx(switch.knob.get_x(), abs=0.25)


def test_switchboard_and_tick_end_on_their_numbers():
    board = Switchboard({"f": ("a", "b", "#ffffff"), "i": ("c", "d", "#ffffff")})
    unit = Activation("tanh", symbol="g_t")
    play(board.to({"f": 0.9, "i": 0.1}), Tick(unit, -0.5), show=(board, unit))
    assert {k: s.value for k, s in board.switches.items()} == pytest.approx({"f": 0.9, "i": 0.1})
    assert unit.number.text == "−0.50"


def test_arithmetic_ends_on_its_result_and_subtracts_a_negative():
    line = Arithmetic("c_t =", 0.02, -0.64, -0.62, times=False)
    play(line.answer(0.02))
    assert [number.text for number in line.numbers] == ["0.02", "0.64", "−0.62"]
    assert line.words[1].text == "minus"


@pytest.fixture
def strip():
    strip = Timeline(4, width=8)
    strip.add_flags("flag", [1, 0, 0, 1]).add_gates("gate", [0.0, 1.0, 0.5, 0.0])
    return strip.add_bars("value", [0.5, -1.0, 0.25, 1.0], height=0.6, marks=[np.nan, 0.5] * 2)


def bars(strip):
    return strip.rows["value"].submobjects[2]


def test_bars_grow_with_the_step_to_their_values(strip):
    strip.set_step(2.5)
    base = strip.rows["value"].base.get_y()
    tips = [bar.get_all_points()[:, 1] - base if len(bar.points) else [0.0] for bar in bars(strip)]
    reach = [max(tip, key=abs) for tip in tips]
    assert reach == pytest.approx([0.15, -0.3, 0.0375, 0.0])


def test_going_back_takes_the_bars_away_again(strip):
    strip.set_step(4)
    strip.set_step(1)
    assert [len(bar.points) > 0 for bar in bars(strip)] == [True, False, False, False]


def test_gates_leave_their_share_open(strip):
    strip.set_step(4)
    walls = strip.rows["gate"].submobjects[2:]
    for wall, opening in zip(walls, [0.0, 1.0, 0.5, 0.0], strict=True):
        lower, upper = sorted((path[:, 1].min(), path[:, 1].max()) for path in wall.get_subpaths())
        share = (upper[0] - lower[1]) / (upper[1] - lower[0])
        assert share == pytest.approx(opening, abs=0.18 if opening == 1 else 1e-6)


@pytest.mark.parametrize(("step", "column"), [(0, 0), (1, 0), (1.5, 1), (4, 3)])
def test_the_cursor_stands_on_the_current_column(strip, step, column):
    strip.set_step(step)
    assert strip.cursor.get_x() == pytest.approx(strip.column(column)[0])


def test_a_strip_can_be_moved(strip):
    strip.set_step(2).shift(np.array([1.0, -2.0, 0])).set_step(4)
    base = strip.rows["value"].base.get_y()
    assert bars(strip)[3].get_bottom()[1] == pytest.approx(base)
    assert bars(strip)[3].get_x() == pytest.approx(strip.column(3, "value")[0])
