"""On a page the learning rates give the numbers that Python gives."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis
from hypothesis import strategies as st

from vizdl.experiments.learning_rate import Settings, run
from vizdl.experiments.learning_rate_flow import flow
from vizdl.figures import learning_rate
from vizdl.live.flow import record_flow


@pytest.fixture(scope="module")
def recorded():
    return record_flow(flow(), Settings())


@given(st.floats(0.001, 4.0), st.floats(-3.4, 3.4), st.integers(20, 60))
@hypothesis(max_examples=8)
def test_the_page_computes_what_python_computes(recorded, rate, start, steps):
    chosen = Settings(learning_rate=rate, start=start, steps=steps)
    trace, found = run(chosen), recorded.values(chosen, step=5)
    np.testing.assert_allclose(found["path.w"], trace.runs.positions[..., 0], rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found["path.loss"], trace.runs.losses, rtol=1e-9, atol=1e-12)
    for name, verdict in (("verdict", trace.verdict), ("sweep", trace.sweep_verdict)):
        for part in ("outcome", "settled", "rises", "crossings"):
            np.testing.assert_array_equal(
                found[f"{name}.{part}"], getattr(verdict, part), err_msg=f"{name}.{part}"
            )


@pytest.mark.parametrize(("rate", "step"), [(0.6, 0), (0.05, 9), (3.9, 60), (1.9, 30)])
def test_the_page_says_what_the_figure_says(recorded, rate, step):
    chosen = Settings(learning_rate=rate)
    labels = learning_rate.figure(run(chosen)).layout.meta["labels"]
    said = learning_rate.SENTENCE.fill(recorded.values(chosen, step=step), step=step)
    assert said == labels[step]


def test_every_name_is_known(recorded):
    known = set(recorded.values(Settings(), step=3)) | {"step", "left", "frames", "hover"}
    assert learning_rate.live(run(Settings())).names() <= known
