from dataclasses import replace
from pathlib import Path

import autograd
import autograd.numpy as anp
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import activations, losses, network

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "network.npz")
LAYERS = range(3)
SMOOTH = ("sigmoid", "tanh", "gelu", "identity")
XOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [0]])
PHI = {  # written anew, for autograd
    "sigmoid": lambda z: 0.5 * (1 + anp.tanh(0.5 * z)),
    "tanh": lambda z: (anp.exp(2 * z) - 1) / (anp.exp(2 * z) + 1),
    "relu": lambda z: z * (z > 0),
    "leaky_relu": lambda z: z * (z > 0) + 0.01 * z * (z <= 0),
    "identity": lambda z: z,
}


def reference_run(loss):
    found = {name: REFERENCE[f"{loss}/{name}"] for name in ("x", "y", "activations")}
    model = network.MLP(
        tuple(REFERENCE[f"{loss}/weights{layer}"] for layer in LAYERS),
        tuple(REFERENCE[f"{loss}/biases{layer}"] for layer in LAYERS),
        tuple(map(str, found["activations"])),
    )
    return model, network.forward(model, found["x"]), found["y"]


def problem(sizes, names, B, seed):
    random = np.random.default_rng(seed)
    model = network.init(sizes, "tanh", 0)
    model = network.MLP(
        tuple(random.normal(size=w.shape) for w in model.weights),
        tuple(random.normal(size=b.shape) for b in model.biases),
        tuple(names),
    )
    return model, random.normal(size=(B, sizes[0])), random.normal(size=(B, sizes[-1]))


def loss_of_everything(model, y):
    """The mean squared error with a nudge to add to each pre- and post-activation: for autograd."""

    def loss(p):
        a = p["x"]
        for layer, name in enumerate(model.activations):
            w, b = p["weights"][layer], p["biases"][layer]
            a = PHI[name](anp.einsum("oi,bi->bo", w, a) + b + p["pre"][layer])
            a = a + p["post"][layer]
        return anp.sum((a - y) ** 2) / len(y)

    return loss


def arguments(model, trace):
    return {
        "x": trace.post[0],
        "weights": model.weights,
        "biases": model.biases,
        "pre": tuple(np.zeros_like(z) for z in trace.pre),
        "post": tuple(np.zeros_like(a) for a in trace.post[1:]),
    }


@pytest.mark.parametrize("loss", losses.names())
def test_forward_is_torchs(loss, assert_close):
    _, trace, y = reference_run(loss)
    for layer in LAYERS:
        assert_close(trace.pre[layer], REFERENCE[f"{loss}/pre{layer}"])
        assert_close(trace.post[layer + 1], REFERENCE[f"{loss}/post{layer + 1}"])
    assert_close(losses.get(loss).value(trace.output, y), REFERENCE[f"{loss}/loss"])


@pytest.mark.parametrize("loss", losses.names())
def test_backward_is_torchs(loss, assert_close):
    model, trace, y = reference_run(loss)
    gradients = network.backward(model, trace, y, loss)
    assert_close(gradients.x, REFERENCE[f"{loss}/d_x"])
    for layer in LAYERS:
        assert_close(gradients.weights[layer], REFERENCE[f"{loss}/d_weights{layer}"])
        assert_close(gradients.biases[layer], REFERENCE[f"{loss}/d_biases{layer}"])
        assert_close(gradients.pre[layer], REFERENCE[f"{loss}/d_pre{layer}"])
        assert_close(gradients.post[layer + 1], REFERENCE[f"{loss}/d_post{layer + 1}"])


