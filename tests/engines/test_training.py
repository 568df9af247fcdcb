import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import optimizers, training

START = {"w": np.array([[3.0, -2.0], [1.0, 0.5]]), "b": np.array(4.0)}


def bowl(p, step):
    """½ Σ w² + b²: its gradients are w and 2b."""
    return 0.5 * np.sum(p["w"] ** 2) + p["b"] ** 2, {"w": p["w"], "b": 2 * p["b"]}


@pytest.mark.parametrize("name", optimizers.names())
def test_is_the_optimizer_on_each_parameter(name, assert_close):
    run = training.train(START, bowl, optimizer=name, learning_rate=0.1, steps=20)
    rule = optimizers.get(name)
    w, b = START["w"], START["b"]
    w_state, b_state = rule.init(w), rule.init(b)
    for step in range(20):
        loss, gradients = bowl({"w": w, "b": b}, step)
        assert_close(run.losses[step], loss)
        w, w_state = rule.update(w, gradients["w"], w_state, 0.1)
        b, b_state = rule.update(b, gradients["b"], b_state, 0.1)
    assert_close(run.parameters["w"], w)
    assert_close(run.parameters["b"], b)
    assert run.diverged is None


def test_an_optimizer_with_its_own_settings():
    heavy = optimizers.get("momentum", momentum=0.5)
    run = training.train(START, bowl, optimizer=heavy, learning_rate=0.1, steps=2)
    # b: 4 → 4 - 0.1·8 = 3.2 → velocity 0.5·8 + 6.4 = 10.4 → 3.2 - 1.04
    assert run.parameters["b"] == pytest.approx(2.16, rel=1e-14)


@settings(deadline=None)
@given(steps=st.integers(1, 60), count=st.integers(2, 12))
def test_snapshots_are_the_way(steps, count):
    run = training.train(
        START, bowl, optimizer="sgd", learning_rate=0.1, steps=steps, snapshots=count
    )
    kept = run.snapshot_steps
    assert kept[0] == 0
    assert kept[-1] == steps
    assert len(kept) == min(count, steps + 1)
    assert np.ptp(np.diff(kept)) <= 1
    for name, rate in (("w", 0.9), ("b", 0.8)):
        factors = (rate**kept).reshape(-1, *[1] * START[name].ndim)
        np.testing.assert_allclose(run.snapshots[name], factors * START[name], rtol=1e-12)
        np.testing.assert_array_equal(run.snapshots[name][-1], run.parameters[name])


def test_clipping_shortens_a_long_gradient_and_keeps_its_direction(assert_close):
    run = training.train(START, bowl, optimizer="sgd", learning_rate=1.0, steps=1, clip=0.5)
    norm = np.sqrt(np.sum(START["w"] ** 2) + 64)
    assert run.gradient_norms[0] == pytest.approx(norm, rel=1e-14)
    assert_close(START["w"] - run.parameters["w"], 0.5 / norm * START["w"])
    assert_close(START["b"] - run.parameters["b"], 0.5 / norm * 8)
    short = training.train(START, bowl, optimizer="sgd", learning_rate=0.1, steps=1, clip=100)
    assert_close(short.parameters["b"], 3.2)


def test_the_step_is_counted():
    seen = []

    def gradients(p, step):
        seen.append(step)
        return bowl(p, step)

    training.train(START, gradients, steps=4)
    assert seen == [0, 1, 2, 3]


def quartic(p, step):
    return float(np.sum(p["w"] ** 4)), {"w": 4 * p["w"] ** 3}


def test_a_run_that_diverges_ends_with_its_finite_part():
    run = training.train({"w": [10.0]}, quartic, optimizer="sgd", learning_rate=1.0, steps=100)
    assert run.diverged is not None
    assert 0 < run.diverged < 100
    assert len(run.losses) == len(run.gradient_norms) == run.diverged == run.snapshot_steps[-1]
    for array in (run.losses, run.gradient_norms, run.snapshots["w"], run.parameters["w"]):
        assert np.isfinite(array).all()
    assert run.losses[-1] > 1e50
    np.testing.assert_array_equal(run.snapshots["w"][-1], run.parameters["w"])


@pytest.mark.parametrize(
    "broken",
    [
        lambda p: (np.nan, {}),
        lambda p: (np.inf, {}),
        lambda p: (1.0, {"w": [np.nan]}),
        lambda p: (1.0, {"w": [-np.inf]}),
        lambda p: (1.0, {"w": [1e200]}),  # a number, but the square in its norm is none
    ],
)
def test_what_is_not_a_number_is_divergence(broken):
    def gradients(p, step):
        return quartic(p, step) if step < 3 else broken(p)

    run = training.train({"w": [0.1]}, gradients, optimizer="sgd", learning_rate=0.01, steps=9)
    assert run.diverged == 3
    assert len(run.losses) == 3


def test_the_start_is_left_as_it_was_and_may_be_of_any_dtype():
    start = {"w": [1, 2], "v": np.float32(0.5)}
    run = training.train(
        start, lambda p, step: (1.0, {"w": np.ones(2), "v": np.float32(1)}), steps=3
    )
    assert start == {"w": [1, 2], "v": 0.5}
    assert run.parameters["w"].dtype == run.parameters["v"].dtype == np.float64


BAD = {
    "nothing": ({"parameters": {}}, ValueError, "parameters must hold at least one array"),
    "nan": ({"parameters": {"w": [np.nan]}}, ValueError, "w must be finite, got nan at index"),
    "rate": ({"learning_rate": 0}, ValueError, "learning_rate must be above 0, got 0"),
    "steps": ({"steps": 0}, ValueError, "steps must be at least 1, got 0"),
    "clip": ({"clip": -1}, ValueError, "clip must be above 0, got -1"),
    "snapshots": ({"snapshots": 1}, ValueError, "snapshots must be at least 2, got 1"),
    "optimizer": ({"optimizer": "lion"}, ValueError, "optimizer must be one of .*, got 'lion'"),
    "missing": (
        {"gradients": lambda p, step: (1.0, {"w": p["w"]})},
        ValueError,
        "gradients must be given for the parameters w, b, got w",
    ),
    "shape": (
        {"gradients": lambda p, step: (1.0, {"w": np.ones(3), "b": 0.0})},
        ValueError,
        r"the gradient of w must have shape \(2, 2\), got \(3,\)",
    ),
    "loss": (
        {"gradients": lambda p, step: (np.ones(3), p)},
        ValueError,
        r"the loss must be one number, got shape \(3,\)",
    ),
}


@pytest.mark.parametrize(("change", "error", "sentence"), BAD.values(), ids=BAD)
def test_refuses(change, error, sentence):
    with pytest.raises(error, match=sentence):
        training.train(**{"parameters": START, "gradients": bowl, "steps": 3} | change)
