"""Networks in JavaScript against networks in Python, forward and back, over random inputs."""

import functools

import numpy
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import attention, losses, lstm, network, optimizers, rnn
from vizdl.live.record import record

STEPS = 100
seeds = st.integers(0, 999)


@functools.cache
def training_program(activation, loss):
    outputs = 3 if loss == "softmax_cross_entropy" else 1
    model = network.init((2, 8, outputs), activation, 0)
    rule, error = optimizers.get("adam"), losses.get(loss)

    def step(parameters, moments, x, y, rate):
        here = network.MLP(*parameters, model.activations)
        trace = network.forward(here, x)
        slopes = network.backward(here, trace, y, error)
        moved = [
            rule.update(w, g, m, rate)
            for w, g, m in zip(
                (*here.weights, *here.biases),
                (*slopes.weights, *slopes.biases),
                moments,
                strict=True,
            )
        ]
        after = (tuple(w for w, _ in moved[:2]), tuple(w for w, _ in moved[2:]))
        outputs = {"loss": error.value(trace.output, y), "trace": trace, "slopes": slopes}
        return {"parameters": after, "moments": tuple(m for _, m in moved)}, outputs

    parameters = (model.weights, model.biases)
    moments = tuple(rule.init(w) for w in (*model.weights, *model.biases))
    x, y = numpy.zeros((64, 2)), numpy.zeros((64, outputs))
    y[:, 0] = 1
    return record(
        step,
        inputs={"x": x, "y": y, "rate": 0.01},
        state={"parameters": parameters, "moments": moments},
    )


@pytest.mark.parametrize("loss", losses.names())
@pytest.mark.parametrize(
    "activation", ["tanh", "relu", "sigmoid", "leaky_relu", "gelu", "identity"]
)
def test_training_a_network(activation, loss, node, assert_close):
    program = training_program(activation, loss)
    outputs = program.shapes["y"][-1]

    @given(seed=seeds, rate=st.floats(0.001, 0.03))
    @settings(max_examples=2)
    def check(seed, rate):
        random = numpy.random.default_rng(seed)
        model = network.init((2, 8, outputs), activation, seed)
        x = random.normal(size=(64, 2))
        y = numpy.eye(outputs)[random.integers(outputs, size=64)] * (x[:, :1] > 0)
        y[:, 0] += y.sum(axis=1) == 0  # every row sums to 1
        run = network.train(
            model, x, y, loss=loss, learning_rate=rate, epochs=STEPS, snapshots=STEPS + 1
        )
        given_ = {"parameters": (model.weights, model.biases), "x": x, "y": y, "rate": rate}
        found = node.run(program, STEPS, **given_)
        assert_close(found.outputs["loss"], run.losses)
        for kind, part in enumerate(("weights", "biases")):
            for layer in range(2):
                expected = numpy.stack([getattr(m, part)[layer] for m in run.snapshots])
                assert_close(found.state[f"parameters[{kind}][{layer}]"], expected)

    check()


RECURRENT = (12, 2, 4, 3, 2)  # steps, sequences, units, inputs, outputs


@functools.cache
def recurrent_program(activation):
    T, B, H, D, outputs = RECURRENT

    def step(model, x, dy):
        trace = rnn.forward(model, x)
        slopes = rnn.bptt(model, trace, dy)
        return {
            "trace": trace, "slopes": slopes, "flow": slopes.flow, "parts": slopes.parts,
            "vectors": slopes.flow_vectors, "shares": slopes.shares, "dx": slopes.x,
        }  # fmt: skip

    model = rnn.init(D, H, outputs, 0, activation=activation)
    inputs = {"model": model, "x": numpy.ones((T, B, D)), "dy": numpy.ones((T, B, outputs))}
    return record(step, inputs=inputs)