@settings(max_examples=30, deadline=None)
@given(
    sizes=st.lists(st.integers(1, 5), min_size=2, max_size=5),
    B=st.integers(1, 5),
    seed=st.integers(0, 2**32 - 1),
    data=st.data(),
)
def test_backward_is_autograds(sizes, B, seed, data, assert_close):
    names = [data.draw(st.sampled_from(sorted(PHI))) for _ in sizes[1:]]
    model, x, y = problem(sizes, names, B, seed)
    trace = network.forward(model, x)
    gradients = network.backward(model, trace, y, "squared_error")
    expected = autograd.grad(loss_of_everything(model, y))(arguments(model, trace))
    assert_close(gradients.x, expected["x"])
    for layer in range(len(names)):
        assert_close(gradients.weights[layer], expected["weights"][layer])
        assert_close(gradients.biases[layer], expected["biases"][layer])
        assert_close(gradients.pre[layer], expected["pre"][layer])
        assert_close(gradients.post[layer + 1], expected["post"][layer])


@pytest.mark.parametrize("name", SMOOTH)
def test_backward_is_the_slope(name, assert_slope):
    model, x, y = problem((3, 4, 2), (name, name), 5, 0)
    gradients = network.backward(model, network.forward(model, x), y, "squared_error")
    loss = losses.get("squared_error")

    def value(weights=model.weights, biases=model.biases, x=x):
        return loss.value(network.forward(network.MLP(weights, biases, (name, name)), x).output, y)

    first, second = model.weights
    assert_slope(lambda w: value(weights=(w, second)), first, gradients.weights[0])
    assert_slope(lambda w: value(weights=(first, w)), second, gradients.weights[1])
    first, second = model.biases
    assert_slope(lambda b: value(biases=(b, second)), first, gradients.biases[0])
    assert_slope(lambda x: value(x=x), x, gradients.x)


def test_a_perceptron_by_hand():
    model = network.MLP(([[2.0, -1.0]],), ([0.5],), ("identity",))
    trace = network.forward(model, [[1.0, 3.0]])
    assert trace.output.tolist() == [[-0.5]]
    gradients = network.backward(model, trace, [[1.5]], "squared_error")  # 2·(-0.5 - 1.5) = -4
    assert gradients.weights[0].tolist() == [[-4.0, -12.0]]
    assert gradients.biases[0].tolist() == [-4.0]
    assert gradients.x.tolist() == [[-8.0, 4.0]]


@pytest.mark.parametrize("activation", ["tanh", "relu", "gelu"])
def test_learns_what_no_line_separates(activation):
    x, y = XOR
    model = network.init((2, 8, 1), activation, seed=0)
    run = network.train(model, x, y, loss="binary_cross_entropy", learning_rate=0.05, epochs=300)
    assert ((network.forward(run.model, x).output > 0) == (y == 1)).all()
    assert run.losses[-1] < 0.05 < run.losses[0]
    assert run.diverged is None


def test_training_takes_class_numbers():
    x, y = XOR
    run = network.train(
        network.init((2, 8, 2), "tanh", 0),
        x,
        y[:, 0],
        loss="softmax_cross_entropy",
        learning_rate=0.05,
        epochs=200,
    )
    assert (network.forward(run.model, x).output.argmax(axis=1) == y[:, 0]).all()


def test_a_full_batch_step_is_gradient_descent(assert_close):
    model, x, y = problem((2, 3, 1), ("tanh", "identity"), 6, 0)
    gradients = network.backward(model, network.forward(model, x), y, "squared_error")
    run = network.train(
        model, x, y, loss="squared_error", optimizer="sgd", learning_rate=0.1, epochs=1
    )
    for layer in range(2):
        assert_close(
            run.model.weights[layer], model.weights[layer] - 0.1 * gradients.weights[layer]
        )
        assert_close(run.model.biases[layer], model.biases[layer] - 0.1 * gradients.biases[layer])


def test_each_epoch_passes_once_over_all_samples():
    """With a prediction of 0 that never moves, a batch's loss is the mean of y² in it."""
    y = 2.0 ** np.arange(7)[:, None]  # so that a sum tells which samples are in it
    model = network.MLP(([[0.0]],), ([0.0],), ("relu",))  # slope 0 at 0: nothing is learned
    run = network.train(
        model, np.zeros((7, 1)), y, loss="squared_error", epochs=5, batch_size=3, seed=1
    )
    sums = (run.losses.reshape(5, 3) * [3, 3, 1]).sum(axis=1)
    np.testing.assert_allclose(sums, np.sum(y**2), rtol=1e-14)
    assert len({tuple(epoch) for epoch in run.losses.reshape(5, 3)}) == 5


