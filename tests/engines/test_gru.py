from dataclasses import replace
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import gru

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "gru.npz")
PARAMETERS = ("w_x", "w_h", "b", "c_n")
SIZES = st.integers(1, 5)


def reference_run():
    model = gru.GRU(*(REFERENCE[name] for name in PARAMETERS))
    return model, gru.forward(model, REFERENCE["x"], REFERENCE["h0"])


def problem(T, B, D, H, seed):
    random = np.random.default_rng(seed)
    model = replace(gru.init(D, H, seed), b=random.normal(size=3 * H), c_n=random.normal(size=H))
    x, h0 = random.normal(size=(T, B, D)), random.normal(size=(B, H))
    return model, x, h0, random.normal(size=(T, B, H))


def loss_of_everything(dh):
    """Σ_t dh_t · h_t block by block, with a nudge to add to each of a, h: for autograd."""
    H = dh.shape[-1]

    def sigmoid(z):
        return 0.5 * (1 + anp.tanh(0.5 * z))

    def loss(p):
        h, total = p["h0"] + p["h"][0], 0.0
        for t in range(len(dh)):
            u = [anp.dot(h, p["w_h"][k * H : (k + 1) * H].T) for k in range(3)]
            driven = anp.dot(p["x"][t], p["w_x"].T) + p["b"] + p["a"][t]
            r, z = sigmoid(driven[:, :H] + u[0]), sigmoid(driven[:, H : 2 * H] + u[1])
            n = anp.tanh(driven[:, 2 * H :] + r * (u[2] + p["c_n"]))
            h = z * h + (1 - z) * n + p["h"][t + 1]
            total = total + anp.sum(dh[t] * h)
        return total

    return loss


def arguments(model, x, h0):
    T, B, _ = x.shape
    H = model.hidden_size
    found = {name: getattr(model, name) for name in PARAMETERS}
    return found | {"x": x, "h0": h0, "a": np.zeros((T, B, 3 * H)), "h": np.zeros((T + 1, B, H))}


@pytest.mark.parametrize("name", ["r", "z", "n", "h"])
def test_forward_is_torchs(name, assert_close):
    assert_close(getattr(reference_run()[1], name), REFERENCE[name])


@pytest.mark.parametrize("name", [*PARAMETERS, "x", "a", "h"])
def test_bptt_is_torchs(name, assert_close):
    gradients = gru.bptt(*reference_run(), REFERENCE["dh"])
    assert_close(getattr(gradients, name), REFERENCE[f"d_{name}"])


@settings(max_examples=25)
@given(T=SIZES, B=SIZES, D=SIZES, H=SIZES, seed=st.integers(0, 2**32 - 1))
def test_bptt_is_autograds(T, B, D, H, seed, assert_close):
    model, x, h0, dh = problem(T, B, D, H, seed)
    gradients = gru.bptt(model, gru.forward(model, x, h0), dh)
    expected = autograd.grad(loss_of_everything(dh))(arguments(model, x, h0))
    for name in (*PARAMETERS, "x", "a", "h"):
        assert_close(getattr(gradients, name), expected[name])


@pytest.mark.parametrize("name", [*PARAMETERS, "x", "a", "h"])
def test_bptt_is_the_slope(name, assert_slope):
    model, x, h0, dh = problem(4, 2, 3, 3, 5)
    loss, point = loss_of_everything(dh), arguments(model, x, h0)
    gradients = gru.bptt(model, gru.forward(model, x, h0), dh)
    assert_slope(lambda value: loss(point | {name: value}), point[name], getattr(gradients, name))


@settings(max_examples=25)
@given(T=SIZES, B=SIZES, D=SIZES, H=SIZES, seed=st.integers(0, 1000), size=st.floats(0.1, 1e3))
def test_the_state_lies_between_what_was_and_what_is_new(T, B, D, H, seed, size):
    model, x, h0, _ = problem(T, B, D, H, seed)
    trace = gru.forward(model, size * x, h0)
    for gate in (trace.r, trace.z):
        assert gate.min() >= 0
        assert gate.max() <= 1
    low, high = np.minimum(trace.h[:-1], trace.n), np.maximum(trace.h[:-1], trace.n)
    assert (trace.h[1:] >= low - 1e-12).all()
    assert (trace.h[1:] <= high + 1e-12).all()


