"""Weight sharing on a page: Python's numbers for any length and size, step by step."""

import functools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import weight_sharing as experiment
from vizdl.figures import weight_sharing as figures
from vizdl.live.flow import record_flow


@functools.cache
def prepared():
    trace = experiment.run(experiment.Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@settings(max_examples=25)
@given(length=st.integers(2, 24), hidden=st.integers(2, 8), share=st.floats(0, 1))
def test_the_pages_numbers_and_words_are_pythons(length, hidden, share):
    trace = experiment.run(experiment.Settings(length=length, hidden_size=hidden))
    step = round(share * (length - 1))
    found = prepared().values(trace.settings, step)
    numbers = figures._numbers(trace)

    assert found["frames"] == length
    shares = found["back.shares"]
    np.testing.assert_allclose(shares[:length, :hidden, :hidden], trace.shares, atol=1e-12)
    assert not shares[length:].any()
    assert not shares[:, hidden:].any()
    for name, expected in numbers.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-12, err_msg=name)
    moment = figures._moment(trace, numbers, step)
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(moment)

    frame = figures._frame(trace, numbers, step)
    np.testing.assert_allclose(found["bars.done"].ravel(), frame[figures.DONE]["y"], atol=1e-12)
    for name, index in (("share_drawn", figures.SHARE), ("total_drawn", figures.TOTAL)):
        np.testing.assert_allclose(found[f"shown.{name}"], frame[index]["z"], atol=1e-12)


def test_the_emitted_gradient_is_the_recorded_one(node):
    recorded = prepared()
    values = recorded.values(experiment.Settings(length=13, hidden_size=5), 4)
    for name in ("back", "sum", "size", "bars", "shown"):
        (run,) = (run for run in recorded.flow.runs if run.name == name)
        given = {key: values[source] for key, source in run.inputs.items()}
        here = recorded.programs[name].run(1, **given)
        there = node.run(recorded.programs[name], 1, **given)
        for output, expected in here.outputs.items():
            np.testing.assert_allclose(there.outputs[output], expected, rtol=1e-9, atol=1e-12)