def test_training_is_decided_by_its_seed():
    model, x, y = problem((2, 3, 1), ("tanh", "identity"), 20, 0)
    runs = [
        network.train(model, x, y, loss="squared_error", epochs=3, batch_size=4, seed=seed)
        for seed in (0, 0, 1)
    ]
    np.testing.assert_array_equal(runs[0].losses, runs[1].losses)
    assert (runs[0].losses[1:] != runs[2].losses[1:]).all()


def test_snapshots_lead_from_the_start_to_the_end():
    x, y = XOR
    model = network.init((2, 4, 1), "tanh", 0)
    run = network.train(
        model, x, y, loss="squared_error", learning_rate=0.05, epochs=40, snapshots=5
    )
    assert run.snapshot_steps.tolist() == [0, 10, 20, 30, 40]
    np.testing.assert_array_equal(run.snapshots[0].weights[0], model.weights[0])
    np.testing.assert_array_equal(run.snapshots[-1].weights[1], run.model.weights[1])
    loss = losses.get("squared_error")
    for stage, step in zip(run.snapshots[:-1], run.snapshot_steps[:-1], strict=True):
        value = loss.value(network.forward(stage, x).output, y)
        assert value == pytest.approx(run.losses[step], rel=1e-12)


def test_a_training_that_diverges_is_a_result():
    x, y = XOR
    model = network.init((2, 8, 1), "relu", 0)
    run = network.train(
        model, x, y, loss="squared_error", optimizer="sgd", learning_rate=5.0, epochs=500
    )
    assert run.diverged is not None
    assert len(run.losses) == run.diverged == run.snapshot_steps[-1] < 500
    assert np.isfinite(run.losses).all()
    assert run.losses[-1] > 1e100


@given(inputs=st.integers(1, 6), outputs=st.integers(1, 6), seed=st.integers(0, 1000))
def test_glorots_bound_holds(inputs, outputs, seed):
    model = network.init((inputs, outputs), "relu", seed)
    assert np.abs(model.weights[0]).max() <= np.sqrt(6 / (inputs + outputs))
    assert not model.biases[0].any()


@pytest.mark.parametrize(("activation", "variance"), [("relu", 2 / 300), ("tanh", 2 / (300 + 200))])
def test_init_has_the_variance_it_says(activation, variance):
    model = network.init((300, 200, 1), activation, 0)
    # 60,000 draws: the sample variance of a normal is within √(2/60000) = 0.6 % at one sigma
    assert model.weights[0].var() == pytest.approx(variance, rel=0.03)
    assert model.activations == (activation, "identity")
    assert model.sizes == (300, 200, 1)


def test_with_he_and_relu_signals_keep_their_size_through_ten_layers():
    x = np.random.default_rng(0).normal(size=(200, 256))
    trace = network.forward(network.init([256] * 11, "relu", 0, output_activation="relu"), x)
    assert 0.5 < np.mean(trace.output**2) / np.mean(trace.post[1] ** 2) < 2


@pytest.mark.parametrize("convert", [np.ndarray.tolist, np.float32, np.int64, np.asfortranarray])
def test_any_numbers_give_the_same_as_float64(convert):
    model = network.init((2, 3, 1), "tanh", 0)
    x, y = np.arange(8.0).reshape(4, 2), np.arange(4.0)[:, None]
    trace, expected = network.forward(model, convert(x)), network.forward(model, x)
    gradients = network.backward(model, trace, convert(y), "squared_error")
    assert trace.output.dtype == gradients.weights[0].dtype == np.float64
    np.testing.assert_array_equal(trace.output, expected.output)
    again = network.backward(model, expected, y, "squared_error")
    np.testing.assert_array_equal(gradients.weights[0], again.weights[0])


