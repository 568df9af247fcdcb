from dataclasses import replace
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import losses, lstm, readout, training

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "lstm.npz")
PARAMETERS = ("w_x", "w_h", "b")
SIZES = st.integers(1, 5)


def reference_run():
    model = lstm.LSTM(*(REFERENCE[name] for name in PARAMETERS))
    return model, lstm.forward(model, REFERENCE["x"], (REFERENCE["h0"], REFERENCE["c0"]))


def problem(T, B, D, H, seed):
    random = np.random.default_rng(seed)
    model = replace(lstm.init(D, H, seed), b=random.normal(size=4 * H))
    x, h0, c0 = (random.normal(size=shape) for shape in ((T, B, D), (B, H), (B, H)))
    return model, x, (h0, c0), random.normal(size=(T, B, H)), random.normal(size=(B, H))


def loss_of_everything(dh, dc_last):
    """Σ_t dh_t · h_t + dc_last · c_T gate by gate, with a nudge to add to each of z, c, h: for
    autograd."""
    H = dh.shape[-1]

    def sigmoid(z):
        return 0.5 * (1 + anp.tanh(0.5 * z))

    def gate(p, t, h, block):
        rows = slice(block * H, (block + 1) * H)
        z = anp.dot(p["x"][t], p["w_x"][rows].T) + anp.dot(h, p["w_h"][rows].T) + p["b"][rows]
        return z + p["z"][t][:, rows]

    def loss(p):
        h, c = p["h0"] + p["h"][0], p["c0"] + p["c"][0]
        total = 0.0
        for t in range(len(dh)):
            i, f, o = (sigmoid(gate(p, t, h, block)) for block in (0, 1, 3))
            g = anp.tanh(gate(p, t, h, 2))
            c = f * c + i * g + p["c"][t + 1]
            h = o * anp.tanh(c) + p["h"][t + 1]
            total = total + anp.sum(dh[t] * h)
        return total + anp.sum(dc_last * c)

    return loss


def arguments(model, x, state):
    T, B, _ = x.shape
    H = model.hidden_size
    nudges = {
        "z": np.zeros((T, B, 4 * H)),
        "c": np.zeros((T + 1, B, H)),
        "h": np.zeros((T + 1, B, H)),
    }
    found = {name: getattr(model, name) for name in PARAMETERS}
    return found | {"x": x, "h0": state[0], "c0": state[1]} | nudges


@pytest.mark.parametrize("name", ["i", "f", "g", "o", "z", "c", "h"])
def test_forward_is_torchs(name, assert_close):
    assert_close(getattr(reference_run()[1], name), REFERENCE[name])


@pytest.mark.parametrize("name", [*PARAMETERS, "x", "z", "c", "h"])
def test_bptt_is_torchs(name, assert_close):
    gradients = lstm.bptt(*reference_run(), REFERENCE["dh"], REFERENCE["dc_last"])
    assert_close(getattr(gradients, name), REFERENCE[f"d_{name}"])


@settings(max_examples=25, deadline=None)
@given(T=SIZES, B=SIZES, D=SIZES, H=SIZES, seed=st.integers(0, 2**32 - 1))
def test_bptt_is_autograds(T, B, D, H, seed, assert_close):
    model, x, state, dh, dc_last = problem(T, B, D, H, seed)
    gradients = lstm.bptt(model, lstm.forward(model, x, state), dh, dc_last)
    expected = autograd.grad(loss_of_everything(dh, dc_last))(arguments(model, x, state))
    for name in (*PARAMETERS, "x", "z", "c", "h"):
        assert_close(getattr(gradients, name), expected[name])


@pytest.mark.parametrize("name", [*PARAMETERS, "x", "z", "c", "h"])
def test_bptt_is_the_slope(name, assert_slope):
    model, x, state, dh, dc_last = problem(4, 2, 3, 3, 5)
    loss = loss_of_everything(dh, dc_last)
    point = arguments(model, x, state)
    gradients = lstm.bptt(model, lstm.forward(model, x, state), dh, dc_last)
    assert_slope(lambda value: loss(point | {name: value}), point[name], getattr(gradients, name))


def test_without_dc_last_it_is_zero():
    model, x, state, dh, dc_last = problem(4, 2, 3, 3, 5)
    trace = lstm.forward(model, x, state)
    left_out, zero = lstm.bptt(model, trace, dh), lstm.bptt(model, trace, dh, 0 * dc_last)
    np.testing.assert_array_equal(left_out.c, zero.c)


