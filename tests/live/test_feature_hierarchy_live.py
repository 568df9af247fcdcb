"""The hierarchy on a page: whatever is drawn, every number is that of Python's network."""

import functools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vizdl.experiments import feature_hierarchy as experiment
from vizdl.figures import feature_hierarchy as figures
from vizdl.figures import feature_hierarchy_places as places
from vizdl.live.flow import record_flow

Settings = experiment.Settings


@functools.cache
def prepared():
    trace = experiment.run(Settings())
    return record_flow(figures.live(trace).flow, trace.settings)


@functools.cache
def trace_of(digit, sample, unit, trained, labels):
    return experiment.run(
        Settings(digit=digit, sample=sample, unit=unit, trained=trained, labels=labels)
    )


CHOICES = st.fixed_dictionaries(
    {
        "digit": st.sampled_from(["blank", "0", "3", "8"]),
        "sample": st.integers(1, 5),
        "unit": st.sampled_from([0, 1, 32, 33, 48, 58]),
        "trained": st.booleans(),
        "labels": st.sampled_from([1, 2, 5, 20]),
    }
)


@settings(max_examples=30)
@given(
    chosen=CHOICES,
    turned=st.sets(st.integers(0, 63), max_size=20),
    step=st.integers(0, 5),
    hover=st.sampled_from([-1, 0, 40, 57]),
)
def test_the_pages_numbers_and_words_are_pythons(chosen, turned, step, hover):
    trace = trace_of(**chosen)
    over = np.isin(np.arange(64), list(turned))
    picture = np.where(over, trace.pixels <= 0.5, trace.pixels)
    trace = experiment.show(trace, picture)
    found = prepared().values(trace.settings, step, turned=over, hover=hover)

    numbers = places.numbers(trace)
    for name, expected in numbers.items():
        np.testing.assert_allclose(found[name], expected, rtol=1e-9, atol=1e-9, err_msg=name)
    np.testing.assert_allclose(found["place.all"], trace.place, rtol=1e-9, atol=1e-9)
    assert figures.SENTENCE.fill(found) == figures.SENTENCE.fill(numbers | places.moment(step))
    assert found["frames"] == 6

    frame = figures._frame(trace, numbers, step)
    if hover < 0:
        np.testing.assert_allclose(found["looked.favourite"], frame[figures.FAVOURITE]["z"])
        np.testing.assert_allclose(found["ring.x"], frame[figures.RING]["x"])
    else:
        np.testing.assert_allclose(found["looked.favourite"].ravel(), trace.favourites[hover])
        np.testing.assert_allclose(found["looked.excited"], trace.excitement[hover])
    np.testing.assert_allclose(found["shown.cloud"], trace.clouds[step // 2])
    np.testing.assert_allclose(found["middle.of"][:, 0], frame[figures.MIDDLES]["x"])
    np.testing.assert_allclose(np.ravel(found["bars.now"]), frame[figures.NOW]["x"])


def test_the_emitted_network_gives_what_the_recorded_one_does(node):
    recorded = prepared()
    program = recorded.programs["net"]
    random = np.random.default_rng(0)
    weights = {
        name: recorded.values(Settings())[name] for name in ("w1", "b1", "w2", "b2", "w3", "b3")
    }
    for ink in (0, 0.2, 0.8):
        given = {"x": random.uniform(size=64) * (random.uniform(size=64) < ink), **weights}
        here, there = program.run(1, **given), node.run(program, 1, **given)
        for name, expected in here.outputs.items():
            np.testing.assert_allclose(there.outputs[name], expected, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("name", ["input", "at", "looked", "shown", "place"])
def test_so_do_the_others(node, name):
    recorded = prepared()
    (run,) = (run for run in recorded.flow.runs if run.name == name)
    values = recorded.values(Settings(digit="8", trained=False), 1)
    given = {key: values[source] for key, source in run.inputs.items()}
    here = recorded.programs[name].run(1, **given)
    there = node.run(recorded.programs[name], 1, **given)
    for output, expected in here.outputs.items():
        np.testing.assert_allclose(there.outputs[output], expected, rtol=1e-9, atol=1e-12)