@given(seed=seeds, radius=st.floats(0.1, 2.0), activation=st.sampled_from(rnn.ACTIVATIONS))
@settings(max_examples=10)
def test_a_recurrent_network_forward_and_back(seed, radius, activation, node, assert_close):
    T, B, H, D, outputs = RECURRENT
    random = numpy.random.default_rng(seed)
    model = rnn.init(D, H, outputs, seed, radius=radius, activation=activation)
    x, dy = random.normal(size=(T, B, D)), random.normal(size=(T, B, outputs))
    found = node.run(recurrent_program(activation), model=model, x=x, dy=dy).outputs
    trace = rnn.forward(model, x)
    slopes = rnn.bptt(model, trace, dy)
    for name in ("h", "a", "y"):
        assert_close(found[f"trace.{name}"][0], getattr(trace, name))
    for name in ("w_xh", "w_hh", "b_h", "w_hy", "b_y", "a", "h"):
        assert_close(found[f"slopes.{name}"][0], getattr(slopes, name))
    for name in ("w_xh", "w_hh", "b_h", "w_hy", "b_y"):
        assert_close(found[f"shares.{name}"][0], getattr(slopes.shares, name))
    assert_close(found["dx"][0], slopes.x)
    assert_close(found["flow"][0], slopes.flow)
    assert_close(found["vectors"][0], slopes.flow_vectors)
    assert_close(found["parts"][0], slopes.parts)


LONG = (20, 2, 5, 3)  # steps, sequences, cells, inputs


@functools.cache
def long_program():
    T, B, H, D = LONG

    def step(model, x, state, dh, dc):
        trace = lstm.forward(model, x, state)
        slopes = lstm.bptt(model, trace, dh, dc)
        return {"trace": trace, "slopes": slopes, "z": trace.z, "dx": slopes.x}

    one = numpy.ones((B, H))
    inputs = {
        "x": numpy.ones((T, B, D)),
        "state": (one, one),
        "dh": numpy.ones((T, B, H)),
        "dc": one,
    }
    return record(step, inputs={"model": lstm.init(D, H, 0), **inputs})


@given(seed=seeds, bias=st.floats(-2, 3))
@settings(max_examples=6)
def test_an_lstm_forward_and_back(seed, bias, node, assert_close):
    T, B, H, D = LONG
    random = numpy.random.default_rng(seed)
    model = lstm.init(D, H, seed, forget_bias=bias)
    x, dh = random.normal(size=(T, B, D)), random.normal(size=(T, B, H))
    h, c, dc = random.normal(size=(3, B, H))
    found = node.run(long_program(), model=model, x=x, state=(h, c), dh=dh, dc=dc).outputs
    trace = lstm.forward(model, x, (h, c))
    slopes = lstm.bptt(model, trace, dh, dc)
    for name in ("i", "f", "g", "o", "c", "h"):
        assert_close(found[f"trace.{name}"][0], getattr(trace, name))
    for name in ("w_x", "w_h", "b", "z", "c", "h"):
        assert_close(found[f"slopes.{name}"][0], getattr(slopes, name))
    assert_close(found["z"][0], trace.z)
    assert_close(found["dx"][0], slopes.x)


@given(
    seed=seeds, scale=st.floats(0, 3), shape=st.tuples(*[st.integers(1, 5)] * 4), lead=st.booleans()
)
@settings(max_examples=10)
def test_attention(seed, scale, shape, lead, node, assert_close):
    queries, keys, width, values = shape
    lead = (2,) if lead else ()
    random = numpy.random.default_rng(seed)
    q, k, v = (
        random.normal(size=(*lead, *size))
        for size in ((queries, width), (keys, width), (keys, values))
    )
    mask = random.random((queries, keys)) < 0.5
    mask[:, 0] = True
    out = random.normal(size=(*lead, queries, values))

    def step(q, k, v, mask, scale, out):
        trace = attention.attend(q, k, v, mask=mask, scale=scale)
        return {"trace": trace, "slopes": attention.backward(trace, out)}

    given_ = {"q": q, "k": k, "v": v, "mask": mask, "scale": scale, "out": out}
    found = node.run(record(step, inputs=given_)).outputs
    trace = attention.attend(q, k, v, mask=mask, scale=scale)
    slopes = attention.backward(trace, out)
    for name in ("scores", "weights", "output"):
        assert_close(found[f"trace.{name}"][0], getattr(trace, name))
    for name in ("q", "k", "v", "scores", "weights"):
        assert_close(found[f"slopes.{name}"][0], getattr(slopes, name))
