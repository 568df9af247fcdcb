"""Steps recorded as programs: what they take and give, and what is refused."""

import math
import textwrap
from dataclasses import dataclass, field

import autograd.numpy as np
import numpy
import pytest

from vizdl.engines import network
from vizdl.live import record as recorder
from vizdl.live.record import RecordError, record, record_loss
from vizdl.live.trees import leaves

X = numpy.array([[1.0, -2.0], [0.5, 3.0]])
HERE = r"test_record\.py:\d+"


def here(function):
    """The line on which a lambda stands, as a refusal names it."""
    return f"test_record.py:{function.__code__.co_firstlineno}"


REFUSED = {
    "if": (lambda x: x if x[0, 0] > 0 else -x, "a decision"),
    "and": (lambda x: x > 0 and x < 1, "a decision"),
    "all": (lambda x: x if (x > 0).all() else -x, "a decision"),
    "largest": (lambda x: max(x[0, 0], x[0, 1]), "a decision"),
    "float": (lambda x: float(x[0, 0]), r"float\(\)"),
    "math": (lambda x: math.exp(x[0, 0]), r"float\(\)"),
    "int": (lambda x: int(x[0, 0]), r"int\(\)"),
    "range": (lambda x: range(x[0, 0]), "an index or a length"),
    "list": (lambda x: [1, 2][x[0, 0]], "an index or a length"),
    "item": (lambda x: x[0, 0].item(), r"\.item\(\)"),
    "tolist": (lambda x: x.tolist(), r"\.tolist\(\)"),
    "in": (lambda x: 1.0 in x, "the operator in"),
    "asarray": (lambda x: numpy.asarray(x), "np.asarray"),
    "array of boxes": (lambda x: numpy.array([x[0], x[1]]), "np.asarray"),
    "into a plain array": (lambda x: X[np.argmax(x)], "an index into a plain array"),
    "mask": (lambda x: x[x > 0], "choosing by a mask"),
    "index beside": (lambda x: x[0, np.argmax(x[0])], "a recorded index beside others"),
    "assignment": (lambda x: x.__setitem__(0, 1.0), "assignment into a recorded array"),
    "into a constant": (lambda x: numpy.zeros((2, 2)).__setitem__(0, x[0]), "np.asarray"),
    "in place": (lambda x: numpy.ones((2, 2)).__iadd__(x), "add at .* writes into an array"),
    "solve": (lambda x: np.linalg.solve(x, X), "solve at"),
    "numpy solve": (lambda x: numpy.linalg.solve(x, X), "solve at"),
    "eigvals": (lambda x: numpy.linalg.eigvals(x), "eigvals at"),
    "sort": (lambda x: np.sort(x), "sort at"),
    "fft": (lambda x: np.fft.fft(x), "fft at"),
    "interp": (lambda x: numpy.interp(x, X[0], X[1]), "interp at"),
    "accumulate": (lambda x: numpy.maximum.accumulate(x), "maximum.accumulate at"),
    "frexp": (lambda x: numpy.frexp(x), "frexp at"),
    "complex": (lambda x: x + 1j, "add to another dtype at"),
    "half": (lambda x: x.astype(numpy.float32), "astype"),
    "whole": (lambda x: x.astype(int), "astype"),
    "dtype": (lambda x: np.sum(x, dtype=int), "sum with a dtype at"),
    "where alone": (lambda x: np.where(x > 0), "where of a condition alone at"),
    "norm": (lambda x: np.linalg.norm(x, ord=1), "norm with ord=1 at"),
    "keyword": (lambda x: np.sum(x, initial=3.0), "sum at .* as called"),
    "amount": (lambda x: np.roll(X, np.argmax(x)), "roll"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals_name_the_operation_and_the_line(name):
    function, sentence = REFUSED[name]
    with pytest.raises(RecordError, match=sentence) as refusal:
        record(lambda x: {"y": function(x)}, inputs={"x": X})
    assert here(function) in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_a_refusal_leaves_autograd_as_it_was():
    import autograd
    from autograd.tracer import Box, trace_stack

    before = dict(Box.type_mappings), set(Box.types), trace_stack.top
    with pytest.raises(RecordError):
        record(lambda x: {"y": float(x)}, inputs={"x": 1.0})
    assert (dict(Box.type_mappings), set(Box.types), trace_stack.top) == before
    assert autograd.grad(lambda x: x**2)(3.0) == 6.0


def test_the_line_is_that_of_the_engine_not_of_a_library():
    model = network.init((2, 3, 1), "tanh", 0)

    def deep(x):
        return network.forward(network.MLP(model.weights, model.biases, model.activations), x).pre

    program = record(lambda x: {"y": deep(x)}, inputs={"x": X})
    origins = {node.origin.rpartition(", ")[2].partition(":")[0] for node in program.nodes}
    assert origins <= {"network.py", "activations.py", "test_record.py", ""}
    assert "network.py" in origins


@dataclass(frozen=True)
class Weights:
    layers: tuple
    name: str = "net"
    note: str | None = None
    _hidden: float = field(default=3.0)


def test_trees_of_arrays_go_in_and_come_out():
    given = Weights(({"w": X, "b": X[0]}, [X[1], 2.0]))

    def step(model, state, rate):
        assert model.name == "net"
        assert model.note is None
        out = Weights(({"w": model.layers[0]["w"] * rate}, (state[0], "word")))
        return {"state": (state[0] + model.layers[1][1], state[1])}, {"out": out, "n": 3}

    program = record(step, inputs={"model": given, "rate": 2}, state={"state": (X, ())})
    names = ["layers[0].w", "layers[0].b", "layers[1][0]", "layers[1][1]"]
    assert list(program.inputs) == [*(f"model.{name}" for name in names), "rate"]
    assert list(program.outputs) == ["out.layers[0].w", "out.layers[1][0]", "n"]
    run = program.run(2, rate=3.0, model=given)
    numpy.testing.assert_array_equal(run.outputs["out.layers[0].w"], [3 * X, 3 * X])
    numpy.testing.assert_array_equal(run.state["state[0]"], [X, X + 2, X + 4])
    numpy.testing.assert_array_equal(run.outputs["n"], [3, 3])
    assert [name for name, _ in leaves("given", given)] == [f"given.{name}" for name in names]


def test_the_example_in_the_documentation_runs():
    lines = textwrap.dedent(recorder.__doc__).splitlines()
    code = "\n".join(line[4:] for line in lines if line.startswith("    ") or not line)
    found = {"np": numpy}
    exec(code, found)
    numpy.testing.assert_allclose(found["run"].state["w"][-1], [3, 2], atol=1e-3)
    assert found["text"].startswith("function (lib)")


def test_what_does_not_change_is_computed_once_and_for_all():
    program = record(lambda x: {"y": x * (np.exp(numpy.ones(3)) + 1) + 0 * 5}, inputs={"x": 2.0})
    assert sum(node.op == "map" for node in program.nodes) == 2


def test_what_is_computed_twice_is_computed_once():
    def step(x):
        return {"a": np.sin(x) + 1, "b": np.sin(x) + 1, "c": np.sin(x) * 1.0}

    program = record(step, inputs={"x": X})
    assert program.outputs["a"] == program.outputs["b"]
    assert sum(node.detail == "sin" for node in program.nodes if node.op == "map") == 1


def test_own_losses_have_value_and_gradient():
    program = record_loss(lambda w: (w[0] - 1) ** 2 + np.log(np.cosh(w[1])), [0.0, 0.5])
    run = program.run(w=numpy.array([3.0, 0.25]))
    assert run.outputs["value"][0] == pytest.approx(4 + np.log(np.cosh(0.25)))
    numpy.testing.assert_allclose(run.outputs["gradient"][0], [4, np.tanh(0.25)])
    with pytest.raises(RecordError, match=f"a decision .* at {HERE} needs a number"):
        record_loss(lambda w: w[0] if w[0] > 0 else -w[0], [1.0])
    with pytest.raises(TypeError, match="does not depend on its argument"):
        record_loss(lambda w: 3.0, [1.0])


def test_a_recording_must_give_what_the_step_gives():
    draws = iter(range(10))
    with pytest.raises(RecordError, match="y comes out as other numbers when recorded"):
        record(lambda x: {"y": x + next(draws)}, inputs={"x": 1.0})


def test_a_reverse_run_and_one_that_stops():
    back = record(
        lambda x, total: ({"total": 0.5 * total + x}, {"seen": total}),
        sequences={"x": numpy.arange(1.0, 4.0)},
        state={"total": 0.0},
        reverse=True,
    )
    run = back.run()
    numpy.testing.assert_array_equal(run.state["total"], [1 + 0.5 * 3.5, 3.5, 3, 0])
    numpy.testing.assert_array_equal(run.outputs["seen"], [3.5, 3, 0])
    grow = record(lambda x: ({"x": 2 * x}, {"far": x > 10}), state={"x": 1.0}, stop="far")
    assert grow.run(100).steps == 5
    numpy.testing.assert_array_equal(grow.run(100).state["x"], [1, 2, 4, 8, 16, 32])
    assert grow.run(3).steps == 3


@pytest.mark.parametrize(
    ("how", "error", "sentence"),
    [
        ({"inputs": {"x": "word"}}, TypeError, "x must hold numbers, got 'word'"),
        ({"inputs": {"x": True}}, TypeError, "x must hold numbers, got True"),
        ({"inputs": {"x": numpy.array([1j])}}, TypeError, "x must be an array of real numbers"),
        ({"inputs": {"x": 1.0}, "state": {"x": 1.0}}, ValueError, "x is given twice"),
        ({"sequences": {"x": 1.0}}, ValueError, "x must have at least one item in time"),
        ({"inputs": {"x": 1.0}, "stop": "z"}, ValueError, "stop must be an output of one number"),
        ({"state": {"x": 1.0}}, TypeError, r"must return the pair \(state, outputs\)"),
    ],
)
def test_wrong_examples(how, error, sentence):
    with pytest.raises(error, match=sentence):
        record(lambda x: {"y": x}, **how)


def test_wrong_steps():
    with pytest.raises(ValueError, match="must return the state x, got z"):
        record(lambda x: ({"z": x}, {}), state={"x": 1.0})
    with pytest.raises(ValueError, match=r"x must keep its shape \(\), got \(2,\) after the step"):
        record(lambda x: ({"x": x + numpy.ones(2)}, {}), state={"x": 1.0})
    with pytest.raises(ValueError, match="the output x must have a name that nothing else has"):
        record(lambda x: {"x": x}, inputs={"x": 1.0})
    with pytest.raises(TypeError, match="must return a dictionary, got RecordedArray"):
        record(lambda x: x, inputs={"x": 1.0})


def test_wrong_runs():
    program = record(lambda x: {"y": x}, inputs={"x": X})
    with pytest.raises(ValueError, match="z must be one of x"):
        program.run(z=1.0)
    with pytest.raises(ValueError, match=r"x must have shape \(2, 2\), got \(2,\)"):
        program.run(x=X[0])
