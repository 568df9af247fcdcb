"""Random numbers in the page are those of Python."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.engines import draws, minibatch
from vizdl.live.record import record

seeds = st.integers(0, draws.LARGEST)
paths = st.lists(seeds, max_size=2)


def in_the_page(node, seed, path, call):
    key = ", ".join(map(str, [seed, *path]))
    code = f"(function (d) {{ var key = d.key({key}); return Array.from({call}); }})"
    return np.array(node.value(f"{code}(vizdlRuntime.draws)"))


@given(counter=st.tuples(seeds, seeds), key=st.tuples(seeds, seeds))
@settings(max_examples=30)
def test_words_are_the_same(node, counter, key):
    code = f"Array.from(vizdlRuntime.draws.threefry({json.dumps(key)}, {counter[0]}, {counter[1]}))"
    words = draws.threefry(key, *(np.array([half]) for half in counter))
    expected = [int(word[0]) for word in words]
    assert [word % 2**32 for word in node.value(code)] == expected


@given(seed=seeds, path=paths, count=st.integers(0, 30))
@settings(max_examples=30)
def test_draws_are_the_same(node, seed, path, count):
    key = draws.key(seed, *path)
    room = f"new Float64Array({count})"
    uniform = in_the_page(node, seed, path, f"d.uniform(key, {room}, -1, 2)")
    np.testing.assert_array_equal(uniform, draws.uniform(key, count, -1, 2))
    whole = in_the_page(node, seed, path, f"d.integers(key, {room}, 512)")
    np.testing.assert_array_equal(whole, draws.integers(key, count, 512))
    normal = in_the_page(node, seed, path, f"d.normal(key, {room})")
    np.testing.assert_allclose(normal, draws.normal(key, count), rtol=0, atol=1e-14)


@given(seed=seeds, path=paths, row=st.integers(0, 3), count=st.integers(1, 30))
@settings(max_examples=30)
def test_orders_are_the_same(node, seed, path, row, count):
    order = in_the_page(node, seed, path, f"d.permutation(key, new Int32Array({count}), {row})")
    np.testing.assert_array_equal(order, draws.permutations(draws.key(seed, *path), 4, count)[row])


@pytest.mark.parametrize("seed", [0, 999])
def test_many_draws_are_the_same(node, seed):
    found = in_the_page(node, seed, [], "d.normal(key, new Float64Array(5000))")
    np.testing.assert_allclose(found, draws.normal(draws.key(seed), 5000), rtol=0, atol=1e-14)


PAGE = """
(function (d, points, size, passes, seed, noise, rate, start) {
  var problem = vizdlRuntime.runner(PROBLEM, 1);
  d.uniform(d.key(seed, 0), problem.inputs.u);
  d.normal(d.key(seed, 1), problem.inputs.normal);
  problem.inputs.noise[0] = noise;
  problem.run(1);
  var walk = vizdlRuntime.runner(WALK, passes * points / size);
  Object.keys(problem.outputs).forEach(function (name) {
    walk.inputs[name].set(problem.outputs[name]);
  });
  walk.inputs.rate[0] = rate;
  walk.start.w.set(start);
  var key = d.key(seed, size);
  for (var pass = 0; pass < passes; pass++) {
    var row = walk.rows.batch.subarray(pass * points, (pass + 1) * points);
    d.permutation(key, row, pass);
  }
  walk.run(passes * points / size);
  return [walk.states.w, walk.outputs.gradient, walk.rows.batch, problem.outputs["problem.y"],
    problem.outputs["problem.minimum"]].map(function (x) { return Array.from(x); });
})"""


@pytest.mark.parametrize("size", [1, 8, 32])
def test_mini_batches_in_the_page_are_those_of_python(node, size, assert_close):
    points, passes = 32, 3

    def make(u, normal, noise):
        low, high = minibatch.INPUT_RANGE
        x = low + (high - low) * u
        first, slope = minibatch.TRUE_WEIGHTS
        return {"problem": minibatch.regression(x, first + slope * x + noise * normal)}

    def step(w, batch, problem, rate):
        gradient, moved = minibatch.update(problem, w, batch, rate)
        return {"w": moved}, {"gradient": gradient}

    room = np.arange(float(points))
    problem = record(make, inputs={"u": room, "normal": room, "noise": 0.5})
    walk = record(
        step,
        inputs={"problem": minibatch.make_problem(points), "rate": 0.1},
        state={"w": np.zeros(2)},
        sequences={"batch": np.zeros((1, size), dtype=int)},
    )
    page = PAGE.replace("PROBLEM", problem.js()).replace("WALK", walk.js())
    for seed, noise, rate in ((0, 0.5, 0.2), (7, 1.0, 0.05), (999, 0.0, 0.3)):
        start = [-1.0, 2.0]
        given = json.dumps([points, size, passes, seed, noise, rate, start])[1:-1]
        found = node.value(f"{page}(vizdlRuntime.draws, {given})")
        truth = minibatch.make_problem(points, noise, seed)
        expected = minibatch.compare(
            truth, [size], start=start, learning_rate=rate, passes=passes, seed=seed
        ).walks[0]
        positions, gradients, batches, y, minimum = map(np.array, found)
        np.testing.assert_array_equal(batches.reshape(-1, size), expected.batches)
        assert_close(y, truth.y)
        assert_close(minimum, truth.minimum)
        assert_close(positions.reshape(-1, 2), expected.positions)
        assert_close(gradients.reshape(-1, 2), expected.gradients)
