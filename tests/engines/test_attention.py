from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import attention

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "attention.npz")
SETTINGS = {"plain": {}, "masked": {"mask": REFERENCE["masked/mask"]}, "scaled": {"scale": 1.7}}
SIZES = st.integers(1, 5)


def problem(lead, Tq, Tk, d, dv, seed):
    random = np.random.default_rng(seed)
    shapes = ((Tq, d), (Tk, d), (Tk, dv), (Tq, dv))
    q, k, v, doutput = (random.normal(size=(*lead, *shape)) for shape in shapes)
    mask = random.random((*lead, Tq, Tk)) < 0.5
    mask[..., random.integers(Tk)] = True
    return q, k, v, doutput, mask


def loss_of_everything(doutput, mask, scale):
    """doutput · output with a nudge to add to scores and weights: for autograd."""

    def loss(p):
        scores = scale * anp.einsum("...qd,...kd->...qk", p["q"], p["k"]) + p["scores"]
        powers = anp.where(mask, anp.exp(scores), 0.0)
        weights = powers / anp.sum(powers, axis=-1, keepdims=True) + p["weights"]
        return anp.sum(doutput * anp.einsum("...qk,...kv->...qv", weights, p["v"]))

    return loss


def arguments(q, k, v):
    nudge = np.zeros((*q.shape[:-1], k.shape[-2]))
    return {"q": q, "k": k, "v": v, "scores": nudge, "weights": nudge}


@pytest.mark.parametrize("case", SETTINGS)
def test_attention_is_torchs(case, assert_close):
    q, k, v, doutput = (REFERENCE[f"{case}/{name}"] for name in ("q", "k", "v", "doutput"))
    trace = attention.attend(q, k, v, **SETTINGS[case])
    gradients = attention.backward(trace, doutput)
    assert_close(trace.output, REFERENCE[f"{case}/output"])
    for name in "qkv":
        assert_close(getattr(gradients, name), REFERENCE[f"{case}/d_{name}"])


@settings(max_examples=40, deadline=None)
@given(
    lead=st.lists(st.integers(1, 3), max_size=2),
    Tq=SIZES,
    Tk=SIZES,
    d=SIZES,
    dv=SIZES,
    seed=st.integers(0, 2**32 - 1),
    masked=st.booleans(),
    scale=st.none() | st.floats(0.1, 3),
)
def test_backward_is_autograds(lead, Tq, Tk, d, dv, seed, masked, scale, assert_close):
    q, k, v, doutput, mask = problem(lead, Tq, Tk, d, dv, seed)
    mask = mask if masked else None
    trace = attention.attend(q, k, v, mask=mask, scale=scale)
    gradients = attention.backward(trace, doutput)
    loss = loss_of_everything(doutput, True if mask is None else mask, scale or d**-0.5)
    expected = autograd.grad(loss)(arguments(q, k, v))
    for name in ("v", "weights"):
        assert_close(getattr(gradients, name), expected[name])
    for name in ("q", "k", "scores"):  # these may cancel to 0, so compare by the size of dweights
        scale_of_terms = np.abs(gradients.weights).max() * max(np.abs(q).max(), np.abs(k).max(), 1)
        np.testing.assert_allclose(
            getattr(gradients, name), expected[name], rtol=1e-10, atol=1e-13 * scale_of_terms
        )


@pytest.mark.parametrize("name", ["q", "k", "v", "scores"])
def test_backward_is_the_slope(name, assert_slope):
    q, k, v, doutput, mask = problem((2,), 3, 4, 2, 3, 7)
    gradients = attention.backward(attention.attend(q, k, v, mask=mask), doutput)
    loss = loss_of_everything(doutput, mask, 2**-0.5)
    point = arguments(q, k, v)
    assert_slope(lambda value: loss(point | {name: value}), point[name], getattr(gradients, name))


@given(lead=st.lists(st.integers(1, 3), max_size=2), Tq=SIZES, Tk=SIZES, seed=st.integers(0, 1000))
def test_weights_are_a_distribution_over_what_may_be_seen(lead, Tq, Tk, seed):
    q, k, v, _, mask = problem(lead, Tq, Tk, 3, 2, seed)
    trace = attention.attend(q, k, v, mask=mask)
    np.testing.assert_allclose(trace.weights.sum(axis=-1), 1, rtol=1e-14)
    assert (trace.weights[mask] > 0).all()
    assert not trace.weights[~mask].any()
    np.testing.assert_allclose(trace.output, trace.weights @ v, rtol=1e-14)


