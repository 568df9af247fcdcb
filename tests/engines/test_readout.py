import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import readout

SIZES = st.integers(1, 4)


@settings(deadline=None)
@given(lead=st.lists(SIZES, max_size=3), H=SIZES, out=SIZES, seed=st.integers(0, 1000))
def test_backward_is_autograds(lead, H, out, seed, assert_close):
    random = np.random.default_rng(seed)
    model = readout.Readout(random.normal(size=(out, H)), random.normal(size=out))
    h, dy = random.normal(size=(*lead, H)), random.normal(size=(*lead, out))
    gradients = readout.backward(model, h, dy)
    assert_close(readout.forward(model, h), np.einsum("oh,...h->...o", model.w, h) + model.b)

    def loss(p):
        return anp.sum(dy * (anp.dot(p["h"], p["w"].T) + p["b"]))

    expected = autograd.grad(loss)({"h": h, "w": model.w, "b": model.b})
    for name in ("h", "w", "b"):
        assert_close(getattr(gradients, name), expected[name])


def test_backward_is_the_slope(assert_slope):
    random = np.random.default_rng(0)
    model = readout.init(3, 2, 0)
    h, dy = random.normal(size=(4, 2, 3)), random.normal(size=(4, 2, 2))
    gradients = readout.backward(model, h, dy)

    def loss(w, b, h):
        return np.sum(dy * readout.forward(readout.Readout(w, b), h))

    assert_slope(lambda w: loss(w, model.b, h), model.w, gradients.w)
    assert_slope(lambda b: loss(model.w, b, h), model.b, gradients.b)
    assert_slope(lambda h: loss(model.w, model.b, h), h, gradients.h)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda m: readout.forward(m, np.ones((5, 2))), ValueError, r"h must have shape \(…, 3\)"),
        (lambda m: readout.forward(m, 1.0), ValueError, r"h must have shape \(…, 3\), got \(\)"),
        (lambda m: readout.forward(m, [np.nan] * 3), ValueError, "h must be finite, got nan"),
        (lambda m: readout.forward(m, "abc"), TypeError, "h must be an array of real numbers"),
        (
            lambda m: readout.backward(m, np.ones((5, 3)), np.ones((4, 2))),
            ValueError,
            r"dy must have shape \(5, 2\), got \(4, 2\)",
        ),
        (lambda m: readout.Readout(m.w, np.ones(3)), ValueError, r"b must have shape \(2,\)"),
        (
            lambda m: readout.Readout(m.b, m.b),
            ValueError,
            r"w must have shape \(O, H\), got \(2,\)",
        ),
        (lambda m: readout.init(0, 2, 0), ValueError, "hidden_size must be at least 1, got 0"),
    ],
)
def test_refuses(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call(readout.init(3, 2, 0))