def test_along_the_state_the_gradient_is_the_product_of_the_update_gates(assert_close):
    model, x, h0, dh = problem(12, 3, 2, 4, 1)
    model = replace(model, w_h=np.zeros_like(model.w_h))  # leaves the state as the only path
    trace = gru.forward(model, x, h0)
    dh[:-1] = 0
    gradients = gru.bptt(model, trace, dh)
    products = np.cumprod(trace.z[::-1], axis=0)[::-1]
    assert_close(gradients.h[:-1], dh[-1] * products, 1e-12)


def test_going_on_from_a_state_is_going_through(assert_close):
    model, x, h0, _ = problem(7, 3, 2, 4, 2)
    whole, first = gru.forward(model, x, h0), gru.forward(model, x[:3], h0)
    assert_close(gru.forward(model, x[3:], first.h[-1]).h, whole.h[3:])


def test_init_opens_the_update_gate_and_is_decided_by_its_seed():
    first, again, other = (gru.init(3, 2, seed, update_bias=1.5) for seed in (0, 0, 1))
    assert first.b.tolist() == [0, 0, 1.5, 1.5, 0, 0]
    np.testing.assert_array_equal(first.w_x, again.w_x)
    np.testing.assert_array_equal(first.w_h, again.w_h)
    assert (first.w_h != other.w_h).all()


def test_arguments_are_left_as_they_were():
    model, x, h0, dh = problem(3, 2, 2, 2, 0)
    trace = gru.forward(model, x, h0)
    arrays = (x, h0, dh, model.w_h, trace.h, trace.z, trace.past)
    before = [array.copy() for array in arrays]
    gru.bptt(model, trace, dh)
    for now, then in zip(arrays, before, strict=True):
        np.testing.assert_array_equal(now, then)


X = np.zeros((4, 3, 2))
BAD_FORWARD = {
    "two axes": ((X[0],), ValueError, r"x must have shape \(T, B, 2\), got \(3, 2\)"),
    "no step": ((X[:0],), ValueError, r"x must not be empty, got shape \(0, 3, 2\)"),
    "nan": ((X + np.nan,), ValueError, r"x must be finite, got nan at index \(0, 0, 0\)"),
    "words": (([[["a", "b"]]],), TypeError, "x must be an array of real numbers, got dtype <U1"),
    "h0": ((X, np.zeros((2, 3))), ValueError, r"h0 must have shape \(3, 3\), got \(2, 3\)"),
}


@pytest.mark.parametrize(("given", "error", "sentence"), BAD_FORWARD.values(), ids=BAD_FORWARD)
def test_forward_refuses(given, error, sentence):
    with pytest.raises(error, match=sentence):
        gru.forward(gru.init(2, 3, 0), *given)


def test_bptt_refuses_what_does_not_fit():
    trace = gru.forward(gru.init(2, 3, 0), X)
    with pytest.raises(ValueError, match=r"dh must have shape \(4, 3, 3\), got \(5, 3, 3\)"):
        gru.bptt(gru.init(2, 3, 0), trace, np.zeros((5, 3, 3)))
    sentence = "trace must come from this model of 2 inputs and 5 units, got one of 2 inputs and 3"
    with pytest.raises(ValueError, match=sentence):
        gru.bptt(gru.init(2, 5, 0), trace, np.zeros((4, 3, 3)))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("w_x", np.zeros(9), r"w_x must have shape \(3H, D\), got \(9,\)"),
        ("w_x", np.zeros((7, 2)), "w_x must have 3H rows, H for each block, got 7"),
        ("w_h", np.zeros((9, 4)), r"w_h must have shape \(9, 3\), got \(9, 4\)"),
        ("b", np.zeros(3), r"b must have shape \(9,\), got \(3,\)"),
        ("c_n", np.zeros(4), r"c_n must have shape \(3,\), got \(4,\)"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(name, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(gru.init(2, 3, 0), **{name: value})
