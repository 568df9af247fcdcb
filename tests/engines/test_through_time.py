"""Steps that are lined up as they come, with and without being recorded, and sums over them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vizdl.engines import lstm, rnn
from vizdl.engines.through_time import Steps, aligned, driven, fitting, summed_outer
from vizdl.live.record import record

SIZES = st.integers(1, 5)


def drawn(*shape, seed=0):
    return np.random.default_rng(seed).normal(size=shape)


@given(SIZES, SIZES, SIZES, st.booleans())
def test_steps_stand_in_their_order(length, batch, width, backwards):
    coming = drawn(length, batch, width)
    steps = Steps(aligned(length, batch, width), backwards=backwards)
    for step in coming:
        np.testing.assert_array_equal(steps.append(step), step)
    together = steps.together()
    np.testing.assert_array_equal(together, coming[::-1] if backwards else coming)
    coming[...] = 0  # what came may be changed later
    assert together.all()


@given(SIZES, SIZES, SIZES)
def test_blocks_stand_side_by_side(length, batch, width):
    left, right = drawn(length, batch, width), drawn(length, batch, 2 * width, seed=1)
    steps = Steps(aligned(length, batch, 3 * width))
    for pair in zip(left, right, strict=True):
        steps.append(*pair)
    np.testing.assert_array_equal(steps.together(), np.concatenate([left, right], axis=2))


def test_more_steps_than_there_is_room_for_are_refused():
    steps = Steps(aligned(1, 2, 3))
    steps.append(np.ones((2, 3)))
    with pytest.raises(StopIteration):
        steps.append(np.ones((2, 3)))


@given(SIZES, SIZES, SIZES)
def test_steps_are_worked_out_in_their_places(length, batch, width):
    left, right = drawn(length, batch, width), drawn(length, batch, width, seed=1)
    steps = Steps(aligned(length, batch, width))
    for pair in zip(left, right, strict=True):
        np.testing.assert_array_equal(steps.put(np.multiply, *pair), np.multiply(*pair))
    np.testing.assert_array_equal(steps.together(), left * right)


@given(st.lists(SIZES, min_size=1, max_size=4))
def test_room_begins_with_a_cache_line(shape):
    room = aligned(*shape)
    assert room.shape == tuple(shape)
    assert room.dtype == np.float64
    assert room.ctypes.data % 64 == 0


@given(SIZES, SIZES, SIZES)
def test_steps_are_added_to_rows(length, batch, width):
    rows, coming = drawn(length, batch, width), drawn(length, batch, width, seed=1)
    expected = rows + coming
    steps = Steps(rows)
    for step, total in zip(coming, expected, strict=True):
        np.testing.assert_array_equal(steps.add(step), total)
    np.testing.assert_array_equal(steps.together(), expected)


@pytest.mark.parametrize("backwards", [False, True])
def test_a_recorded_run_lines_up_as_well(backwards):
    plain, rows = drawn(3, 2, 4), drawn(3, 2, 8, seed=1)

    def lined(x):
        steps = Steps(aligned(3, 2, 8), backwards=backwards)
        onto, sines = Steps(rows.copy()), Steps(aligned(3, 2, 4))
        for k in range(3):
            first = plain[k] if k == 0 else x[k]  # that block is no part of the recording
            onto.add(steps.append(first, x[k] * x[k]))
            sines.put(np.sin, first)
        return {"lined": steps.together(), "added": onto.together(), "sines": sines.together()}

    program = record(lined, inputs={"x": drawn(3, 2, 4, seed=2)})
    other = drawn(3, 2, 4, seed=3)
    found, expected = program.run(x=other).outputs, lined(other)
    np.testing.assert_array_equal(expected["lined"][:: -1 if backwards else 1][0, :, :4], plain[0])
    for name, value in expected.items():
        np.testing.assert_allclose(found[name][0], value, rtol=1e-12)


@given(SIZES, SIZES, SIZES, SIZES)
def test_sums_and_drives_are_those_of_the_equations(length, batch, units, inputs):
    x, da = drawn(length, batch, inputs), drawn(length, batch, units, seed=1)
    w_x, b = drawn(units, inputs, seed=2), drawn(units, seed=3)
    expected = np.einsum("tbi,tbj->ij", da, x)
    np.testing.assert_allclose(summed_outer(da, x), expected, rtol=1e-10, atol=1e-12)
    expected = np.einsum("hd,tbd->tbh", w_x, x) + b
    np.testing.assert_allclose(driven(x, w_x, b), expected, rtol=1e-10, atol=1e-12)


def test_a_trace_fits_its_own_model_alone():
    model = rnn.init(2, 3, 1, seed=0)
    trace = rnn.forward(model, drawn(4, 5, 2))
    assert fitting(model, trace) == (4, 5, 3)
    with pytest.raises(ValueError, match="this model of 2 inputs and 6 units, got one of 2"):
        fitting(lstm.init(2, 6, seed=0), trace)
