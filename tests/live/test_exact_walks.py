"""Descents in JavaScript against descents in Python, over random settings and starts.

Where a walk is stable, all of it agrees to 1e-9; where it is not, it diverges at the same step.
What is stable is measured: walks from starts that differ by rounding stay together.
"""

import functools

import autograd.numpy as np
import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import descent, landscapes, optimizers
from vizdl.live.record import record, record_loss

STEPS = 100
NUDGE = 1e-13
seeds = st.integers(0, 999)
GROUNDS = tuple(name for name in landscapes.names() if name != "mlp_slice")


@functools.cache
def descent_program(ground, optimizer):
    landscape, rule = landscapes.get(ground), optimizers.get(optimizer)
    start = landscape.domain.mean(axis=1) + 0.1

    def step(w, moments, rate):
        now = descent.step(
            lambda x: (landscape.value(x), landscape.gradient(x)), rule, w, moments, rate
        )
        outputs = {"loss": now.value, "gradient": now.gradient, "left": ~now.inside}
        return {"w": now.position, "moments": now.state}, outputs

    state = {"w": start, "moments": rule.init(start)}
    return record(step, inputs={"rate": 0.01}, state=state, stop="left")


def check_descent(node, assert_close, ground, optimizer, share, rate):
    landscape = landscapes.get(ground)
    low, high = landscape.domain.T
    start = low + numpy.array(share)[: landscape.dimension] * (high - low)
    starts = numpy.stack([start, start + NUDGE, start - NUDGE])
    walks = descent.descend(landscape, starts, optimizer=optimizer, learning_rate=rate, steps=STEPS)
    run = node.run(descent_program(ground, optimizer), STEPS + 1, w=start, rate=rate)
    ends = walks.diverged_at
    if (ends == ends[0]).all():
        assert (run.steps - 1 if run.outputs["left"][-1] else -1) == ends[0]
    rows = min(int(end) if end >= 0 else STEPS + 1 for end in ends)
    positions, values = walks.positions[:rows], walks.losses[:rows]
    apart = numpy.abs(positions[:, 1:] - positions[:, :1]).max(initial=0.0)
    if apart <= 1e-11 * max(1.0, numpy.abs(positions).max(initial=0.0)):
        assert_close(run.state["w"][:rows], positions[:, 0])
        assert_close(run.outputs["loss"][:rows], values[:, 0])
        assert_close(run.outputs["gradient"][:rows], walks.gradients[:rows, 0])
        return True
    return False


@pytest.mark.parametrize("optimizer", optimizers.names())
@pytest.mark.parametrize("ground", GROUNDS)
def test_descents(ground, optimizer, node, assert_close):
    stable = []

    @given(
        share=st.tuples(st.floats(0, 1), st.floats(0, 1)),
        rate=st.floats(-4, 0.5).map(lambda x: 10.0**x),
    )
    @settings(max_examples=6)
    def check(share, rate):
        stable.append(check_descent(node, assert_close, ground, optimizer, share, rate))

    check()
    assert any(stable)


@pytest.mark.slow
@pytest.mark.parametrize("optimizer", optimizers.names())
def test_descents_on_a_networks_loss(optimizer, node, assert_close):
    for share, rate in (((0.2, 0.7), 0.03), ((0.9, 0.4), 0.3)):
        check_descent(node, assert_close, "mlp_slice", optimizer, share, rate)


@pytest.mark.parametrize("optimizer", optimizers.names())
def test_rates_are_those_of_the_optimizer(optimizer, node, assert_close):
    rule = optimizers.get(optimizer)
    start = numpy.array([0.3, -0.7, 1.1])

    def step(w, moments, slope, rate):
        moved, moments, rates = rule.update_with_rate(w, slope + w, moments, rate)
        return {"w": moved, "moments": moments}, {"rates": rates}

    given = {"slope": numpy.array([1.0, -2.0, 0.5]), "rate": 0.05}
    program = record(step, inputs=given, state={"w": start, "moments": rule.init(start)})
    run, python = node.run(program, STEPS), program.run(STEPS)
    assert_close(run.outputs["rates"], python.outputs["rates"])
    assert_close(run.state["w"], python.state["w"])


@given(seed=seeds, beta=st.floats(0.5, 0.99), rate=st.floats(0.001, 0.1))
@settings(max_examples=5)
def test_hyper_parameters_may_be_inputs(seed, beta, rate, node, assert_close):
    start = numpy.random.default_rng(seed).normal(size=2)

    def step(w, moments, beta, rate):
        rule = optimizers.get("adam", betas=(beta, 0.999), weight_decay=0.0)
        moved, moments = rule.update(w, 2 * w, moments, rate)
        return {"w": moved, "moments": moments}, {}

    state = {"w": start, "moments": optimizers.get("adam").init(start)}
    program = record(step, inputs={"beta": 0.9, "rate": 0.01}, state=state)
    expected = descent.descend(
        lambda w: np.sum(w**2), start, optimizer="adam", betas=(beta, 0.999),
        learning_rate=rate, steps=STEPS,
    )  # fmt: skip
    assert_close(node.run(program, STEPS, beta=beta, rate=rate).state["w"], expected.positions)


OWN = {
    "waves": lambda w: np.sum(w**2) + np.sum(np.sin(3 * w)) + w[0] * w[1],
    "classes": lambda w: -np.log(np.exp(w[0]) / np.sum(np.exp(w))) + 0.1 * np.dot(w, w),
    "hinge": lambda w: np.sum(np.maximum(0, 1 - X @ w)) / len(X) + 0.05 * np.linalg.norm(w) ** 2,
    "logistic": lambda w: np.mean(np.logaddexp(0.0, -(X @ w) * numpy.sign(X[:, 0]))),
    "network": lambda w: np.mean((np.tanh(X * w[0]) @ w - X[:, 1]) ** 2),
}
X = numpy.random.default_rng(5).normal(size=(20, 2))


@pytest.mark.parametrize("name", OWN)
def test_losses_of_your_own(name, node, assert_close):
    program = record_loss(OWN[name], [0.1, 0.2])

    @given(w=st.tuples(st.floats(-3, 3), st.floats(-3, 3)).map(numpy.array))
    @settings(max_examples=8)
    def check(w):
        value, gradient = descent.value_and_gradient(OWN[name], w)
        found = node.run(program, w=w).outputs
        assert_close(found["value"][0], value)
        assert_close(found["gradient"][0], gradient)

    check()