MODEL = network.init((2, 3, 1), "tanh", 0)
X = np.ones((4, 2))
FIT = {"loss": "squared_error", "epochs": 1}
BAD = {
    "x shape": (
        lambda: network.forward(MODEL, np.ones((4, 3))),
        ValueError,
        r"x must have shape \(B, 2\), got \(4, 3\)",
    ),
    "x axis": (
        lambda: network.forward(MODEL, [1, 2]),
        ValueError,
        r"x must have shape \(B, 2\), got \(2,\)",
    ),
    "x empty": (
        lambda: network.forward(MODEL, X[:0]),
        ValueError,
        r"x must not be empty, got shape \(0, 2\)",
    ),
    "x nan": (
        lambda: network.forward(MODEL, X * np.nan),
        ValueError,
        r"x must be finite, got nan at index \(0, 0\)",
    ),
    "x inf": (lambda: network.forward(MODEL, X * np.inf), ValueError, "x must be finite, got inf"),
    "x words": (
        lambda: network.forward(MODEL, [["a", "b"]]),
        TypeError,
        "x must be an array of real numbers, got dtype <U1",
    ),
    "target": (
        lambda: network.backward(MODEL, network.forward(MODEL, X), X, "squared_error"),
        ValueError,
        r"target must have shape \(4, 1\), got \(4, 2\)",
    ),
    "trace": (
        lambda: network.backward(
            network.init((2, 5, 1), "tanh", 0), network.forward(MODEL, X), X[:, :1], "squared_error"
        ),
        ValueError,
        r"trace must come from .* sizes \(2, 5, 1\), got \(2, 3, 1\)",
    ),
    "loss": (
        lambda: network.backward(MODEL, network.forward(MODEL, X), X[:, :1], "hinge"),
        ValueError,
        r"loss must be one of squared_error, .*, got 'hinge'",
    ),
    "sizes": (
        lambda: network.init((2,), "tanh", 0),
        ValueError,
        r"sizes must hold at least inputs and outputs, got \[2\]",
    ),
    "size 0": (
        lambda: network.init((2, 0, 1), "tanh", 0),
        ValueError,
        r"sizes\[1\] must be at least 1, got 0",
    ),
    "activation": (
        lambda: network.init((2, 3, 1), "step", 0),
        ValueError,
        r"activation must be one of .*, got 'step'",
    ),
    "weights": (
        lambda: replace(MODEL, weights=(np.ones((3, 2)), np.ones((1, 4)))),
        ValueError,
        r"weights\[1\] must have shape \(out, 3\), got \(1, 4\)",
    ),
    "biases": (
        lambda: replace(MODEL, biases=(np.ones(2), np.ones(1))),
        ValueError,
        r"biases\[0\] must have shape \(3,\), got \(2,\)",
    ),
    "layers": (
        lambda: replace(MODEL, activations=("tanh",)),
        ValueError,
        r"one item for each layer, got 2, 2 and \('tanh',\)",
    ),
    "no list": (
        lambda: replace(MODEL, activations="tanh"),
        ValueError,
        "for each layer, .* 'tanh'",
    ),
    "samples": (
        lambda: network.train(MODEL, X, X[:3, :1], **FIT),
        ValueError,
        r"y must hold a target for each of 4 samples, got shape \(3, 1\)",
    ),
    "batch": (
        lambda: network.train(MODEL, X, X[:, :1], batch_size=5, **FIT),
        ValueError,
        "batch_size must be between 1 and 4, got 5",
    ),
    "epochs": (
        lambda: network.train(MODEL, X, X[:, :1], loss="squared_error", epochs=0),
        ValueError,
        "epochs must be at least 1, got 0",
    ),
    "y nan": (
        lambda: network.train(MODEL, X, X[:, :1] * np.nan, **FIT),
        ValueError,
        "y must be finite, got nan",
    ),
}


@pytest.mark.parametrize(("call", "error", "sentence"), BAD.values(), ids=BAD)
def test_refuses(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_every_activation_is_known():
    for name in activations.names():
        assert network.init((1, 1), name, 0, name).activations == (name,)
