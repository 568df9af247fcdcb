"""Programs as text, and the runner that takes them through their steps in a page."""

import json
import re
import statistics

import autograd.numpy as np
import numpy
import pytest

from vizdl.engines import landscapes, losses, network, optimizers
from vizdl.live import emit
from vizdl.live.record import record


def momentum():
    """Heavy-ball descent on Himmelblau, as a program."""
    ground, rule = landscapes.get("himmelblau"), optimizers.get("momentum")

    def step(w, moments, rate):
        slope = ground.gradient(w)
        moved, moments = rule.update(w, slope, moments, rate)
        return {"w": moved, "moments": moments}, {"loss": ground.value(w), "slope": slope}

    start = numpy.array([0.5, 1.0])
    return record(step, inputs={"rate": 0.01}, state={"w": start, "moments": rule.init(start)})


def decay(**how):
    """A sum over a sequence that forgets, as a program."""
    return record(
        lambda x, total: ({"total": 0.5 * total + np.sum(x)}, {"seen": total * x}),
        sequences={"x": numpy.arange(6.0).reshape(3, 2)},
        state={"total": 1.0},
        **how,
    )


def classifier():
    """A training step of a 2-8-1 network on 64 points, as a program."""
    random = numpy.random.default_rng(0)
    x = random.normal(size=(64, 2))
    y = (x[:, :1] * x[:, 1:] > 0) * 1.0
    model = network.init((2, 8, 1), "tanh", 0)
    error = losses.get("binary_cross_entropy")

    def step(model, x, y, rate):
        trace = network.forward(model, x)
        slopes = network.backward(model, trace, y, error)
        weights = tuple(w - rate * d for w, d in zip(model.weights, slopes.weights, strict=True))
        biases = tuple(b - rate * d for b, d in zip(model.biases, slopes.biases, strict=True))
        after = network.MLP(weights, biases, model.activations)
        return {"model": after}, {"loss": error.value(trace.output, y)}

    return record(step, inputs={"x": x, "y": y, "rate": 0.5}, state={"model": model})


def test_the_text_is_a_plain_expression():
    text = classifier().js()
    assert text.startswith("function (lib) {")
    code = re.sub(r"//.*", "", text)
    assert not re.search(r"eval|Function\(|import|=>|`|let |const ", code)
    assert text.count("new Float64Array") == 1  # all memory is set aside at once
    assert "// matmul (64, 8) network.py:" in text  # what Python called it, and where
    assert "// sum (8,) network.py:" in text
    assert max(map(len, re.sub(r'"[\w+/=]{60,}"', "", text).splitlines())) < 400


def test_loops_are_shared_and_fused():
    text = momentum().js()
    assert text.count("function k") <= 4  # one loop over numbers, one over coordinates, two copies
    deep = record(lambda x: {"y": sum(np.tanh(x @ (k * x)) for k in range(9))}, inputs={"x": X})
    assert deep.js().count("for (var k") == 1  # nine products of one shape, one function


X = numpy.arange(100.0).reshape(10, 10) / 100


def test_numbers_travel_in_the_shorter_spelling():
    def text(constant):
        return record(lambda x: {"y": x * constant}, inputs={"x": 1.0}).js()

    assert "m.set([1,2,3]" in text(numpy.array([1.0, 2.0, 3.0]))
    assert "lib.numbers(" in text(numpy.random.default_rng(0).normal(size=50))
    many = text(numpy.ones(1000))
    assert len(many) < 1000
    assert "1000" in many
    axis = numpy.linspace(-1, 1, 100)

    def field(w, axis):  # what is computed from an input is no constant
        x, y = numpy.broadcast_to(axis, (100, 100)), numpy.broadcast_to(axis[:, None], (100, 100))
        return {"z": np.stack([x, y], axis=-1) @ w}

    assert len(record(field, inputs={"w": numpy.ones(2), "axis": axis}).js()) < 5000


def test_names_do_no_harm(node):
    hostile = {"</script>": 1.0, "a b": 2.0, "a-b": 3.0, "var": 4.0, "é": 5.0, '";alert(1)//': 6.0}
    program = record(lambda d: {"d2": {k: 2 * x for k, x in d.items()}}, inputs={"d": hostile})
    assert "<" not in re.sub(r"\w+ < \d+", "", program.js())
    found = node.run(program).outputs
    assert {name: rows[0] for name, rows in found.items()} == {
        f"d2.{name}": 2 * value for name, value in hostile.items()
    }


