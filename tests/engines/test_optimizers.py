import json
from pathlib import Path

import autograd
import numpy as np
import pytest
from autograd.tracer import Node, trace
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from vizdl.engines import descent, landscapes, optimizers

REFERENCE = np.load(Path(__file__).parents[1] / "reference" / "optimizers.npz")
CASES = json.loads(str(REFERENCE["cases"]))
TORCH_DEFAULTS = json.loads(str(REFERENCE["defaults"]))
VARIANTS = [(name, {}) for name in optimizers.names()] + [
    ("sgd", {"momentum": 0.8, "dampening": 0.3, "weight_decay": 0.1}),
    ("rmsprop", {"momentum": 0.5, "centered": True}),
    ("adam", {"amsgrad": True}),
]


@pytest.mark.parametrize("i", range(len(CASES)), ids=[f"{c[0]}-{c[2]}" for c in CASES])
def test_follows_given_gradients_as_torch_does(i):
    name, rate, hyper = CASES[i]
    rule = optimizers.get(name, **hyper)
    position = REFERENCE["start"]
    state = rule.init(position)
    walked = [position]
    for gradient in REFERENCE["gradients"]:
        position, state = rule.update(position, gradient, state, rate)
        walked.append(position)
    np.testing.assert_allclose(walked, REFERENCE[f"given_{i}"], rtol=1e-10)


