from dataclasses import replace
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import rnn

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "rnn.npz")
PARAMETERS = ("w_xh", "w_hh", "b_h", "w_hy", "b_y")
SIZES = st.integers(1, 5)


def reference_model():
    return rnn.RNN(*(REFERENCE[name] for name in PARAMETERS))


def problem(T, B, D, H, out, seed, activation="tanh"):
    random = np.random.default_rng(seed)
    model = rnn.init(D, H, out, seed, activation=activation)
    model = replace(model, b_h=random.normal(size=H), b_y=random.normal(size=out))
    x, h0 = random.normal(size=(T, B, D)), random.normal(size=(B, H))
    return model, x, h0, random.normal(size=(T, B, out))


def loss_of_everything(dy, activation):
    """Σ_t dy_t · y_t step by step, with a nudge to add to each state: for autograd."""
    phi = anp.tanh if activation == "tanh" else (lambda a: a)

    def loss(p):
        h = p["h0"] + p["h"][0]
        total = 0.0
        for t in range(len(dy)):
            h = phi(anp.dot(p["x"][t], p["w_xh"].T) + anp.dot(h, p["w_hh"].T) + p["b_h"])
            h = h + p["h"][t + 1]
            total = total + anp.sum(dy[t] * (anp.dot(h, p["w_hy"].T) + p["b_y"]))
        return total

    return loss


def arguments(model, x, h0):
    found = {name: getattr(model, name) for name in PARAMETERS}
    nudges = np.zeros((len(x) + 1, *h0.shape))
    return found | {"x": x, "h0": h0, "h": nudges}


def test_forward_is_torchs(assert_close):
    trace = rnn.forward(reference_model(), REFERENCE["x"], REFERENCE["h0"])
    assert_close(trace.h, REFERENCE["h"])
    assert_close(trace.y, REFERENCE["y"])


@pytest.mark.parametrize("name", [*PARAMETERS, "x", "h"])
def test_bptt_is_torchs(name, assert_close):
    model = reference_model()
    trace = rnn.forward(model, REFERENCE["x"], REFERENCE["h0"])
    gradients = rnn.bptt(model, trace, REFERENCE["dy"])
    assert_close(getattr(gradients, name), REFERENCE[f"d_{name}"])


def test_flow_is_torchs(assert_close):
    model = reference_model()
    trace = rnn.forward(model, REFERENCE["x"], REFERENCE["h0"])
    gradients = rnn.bptt(model, trace, REFERENCE["dy"])
    expected = REFERENCE["flow_vectors"]
    assert_close(gradients.flow_vectors, expected)
    assert_close(gradients.flow, np.sqrt((expected**2).sum(axis=(2, 3))))
    assert not np.triu(gradients.flow, 1).any()


@pytest.mark.parametrize("activation", rnn.ACTIVATIONS)
@settings(max_examples=20, deadline=None)
@given(T=SIZES, B=SIZES, D=SIZES, H=SIZES, out=SIZES, seed=st.integers(0, 2**32 - 1))
def test_bptt_is_autograds(activation, T, B, D, H, out, seed, assert_close):
    model, x, h0, dy = problem(T, B, D, H, out, seed, activation)
    gradients = rnn.bptt(model, rnn.forward(model, x, h0), dy)
    expected = autograd.grad(loss_of_everything(dy, activation))(arguments(model, x, h0))
    for name in (*PARAMETERS, "x", "h"):
        assert_close(getattr(gradients, name), expected[name])


@pytest.mark.parametrize("activation", rnn.ACTIVATIONS)
@pytest.mark.parametrize("name", [*PARAMETERS, "x"])
def test_bptt_is_the_slope(name, activation, assert_slope):
    model, x, h0, dy = problem(4, 2, 3, 3, 2, 5, activation)
    loss = loss_of_everything(dy, activation)
    point = arguments(model, x, h0)
    gradients = rnn.bptt(model, rnn.forward(model, x, h0), dy)
    assert_slope(lambda value: loss(point | {name: value}), point[name], getattr(gradients, name))