@settings(max_examples=25, deadline=None)
@given(T=SIZES, B=SIZES, D=SIZES, H=SIZES, seed=st.integers(0, 1000), size=st.floats(0.1, 1e3))
def test_gates_stay_in_range_and_the_cell_follows_them(T, B, D, H, seed, size):
    model, x, state, _, _ = problem(T, B, D, H, seed)
    trace = lstm.forward(model, size * x, state)
    for gate in (trace.i, trace.f, trace.o):
        assert gate.min() >= 0
        assert gate.max() <= 1
    assert np.abs(trace.g).max() <= 1
    np.testing.assert_allclose(
        trace.c[1:], trace.f * trace.c[:-1] + trace.i * trace.g, rtol=1e-14, atol=1e-14
    )
    np.testing.assert_allclose(trace.h[1:], trace.o * np.tanh(trace.c[1:]), rtol=1e-14)


def test_along_the_cell_the_gradient_is_the_product_of_the_forget_gates(assert_close):
    model, x, state, dh, dc_last = problem(12, 3, 2, 4, 1)
    model = replace(model, w_h=np.zeros_like(model.w_h))  # leaves the cell as the only path
    trace = lstm.forward(model, x, state)
    gradients = lstm.bptt(model, trace, 0 * dh, dc_last)
    products = np.cumprod(trace.f[::-1], axis=0)[::-1]
    assert_close(gradients.c[:-1], dc_last * products, 1e-12)


def test_going_on_from_a_state_is_going_through(assert_close):
    model, x, state, _, _ = problem(7, 3, 2, 4, 2)
    whole = lstm.forward(model, x, state)
    first = lstm.forward(model, x[:3], state)
    second = lstm.forward(model, x[3:], (first.h[-1], first.c[-1]))
    assert_close(second.h, whole.h[3:])
    assert_close(second.c, whole.c[3:])


def test_trains_a_latch():
    """Hold the value that came with the last flag: what a network without a memory can't."""
    random = np.random.default_rng(0)
    loss = losses.get("binary_cross_entropy")

    def draw(T=12, B=32):
        flag = random.random((T, B)) < 0.25
        flag[0] = True
        value = random.integers(0, 2, (T, B))
        last = np.maximum.accumulate(np.where(flag, np.arange(T)[:, None], 0))
        held = np.take_along_axis(value, last, axis=0)
        return np.stack([flag, 2 * value - 1], axis=-1), held[..., None]

    def models(p):
        return lstm.LSTM(p["w_x"], p["w_h"], p["b"]), readout.Readout(p["w"], p["b_y"])

    def gradients(p, step):
        x, y = draw()
        cell, out = models(p)
        trace = lstm.forward(cell, x)
        logits = readout.forward(out, trace.h[1:])
        above = readout.backward(out, trace.h[1:], loss.gradient(logits, y))
        below = lstm.bptt(cell, trace, above.h)
        found = {"w_x": below.w_x, "w_h": below.w_h, "b": below.b, "w": above.w, "b_y": above.b}
        return loss.value(logits, y), found

    cell, out = lstm.init(2, 4, 0), readout.init(4, 1, 0)
    start = {"w_x": cell.w_x, "w_h": cell.w_h, "b": cell.b, "w": out.w, "b_y": out.b}
    run = training.train(start, gradients, learning_rate=0.05, steps=200, clip=1.0)
    cell, out = models(run.parameters)
    x, y = draw(B=500)
    right = (readout.forward(out, lstm.forward(cell, x).h[1:]) > 0) == (y > 0)
    assert right.mean() > 0.99


def test_init_opens_the_forget_gate_and_is_decided_by_its_seed():
    first, again, other = (lstm.init(3, 2, seed, forget_bias=1.5) for seed in (0, 0, 1))
    assert first.b.tolist() == [0, 0, 1.5, 1.5, 0, 0, 0, 0]
    np.testing.assert_array_equal(first.w_x, again.w_x)
    np.testing.assert_array_equal(first.w_h, again.w_h)
    assert (first.w_h != other.w_h).all()