@pytest.mark.parametrize("i", range(len(CASES)), ids=[f"{c[0]}-{c[2]}" for c in CASES])
def test_walks_the_ravine_as_torch_does(i):
    name, rate, hyper = CASES[i]
    reference = REFERENCE[f"ravine_{i}"]
    trace = descent.descend(
        landscapes.get("ravine"),
        REFERENCE["start"],
        optimizer=name,
        learning_rate=rate,
        steps=len(reference) - 1,
        **hyper,
    )
    np.testing.assert_allclose(trace.positions, reference, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("name", optimizers.names())
def test_defaults_are_those_of_torch(name):
    for key, value in optimizers.defaults(name).items():
        assert TORCH_DEFAULTS[name][key] == (list(value) if key == "betas" else value)


@pytest.mark.parametrize(("name", "hyper"), VARIANTS)
@given(
    gradients=hnp.arrays(
        float,
        hnp.array_shapes(min_dims=2, max_dims=4, max_side=3),
        elements=st.floats(-1e3, 1e3),
    )
)
def test_is_elementwise(name, hyper, gradients):
    """Every coordinate walks as if it were alone."""
    rule = optimizers.get(name, **hyper)

    def walk(gradients):
        position = np.ones(gradients.shape[1:])
        state = rule.init(position)
        for gradient in gradients:
            position, state = rule.update(position, gradient, state, 0.01)
        return position

    alone = [walk(g) for g in gradients.reshape(len(gradients), -1).T]
    np.testing.assert_array_equal(walk(gradients).ravel(), alone)


@pytest.mark.parametrize("name", ["sgd", "adagrad", "adadelta", "rmsprop"])
def test_effective_rate_times_the_gradient_is_the_step(name):
    rule = optimizers.get(name)
    position, state = np.array([1.0, -2.0]), rule.init(np.zeros(2))
    for gradient in np.array([[3.0, 0.1], [-1.0, 5.0], [0.5, 0.5]]):
        rate = rule.effective_rate(position, gradient, state, 0.1)
        moved, state = rule.update(position, gradient, state, 0.1)
        np.testing.assert_allclose(position - rate * gradient, moved, rtol=1e-12)
        position = moved


@pytest.mark.parametrize("name", ["adagrad", "adadelta", "rmsprop", "adam", "adamw"])
def test_adaptive_rates_are_smaller_where_gradients_are_larger(name):
    rule = optimizers.get(name)
    rate = rule.effective_rate(np.zeros(2), np.array([0.1, 10.0]), rule.init(np.zeros(2)), 0.1)
    assert rate[1] < rate[0] / 10


@pytest.mark.parametrize(("name", "hyper"), VARIANTS)
def test_a_step_can_be_differentiated(name, hyper):
    """Autograd's recording passes through a whole update, so it can also be emitted as code."""
    rule = optimizers.get(name, **hyper)
    start, gradient = np.array([1.0, -2.0]), np.array([0.3, 0.7])
    _, state = rule.update(start, gradient, rule.init(start), 0.1)

    def stepped(gradient, i):
        return rule.update(start, gradient, state, 0.1)[0][i]

    h = 1e-6
    for i in range(2):
        slope = autograd.grad(stepped)(gradient, i)[i]
        shift = h * np.eye(2)[i]
        numeric = (stepped(gradient + shift, i) - stepped(gradient - shift, i)) / (2 * h)
        assert slope == pytest.approx(numeric, rel=1e-5)


class Recorded(Node):
    """Notes every primitive that a step runs through, as the live figures' recorder does."""

    def __init__(self, value, fun, args, kwargs, parent_argnums, parents):
        self.names = [fun.__name__, *(name for parent in parents for name in parent.names)]

    def initialize_root(self):
        self.names = []


@pytest.mark.parametrize("landscape", ["ravine", "beale", "double_well"])
@pytest.mark.parametrize(("name", "hyper"), VARIANTS)
def test_a_step_can_be_recorded(name, hyper, landscape):
    landscape, rule = landscapes.get(landscape), optimizers.get(name, **hyper)
    start = landscape.minima[0] + 0.3
    state = rule.init(start)
    shapes = [np.shape(part) for part in (start, *state)]

    def step(flat):
        parts, first = [], 0
        for shape in shapes:
            last = first + int(np.prod(shape))
            parts.append(flat[first:last] if shape else flat[first])
            first = last
        return rule.update(parts[0], landscape.gradient(parts[0]), tuple(parts[1:]), 0.1)[0]

    flat = np.concatenate([np.ravel(part) for part in (start, *state)])
    moved, node = trace(Recorded.new_root(), step, flat)
    assert "subtract" in node.names
    expected, _ = rule.update(start, landscape.gradient(start), state, 0.1)
    np.testing.assert_array_equal(moved, expected)


def test_learning_rates_may_differ_along_a_batch():
    rule = optimizers.get("adam")
    start = np.ones((4, 2))
    rates = np.array([0.0, 0.1, 0.2, 0.3])[:, None]
    moved, _ = rule.update(start, start, rule.init(start), rates)
    np.testing.assert_allclose(start - moved, np.broadcast_to(rates, (4, 2)), rtol=1e-7)


def test_state_is_not_changed_in_place():
    rule = optimizers.get("adam")
    state = rule.init(np.ones(2))
    rule.update(np.ones(2), np.ones(2), state, 0.1)
    assert all(not np.any(buffer) for buffer in state)


@pytest.mark.parametrize(
    ("name", "hyper", "error", "sentence"),
    [
        ("sdg", {}, ValueError, "optimizer must be one of sgd, momentum, .*, got 'sdg'"),
        ("adam", {"beta": 1}, ValueError, "hyper-parameter of adam must be one of betas, .*'beta'"),
        ("sgd", {"momentum": -0.1}, ValueError, "momentum must be at least 0, got -0.1"),
        ("sgd", {"momentum": float("nan")}, ValueError, "momentum must be at least 0, got nan"),
        ("sgd", {"momentum": "a"}, TypeError, "momentum must be a number, got 'a'"),
        ("sgd", {"nesterov": 1}, TypeError, "nesterov must be True or False, got 1"),
        ("sgd", {"nesterov": True}, ValueError, "nesterov needs a momentum above 0 and"),
        ("nesterov", {"dampening": 0.5}, ValueError, "got momentum 0.9 and dampening 0.5"),
        ("adam", {"betas": 0.9}, TypeError, "betas must be two numbers, got 0.9"),
        ("adam", {"betas": (0.9, 1.0)}, ValueError, r"betas\[1\] must be .* below 1, got 1"),
        ("adadelta", {"rho": 1.5}, ValueError, "rho must be at least 0 and at most 1, got 1.5"),
    ],
)
def test_refuses_with_one_sentence(name, hyper, error, sentence):
    with pytest.raises(error, match=sentence):
        optimizers.get(name, **hyper)


def test_hyper_parameters_are_told_and_can_not_be_changed():
    rule = optimizers.get("adam", eps=1e-3)
    assert rule.hyper["eps"] == 1e-3
    assert rule.hyper["betas"] == (0.9, 0.999)
    with pytest.raises(TypeError):
        rule.hyper["eps"] = 0