def test_flow_is_the_slope_of_each_loss(assert_slope):
    model, x, h0, dy = problem(4, 2, 3, 3, 2, 6)
    gradients = rnn.bptt(model, rnn.forward(model, x, h0), dy)
    point = arguments(model, x, h0)
    for t in range(4):
        only_t = dy * (np.arange(4) == t)[:, None, None]
        loss = loss_of_everything(only_t, "tanh")
        reached = np.concatenate([np.zeros((1, 2, 3)), gradients.flow_vectors[t]])
        reached[0] = rnn.bptt(model, rnn.forward(model, x, h0), only_t).h[0]
        assert_slope(lambda h, loss=loss: loss(point | {"h": h}), point["h"], reached)


@settings(max_examples=20, deadline=None)
@given(T=SIZES, B=SIZES, H=SIZES, seed=st.integers(0, 1000))
def test_the_gradient_is_the_sum_of_its_shares(T, B, H, seed, assert_close):
    model, x, h0, dy = problem(T, B, 2, H, 2, seed)
    gradients = rnn.bptt(model, rnn.forward(model, x, h0), dy)
    for name in PARAMETERS:
        assert_close(getattr(gradients.shares, name).sum(axis=0), getattr(gradients, name), 1e-12)
    assert_close(gradients.parts.sum(axis=0), gradients.shares.w_hh, 1e-12)
    assert_close(gradients.flow_vectors.sum(axis=0), gradients.h[1:], 1e-12)


def test_flow_of_a_linear_network_goes_by_powers_of_its_matrix(assert_close):
    model = rnn.init(1, 4, 1, seed=3, radius=0.8, activation="identity")
    trace = rnn.forward(model, np.ones((30, 1, 1)))
    flow = rnn.bptt(model, trace, np.ones((30, 1, 1))).flow
    powers = [model.w_hy @ np.linalg.matrix_power(model.w_hh, k) for k in range(30)]
    assert_close(flow[29, ::-1], np.linalg.norm(powers, axis=(1, 2)))


def test_a_linear_network_that_explodes_keeps_its_finite_part():
    model = replace(rnn.init(1, 1, 1, 0, radius=10.0, activation="identity"), w_xh=[[1.0]])
    trace = rnn.forward(model, np.ones((400, 2, 1)))
    assert trace.diverged == 309  # after n steps the state is 11…1 (n ones), too large at n = 310
    assert len(trace.h) - 1 == len(trace.a) == len(trace.y) == len(trace.x) == trace.diverged
    for array in (trace.h, trace.a, trace.y):
        assert np.isfinite(array).all()
    shorter = rnn.forward(model, np.ones((trace.diverged, 2, 1)))
    assert shorter.diverged is None
    np.testing.assert_array_equal(shorter.h, trace.h)


@given(H=SIZES, seed=st.integers(0, 1000), radius=st.floats(0.01, 2))
def test_init_sets_the_radius_exactly(H, seed, radius):
    model = rnn.init(2, H, 1, seed, radius)
    assert rnn.spectral_radius(model.w_hh) == pytest.approx(radius, rel=1e-12)


def test_init_is_decided_by_its_seed():
    first, again, other = (rnn.init(2, 3, 1, seed) for seed in (0, 0, 1))
    for name in PARAMETERS:
        np.testing.assert_array_equal(getattr(first, name), getattr(again, name))
    assert (first.w_hh != other.w_hh).all()


@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float32, np.int64, np.asfortranarray])
def test_any_numbers_give_the_same_as_float64(convert):
    model = rnn.init(2, 3, 1, 0)
    x = np.arange(24.0).reshape(4, 3, 2) % 5
    dy = np.arange(12.0).reshape(4, 3, 1)
    trace, expected = rnn.forward(model, convert(x)), rnn.forward(model, x)
    gradients = rnn.bptt(model, trace, convert(dy))
    assert trace.h.dtype == gradients.w_hh.dtype == np.float64
    np.testing.assert_array_equal(trace.y, expected.y)
    np.testing.assert_array_equal(gradients.w_hh, rnn.bptt(model, expected, dy).w_hh)