@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float32, np.int64, np.asfortranarray])
def test_any_numbers_give_the_same_as_float64(convert):
    model = lstm.init(2, 3, 0)
    x = np.arange(24.0).reshape(4, 3, 2) % 5
    dh = np.arange(36.0).reshape(4, 3, 3)
    state = np.ones((3, 3)), np.ones((3, 3))
    trace = lstm.forward(model, convert(x), [convert(s) for s in state])
    expected = lstm.forward(model, x, state)
    gradients = lstm.bptt(model, trace, convert(dh))
    assert trace.h.dtype == gradients.w_h.dtype == np.float64
    np.testing.assert_array_equal(trace.h, expected.h)
    np.testing.assert_array_equal(gradients.w_h, lstm.bptt(model, expected, dh).w_h)


def test_arguments_are_left_as_they_were():
    model, x, state, dh, dc_last = problem(3, 2, 2, 2, 0)
    trace = lstm.forward(model, x, state)
    arrays = (x, *state, dh, dc_last, model.w_h, trace.h, trace.c, trace.z)
    before = [a.copy() for a in arrays]
    lstm.bptt(model, lstm.forward(model, x, state), dh, dc_last)
    lstm.bptt(model, trace, dh, dc_last)
    for now, then in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(now, then)


X = np.zeros((4, 3, 2))
S = np.zeros((3, 3))
BAD_FORWARD = {
    "two axes": ((X[0],), ValueError, r"x must have shape \(T, B, 2\), got \(3, 2\)"),
    "inputs": ((X[..., :1],), ValueError, r"x must have shape \(T, B, 2\), got \(4, 3, 1\)"),
    "no step": ((X[:0],), ValueError, r"x must not be empty, got shape \(0, 3, 2\)"),
    "nan": ((X + np.nan,), ValueError, r"x must be finite, got nan at index \(0, 0, 0\)"),
    "inf": ((X + np.inf,), ValueError, "x must be finite, got inf"),
    "words": (([[["a", "b"]]],), TypeError, "x must be an array of real numbers, got dtype <U1"),
    "complex": ((X + 1j,), TypeError, "x must be an array of real numbers, got dtype complex128"),
    "one state": ((X, (S,)), ValueError, r"state must be the pair \(h, c\), got 1"),
    "h": ((X, (S[:2], S)), ValueError, r"the h of state must have shape \(3, 3\), got \(2, 3\)"),
    "c": ((X, (S, S[:2])), ValueError, r"the c of state must have shape \(3, 3\), got \(2, 3\)"),
}


@pytest.mark.parametrize(("given", "error", "sentence"), BAD_FORWARD.values(), ids=BAD_FORWARD)
def test_forward_refuses(given, error, sentence):
    with pytest.raises(error, match=sentence):
        lstm.forward(lstm.init(2, 3, 0), *given)


def test_bptt_refuses_what_does_not_fit():
    model = lstm.init(2, 3, 0)
    trace = lstm.forward(model, X)
    dh = np.zeros((4, 3, 3))
    with pytest.raises(ValueError, match=r"dh must have shape \(4, 3, 3\), got \(5, 3, 3\)"):
        lstm.bptt(model, trace, np.zeros((5, 3, 3)))
    with pytest.raises(ValueError, match="dh must be finite, got inf"):
        lstm.bptt(model, trace, dh + np.inf)
    with pytest.raises(ValueError, match=r"dc_last must have shape \(3, 3\), got \(3, 4\)"):
        lstm.bptt(model, trace, dh, np.zeros((3, 4)))
    sentence = "trace must come from this model of 2 inputs and 5 units, got one of 2 inputs and 3"
    with pytest.raises(ValueError, match=sentence):
        lstm.bptt(lstm.init(2, 5, 0), trace, dh)


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("w_x", np.zeros(12), r"w_x must have shape \(4H, D\), got \(12,\)"),
        ("w_x", np.zeros((7, 2)), "w_x must have 4H rows, H for each gate, got 7"),
        ("w_h", np.zeros((12, 4)), r"w_h must have shape \(12, 3\), got \(12, 4\)"),
        ("b", np.zeros(3), r"b must have shape \(12,\), got \(3,\)"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(name, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(lstm.init(2, 3, 0), **{name: value})


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"hidden_size": 0}, ValueError, "hidden_size must be at least 1, got 0"),
        ({"input_size": "2"}, TypeError, "input_size must be a whole number, got '2'"),
        ({"seed": 0.5}, TypeError, "seed must be a whole number, got 0.5"),
        ({"forget_bias": np.nan}, ValueError, "forget_bias must be finite, got nan"),
    ],
)
def test_init_refuses(change, error, sentence):
    with pytest.raises(error, match=sentence):
        lstm.init(**{"input_size": 2, "hidden_size": 3, "seed": 0} | change)