def test_a_script_holds_programs_by_name(node):
    text = emit.script("two", {"decay": decay(), "descent": momentum()})
    assert text.startswith('(globalThis.vizdlPrograms = globalThis.vizdlPrograms || {})["two"] = {')
    node.value(text)
    shapes = node.value("vizdlPrograms.two.descent(vizdlRuntime.lib).shapes")
    assert shapes == json.loads(json.dumps(momentum().shapes))


def test_the_runner_keeps_every_step(node):
    program = momentum()
    run = node.run(program, 30, rate=0.005, w=numpy.array([-1.0, 2.0]))
    python = program.run(30, rate=0.005, w=numpy.array([-1.0, 2.0]))
    assert run.steps == 30
    for name in ("w", "moments[0]", "moments[1]"):
        numpy.testing.assert_allclose(run.state[name], python.state[name], rtol=1e-12)
    for name in ("loss", "slope"):
        numpy.testing.assert_allclose(run.outputs[name], python.outputs[name], rtol=1e-12)


@pytest.mark.parametrize("reverse", [False, True])
def test_sequences_feed_a_step_its_item(node, reverse):
    program = decay(reverse=reverse)
    for x in (None, numpy.array([[1.0, 2.0], [0.5, -1.0]])):
        given = {} if x is None else {"x": x}
        run, python = node.run(program, **given), program.run(**given)
        numpy.testing.assert_array_equal(run.state["total"], python.state["total"])
        numpy.testing.assert_array_equal(run.outputs["seen"], python.outputs["seen"])


def test_a_run_ends_where_the_program_says(node):
    program = record(lambda x: ({"x": 2 * x}, {"far": x > 10}), state={"x": 1.0}, stop="far")
    run = node.run(program, 100)
    assert run.steps == 5
    numpy.testing.assert_array_equal(run.state["x"], [1, 2, 4, 8, 16, 32])


def test_a_runner_goes_on_begins_again_and_keeps_what_is_asked(node):
    code = f"""(function (r) {{
        r.start.total[0] = 3;
        var said = [r.run(1), r.more(1), r.more(5), r.run(2)];
        return [said, Object.keys(r.outputs), Array.from(r.states.total)];
    }})(vizdlRuntime.runner({decay().js()}, 3, ["total"]))"""
    said, outputs, totals = node.value(code)
    assert said == [1, 2, 3, 2]
    assert outputs == []
    assert totals[:3] == [3, 2.5, 6.25]


def test_states_may_trade_places(node):
    program = record(
        lambda a, b: ({"a": b, "b": a}, {"c": a[::-1], "d": b}),
        state={"a": numpy.array([1.0, 2.0]), "b": numpy.array([3.0, 4.0])},
    )
    run = node.run(program, 2)
    numpy.testing.assert_array_equal(run.state["a"], [[1, 2], [3, 4], [1, 2]])
    numpy.testing.assert_array_equal(run.outputs["c"], [[2, 1], [4, 3]])
    numpy.testing.assert_array_equal(run.outputs["d"], [[3, 4], [1, 2]])


def garbage(node, step):
    """What the heap grew or, collected, shrank by in a step, in bytes: the median of 15 rounds.

    In single rounds the step is compiled anew, or what was left before is collected.
    """
    code = f"""(function (step) {{
        return Array.from({{length: 20}}, function () {{
            var before = process.memoryUsage().heapUsed;
            for (var i = 0; i < 10000; i++) step();
            return Math.abs(process.memoryUsage().heapUsed - before) / 10000;
        }});
    }})({step})"""
    return statistics.median(node.value(code)[5:])  # the first five are to warm up


def test_a_step_makes_no_garbage(node):
    number = 16  # bytes of one number on the heap
    assert garbage(node, "function () { globalThis.kept = Math.random(); }") > number / 2
    for program in (momentum(), classifier()):
        made = f"({program.js()})(vizdlRuntime.lib)"
        step = f"(function (p) {{ return function () {{ p.step(); }}; }})({made})"
        assert garbage(node, step) < number / 2
