"""The empirical loss on a page: Python's numbers and words, whatever is set."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.testing import assert_allclose

from vizdl.experiments import empirical_loss as experiment
from vizdl.experiments.empirical_loss import KINDS, STUDENTS, Settings
from vizdl.figures import empirical_loss as figures
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def live():
    return figures.live(experiment.run(Settings()))


@pytest.fixture(scope="module")
def recorded(live):
    return record_flow(live.flow, Settings())


@settings(max_examples=15, deadline=None)
@given(
    st.builds(
        Settings,
        per_lecture=st.floats(-1, 1.5),
        per_hour=st.floats(-0.5, 0.5),
        bias=st.floats(-10, 5),
        loss=st.sampled_from(KINDS),
        steps=st.integers(0, 100),
        seed=st.integers(0, 99),
    ),
    st.integers(0, STUDENTS),
)
def test_numbers_and_words_are_pythons(live, recorded, chosen, step):
    trace = experiment.run(chosen)
    values = dict(recorded.values(chosen, step=step))
    row = chosen.steps
    assert values["frames"] == STUDENTS + 1
    for name, expected in (
        ("now.model", trace.weights[row]),
        ("now.logit", trace.scores[row]),
        ("now.truth", trace.given[row]),
        ("now.loss", trace.each[row]),
        ("now.mean", trace.mean[row]),
    ):
        assert_allclose(values[name], expected, rtol=1e-8, atol=1e-11, err_msg=name)
    numbers = figures._numbers(trace)
    frame = figures._frame(trace, numbers, step)
    for place, outline in ((figures.AHEAD, "ahead"), (figures.COUNTED, "counted")):
        assert_allclose(values[f"drawn.{outline}"], frame[place]["y"], rtol=1e-8, atol=1e-11)
    assert_allclose(values["drawn.level"], frame[figures.MEAN]["y"], rtol=1e-8)
    assert_allclose(values["plane.z"], experiment.field(trace.weights[row])["z"], atol=1e-9)
    left = STUDENTS - step
    said = figures.SENTENCE.fill({**numbers, "left": left}, step=step)
    assert figures.SENTENCE.fill({**values, "left": left}, step=step) == said
    for i in range(STUDENTS):
        assert figures.STORY.fill(values, i=i) == figures.STORY.fill(numbers, i=i)