def test_the_order_of_the_memory_does_not_matter(assert_close):
    q, k, v, _, _ = problem((), 3, 5, 4, 2, 0)
    order = [3, 0, 4, 1, 2]
    trace, shuffled = attention.attend(q, k, v), attention.attend(q, k[order], v[order])
    assert_close(shuffled.output, trace.output)
    assert_close(shuffled.weights, trace.weights[:, order])


def test_large_scores_do_not_overflow():
    q, k = np.array([[1000.0]]), np.array([[1000.0], [-1000.0], [999.0]])
    trace = attention.attend(q, k, np.eye(3), scale=1.0)
    np.testing.assert_array_equal(trace.weights, [[1, 0, 0]])


def test_scale_0_is_the_mean_of_the_values(assert_close):
    q, k, v, _, _ = problem((), 3, 5, 4, 2, 0)
    assert_close(attention.attend(q, k, v, scale=0).output, np.tile(v.mean(axis=0), (3, 1)))


def test_a_mask_broadcasts(assert_close):
    q, k, v, _, _ = problem((2,), 4, 4, 3, 2, 0)
    causal = np.tri(4, dtype=bool)
    trace = attention.attend(q, k, v, mask=causal)
    assert not np.triu(trace.weights, 1).any()
    assert_close(trace.output[:, 0], v[:, 0])


@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float32, np.int64, np.asfortranarray])
def test_any_numbers_give_the_same_as_float64(convert):
    q, k, v = (np.arange(12.0).reshape(4, 3) % n for n in (5, 4, 7))
    trace = attention.attend(convert(q), convert(k), convert(v))
    assert trace.output.dtype == np.float64
    np.testing.assert_array_equal(trace.output, attention.attend(q, k, v).output)


Q, K, V = np.ones((2, 3, 4)), np.ones((2, 5, 4)), np.ones((2, 5, 6))
BAD = {
    "one axis": ({"q": np.ones(4)}, ValueError, r"q must have shape \(…, Tq, d\), got \(4,\)"),
    "keys": ({"k": K[..., :3]}, ValueError, r"k must have shape \(2, Tk, 4\), got \(2, 5, 3\)"),
    "batch": ({"k": K[:1]}, ValueError, r"k must have shape \(2, Tk, 4\), got \(1, 5, 4\)"),
    "values": ({"v": V[:, :4]}, ValueError, r"v must have shape \(2, 5, dv\), got \(2, 4, 6\)"),
    "empty": ({"q": Q[:, :0]}, ValueError, r"q must not be empty, got shape \(2, 0, 4\)"),
    "nan": ({"v": V * np.nan}, ValueError, "v must be finite, got nan at index"),
    "inf": ({"k": K * np.inf}, ValueError, "k must be finite, got inf at index"),
    "words": ({"q": [["a"]]}, TypeError, "q must be an array of real numbers, got dtype <U1"),
    "scale": ({"scale": -1}, ValueError, "scale must be at least 0, got -1"),
    "mask of numbers": (
        {"mask": np.ones((3, 5))},
        TypeError,
        "mask must hold booleans, .* float64",
    ),
    "mask shape": (
        {"mask": np.ones((5, 3), dtype=bool)},
        ValueError,
        r"mask must broadcast to \(…, Tq, Tk\), here \(2, 3, 5\), got \(5, 3\)",
    ),
    "blind query": (
        {"mask": np.arange(3)[:, None] < np.ones((2, 3, 5))},
        ValueError,
        r"mask must let every query attend to at least one key, got a row .* index \(0, 1\)",
    ),
}


@pytest.mark.parametrize(("change", "error", "sentence"), BAD.values(), ids=BAD)
def test_attend_refuses(change, error, sentence):
    with pytest.raises(error, match=sentence):
        attention.attend(**{"q": Q, "k": K, "v": V} | change)


def test_backward_refuses_what_does_not_fit():
    trace = attention.attend(Q, K, V)
    with pytest.raises(ValueError, match=r"doutput must have shape \(2, 3, 6\), got \(2, 3, 5\)"):
        attention.backward(trace, np.ones((2, 3, 5)))
    with pytest.raises(ValueError, match="doutput must be finite, got nan"):
        attention.backward(trace, np.full((2, 3, 6), np.nan))
