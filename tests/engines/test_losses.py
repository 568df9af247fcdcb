import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import losses

SIZES = st.integers(1, 4)
PLAIN = {  # the textbook's formulas, for autograd; they overflow where ours must not
    "squared_error": lambda p, y: anp.sum((p - y) ** 2, axis=-1),
    "binary_cross_entropy": lambda p, y: anp.sum(
        -y * anp.log(1 / (1 + anp.exp(-p))) - (1 - y) * anp.log(1 - 1 / (1 + anp.exp(-p))), axis=-1
    ),
    "softmax_cross_entropy": lambda p, y: (
        -anp.sum(y * anp.log(anp.exp(p) / anp.sum(anp.exp(p), axis=-1, keepdims=True)), axis=-1)
    ),
}


def problem(name, lead, out, seed):
    random = np.random.default_rng(seed)
    target = random.random((*lead, out))
    if name == "softmax_cross_entropy":
        target = target / target.sum(axis=-1, keepdims=True)
    return random.normal(size=(*lead, out)), target


@pytest.mark.parametrize("name", losses.names())
@settings(deadline=None, max_examples=40)
@given(lead=st.lists(SIZES, max_size=2), out=SIZES, seed=st.integers(0, 2**32 - 1))
def test_values_and_gradients_are_the_formulas(name, lead, out, seed):
    prediction, target = problem(name, lead, out, seed)
    loss = losses.get(name)
    each = loss.each(prediction, target)
    assert each.shape == tuple(lead)
    np.testing.assert_allclose(each, PLAIN[name](prediction, target), rtol=1e-10, atol=1e-13)
    assert loss.value(prediction, target) == pytest.approx(each.mean(), rel=1e-14)
    expected = autograd.grad(lambda p: anp.mean(PLAIN[name](p, target)))(prediction)
    np.testing.assert_allclose(loss.gradient(prediction, target), expected, rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("name", losses.names())
def test_gradient_is_the_slope(name, assert_slope):
    prediction, target = problem(name, (3, 2), 4, 0)
    loss = losses.get(name)
    assert_slope(lambda p: loss.value(p, target), prediction, loss.gradient(prediction, target))


@pytest.mark.parametrize("name", ["binary_cross_entropy", "softmax_cross_entropy"])
def test_confident_logits_do_not_overflow(name):
    loss = losses.get(name)
    wrong, right = [[1000.0, -1000.0]], [[-1000.0, 1000.0]]
    target = [[0.0, 1.0]]
    assert loss.value(wrong, target) == 2000
    assert loss.value(right, target) == 0
    assert np.abs(loss.gradient(wrong, target)).max() == 1


def test_a_small_loss_is_not_rounded_to_0():
    loss = losses.get("binary_cross_entropy")
    assert loss.value([[40.0]], [[1.0]]) == pytest.approx(np.exp(-40), rel=1e-12)
    assert loss.value([[-40.0]], [[0.0]]) == pytest.approx(np.exp(-40), rel=1e-12)


def test_class_numbers_are_the_same_as_one_hot():
    loss = losses.get("softmax_cross_entropy")
    logits = np.random.default_rng(0).normal(size=(3, 2, 4))
    classes = np.array([[0, 1], [3, 2], [2, 2]])
    np.testing.assert_array_equal(loss.each(logits, classes), loss.each(logits, np.eye(4)[classes]))
    np.testing.assert_array_equal(
        loss.gradient(logits, classes), loss.gradient(logits, np.eye(4)[classes])
    )


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=6))
def test_softmax_is_a_distribution_and_log_softmax_its_logarithm(scores):
    scores = np.array(scores)
    probabilities = losses.softmax(scores)
    assert probabilities.sum() == pytest.approx(1, rel=1e-14)
    assert (np.diff(probabilities[np.argsort(scores)]) >= 0).all()
    np.testing.assert_allclose(np.exp(losses.log_softmax(scores)), probabilities, atol=1e-15)
    np.testing.assert_allclose(losses.softmax(scores + 7), probabilities, rtol=1e-10)


@pytest.mark.parametrize("name", losses.names())
@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float32, np.int64, np.bool_])
def test_any_numbers_give_the_same_as_float64(name, convert):
    prediction, target = np.arange(6.0).reshape(3, 2), np.array([[0.0, 1], [1, 0], [1, 0]])
    loss = losses.get(name)
    assert loss.value(prediction, convert(target)) == loss.value(prediction, target)


P = np.zeros((3, 2))
BAD = {
    "shape": (
        "squared_error",
        P,
        P[:2],
        ValueError,
        r"target must have shape \(3, 2\), got \(2, 2\)",
    ),
    "columns": (
        "squared_error",
        P,
        P[:, 0],
        ValueError,
        r"target must have shape \(3, 2\), got \(3,\)",
    ),
    "nan": ("squared_error", P + np.nan, P, ValueError, "prediction must be finite, got nan"),
    "inf": ("squared_error", P, P + np.inf, ValueError, "target must be finite, got inf"),
    "number": ("squared_error", 1.0, 1.0, ValueError, r"prediction must have shape \(…, O\), got"),
    "empty": ("squared_error", [], [], ValueError, "prediction must not be empty"),
    "words": ("squared_error", P, "yes", TypeError, "target must be an array of real numbers"),
    "above": (
        "binary_cross_entropy",
        P,
        P + 2,
        ValueError,
        "target must lie between 0 and 1, got 2",
    ),
    "below": (
        "binary_cross_entropy",
        P,
        P - 1,
        ValueError,
        "target must lie between 0 and 1, got -1",
    ),
    "sum": ("softmax_cross_entropy", P, P, ValueError, "target must sum to 1 .* got a sum of 0"),
    "class": ("softmax_cross_entropy", P, [0, 1, 2], ValueError, "numbers from 0 to 1, got 2"),
    "half": ("softmax_cross_entropy", P, [0, 0.5, 1], ValueError, "from 0 to 1, got 0.5"),
    "classes": ("softmax_cross_entropy", P, [0, 1], ValueError, r"target must have shape \(3,\)"),
}


@pytest.mark.parametrize(
    ("name", "prediction", "target", "error", "sentence"), BAD.values(), ids=BAD
)
def test_refuses(name, prediction, target, error, sentence):
    with pytest.raises(error, match=sentence):
        losses.get(name).value(prediction, target)
    with pytest.raises(error, match=sentence):
        losses.get(name).gradient(prediction, target)


def test_unknown_name():
    with pytest.raises(ValueError, match=r"loss must be one of squared_error, .*, got 'hinge'"):
        losses.get("hinge")