def test_arguments_are_left_as_they_were():
    model, x, h0, dy = problem(3, 2, 2, 2, 2, 0)
    before = [a.copy() for a in (x, h0, dy, model.w_hh)]
    trace = rnn.forward(model, x, h0)
    states = trace.h.copy()
    rnn.bptt(model, trace, dy)
    for now, then in zip((x, h0, dy, model.w_hh, trace.h), (*before, states), strict=True):
        np.testing.assert_array_equal(now, then)


X = np.zeros((4, 3, 2))
BAD_FORWARD = {
    "two axes": ((np.zeros((4, 2)),), ValueError, r"x must have shape \(T, B, 2\), got \(4, 2\)"),
    "inputs": (
        (np.zeros((4, 3, 5)),),
        ValueError,
        r"x must have shape \(T, B, 2\), got \(4, 3, 5\)",
    ),
    "no step": ((np.zeros((0, 3, 2)),), ValueError, r"x must not be empty, got shape \(0, 3, 2\)"),
    "nan": ((X + np.nan,), ValueError, r"x must be finite, got nan at index \(0, 0, 0\)"),
    "inf": ((X - np.inf,), ValueError, "x must be finite, got -inf"),
    "words": (([[["a", "b"]]],), TypeError, "x must be an array of real numbers, got dtype <U1"),
    "ragged": (([[[1, 2]], [[1]]],), ValueError, "x must be an array of numbers, got rows of"),
    "h0": ((X, np.zeros((3, 4))), ValueError, r"h0 must have shape \(3, 3\), got \(3, 4\)"),
}


@pytest.mark.parametrize(("given", "error", "sentence"), BAD_FORWARD.values(), ids=BAD_FORWARD)
def test_forward_refuses(given, error, sentence):
    with pytest.raises(error, match=sentence):
        rnn.forward(rnn.init(2, 3, 1, 0), *given)


def test_bptt_refuses_what_does_not_fit():
    model = rnn.init(2, 3, 1, 0)
    trace = rnn.forward(model, X)
    with pytest.raises(ValueError, match=r"dy must have shape \(4, 3, 1\), got \(5, 3, 1\)"):
        rnn.bptt(model, trace, np.zeros((5, 3, 1)))
    with pytest.raises(ValueError, match=r"dy must be finite, got nan"):
        rnn.bptt(model, trace, np.full((4, 3, 1), np.nan))
    with pytest.raises(
        ValueError,
        match="trace must come from this model of 2 inputs and 5 units, "
        "got one of 2 inputs and 3 units",
    ):
        rnn.bptt(rnn.init(2, 5, 1, 0), trace, np.zeros((4, 3, 1)))


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("w_xh", np.zeros(3), r"w_xh must have shape \(H, D\), got \(3,\)"),
        ("w_hh", np.zeros((3, 2)), r"w_hh must have shape \(3, 3\), got \(3, 2\)"),
        ("b_h", np.zeros(2), r"b_h must have shape \(3,\), got \(2,\)"),
        ("w_hy", np.zeros((1, 2)), r"w_hy must have shape \(O, 3\), got \(1, 2\)"),
        ("b_y", np.zeros(2), r"b_y must have shape \(1,\), got \(2,\)"),
        ("activation", "relu", "activation must be one of tanh, identity, got 'relu'"),
    ],
)
def test_parameters_that_do_not_fit_are_refused(name, value, sentence):
    with pytest.raises(ValueError, match=sentence):
        replace(rnn.init(2, 3, 1, 0), **{name: value})


@pytest.mark.parametrize(
    ("change", "error", "sentence"),
    [
        ({"hidden_size": 0}, ValueError, "hidden_size must be at least 1, got 0"),
        ({"input_size": 1.5}, TypeError, "input_size must be a whole number, got 1.5"),
        ({"seed": -1}, ValueError, "seed must be at least 0, got -1"),
        ({"radius": -0.5}, ValueError, "radius must be at least 0, got -0.5"),
    ],
)
def test_init_refuses(change, error, sentence):
    with pytest.raises(error, match=sentence):
        rnn.init(**{"input_size": 2, "hidden_size": 3, "output_size": 1, "seed": 0} | change)
