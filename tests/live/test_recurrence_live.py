"""Recurrence on a page: Python's numbers for any row of words, any stage, with loop and without."""

import functools

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import recurrence as experiment
from vizdl.figures import recurrence as figures
from vizdl.live.flow import record_flow


@functools.cache
def prepared():
    trace = experiment.run(experiment.Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@settings(max_examples=30)
@given(
    words=st.lists(st.integers(0, 1), min_size=1, max_size=16),
    loop=st.booleans(),
    stage=st.sampled_from([0, 200, 1600]),
    share=st.floats(0, 1),
)
def test_the_pages_numbers_and_words_are_pythons(words, loop, stage, share):
    chosen = experiment.Settings(loop=loop, training_steps=stage)
    trace = experiment.show(experiment.run(chosen), words)
    step = round(share * (len(words) - 1))
    typed = " ".join(experiment.WORDS.spell(trace.words))
    found = prepared().values(chosen, step, typed=typed)

    count = len(words)
    numbers = figures._numbers(trace)
    for name in ("says", "on", "states"):
        np.testing.assert_allclose(
            found[f"net.{name}"][:count], numbers[f"net.{name}"], rtol=1e-9, atol=1e-12
        )
    for name in ("cells", "word", "state", "bias"):
        expected = numbers[f"net.{name}"]
        np.testing.assert_allclose(
            found[f"net.{name}"][: len(expected)], expected, rtol=1e-9, atol=1e-12
        )
    np.testing.assert_allclose(found["lamp.on"][:count], trace.lamps)
    assert found["frames"] == count
    assert figures.SENTENCE.fill(found, step=step) == figures.SENTENCE.fill(numbers, step=step)
    assert figures.CELL.fill(found, i=count) == figures.CELL.fill(numbers, i=count)
    frame = figures._frame(count, step)
    np.testing.assert_allclose(found["veil.x"], frame[figures.VEIL]["x"])


def test_the_emitted_network_gives_what_the_recorded_one_does(node):
    recorded = prepared()
    (run,) = (run for run in recorded.flow.runs if run.name == "net")
    for words in ("wait press wait", "press press press press wait"):
        values = recorded.values(typed=words)
        given = {key: values[source] for key, source in run.inputs.items()}
        given["loop"] = 1.0
        here = recorded.programs["net"].run(1, **given)
        there = node.run(recorded.programs["net"], 1, **given)
        for name, expected in here.outputs.items():
            np.testing.assert_allclose(there.outputs[name], expected, rtol=1e-9, atol=1e-12)
